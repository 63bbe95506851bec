//! People with an account: whom one may see, what they answer for, giving and taking roles, suspending and restoring.
//!
//! Promises: whoever's roles or account changes has no visit left when the act is acknowledged; nobody changes their own roles or
//! suspends themself; a role over the whole force stands alone, so that an administrator never reaches a case and nobody audits
//! themself (K7.7). Absent on purpose: whose key it is (`trust`), who holds a unit's key: a role opens nothing by itself.

use std::collections::HashMap;

use crate::actions::{No, Office, sign_in, trust};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, PersonId, SchemeId};
use crate::domain::policy::{Act, Thing, may};
use crate::domain::scheme::Footing;
use crate::store::accounts::Which;
use crate::store::log::Stamp;
pub use crate::store::people::Person as Account;
use crate::store::registers::{Receiver, Scheme};
use crate::store::{Conn, Fault, Tx};

/// Accounts on one page.
pub const PAGE: i64 = 50;

/// A page of the list.
#[derive(Clone, Debug)]
pub struct List {
    /// Those on this page.
    pub people: Vec<(Account, Actor)>,
    /// How many there are on all pages.
    pub count: i64,
}

/// Whether somebody's keys have a chain to the root.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keys {
    /// Certified as they are now.
    Confirmed,
    /// Nobody has certified them yet.
    Unconfirmed,
    /// Other keys were certified than those on record.
    Changed,
    /// They have none: lost, to be made anew.
    Absent,
}

/// One person, as their page shows them.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The account.
    pub account: Account,
    /// What they answer for.
    pub actor: Actor,
    /// Their entries in the registers of schemes that the reader may see, and where they stand.
    pub receives: Vec<(Receiver, Footing)>,
    /// Whose keys they are.
    pub keys: Keys,
    /// The sign-in before the newest one.
    pub signed_in_before: Option<i64>,
    /// How many mails could not be delivered to them.
    pub undelivered: usize,
    /// May be suspended, or restored, by the reader.
    pub may_suspend: bool,
    /// The roles that the reader may take from them.
    pub takes: Vec<Grant>,
    /// The places in which the reader may give a role.
    pub gives: Gives,
}

/// The places in which a role can be given.
#[derive(Clone, Debug, Default)]
pub struct Gives {
    /// Roles that can be given in at least one of the places.
    pub roles: Vec<Role>,
    /// Areas by identifier and name.
    pub areas: Vec<(String, String)>,
    /// Schemes by identifier and name.
    pub schemes: Vec<(String, String)>,
}

/// The schemes by identifier, to say which area a scheme's role belongs to.
type Schemes = HashMap<SchemeId, Scheme>;

async fn schemes(conn: &mut Conn) -> Result<Schemes, Fault> {
    conn.schemes().await?.into_iter().map(|scheme| Ok((scheme.id()?, scheme))).collect()
}

/// What a role is held for.
fn thing(grant: Grant, schemes: &Schemes) -> Result<Thing, Fault> {
    Ok(match grant {
        Grant::InArea(_, area) => Thing::Area(area),
        Grant::Force(_) => Thing::Force,
        Grant::InScheme(_, id) => match schemes.get(&id) {
            Some(scheme) => Thing::Scheme { area: scheme.area()?, scheme: id },
            None => Thing::Force,
        },
    })
}

