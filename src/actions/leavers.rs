//! Somebody leaves a scheme (K7.3, K8.2): their access ends at once, what they hold is demanded back, and somebody may follow them.
//!
//! Promises: one act: from its commit nothing of theirs opens for that scheme, and what was being sent breaks off (P3); whoever follows
//! receives for the scheme already, with confirmed keys, and gets new copies only after the undertaking and the conditions. Absent on
//! purpose: taking away the right to confirm; telling them, which the log's entry does ([`crate::domain::message`]). Proved by `tests/it/journeys/leavers.rs`.

use crate::actions::office::ten;
use crate::actions::people;
use crate::actions::trust::{self, To};
use crate::actions::{Fault, FieldError, No, Office, registers, sweep};
use crate::domain::actor::{Actor, Grant};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{LeavingId, PersonId, SchemeId};
use crate::domain::moment::Moment;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::print::follows;
use crate::domain::words::Prose;
use crate::ledger::trust::Root;
use crate::store::copies::Row;
use crate::store::log::{Search, Stamp};
use crate::store::prints::Leaving;
use crate::store::registers::Receiver;
use crate::store::{Conn, Tx};

const TABLE: &str = "leaving";
/// Views that a report lists, at most.
const VIEWS: i64 = 10_000;

/// What the page shows before it is done.
#[derive(Clone, Debug)]
pub struct About {
    /// Who leaves.
    pub receiver: Receiver,
    /// Who else receives for the scheme.
    pub others: Vec<Receiver>,
    /// Copies and sheets whose key ends.
    pub copies: usize,
}

/// Loads a scheme whose roles `by` gives and takes.
async fn load(conn: &mut Conn, by: &Actor, id: SchemeId, act: Act) -> Result<(), No> {
    let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
    let thing = Thing::Scheme { area: scheme.area()?, scheme: id };
    if may(by, act, thing) { Ok(()) } else { Err(No::NotFound) }
}

/// Who leaves, and who could follow.
pub async fn about(office: &Office, by: &Actor, scheme: SchemeId, person: PersonId) -> Result<About, No> {
    let mut conn = office.read().await?;
    load(&mut conn, by, scheme, Act::ChangeRoles).await?;
    let (leaving, others): (Vec<_>, Vec<_>) =
        conn.receivers(scheme).await?.into_iter().partition(|row| row.person_id == person.to_string());
    let receiver = leaving.into_iter().next().ok_or(No::NotFound)?;
    let copies = conn.held_for(person, scheme).await?.len();
    Ok(About { receiver, others, copies })
}

/// Who follows, if anybody does, and why; each that is wrong beside its field.
fn said(successor: &str, reason: &str) -> Result<(Option<PersonId>, Prose), No> {
    let mut wrong = Vec::new();
    let successor = match successor {
        "nobody" => None,
        one => {
            let person = PersonId::parse(one);
            if person.is_none() {
                wrong.push(FieldError::new("successor", "Choose who follows them, or that nobody does"));
            }
            person
        }
    };
    match Prose::parse("why they leave", reason) {
        Ok(reason) if wrong.is_empty() => return Ok((successor, reason)),
        Ok(_) => {}
        Err(why) => wrong.push(FieldError::new("reason", why.to_string())),
    }
    Err(No::Invalid(wrong))
}

