//! What each leaf says, and whether its opening says the same: form, time, commitment, kind, and what erasures cover.
//!
//! Absent on purpose: the tree, which is `walk`, on the other thread.
//! Proved by `tests/it/ledger.rs` (swapped bodies, missing openings, erasures, restores).

use std::borrow::Cow;
use std::path::Path;

use serde::Deserialize;

use super::findings::Findings;
use super::openings::{Opening, Openings};
use super::spans::Spans;
use super::walk::Bundle;
use super::{Span, Unreadable};
use crate::ledger::leaf::{self, View};

/// The kind whose body covers erased openings.
const ERASE: &str = "erase";
/// The kind whose body covers openings lost in a disaster.
const RESTORED: &str = "restored";

#[derive(Deserialize)]
struct Stamp<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    at: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Erased {
    erased: Vec<[u64; 2]>,
}

#[derive(Deserialize)]
struct Lost {
    #[serde(default)]
    lost: Vec<[u64; 2]>,
}

pub(crate) struct Entries {
    openings: Option<Openings>,
    pub(crate) leaves_only: bool,
    pub(crate) opened: u64,
    pub(crate) first_at: Option<String>,
    pub(crate) last_at: Option<String>,
    pub(crate) findings: Findings,
    latest: i64,
    /// Entries without an opening, and those of them that are erase records.
    missing: Spans,
    missing_erase: Spans,
    erase_records: Spans,
    says_erased: Vec<Span>,
    says_lost: Vec<Span>,
    /// Settled at the end: missing openings that are accounted for.
    pub(crate) erased: Spans,
    pub(crate) lost: Spans,
}

impl Entries {
    pub(crate) fn start(dir: &Path) -> Result<Self, Unreadable> {
        let openings = Openings::start(dir)?;
        Ok(Self {
            leaves_only: openings.is_none(),
            openings,
            opened: 0,
            first_at: None,
            last_at: None,
            findings: Findings::default(),
            latest: i64::MIN,
            missing: Spans::default(),
            missing_erase: Spans::default(),
            erase_records: Spans::default(),
            says_erased: Vec::new(),
            says_lost: Vec::new(),
            erased: Spans::default(),
            lost: Spans::default(),
        })
    }

    pub(crate) fn bundle(&mut self, bundle: &Bundle) -> Result<(), Unreadable> {
        for (index, entry) in (bundle.first..).zip(bundle.entries()) {
            self.entry(index, entry)?;
        }
        Ok(())
    }

    fn entry(&mut self, index: u64, entry: &[u8]) -> Result<(), Unreadable> {
        let leaf = View::parse(entry).map_err(|error| {
            self.findings.fail(Some(index), format!("entry {index}: {error}"));
        });
        if let Ok(leaf) = &leaf {
            self.time(index, leaf);
            if leaf.kind == ERASE {
                self.erase_records.push(index);
            }
        }
        let Some(openings) = &mut self.openings else {
            return Ok(());
        };
        let Some(opening) = openings.of(index, &mut self.findings)? else {
            self.missing.push(index);
            if leaf.is_ok_and(|leaf| leaf.kind == ERASE) {
                self.missing_erase.push(index);
            }
            return Ok(());
        };
        let Ok(leaf) = leaf else { return Ok(()) };
        match judge(&leaf, opening) {
            Ok(covers) => {
                self.opened += 1;
                self.says_erased.extend(covers.erased);
                self.says_lost.extend(covers.lost);
            }
            Err(why) => self.findings.fail(Some(index), format!("entry {index} ({}): {why}", leaf.kind)),
        }
        Ok(())
    }

    fn time(&mut self, index: u64, leaf: &View<'_>) {
        if leaf.at < self.latest {
            let before = self.last_at.as_deref().unwrap_or_default();
            let words =
                format!("entry {index}: its time {} is before {before}, the time of an earlier entry", leaf.at_text);
            self.findings.fail(Some(index), words);
            return;
        }
        // Millions of entries: the text is written anew only when the time moved.
        if leaf.at > self.latest || self.last_at.is_none() {
            self.latest = leaf.at;
            let text = self.last_at.get_or_insert_default();
            text.clear();
            text.push_str(leaf.at_text);
        }
        if self.first_at.is_none() {
            self.first_at = Some(leaf.at_text.to_owned());
        }
    }

