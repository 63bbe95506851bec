//! The demo's two areas, three schemes and fourteen people, one at least for every role.

use zeroize::Zeroizing;

use crate::actions::decision::REGISTRATION_ENDS;
use crate::actions::office::{Office, slow, ten};
use crate::actions::{Fault, No, sign_in};
use crate::clock;
use crate::demo::keys::{self, Half};
use crate::demo::{Account, MARK, stamp, trust};
use crate::domain::actor::{Actor, Grant, Role};
use crate::domain::event::{Event, Kind};
use crate::domain::ids::{AreaId, MemberId, PersonId, SchemeId, WrapId};
use crate::domain::moment::days_after;
use crate::sealing::age::{Identity, Recipient, seal_to_all};
use crate::store::people::{Area, Person, Wrap};
use crate::store::registers::{Member, Receiver, Scheme};
use crate::store::{Conn, Tx};

/// Somebody of the demo, with the keys their browser would hold.
pub struct Somebody {
    /// Their identifier.
    pub id: PersonId,
    /// As the roles see them.
    pub actor: Actor,
    /// How they sign in.
    pub account: Account,
    /// Their signing seed.
    pub seed: Zeroizing<[u8; 32]>,
    pub(super) grant: Grant,
    pub(super) row: Person,
    wraps: [Wrap; 2],
}

impl Somebody {
    /// Somebody of a demo that another process made: by their identifier, account and signing seed.
    pub async fn again(conn: &mut Conn, id: PersonId, account: Account, seed: [u8; 32]) -> Result<Self, No> {
        let row = conn.person(id).await?.ok_or(No::NotFound)?;
        let actor = conn.actor(id).await?;
        let grant = actor.grants().first().copied().ok_or(No::NotFound)?;
        let wraps = conn.wraps(id).await?.try_into().map_err(|_| No::NotFound)?;
        Ok(Self { id, actor, account, seed: Zeroizing::new(seed), grant, row, wraps })
    }
}

/// The demo's world.
pub struct World {
    /// Cantwell and Norhaven.
    pub areas: [AreaId; 2],
    /// A partnership with managers, a Pub Watch without, a Shop Watch in the other area.
    pub schemes: [SchemeId; 3],
    /// Everybody.
    pub people: Vec<Somebody>,
}

impl World {
    /// The first person of a name.
    pub fn called(&self, name: &str) -> Result<&Somebody, No> {
        self.people.iter().find(|one| one.account.name.starts_with(name)).ok_or(No::NotFound)
    }
}

const AREAS: [(&str, &str); 2] = [("CZ", "Cantwell"), ("NH", "Norhaven")];
pub(super) const SCHEMES: [(usize, &str, &str); 3] = [
    (0, "bcrp", "Cantwell Business Crime Reduction Partnership"),
    (0, "pub_watch", "Cantwell Pub Watch"),
    (1, "shop_watch", "Norhaven Shop Watch"),
];
/// Role, name, area or scheme by position. No real person.
const PEOPLE: [(Role, &str, Option<usize>); 14] = [
    (Role::Officer, "Riley Marsh", Some(0)),
    (Role::Aic, "Sam Hollis", Some(0)),
    (Role::Reviewer, "Jordan Pike", Some(0)),
    (Role::Inspector, "Alex Thorne", Some(0)),
    (Role::Commander, "Casey Wren", Some(0)),
    (Role::Manager, "Morgan Ellery", Some(0)),
    (Role::Manager, "Priya Lowen", Some(0)),
    (Role::Member, "Toby Garrick", Some(1)),
    (Role::Officer, "Kit Farrow", Some(1)),
    (Role::Aic, "Dana Quill", Some(1)),
    (Role::Manager, "Ines Holm", Some(2)),
    (Role::Auditor, "Robin Vale", None),
    (Role::Administrator, "Lee Ashby", None),
    (Role::Aic, "Frankie Moor", Some(0)),
];

/// Makes areas, schemes and people, in one act each.
pub async fn begin(office: &Office) -> Result<World, No> {
    let now = office.now();
    let areas = [AreaId::fresh(now, ten()), AreaId::fresh(now, ten())];
    let schemes = [SchemeId::fresh(now, ten()), SchemeId::fresh(now, ten()), SchemeId::fresh(now, ten())];
    let mut people = Vec::new();
    for (role, name, place) in PEOPLE {
        people.push(somebody(office, role, name, place, &areas, &schemes).await?);
    }
    let world = World { areas, schemes, people };
    settle(office, &world).await?;
    Ok(world)
}

