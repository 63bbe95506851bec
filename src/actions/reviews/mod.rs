//! Reviews of live releases (form 3796, K7.9): parts saved one by one, the review signed, any number of rounds; each kept.
//!
//! Promises: what a page shows as missing, what is signed and what is decided come from the same [`gather`]; a part is never saved over
//! somebody else's; what changed since it was read is refused inside the act. Absent on purpose: rules (`domain::release::review`), the
//! decision ([`decide`]), limits outside a review ([`limits`]). Proved by `tests/it/journeys/review.rs`.

pub mod decide;
pub mod limits;
pub mod questions;
pub mod queue;
pub mod record;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actions::answers::Form;
use crate::actions::casefile;
use crate::actions::decision::{self, Answers, parse};
use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::{Fault, No, Office, registers, statement};
use crate::domain::actor::Actor;
use crate::domain::ids::{CopyId, PersonId, ReleaseId, ReviewId, ReviewPartId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::review::{Review, Reviewed};
use crate::domain::release::{Order, ReviewOutcome, ReviewPart};
use crate::domain::words::{Line, Prose};
use crate::store::Conn;
use crate::store::copies::Row as Copy;
use crate::store::log::Stamp;
use crate::store::reviews::{self as rows, LimitChange};

const PART: &str = "review_part";
const BODY: &str = "body";

/// A saved part of a review.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Which.
    pub part: ReviewPart,
    /// What was answered.
    pub answers: Answers,
    /// Counts its changes.
    pub version: i64,
    /// By whom it was saved last.
    pub by: PersonId,
    /// Their name.
    pub by_name: String,
    /// When.
    pub at: Moment,
    id: String,
}

/// Why a review was decided so: sealed beside it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reasons {
    /// Why.
    pub reasons: Prose,
    /// The enactment by which a higher rank decided; empty: the co-ordinator did.
    pub enactment: Line,
}

/// One review of a release.
#[derive(Clone, Debug)]
pub struct Round {
    /// Its row.
    pub row: rows::Review,
    /// The parts that were saved.
    pub saved: Vec<Saved>,
    /// What was recorded, as the rules see it.
    pub review: Review,
    /// The reviewing officer's name; empty: not signed.
    pub signer: String,
    /// The decider's name; empty: not decided.
    pub decider: String,
    /// Why it was decided so.
    pub reasons: Option<Reasons>,
}

impl Round {
    /// A part's answers; none where it was never saved.
    pub fn answers(&self, part: ReviewPart) -> Option<&Saved> {
        self.saved.iter().find(|saved| saved.part == part)
    }

    /// Whoever signed it or wrote in it.
    fn reviewers(&self) -> Vec<PersonId> {
        let signer = self.row.signed_by.as_deref().and_then(PersonId::parse);
        self.saved.iter().map(|saved| saved.by).chain(signer).collect()
    }
}

/// A release with its reviews and what moved its limit.
pub struct Gathered {
    /// The case.
    pub of: decision::Gathered,
    /// Its reviews, oldest first.
    pub rounds: Vec<Round>,
    /// What moved its limit, oldest first, each with its reasons.
    pub changes: Vec<(LimitChange, Prose)>,
    /// The copies that stand: neither replaced nor ended.
    pub copies: Vec<Copy>,
}

impl Gathered {
    /// The newest review that is still being written.
    pub fn open(&self) -> Option<&Round> {
        self.rounds.last().filter(|round| round.row.signed_at.is_none())
    }

    /// The newest review, if it is signed and waits for a decision.
    pub fn waiting(&self) -> Option<&Round> {
        self.rounds.last().filter(|round| round.row.waits())
    }

    /// The number that a review begun now would have.
    pub fn next_round(&self) -> i64 {
        self.rounds.last().map_or(1, |round| round.row.round + 1)
    }

    /// The authority, or the newest decision to continue, from which the limit is counted (K7.8).
    pub fn counted_from(&self) -> Option<Moment> {
        let continued = self.changes.iter().rfind(|(change, _)| change.kind == ReviewOutcome::Continue.word());
        let continued = continued.map(|(change, _)| Moment::from_millis(change.changed_at));
        continued.or_else(|| self.of.filed.release.stage.authority().map(|authority| authority.at))
    }

