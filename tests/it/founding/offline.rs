//! `root key` and `root sign`: files in, files out, and nothing signed whose words were not given.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use disclosure_portal::actions::fingerprint::{fingerprint, unit_fingerprint};
use disclosure_portal::cli::root::{self, Done, Signing};
use disclosure_portal::ledger::root::{Certified, REQUEST, Request, Signed};
use disclosure_portal::ledger::trust::{PersonKeys, Root, UnitKey};

use super::ROOT_NAME;
use crate::harness::Folder;

fn unit() -> Certified {
    Certified::Unit(UnitKey { area: "area-1".into(), code: "CZ".into(), recipient: "age1unit".into() })
}

fn person(name: &str, area: &str, role: &str) -> Certified {
    Certified::Person(PersonKeys {
        area: area.into(),
        name: name.into(),
        person: format!("id-{name}"),
        recipient: "age1person".into(),
        role: role.into(),
        scheme: String::new(),
        signing_key: "key".into(),
    })
}

/// A stick with a root key and a request for these items.
fn stick(items: &[Certified]) -> (Folder, Root) {
    let folder = Folder::new();
    let root = root::key(&folder.0.join("root.key"), ROOT_NAME).unwrap();
    let items = items.iter().map(|item| item.item().unwrap()).collect();
    let request =
        Request { format: REQUEST.into(), origin: "https://portal.example.org".into(), root: root.vkey(), items };
    fs::write(folder.0.join("request.json"), serde_json::to_string(&request).unwrap()).unwrap();
    (folder, root)
}

fn signing(at: &Path, accept: &[&str]) -> Signing {
    Signing {
        request: at.join("request.json"),
        key: at.join("root.key"),
        name: ROOT_NAME.into(),
        out: Some(at.join("signed.json")),
        accept: accept.iter().map(|words| (*words).to_owned()).collect(),
        json: false,
    }
}

/// What was signed, by the root's own reading of the written file.
fn written(at: &Path, root: &Root) -> Vec<Certified> {
    let Ok(text) = fs::read_to_string(at.join("signed.json")) else { return Vec::new() };
    Signed::read(&text).unwrap().papers.iter().map(|paper| root.certified(paper).unwrap()).collect()
}

fn code(done: &Done) -> u8 {
    done.end().map_or_else(|no| no.code, |()| 0)
}

#[test]
fn a_root_key_is_closed_and_never_overwritten() {
    let folder = Folder::new();
    let file = folder.0.join("root.key");
    let made = root::key(&file, ROOT_NAME).unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&file).unwrap();
    let why = root::key(&file, ROOT_NAME).unwrap_err();
    assert!(why.code == 2 && why.sentence.contains("exists already"), "{}", why.sentence);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    let seed: [u8; 32] = hex::decode(text.trim_end()).unwrap().try_into().unwrap();
    assert_eq!(Root::of_seed(ROOT_NAME, &seed).unwrap(), made);
    assert_eq!(root::key(&folder.0.join("b"), "two words").unwrap_err().code, 2);
    assert!(!folder.0.join("b").exists());
}

#[test]
fn only_what_was_accepted_by_its_words_is_signed() {
    let (folder, root) = stick(&[unit(), person("Sam", "area-1", "aic")]);
    let words = fingerprint("age1person", "key");
    let shown = root::sign(&signing(&folder.0, &[])).unwrap();
    assert_eq!((code(&shown), written(&folder.0, &root)), (0, vec![]), "looking signs nothing");
    assert_eq!(shown.items[1].fingerprint, words);
    assert_eq!(shown.items[1].role, "Area Intelligence Co-ordinator");
    assert_eq!(shown.items[0].fingerprint, unit_fingerprint("age1unit"));
    let wrong = root::sign(&signing(&folder.0, &["rice kid jelly skin maximum usage"])).unwrap();
    assert_eq!((code(&wrong), written(&folder.0, &root)), (1, vec![]));
    // As somebody types what they hear.
    let heard = format!("  {} ", words.to_uppercase().replace(' ', "  "));
    let done = root::sign(&signing(&folder.0, &[&heard])).unwrap();
    assert_eq!((code(&done), written(&folder.0, &root)), (0, vec![person("Sam", "area-1", "aic")]));
    assert!(done.items[1].signed && !done.items[0].signed && !done.items[0].why.is_empty());
    // What is there is not written over.
    assert_eq!(root::sign(&signing(&folder.0, &[&heard])).unwrap_err().code, 2);
}

