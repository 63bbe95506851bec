//! Demanding copies back (K8.2): a release, one holder's copies of it, everything that is held for a scheme or by a person.
//!
//! Promises: what is signed names each copy, and nothing else is demanded; access ends at the commit, since each key goes in the same
//! transaction, with a leaf of its own; a copy that is still being sealed is never supplied. Absent on purpose: undoing a demand; more
//! time than the number in force gives. Proved by `tests/it/journeys/demands.rs` and `recall_race.rs`.

use crate::actions::answers::Form;
use crate::actions::casefile::{self, CaseFile};
use crate::actions::office::ten;
use crate::actions::request::beside_fields;
use crate::actions::{No, Office, corrections, statement, sweep};
use crate::domain::actor::{Actor, Role};
use crate::domain::demand::{Scope, deadline};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, CopyId, DemandId, PersonId, ReleaseId, SchemeId};
use crate::domain::moment::{Day, Moment, parse_day};
use crate::domain::numbers::Numbers;
use crate::domain::policy::{Act, Thing, may};
use crate::domain::refusal::Refusal;
use crate::domain::release::Order;
use crate::domain::words::Prose;
use crate::store::demands::{Demand, EndingRow, Endings};
use crate::store::log::Stamp;
use crate::store::statements::Statement;
use crate::store::{Conn, Tx};

/// Whose copies are demanded while their releases go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One holder's copies of a release.
    Holder(ReleaseId, PersonId),
    /// Everything that is held for a scheme.
    Scheme(SchemeId),
    /// Everything that a person holds.
    Person(PersonId),
}

impl Target {
    /// The scope that is kept.
    pub fn scope(self) -> Scope {
        match self {
            Self::Holder(..) => Scope::Holder,
            Self::Scheme(_) => Scope::Scheme,
            Self::Person(_) => Scope::Person,
        }
    }

    /// What the signature is about.
    pub fn object(self) -> String {
        match self {
            Self::Holder(release, _) => format!("release/{release}"),
            Self::Scheme(scheme) => format!("scheme/{scheme}"),
            Self::Person(person) => format!("person/{person}"),
        }
    }

    fn endings(self, area: AreaId) -> Endings {
        let all = Endings { area: Some(area), ..Endings::default() };
        match self {
            Self::Holder(release, holder) => Endings { release: Some(release), holder: Some(holder), ..all },
            Self::Scheme(scheme) => Endings { scheme: Some(scheme), ..all },
            Self::Person(holder) => Endings { holder: Some(holder), ..all },
        }
    }
}

/// The copies that a demand would be about.
#[derive(Clone, Debug, Default)]
pub struct Proposal {
    /// Whose they are, in words.
    pub name: String,
    /// Supplied, and their end not confirmed.
    pub rows: Vec<EndingRow>,
    /// Not sealed yet: they would never be supplied.
    pub unsealed: Vec<CopyId>,
}

impl Proposal {
    /// Each copy's identifier, in a fixed order: what the signature names.
    pub fn copies(&self) -> Vec<String> {
        let mut all: Vec<String> = self.rows.iter().map(|row| row.copy_id.clone()).collect();
        all.extend(self.unsealed.iter().map(ToString::to_string));
        all.sort_unstable();
        all
    }
}

/// What a demand of `by` would be about; somebody else's area is not found (P10).
async fn gather(conn: &mut Conn, by: &Actor, target: Target, now: Moment) -> Result<Proposal, No> {
    let areas: Vec<AreaId> = by.areas().into_iter().filter(|area| by.is_in(Role::Aic, *area)).collect();
    let mine = |area: AreaId| may(by, Act::Demand, Thing::Area(area));
    let name = match target {
        Target::Scheme(id) => {
            let scheme = conn.scheme(id).await?.ok_or(No::NotFound)?;
            if !mine(scheme.area()?) {
                return Err(No::NotFound);
            }
            scheme.name
        }
        Target::Holder(release, holder) => {
            let filed = conn.release(release).await?.ok_or(No::NotFound)?;
            let urn = filed.release.stage.authority().map(|authority| authority.urn.clone()).ok_or(No::NotFound)?;
            if !mine(filed.release.area) {
                return Err(No::NotFound);
            }
            format!("{}, {urn}", conn.person(holder).await?.ok_or(No::NotFound)?.name)
        }
        Target::Person(holder) => conn.person(holder).await?.ok_or(No::NotFound)?.name,
    };
    let mut all = Proposal { name, ..Proposal::default() };
    let mut known = false;
    for area in areas {
        let of = target.endings(area);
        let rows = conn.endings(&of, now).await?;
        known |= !rows.is_empty();
        all.rows.extend(rows.into_iter().filter(|row| row.confirmed_at.is_none()));
        all.unsealed.extend(conn.unsealed(&of).await?);
    }
    // Whoever never held anything of these areas is nobody's business here; of a scheme the register tells.
    if !known && all.unsealed.is_empty() && !matches!(target, Target::Scheme(_)) {
        return Err(No::NotFound);
    }
    Ok(all)
}