/// Records that somebody leaves, and who follows them (`successor` empty: nobody). Answers the record.
pub async fn leave(
    office: &Office,
    by: &Actor,
    (scheme, person): (SchemeId, PersonId),
    (successor, reason): (&str, &str),
    stamp: Stamp,
) -> Result<LeavingId, No> {
    let about = about(office, by, scheme, person).await?;
    let (successor, reason) = said(successor, reason)?;
    let id = LeavingId::fresh(office.now(), ten());
    let body = office.seal_field(TABLE, &id.to_string(), "body", 0, reason.as_str().as_bytes())?;
    let row = Leaving {
        id: id.to_string(),
        person_id: person.to_string(),
        name: String::new(),
        scheme_id: scheme.to_string(),
        scheme_name: String::new(),
        role: about.receiver.role.clone(),
        successor: successor.map(|one| one.to_string()),
        successor_name: None,
        body,
        copies: 0,
        by_person: by.person().ok_or(No::NotFound)?.to_string(),
        by_name: String::new(),
        at: office.now().millis(),
    };
    let (actor, root) = (by.clone(), office.root.clone());
    let plan = Plan { row, person, scheme, successor };
    let closed = office
        .act_as(by, move |tx| Box::pin(async move { plan.carry_out(tx, &actor, root.as_ref(), &stamp).await }))
        .await?
        .into_inner();
    for copy in closed {
        office.board.close(copy);
    }
    sweep::clear_away(office).await;
    Ok(id)
}

struct Plan {
    row: Leaving,
    person: PersonId,
    scheme: SchemeId,
    successor: Option<PersonId>,
}

impl Plan {
    /// Inside the act: nothing of theirs opens for the scheme from here on. Answers what ended.
    async fn carry_out(
        mut self,
        tx: &mut Tx,
        by: &Actor,
        root: Option<&Root>,
        stamp: &Stamp,
    ) -> Result<Vec<String>, No> {
        let (person, scheme) = (self.person, self.scheme);
        load(tx, by, scheme, Act::ChangeRoles).await?;
        if by.person() == Some(person) {
            return Err(No::NotFound);
        }
        let held = tx.actor(person).await?;
        let grant = held.grants().iter().copied().find(|one| matches!(one, Grant::InScheme(_, of) if *of == scheme));
        let grant = grant.ok_or_else(|| No::field("successor", "They do not receive for this scheme any more."))?;
        tx.take_grant(person, grant).await?;
        self.successor_receives(tx, root).await?;
        let ended: Vec<String> = tx.held_for(person, scheme).await?.iter().map(ToString::to_string).collect();
        tx.leave_copies(person, scheme, self.successor).await?;
        self.row.copies = i64::try_from(ended.len()).unwrap_or(i64::MAX);
        self.row.at = tx.now().millis();
        tx.add_leaving(&self.row).await?;
        people::changed(tx, by, person, grant, false, stamp).await?;
        let mut event = Event::new(Kind::Left, format!("person/{person}"))
            .with("scheme", format!("scheme/{scheme}"))
            .with("role", self.row.role.clone())
            .with("copies", ended.len())
            .with("leaving", self.row.id.clone());
        if let Some(successor) = self.successor {
            event = event.with("successor", format!("person/{successor}"));
        }
        tx.append(&event, by, stamp).await?;
        Ok(ended)
    }

    /// Whoever follows may receive for the scheme now that the leaver does not, with keys that somebody proved.
    async fn successor_receives(&self, tx: &mut Tx, root: Option<&Root>) -> Result<(), No> {
        let Some(successor) = self.successor else { return Ok(()) };
        let now = tx.now();
        let found = tx.footings(self.scheme, now).await?;
        let one = found.into_iter().find(|(_, footing)| footing.person == successor);
        let mut why = follows(self.person, one.as_ref().map(|(_, footing)| footing), now);
        if let Some((row, _)) = one {
            let to = To { person: successor, name: row.name.clone(), recipient: row.recipient };
            why.extend(trust::unproven_under(root, tx, &[to]).await?);
        }
        if why.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = why.iter().map(|one| one.told().sentence).collect();
        Err(No::field("successor", told.join(" ")))
    }
}

/// Something a leaver saw.
#[derive(Clone, Debug)]
pub struct View {
    /// Of which release.
    pub urn: String,
    /// `screen`, `text`.
    pub rendition: String,
    /// Which sheet was opened for printing; 0: none.
    pub sheet: i64,
    /// Why.
    pub purpose: String,
    /// When.
    pub at: Moment,
}

