//! Every kept statement verifies down from the root, here and in a stranger's Python; who may read which; what lies at rest.

use std::process::Command;

use std::collections::BTreeSet;
use std::path::Path;

use disclosure_portal::actions::statements::{self, Shown};
use disclosure_portal::demo::releases::{Plot, ask, authorise, refuse, to};
use disclosure_portal::demo::stamp;
use disclosure_portal::domain::ids::StatementId;

use crate::harness::browser::Browser;
use crate::harness::{Scene, who, world};

/// What the database answers, line by line.
fn sql(scene: &Scene, text: &str) -> Vec<String> {
    scene.sql(text).lines().map(str::to_owned).collect()
}

async fn read(scene: &Scene, name: &str, id: &str) -> Option<Shown> {
    let id = StatementId::parse(id).unwrap();
    statements::one(&scene.office, &who(name).actor, id, "statement", stamp()).await.ok()
}

/// One kept statement of a kind.
fn of_kind(scene: &Scene, kind: &str) -> String {
    sql(scene, &format!("SELECT id FROM statement WHERE kind = '{kind}' ORDER BY id LIMIT 1")).remove(0)
}

#[actix_web::test]
async fn every_kept_statement_of_the_story_verifies_down_from_the_root() {
    let scene = Scene::new().await;
    let root = scene.office.root.as_ref().unwrap();
    let all = sql(&scene, "SELECT id FROM statement");
    assert!(all.len() >= 20, "{}", all.len());
    let mut kinds = BTreeSet::new();
    for id in &all {
        let shown = read(&scene, "Robin", id).await.unwrap();
        let held = shown.verified.unwrap_or_else(|why| panic!("{} {id}: {why}", shown.row.kind));
        assert_eq!(held.signer.keys.person, shown.row.person_id);
        assert_eq!(held.chain.last().unwrap().by, "root");
        let area = if held.signer.keys.area.is_empty() { None } else { Some(2) };
        assert_eq!(held.area.map(|code| code.len()), area);
        assert_eq!(shown.file.verify(root).unwrap().document, shown.document);
        kinds.insert(shown.row.kind);
    }
    let expected = ["acknowledge", "authority", "recall", "request", "surrender", "undertaking"];
    assert_eq!(kinds.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    // Each leaf of a signed act names its statement.
    for kind in ["request", "authorise", "recall", "acknowledge", "confirm", "undertaking.sign"] {
        for (index, body) in scene.records(kind).await {
            let named = body["statement"].as_str().unwrap_or_else(|| panic!("{kind} {index} names no statement"));
            assert!(all.iter().any(|id| id == named), "{kind} {index}");
        }
    }
}

/// A Python that has `cryptography`: the one on the path, or Debian's own.
fn python() -> &'static str {
    let has = |python: &str| {
        Command::new(python).args(["-c", "import cryptography"]).output().is_ok_and(|out| out.status.success())
    };
    ["python3", "/usr/bin/python3"]
        .into_iter()
        .find(|python| has(python))
        .expect("a Python with `cryptography`: apt-get install python3-cryptography")
}

/// The exit codes of the stranger's Python and of our own command over a file.
fn judged(python: &str, file: &Path, root: &str) -> [Option<i32>; 2] {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/py/verify_statement.py");
    let theirs = Command::new(python).arg(script).arg(file).arg(root).output().unwrap();
    let ours = Command::new(env!("CARGO_BIN_EXE_disclosure-portal"))
        .args(["verify", "statement", "--json", "--root", root])
        .arg(file)
        .output()
        .unwrap();
    [theirs.status.code(), ours.status.code()]
}

/// A change to a file.
type Change = fn(&mut serde_json::Value);