/// What a demand would be about, for its page.
pub async fn propose(office: &Office, by: &Actor, target: Target) -> Result<Proposal, No> {
    gather(&mut office.read().await?, by, target, office.now()).await
}

/// The latest deadline there may be now.
pub async fn latest(office: &Office) -> Result<Moment, No> {
    Ok(office.read().await?.numbers_in_force().await?.0.confirm_by(office.now()))
}

/// What is common to every demand: why, and until when.
pub(super) struct Said {
    pub(super) reason: Prose,
    chosen: Option<Day>,
    numbers: Numbers,
}

impl Said {
    pub(super) async fn read(office: &Office, form: &Form) -> Result<Self, No> {
        let reason = Prose::optional("The reason", form.field("reason"));
        let reason = reason.map_err(|why| No::field("reason", why.to_string()))?;
        let typed = form.field("due").trim();
        let chosen = parse_day(typed);
        if chosen.is_none() && !typed.is_empty() {
            return Err(No::field("due", "Enter a real date, like 27 3 2027, or leave it empty"));
        }
        let (numbers, _) = office.read().await?.numbers_in_force().await?;
        Ok(Self { reason, chosen, numbers })
    }

    /// The deadline of a demand made at `now`, or everything wrong with what was typed.
    pub(super) fn due(&self, now: Moment) -> Result<Moment, Vec<Refusal>> {
        let mut why = if self.reason.is_empty() { vec![Refusal::ReasonMissing] } else { Vec::new() };
        match deadline(self.chosen, &self.numbers, now) {
            Ok(due) if why.is_empty() => return Ok(due),
            Ok(_) => {}
            Err(late) => why.push(late),
        }
        Err(why)
    }
}

/// A demand as it goes into the store, its reason sealed.
struct Making {
    id: String,
    scope: Scope,
    body: Vec<u8>,
    statement: Statement,
    said: Said,
}

impl Making {
    fn new(office: &Office, scope: Scope, statement: Statement, said: Said) -> Result<Self, No> {
        let id = DemandId::fresh(office.now(), ten()).to_string();
        let body = corrections::sealed(office, "demand", &id, "body", &said.reason)?;
        Ok(Self { id, scope, body, statement, said })
    }

    /// Writes the demand down; answers its deadline.
    async fn add(&self, tx: &mut Tx, by: &Actor) -> Result<Moment, No> {
        let due = self.said.due(tx.now())?;
        tx.add_statement(&self.statement).await?;
        let row = Demand {
            id: self.id.clone(),
            scope: self.scope.word().to_owned(),
            made_by: by.person().ok_or(No::NotFound)?.to_string(),
            maker: String::new(),
            made_at: 0,
            due_at: due.millis(),
            body: self.body.clone(),
            statement_id: self.statement.id.clone(),
        };
        tx.add_demand(&row).await?;
        Ok(due)
    }

    /// The copy is to be confirmed by then, or by its own earlier deadline.
    async fn copy(&self, tx: &mut Tx, row: &EndingRow, due: Moment) -> Result<Moment, No> {
        let due = row.ending(tx.now()).sooner(due, &self.said.numbers);
        tx.demand_copy(&self.id, &row.copy_id, due).await?;
        Ok(due)
    }
}

/// Demands copies back while their releases go on for the others. Signed; from the commit on none of them opens.
pub async fn demand(office: &Office, by: &Actor, target: Target, form: &Form, stamp: Stamp) -> Result<(), No> {
    let found = propose(office, by, target).await?;
    let said = Said::read(office, form).await?;
    said.due(office.now()).map_err(beside_fields)?;
    let copies = found.copies();
    if copies.is_empty() {
        return Err(beside_fields(vec![Refusal::NothingDemanded]));
    }
    if form.fields("copy") != copies {
        return Err(beside_fields(vec![Refusal::RecordChanged]));
    }
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "demand", &target.object(), form, &[]).await?;
    let making = Making::new(office, target.scope(), statement, said)?;
    let (acting, names) = (by.clone(), copies.clone());
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let now = tx.now();
                // Inside: whoever came first has demanded, confirmed or sealed something meanwhile.
                let found = gather(tx, &acting, target, now).await?;
                if found.copies() != names {
                    return Err(No::refused(Refusal::RecordChanged));
                }
                let until = making.add(tx, &acting).await?;
                for row in &found.rows {
                    let due = making.copy(tx, row, until).await?;
                    tx.destroy_key(row.copy()?).await?;
                    tx.append(&demanded(&making, row.copy()?, &row.release_id, due), &acting, &stamp).await?;
                }
                for copy in found.unsealed {
                    let row = tx.copy(copy).await?.ok_or(No::NotFound)?;
                    tx.demand_copy(&making.id, &row.id, until).await?;
                    tx.destroy_key(copy).await?;
                    tx.append(&demanded(&making, copy, &row.release_id, until), &acting, &stamp).await?;
                }
                Ok(())
            })
        })
        .await;
    done.map_err(changed)?;
    for copy in copies {
        office.board.close(copy);
    }
    sweep::clear_away(office).await;
    Ok(())
}