async fn somebody(
    office: &Office,
    role: Role,
    name: &'static str,
    place: Option<usize>,
    areas: &[AreaId; 2],
    schemes: &[SchemeId; 3],
) -> Result<Somebody, No> {
    let now = office.now();
    let id = PersonId::fresh(now, ten());
    let email = format!("{}@demo.example", name.to_lowercase().replace(' ', "."));
    let in_scheme = matches!(role, Role::Manager | Role::Member);
    let area = place.filter(|_| !in_scheme);
    let scheme = place.filter(|_| in_scheme);
    let grant =
        Grant::join(role, area.and_then(|n| areas.get(n).copied()), scheme.and_then(|n| schemes.get(n).copied()))
            .ok_or(No::NotFound)?;
    let identity = Identity::fresh().map_err(|why| Fault::Other(why.to_string()))?;
    let recipient = identity.recipient().to_string();
    let seed = Zeroizing::new(clock::random::<32>());
    let (totp, recovery) = (clock::random::<20>(), clock::random::<20>());
    let (passphrase, auth, kek, auth_hash, recovery_hash) = credentials(&email, recovery).await?;
    let recovery_kek = keys::derive(&recovery, id.to_string().as_bytes(), b"disclosure-portal/recovery/v1")?;
    let wrap = |kind: &str, kek: &[u8; 32]| {
        let wrap = WrapId::fresh(now, ten()).to_string();
        let bound = format!("{id}|{recipient}|{kind}|{wrap}");
        Ok::<_, Fault>(Wrap {
            identity: keys::wrap(kek, &identity.scalar(), Half::X25519, &bound, clock::random())?,
            signing: keys::wrap(kek, &seed, Half::Ed25519, &bound, clock::random())?,
            kind: kind.to_owned(),
            id: wrap,
        })
    };
    let wraps = [wrap("passphrase", &kek)?, wrap("recovery", &recovery_kek)?];
    let row = Person {
        id: id.to_string(),
        email: email.clone(),
        name: name.to_owned(),
        auth_hash,
        recovery_hash,
        totp_secret: office.seal_field("person", &id.to_string(), "totp_secret", 0, &totp)?,
        totp_step: 0,
        recipient,
        signing_key: keys::signing_key(&seed)?,
        suspended: false,
        version: 1,
        created_at: now.millis(),
        signed_in_at: None,
    };
    let account = Account {
        role: role.word().to_owned(),
        name: name.to_owned(),
        email,
        passphrase,
        auth,
        totp_secret: totp_rs::Secret::new(totp.as_slice().into()).to_base32(),
        recovery_code: keys::recovery_code(&recovery),
        age_identity: identity.secret().to_string(),
        area: area.and_then(|n| AREAS.get(n)).map(|(code, _)| (*code).to_owned()),
        scheme: scheme.and_then(|n| SCHEMES.get(n)).map(|(_, _, name)| (*name).to_owned()),
    };
    let actor = Actor::Person { id, grants: vec![grant] };
    Ok(Somebody { id, actor, account, seed, grant, row, wraps })
}

/// A fresh passphrase, its sign-in half, its wrapping key, and what the server keeps of it and of the recovery code.
async fn credentials(email: &str, recovery: [u8; 20]) -> Result<(String, String, [u8; 32], String, String), No> {
    let (email, passphrase) = (email.to_owned(), keys::passphrase());
    let made = slow(move || {
        let (auth, kek) = keys::split(&email, &passphrase)?;
        let proof = keys::derive(&recovery, b"", b"disclosure-portal/recovery-auth/v1")?;
        let (hash, recovery_hash) = (sign_in::hash_auth(&auth)?, sign_in::hash_auth(&hex::encode(proof))?);
        Ok::<_, Fault>((passphrase, auth, kek, hash, recovery_hash))
    });
    Ok(made.await??)
}

