//! Somebody who can write to the database exchanges keys: a second connection, not ours. Authorising and sealing refuse,
//! nothing in the vault grows, and an alarm stands in the log.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use disclosure_portal::actions::{No, plan, seal};
use disclosure_portal::demo::releases::{self as plots, Plot};
use disclosure_portal::demo::{portrait, stamp};
use disclosure_portal::domain::ids::{PhotographId, ReleaseId};
use disclosure_portal::ledger::trust::Root;
use disclosure_portal::sealing::age::Identity;

use super::{PLOT, blobs};
use crate::harness::{Scene, codes, sql, who, world};

/// What a stranger with the database in hand may do, and how it is told.
struct Swap {
    what: &'static str,
    sql: String,
    code: &'static str,
}

fn public(seed: &[u8; 32]) -> String {
    let vkey = Root::of_seed("x", seed).unwrap().vkey();
    STANDARD.encode(&STANDARD.decode(vkey.splitn(3, '+').nth(2).unwrap()).unwrap()[1..])
}

/// Priya is the recipient; Sam signed her paper; the root signed Sam's and the unit's.
fn swaps() -> Vec<Swap> {
    let (priya, sam, area) = (who("Priya").id, who("Sam").id, world().areas[0]);
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let key = public(&[9; 32]);
    let sams = public(&who("Sam").seed);
    let edit = |object: String, from: &str, to: &str| {
        format!(
            "UPDATE approval SET document = CAST(REPLACE(CAST(document AS TEXT), '{from}', '{to}') AS BLOB) WHERE object = '{object}'"
        )
    };
    let mut swaps = vec![
        Swap {
            what: "the recipient",
            sql: format!("UPDATE person SET recipient = '{stranger}' WHERE id = '{priya}'"),
            code: "keys-changed",
        },
        Swap {
            what: "the recipient, and its paper edited to say so",
            sql: format!(
                "UPDATE approval SET document = CAST(REPLACE(CAST(document AS TEXT), (SELECT recipient FROM person WHERE id = '{priya}'), '{stranger}') AS BLOB) WHERE object = 'person/{priya}'; UPDATE person SET recipient = '{stranger}' WHERE id = '{priya}'"
            ),
            code: "keys-unconfirmed",
        },
        Swap {
            what: "the approver's paper, edited to another signing key",
            sql: edit(format!("person/{sam}"), &sams, &key),
            code: "keys-unconfirmed",
        },
        Swap {
            what: "the approver's paper, edited to another area",
            sql: edit(format!("person/{sam}"), &area.to_string(), &world().areas[1].to_string()),
            code: "keys-unconfirmed",
        },
        Swap {
            what: "the paper's row deleted",
            sql: format!("DELETE FROM approval WHERE object = 'person/{priya}'"),
            code: "keys-unconfirmed",
        },
        Swap {
            what: "the approver's paper deleted",
            sql: format!("DELETE FROM approval WHERE object = 'person/{sam}'"),
            code: "keys-unconfirmed",
        },
        Swap {
            what: "the unit's recipient",
            sql: format!("UPDATE area SET unit_recipient = '{stranger}' WHERE id = '{area}'"),
            code: "unit-key-changed",
        },
        Swap {
            what: "the unit's paper deleted",
            sql: format!("DELETE FROM approval WHERE object = 'area/{area}'"),
            code: "unit-key-changed",
        },
    ];
    swaps.push(Swap {
        what: "a paper forged with a key of the stranger's own",
        sql: forged(&stranger),
        code: "keys-changed",
    });
    swaps
}

/// A paper about Priya in Sam's name, signed with another key, with the account changed to fit, Sam's signing key too.
fn forged(stranger: &str) -> String {
    use disclosure_portal::ledger::statement::{Lines, sign};
    use disclosure_portal::ledger::trust::PersonKeys;
    let (priya, sam) = (who("Priya").id, who("Sam").id);
    let keys = PersonKeys {
        area: world().areas[0].to_string(),
        name: "Priya Lowen".into(),
        person: priya.to_string(),
        recipient: stranger.into(),
        role: "manager".into(),
        scheme: world().schemes[0].to_string(),
        signing_key: public(&[8; 32]),
    };
    let document = serde_json::to_string(&keys).unwrap();
    let (object, signer) = (format!("person/{priya}"), sam.to_string());
    let lines = Lines {
        kind: "approve",
        document: document.as_bytes(),
        object: &object,
        signer: &signer,
        nonce: "b3f1c2d4e5f60718293a4b5c6d7e8f90",
        time: "2026-11-01T09:30:00.000Z",
    };
    let note = sign(&[9; 32], &lines).unwrap();
    format!(
        "UPDATE person SET signing_key = '{}' WHERE id = '{sam}'; UPDATE person SET recipient = '{stranger}', signing_key = '{}' WHERE id = '{priya}'; INSERT INTO approval VALUES ('0', 'approve', '{object}', '{signer}', CAST('{document}' AS BLOB), '{note}', 0)",
        public(&[9; 32]),
        public(&[8; 32])
    )
}