fn demanded(making: &Making, copy: CopyId, release: &str, due: Moment) -> Event {
    Event::new(Kind::Demanded, format!("release/{release}"))
        .of_copy(copy)
        .with("demand", making.id.clone())
        .with("scope", making.scope.word())
        .with("due", due.rfc3339())
        .with("statement", making.statement.id.clone())
}

/// A refusal stands beside the signature or its field.
fn changed(no: No) -> No {
    match no {
        No::Refused(refusals) => beside_fields(refusals),
        other => other,
    }
}

/// Recalls one release (K8.2), signed.
pub async fn recall(office: &Office, by: &Actor, id: ReleaseId, form: &Form, stamp: Stamp) -> Result<(), No> {
    recall_all(office, by, (Scope::Release, &format!("release/{id}")), vec![id], form, stamp).await
}

/// Recalls releases by one signed act, each with its own leaf: from the commit on no view follows, and every key of them is destroyed in
/// the same transaction.
pub(super) async fn recall_all(
    office: &Office,
    by: &Actor,
    (scope, object): (Scope, &str),
    ids: Vec<ReleaseId>,
    form: &Form,
    stamp: Stamp,
) -> Result<(), No> {
    let said = Said::read(office, form).await?;
    let now = office.now();
    let mut why = said.due(now).err().unwrap_or_default();
    let mut conn = office.read().await?;
    let mut ready = Vec::new();
    for id in &ids {
        let filed = casefile::load(&mut conn, by, Act::SeeRelease, *id).await?;
        let asked = filed.release.decide(Order::Recall { reason: said.reason.clone() }, by, now);
        for refusal in asked.err().unwrap_or_default() {
            if !why.contains(&refusal) {
                why.push(refusal);
            }
        }
        let read = filed.release.version;
        let (file, _) = casefile::open(office, &filed)?;
        let file = CaseFile { reason: Some(said.reason.clone()), ..file };
        let (sealed, _) = casefile::seal(office, *id, read + 1, &file, None)?;
        ready.push((*id, read, sealed));
    }
    drop(conn);
    if !why.is_empty() {
        return Err(beside_fields(why));
    }
    let signer = by.person().ok_or(No::NotFound)?;
    let statement = statement::check_form(office, signer, "recall", object, form, &[]).await?;
    let making = Making::new(office, scope, statement, said)?;
    let acting = by.clone();
    let done = office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let until = making.add(tx, &acting).await?;
                for (id, read, sealed) in ready {
                    recall_one(tx, &acting, &making, (id, read, sealed), until, &stamp).await?;
                }
                Ok(())
            })
        })
        .await;
    done.map_err(changed)?;
    for id in ids {
        office.board.close(id.to_string());
    }
    sweep::clear_away(office).await;
    Ok(())
}

async fn recall_one(
    tx: &mut Tx,
    by: &Actor,
    making: &Making,
    (id, read, sealed): (ReleaseId, i64, Vec<u8>),
    until: Moment,
    stamp: &Stamp,
) -> Result<(), No> {
    let now = tx.now();
    let mut filed = tx.release(id).await?.ok_or(No::NotFound)?;
    if filed.release.version != read {
        return Err(No::refused(Refusal::WrongStage { stage: filed.release.word(now) }));
    }
    let decision = filed.release.decide(Order::Recall { reason: making.said.reason.clone() }, by, now)?;
    // Before the stage changes: an earlier deadline is the one of the limit that was reached.
    let rows = tx.endings(&Endings { release: Some(id), ..Endings::default() }, now).await?;
    filed.file = sealed;
    filed.draft = None;
    let event = tx.carry_out(&filed, decision).await?;
    tx.destroy_keys(id).await?;
    for row in rows.iter().filter(|row| row.confirmed_at.is_none()) {
        making.copy(tx, row, until).await?;
    }
    let event = event
        .with("statement", making.statement.id.clone())
        .with("demand", making.id.clone())
        .with("due", until.rfc3339());
    tx.append(&event, by, stamp).await?;
    Ok(())
}
