//! A unit's key through the years: somebody joins, somebody leaves, the key is replaced and the originals are sealed to the new one,
//! the break-glass drill, and what a hand in the database cannot do. The browser's half is played with age itself.

use disclosure_portal::actions::unit::{self, drill, keys, reseal};
use disclosure_portal::actions::{No, administer, seal, trust};
use disclosure_portal::clock;
use disclosure_portal::demo::{self, stamp};
use disclosure_portal::domain::actor::{Actor, Grant, Role};
use disclosure_portal::domain::ids::{AreaId, PhotographId, StatementId};
use disclosure_portal::ledger::statement::{Lines, sign};
use disclosure_portal::ledger::trust::{APPROVE, PersonKeys, ROOT, Root, UNIT, UnitKey};
use disclosure_portal::sealing::age::{Identity, Recipient, open, seal_to_all};
use disclosure_portal::sealing::image;
use disclosure_portal::store::people::Area;
use disclosure_portal::store::trust::Row;

use crate::harness::{Scene, codes, who, world, wrong_fields};

pub(super) fn cantwell() -> AreaId {
    world().areas[0]
}

fn key_of(name: &str) -> Identity {
    Identity::parse(&who(name).account.age_identity).unwrap()
}

fn sealed(plain: &[u8], to: &[String]) -> Vec<u8> {
    let to: Vec<Recipient> = to.iter().map(|key| Recipient::parse(key).unwrap()).collect();
    seal_to_all(plain, &to).unwrap()
}

async fn add_paper(scene: &Scene, kind: &str, object: String, signer: String, document: String, note: String) {
    let row = Row {
        id: StatementId::fresh(scene.office.now(), clock::random()).to_string(),
        kind: kind.into(),
        object,
        signer,
        document: document.into_bytes(),
        note,
        added_at: scene.office.now().millis(),
    };
    let act = scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_paper(&row).await?) }));
    assert!(act.await.unwrap().into_inner());
}

/// Sam approves somebody's keys for a role in Cantwell.
pub(super) async fn sam_approves(scene: &Scene, name: &str, role: Role) {
    let row = scene.office.read().await.unwrap().person(who(name).id).await.unwrap().unwrap();
    let keys = PersonKeys {
        area: cantwell().to_string(),
        name: row.name,
        person: row.id.clone(),
        recipient: row.recipient,
        role: role.word().into(),
        scheme: String::new(),
        signing_key: row.signing_key,
    };
    let (document, object) = (serde_json::to_string(&keys).unwrap(), format!("person/{}", row.id));
    let signer = who("Sam").id.to_string();
    let (nonce, time) = (hex::encode(clock::random::<16>()), scene.office.now().rfc3339());
    let lines = Lines {
        kind: APPROVE,
        document: document.as_bytes(),
        object: &object,
        signer: &signer,
        nonce: &nonce,
        time: &time,
    };
    let note = sign(&who("Sam").seed, &lines).unwrap();
    add_paper(scene, APPROVE, object, signer, document, note).await;
}

/// The root signs a unit key of Cantwell, on its offline machine.
pub(super) async fn root_signs(scene: &Scene, recipient: &str) {
    let seed = demo::root_seed(&scene.folder.0).unwrap();
    let root = Root::of_seed("disclosure-portal.demo/root", &seed).unwrap();
    let key = UnitKey { area: cantwell().to_string(), code: "CZ".into(), recipient: recipient.into() };
    let (document, object) = (serde_json::to_string(&key).unwrap(), format!("area/{}", cantwell()));
    let nonce = hex::encode(clock::random::<16>());
    let paper = root.sign(&seed, UNIT, &object, document, &scene.office.now().rfc3339(), &nonce).unwrap();
    add_paper(scene, UNIT, object, ROOT.into(), paper.document, paper.note).await;
}

pub(super) async fn give(scene: &Scene, name: &str, role: Role) {
    let (id, grant) = (who(name).id, Grant::InArea(role, cantwell()));
    scene.office.act(move |tx| Box::pin(async move { Ok(tx.add_grant(id, grant).await?) })).await.unwrap();
}

pub(super) async fn actor(scene: &Scene, name: &str) -> Actor {
    scene.office.read().await.unwrap().actor(who(name).id).await.unwrap()
}

fn sam() -> &'static Actor {
    &who("Sam").actor
}

