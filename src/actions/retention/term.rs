//! Terms: what has ended, as what it is kept, for how long, and from when on it is due (K9.1).
//!
//! Promises: one way to ask, for a list and inside an act alike; a case's end is the heart's ([`ended`]), another record's the store's.
//! Absent on purpose: deciding.

use crate::actions::retention::step;
use crate::actions::{Fault, No};
use crate::domain::ids::{AreaId, ReleaseId};
use crate::domain::moment::{Day, Moment, long_day, parse_day};
use crate::domain::numbers::Numbers;
use crate::domain::policy::Thing;
use crate::domain::retention::{Kept, Review, Subject, due, ended, ended_before, last_day, month};
use crate::store::papers::Paper;
use crate::store::releases::Filed;
use crate::store::retention::{Disposal, Ended};
use crate::store::{Conn, whole};

/// Something that has ended, with its period.
#[derive(Clone, Debug)]
pub struct Term {
    /// What it is.
    pub subject: Subject,
    /// Whose; `None`: the log's, which is of all areas.
    pub area: Option<AreaId>,
    /// Its reference; empty: it never had one.
    pub urn: String,
    /// What a list calls it. Stays nowhere once it is disposed of.
    pub name: String,
    /// As what it is kept.
    pub kept: Kept,
    /// Its last day.
    pub ended: Day,
    /// For how many years it is kept.
    pub years: i64,
    /// Where that comes from.
    pub source: String,
    /// The first day on which it is due.
    pub due: Day,
    /// What stands in its way, and counts beside it.
    pub beside: Ended,
    /// The newest review.
    pub newest: Option<Disposal>,
}

impl Term {
    /// What the rules look at.
    pub fn review(&self) -> Result<Review, Fault> {
        Ok(Review {
            due: Some(self.due),
            held: self.beside.holds > 0,
            followed: self.beside.followers > 0,
            step: step(self.newest.as_ref())?,
            moved: self.newest.as_ref().is_some_and(|row| row.ended != self.ended.to_string()),
        })
    }

    /// Where somebody has to be entitled.
    pub fn place(&self) -> Thing {
        self.area.map_or(Thing::Force, Thing::Area)
    }

    /// What its leaves are about until it goes.
    pub fn object(&self) -> String {
        match self.subject {
            Subject::Release(id) => format!("release/{id}"),
            other => format!("retention/{other}"),
        }
    }
}

/// Of what a term is made.
struct Found {
    subject: Subject,
    area: Option<AreaId>,
    urn: String,
    name: String,
    kept: Kept,
    end: Moment,
    beside: Ended,
}

async fn made(conn: &mut Conn, found: Found, numbers: &Numbers) -> Result<Term, No> {
    let Found { subject, area, urn, name, kept, end, beside } = found;
    let keep_until = beside.keep_until.as_deref().and_then(parse_day);
    let (years, source) = (numbers.get(kept.period()), numbers.source(kept.period()).to_owned());
    let newest = conn.disposals_of(&subject.to_string()).await?.into_iter().next();
    let (ended, due) = (last_day(end), due(end, years, keep_until));
    Ok(Term { subject, area, urn, name, kept, ended, years, source, due, beside, newest })
}

/// The term of a release; `None`: it has not ended.
async fn of_release(
    conn: &mut Conn,
    filed: Filed,
    beside: Ended,
    numbers: &Numbers,
    now: Moment,
) -> Result<Option<Term>, No> {
    let confirmed = beside.confirmed_at.map(Moment::from_millis);
    let release = filed.release;
    let Some((kept, end)) = ended(&release.stage, confirmed, now) else { return Ok(None) };
    let urn = release.stage.authority().map_or_else(String::new, |authority| authority.urn.clone());
    let name =
        if urn.is_empty() { format!("Request of {}", long_day(release.requested_at.day())) } else { urn.clone() };
    let (subject, area) = (Subject::Release(release.id), Some(release.area));
    Ok(Some(made(conn, Found { subject, area, urn, name, kept, end, beside }, numbers).await?))
}

