//! What a release's file is printed as: the signed record of authority (forms 3795 and 3796), the wording for form MG6E, and the
//! disclosure bundle of a prosecution (K7.12).
//!
//! Promises: of an authority the words that were signed are printed, not what the registers say since; each reading is a leaf. Absent
//! on purpose: pictures and the words that left, which are under keys the server does not have.

use crate::actions::audit::{self, Record};
use crate::actions::decision::record::{self, Section};
use crate::actions::desk::{self, Sheet};
use crate::actions::statements::{self, Signature};
use crate::actions::{No, Office, Stamp, answers, casefile, decision, registers, reviews, statement};
use crate::domain::actor::Actor;
use crate::domain::duty;
use crate::domain::ids::ReleaseId;
use crate::domain::moment::Moment;
use crate::domain::policy::Act;

/// The record of authority as it is printed.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The number; empty: there is none.
    pub urn: String,
    /// Its title, which stays with the police.
    pub title: String,
    /// The stage's word.
    pub word: &'static str,
    /// The whole record, part by part.
    pub sections: Vec<Section>,
    /// Its reviews (form 3796), and what moved its limit since.
    pub reviews: Vec<Section>,
    /// The exact words that were signed, where the record would read otherwise today; empty: it reads the same, or is not signed.
    pub signed: String,
    /// Who signed the decision.
    pub signatures: Vec<Signature>,
}

/// The record of authority of a release.
pub async fn authority(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Authority, No> {
    let (mut conn, now) = (office.read().await?, office.now());
    let filed = casefile::load(&mut conn, by, Act::ReadAuthority, id).await?;
    registers::consulted(office, by, filed.release.object(), "record of authority", stamp).await?;
    let of = decision::gather_filed(office, &mut conn, filed, now).await?;
    let sections = record::sections(office, &mut conn, &of).await?;
    let release = &of.filed.release;
    let kinds = ["authority", "ruling", "void", "recall", "review", "review-decision", "limit"];
    let mut signed = String::new();
    for row in conn.statements_about(id).await?.iter().filter(|row| row.kind == "authority") {
        let said = answers::read(&statement::document(office, row)?).unwrap_or_default();
        let text = said.into_iter().find(|(name, _)| name == "record").and_then(|(_, text)| text.into_iter().next());
        signed = text.unwrap_or_default();
    }
    if signed.trim_end() == record::text(&sections).trim_end() {
        signed.clear();
    }
    let titles: Vec<&str> = kinds.into_iter().map(statement::title).collect();
    let mut signatures = statements::about(office, &mut conn, by, id).await?;
    signatures.retain(|one| titles.contains(&one.title.as_str()));
    Ok(Authority {
        urn: release.stage.authority().map_or_else(String::new, |authority| authority.urn.clone()),
        title: of.file.request.title.as_str().to_owned(),
        word: release.word(now),
        sections,
        reviews: reviews::record::sections(office, &mut conn, id).await?,
        signed,
        signatures,
    })
}

/// A release's number and the sentence for form MG6E: what, when, to which partnerships.
pub async fn mg6e(office: &Office, by: &Actor, id: ReleaseId) -> Result<(String, String), No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::KeepDuties, id).await?;
    let urn = filed.release.stage.authority().map(|authority| authority.urn.clone()).ok_or(No::NotFound)?;
    let (file, _) = casefile::open(office, &filed)?;
    let pictured = !conn.photographs(id).await?.is_empty();
    let supplied: Vec<_> = conn.copies_of_release(id).await?.into_iter().filter(|c| c.sealed_at.is_some()).collect();
    let first = supplied.iter().filter_map(|copy| copy.sealed_at).min().map(|at| Moment::from_millis(at).day());
    let mut schemes: Vec<String> = supplied.into_iter().map(|copy| copy.scheme_name).collect();
    schemes.sort_unstable();
    schemes.dedup();
    let purposes: Vec<String> = file.request.purposes.iter().map(|purpose| purpose.title().to_lowercase()).collect();
    let wording = duty::mg6e(&urn, pictured, &purposes.join(" and "), first, &schemes);
    Ok((urn, wording))
}

/// Everything on record about a release that a prosecution may need.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The release with its record, copies, duties and signatures.
    pub sheet: Sheet,
    /// The sentence for form MG6E.
    pub wording: String,
    /// All that the log has about it, oldest first.
    pub records: Vec<Record>,
}

/// The disclosure bundle, for the co-ordinator and the officer in the case.
pub async fn bundle(office: &Office, by: &Actor, id: ReleaseId, stamp: Stamp) -> Result<Bundle, No> {
    let (_, wording) = mg6e(office, by, id).await?;
    registers::consulted(office, by, format!("release/{id}"), "disclosure bundle", stamp.clone()).await?;
    let sheet = desk::sheet(office, by, id, stamp).await?;
    Ok(Bundle { sheet, wording, records: audit::story(office, by, id).await? })
}