    /// After the last entry: which missing openings are accounted for.
    pub(crate) fn settle(&mut self, size: u64) -> Result<(), Unreadable> {
        let Some(openings) = &mut self.openings else {
            self.findings.warn("no records.jsonl: only the leaves were checked, no body was looked at".to_owned());
            return Ok(());
        };
        openings.rest(size, &mut self.findings)?;
        let erased = Spans::of(std::mem::take(&mut self.says_erased));
        let lost = Spans::of(std::mem::take(&mut self.says_lost));
        for span in self.missing.minus(&erased).minus(&lost).iter() {
            let words = format!("{}: not in records.jsonl, and no erase or restored record covers them", name(span));
            self.findings.fail(Some(span.first), words);
        }
        // An erasure that could erase its own trace would be no trace.
        for span in self.missing_erase.and(&erased).minus(&lost).iter() {
            let words = format!("{}: erase records that are missing; these are never erased", name(span));
            self.findings.fail(Some(span.first), words);
        }
        // What a restore called lost stays loud, also when an erasure names it too.
        self.lost = self.missing.and(&lost);
        self.erased = self.missing.and(&erased).minus(&self.lost);
        for span in self.lost.iter() {
            self.findings
                .warn(format!("LOST: {}: their bodies were lost in a disaster, as a restored record says", name(span)));
        }
        for span in erased.minus(&self.missing).minus(&self.erase_records).iter() {
            self.findings.warn(format!("{}: logged as erased, but their bodies are still here", name(span)));
        }
        Ok(())
    }
}

fn name(span: Span) -> String {
    if span.first == span.last {
        format!("entry {}", span.first)
    } else {
        format!("entries {} to {}", span.first, span.last)
    }
}

#[derive(Default)]
struct Covers {
    erased: Vec<Span>,
    lost: Vec<Span>,
}

/// Whether the opening is the one the leaf committed to and says what the leaf says.
fn judge(leaf: &View<'_>, opening: &Opening) -> Result<Covers, String> {
    if leaf::commitment(&opening.salt, &opening.body) != leaf.commitment {
        return Err("its body or salt is not the one that was committed to: it was changed or swapped".to_owned());
    }
    let object = opening.body.trim_ascii_start().starts_with(b"{");
    let stamp: Stamp<'_> = serde_json::from_slice(&opening.body).map_err(|error| format!("its body: {error}"))?;
    if !object {
        return Err("its body is not a JSON object".to_owned());
    }
    if stamp.kind != leaf.kind || stamp.at != leaf.at_text {
        return Err(format!(
            "its body says {} at {}, its leaf {} at {}",
            stamp.kind, stamp.at, leaf.kind, leaf.at_text
        ));
    }
    let mut covers = Covers::default();
    if leaf.kind == ERASE {
        let body: Erased = serde_json::from_slice(&opening.body).map_err(|error| format!("its body: {error}"))?;
        covers.erased = below(opening.index, &body.erased)?;
    }
    if leaf.kind == RESTORED {
        let body: Lost = serde_json::from_slice(&opening.body).map_err(|error| format!("its body: {error}"))?;
        covers.lost = below(opening.index, &body.lost)?;
    }
    Ok(covers)
}

/// Spans that only speak of entries before this one.
fn below(index: u64, spans: &[[u64; 2]]) -> Result<Vec<Span>, String> {
    let span = |&[first, last]: &[u64; 2]| {
        let sound = first <= last && last < index;
        sound
            .then_some(Span { first, last })
            .ok_or_else(|| format!("its span [{first}, {last}] is not below its own index"))
    };
    spans.iter().map(span).collect()
}