pub(super) async fn plan(scene: &Scene) -> unit::Plan {
    unit::plan(&scene.office, sam(), cantwell()).await.unwrap()
}

pub(super) async fn holders(scene: &Scene) -> Vec<String> {
    let plan = plan(scene).await;
    plan.people.into_iter().map(|one| one.recipient).chain([plan.break_glass]).collect()
}

/// The unit's identity, out of one of its boxes.
async fn opened(scene: &Scene, by: &Actor, with: &Identity, recipient: &str) -> Option<Identity> {
    let boxed = keys::boxed(&scene.office, by, cantwell(), recipient).await.unwrap();
    let line = open(&boxed, with).ok()?;
    Identity::parse(std::str::from_utf8(&line).unwrap())
}

/// Sam's browser seals every box to these.
async fn share_to(scene: &Scene, told: &[String], to: &[String]) -> Result<(), No> {
    let mut boxes = Vec::new();
    for key in plan(scene).await.keys {
        let unit = opened(scene, sam(), &key_of("Sam"), &key.recipient).await.expect("Sam holds every box");
        let line = format!("{}\n", unit.secret().as_str());
        boxes.push(keys::Sealed { unit: key.recipient, boxed: sealed(line.as_bytes(), to) });
    }
    keys::share(&scene.office, sam(), cantwell(), boxes, told, stamp()).await
}

/// Sam's browser makes a key for these.
pub(super) async fn make_for(scene: &Scene, unit: &Identity, told: &[String]) -> Result<(), No> {
    let line = format!("{}\n", unit.secret().as_str());
    let made = keys::Sealed { unit: unit.recipient().to_string(), boxed: sealed(line.as_bytes(), told) };
    keys::make(&scene.office, sam(), cantwell(), made, told, stamp()).await
}

#[actix_web::test]
async fn whoever_joins_is_let_into_the_box_once_approved_for_this_unit() {
    let scene = Scene::new().await;
    let before = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert!(before.signed && before.break_glass_holds && before.waiting() == 0 && before.left.is_empty());
    assert_eq!(before.people.len(), 3, "Sam, Frankie and Jordan");
    // A role alone, as a hand in the database could write it, lets nobody in: Alex is approved as an inspector.
    give(&scene, "Alex", Role::Reviewer).await;
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert_eq!((unit.people.len(), unit.waiting()), (4, 0));
    let now = holders(&scene).await;
    let alex = key_of("Alex").recipient().to_string();
    assert!(now.len() == 4 && !now.contains(&alex));
    let with: Vec<String> = now.iter().cloned().chain([alex.clone()]).collect();
    assert_eq!(wrong_fields(share_to(&scene, &with, &with).await), ["holders"]);
    sam_approves(&scene, "Alex", Role::Reviewer).await;
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert_eq!(unit.waiting(), 1);
    assert_eq!(unit::work(&scene.office, sam()).await.unwrap()[0].waiting, 1);
    // The list without Alex, or with a stranger, or a box for fewer than it says: refused, and the old box stays.
    let with = holders(&scene).await;
    assert!(with.contains(&alex));
    assert_eq!(wrong_fields(share_to(&scene, &now, &now).await), ["holders"]);
    assert_eq!(wrong_fields(share_to(&scene, &with, &now).await), ["box"]);
    let stranger: Vec<String> = now.iter().cloned().chain([key_of("Priya").recipient().to_string()]).collect();
    assert_eq!(wrong_fields(share_to(&scene, &stranger, &stranger).await), ["holders"]);
    let alex_now = actor(&scene, "Alex").await;
    assert!(opened(&scene, &alex_now, &key_of("Alex"), &unit.area.unit_recipient).await.is_none());
    share_to(&scene, &with, &with).await.unwrap();
    let identity = opened(&scene, &alex_now, &key_of("Alex"), &unit.area.unit_recipient).await.unwrap();
    let photograph = photograph(&scene, "CZ/003/26").await;
    let original = seal::original(&scene.office, &alex_now, photograph, stamp()).await.unwrap();
    assert!(image::admit(&open(&original, &identity).unwrap()).is_ok());
    assert_eq!(unit::unit(&scene.office, sam(), cantwell()).await.unwrap().waiting(), 0);
    assert_eq!(scene.records("unit.box").await.len(), 1);
    scene.log_is_whole().await;
}

