//! Numbered prints of a release (O3.2.1): their ledger, a sheet freed after a print that failed, and a supply by hand or by post.
//!
//! Promises: each record is a leaf, its words under the records key; a sheet is freed only by the police, with the reason. Absent on
//! purpose: opening a sheet, which passes the gate of every view ([`crate::actions::deliver`]); confirming its end, which is a copy's.
//! Proved by `tests/it/journeys/prints.rs`.

use serde::{Deserialize, Serialize};

use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::{Fault, FieldError, No, Office, casefile};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{CopyId, PrintActId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, may};
use crate::domain::print::{self, Carried};
use crate::domain::words::{Line, Prose};
use crate::store::copies::Row;
use crate::store::log::Stamp;
use crate::store::prints::PrintAct;
use crate::store::{Conn, Tx};

const TABLE: &str = "print_act";
const FREED: &str = "freed";
const CARRIED: &str = "carried";

/// What a record says, under the records key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Said {
    /// Why it was freed.
    pub reason: Prose,
    /// Who carried it.
    pub carrier: Line,
    /// By hand, or how it was posted.
    pub how: Line,
    /// Who received it.
    pub receiver: Line,
    /// When it left, milliseconds.
    pub left: Option<i64>,
    /// When it was received, milliseconds.
    pub received: Option<i64>,
}

/// A record about a sheet.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// It was carried; else it was freed.
    pub carried: bool,
    /// What it says.
    pub said: Said,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// One sheet of the ledger.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The sheet's copy.
    pub copy: Row,
    /// It was opened for printing since it was last freed.
    pub printed: bool,
    /// What is recorded about it, oldest first.
    pub records: Vec<Recorded>,
}

/// The sheets of a release.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The release.
    pub release: ReleaseId,
    /// Its reference.
    pub urn: String,
    /// Its limit.
    pub until: Moment,
    /// By holder and number.
    pub sheets: Vec<Sheet>,
    /// This person frees sheets and records how they were carried.
    pub keeps: bool,
}

async fn sheets(office: &Office, conn: &mut Conn, release: ReleaseId) -> Result<Vec<Sheet>, No> {
    let acts = conn.print_acts(release).await?;
    let mut all = Vec::new();
    for copy in conn.copies_of_release(release).await?.into_iter().filter(|copy| !copy.is_electronic()) {
        let parts = conn.parts(copy.holding()?.copy).await?;
        let mut records = Vec::new();
        for act in acts.iter().filter(|act| act.copy_id == copy.id) {
            records.push(recorded(office, act)?);
        }
        all.push(Sheet { printed: parts.iter().any(|part| part.printed_at.is_some()), copy, records });
    }
    Ok(all)
}

fn recorded(office: &Office, act: &PrintAct) -> Result<Recorded, Fault> {
    let plain = office.open_field(TABLE, &act.id, "body", 0, &act.body)?;
    let corrupt = |_| Fault::Corrupt { table: TABLE, column: "body", row: act.id.clone() };
    let said = serde_json::from_slice(&plain).map_err(corrupt)?;
    Ok(Recorded { carried: act.kind == CARRIED, said, by: act.by_name.clone(), at: Moment::from_millis(act.at) })
}

/// The ledger of a release's sheets, for whoever may see the release.
pub async fn ledger(office: &Office, by: &Actor, id: ReleaseId) -> Result<Ledger, No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::SeeRelease, id).await?;
    let authority = filed.release.stage.authority().cloned().ok_or(No::NotFound)?;
    let keeps = may(by, Act::KeepPrints, casefile::thing(&filed.release));
    let sheets = sheets(office, &mut conn, id).await?;
    Ok(Ledger { release: id, urn: authority.urn, until: authority.until, sheets, keeps })
}

/// One sheet, for whoever keeps it.
pub async fn one(office: &Office, by: &Actor, id: ReleaseId, copy: CopyId) -> Result<(Ledger, Sheet), No> {
    let ledger = ledger(office, by, id).await?;
    let found = ledger.sheets.iter().find(|sheet| sheet.copy.id == copy.to_string() && ledger.keeps).cloned();
    let sheet = found.ok_or(No::NotFound)?;
    Ok((ledger, sheet))
}

/// The sheet, inside an act, if `by` keeps it.
async fn kept(tx: &mut Tx, by: &Actor, id: ReleaseId, copy: CopyId) -> Result<Row, No> {
    casefile::load(tx, by, Act::KeepPrints, id).await?;
    let row = tx.copy(copy).await?.filter(|row| row.release_id == id.to_string() && !row.is_electronic());
    row.ok_or(No::NotFound)
}

/// Whether it is on record that a sheet was carried to its recipient.
pub(super) async fn is_carried(conn: &mut Conn, sheet: &Row) -> Result<bool, No> {
    let release = ReleaseId::parse(&sheet.release_id).ok_or(No::NotFound)?;
    Ok(conn.print_acts(release).await?.iter().any(|act| act.copy_id == sheet.id && act.kind == CARRIED))
}

