//! A report in plain words, for the terminal and for the auditor's file.
//!
//! Absent on purpose: any judgement of its own. Proved by the test below and the stories of `tests/it/ledger.rs`.

use std::fmt::Write as _;

use super::{Report, Span};

/// How many spans are listed one by one.
const LISTED: usize = 20;

/// The report as a few lines of text, ended by the one that counts.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "log          {}", report.origin)?;
    if report.checkpoint.is_some() {
        checked(report, out)?;
    }
    for warning in &report.warnings {
        writeln!(out, "WARNING      {warning}")?;
    }
    for failure in &report.failures {
        writeln!(out, "FAILED       {failure}")?;
    }
    if report.passed() {
        return writeln!(out, "PASSED       every check on {} entries", report.size);
    }
    match report.first_bad {
        Some(index) => writeln!(out, "NOT PASSED   the first doubtful entry is {index}. Keep these files as they are."),
        None => writeln!(out, "NOT PASSED   keep these files as they are."),
    }
}

fn checked(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, "checkpoint   {} entries, root {}", report.size, report.root)?;
    if let (Some(first), Some(last)) = (&report.first_at, &report.last_at) {
        writeln!(out, "times        {first} to {last}")?;
    }
    if report.leaves_only {
        writeln!(out, "bodies       not in this export (leaves only)")?;
    } else {
        writeln!(out, "bodies       {} opened and right", report.opened)?;
    }
    spans("erased", &report.erased, out)?;
    spans("LOST", &report.lost, out)?;
    for (count, what) in [
        (report.older_checkpoints, "older checkpoints, each a prefix of the newest"),
        (report.receipts, "receipts that hold"),
        (report.hash_tiles, "hash tiles that match"),
        (report.accepted_before, "checkpoints accepted before, each a prefix of the newest"),
    ] {
        if count > 0 {
            writeln!(out, "also         {count} {what}")?;
        }
    }
    Ok(())
}

fn spans(title: &str, spans: &[Span], out: &mut String) -> std::fmt::Result {
    if spans.is_empty() {
        return Ok(());
    }
    let total: u64 = spans.iter().map(|span| span.last - span.first + 1).sum();
    let listed: Vec<String> = spans.iter().take(LISTED).map(|span| format!("{}-{}", span.first, span.last)).collect();
    let more = spans.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more spans") } else { String::new() };
    writeln!(out, "{title:<12} {total} entries, covered by the log: {}{more}", listed.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::checkpoint::{LogKey, open};
    use crate::ledger::tree::Hash;

    #[test]
    fn the_last_line_tells_passed_from_not_passed() {
        let key = LogKey::from_seed("log.example", &[1; 32]).unwrap();
        let note = key.sign(40, Hash([1; 32])).unwrap();
        let mut report = Report {
            origin: "log.example".into(),
            size: 40,
            root: "R".into(),
            leaves_only: false,
            opened: 30,
            erased: (0..25).map(|n| Span { first: n * 10, last: n * 10 + 1 }).collect(),
            lost: vec![Span { first: 9, last: 9 }],
            older_checkpoints: 2,
            receipts: 0,
            hash_tiles: 0,
            accepted_before: 1,
            first_at: Some("A".into()),
            last_at: Some("B".into()),
            first_bad: None,
            failures: vec![],
            warnings: vec!["see this".into()],
            checkpoint: Some(open(&note, &key.vkey()).unwrap()),
        };
        let text = render(&report);
        assert!(text.ends_with("PASSED       every check on 40 entries\n"), "{text}");
        for words in
            ["50 entries", "and 5 more spans", "LOST         1 entries", "WARNING      see this", "2 older", "A to B"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        report.failures.push("it is wrong".into());
        report.first_bad = Some(3);
        let text = render(&report);
        assert!(
            text.contains("FAILED       it is wrong") && text.contains("\nNOT PASSED   the first doubtful entry is 3."),
            "{text}"
        );
        report.checkpoint = None;
        assert!(!render(&report).contains("40 entries, root"));
    }
}
