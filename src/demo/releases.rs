//! How the demo's people ask, authorise, sign and confirm: the same actions as on the pages, signed with their own keys.

use crate::actions::office::Office;
use crate::actions::request::Asked;
use crate::actions::{No, deliver, release, request, seal, statement, surrender, undertaking};
use crate::demo::people::{Somebody, World};
use crate::demo::{ago, portrait, stamp};
use crate::domain::ids::{CopyId, PersonId, PhotographId, ReleaseId, SchemeId};
use crate::domain::release::Considered;
use crate::domain::release::authority::{Basis, GroundsKind};
use crate::domain::words::{Line, Prose, Unfit};
use crate::ledger::statement::{Lines, sign as sign_lines};

/// What one release of the demo is about.
pub struct Plot {
    /// The police's title.
    pub title: &'static str,
    /// What leaves.
    pub text: &'static str,
    /// Where.
    pub locality: &'static str,
    /// The portraits' seeds; none: text only.
    pub portraits: &'static [u64],
    /// There is danger.
    pub danger: bool,
}

fn unfit(why: &Unfit) -> No {
    No::field("demo", why.to_string())
}

fn line(text: &str) -> Result<Line, No> {
    Line::parse("demo", text).map_err(|why| unfit(&why))
}

fn prose(text: &str) -> Result<Prose, No> {
    Prose::parse("demo", text).map_err(|why| unfit(&why))
}

/// Asks, with portraits drawn by code.
pub async fn ask(office: &Office, officer: &Somebody, area: &str, plot: &Plot) -> Result<ReleaseId, No> {
    let photographs: Vec<Vec<u8>> = plot.portraits.iter().map(|seed| portrait::draw(*seed)).collect();
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    let asked = Asked {
        area: area.to_owned(),
        title: plot.title.to_owned(),
        name: String::new(),
        text: plot.text.to_owned(),
        locality: plot.locality.to_owned(),
        reasons: "A series of reports from several shops names the same person; staff cannot act without a picture."
            .to_owned(),
        purposes: vec!["prevention".to_owned(), "detection".to_owned()],
        source: if photographs.is_empty() { String::new() } else { "custody".to_owned() },
        justice: yes(!photographs.is_empty()),
        image_reference: if photographs.is_empty() { String::new() } else { "ATH/IMG/0417".to_owned() },
        danger: yes(plot.danger),
    };
    request::ask(office, &officer.actor, &asked, photographs, stamp()).await
}

/// A complete record, as a careful co-ordinator would make it now.
pub fn considered(office: &Office) -> Result<Considered, No> {
    let now = office.now();
    let mut record = Considered {
        basis: Some(Basis::CommonLaw),
        positive_outcome: true,
        kmip: line("K-MIP/2026/118")?,
        athena: line("ATH/REL/2231")?,
        athena_dated: Some(now.day()),
        ..Considered::default()
    };
    record.grounds.kind = Some(GroundsKind::Intelligence);
    record.grounds.words =
        prose("Three current reports place the person in the town centre during thefts this month.")?;
    record.grounds.reference = line("INT/2026/0931")?;
    record.grounds.dated = Some(ago(now, 2, 0).day());
    record.grounds.prejudice = prose("Without the picture staff cannot recognise the person, and the thefts go on.")?;
    let answer = |text: &str| prose(text);
    record.risk.confidentiality = answer("No source is identified. Marked OFFICIAL-SENSITIVE.")?;
    record.risk.level = answer("Low, with named recipients under a signed undertaking.")?;
    record.risk.purpose = answer("Recognition at the door, and a call to the police.")?;
    record.risk.conditions = answer("Not for display; not for any radio.")?;
    record.risk.harm = answer("Mistaken identity is possible: staff call the police and do not confront.")?;
    record.japan.justified = answer("Repeated thefts with threats.")?;
    record.japan.authorised = answer("Common law power; policy K10.")?;
    record.japan.proportionate = answer("The least that lets staff recognise one person.")?;
    record.japan.auditable = answer("This record and the log.")?;
    record.japan.necessary = answer("Other means have been tried for a month.")?;
    record.notice.served_at = Some(ago(now, 4, 0));
    record.notice.served_by = line("PC 1042")?;
    record.notice.how = line("In person, in writing")?;
    record.notice.document = line("ATH/DOC/5518")?;
    Ok(record)
}