/// Writes everything down.
async fn settle(office: &Office, world: &World) -> Result<(), No> {
    let areas = area_rows(office, world)?;
    let held = trust::held(office, world, &areas);
    let papers = trust::papers(office, world, &areas)?;
    let schemes = scheme_rows(office, world);
    let day = |days: i64| days_after(office.now().day(), days).to_string();
    let registration = day(400);
    let people: Vec<_> = world
        .people
        .iter()
        .map(|one| (one.row.clone(), one.grant, one.wraps.clone(), office.blind("email", &one.account.email), one.id))
        .collect();
    let vetted = day(300);
    let schemes_of: Vec<SchemeId> = world.schemes.to_vec();
    office
        .act(move |tx| {
            Box::pin(async move {
                for area in &areas {
                    tx.add_area(area).await?;
                }
                for scheme in &schemes {
                    tx.add_scheme(scheme).await?;
                }
                tx.set(MARK, "yes").await?;
                tx.set("registration_reference", "ZA000000").await?;
                tx.set(REGISTRATION_ENDS, &registration).await?;
                for (row, grant, wraps, email_key, id) in &people {
                    join(tx, row, *grant, wraps, email_key, *id, &vetted).await?;
                }
                for paper in &papers {
                    tx.add_paper(paper).await?;
                }
                for (area, unit, holders) in &held {
                    tx.hold_unit_key(*area, unit, holders).await?;
                }
                add_businesses(tx, &schemes_of).await?;
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Enters one person with their role, keys and, for a partner, vetting.
async fn join(
    tx: &mut Tx,
    row: &Person,
    grant: Grant,
    wraps: &[Wrap; 2],
    email_key: &str,
    id: PersonId,
    vetted: &str,
) -> Result<(), No> {
    tx.add_person(row, email_key).await?;
    tx.add_grant(id, grant).await?;
    for wrap in wraps {
        tx.add_wrap(id, wrap).await?;
    }
    if let Grant::InScheme(role, scheme) = grant {
        let mut receiver = Receiver::new(id, scheme);
        if role == Role::Manager {
            receiver.vetting_reference.push_str("I11/DEMO/2026");
            receiver.vetting_ends = Some(vetted.to_owned());
        }
        receiver.responsible_person.clone_from(&row.name);
        receiver.storage_place.push_str("Locked cabinet, scheme office");
        tx.add_membership(&receiver).await?;
    }
    let by = tx.actor(id).await?;
    let event = Event::new(Kind::Enrolled, format!("person/{id}")).with("recipient", row.recipient.clone());
    tx.append(&event, &by, &stamp()).await?;
    Ok(())
}

const BUSINESSES: [&str; 4] = ["Hartley's Books", "The Corner Pharmacy", "Northgate Outfitters", "The Royal Oak"];

async fn add_businesses(tx: &mut Tx, schemes: &[SchemeId]) -> Result<(), No> {
    for (n, business) in BUSINESSES.iter().enumerate() {
        let Some(scheme) = schemes.get(n % 3) else { continue };
        let member = Member {
            id: MemberId::fresh(tx.now(), ten()).to_string(),
            scheme_id: scheme.to_string(),
            business: (*business).to_owned(),
            contact: "Duty manager".to_owned(),
            agreement: format!("AGR/{}", n + 1),
            agreed_on: Some(tx.now().day().to_string()),
            duties_told: None,
            duties_version: String::new(),
            added_at: tx.now().millis(),
            removed_at: None,
        };
        tx.add_member(&member).await?;
    }
    Ok(())
}

/// Each area with its unit's identity, sealed to the people who hold it.
fn area_rows(office: &Office, world: &World) -> Result<Vec<Area>, No> {
    let broken = |why: String| Fault::Other(why);
    let mut rows = Vec::new();
    for (id, (code, name)) in world.areas.iter().zip(AREAS) {
        let unit = Identity::fresh().map_err(|why| broken(why.to_string()))?;
        let mut holders = Vec::new();
        if let Some(glass) = &office.settings.break_glass {
            holders.push(Recipient::parse(glass).map_err(|why| broken(why.to_string()))?);
        }
        for one in &world.people {
            if one.actor.is_in(Role::Aic, *id) || one.actor.is_in(Role::Reviewer, *id) {
                holders.push(Recipient::parse(&one.row.recipient).map_err(|why| broken(why.to_string()))?);
            }
        }
        let secret = Zeroizing::new(format!("{}\n", unit.secret().as_str()));
        rows.push(Area {
            id: id.to_string(),
            code: code.to_owned(),
            name: name.to_owned(),
            unit_recipient: unit.recipient().to_string(),
            next_recipient: None,
            next_box: None,
            unit_box: seal_to_all(secret.as_bytes(), &holders).map_err(|why| broken(why.to_string()))?,
            next_serial: 1,
        });
    }
    Ok(rows)
}

fn scheme_rows(office: &Office, world: &World) -> Vec<Scheme> {
    let day = |days: i64| days_after(office.now().day(), days).to_string();
    let (starts, review, ends) = (day(0), day(330), day(365));
    let row = |((area, kind, name), id): ((usize, &str, &str), &SchemeId)| Scheme {
        id: id.to_string(),
        area_id: world.areas.get(area).map(ToString::to_string).unwrap_or_default(),
        kind: kind.to_owned(),
        kind_reason: String::new(),
        name: name.to_owned(),
        ico_reference: "ZB000001".to_owned(),
        ico_ends: Some(ends.clone()),
        isa_reference: "ISA/2026/1".to_owned(),
        isa_parties: format!("Demo Constabulary and {name}"),
        isa_starts: Some(starts.clone()),
        isa_ends: Some(ends.clone()),
        isa_review: Some(review.clone()),
        duties_told: Some(starts.clone()),
        duties_version: "Duties of members, 2026".to_owned(),
        eia_reference: "EIA/2026/1".to_owned(),
        suspended: false,
        version: 1,
    };
    SCHEMES.into_iter().zip(&world.schemes).map(row).collect()
}