/// Whether `by` may know of somebody: the administrator of everybody, a co-ordinator of whoever has a role in their areas or in
/// the schemes of their areas.
fn sees(by: &Actor, other: &Actor, schemes: &Schemes) -> Result<bool, Fault> {
    if may(by, Act::Administer, Thing::Force) {
        return Ok(true);
    }
    for grant in other.grants() {
        let kept = match thing(*grant, schemes)? {
            Thing::Scheme { area, .. } | Thing::Area(area) => may(by, Act::KeepRegister, Thing::Area(area)),
            _ => false,
        };
        if kept {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether `by` may open somebody's page and give them a role: whom they see, and for a co-ordinator whoever has no role anywhere, so
/// that they can come back. Such people are on no co-ordinator's list: only their exact address leads to them (P10).
fn reaches(by: &Actor, other: &Actor, schemes: &Schemes) -> Result<bool, Fault> {
    Ok((other.grants().is_empty() && by.is(Role::Aic)) || sees(by, other, schemes)?)
}

/// Whether `by` may suspend (`suspended`) or restore somebody. A co-ordinator: only people who have nothing but schemes' roles. To
/// close, one scheme of their areas is enough; to open again all must be theirs, so that no area undoes what another one closed.
fn suspends(by: &Actor, other: &Actor, schemes: &Schemes, suspended: bool) -> Result<bool, Fault> {
    if may(by, Act::Suspend, Thing::Force) {
        return Ok(true);
    }
    let mut own = 0;
    for grant in other.grants() {
        let Grant::InScheme(..) = grant else { return Ok(false) };
        own += usize::from(may(by, Act::Suspend, thing(*grant, schemes)?));
    }
    Ok(own > 0 && (suspended || own == other.grants().len()))
}

/// Everybody `by` may know of, by name, a page at a time; `name` is a part of the name, or a whole email address.
pub async fn list(office: &Office, by: &Actor, name: &str, page: i64) -> Result<List, No> {
    let within = if may(by, Act::Administer, Thing::Force) {
        None
    } else if by.is(Role::Aic) {
        Some(by.person().ok_or(No::NotFound)?)
    } else {
        return Err(No::NotFound);
    };
    if name.contains('@') {
        return by_address(office, by, name).await;
    }
    let skip = page.clamp(0, 100_000) * PAGE;
    let which = Which { name: name.chars().take(200).collect(), within, limit: PAGE, skip };
    let mut conn = office.read().await?;
    let mut people = Vec::new();
    for person in conn.accounts(&which).await? {
        let actor = conn.actor(person.id()?).await?;
        people.push((person, actor));
    }
    Ok(List { people, count: conn.count_accounts(&which).await? })
}

/// The one whose address this is, or nobody.
async fn by_address(office: &Office, by: &Actor, address: &str) -> Result<List, No> {
    let mut conn = office.read().await?;
    let key = office.blind("email", &sign_in::address(address));
    let mut list = List { people: Vec::new(), count: 0 };
    if let Some(person) = conn.person_by_email(&key).await? {
        let actor = conn.actor(person.id()?).await?;
        if reaches(by, &actor, &schemes(&mut conn).await?)? {
            list = List { people: vec![(person, actor)], count: 1 };
        }
    }
    Ok(list)
}

/// One person's page.
pub async fn one(office: &Office, by: &Actor, id: PersonId) -> Result<Sheet, No> {
    let mut conn = office.read().await?;
    let account = conn.person(id).await?.ok_or(No::NotFound)?;
    let actor = conn.actor(id).await?;
    let schemes = schemes(&mut conn).await?;
    if !reaches(by, &actor, &schemes)? {
        return Err(No::NotFound);
    }
    let mut receives = Vec::new();
    for scheme in actor.schemes() {
        let Some(row) = schemes.get(&scheme) else { continue };
        if may(by, Act::SeeScheme, Thing::Scheme { area: row.area()?, scheme }) {
            let all = conn.footings(scheme, office.now()).await?;
            receives.extend(all.into_iter().filter(|(_, footing)| footing.person == id));
        }
    }
    let own = by.person() == Some(id);
    let mut takes = Vec::new();
    for grant in actor.grants() {
        if !own && may(by, Act::ChangeRoles, thing(*grant, &schemes)?) {
            takes.push(*grant);
        }
    }
    Ok(Sheet {
        keys: keys(office, &mut conn, &account).await?,
        signed_in_before: conn.signed_in_before(id).await?,
        undelivered: conn.undelivered(&id.to_string()).await?.len(),
        may_suspend: !own && suspends(by, &actor, &schemes, !account.suspended)?,
        gives: if own { Gives::default() } else { gives(&mut conn, by, &actor, &schemes).await? },
        account,
        actor,
        receives,
        takes,
    })
}

async fn keys(office: &Office, conn: &mut Conn, account: &Account) -> Result<Keys, No> {
    if account.recipient.is_empty() {
        return Ok(Keys::Absent);
    }
    let trust = trust::of(office, conn, &[account.id()?], &[]).await?;
    Ok(match trust.person(&account.id, &account.recipient, &account.signing_key) {
        Some(_) => Keys::Confirmed,
        None if trust.ever(&account.id).is_empty() => Keys::Unconfirmed,
        None => Keys::Changed,
    })
}

/// What `by` could give to somebody who answers for what they do.
async fn gives(conn: &mut Conn, by: &Actor, to: &Actor, schemes: &Schemes) -> Result<Gives, No> {
    let mut gives = Gives::default();
    let areas = conn.areas().await?;
    for role in Role::ALL {
        let mut offered = false;
        let mut fits = |grant: Option<Grant>| -> Result<bool, Fault> {
            let Some(grant) = grant else { return Ok(false) };
            let new = to.grants().iter().all(|held| *held != grant && held.goes_with(grant));
            let may = new && may(by, Act::ChangeRoles, thing(grant, schemes)?);
            offered |= may;
            Ok(may)
        };
        for area in &areas {
            let id = area.id()?;
            if fits(Grant::join(role, Some(id), None))? && !gives.areas.iter().any(|(known, _)| *known == area.id) {
                gives.areas.push((area.id.clone(), area.name.clone()));
            }
        }
        for (id, scheme) in schemes {
            if fits(Grant::join(role, None, Some(*id)))? && !gives.schemes.iter().any(|(known, _)| *known == scheme.id)
            {
                gives.schemes.push((scheme.id.clone(), scheme.name.clone()));
            }
        }
        fits(Grant::join(role, None, None))?;
        if offered {
            gives.roles.push(role);
        }
    }
    gives.schemes.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(gives)
}

/// Suspends or restores an account: every visit of theirs ends with it. Nobody suspends themself.
pub async fn suspend(office: &Office, by: &Actor, person: PersonId, suspended: bool, stamp: Stamp) -> Result<(), No> {
    if !may(by, Act::Administer, Thing::Force) && !by.is(Role::Aic) {
        return Err(No::NotFound);
    }
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let row = tx.person(person).await?.ok_or(No::NotFound)?;
                let (other, schemes) = (tx.actor(person).await?, schemes(tx).await?);
                if !sees(&actor, &other, &schemes)? {
                    return Err(No::NotFound);
                }
                if actor.person() == Some(person) {
                    return Err(No::field("person", "You cannot suspend your own account. Ask another administrator."));
                }
                if !suspends(&actor, &other, &schemes, suspended)? {
                    return Err(No::field("person", "Only an administrator can do this to this account. Ask one."));
                }
                if row.suspended != suspended {
                    tx.suspend(person, suspended).await?;
                    let event = Event::new(Kind::Suspended, format!("person/{person}")).with("suspended", suspended);
                    tx.append(&event, &actor, &stamp).await?;
                }
                Ok(())
            })
        })
        .await?;
    // What is already on its way to them stops (P3).
    office.board.suspend(&person.to_string(), suspended);
    Ok(())
}

