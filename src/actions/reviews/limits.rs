//! A limit is brought forward outside a review: by the co-ordinator, signed; or because an exclusion notice ended before its day (K7.8).
//!
//! Promises: the new limit, its record and the leaf are one act; what the formula puts into the past closes at once, its keys destroyed
//! in that act. Absent on purpose: any way to move a limit back.

use crate::actions::answers::Form;
use crate::actions::casefile;
use crate::actions::request::beside_fields;
use crate::actions::reviews::decide::{change, chosen_day, sealed_change};
use crate::actions::reviews::{Gathered, again, gather};
use crate::actions::{Fault, FieldError, No, Office, statement, sweep};
use crate::domain::actor::Actor;
use crate::domain::event::{Event, Kind};
use crate::domain::ids::ReleaseId;
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::policy::Act;
use crate::domain::release::Order;
use crate::domain::release::review::{NoticeEnd, Shortening};
use crate::domain::words::Prose;
use crate::store::log::Stamp;
use crate::store::statements::Statement;
use crate::store::{Conn, Tx};

/// Whether an exclusion notice is on record: of the authority, unless something moved the limit since.
pub(in crate::actions) async fn noticed(conn: &mut Conn, id: ReleaseId, first: Option<Day>) -> Result<bool, Fault> {
    match conn.limit_changes(id).await?.last() {
        Some(newest) => Ok(newest.notice()?.is_some()),
        None => Ok(first.is_some()),
    }
}

/// How a limit is brought forward, made ready before the act.
struct Plan {
    of: Gathered,
    order: fn(&Gathered, Option<Day>, Prose) -> Order,
    day: Option<Day>,
    reason: Prose,
    kind: &'static str,
    /// The last day of the notice that counts from here on.
    notice: Option<Day>,
    change: (String, Vec<u8>),
    file: Vec<u8>,
    statement: Option<Statement>,
}

impl Plan {
    /// Answers the new limit.
    async fn carry_out(mut self, tx: &mut Tx, by: &Actor, stamp: &Stamp) -> Result<Moment, No> {
        let now = tx.now();
        again(tx, &mut self.of, now).await?;
        let mut filed = self.of.of.filed.clone();
        let order = (self.order)(&self.of, self.day, self.reason);
        let decision = filed.release.decide(order, by, now)?;
        let (id, before) = (filed.release.id, filed.release.stage.authority().map(|authority| authority.until));
        let after = decision.next().authority().map(|authority| authority.until);
        let (Some(before), Some(after)) = (before, after) else { return Err(No::NotFound) };
        filed.file = self.file;
        let person = by.person().ok_or(No::NotFound)?.to_string();
        let mut event = tx.carry_out(&filed, decision).await?;
        let mut row = change(self.change, id, (self.kind, None), (before, after), self.notice, (person, now));
        if let Some(statement) = &self.statement {
            tx.add_statement(statement).await?;
            row.statement_id = Some(statement.id.clone());
            event = event.with("statement", statement.id.clone());
        }
        tx.add_limit_change(&row).await?;
        tx.append(&event, by, stamp).await?;
        if after <= now {
            let keys = tx.destroy_keys(id).await?;
            let over = Event::new(Kind::Expired, filed.release.object()).with("copies", keys);
            tx.append(&over, &Actor::Portal, stamp).await?;
        }
        Ok(after)
    }
}

async fn carry_out(office: &Office, by: &Actor, plan: Plan, stamp: Stamp) -> Result<(), No> {
    let (id, acting) = (plan.of.of.filed.release.id, by.clone());
    let act = office.act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &acting, &stamp).await }));
    let until = act.await.map_err(told)?.into_inner();
    office.board.bring_forward(id.to_string(), until);
    if until <= office.now() {
        office.board.close(id.to_string());
        sweep::clear_away(office).await;
    }
    Ok(())
}

fn told(no: No) -> No {
    match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    }
}

fn prose(form: &Form, wrong: &mut Vec<FieldError>) -> Prose {
    Prose::optional("The reason", form.field("reason")).unwrap_or_else(|why| {
        wrong.push(FieldError::new("reason", why.to_string()));
        Prose::default()
    })
}

fn sealed_file(office: &Office, of: &Gathered) -> Result<Vec<u8>, No> {
    let release = &of.of.filed.release;
    Ok(casefile::seal(office, release.id, release.version + 1, &of.of.file, None)?.0)
}

fn shortening(_: &Gathered, close_on: Option<Day>, reason: Prose) -> Order {
    Order::Shorten(Box::new(Shortening { close_on, reason }))
}

/// Brings the limit of a live release forward, signed.
pub async fn shorten(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let of = gather(office, &mut conn, by, Act::Decide, id, office.now()).await?;
    drop(conn);
    let mut wrong = Vec::new();
    let reason = prose(form, &mut wrong);
    let day = chosen_day(form.field("close_on"), &mut wrong);
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    let release = &of.of.filed.release;
    release.decide(shortening(&of, day, reason.clone()), by, office.now()).map_err(beside_fields)?;
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = Some(statement::check_form(office, signer, "limit", &release.object(), form, &[]).await?);
    let (change, file, notice) = (sealed_change(office, &reason)?, sealed_file(office, &of)?, of.notice()?);
    let plan = Plan { of, order: shortening, day, reason, kind: "shorten", notice, change, file, statement };
    carry_out(office, by, plan, stamp).await
}

fn ending(of: &Gathered, ended: Option<Day>, _: Prose) -> Order {
    Order::NoticeEnded(Box::new(NoticeEnd {
        ended,
        on_record: of.notice().unwrap_or_default(),
        counted_from: of.counted_from().unwrap_or(Moment::from_millis(0)),
        numbers: of.of.case.numbers.clone(),
    }))
}

/// Records that the exclusion notice ended before its day: the limit follows at once. By the co-ordinator, or the officer who keeps the
/// release's duties.
pub async fn notice_ended(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    let mut conn = office.read().await?;
    let of = gather(office, &mut conn, by, Act::KeepDuties, id, office.now()).await?;
    drop(conn);
    let mut wrong = Vec::new();
    let reason = prose(form, &mut wrong);
    let typed = form.field("ended").trim();
    let day = parse_day(typed);
    if day.is_none() && !typed.is_empty() {
        wrong.push(FieldError::new("ended", "Enter a real date, like 27 3 2027"));
    }
    if !wrong.is_empty() {
        return Err(No::Invalid(wrong));
    }
    of.of.filed.release.decide(ending(&of, day, reason.clone()), by, office.now()).map_err(beside_fields)?;
    let (change, file) = (sealed_change(office, &reason)?, sealed_file(office, &of)?);
    let plan = Plan { of, order: ending, day, reason, kind: "notice", notice: day, change, file, statement: None };
    carry_out(office, by, plan, stamp).await
}
