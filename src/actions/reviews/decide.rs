//! A signed review is decided (K7.9): continued to a new limit, closed earlier, withdrawn, or sent back to be made again.
//!
//! Promises: decision, new limit, the end of copies nobody needs and the leaf are one act, on exactly the review that was signed; from
//! its commit on the gate uses the new limit, and after a continuation no earlier acknowledgement opens anything (K8.2).

use crate::actions::answers::Form;
use crate::actions::casefile::{self, CaseFile};
use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::reviews::{Gathered, Reasons, Round, again, gather, record, same_record};
use crate::actions::{Fault, FieldError, No, Office, statement, sweep};
use crate::domain::actor::Actor;
use crate::domain::ids::{CopyId, LimitChangeId, ReleaseId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::refusal::Refusal;
use crate::domain::release::decide::deciding_rank;
use crate::domain::release::review::Verdict;
use crate::domain::release::{Order, ReviewOutcome};
use crate::domain::words::{Line, Prose};
use crate::store::Tx;
use crate::store::log::Stamp;
use crate::store::reviews::{Decided, LimitChange};
use crate::store::statements::Statement;

/// What was filled in.
#[derive(Clone)]
struct Said {
    outcome: Option<ReviewOutcome>,
    close_on: Option<Day>,
    reasons: Prose,
    enactment: Line,
}

fn said(form: &Form) -> Result<Said, No> {
    let mut wrong = Vec::new();
    let reasons = Prose::optional("The reasons", form.field("reason"));
    let reasons = reasons.unwrap_or_else(|why| {
        wrong.push(FieldError::new("reason", why.to_string()));
        Prose::default()
    });
    let enactment = Line::optional("The enactment", form.field("enactment")).unwrap_or_else(|why| {
        wrong.push(FieldError::new("enactment", why.to_string()));
        Line::default()
    });
    let close_on = chosen_day(form.field("close_on"), &mut wrong);
    let outcome = ReviewOutcome::parse(form.field("answer"));
    if wrong.is_empty() { Ok(Said { outcome, close_on, reasons, enactment }) } else { Err(No::Invalid(wrong)) }
}

/// A day as it was typed; what is none is told beside its field.
pub(super) fn chosen_day(typed: &str, wrong: &mut Vec<FieldError>) -> Option<Day> {
    let day = parse_day(typed);
    if day.is_none() && !typed.trim().is_empty() {
        wrong.push(FieldError::new("close_on", "Enter a real date, like 27 3 2027"));
    }
    day
}

/// The order, from the facts as they are.
fn order(of: &Gathered, said: &Said) -> Order {
    let waiting = of.waiting();
    let review = waiting.map(|round| round.review.clone()).unwrap_or_default();
    let round = waiting.map_or(0, |round| round.row.round);
    Order::Conclude(Box::new(Verdict {
        outcome: said.outcome,
        round,
        waits: waiting.is_some(),
        reviewers: waiting.map_or_else(Vec::new, Round::reviewers),
        of: of.reviewed(&review, round),
        close_on: said.close_on,
        reasons: said.reasons.clone(),
        enactment: said.enactment.clone(),
    }))
}

/// What a decision would meet now, on the facts of a page: every rule that says no to this outcome, and the limit it would give.
pub fn would_be(of: &Gathered, by: &Actor, outcome: ReviewOutcome, now: Moment) -> Result<Moment, Vec<Refusal>> {
    let asked = Prose::optional("It", "Asked").unwrap_or_default();
    let enactment = Line::optional("It", "Asked").unwrap_or_default();
    let said = Said { outcome: Some(outcome), close_on: None, reasons: asked, enactment };
    let decision = of.of.filed.release.decide(order(of, &said), by, now)?;
    Ok(decision.next().authority().map_or(now, |authority| authority.until))
}

/// Decides the review that waits, signed over the review as the page showed it.
pub async fn conclude(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let of = gather(office, &mut conn, by, Act::DecideReview, id, office.now()).await?;
    drop(conn);
    let said = said(form)?;
    let release = &of.of.filed.release;
    release.decide(order(&of, &said), by, office.now()).map_err(beside_fields)?;
    let waiting = of.waiting().ok_or_else(|| No::refused(Refusal::NoReviewWaits))?;
    same_record(form, &record::text(&record::shown(&of, waiting)?))?;
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "review-decision", &release.object(), form, &[]).await?;
    let plan = Plan::ready(office, of, said, statement)?;
    let acting = by.clone();
    let done = office.act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &acting, &stamp).await })).await;
    let done = done.map_err(|no| match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    })?;
    close(office, id, done.into_inner()).await;
    Ok(())
}

/// What a decision ended.
#[derive(Default)]
struct Ended {
    /// The release as a whole.
    release: bool,
    /// Copies that nobody needs any more.
    copies: Vec<CopyId>,
    /// Its limit was brought forward to this.
    until: Option<Moment>,
}

/// After the commit: running responses end, and what nothing opens any more is cleared away.
async fn close(office: &Office, id: ReleaseId, ended: Ended) {
    if ended.release {
        office.board.close(id.to_string());
    }
    if let Some(until) = ended.until {
        office.board.bring_forward(id.to_string(), until);
    }
    let clears = ended.release || !ended.copies.is_empty();
    for copy in ended.copies {
        office.board.close(copy.to_string());
    }
    if clears {
        sweep::clear_away(office).await;
    }
}

struct Plan {
    of: Gathered,
    said: Said,
    statement: Statement,
    /// The review's row.
    review: String,
    /// Reasons and enactment, sealed.
    decision: Vec<u8>,
    /// The change's identifier, and its reasons, sealed.
    change: (String, Vec<u8>),
    /// The case file for the next version.
    file: Vec<u8>,
}