/// Authorises for `recipients` and seals every copy.
pub async fn release_to(
    office: &Office,
    aic: &Somebody,
    id: ReleaseId,
    plot: &Plot,
    recipients: &[(PersonId, SchemeId)],
) -> Result<(), No> {
    release::authorise(office, &aic.actor, id, considered(office)?, recipients, stamp()).await?;
    let photographs = office.read().await?.photographs(id).await?;
    for (row, drawn) in photographs.iter().zip(plot.portraits) {
        let photograph = PhotographId::parse(&row.id).ok_or(No::NotFound)?;
        seal::take_whole(office, &aic.actor, id, photograph, portrait::draw(*drawn), stamp()).await?;
    }
    Ok(())
}

/// Signs as a person's browser would.
pub fn sign(office: &Office, who: &Somebody, kind: &str, object: &str, document: &[u8]) -> Result<String, No> {
    let fresh = statement::nonce(office, who.id, kind, object)?;
    let signer = who.id.to_string();
    let lines = Lines { kind, document, object, signer: &signer, nonce: &fresh.nonce, time: &fresh.time };
    sign_lines(&who.seed, &lines).map_err(|why| No::field("statement", why.to_string()))
}

/// Opens and signs the undertaking in force.
pub async fn undertake(office: &Office, who: &Somebody) -> Result<(), No> {
    let version = undertaking::standing(office, &who.actor).await?.version;
    let words = undertaking::open(office, &who.actor, version, stamp()).await?;
    let note = sign(office, who, "undertaking", &undertaking::object(version), words.as_bytes())?;
    undertaking::sign(office, &who.actor, version, &note, stamp()).await
}

/// The copy somebody holds of a release.
pub async fn copy_of(office: &Office, who: &Somebody, release: ReleaseId) -> Result<CopyId, No> {
    let copies = office.read().await?.copies_of_release(release).await?;
    let mine = copies
        .iter()
        .find(|copy| copy.holder == who.id.to_string() && copy.replaced_at.is_none())
        .ok_or(No::NotFound)?;
    CopyId::parse(&mine.id).ok_or(No::NotFound)
}

/// Acknowledges the conditions of a copy.
pub async fn acknowledge(office: &Office, who: &Somebody, copy: CopyId) -> Result<(), No> {
    let bulletin = deliver::one(office, &who.actor, copy).await?;
    let words = deliver::conditions(&bulletin);
    let note = sign(office, who, "acknowledge", &deliver::object(copy), words.as_bytes())?;
    deliver::acknowledge(office, &who.actor, copy, &note, stamp()).await
}

/// Opens every screen and text part of a copy once.
pub async fn look(office: &Office, who: &Somebody, copy: CopyId) -> Result<(), No> {
    use crate::domain::ids::PartId;
    use crate::domain::release::request::Purpose;
    for part in deliver::one(office, &who.actor, copy).await?.parts {
        let Some(id) = PartId::parse(&part.id).filter(|_| part.rendition != "thumbnail") else { continue };
        deliver::open_part(office, &who.actor, copy, id, Purpose::Prevention, stamp()).await?;
    }
    Ok(())
}

/// Confirms that a copy is destroyed.
pub async fn confirm(office: &Office, who: &Somebody, copy: CopyId, witness: &str) -> Result<(), No> {
    let done = office.now();
    let form = surrender::Confirming {
        outcome: "destroyed".to_owned(),
        method: "Nothing was kept outside the portal; notes cross-cut shredded".to_owned(),
        done_date: done.day().to_string(),
        done_time: done.clock_time(),
        witness: witness.to_owned(),
    };
    let document = surrender::canonical(&form);
    let note = sign(office, who, "surrender", &deliver::object(copy), document.as_bytes())?;
    surrender::confirm(office, &who.actor, copy, &form, &document, &note, stamp()).await
}

/// The recipients by name, for the schemes they receive for.
pub fn to(world: &World, names: &[(&str, usize)]) -> Result<Vec<(PersonId, SchemeId)>, No> {
    names
        .iter()
        .map(|(name, scheme)| Ok((world.called(name)?.id, *world.schemes.get(*scheme).ok_or(No::NotFound)?)))
        .collect()
}