/// A record made ready: its row, sealed.
fn record(office: &Office, by: &Actor, copy: CopyId, kind: &str, said: &Said) -> Result<PrintAct, No> {
    let id = PrintActId::fresh(office.now(), ten()).to_string();
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(said).map_err(|why| Fault::Other(why.to_string()))?);
    let body = office.seal_field(TABLE, &id, "body", 0, &plain)?;
    let (copy_id, kind) = (copy.to_string(), kind.to_owned());
    let by_person = by.person().ok_or(No::NotFound)?.to_string();
    Ok(PrintAct { id, copy_id, kind, body, by_person, by_name: String::new(), at: office.now().millis() })
}

async fn add(tx: &mut Tx, by: &Actor, kind: Kind, (sheet, row): (&Row, &PrintAct), stamp: &Stamp) -> Result<(), No> {
    let at = tx.now().millis();
    tx.add_print_act(&PrintAct { at, ..row.clone() }).await?;
    let event = Event::new(kind, format!("release/{}", sheet.release_id))
        .of_copy(sheet.holding()?.copy)
        .with("sheet", sheet.print)
        .with("record", row.id.clone());
    tx.append(&event, by, stamp).await?;
    Ok(())
}

/// Frees a sheet to be opened for printing once more, with the reason.
pub async fn free(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    copy: CopyId,
    reason: &str,
    stamp: Stamp,
) -> Result<(), No> {
    one(office, by, id, copy).await?;
    let reason = Prose::optional("the reason", reason).map_err(|why| No::field("reason", why.to_string()))?;
    let row = record(office, by, copy, FREED, &Said { reason: reason.clone(), ..Said::default() })?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let sheet = kept(tx, &acting, id, copy).await?;
                let parts = tx.parts(copy).await?;
                let printed = parts.iter().any(|part| part.printed_at.is_some());
                let carried = is_carried(tx, &sheet).await?;
                print::free(printed, carried, sheet.key_gone_at.is_some(), &reason).map_err(beside_fields)?;
                tx.free_sheet(copy).await?;
                add(tx, &acting, Kind::PrintFreed, (&sheet, &row), &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// What was typed about a supply by hand or by post.
#[derive(Clone, Copy, Debug, Default)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct Typed<'a> {
    pub carrier: &'a str,
    pub how: &'a str,
    pub receiver: &'a str,
    pub left_date: &'a str,
    pub left_time: &'a str,
    pub received_date: &'a str,
    pub received_time: &'a str,
}

impl Typed<'_> {
    fn parse(&self) -> Result<Carried, No> {
        let mut wrong = Vec::new();
        let mut line = |field, what, raw: &str| match Line::parse(what, raw) {
            Ok(line) => line,
            Err(why) => {
                wrong.push(FieldError::new(field, why.to_string()));
                Line::default()
            }
        };
        let carried_by = line("carrier", "who carried it", self.carrier);
        let how = line("how", "how it was carried", self.how);
        let received_by = line("receiver", "who received it", self.receiver);
        let left = Moment::parse_london(self.left_date, self.left_time);
        let got = Moment::parse_london(self.received_date, self.received_time);
        for (field, at) in [("left_date", left), ("received_date", got)] {
            if at.is_none() {
                wrong.push(FieldError::new(field, "Enter a real date and time, like 27 3 2027 at 17:30"));
            }
        }
        let (Some(left), Some(received), true) = (left, got, wrong.is_empty()) else {
            return Err(No::Invalid(wrong));
        };
        Ok(Carried { carrier: carried_by, how, receiver: received_by, left, received })
    }
}

/// Records that a printed sheet was carried to its recipient, once (O3.2.1).
pub async fn carried(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    copy: CopyId,
    typed: Typed<'_>,
    stamp: Stamp,
) -> Result<(), No> {
    one(office, by, id, copy).await?;
    let carried = typed.parse()?;
    let said = Said {
        reason: Prose::default(),
        carrier: carried.carrier.clone(),
        how: carried.how.clone(),
        receiver: carried.receiver.clone(),
        left: Some(carried.left.millis()),
        received: Some(carried.received.millis()),
    };
    let row = record(office, by, copy, CARRIED, &said)?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                // What its holder prints is carried by nobody.
                let sheet = kept(tx, &acting, id, copy).await?;
                if sheet.printer.is_none() {
                    return Err(No::NotFound);
                }
                let unmet = carried.check(sheet.opened_at.map(Moment::from_millis), tx.now());
                if !unmet.is_empty() {
                    return Err(beside_fields(unmet));
                }
                if is_carried(tx, &sheet).await? {
                    return Err(No::field("carrier", "How this sheet was carried is on record already."));
                }
                add(tx, &acting, Kind::PrintCarried, (&sheet, &row), &stamp).await
            })
        })
        .await?;
    Ok(())
}
