//! What every bulletin of a holder is told with: the texts in force, and what they still have to confirm. Read once for all of them.

use crate::actions::{Fault, No};
use crate::domain::ids::{PersonId, ReleaseId};
use crate::domain::moment::Moment;
use crate::domain::numbers::Numbers;
use crate::domain::release::ReviewOutcome;
use crate::domain::texts::Text;
use crate::store::Conn;
use crate::store::demands::{EndingRow, Endings};

/// The texts in force that a bulletin tells its holder.
pub(super) struct Told {
    pub(super) conditions: (u32, String),
    pub(super) danger: String,
    pub(super) names: String,
    pub(super) numbers: Numbers,
    /// How far the end of each of this holder's copies is.
    pub(super) endings: Vec<EndingRow>,
}

impl Told {
    /// The earliest deadline by which the holder has to confirm the end of a copy other than this one.
    pub(super) fn owes(&self, but: &str, now: Moment) -> Option<Moment> {
        let owed = self.endings.iter().filter(|row| row.copy_id != but && row.confirmed_at.is_none());
        owed.filter_map(|row| row.ending(now).due(&self.numbers)).min()
    }
}

pub(super) async fn told(conn: &mut Conn, holder: PersonId, now: Moment) -> Result<Told, No> {
    let (numbers, _) = conn.numbers_in_force().await?;
    let endings = conn.endings(&Endings { holder: Some(holder), ..Endings::default() }, now).await?;
    let conditions = conn.text_in_force(Text::Conditions).await?;
    let danger = conn.text_in_force(Text::Danger).await?.words.trim().to_owned();
    let names = conn.text_in_force(Text::NameWarning).await?.words.trim().to_owned();
    Ok(Told { conditions: (conditions.number(), conditions.words), danger, names, numbers, endings })
}

/// When a review last continued a release (K7.9).
pub(super) async fn continued(conn: &mut Conn, release: ReleaseId) -> Result<Option<Moment>, Fault> {
    let changes = conn.limit_changes(release).await?;
    let newest = changes.iter().rfind(|change| change.kind == ReviewOutcome::Continue.word());
    Ok(newest.map(|change| Moment::from_millis(change.changed_at)))
}