async fn photograph(scene: &Scene, urn: &str) -> PhotographId {
    let release = scene.release(urn).await;
    let rows = scene.office.read().await.unwrap().photographs(release).await.unwrap();
    PhotographId::parse(&rows[0].id).unwrap()
}

#[actix_web::test]
async fn nobody_else_has_any_business_with_a_unit() {
    let scene = Scene::new().await;
    let key = scene.office.read().await.unwrap().area(cantwell()).await.unwrap().unwrap().unit_recipient;
    for name in ["Dana", "Jordan", "Alex", "Casey", "Riley", "Priya", "Robin", "Lee"] {
        let by = &who(name).actor;
        let none = |no: No| matches!(no, No::NotFound);
        assert!(none(unit::unit(&scene.office, by, cantwell()).await.unwrap_err()), "{name}");
        assert!(none(unit::plan(&scene.office, by, cantwell()).await.unwrap_err()), "{name}");
        let made = keys::Sealed { unit: key.clone(), boxed: Vec::new() };
        assert!(none(keys::make(&scene.office, by, cantwell(), made, &[], stamp()).await.unwrap_err()), "{name}");
        assert!(none(keys::share(&scene.office, by, cantwell(), vec![], &[], stamp()).await.unwrap_err()), "{name}");
        assert!(none(reseal::confirm(&scene.office, by, cantwell(), "x", stamp()).await.unwrap_err()), "{name}");
        if name != "Jordan" {
            assert!(none(keys::boxed(&scene.office, by, cantwell(), &key).await.unwrap_err()), "{name}");
        }
    }
    let refused = keys::boxed(&scene.office, sam(), cantwell(), "age1nothing").await;
    assert!(matches!(refused, Err(No::NotFound)));
}

#[actix_web::test]
async fn a_key_written_into_the_database_is_never_in_force_without_the_root() {
    let scene = Scene::new().await;
    let forged = Identity::fresh().unwrap();
    let before = scene.office.read().await.unwrap().area(cantwell()).await.unwrap().unwrap();
    make_for(&scene, &forged, &holders(&scene).await).await.unwrap();
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert_eq!(unit.next.unwrap().recipient, forged.recipient().to_string());
    assert_eq!(unit.area.unit_recipient, before.unit_recipient, "it waits");
    // A hand that moves it there all the same: the sealer refuses, the page says so.
    scene.office.act(|tx| Box::pin(async move { Ok(tx.follow_unit_key(cantwell()).await?) })).await.unwrap();
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert!(!unit.signed);
    let mut conn = scene.office.read().await.unwrap();
    let refused = trust::unit(&scene.office, &mut conn, cantwell(), &unit.area.unit_recipient).await;
    assert_eq!(codes(refused), ["unit-key-changed"]);
}

