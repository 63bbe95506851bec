//! Legal holds (K9.1): somebody says why records must stay, and from that moment nothing they cover is disposed of.
//!
//! Promises: a hold bites at once, also where two people have agreed already; it says who, why and since when, and by whom and why it
//! was lifted; it is never removed while what it holds is there. Absent on purpose: a hold that ends by itself.

use crate::actions::office::ten;
use crate::actions::retention::Why;
use crate::actions::{FieldError, No, Office, corrections};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, HoldId, ReleaseId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::words::Prose;
use crate::store::Conn;
use crate::store::log::Stamp;
use crate::store::releases::Filed;
use crate::store::retention::LegalHold;

/// What can be held from a release's page: it alone, or every release of a scheme or of a person in its area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The form's word: `release`, `scheme/<id>` or `person/<id>`.
    pub word: String,
    /// What it is, in words.
    pub title: String,
}

async fn load(conn: &mut Conn, by: &Actor, id: ReleaseId) -> Result<Filed, No> {
    let filed = conn.release(id).await?.filter(|filed| filed.release.stage.word() != "draft").ok_or(No::NotFound)?;
    if may(by, Act::KeepLegalHold, Thing::Area(filed.release.area)) { Ok(filed) } else { Err(No::NotFound) }
}

/// What can be held from here.
pub async fn scopes(office: &Office, by: &Actor, id: ReleaseId) -> Result<Vec<Scope>, No> {
    let mut conn = office.read().await?;
    let filed = load(&mut conn, by, id).await?;
    scopes_of(&mut conn, &filed).await
}

async fn scopes_of(conn: &mut Conn, filed: &Filed) -> Result<Vec<Scope>, No> {
    let release = &filed.release;
    let mut all = vec![Scope { word: "release".to_owned(), title: "This one only".to_owned() }];
    let mut add = |word: String, title: String| {
        if !all.iter().any(|scope: &Scope| scope.word == word) {
            all.push(Scope { word, title });
        }
    };
    let copies = conn.copies_of_release(release.id).await?;
    for copy in &copies {
        add(format!("scheme/{}", copy.scheme_id), format!("Everything supplied to {}", copy.scheme_name));
    }
    for copy in &copies {
        add(format!("person/{}", copy.holder), format!("Everything supplied to {}", copy.holder_name));
    }
    let police = [Some(release.requested_by), release.stage.authority().map(|authority| authority.by)];
    for person in police.into_iter().flatten() {
        let name = conn.person(person).await?.map_or_else(String::new, |person| person.name);
        add(format!("person/{person}"), format!("Everything that {name} asked for or authorised"));
    }
    Ok(all)
}

/// Places a hold.
pub async fn place(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    (scope, reason): (&str, &str),
    stamp: Stamp,
) -> Result<(), No> {
    let offered = scopes(office, by, id).await?;
    let mut wrong = Vec::new();
    let scope = offered.into_iter().find(|one| one.word == scope);
    if scope.is_none() {
        let told = Refusal::NoHoldScope.told();
        wrong.push(FieldError::new("scope", told.sentence));
    }
    let reason =
        Prose::parse("the reason", reason).map_err(|why| wrong.push(FieldError::new("reason", why.to_string())));
    let (Some(scope), Ok(reason)) = (scope, reason) else { return Err(No::Invalid(wrong)) };
    let row_id = HoldId::fresh(office.now(), ten()).to_string();
    let body = corrections::sealed(office, "legal_hold", &row_id, "body", &Why { reason })?;
    let acting = by.clone();
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let filed = load(tx, &acting, id).await?;
            let (scope, subject) = match scope.word.split_once('/') {
                Some((scope, subject)) => (scope.to_owned(), subject.to_owned()),
                None => (scope.word.clone(), id.to_string()),
            };
            let row = LegalHold {
                id: row_id,
                scope,
                subject_id: subject,
                area_id: filed.release.area.to_string(),
                body,
                placed_by: acting.person().ok_or(No::NotFound)?.to_string(),
                placed_at: tx.now().millis(),
                lift: None,
                lifted_by: None,
                lifted_at: None,
                placer: String::new(),
                lifter: None,
                held: String::new(),
            };
            tx.add_hold(&row).await?;
            let event =
                Event::new(Kind::HoldPlaced, about(&row)).with("hold", row.id.clone()).with("scope", row.scope.clone());
            tx.append(&event.with("of", row.subject_id.clone()), &acting, &stamp).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(())
}

/// What a hold's leaves are about.
fn about(row: &LegalHold) -> String {
    format!("{}/{}", row.scope, row.subject_id)
}

/// A hold of an area whose holds `by` keeps.
async fn held(conn: &mut Conn, by: &Actor, id: HoldId) -> Result<LegalHold, No> {
    let row = conn.hold(&id.to_string()).await?.ok_or(No::NotFound)?;
    let area = AreaId::parse(&row.area_id).ok_or(No::NotFound)?;
    if may(by, Act::KeepLegalHold, Thing::Area(area)) { Ok(row) } else { Err(No::NotFound) }
}

/// A hold with the reason why it was placed, for the page that lifts it.
pub async fn one(office: &Office, by: &Actor, id: HoldId) -> Result<(LegalHold, String), No> {
    let row = held(&mut office.read().await?, by, id).await?;
    let why = super::words(office, "legal_hold", "body", &row.id, &row.body)?;
    Ok((row, why))
}

/// Lifts a hold.
pub async fn lift(office: &Office, by: &Actor, id: HoldId, reason: &str, stamp: Stamp) -> Result<(), No> {
    held(&mut office.read().await?, by, id).await?;
    let reason = Prose::parse("the reason", reason).map_err(|why| No::field("reason", why.to_string()))?;
    let lift = corrections::sealed(office, "legal_hold", &id.to_string(), "lift", &Why { reason })?;
    let acting = by.clone();
    let act = office.act_as(by, move |tx| {
        Box::pin(async move {
            let row = held(tx, &acting, id).await?;
            let person = acting.person().ok_or(No::NotFound)?.to_string();
            if !tx.lift_hold(&row.id, &lift, &person).await? {
                return Err(No::field("reason", Refusal::HoldLifted.told().sentence));
            }
            tx.append(&Event::new(Kind::HoldLifted, about(&row)).with("hold", row.id.clone()), &acting, &stamp).await?;
            Ok(())
        })
    });
    act.await?;
    Ok(())
}
