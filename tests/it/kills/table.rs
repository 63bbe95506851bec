//! What all kills together did and found, as a table.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use super::judge::Found;
use super::strike::{Blow, Strike};
use crate::harness::server::Backend;

/// Kills of one sort.
#[derive(Default)]
struct Line {
    kills: usize,
    healed: Duration,
    /// What was at hand, by name.
    cut: BTreeMap<&'static str, usize>,
}

/// All of one test.
pub(super) struct Table {
    backend: Backend,
    lines: BTreeMap<&'static str, Line>,
    pub(super) acknowledged: usize,
    lost: BTreeSet<String>,
    doubled: BTreeSet<String>,
    unacknowledged: usize,
    pub(super) views: usize,
    heads: usize,
    destroyed: usize,
    pub(super) corrected: usize,
    refused: usize,
    away: usize,
    portals: usize,
    seen: BTreeSet<String>,
    /// Everything that may not be.
    pub(super) faults: Vec<String>,
}

impl Table {
    pub(super) fn new(backend: Backend) -> Self {
        let (lines, faults) = (BTreeMap::new(), Vec::new());
        Self {
            backend,
            lines,
            acknowledged: 0,
            lost: BTreeSet::new(),
            doubled: BTreeSet::new(),
            unacknowledged: 0,
            views: 0,
            heads: 0,
            destroyed: 0,
            corrected: 0,
            refused: 0,
            away: 0,
            portals: 0,
            seen: BTreeSet::new(),
            faults,
        }
    }

    /// After a kill.
    pub(super) fn add(&mut self, what: Strike, blow: &Blow, found: &Found) {
        let line = self.lines.entry(what.name()).or_default();
        line.kills += 1;
        line.healed = line.healed.max(blow.healed.unwrap_or_default());
        for name in &blow.cut {
            *line.cut.entry(name).or_default() += 1;
        }
        self.note(&format!("after a kill, {what:?}"), found);
        // What is wrong is told at once: a long run is not waited for.
        assert!(self.faults.len() < 200, "{:#?}", self.faults);
    }

    /// Every fault once, by when it was seen first.
    fn note(&mut self, when: &str, found: &Found) {
        let new = found.faults().into_iter().filter(|why| self.seen.insert((*why).clone()));
        self.faults.extend(new.map(|why| format!("{when}: {why}")));
        self.lost.extend(found.lost.iter().cloned());
        self.doubled.extend(found.doubled.iter().cloned());
    }

    /// How often an act of this name was at hand in what was killed.
    pub(super) fn cut(&self, name: &str) -> usize {
        self.lines.values().filter_map(|line| line.cut.get(name)).sum()
    }

    /// After the last kill of one portal: its counts go into the sums.
    pub(super) fn ends(&mut self, found: &Found) {
        self.note("at the end", found);
        self.portals += 1;
        self.acknowledged += found.acknowledged;
        self.unacknowledged += found.unacknowledged;
        self.views += found.views;
        self.heads += found.heads;
        self.destroyed += found.destroyed;
        self.corrected += found.corrected;
        self.refused += found.refused;
        self.away += found.away;
    }

    /// Past the capture of the tests, so that a long run shows its figures.
    pub(super) fn tell(&self) {
        let mut text = String::new();
        let kills: usize = self.lines.values().map(|line| line.kills).sum();
        let backend = if self.backend == Backend::Server { "PostgreSQL, two instances" } else { "SQLite" };
        writeln!(text, "\n{backend}: {kills} kills on {} portals", self.portals).unwrap();
        for (name, line) in &self.lines {
            let cut: Vec<String> = line.cut.iter().map(|(name, n)| format!("{name} {n}")).collect();
            write!(text, "  {:>4} x {name:<14} in the midst of: {}", line.kills, cut.join(", ")).unwrap();
            if !line.healed.is_zero() {
                write!(text, "; acknowledges again within {:.1} s", line.healed.as_secs_f64()).unwrap();
            }
            text.push('\n');
        }
        let rows = [
            ("acknowledged", self.acknowledged),
            ("lost", self.lost.len()),
            ("doubled", self.doubled.len()),
            ("stored, not acknowledged", self.unacknowledged),
            ("refused by a rule", self.refused),
            ("unavailable", self.away),
            ("views in the log", self.views),
            ("copies destroyed", self.destroyed),
            ("corrections of words", self.corrected),
            ("signed heads compared", self.heads),
            ("other faults", self.faults.len()),
        ];
        for (name, n) in rows {
            writeln!(text, "  {n:>7} {name}").unwrap();
        }
        std::io::stderr().write_all(text.as_bytes()).unwrap();
    }
}