#[actix_web::test]
async fn a_new_area_makes_its_first_key() {
    let scene = Scene::new().await;
    let id = AreaId::fresh(scene.office.now(), clock::random());
    let area = Area {
        id: id.to_string(),
        code: "EX".into(),
        name: "Exfield".into(),
        unit_recipient: String::new(),
        unit_box: Vec::new(),
        next_recipient: None,
        next_box: None,
        next_serial: 1,
    };
    let sams = who("Sam").id;
    let act = scene.office.act(move |tx| {
        Box::pin(async move {
            tx.add_area(&area).await?;
            Ok(tx.add_grant(sams, Grant::InArea(Role::Aic, id)).await?)
        })
    });
    act.await.unwrap();
    let by = actor(&scene, "Sam").await;
    let none = unit::work(&scene.office, &by).await.unwrap();
    assert!(none.len() == 1 && none[0].none && none[0].area == "Exfield");
    let glass = scene.office.settings.break_glass.clone().unwrap();
    let told = vec![key_of("Sam").recipient().to_string(), glass];
    let unit = Identity::fresh().unwrap();
    let line = format!("{}\n", unit.secret().as_str());
    let made = || keys::Sealed { unit: unit.recipient().to_string(), boxed: sealed(line.as_bytes(), &told) };
    // Approved in Cantwell is not approved here.
    let refused = keys::make(&scene.office, &by, id, made(), &told, stamp()).await;
    assert_eq!(codes(refused), ["own-keys-unconfirmed"]);
    let seed = demo::root_seed(&scene.folder.0).unwrap();
    let root = Root::of_seed("disclosure-portal.demo/root", &seed).unwrap();
    let row = scene.office.read().await.unwrap().person(sams).await.unwrap().unwrap();
    let keys_here = PersonKeys {
        area: id.to_string(),
        name: row.name,
        person: row.id.clone(),
        recipient: row.recipient,
        role: "aic".into(),
        scheme: String::new(),
        signing_key: row.signing_key,
    };
    let at = scene.office.now().rfc3339();
    let nonce = || hex::encode(clock::random::<16>());
    let (document, object) = (serde_json::to_string(&keys_here).unwrap(), format!("person/{}", row.id));
    let paper = root.sign(&seed, APPROVE, &object, document, &at, &nonce()).unwrap();
    add_paper(&scene, APPROVE, object, ROOT.into(), paper.document, paper.note).await;
    keys::make(&scene.office, &by, id, made(), &told, stamp()).await.unwrap();
    let unit_key = UnitKey { area: id.to_string(), code: "EX".into(), recipient: unit.recipient().to_string() };
    let (document, object) = (serde_json::to_string(&unit_key).unwrap(), format!("area/{id}"));
    let paper = root.sign(&seed, UNIT, &object, document, &at, &nonce()).unwrap();
    add_paper(&scene, UNIT, object, ROOT.into(), paper.document, paper.note).await;
    let now = unit::unit(&scene.office, &by, id).await.unwrap();
    assert!(now.signed && now.older == 0 && now.next.is_none() && now.waiting() == 0 && now.break_glass_holds);
    assert_eq!(now.area.unit_recipient, unit.recipient().to_string());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn whoever_leaves_cannot_open_what_is_sealed_after_the_key_was_replaced() {
    let scene = Scene::new().await;
    let old_key = plan(&scene).await.unit;
    let old = opened(&scene, sam(), &key_of("Frankie"), &old_key).await.expect("Frankie has known the key");
    let live = photograph(&scene, "CZ/003/26").await;
    let ended = photograph(&scene, "CZ/001/26").await;
    administer::suspend(&scene.office, &who("Lee").actor, who("Frankie").id, true, stamp()).await.unwrap();
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert_eq!(unit.left, ["Frankie Moor"]);
    assert!(unit::work(&scene.office, sam()).await.unwrap()[0].left);
    // Letting the others into a new box does not hide that Frankie has known the key.
    let rest = holders(&scene).await;
    assert_eq!(rest.len(), 3, "Sam, Jordan and break-glass");
    share_to(&scene, &rest, &rest).await.unwrap();
    assert!(opened(&scene, sam(), &key_of("Frankie"), &old_key).await.is_none());
    assert_eq!(unit::unit(&scene.office, sam(), cantwell()).await.unwrap().left, ["Frankie Moor"]);

    let new = Identity::fresh().unwrap();
    make_for(&scene, &new, &rest).await.unwrap();
    assert_eq!(plan(&scene).await.originals.len(), 0, "nothing is due before the root has signed");
    root_signs(&scene, &new.recipient().to_string()).await;
    let after = plan(&scene).await;
    assert_eq!(after.unit, new.recipient().to_string());
    assert_eq!(after.keys.len(), 2);
    let unit = unit::unit(&scene.office, sam(), cantwell()).await.unwrap();
    assert!(unit.left.is_empty() && unit.signed && unit.older == 1);
    assert_eq!(unit.originals, (after.total, after.total));
    assert!(after.total >= 4, "two photographs and two texts of live releases, and a request's: {}", after.total);

    let objects = |scene: &Scene| {
        let dir = scene.folder.0.join("vault");
        move |object: &str| dir.join(&object[..2]).join(object).exists()
    };
    let exists = objects(&scene);
    for (seen, due) in after.originals.into_iter().enumerate() {
        let id = due.url.rsplit('/').next().unwrap().to_owned();
        let file = reseal::original(&scene.office, sam(), cantwell(), &id, stamp()).await.unwrap();
        let plain = open(&file, &old).unwrap();
        assert!(due.sha256.is_empty() || due.sha256 == hex::encode(image::sha256(&plain)));
        let fresh = || sealed(&plain, &[new.recipient().to_string()]);
        assert!(matches!(reseal::confirm(&scene.office, sam(), cantwell(), &id, stamp()).await, Err(No::NotFound)));
        let to_two = sealed(&plain, &[new.recipient().to_string(), old_key.clone()]);
        let refused = reseal::take(&scene.office, sam(), cantwell(), &id, to_two).await;
        assert_eq!(wrong_fields(refused), ["original"]);
        // A browser that stops here and one that begins anew: the second file takes the place of the first.
        reseal::take(&scene.office, sam(), cantwell(), &id, fresh()).await.unwrap();
        reseal::take(&scene.office, sam(), cantwell(), &id, fresh()).await.unwrap();
        assert_eq!(plan(&scene).await.originals.len(), after.total - seen, "not done before it is confirmed");
        let kept = reseal::kept(&scene.office, sam(), cantwell(), &id).await.unwrap();
        assert_eq!(open(&kept, &new).unwrap().as_slice(), plain.as_slice());
        let before = scene.office.read().await.unwrap().unit_originals(cantwell(), scene.office.now()).await.unwrap();
        let object = before.iter().find(|one| one.id == id).unwrap().object.clone();
        assert!(exists(&object));
        reseal::confirm(&scene.office, sam(), cantwell(), &id, stamp()).await.unwrap();
        assert!(!exists(&object), "the old one is destroyed");
    }
    assert_eq!(plan(&scene).await.originals.len(), 0);
    assert_eq!(scene.records("original.reseal").await.len(), after.total);

    let file = seal::original(&scene.office, sam(), live, stamp()).await.unwrap();
    assert!(open(&file, &old).is_err(), "the leaver's key opens no live original");
    assert!(image::admit(&open(&file, &new).unwrap()).is_ok());
    // The ended release's original stays under the key before, and that stays openable for the unit.
    let file = seal::original(&scene.office, sam(), ended, stamp()).await.unwrap();
    let earlier = opened(&scene, sam(), &key_of("Sam"), &old_key).await.unwrap();
    assert!(image::admit(&open(&file, &earlier).unwrap()).is_ok());
    scene.log_is_whole().await;
}

#[actix_web::test]
async fn the_break_glass_drill_opens_every_box_and_tells_when_one_does_not() {
    let scene = Scene::new().await;
    let glass = demo::break_glass(&scene.folder.0).unwrap();
    let new = Identity::fresh().unwrap();
    make_for(&scene, &new, &holders(&scene).await).await.unwrap();
    root_signs(&scene, &new.recipient().to_string()).await;
    plan(&scene).await;
    let found = drill::drill(&scene.office, "cz", &glass, stamp()).await.unwrap();
    assert_eq!(found.iter().map(|one| one.state).collect::<Vec<_>>(), ["in force", "earlier"]);
    assert!(found.iter().all(|one| one.opened && one.fits));
    let (at, good) = unit::unit(&scene.office, sam(), cantwell()).await.unwrap().drill.unwrap();
    assert_eq!((at, good), (scene.office.now(), true));
    // Another key opens nothing; a box that holds something else is told.
    let found = drill::drill(&scene.office, "CZ", &Identity::fresh().unwrap(), stamp()).await.unwrap();
    assert!(found.iter().all(|one| !one.opened && !one.fits));
    assert!(!unit::unit(&scene.office, sam(), cantwell()).await.unwrap().drill.unwrap().1);
    let other = format!("{}\n", Identity::fresh().unwrap().secret().as_str());
    let (boxed, unit) = (sealed(other.as_bytes(), &[glass.recipient().to_string()]), new.recipient().to_string());
    let act =
        scene.office.act(move |tx| Box::pin(async move { Ok(tx.replace_unit_box(cantwell(), &unit, &boxed).await?) }));
    assert!(act.await.unwrap().into_inner());
    let found = drill::drill(&scene.office, "CZ", &glass, stamp()).await.unwrap();
    assert_eq!((found[0].opened, found[0].fits, found[1].fits), (true, false, true));
    assert!(matches!(drill::drill(&scene.office, "XX", &glass, stamp()).await, Err(No::NotFound)));
    assert_eq!(scene.records("unit.drill").await.len(), 3);
    let leaf = scene.records("unit.drill").await[0].1.to_string();
    assert!(!leaf.contains("AGE-SECRET"), "{leaf}");
}