    /// The last day of the exclusion notice that counts now.
    pub fn notice(&self) -> Result<Option<Day>, Fault> {
        match self.changes.last() {
            Some((change, _)) => change.notice(),
            None => Ok(self.of.case.considered.records.exclusion_ends),
        }
    }

    /// A review with the facts its rules need.
    pub fn reviewed(&self, review: &Review, round: i64) -> Reviewed {
        let before = || self.rounds.iter().filter(move |one| one.row.round < round);
        let rested = before().filter(|one| one.row.outcome.as_deref() == Some(ReviewOutcome::Continue.word()));
        let considered = &self.of.case.considered;
        let first = std::iter::once(considered.grounds.reference.clone());
        let pictured = !self.of.photographs.is_empty();
        Reviewed {
            review: review.clone(),
            earlier: first.chain(rested.map(|one| one.review.grounds.reference.clone())).collect(),
            copies: standing(&self.copies),
            authorisers: before().filter_map(|one| PersonId::parse(one.row.decided_by.as_deref()?)).collect(),
            destroy_on: considered.material.destroy_on.filter(|_| pictured),
            registration_ends: self.of.case.registration_ends,
            numbers: self.of.case.numbers.clone(),
        }
    }
}

fn standing(copies: &[Copy]) -> Vec<CopyId> {
    copies.iter().filter_map(|copy| CopyId::parse(&copy.id)).collect()
}

/// The copies of a release that stand, one for each recipient: a sheet goes on, and ends, with its holder's own (O3.2.1).
async fn copies(conn: &mut Conn, id: ReleaseId) -> Result<Vec<Copy>, Fault> {
    let ended = |copy: &Copy| copy.replaced_at.is_some() || copy.confirmed_at.is_some() || copy.key_gone_at.is_some();
    let all = conn.copies_of_release(id).await?.into_iter();
    Ok(all.filter(|copy| copy.is_electronic() && !ended(copy)).collect())
}

/// Reads a part's answers into `of`.
fn read(part: ReviewPart, answers: &Answers, of: &mut Review) -> Result<(), No> {
    let mut paper = parse::Paper::of(questions::of(part), answers);
    match part {
        ReviewPart::Grounds => of.grounds = paper.grounds(),
        ReviewPart::Risk => of.risk = paper.risk(),
        ReviewPart::Recipients => {
            of.still_need = paper.ticked("still_need", "Choose from the recipients shown", CopyId::parse);
            of.need = paper.prose("need");
        }
        ReviewPart::Recommendation => {
            let advised = ReviewOutcome::parse(paper.field("advised"));
            of.advised = advised.filter(|one| *one != ReviewOutcome::Again);
            (of.close_on, of.exclusion_ends) = (paper.day("close_on"), paper.day("exclusion_ends"));
            of.reasons = paper.prose("reason");
        }
    }
    paper.done()
}

async fn round(office: &Office, conn: &mut Conn, row: rows::Review) -> Result<Round, No> {
    let (mut saved, mut review) = (Vec::new(), Review::default());
    for one in conn.review_parts(&row.id).await? {
        let corrupt = || Fault::Corrupt { table: PART, column: BODY, row: one.id.clone() };
        let plain = office.open_field(PART, &one.id, BODY, one.version, &one.body)?;
        let answers: Answers = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
        let (part, by) = (one.part()?, PersonId::parse(&one.saved_by).ok_or_else(corrupt)?);
        read(part, &answers, &mut review).map_err(|_| corrupt())?;
        let (by_name, at) = (name(conn, Some(&one.saved_by)).await?, Moment::from_millis(one.saved_at));
        saved.push(Saved { part, answers, version: one.version, by, by_name, at, id: one.id });
    }
    saved.sort_by_key(|one| one.part);
    let reasons = match &row.decision {
        Some(sealed) => {
            let plain = office.open_field("review", &row.id, "decision", 0, sealed)?;
            let corrupt = |_| Fault::Corrupt { table: "review", column: "decision", row: row.id.clone() };
            Some(serde_json::from_slice(&plain).map_err(corrupt)?)
        }
        None => None,
    };
    let signer = name(conn, row.signed_by.as_ref()).await?;
    let decider = name(conn, row.decided_by.as_ref()).await?;
    Ok(Round { row, saved, review, signer, decider, reasons })
}