impl Plan {
    fn ready(office: &Office, of: Gathered, said: Said, statement: Statement) -> Result<Self, No> {
        let filed = &of.of.filed;
        let review = of.waiting().ok_or_else(|| No::refused(Refusal::NoReviewWaits))?.row.id.clone();
        let reasons = Reasons { reasons: said.reasons.clone(), enactment: said.enactment.clone() };
        let plain = serde_json::to_vec(&reasons).map_err(|why| Fault::Other(why.to_string()))?;
        let decision = office.seal_field("review", &review, "decision", 0, &plain)?;
        let change = sealed_change(office, &said.reasons)?;
        // A withdrawal is a recall: its reason stands where that of any recall stands.
        let withdrawn = said.outcome == Some(ReviewOutcome::Withdraw);
        let reason = if withdrawn { Some(said.reasons.clone()) } else { of.of.file.reason.clone() };
        let file = CaseFile { reason, ..of.of.file.clone() };
        let (file, _) = casefile::seal(office, filed.release.id, filed.release.version + 1, &file, None)?;
        Ok(Self { of, said, statement, review, decision, change, file })
    }

    async fn carry_out(mut self, tx: &mut Tx, by: &Actor, stamp: &Stamp) -> Result<Ended, No> {
        let now = tx.now();
        again(tx, &mut self.of, now).await?;
        let mut filed = self.of.of.filed.clone();
        let decision = filed.release.decide(order(&self.of, &self.said), by, now)?;
        let outcome = self.said.outcome.ok_or_else(|| No::refused(Refusal::NoReviewOutcome))?;
        let person = by.person().ok_or(No::NotFound)?;
        let round = self.of.waiting().ok_or_else(|| No::refused(Refusal::NoReviewWaits))?;
        let notice = match outcome {
            ReviewOutcome::Continue => round.review.exclusion_ends,
            _ => self.of.notice()?,
        };
        let needed = round.review.still_need.clone();
        tx.add_statement(&self.statement).await?;
        let role = deciding_rank(by, &filed.release, !self.said.enactment.is_empty()).word();
        let (body, statement) = (self.decision, self.statement.id.clone());
        if !tx.decide_review(&self.review, &Decided { outcome, by: person, role, body, statement }).await? {
            return Err(No::refused(Refusal::NoReviewWaits));
        }
        let (before, id) = (filed.release.stage.authority().map(|authority| authority.until), filed.release.id);
        let after = decision.next().authority().map(|authority| authority.until);
        let mut ended = Ended::default();
        let event = if outcome == ReviewOutcome::Again {
            decision.into_parts().1
        } else {
            filed.file = self.file;
            tx.carry_out(&filed, decision).await?
        };
        let mut event = event.with("statement", self.statement.id.clone());
        match (outcome, before, after) {
            (ReviewOutcome::Withdraw, ..) => {
                tx.destroy_keys(id).await?;
                ended.release = true;
            }
            (ReviewOutcome::Continue | ReviewOutcome::Shorten, Some(before), Some(after)) => {
                let kind = outcome.word();
                let review = Some(self.review);
                let row = change(self.change, id, (kind, review), (before, after), notice, (person.to_string(), now));
                tx.add_limit_change(&LimitChange { statement_id: Some(self.statement.id), ..row }).await?;
                ended.until = Some(after);
                if outcome == ReviewOutcome::Continue {
                    tx.acknowledge_anew(id).await?;
                    ended.copies = unneeded(tx, &self.of, &needed).await?;
                    for copy in &ended.copies {
                        tx.destroy_key(*copy).await?;
                    }
                    event = event.with("ended", ended.copies.iter().map(CopyId::to_string).collect::<Vec<_>>());
                }
            }
            _ => {}
        }
        tx.append(&event, by, stamp).await?;
        Ok(ended)
    }
}

/// The copies and sheets of whoever is not among those who need the release: also the sheets of somebody who gave up the rest.
async fn unneeded(tx: &mut Tx, of: &Gathered, needed: &[CopyId]) -> Result<Vec<CopyId>, No> {
    let id = of.of.filed.release.id;
    let is_needed = |copy: &str| needed.iter().any(|one| one.to_string() == copy);
    let with: Vec<&str> =
        of.copies.iter().filter(|copy| is_needed(&copy.id)).map(|copy| copy.holder.as_str()).collect();
    let mut all = Vec::new();
    for copy in tx.copies_of_release(id).await? {
        if copy.key_gone_at.is_none() && !with.contains(&copy.holder.as_str()) {
            all.push(copy.holding()?.copy);
        }
    }
    Ok(all)
}

/// A new change's identifier, and its reasons sealed to it.
pub(super) fn sealed_change(office: &Office, reason: &Prose) -> Result<(String, Vec<u8>), Fault> {
    let id = LimitChangeId::fresh(office.now(), ten()).to_string();
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(reason).map_err(|why| Fault::Other(why.to_string()))?);
    let body = office.seal_field("limit_change", &id, super::BODY, 0, &plain)?;
    Ok((id, body))
}

/// The row of a change, not signed.
pub(super) fn change(
    (id, body): (String, Vec<u8>),
    release: ReleaseId,
    (kind, review_id): (&str, Option<String>),
    (before, after): (Moment, Moment),
    notice: Option<Day>,
    (changed_by, at): (String, Moment),
) -> LimitChange {
    LimitChange {
        id,
        release_id: release.to_string(),
        kind: kind.to_owned(),
        review_id,
        until_before: before.millis(),
        until_after: after.millis(),
        notice_ends: notice.map(|day| day.to_string()),
        body,
        changed_by,
        changer: String::new(),
        changed_at: at.millis(),
        statement_id: None,
    }
}
