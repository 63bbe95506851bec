//! A stranger's verifier, written in Go on the Go project's own `sumdb` packages, judges our exports (P5, P8).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use disclosure_portal::ledger::export::Contents;
use serde_json::json;

use super::log::{Log, Scratch};

const NEEDED: &str = "the cross-check with Go needs the Debian packages golang-go and golang-golang-x-mod-dev: \
                      apt-get install golang-go golang-golang-x-mod-dev";

/// The program, built once from tests/go/logcheck/main.go against Debian's packages.
static LOGCHECK: LazyLock<PathBuf> = LazyLock::new(|| {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = scratch.join("logcheck");
    let built = Command::new("go")
        .args(["build", "-o"])
        .arg(&program)
        .arg("main.go")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go/logcheck"))
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOCACHE", scratch.join("go-cache"))
        .env("GOFLAGS", "")
        .output();
    let built = built.unwrap_or_else(|error| panic!("go did not start ({error}): {NEEDED}"));
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(built.status.success(), "go could not build the check: {said}\n{NEEDED}");
    program
});

/// The program's exit code over an export.
pub(crate) fn logcheck(dir: &Path, vkey: &str) -> i32 {
    let status = Command::new(&*LOGCHECK).args(["-vkey", vkey, "-dir"]).arg(dir).status().unwrap();
    status.code().unwrap()
}

fn judged(dir: &Scratch, vkey: &str) -> (i32, String) {
    let Output { status, stdout, .. } =
        Command::new(&*LOGCHECK).args(["-vkey", vkey, "-dir"]).arg(&dir.0).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap())
}

#[test]
fn go_accepts_what_we_export_and_refuses_what_was_changed() {
    let mut log = Log::of(700);
    (10..20).for_each(|index| log.entries[index].erased = true);
    log.push("erase", &json!({ "erased": [[10, 19]], "reason": "retention" }));
    let (dir, vkey) = (log.full_export(), log.key.vkey());
    let (code, said) = judged(&dir, &vkey);
    assert_eq!(code, 0, "{said}");
    let root = log.root(701);
    let expected = format!(
        "PASSED: portal.example/log/1, 701 entries, root {root}; 3 older checkpoints, 2 receipts, 691 bodies right, 10 erased, 0 LOST\n"
    );
    assert_eq!(said, expected);
    assert!(log.verify(&dir).passed());
    // In the middle of each file: a leaf, a body, a signature, a hash of a receipt.
    for name in dir.files() {
        let good = dir.read(&name);
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        dir.write(&name, bad);
        let (code, said) = judged(&dir, &vkey);
        assert!(code == 1 && said.starts_with("FAILED: ") && said.lines().count() == 1, "{name}: {code} {said}");
        dir.write(&name, good);
    }
    assert_eq!(judged(&dir, &vkey).0, 0);
}

#[test]
fn go_agrees_on_the_sizes_around_a_bundle_and_on_the_empty_log() {
    for size in [0, 1, 2, 255, 256, 257] {
        let log = Log::of(size);
        let (code, said) = judged(&log.export(), &log.key.vkey());
        assert!(code == 0 && said.contains(&format!("{size} entries")), "{size}: {said}");
    }
    let (log, dir) = (Log::of(20), Scratch::new());
    assert_eq!(log.export_with(&dir.0, Contents::LeavesOnly, |_| ()).alarm, None);
    assert!(judged(&dir, &log.key.vkey()).1.contains("leaves only"));
}

#[test]
fn go_agrees_on_missing_openings_rollback_and_split_view() {
    let mut log = Log::of(30);
    log.entries[4].erased = true;
    let (code, said) = judged(&log.export(), &log.key.vkey());
    assert!(code == 1 && said.contains("entry 4 has no opening"), "{said}");
    let log = Log::of(30);
    let mut forked = Log::of(12);
    forked.push("view", &json!({}));
    (0..25).for_each(|_| forked.view());
    for (note, words) in [(forked.note(20), "SPLIT VIEW"), (forked.note(35), "ROLLBACK")] {
        let dir = log.export();
        dir.write("checkpoints/older", note);
        let (code, said) = judged(&dir, &log.key.vkey());
        assert!(code == 1 && said.contains(words), "{said}");
    }
}

#[test]
fn go_tells_unreadable_from_false() {
    let log = Log::of(3);
    assert_eq!(judged(&Scratch::new(), &log.key.vkey()).0, 2);
    assert_eq!(judged(&log.export(), "portal.example").0, 2);
}
