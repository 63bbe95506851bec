//! Every live release of one person, found by a reference and recalled by one signed act (K8.2, K5.1.1).
//!
//! Promises: a reference is compared by its keyed hash, as it is when an officer looks for a release ([`source`]): the officer's own
//! source reference and that of the photograph, as requested and as the co-ordinator recorded it; what is signed names each release.
//! Absent on purpose: other areas' releases, which are their co-ordinators' to recall (K7.6); what has ended already, whose copies are
//! demanded by that. Proved by `tests/it/journeys/demands.rs`.

use super::make::recall_all;
use crate::actions::answers::Form;
use crate::actions::request::beside_fields;
use crate::actions::{No, Office, decision, find, source};
use crate::domain::actor::Actor;
use crate::domain::demand::Scope;
use crate::domain::ids::ReleaseId;
use crate::domain::policy::{Act, may};
use crate::domain::refusal::Refusal;
use crate::store::log::Stamp;

/// A release that would be recalled.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Which.
    pub id: ReleaseId,
    /// Its reference.
    pub urn: String,
    /// Its title, which stays with the police.
    pub title: String,
    /// Its copies.
    pub copies: usize,
}

/// What a reference leads to.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// Its keyed hash: what the signature is about.
    pub object: String,
    /// The live releases, in the order of their references.
    pub hits: Vec<Hit>,
}

/// Finds the live releases that `by` may recall, by a reference of the photograph or of the person.
pub async fn find(office: &Office, by: &Actor, reference: &str) -> Result<Subject, No> {
    let wrong = || No::field("reference", "Enter the reference of the photograph or of the person");
    let index = source::index(office, reference).filter(|_| reference.chars().count() <= 200).ok_or_else(wrong)?;
    let matches = |text: &str| source::index(office, text).as_deref() == Some(index.as_str());
    let mut hits = Vec::new();
    let now = office.now();
    let mut conn = office.read().await?;
    for filed in find::live(office, by).await? {
        if !may(by, Act::Recall, filed.release.thing()) {
            continue;
        }
        let id = filed.release.id;
        let direct = filed.source_index.as_deref() == Some(index.as_str());
        let of = decision::gather_filed(office, &mut conn, filed, now).await?;
        let pictured = matches(of.file.request.source.reference.as_str())
            || matches(of.case.considered.material.reference.as_str());
        let Some(authority) = of.filed.release.stage.authority().filter(|_| direct || pictured) else { continue };
        hits.push(Hit {
            id,
            urn: authority.urn.clone(),
            title: of.file.request.title.as_str().to_owned(),
            copies: conn.copies_of_release(id).await?.len(),
        });
    }
    hits.sort_by(|a, b| a.urn.cmp(&b.urn));
    // Its own half is enough to name it, and fits the line of a statement.
    Ok(Subject { object: format!("subject/{}", index.get(..32).unwrap_or(&index)), hits })
}

/// Recalls them all, signed.
pub async fn recall_subject(office: &Office, by: &Actor, reference: &str, form: &Form, stamp: Stamp) -> Result<(), No> {
    let found = find(office, by, reference).await?;
    let ids: Vec<ReleaseId> = found.hits.iter().map(|hit| hit.id).collect();
    if ids.is_empty() {
        return Err(beside_fields(vec![Refusal::NothingDemanded]));
    }
    if form.fields("release") != ids.iter().map(ToString::to_string).collect::<Vec<_>>() {
        return Err(beside_fields(vec![Refusal::RecordChanged]));
    }
    recall_all(office, by, (Scope::Subject, &found.object), ids, form, stamp).await
}
