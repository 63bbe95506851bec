//! Finding releases: by number or source reference however typed, area, stage, scheme and day; and what waits for whom.
//!
//! Promises: nobody finds what they may not see (P10), and drafts are their writer's alone; what cannot be read is told beside its
//! field. Absent on purpose: a leaf, since a list is not a consultation (decision 0014). Proved by `tests/it/journeys/search.rs`.

use crate::actions::desk::Line;
use crate::actions::{FieldError, No, Office, casefile, source};
use crate::domain::actor::{Actor, Role};
use crate::domain::ids::{AreaId, SchemeId};
use crate::domain::moment::{Day, Moment, days_after, parse_day};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::urn::Urn;
use crate::store::releases::Filed;
pub use crate::store::search::Waits;
use crate::store::search::{Hit, Sought};

/// Lines of one page of the list.
pub const PAGE: i64 = 50;
/// A limit that falls within so many days is near.
pub const NEAR_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// The stages that can be asked for.
pub const STAGES: [&str; 8] = ["draft", "requested", "returned", "live", "expired", "recalled", "voided", "closed"];

/// A search as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed<'a> {
    /// A number or a source reference.
    pub q: &'a str,
    /// An area's identifier.
    pub area: &'a str,
    /// A stage's word.
    pub stage: &'a str,
    /// A scheme's identifier.
    pub scheme: &'a str,
    /// From this day.
    pub from: &'a str,
    /// To this day.
    pub to: &'a str,
    /// What it waits for.
    pub waits: &'a str,
    /// Which page, from 1.
    pub page: i64,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// One page of it.
    pub lines: Vec<Line>,
    /// All there are.
    pub count: i64,
}

/// Every area whose releases `by` sees.
async fn sees(office: &Office, by: &Actor) -> Result<Vec<AreaId>, No> {
    let mut seen = Vec::new();
    for area in office.read().await?.areas().await? {
        let id = area.id()?;
        if may(by, Act::SeeIssues, Thing::Area(id)) {
            seen.push(id);
        }
    }
    Ok(seen)
}

/// Everything that `by` may see, without a filter.
async fn all(office: &Office, by: &Actor) -> Result<Sought, No> {
    let now = office.now();
    let sees = sees(office, by).await?;
    Ok(Sought {
        by: by.person(),
        decides: sees.iter().copied().filter(|area| by.is_in(Role::Aic, *area)).collect(),
        sees,
        urn: String::new(),
        source: String::new(),
        area: None,
        stage: String::new(),
        scheme: None,
        from: Moment::from_millis(i64::MIN),
        to: Moment::from_millis(i64::MAX),
        waits: Waits::Any,
        now,
        near: now.plus_millis(NEAR_DAYS * DAY_MS),
        limit: PAGE,
        skip: 0,
    })
}

/// Two days of a search; what is wrong is told beside its field.
pub(super) fn days(from: &str, to: &str, wrong: &mut Vec<FieldError>) -> (Moment, Moment) {
    let mut day = |field: &'static str, typed: &str| -> Option<Day> {
        let read = parse_day(typed.trim());
        if read.is_none() && !typed.trim().is_empty() {
            wrong.push(FieldError::new(field, "Enter a real date, like 27 3 2027"));
        }
        read
    };
    let (from, to) = (day("from", from), day("to", to));
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        wrong.push(FieldError::new("to", "The last day must not be before the first"));
    }
    let end = |day: Day| Moment::start_of(days_after(day, 1));
    (from.map_or(Moment::from_millis(i64::MIN), Moment::start_of), to.map_or(Moment::from_millis(i64::MAX), end))
}

/// Reads a choice; what is none of those offered is told beside its field.
fn chosen<T>(typed: &str, field: &'static str, read: fn(&str) -> Option<T>, wrong: &mut Vec<FieldError>) -> Option<T> {
    let found = if typed.is_empty() { None } else { read(typed) };
    if found.is_none() && !typed.is_empty() {
        wrong.push(FieldError::new(field, "Choose one from the list"));
    }
    found
}

