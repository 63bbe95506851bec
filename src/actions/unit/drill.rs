//! Break-glass: the key that opens a unit's boxes when nobody of the unit can, kept on paper or a stick in a safe, and its drill.
//!
//! Promise: the drill opens every box of the area, compares what is inside with the recipient on record, shows and keeps no secret, and
//! is a leaf. Absent on purpose: opening any original with it; that is done by hand (`docs/USER-break-glass.md`).

use crate::actions::{No, Office};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::AreaId;
use crate::sealing::age::{Identity, open};
use crate::store::log::Stamp;
use zeroize::Zeroizing;

/// What the drill found of one of the unit's keys.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Found {
    /// The recipient on record.
    pub recipient: String,
    /// `in force`, `waiting` or `earlier`.
    pub state: &'static str,
    /// The box opened with the break-glass key.
    pub opened: bool,
    /// And held the identity of that recipient.
    pub fits: bool,
}

/// An area's boxes: recipient, what it is, the age file.
pub type Boxes = Vec<(String, &'static str, Vec<u8>)>;

/// Every box of an area, the one in force first.
pub async fn boxes(office: &Office, code: &str) -> Result<(AreaId, Boxes), No> {
    let mut conn = office.read().await?;
    let areas = conn.areas().await?;
    let area = areas.into_iter().find(|area| area.code.eq_ignore_ascii_case(code)).ok_or(No::NotFound)?;
    let id = area.id()?;
    let mut all = Vec::new();
    if !area.unit_recipient.is_empty() {
        all.push((area.unit_recipient, "in force", area.unit_box));
    }
    if let (Some(next), Some(boxed)) = (area.next_recipient, area.next_box) {
        all.push((next, "waiting", boxed));
    }
    for key in conn.older_unit_keys(id).await? {
        all.push((key.recipient, "earlier", key.boxed));
    }
    Ok((id, all))
}

/// Opens every box of an area with the break-glass identity, and writes down whether all was as it should be.
pub async fn drill(office: &Office, code: &str, with: &Identity, stamp: Stamp) -> Result<Vec<Found>, No> {
    let (area, all) = boxes(office, code).await?;
    let found: Vec<Found> = all
        .into_iter()
        .map(|(recipient, state, boxed)| {
            let inside = open(&boxed, with).ok();
            let fits = inside.as_deref().and_then(|line| of_line(line)).is_some_and(|unit| unit == recipient);
            Found { recipient, state, opened: inside.is_some(), fits }
        })
        .collect();
    let good = !found.is_empty() && found.iter().all(|one| one.fits);
    let event = Event::new(Kind::UnitDrill, format!("area/{area}")).with("opened", good).with("boxes", found.len());
    office.record(event, &stamp).await?;
    Ok(found)
}

/// The recipient of the identity that a box's one line holds.
fn of_line(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    Identity::parse(text).map(|unit| unit.recipient().to_string())
}

/// An identity file as `age-keygen` writes it: comments, and one identity.
pub fn identity(file: &str) -> Option<Identity> {
    let mut lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = Zeroizing::new(lines.next()?.to_owned());
    if lines.next().is_some() { None } else { Identity::parse(&line) }
}
