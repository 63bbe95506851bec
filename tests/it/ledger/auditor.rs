//! The auditor who remembers: ROLLBACK and SPLIT VIEW although everything is truly signed (P4), and cosigning.

use disclosure_portal::ledger::checkpoint::{LogKey, LogVerifier, open};
use disclosure_portal::ledger::cosignature::{Cosigner, CosignerVerifier};
use disclosure_portal::ledger::export::Contents;
use disclosure_portal::ledger::proof;
use disclosure_portal::ledger::state::{State, StateError};
use disclosure_portal::ledger::tree::consistency;
use disclosure_portal::ledger::verify::{Unreadable, render, verify};
use serde_json::json;

use super::log::{Log, Scratch};

fn verifier(log: &Log) -> LogVerifier {
    LogVerifier::new(&log.key.vkey()).unwrap()
}

/// A state that accepted these sizes of the log.
fn accepted(log: &Log, sizes: &[u64]) -> State {
    let mut state = State::empty();
    for size in sizes {
        state.accept(open(&log.note(*size), &log.key.vkey()).unwrap()).unwrap();
    }
    state
}

#[test]
fn the_auditor_accepts_a_log_that_only_grew() {
    let log = Log::of(300);
    let mut state = accepted(&log, &[0, 1, 255, 256, 300]);
    let report = log.verify_against(&log.export(), Some(&state));
    assert_eq!((report.accepted_before, report.failures), (5, vec![]));
    state.accept(report.checkpoint.unwrap()).unwrap();
    assert_eq!(state.newest().unwrap().size(), 300);
}

#[test]
fn entries_cut_off_and_signed_anew_are_a_rollback() {
    let state = accepted(&Log::of(300), &[100, 300]);
    let cut = Log::of(299);
    let report = cut.verify_against(&cut.export(), Some(&state));
    assert!(
        report.failures[0].starts_with("ROLLBACK: the log signed 300 entries before, and now shows only 299"),
        "{:?}",
        report.failures
    );
    assert!(cut.verify(&cut.export()).passed(), "without the memory nobody would notice");
}

#[test]
fn a_history_rewritten_with_the_true_key_is_a_split_view() {
    let state = accepted(&Log::of(300), &[100, 200, 300]);
    let mut forked = Log::of(150);
    forked.push("view", &json!({ "actor": "somebody else" }));
    (0..160).for_each(|_| forked.view());
    assert!(forked.verify(&forked.export()).passed());
    let report = forked.verify_against(&forked.export(), Some(&state));
    let why = report.failures.join("\n");
    assert!(why.contains("SPLIT VIEW: the first 200 entries are not those accepted before"), "{why}");
    assert!(why.contains("between entry 100 and entry 199"), "{why}");
    assert_eq!((report.accepted_before, report.first_bad), (1, Some(100)));
    assert!(render(&report).ends_with("NOT PASSED   the first doubtful entry is 100. Keep these files as they are.\n"));
    // The same at one and the same size.
    let mut forked = Log::of(299);
    forked.push("view", &json!({}));
    assert!(forked.verify_against(&forked.export(), Some(&state)).failures[0].contains("SPLIT VIEW"));
}

#[test]
fn the_state_file_is_kept_whole_and_never_invented() {
    let (log, dir) = (Log::of(30), Scratch::new());
    let path = dir.path("state.jsonl");
    assert!(matches!(State::load(&path, &verifier(&log)), Err(StateError::File { .. })));
    std::fs::create_dir_all(&dir.0).unwrap();
    let state = accepted(&log, &[3, 30]);
    state.save(&path).unwrap();
    state.save(&path).unwrap();
    assert_eq!(State::load(&path, &verifier(&log)).unwrap(), state);
    assert_eq!(dir.files(), ["state.jsonl"], "nothing is left beside it");
    dir.write("state.jsonl", dir.text("state.jsonl").replacen("\\n30\\n", "\\n31\\n", 1));
    assert!(State::load(&path, &verifier(&log)).unwrap_err().to_string().starts_with("line 2 of the state file"));
}

#[test]
fn a_state_of_another_log_is_not_mixed_up() {
    let log = Log::of(3);
    let other = LogKey::from_seed("portal.example/log/2", &[1; 32]).unwrap();
    let mut state = State::empty();
    state.accept(open(&other.sign(3, log.root(3)).unwrap(), &other.vkey()).unwrap()).unwrap();
    let refused = verify(&log.export().0, &log.key.vkey(), Some(&state));
    assert!(matches!(refused, Err(Unreadable::OtherLog { .. })));
}

#[test]
fn the_auditor_cosigns_and_the_cosigned_checkpoint_still_verifies() {
    let log = Log::of(40);
    let mut state = accepted(&log, &[25]);
    let update = proof::make_update(25, &consistency(25, 40, &log.stored).unwrap(), &log.note(40));
    let checkpoint = state.advance(&update, &verifier(&log)).unwrap();
    let dpu = Cosigner::from_seed("dpu.example", &[9; 32]).unwrap();
    let note = format!("{}{}", checkpoint.note(), dpu.cosign(&checkpoint, 1_795_284_060).unwrap());
    assert_eq!(CosignerVerifier::new(&dpu.vkey()).unwrap().verify(&note), Ok(1_795_284_060));
    let dir = Scratch::new();
    let finished = log.export_with(&dir.0, Contents::Full, |writer| {
        writer.checkpoint(&log.note(25)).unwrap();
    });
    assert_eq!(finished.alarm, None);
    dir.write("checkpoint", &note);
    let report = log.verify_against(&dir, Some(&state));
    assert_eq!((report.failures, report.accepted_before, report.older_checkpoints), (vec![], 2, 1));
}