/// The code of whatever was refused, beside a field or not.
fn told(done: Result<(), No>) -> Vec<String> {
    match done {
        Err(No::Invalid(errors)) => errors
            .iter()
            .map(|error| {
                if error.sentence.starts_with("Stop") { "keys-changed" } else { "keys-unconfirmed" }.to_owned()
            })
            .collect(),
        other => codes(other).into_iter().map(str::to_owned).collect(),
    }
}

#[actix_web::test]
async fn authorising_refuses_each_key_that_was_exchanged_in_the_database() {
    for swap in swaps() {
        let scene = Scene::new().await;
        let id = plots::ask(&scene.office, who("Riley"), &world().areas[0].to_string(), &PLOT).await.unwrap();
        sql(&scene, &swap.sql);
        let (vault, issued) = (blobs(&scene), scene.records("authorise").await.len());
        let to = [(who("Priya").id, world().schemes[0])];
        let done = plots::authorise(&scene.office, who("Sam"), id, &to).await;
        assert_eq!(told(done), [swap.code], "{}", swap.what);
        assert_eq!(blobs(&scene), vault, "{}: the vault grew", swap.what);
        assert_eq!(scene.records("authorise").await.len(), issued, "{}", swap.what);
        let alarms = usize::from(swap.code != "keys-unconfirmed");
        assert_eq!(scene.records("key.alarm").await.len(), alarms, "{}", swap.what);
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn sealing_refuses_each_key_that_was_exchanged_after_the_authority() {
    let plot = Plot { portraits: &[7], ..PLOT };
    for swap in swaps() {
        let scene = Scene::new().await;
        let (id, photograph) = authorised(&scene, &plot, &["Priya"]).await;
        sql(&scene, &swap.sql);
        let vault = blobs(&scene);
        let plan = plan::plan(&scene.office, &who("Sam").actor, id, &stamp()).await.unwrap();
        let problem = plan.problem.expect(swap.what);
        assert!(problem.detail.contains("Priya Lowen") || problem.detail.contains("unit's key"), "{}", problem.detail);
        let alarms = scene.records("key.alarm").await.len();
        let bytes = portrait::draw(7);
        let done = seal::take_whole(&scene.office, &who("Sam").actor, id, photograph, bytes.clone(), stamp()).await;
        assert_eq!(codes(done), [swap.code], "{}", swap.what);
        let done = seal::take(&scene.office, &who("Sam").actor, id, photograph, bytes, stamp()).await;
        assert_eq!(codes(done), [swap.code], "{}", swap.what);
        assert_eq!(blobs(&scene), vault, "{}: the vault grew", swap.what);
        let more = 2 * usize::from(swap.code != "keys-unconfirmed");
        assert_eq!(scene.records("key.alarm").await.len(), alarms + more, "{}", swap.what);
        scene.log_is_whole().await;
    }
}

#[actix_web::test]
async fn a_key_exchanged_while_copies_are_sealed_stops_the_next_one() {
    let scene = Scene::new().await;
    let plot = Plot { portraits: &[7], ..PLOT };
    let (id, photograph) = authorised(&scene, &plot, &["Priya", "Morgan"]).await;
    // The swap comes with the first leaf of the sealing: a trigger in the database, as a stranger with its file could leave one.
    let stranger = Identity::fresh().unwrap().recipient().to_string();
    let (priya, morgan) = (who("Priya").id, who("Morgan").id);
    let swap = format!("UPDATE person SET recipient = '{stranger}' WHERE id IN ('{priya}', '{morgan}')");
    scene.leave_trigger("swap", "AFTER", "part", &swap);
    let bytes = portrait::draw(7);
    let before = blobs(&scene);
    let done = seal::take_whole(&scene.office, &who("Sam").actor, id, photograph, bytes, stamp()).await;
    assert!(matches!(&done, Err(No::Refused(_))), "{done:?}");
    assert_eq!(codes(done), ["keys-changed"]);
    let copies = scene.office.read().await.unwrap().copies_of_release(id).await.unwrap();
    assert_eq!(
        copies.iter().filter(|copy| copy.sealed_at.is_some()).count(),
        1,
        "the first was sealed before the swap"
    );
    assert_eq!(blobs(&scene), before + 2, "one screen and one thumbnail");
    assert_eq!(scene.records("key.alarm").await.len(), 1);
}

async fn authorised(scene: &Scene, plot: &Plot, names: &[&str]) -> (ReleaseId, PhotographId) {
    let id = plots::ask(&scene.office, who("Riley"), &world().areas[0].to_string(), plot).await.unwrap();
    let to: Vec<_> = names.iter().map(|name| (who(name).id, world().schemes[0])).collect();
    plots::authorise(&scene.office, who("Sam"), id, &to).await.unwrap();
    let row = scene.office.read().await.unwrap().photographs(id).await.unwrap()[0].id.clone();
    (id, PhotographId::parse(&row).unwrap())
}