/// What somebody who left saw and holds.
#[derive(Clone, Debug)]
pub struct Report {
    /// The record.
    pub row: Leaving,
    /// Why they left.
    pub reason: String,
    /// Each copy and sheet with its reference.
    pub held: Vec<(String, Row)>,
    /// What they looked at, oldest first.
    pub views: Vec<View>,
}

/// The report of a leaving: for the area's co-ordinator and auditors. Reading it is a leaf.
pub async fn report(office: &Office, by: &Actor, id: LeavingId, stamp: Stamp) -> Result<Report, No> {
    let mut conn = office.read().await?;
    let row = conn.leaving(id).await?.ok_or(No::NotFound)?;
    let scheme = SchemeId::parse(&row.scheme_id).ok_or(No::NotFound)?;
    load(&mut conn, by, scheme, Act::Inspect).await?;
    registers::consulted(office, by, format!("person/{}", row.person_id), "leaver", stamp).await?;
    let reason = office.open_field(TABLE, &row.id, "body", 0, &row.body)?;
    let held = held(&mut conn, PersonId::parse(&row.person_id).ok_or(No::NotFound)?, Some(scheme)).await?;
    let views = views(&mut conn, &row, &held).await?;
    Ok(Report { reason: String::from_utf8_lossy(&reason).into_owned(), row, held, views })
}

/// Everything somebody was given, for one scheme or for all, with its reference: newest release first, its sheets in their order.
async fn held(conn: &mut Conn, person: PersonId, scheme: Option<SchemeId>) -> Result<Vec<(String, Row)>, No> {
    let scheme = scheme.map(|one| one.to_string());
    let mut all = Vec::new();
    for copy in conn.copies_of_holder(person).await? {
        if scheme.as_ref().is_some_and(|one| *one != copy.scheme_id) {
            continue;
        }
        let filed = conn.release(copy.holding()?.release).await?.ok_or(No::NotFound)?;
        let urn = filed.release.stage.authority().map(|authority| authority.urn.clone()).unwrap_or_default();
        all.push((urn, copy));
    }
    all.sort_by(|(_, one), (_, other)| {
        let (release, id) = (other.release_id.cmp(&one.release_id), other.id.cmp(&one.id));
        release.then(one.print.cmp(&other.print)).then(id)
    });
    Ok(all)
}

async fn views(conn: &mut Conn, row: &Leaving, held: &[(String, Row)]) -> Result<Vec<View>, No> {
    let mut all = Vec::new();
    let what = Search {
        actor: format!("person/{}", row.person_id),
        object: String::new(),
        kind: Kind::Viewed.word().to_owned(),
        from: Moment::from_millis(0),
        to: Moment::from_millis(i64::MAX),
        limit: VIEWS,
        skip: 0,
    };
    for (index, body) in conn.log_search(&what).await?.0.into_iter().rev() {
        let text = |field: &str| body.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
        let Some((urn, _)) = held.iter().find(|(_, copy)| copy.id == text("copy")) else { continue };
        let corrupt = || Fault::Corrupt { table: "access_record", column: "body", row: index.to_string() };
        all.push(View {
            urn: urn.clone(),
            rendition: text("rendition").to_owned(),
            sheet: body.get("sheet").and_then(serde_json::Value::as_i64).unwrap_or(0),
            purpose: text("purpose").to_owned(),
            at: Moment::parse_rfc3339(text("at")).ok_or_else(corrupt)?,
        });
    }
    Ok(all)
}

/// Who left a scheme, newest first: for whoever inspects its register.
pub async fn of_scheme(office: &Office, by: &Actor, scheme: SchemeId) -> Result<Vec<Leaving>, No> {
    let mut conn = office.read().await?;
    if load(&mut conn, by, scheme, Act::Inspect).await.is_err() {
        return Ok(Vec::new());
    }
    Ok(conn.leavings(scheme).await?)
}

/// One's own copies and sheets, open and ended: whoever left keeps the right to confirm them.
pub async fn own(office: &Office, by: &Actor) -> Result<Vec<(String, Row)>, No> {
    let person = by.person().ok_or(No::NotFound)?;
    held(&mut office.read().await?, person, None).await
}