async fn name(conn: &mut Conn, id: Option<&String>) -> Result<String, No> {
    let Some(id) = id.and_then(|id| PersonId::parse(id)) else { return Ok(String::new()) };
    Ok(conn.person(id).await?.map_or_else(String::new, |person| person.name))
}

/// Loads a release that `by` may do `act` to, with its reviews and what moved its limit.
pub async fn gather(
    office: &Office,
    conn: &mut Conn,
    by: &Actor,
    act: Act,
    id: ReleaseId,
    now: Moment,
) -> Result<Gathered, No> {
    let of = decision::gather(office, conn, by, act, id, now).await?;
    let (rounds, changes) = history(office, conn, id).await?;
    let copies = copies(conn, id).await?;
    Ok(Gathered { of, rounds, changes, copies })
}

/// The same, read by a person: a consultation (DPA 2018 s.62), whoever reads.
pub async fn look(office: &Office, by: &Actor, act: Act, id: ReleaseId, stamp: Stamp) -> Result<Gathered, No> {
    let mut conn = office.read().await?;
    let of = gather(office, &mut conn, by, act, id, office.now()).await?;
    registers::consulted(office, by, of.of.filed.release.object(), "reviews", stamp).await?;
    Ok(of)
}

/// Every review of a release, and every change of its limit.
pub(super) async fn history(
    office: &Office,
    conn: &mut Conn,
    id: ReleaseId,
) -> Result<(Vec<Round>, Vec<(LimitChange, Prose)>), No> {
    let (mut rounds, mut changes) = (Vec::new(), Vec::new());
    for row in conn.reviews(id).await? {
        rounds.push(round(office, conn, row).await?);
    }
    for change in conn.limit_changes(id).await? {
        let plain = office.open_field("limit_change", &change.id, BODY, 0, &change.body)?;
        let corrupt = |_| Fault::Corrupt { table: "limit_change", column: BODY, row: change.id.clone() };
        let reason: Prose = serde_json::from_slice(&plain).map_err(corrupt)?;
        changes.push((change, reason));
    }
    Ok((rounds, changes))
}

/// The same facts inside the act: refused if anything of it was changed since it was read; copies and registration as they are now.
pub(super) async fn again(conn: &mut Conn, of: &mut Gathered, now: Moment) -> Result<(), No> {
    let id = of.of.filed.release.id;
    let filed = conn.release(id).await?.ok_or(No::NotFound)?;
    let rows = conn.reviews(id).await?;
    let told = |one: &rows::Review| (one.id.clone(), one.signed_at, one.decided_at);
    let mut same = filed.release.version == of.of.filed.release.version
        && rows.iter().map(told).eq(of.rounds.iter().map(|round| told(&round.row)))
        && conn.versions_in_force().await? == of.of.case.versions;
    if let Some(round) = of.rounds.last() {
        let parts = conn.review_parts(&round.row.id).await?;
        let held = |one: &Saved| parts.iter().any(|part| (&part.id, part.version) == (&one.id, one.version));
        same = same && parts.len() == round.saved.len() && round.saved.iter().all(held);
    }
    if !same {
        // Whatever has become of the release is said first: at its limit, that it is over.
        if filed.release.word(now) != "live" {
            return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
        }
        return Err(No::refused(Refusal::ReviewBegunAnew));
    }
    of.copies = copies(conn, id).await?;
    of.of.case.registration_ends = conn.setting(decision::REGISTRATION_ENDS).await?.as_deref().and_then(parse_day);
    Ok(())
}

fn changed() -> No {
    No::field(
        "part",
        "Somebody else saved this part while you wrote, or the review was signed. What you typed is still here: open the part anew in another window, and compare.",
    )
}

