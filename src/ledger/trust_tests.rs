//! The chain from the root, followed and broken; and the vector of `docs/formats/approval.md`.

use super::*;
use crate::ledger::statement::sign;

const TIME: &str = "2026-11-01T09:30:00.000Z";
const NONCE: &str = "b3f1c2d4e5f60718293a4b5c6d7e8f90";
const PAGE: &str = include_str!("../../docs/formats/approval.md");

fn id(n: u8) -> String {
    format!("0190a5b0-0000-7000-8000-0000000000{n:02x}")
}

fn signing_key(seed: u8) -> String {
    let vkey = Root::of_seed("x", &[seed; 32]).unwrap().vkey();
    let raw = STANDARD.decode(vkey.splitn(3, '+').nth(2).unwrap()).unwrap();
    STANDARD.encode(&raw[1..])
}

/// Person `n` signs with the seed `n`.
fn keys(n: u8, role: &str, area: &str) -> PersonKeys {
    PersonKeys {
        area: area.into(),
        name: format!("Person {n}"),
        person: id(n),
        recipient: format!("age1person{n}"),
        role: role.into(),
        scheme: String::new(),
        signing_key: signing_key(n),
    }
}

fn root() -> Root {
    Root::of_seed("portal.example/root", &[200; 32]).unwrap()
}

fn by_root(keys: &PersonKeys) -> Paper {
    let document = serde_json::to_string(keys).unwrap();
    root().sign(&[200; 32], APPROVE, &format!("person/{}", keys.person), document, TIME, NONCE).unwrap()
}

fn by(n: u8, keys: &PersonKeys) -> Paper {
    let document = serde_json::to_string(keys).unwrap();
    let (object, signer) = (format!("person/{}", keys.person), id(n));
    let lines = Lines {
        kind: APPROVE,
        document: document.as_bytes(),
        object: &object,
        signer: &signer,
        nonce: NONCE,
        time: TIME,
    };
    Paper { note: sign(&[n; 32], &lines).unwrap(), document }
}

#[test]
fn the_chain_leads_from_the_root_through_co_ordinators_of_the_area() {
    let (first, second, manager) = (keys(1, "aic", "a"), keys(2, "aic", "a"), keys(3, "manager", "a"));
    // In an order that needs a second look: the manager's paper first.
    let papers = [by(2, &manager), by(1, &second), by_root(&first)];
    let trust = Trust::of(&root(), &papers);
    for one in [&first, &second, &manager] {
        assert!(trust.person(&one.person, &one.recipient, &one.signing_key).is_some(), "{}", one.name);
    }
    assert_eq!(trust.recipient(&manager.person, &manager.recipient).unwrap().by, id(2));
}

#[test]
fn a_key_that_nobody_certified_has_no_chain() {
    let first = keys(1, "aic", "a");
    let manager = keys(3, "manager", "a");
    let trust = Trust::of(&root(), &[by_root(&first), by(1, &manager)]);
    assert!(trust.recipient(&manager.person, "age1swapped").is_none());
    assert!(trust.person(&manager.person, &manager.recipient, &signing_key(9)).is_none());
    assert!(trust.recipient(&id(8), &manager.recipient).is_none());
}

#[test]
fn an_approver_needs_a_chain_the_role_and_the_area() {
    let subject = keys(5, "manager", "a");
    // Nobody signed person 4; person 3 is no co-ordinator; person 2 is one of another area; person 5 signs themself.
    let papers = [by_root(&keys(3, "officer", "a")), by_root(&keys(2, "aic", "b"))];
    for signer in [4, 3, 2, 5] {
        let mut all = papers.to_vec();
        all.push(by(signer, &subject));
        assert!(Trust::of(&root(), &all).recipient(&subject.person, &subject.recipient).is_none(), "by {signer}");
    }
    let mut all = papers.to_vec();
    all.push(by(2, &keys(6, "auditor", "")));
    assert!(Trust::of(&root(), &all).recipient(&id(6), "age1person6").is_some(), "an auditor is of every area");
    let mut all = papers.to_vec();
    all.push(by(2, &keys(7, "aic", "")));
    assert!(Trust::of(&root(), &all).recipient(&id(7), "age1person7").is_none(), "a co-ordinator of no area");
}