/// A role and its place as typed.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "named after the form's fields")]
pub struct RoleForm {
    pub role: String,
    pub area: String,
    pub scheme: String,
}

fn read_role(form: &RoleForm) -> Result<Grant, No> {
    Role::parse(&form.role)
        .and_then(|role| {
            // The two lists of places stand side by side: the one that belongs to the role counts.
            let (area, scheme) = (AreaId::parse(&form.area), SchemeId::parse(&form.scheme));
            [(None, None), (area, None), (None, scheme)]
                .into_iter()
                .find_map(|(area, scheme)| Grant::join(role, area, scheme))
        })
        .ok_or_else(|| No::field("role", "Select a role, with the area or the scheme it is for"))
}

/// Somebody whose roles are about to change: known to `by`, somebody else, and the role one that `by` gives and takes.
async fn subject(tx: &mut Tx, by: &Actor, person: PersonId, grant: Grant) -> Result<Actor, No> {
    tx.person(person).await?.ok_or(No::NotFound)?;
    let (other, schemes) = (tx.actor(person).await?, schemes(tx).await?);
    if let Grant::InScheme(_, scheme) = grant {
        schemes.get(&scheme).ok_or(No::NotFound)?;
    }
    if !reaches(by, &other, &schemes)? || !may(by, Act::ChangeRoles, thing(grant, &schemes)?) {
        return Err(No::NotFound);
    }
    if by.person() == Some(person) {
        return Err(No::field("role", "Nobody changes their own roles. Ask a colleague who may."));
    }
    Ok(other)
}

/// Gives a role. A scheme's role opens nothing before vetting is on record, a unit's before its key is shared (K7.3).
pub async fn give(office: &Office, by: &Actor, person: PersonId, form: &RoleForm, stamp: Stamp) -> Result<(), No> {
    let grant = read_role(form)?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                let other = subject(tx, &actor, person, grant).await?;
                if other.grants().contains(&grant) {
                    return Err(No::field("role", "They hold this role already."));
                }
                if !other.grants().iter().all(|held| held.goes_with(grant)) {
                    return Err(No::field(
                        "role",
                        "These roles are not held by one person: auditor and administrator stand alone, police roles and schemes’ roles do not mix, and a scheme gives a person one role. Take the other role first.",
                    ));
                }
                if let Grant::InArea(_, area) = grant {
                    tx.area(area).await?.ok_or(No::NotFound)?;
                }
                tx.add_grant(person, grant).await?;
                if let Grant::InScheme(_, scheme) = grant {
                    tx.begin_membership(&Receiver::new(person, scheme)).await?;
                }
                changed(tx, &actor, person, grant, true, &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Takes a role. Copies held for a scheme stay closed from here on; what was recorded about vetting stays on record.
pub async fn take(office: &Office, by: &Actor, person: PersonId, form: &RoleForm, stamp: Stamp) -> Result<(), No> {
    let grant = read_role(form)?;
    let actor = by.clone();
    office
        .act_as(by, move |tx| {
            Box::pin(async move {
                subject(tx, &actor, person, grant).await?;
                if !tx.take_grant(person, grant).await? {
                    return Err(No::field("role", "They do not hold this role (any more). Reload the page."));
                }
                changed(tx, &actor, person, grant, false, &stamp).await
            })
        })
        .await?;
    Ok(())
}

/// Ends every visit and writes the leaf, in the same act.
pub(super) async fn changed(
    tx: &mut Tx,
    by: &Actor,
    person: PersonId,
    grant: Grant,
    held: bool,
    stamp: &Stamp,
) -> Result<(), No> {
    tx.person_changed(person).await?;
    let place = match grant {
        Grant::InArea(_, area) => format!("area/{area}"),
        Grant::InScheme(_, scheme) => format!("scheme/{scheme}"),
        Grant::Force(_) => "force".to_owned(),
    };
    let event = Event::new(Kind::RoleChanged, format!("person/{person}"))
        .with("role", grant.role().word())
        .with("place", place)
        .with("held", held);
    tx.append(&event, by, stamp).await?;
    Ok(())
}
