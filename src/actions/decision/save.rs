//! Saving a part of the decision: on its own, as it was filled in, and never over somebody else's.
//!
//! Promises: what a tick is about is what its page showed; only people, members and areas of this area can be named (P10). Absent on
//! purpose: whether the answers are enough, which the case says.

use serde_json::json;

use super::{Answers, COLUMN, SUBJECT, Saved, TABLE, parse, saved, subject};
use crate::actions::casefile;
use crate::actions::office::ten;
use crate::actions::{No, Office, elsewhere};
use crate::domain::actor::Actor;
use crate::domain::ids::{ConsiderationId, ReleaseId, SchemeId};
use crate::domain::policy::Act;
use crate::domain::release::{Considered, Order, Part};
use crate::store::Conn;
use crate::store::decisions::Consideration;
use crate::store::log::Stamp;
use crate::store::releases::Filed;

/// Saves a part as it was filled in. `version`: of the part as the page showed it (0: never saved); if somebody saved it since, they
/// are named and nothing is overwritten.
pub async fn save(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    part: Part,
    posted: &[(String, String)],
    version: i64,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    let filed = casefile::load(&mut conn, by, Act::Decide, id).await?;
    filed.release.decide(Order::Save(part), by, office.now())?;
    let (file, draft) = casefile::open(office, &filed)?;
    let mut answers = parse::own(part, posted);
    if part == Part::Material {
        about(&mut answers, posted, subject(draft.as_ref(), &conn.photographs(id).await?))?;
    }
    let mut considered = Considered::default();
    parse::part(part, &answers, &mut considered)?;
    let mut asking = Vec::new();
    if part == Part::Recipients {
        within_area(&mut conn, &filed, &considered).await?;
        asking = elsewhere::asking(office, &mut conn, &filed, &file, &considered.recipients).await?;
    }
    let before = saved(office, &mut conn, id).await?.into_iter().find(|one| one.part == part);
    drop(conn);
    unchanged(before.as_ref(), version)?;
    let row_id = before.map_or_else(|| ConsiderationId::fresh(office.now(), ten()).to_string(), |one| one.id);
    let plain = zeroize::Zeroizing::new(json!(answers).to_string().into_bytes());
    let body = office.seal_field(TABLE, &row_id, COLUMN, version + 1, &plain)?;
    let saved_by = by.person().ok_or(No::NotFound)?.to_string();
    let (acting, members, read) = (by.clone(), considered.recipients.members, filed.release.version);
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let filed = casefile::load(tx, &acting, Act::Decide, id).await?;
                let (_, event) = filed.release.decide(Order::Save(part), &acting, now)?.into_parts();
                if part == Part::Material && filed.release.version != read {
                    return Err(No::field("part", LEAVING_CHANGED));
                }
                let (release_id, word) = (id.to_string(), part.word().to_owned());
                let other = tx.considerations(id).await?.into_iter().find(|one| one.part == word);
                let row = Consideration {
                    id: row_id,
                    release_id,
                    part: word,
                    body,
                    saved_by,
                    saved_at: now.millis(),
                    version,
                };
                if other.map_or(0, |one| one.version) != version || !tx.save_consideration(&row).await? {
                    return Err(changed());
                }
                if part == Part::Recipients {
                    tx.instruct(id, &members).await?;
                }
                tx.append(&event, &acting, &stamp).await?;
                elsewhere::ask(tx, asking, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Puts beside the tick what it is about: what the page showed, if that would still leave.
fn about(answers: &mut Answers, posted: &[(String, String)], current: String) -> Result<(), No> {
    let shown = posted.iter().find(|(name, _)| name == SUBJECT).map_or("", |(_, value)| value.as_str());
    if shown != current {
        return Err(No::field("part", LEAVING_CHANGED));
    }
    if answers.iter().any(|(name, _)| name == "words_considered") {
        answers.push((SUBJECT.to_owned(), current));
    }
    Ok(())
}

const LEAVING_CHANGED: &str = "What would leave has changed since you opened this page. Look at it again, then save. What you typed is still here.";

fn changed() -> No {
    No::field(
        "part",
        "Somebody else saved this part while you wrote. What you typed is still here: open the part anew in another window, and compare.",
    )
}

fn unchanged(before: Option<&Saved>, version: i64) -> Result<(), No> {
    match before {
        Some(one) if one.version != version => Err(No::field(
            "part",
            format!(
                "{} saved this part on {}, after you opened it. What you typed is still here: open the part anew in another window, and compare.",
                one.by_name,
                one.at.long()
            ),
        )),
        None if version != 0 => Err(changed()),
        _ => Ok(()),
    }
}

/// Only people and members of this area's schemes can be named; the others are nobody's business here (P10).
async fn within_area(conn: &mut Conn, filed: &Filed, of: &Considered) -> Result<(), No> {
    let of = &of.recipients;
    let most = conn.numbers_in_force().await?.0.recipients_max();
    if of.to.len() > most {
        return Err(No::field("recipients", format!("Choose at most {most} recipients")));
    }
    for (_, scheme) in &of.to {
        let here = match conn.scheme(*scheme).await? {
            Some(row) => row.area()? == filed.release.area,
            None => false,
        };
        if !here {
            return Err(No::field("recipients", "Choose recipients from this area’s schemes"));
        }
    }
    for member in &of.members {
        let here = match conn.member(*member).await? {
            Some(row) => match conn.scheme(SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?).await? {
                Some(scheme) => scheme.area()? == filed.release.area && row.removed_at.is_none(),
                None => false,
            },
            None => false,
        };
        if !here {
            return Err(No::field("members", "Choose members of this area’s schemes"));
        }
    }
    Ok(())
}