#[actix_web::test]
async fn a_few_lines_of_python_and_our_own_command_agree_on_what_holds() {
    let scene = Scene::new().await;
    let (python, root) = (python(), scene.office.root.as_ref().unwrap().vkey());
    let browser = Browser::of(&scene, Some("Robin")).await;
    let file = scene.folder.0.join("statement.json");
    let mut last = serde_json::Value::Null;
    for kind in ["undertaking", "acknowledge", "surrender", "request", "authority", "recall"] {
        let got = browser.get(&format!("/statements/{}/file", of_kind(&scene, kind))).await;
        assert_eq!(got.status, 200);
        std::fs::write(&file, &got.body).unwrap();
        assert_eq!(judged(python, &file, &root), [Some(0), Some(0)], "{kind}");
        last = serde_json::from_slice(&got.body).unwrap();
    }
    let changes: [(&str, Change, i32); 8] = [
        ("document", |f| f["document"] = "e30=".into(), 1),
        ("note", |f| f["note"] = f["note"].as_str().unwrap().replacen("recall", "recaII", 1).into(), 1),
        ("key", |f| f["signing_key"] = "GF7G8KG0Kmj2hYIHDlXsvrlrK9tVwwNVFiK4oTTcxIg=".into(), 1),
        ("no papers", |f| f["papers"] = serde_json::json!([]), 1),
        (
            "a changed paper",
            |f| {
                for paper in f["papers"].as_array_mut().unwrap() {
                    paper["document"] = paper["document"].as_str().unwrap().replace("aic", "officer").into();
                }
            },
            1,
        ),
        ("format", |f| f["format"] = "statement-file/v2".into(), 2),
        ("no document", |f| f["document"] = "*".into(), 2),
        ("no object", |f| *f = serde_json::json!([]), 2),
    ];
    for (what, change, code) in changes {
        let mut changed = last.clone();
        change(&mut changed);
        std::fs::write(&file, changed.to_string()).unwrap();
        assert_eq!(judged(python, &file, &root), [Some(code), Some(code)], "{what}");
    }
    // Another root than the reader's, though the file names it.
    let other = disclosure_portal::ledger::trust::Root::of_seed("somebody/else", &[3; 32]).unwrap().vkey();
    last["root"] = other.clone().into();
    std::fs::write(&file, last.to_string()).unwrap();
    assert_eq!(judged(python, &file, &other), [Some(1), Some(1)]);
    assert_eq!(judged(python, &file, &root), [Some(0), Some(0)], "the file's own root is not believed");
}

#[actix_web::test]
async fn who_may_read_which_statement() {
    let scene = Scene::new().await;
    let live = scene.release("CZ/003/26").await;
    let about = |kind: &str, object: &str| {
        sql(&scene, &format!("SELECT id FROM statement WHERE kind = '{kind}' AND object = '{object}'")).remove(0)
    };
    let case = ["Riley", "Sam", "Jordan", "Alex", "Casey", "Robin", "Frankie"];
    let copy = sql(&scene, &format!("SELECT id FROM copy WHERE release_id = '{live}' AND ack_statement IS NOT NULL"));
    let undertaken = sql(
        &scene,
        &format!("SELECT id FROM statement WHERE kind = 'undertaking' AND person_id = '{}'", who("Priya").id),
    );
    let table = [
        (about("request", &format!("release/{live}")), case.to_vec()),
        (about("authority", &format!("release/{live}")), case.to_vec()),
        (about("acknowledge", &format!("copy/{}", copy[0])), vec!["Priya", "Sam", "Robin", "Frankie"]),
        (undertaken[0].clone(), vec!["Priya", "Sam", "Robin", "Frankie"]),
    ];
    for (id, readers) in &table {
        for person in &world().people {
            let name = person.account.name.split(' ').next().unwrap();
            let before = scene.records("consult").await.len();
            let shown = read(&scene, name, id).await;
            assert_eq!(shown.is_some(), readers.contains(&name), "{name} {id}");
            let own = shown.as_ref().is_some_and(|one| one.row.person_id == person.id.to_string());
            let noted = scene.records("consult").await.len() - before;
            assert_eq!(noted, usize::from(shown.is_some() && !own), "{name}: reading others' is recorded");
        }
    }
    // Through the doors, an administrator finds neither page nor file; the release's page offers what may be read and no more.
    let browser = Browser::of(&scene, Some("Lee")).await;
    for path in ["", "/file"] {
        assert_eq!(browser.get(&format!("/statements/{}{path}", table[1].0)).await.status, 404);
    }
    for (name, receipts) in [("Sam", true), ("Riley", false)] {
        let page = Browser::of(&scene, Some(name)).await.get(&format!("/releases/{live}")).await.text();
        assert!(page.contains("Decision on a request") && page.contains(&format!("/statements/{}", table[1].0)));
        assert_eq!(page.contains("Receipt: conditions"), receipts, "{name}");
    }
}