/// Saves a part as it was filled in; the first one saved begins the review. `version`: of the part as the page showed it (0: never
/// saved).
pub async fn save(
    office: &Office,
    by: &Actor,
    id: ReleaseId,
    part: ReviewPart,
    posted: &[(String, String)],
    version: i64,
    stamp: Stamp,
) -> Result<(), No> {
    let mut conn = office.read().await?;
    let of = gather(office, &mut conn, by, Act::Review, id, office.now()).await?;
    drop(conn);
    let person = by.person().ok_or(No::NotFound)?;
    of.of.filed.release.decide(Order::SaveReview(part), by, office.now())?;
    if of.waiting().is_some() {
        return Err(No::refused(Refusal::ReviewBegunAnew));
    }
    let answers = parse::own_of(questions::of(part), posted);
    read(part, &answers, &mut Review::default())?;
    let saved = of.open().and_then(|round| round.answers(part));
    if saved.map_or(0, |saved| saved.version) != version {
        return Err(changed());
    }
    let fresh = || ReviewPartId::fresh(office.now(), ten()).to_string();
    let row_id = saved.map_or_else(fresh, |saved| saved.id.clone());
    let plain = zeroize::Zeroizing::new(json!(answers).to_string().into_bytes());
    let body = office.seal_field(PART, &row_id, BODY, version + 1, &plain)?;
    let begun = of.open().map(|round| round.row.id.clone());
    let (round, begins) = (of.open().map_or(of.next_round(), |round| round.row.round), begun.is_none());
    let review_id = begun.unwrap_or_else(|| ReviewId::fresh(office.now(), ten()).to_string());
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                let filed = casefile::load(tx, &acting, Act::Review, id).await?;
                let (_, event) = filed.release.decide(Order::SaveReview(part), &acting, now)?.into_parts();
                let newest = tx.reviews(id).await?.pop();
                let open = newest.filter(|row| row.signed_at.is_none()).map(|row| row.id);
                if begins && open.is_none() && tx.reviews(id).await?.last().is_none_or(|row| row.decided_at.is_some()) {
                    tx.begin_review(&review_id, id, round, person).await?;
                } else if open.as_deref() != Some(review_id.as_str()) {
                    return Err(changed());
                }
                let others = tx.review_parts(&review_id).await?;
                let other = others.iter().find(|one| one.part == part.word()).map_or(0, |one| one.version);
                let (saved_by, saved_at) = (person.to_string(), now.millis());
                let part_word = part.word().to_owned();
                let row = rows::Part { id: row_id, review_id, part: part_word, body, saved_by, saved_at, version };
                if other != version || !tx.save_review_part(&row).await? {
                    return Err(changed());
                }
                tx.append(&event.with("round", round), &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Signs the review as the page showed it: from then on it waits for a decision and is not changed.
pub async fn sign(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let mut of = gather(office, &mut conn, by, Act::Review, id, office.now()).await?;
    let of_round = of.open().cloned().ok_or_else(|| No::refused(Refusal::ReviewBegunAnew))?;
    let (row, review) = (of_round.row.clone(), of_round.review.clone());
    let reviewed = of.reviewed(&review, row.round);
    let release = &of.of.filed.release;
    release.decide(Order::Review(Box::new(reviewed)), by, office.now()).map_err(beside_fields)?;
    same_record(form, &record::text(&record::shown(&of, &of_round)?))?;
    drop(conn);
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "review", &release.object(), form, &[]).await?;
    let acting = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                again(tx, &mut of, now).await?;
                let order = Order::Review(Box::new(of.reviewed(&review, row.round)));
                let (_, event) = of.of.filed.release.decide(order, &acting, now)?.into_parts();
                tx.add_statement(&statement).await?;
                if !tx.sign_review(&row.id, signer, &statement.id).await? {
                    return Err(No::refused(Refusal::ReviewBegunAnew));
                }
                let event = event.with("round", row.round).with("statement", statement.id.clone());
                tx.append(&event, &acting, &stamp).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Whether the signed record says what the review says now.
fn same_record(form: &Form, now: &str) -> Result<(), No> {
    let shown = form.field("record").replace("\r\n", "\n");
    if shown.trim_end() == now.trim_end() { Ok(()) } else { Err(No::refused(Refusal::ReviewBegunAnew)) }
}