#[test]
fn a_changed_letter_a_swapped_approver_or_another_root_breaks_the_chain() {
    let (first, manager) = (keys(1, "aic", "a"), keys(3, "manager", "a"));
    let papers = [by_root(&first), by(1, &manager)];
    let holds =
        |papers: &[Paper], root: &Root| Trust::of(root, papers).recipient(&manager.person, "age1person3").is_some();
    assert!(holds(&papers, &root()));
    assert!(!holds(&papers, &Root::of_seed("portal.example/root", &[201; 32]).unwrap()));
    assert!(!holds(&papers[1..], &root()), "without the approver's own paper");
    let mut swapped = papers.clone();
    swapped[0].document = swapped[0].document.replace(&first.signing_key, &signing_key(9));
    assert!(!holds(&swapped, &root()), "the approver's key exchanged in their own paper");
    let mut changed = papers.clone();
    changed[1].document = changed[1].document.replace("Person 3", "Person 4");
    assert!(!holds(&changed, &root()));
}

#[test]
fn a_document_written_in_another_way_is_no_paper() {
    let first = keys(1, "aic", "a");
    let document = serde_json::to_string(&first).unwrap();
    let object = format!("person/{}", first.person);
    let spaced = document.replace(":\"aic\"", ": \"aic\"");
    let doubled = document.replace("\"role\"", "\"role\":\"member\",\"role\"");
    for (other, holds) in [(document, true), (spaced, false), (doubled, false)] {
        let paper = root().sign(&[200; 32], APPROVE, &object, other, TIME, NONCE).unwrap();
        let trust = Trust::of(&root(), &[paper]);
        assert_eq!(trust.recipient(&first.person, &first.recipient).is_some(), holds);
    }
}

#[test]
fn only_the_root_signs_a_units_key() {
    let unit = UnitKey { area: "a".into(), code: "CZ".into(), recipient: "age1unit".into() };
    let document = serde_json::to_string(&unit).unwrap();
    let paper = root().sign(&[200; 32], UNIT, "area/a", document.clone(), TIME, NONCE).unwrap();
    assert!(Trust::of(&root(), &[paper]).unit("a", "age1unit"));
    let first = keys(1, "aic", "a");
    let signer = id(1);
    let lines = Lines {
        kind: UNIT,
        document: document.as_bytes(),
        object: "area/a",
        signer: &signer,
        nonce: NONCE,
        time: TIME,
    };
    let forged = Paper { note: sign(&[1; 32], &lines).unwrap(), document };
    let trust = Trust::of(&root(), &[by_root(&first), forged]);
    assert!(!trust.unit("a", "age1unit") && !trust.unit("b", "age1unit"));
}

#[test]
fn the_vector_of_the_page_holds() {
    let json = PAGE.split("```json approvals\n").nth(1).unwrap().split("```").next().unwrap();
    let vector: serde_json::Value = serde_json::from_str(json).unwrap();
    let text = |name: &str| vector[name].as_str().unwrap().to_owned();
    let papers: Vec<Paper> = serde_json::from_value(vector["papers"].clone()).unwrap();
    let trust = Trust::of(&Root::parse(&text("root")).unwrap(), &papers);
    for name in ["co_ordinator", "manager"] {
        let keys: PersonKeys = serde_json::from_value(vector[name].clone()).unwrap();
        assert!(trust.person(&keys.person, &keys.recipient, &keys.signing_key).is_some(), "{name}");
    }
    let unit: UnitKey = serde_json::from_value(vector["unit"].clone()).unwrap();
    assert!(trust.unit(&unit.area, &unit.recipient));
    // The page's papers are what this code signs.
    let first = keys(1, "aic", &unit.area);
    assert_eq!(papers[1], by_root(&first));
    assert_eq!(papers[2], by(1, &keys(2, "manager", &unit.area)));
}

/// Prints the page's vector when it has to be made anew: `cargo test -p disclosure-portal vector -- --nocapture`.
#[test]
fn the_vector_of_the_page_is_what_is_made() {
    let area = "0190a5b0-0000-7000-8000-0000000000aa".to_owned();
    let unit = UnitKey { area: area.clone(), code: "CZ".into(), recipient: "age1unit".into() };
    let paper = root()
        .sign(&[200; 32], UNIT, &format!("area/{area}"), serde_json::to_string(&unit).unwrap(), TIME, NONCE)
        .unwrap();
    let (first, manager) = (keys(1, "aic", &area), keys(2, "manager", &area));
    let made = serde_json::json!({
        "root": root().vkey(),
        "root_ed25519_secret": hex::encode([200; 32]),
        "papers": [paper, by_root(&first), by(1, &manager)],
        "unit": unit, "co_ordinator": first, "manager": manager,
    });
    let json = PAGE.split("```json approvals\n").nth(1).unwrap_or("null```").split("```").next().unwrap();
    let told: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(told, made, "put this into docs/formats/approval.md:\n{}", serde_json::to_string_pretty(&made).unwrap());
}