#[test]
fn some_words_right_and_some_wrong_sign_the_right_ones_and_say_so() {
    let (folder, root) = stick(&[unit(), person("Sam", "area-1", "aic")]);
    let done = root::sign(&signing(&folder.0, &[&unit_fingerprint("age1unit"), "a b c d e f"])).unwrap();
    assert_eq!((code(&done), written(&folder.0, &root)), (1, vec![unit()]));
    assert_eq!(done.unmatched, ["a b c d e f"]);
}

#[test]
fn the_same_keys_under_two_items_need_their_words_twice() {
    let items = [person("Sam", "area-1", "aic"), person("Mallory", "area-2", "aic")];
    let (folder, root) = stick(&items);
    let words = fingerprint("age1person", "key");
    let once = root::sign(&signing(&folder.0, &[&words])).unwrap();
    assert_eq!((code(&once), written(&folder.0, &root)), (1, vec![]));
    let twice = root::sign(&signing(&folder.0, &[&words, &words])).unwrap();
    assert_eq!((code(&twice), written(&folder.0, &root)), (0, items.to_vec()));
}

#[test]
fn the_root_signs_co_ordinators_and_units_only() {
    for role in ["manager", "administrator", "Area Intelligence Co-ordinator", "", "AIC"] {
        let (folder, root) = stick(&[person("Sam", "area-1", role)]);
        let done = root::sign(&signing(&folder.0, &[&fingerprint("age1person", "key")])).unwrap();
        assert_eq!((code(&done), written(&folder.0, &root)), (1, vec![]), "{role}");
    }
}

#[test]
fn what_is_not_for_this_root_or_hides_something_is_unreadable() {
    let (folder, _) = stick(&[unit()]);
    let told = |change: &dyn Fn(&mut Signing)| {
        let mut with = signing(&folder.0, &[&unit_fingerprint("age1unit")]);
        change(&mut with);
        let why = root::sign(&with).unwrap_err();
        assert!(why.code == 2 && !folder.0.join("signed.json").exists());
        why.sentence
    };
    assert!(told(&|with| with.name = "other/root".into()).contains("another root"));
    root::key(&folder.0.join("other.key"), ROOT_NAME).unwrap();
    assert!(told(&|with| with.key = folder.0.join("other.key")).contains("another root"));
    fs::set_permissions(folder.0.join("other.key"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(told(&|with| with.key = folder.0.join("other.key")).contains("chmod go-rwx"));
    let request = fs::read_to_string(folder.0.join("request.json")).unwrap();
    for (from, to) in [
        (r#"{\"area\""#, r#"{\"area\":\"area-2\",\"area\""#),
        (r#"\"code\""#, r#" \"code\""#),
        ("root-request/v1", "root-request/v2"),
        ("\"items\"", "\"more\":1,\"items\""),
        ("\"unit\"", "\"approve\""),
        ("\"unit\"", "\"undertaking\""),
    ] {
        assert!(request.contains(from), "{request}");
        fs::write(folder.0.join("request.json"), request.replacen(from, to, 1)).unwrap();
        assert!(told(&|_| ()).contains("request.json"), "{to}");
    }
}

#[test]
fn a_name_cannot_paint_over_the_screen() {
    let (folder, _) = stick(&[person("Sam\u{1b}[2J\u{202e}\r", "area-1", "aic")]);
    let done = root::sign(&signing(&folder.0, &[])).unwrap();
    assert_eq!(done.items[0].name, "Sam\u{fffd}[2J\u{fffd}\u{fffd}");
}
