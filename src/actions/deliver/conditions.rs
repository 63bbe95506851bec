//! The conditions of one supply: their exact words, and that their holder acknowledged them, signed (K8.2, K8.7, K7.9).
//!
//! Promise: what was signed is what is in force, or nothing is acknowledged. Absent on purpose: the gate, which asks for it.

use super::told::continued;
use super::{Bulletin, object, one};
use crate::actions::{No, Office, corrections, statement};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::CopyId;
use crate::domain::texts::Text;
use crate::store::log::Stamp;

/// The conditions' exact words for one supply: what is acknowledged (K8.2). After a correction they name its version, so that the
/// acknowledgement is a receipt for it (K8.7).
pub fn conditions(bulletin: &Bulletin) -> String {
    let version = bulletin.versions.first().map_or_else(String::new, |newest| {
        format!(
            "Version {}, corrected on {}: the words of before are withdrawn (K8.7)\n",
            newest.row.number,
            newest.at.long()
        )
    });
    let (urn, until) = (&bulletin.urn, bulletin.until.deadline());
    let (_, words) = &bulletin.conditions;
    let shown = if bulletin.shown_to.is_empty() {
        String::new()
    } else {
        format!("You may show it to these members and no others (K7.4): {}\n", bulletin.shown_to.join("; "))
    };
    // A receipt for this continuation: what was signed before it opens nothing.
    let continued = bulletin.continued_at.map_or_else(String::new, |at| {
        format!("Continued on {} after a review: the acknowledgement of before no longer counts (K7.9)\n", at.long())
    });
    format!("{words}\nReference: {urn}\n{version}{continued}{shown}In force until {until}\n")
}

/// Acknowledges the conditions of one supply, signed, before the first view.
pub async fn acknowledge(office: &Office, by: &Actor, copy: CopyId, note: &str, stamp: Stamp) -> Result<(), No> {
    let bulletin = one(office, by, copy).await?;
    if !bulletin.copy.is_electronic() {
        // Accepted once for a supply, with its electronic copy.
        return Err(No::NotFound);
    }
    let holder = by.person().ok_or(No::NotFound)?;
    let words = conditions(&bulletin);
    let row = statement::check(office, holder, "acknowledge", &object(copy), words.as_bytes(), note).await?;
    let acting = by;
    let (id, by) = (statement::id_of(&row)?, by.clone());
    let (release, version) = (bulletin.copy.holding()?.release, bulletin.conditions.0);
    let revision = corrections::in_force(&bulletin.versions);
    let (until, continued_at) = (bulletin.until, bulletin.continued_at);
    office
        .act_as(acting, move |tx| {
            Box::pin(async move {
                // New conditions, or corrected while they read (K8.7): what was signed is not what is in force.
                let newest = tx.revisions(release).await?.first().map_or(1, |newest| newest.number);
                // Nor continued, or its limit moved (K7.8, K7.9).
                let filed = tx.release(release).await?.ok_or(No::NotFound)?;
                let moved = filed.release.stage.authority().is_none_or(|authority| authority.until != until)
                    || continued(tx, release).await? != continued_at;
                if tx.text_in_force(Text::Conditions).await?.number() != version || newest != revision || moved {
                    return Err(No::field(
                        "statement",
                        "The conditions have changed since you opened this page. Reload it and read them first.",
                    ));
                }
                tx.add_statement(&row).await?;
                if !tx.copy_acknowledged(copy, id).await? {
                    return Err(No::field("statement", "You acknowledged these conditions already. Reload the page."));
                }
                let event = Event::new(Kind::Acknowledged, format!("release/{release}"))
                    .of_copy(copy)
                    .with("version", version)
                    .with("statement", row.id.clone());
                tx.append(&event, &by, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}