/// The term of another record.
async fn of_paper(conn: &mut Conn, subject: Subject, paper: Paper, numbers: &Numbers) -> Result<Option<Term>, No> {
    let (kept, name) = match subject {
        Subject::Release(_) => return Ok(None),
        Subject::Member(_) => (Kept::Entry, format!("{}, {}", paper.name, paper.scheme)),
        Subject::Signer(_) => (Kept::Undertaking, format!("{}, {}", paper.name, paper.scheme)),
        Subject::Month(first) => (Kept::Log, format!("The log of {}", first.format("%B %Y"))),
    };
    let area = match &paper.area_id {
        Some(id) => Some(whole(AreaId::parse(id), "area", "id", id)?),
        None => None,
    };
    let beside = Ended {
        id: paper.id,
        confirmed_at: None,
        keep_until: paper.keep_until,
        unconfirmed: 0,
        duties: 0,
        followers: 0,
        holds: paper.holds,
    };
    let (urn, end) = (String::new(), Moment::from_millis(paper.ended_at));
    Ok(Some(made(conn, Found { subject, area, urn, name, kept, end, beside }, numbers).await?))
}

/// The term of anything, asked where it is decided; `None`: it has not ended, or is not there.
pub(crate) async fn term_of(conn: &mut Conn, subject: Subject, now: Moment) -> Result<Option<Term>, No> {
    let numbers = conn.numbers_in_force().await?.0;
    let Subject::Release(id) = subject else {
        let Some(paper) = conn.paper(subject).await? else { return Ok(None) };
        let ended = paper.ended_at <= now.millis();
        return if ended { of_paper(conn, subject, paper, &numbers).await } else { Ok(None) };
    };
    let (Some(filed), Some(beside)) = (conn.release(id).await?, conn.ending_of(id).await?) else { return Ok(None) };
    of_release(conn, filed, beside, &numbers, now).await
}

/// What is due in one area at `now`: cases and requests, then businesses that left, then undertakings.
pub(super) async fn due_in(conn: &mut Conn, area: AreaId, numbers: &Numbers, now: Moment) -> Result<Vec<Term>, No> {
    let before = |kinds: &[Kept]| ended_before(kinds, now.day(), numbers);
    let mut due = Vec::new();
    for beside in conn.ended_before(area, before(&[Kept::Case]), before(&[Kept::Request])).await? {
        let Some(id) = ReleaseId::parse(&beside.id) else { continue };
        let Some(filed) = conn.release(id).await? else { continue };
        due.extend(of_release(conn, filed, beside, numbers, now).await?);
    }
    let (entries, signed) = (before(&[Kept::Entry]), before(&[Kept::Undertaking]));
    let (left, free) = conn.papers_ended_before(area, entries, signed).await?;
    let papers = left.into_iter().map(|paper| ("member", paper)).chain(free.into_iter().map(|paper| ("signer", paper)));
    for (what, paper) in papers {
        let subject = whole(Subject::parse(&format!("{what}-{}", paper.id)), "disposal", "subject_id", &paper.id)?;
        due.extend(of_paper(conn, subject, paper, numbers).await?);
    }
    due.retain(|term| Moment::start_of(term.due) <= now);
    Ok(due)
}

/// The months of the log that are due at `now`, the oldest first.
pub(super) async fn months_due(conn: &mut Conn, numbers: &Numbers, now: Moment) -> Result<Vec<Term>, No> {
    let before = ended_before(&[Kept::Log], now.day(), numbers);
    let (mut due, mut from) = (Vec::new(), Moment::from_millis(0));
    while let Some(oldest) = conn.oldest_body(from, before).await? {
        let subject = Subject::month_of(oldest);
        let Subject::Month(first) = subject else { break };
        from = month(first).1;
        due.extend(term_of(conn, subject, now).await?.filter(|term| Moment::start_of(term.due) <= now));
    }
    Ok(due)
}