#[actix_web::test]
async fn nothing_of_a_document_lies_open_and_released_words_do_not_live_on_beside_a_signature() {
    let scene = Scene::new().await;
    let (office, sam) = (&scene.office, who("Sam"));
    let plot = Plot {
        title: "Zebrafinch title",
        text: "Suspected of thefts by quicksilver.",
        locality: "Zebrafinch lane",
        portraits: &[],
        danger: false,
    };
    let area = world().areas[0].to_string();
    let id = ask(office, who("Riley"), &area, &plot).await.unwrap();
    authorise(office, sam, id, &to(world(), &[("Morgan", 0)]).unwrap()).await.unwrap();
    let refused = ask(office, who("Riley"), &area, &plot).await.unwrap();
    refuse(office, sam, refused, "Zebrafinch reason").await.unwrap();
    for (name, bytes) in scene.stored() {
        for word in [&b"Zebrafinch"[..], b"quicksilver", b"K-MIP/2026/118", b"I will keep"] {
            let lies_open = bytes.windows(word.len()).any(|window| window == word);
            assert!(!lies_open, "{} lies open in {name}", String::from_utf8_lossy(word));
        }
    }
    for id in sql(&scene, "SELECT id FROM statement") {
        let shown = read(&scene, "Robin", &id).await.unwrap();
        let words = String::from_utf8(shown.document).unwrap();
        assert!(!words.contains("quicksilver") && !words.contains("threaten staff"), "{}: {words}", shown.row.kind);
    }
}

#[actix_web::test]
async fn what_was_changed_by_sql_is_shown_as_not_verifying() {
    let scene = Scene::new().await;
    let id = of_kind(&scene, "recall");
    let sam = who("Sam").id;
    // The person's current key is not believed, so a swapped one changes nothing for what was signed before.
    sql(
        &scene,
        &format!("UPDATE person SET signing_key = 'GF7G8KG0Kmj2hYIHDlXsvrlrK9tVwwNVFiK4oTTcxIg=' WHERE id = '{sam}'"),
    );
    assert!(read(&scene, "Robin", &id).await.unwrap().verified.is_ok());
    sql(&scene, &format!("UPDATE statement SET at = at + 1 WHERE id = '{id}'"));
    assert!(read(&scene, "Robin", &id).await.unwrap().verified.unwrap_err().contains("columns"));
    sql(
        &scene,
        &format!("UPDATE statement SET at = at - 1, note = replace(note, 'recall', 'recoil') WHERE id = '{id}'"),
    );
    assert!(read(&scene, "Robin", &id).await.unwrap().verified.is_err());
    let page = Browser::of(&scene, Some("Robin")).await.get(&format!("/statements/{id}")).await.text();
    assert!(page.contains("It does not verify"), "{page}");
    sql(&scene, &format!("UPDATE statement SET note = replace(note, 'recoil', 'recall') WHERE id = '{id}'"));
    assert!(read(&scene, "Robin", &id).await.unwrap().verified.is_ok());
    sql(&scene, &format!("DELETE FROM approval WHERE object = 'person/{sam}'"));
    assert!(read(&scene, "Robin", &id).await.unwrap().verified.is_err());
}