/// Finds.
pub async fn releases(office: &Office, by: &Actor, typed: &Typed<'_>) -> Result<Found, No> {
    let mut of = all(office, by).await?;
    let mut wrong = Vec::new();
    let q = typed.q.trim();
    let urn = Urn::parse(q).map(|urn| urn.to_string());
    match urn {
        Some(_) => {}
        None if q.is_empty() => {}
        // Whatever is no number is looked up as a source reference, by its keyed hash.
        None => match source::index(office, q).filter(|_| q.chars().count() <= 200) {
            Some(index) => of.source = index,
            None => wrong.push(FieldError::new(
                "q",
                "Enter a reference like CZ/001/26, or the source reference as the officer gave it",
            )),
        },
    }
    (of.from, of.to) = days(typed.from, typed.to, &mut wrong);
    of.area = chosen(typed.area, "area", AreaId::parse, &mut wrong);
    of.scheme = chosen(typed.scheme, "scheme", SchemeId::parse, &mut wrong);
    let stage = |word: &str| STAGES.iter().find(|one| **one == word).copied();
    of.stage = chosen(typed.stage, "stage", stage, &mut wrong).unwrap_or_default().to_owned();
    of.waits = chosen(typed.waits, "waits", Waits::parse, &mut wrong).unwrap_or_default();
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    of.skip = (typed.page.clamp(1, 100_000) - 1) * PAGE;
    let Some(urn) = urn else { return run(office, by, of).await };
    let found = run(office, by, Sought { urn, ..of.clone() }).await?;
    // A source reference may look like a number.
    match source::index(office, q) {
        Some(source) if found.count == 0 => run(office, by, Sought { source, ..of }).await,
        _ => Ok(found),
    }
}

/// The first few of what waits, and how many there are.
pub async fn waiting(office: &Office, by: &Actor, waits: Waits, named: i64) -> Result<Found, No> {
    let of = Sought { waits, limit: named, ..all(office, by).await? };
    run(office, by, of).await
}

/// The live releases of the areas whose requests `by` decides.
pub(super) async fn live(office: &Office, by: &Actor) -> Result<Vec<Filed>, No> {
    let of = all(office, by).await?;
    let of = Sought { stage: "live".to_owned(), sees: of.decides.clone(), limit: i64::MAX, ..of };
    let hits = office.read().await?.find_releases(&of).await?;
    Ok(hits.into_iter().map(|hit| hit.filed).filter(|filed| of.decides.contains(&filed.release.area)).collect())
}

async fn run(office: &Office, by: &Actor, mut of: Sought) -> Result<Found, No> {
    let mut conn = office.read().await?;
    let mut hits = conn.find_releases(&of).await?;
    if hits.is_empty() && of.skip > 0 {
        // Beyond the last page: only the count is wanted.
        (of.skip, of.limit) = (0, 1);
        let count = conn.find_releases(&of).await?.first().map_or(0, |hit| hit.found);
        return Ok(Found { lines: Vec::new(), count });
    }
    let count = hits.first().map_or(0, |hit| hit.found);
    // The policy is asked too: the question of the store and it say the same.
    hits.retain(|hit| may(by, Act::SeeRelease, casefile::thing(&hit.filed.release)));
    let lines = hits.into_iter().map(|hit| line(office, hit, of.now)).collect::<Result<_, _>>()?;
    Ok(Found { lines, count })
}

fn line(office: &Office, hit: Hit, now: Moment) -> Result<Line, No> {
    let (file, _) = casefile::open(office, &hit.filed)?;
    Ok(Line {
        word: hit.filed.release.word(now),
        title: match file.request.title.as_str() {
            "" => "A request without a title".to_owned(),
            title => title.to_owned(),
        },
        filed: hit.filed,
        counts: hit.counts.map(|count| usize::try_from(count).unwrap_or(0)),
    })
}

/// The areas and schemes that `by` can narrow a search to, with their names.
pub async fn places(office: &Office, by: &Actor) -> Result<[Vec<(String, String)>; 2], No> {
    let sees = sees(office, by).await?;
    let mut conn = office.read().await?;
    let mut areas = Vec::new();
    for area in conn.areas().await? {
        if sees.contains(&area.id()?) || by.areas().contains(&area.id()?) {
            areas.push((area.id.clone(), format!("{} ({})", area.name, area.code)));
        }
    }
    let mut schemes = Vec::new();
    for scheme in conn.schemes().await? {
        if sees.contains(&scheme.area()?) {
            schemes.push((scheme.id.clone(), scheme.name.clone()));
        }
    }
    Ok([areas, schemes])
}
