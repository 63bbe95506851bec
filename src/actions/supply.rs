//! What is made ready before a release is authorised: a copy for each recipient, and a sheet for each print that is allowed (O3.2.1).
//!
//! Promise: each has a mark, a key and an opener of its own, whose key is proved up to the root. Absent on purpose: the act itself
//! ([`crate::actions::release`]), in which all is asked again.

use crate::actions::decision::Gathered;
use crate::actions::office::ten;
use crate::actions::{Fault, No, Office, seal, trust};
use crate::clock;
use crate::domain::ids::{CopyId, PersonId, ReleaseId};
use crate::domain::print::{Printer, Prints, Sheet};
use crate::domain::refusal::Refusal;
use crate::domain::scheme::Footing;
use crate::ledger::trust::Root;
use crate::sealing::age::Recipient;
use crate::sealing::copy::seal_text;
use crate::sealing::lock::CopyKey;
use crate::store::Conn;
use crate::store::copies::{NewCopy, Part};
use crate::store::registers::Receiver;

/// A copy made ready before the act: its key wrapped, its text sealed and stored.
pub(super) struct Ready {
    /// Its row.
    pub(super) new: NewCopy,
    /// Who opens it.
    pub(super) opener: PersonId,
    /// The key it is sealed to.
    pub(super) recipient: String,
    /// The words.
    pub(super) text: Option<Part>,
}

/// Who prints the sheets, where the police do (O3.2.1): whoever authorises.
pub(super) async fn printer(conn: &mut Conn, prints: &Prints, by: PersonId) -> Result<Option<trust::To>, No> {
    if prints.allowed == 0 || prints.by != Some(Printer::Police) {
        return Ok(None);
    }
    let row = conn.person(by).await?.ok_or(No::NotFound)?;
    Ok(Some(trust::To { person: by, name: row.name, recipient: row.recipient }))
}

/// Those of the chosen whose keys nobody proved, as refusals.
pub(super) async fn unproven(
    root: Option<&Root>,
    conn: &mut Conn,
    people: &[(Receiver, Footing)],
    printer: Option<&trust::To>,
) -> Result<Vec<Refusal>, No> {
    let to = |(row, footing): &(Receiver, Footing)| trust::To {
        person: footing.person,
        name: row.name.clone(),
        recipient: row.recipient.clone(),
    };
    let all: Vec<trust::To> = people.iter().map(to).chain(printer.cloned()).collect();
    trust::unproven_under(root, conn, &all).await
}

pub(super) type Readied = (Vec<Ready>, Option<String>, Vec<String>);

/// Seals the text to the unit and to each recipient, each under its own second lock, and stores the blobs.
pub(super) async fn make_ready(
    office: &Office,
    words: Option<&str>,
    of: &Gathered,
    printer: Option<&trust::To>,
    unit: &str,
) -> Result<Readied, No> {
    let broken = |why: String| Fault::Other(why);
    let mut objects = Vec::new();
    let mut text_object = None;
    if let Some(words) = words {
        let unit = Recipient::parse(unit).map_err(|why| broken(why.to_string()))?;
        let object = office.vault.put(seal_text(words, &unit).map_err(|why| broken(why.to_string()))?).await?;
        objects.push(object.clone());
        text_object = Some(object);
    }
    let mut ready = Vec::new();
    let prints = &of.case.considered.risk.prints;
    for (row, footing) in &of.people {
        // Each sheet is a copy of its own: its own mark, key and end (O3.2.1).
        let sheets = prints.sheets(printer.map_or(footing.person, |to| to.person));
        for sheet in std::iter::once(None).chain(sheets.into_iter().map(Some)) {
            let (opener, key) = match (sheet.and_then(|sheet| sheet.printer), printer) {
                (Some(_), Some(to)) => (to.person, to.recipient.as_str()),
                _ => (footing.person, row.recipient.as_str()),
            };
            let one = make_copy(office, words, of.filed.release.id, footing, sheet, (opener, key)).await?;
            objects.extend(one.text.iter().map(|part| part.object.clone()));
            ready.push(one);
        }
    }
    Ok((ready, text_object, objects))
}

/// One copy, or one sheet, with its words sealed to whoever opens it.
async fn make_copy(
    office: &Office,
    words: Option<&str>,
    release: ReleaseId,
    footing: &Footing,
    sheet: Option<Sheet>,
    (opener, recipient): (PersonId, &str),
) -> Result<Ready, No> {
    let broken = |why: String| Fault::Other(why);
    let copy = CopyId::fresh(office.now(), ten());
    let key = CopyKey::fresh().map_err(|why| broken(why.to_string()))?;
    let mut text = None;
    if let Some(words) = words {
        let to = Recipient::parse(recipient).map_err(|why| broken(why.to_string()))?;
        let sealed = seal_text(words, &to).map_err(|why| broken(why.to_string()))?;
        text = Some(seal::store_part(office, copy, &key, None, "text", 0, &sealed).await?);
    }
    let wrapped_key = office.records.wrap(&key, &copy.to_string()).map_err(|why| Fault::Lock(why.to_string()))?;
    let (holder, scheme) = (footing.person, footing.scheme);
    let new = NewCopy { copy, release, holder, scheme, mark: copy_mark(), wrapped_key, sheet, follows: None };
    Ok(Ready { new, opener, recipient: recipient.to_owned(), text })
}

/// Six letters and digits that cannot be mistaken for one another, to stand beside the reference in the visible mark.
pub(super) fn copy_mark() -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    clock::random::<6>().iter().filter_map(|b| LETTERS.get(usize::from(b & 31))).map(|b| char::from(*b)).collect()
}
