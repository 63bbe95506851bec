//! Every root that the log has signed, from wherever: the newest checkpoint, older ones, receipts, the auditor's state. Each must
//! be the root over that many entries, so each is looked up as the tree passes its size.
//!
//! Absent on purpose: reading entries. Proved by `tests/it/ledger.rs` (rollback, split view, older checkpoints, receipts).

use std::collections::BTreeMap;
use std::path::Path;

use super::Unreadable;
use super::files::{self, Read};
use super::findings::Findings;
use crate::ledger::checkpoint::{Checkpoint, LogVerifier};
use crate::ledger::tree::Hash;
use crate::ledger::{layout, proof};

enum Source {
    Newest,
    Older(String),
    Receipt(String),
    Accepted,
}

pub(crate) struct Claims {
    by_size: BTreeMap<u64, Vec<(Hash, Source)>>,
    receipts: BTreeMap<u64, Vec<String>>,
    /// The largest size at which a signed root was met: everything below it is as it was signed.
    sound_below: u64,
    pub(crate) older: u64,
    pub(crate) accepted: u64,
}

impl Claims {
    pub(crate) fn gather(
        dir: &Path,
        log: &LogVerifier,
        last: &Checkpoint,
        accepted: &[Checkpoint],
        findings: &mut Findings,
    ) -> Result<Self, Unreadable> {
        let mut claims =
            Self { by_size: BTreeMap::new(), receipts: BTreeMap::new(), sound_below: 0, older: 0, accepted: 0 };
        claims.add(last, last, Source::Newest, findings);
        for checkpoint in accepted {
            claims.add(checkpoint, last, Source::Accepted, findings);
        }
        for name in files::names(&dir.join(layout::CHECKPOINTS))? {
            let name = format!("{}/{name}", layout::CHECKPOINTS);
            match text(dir, &name)?.and_then(|note| log.open(&note).map_err(|error| error.to_string())) {
                Ok(checkpoint) => claims.add(&checkpoint, last, Source::Older(name), findings),
                Err(why) => findings.fail(None, format!("{name}: {why}")),
            }
        }
        for name in files::names(&dir.join(layout::RECEIPTS))? {
            let path = format!("{}/{name}", layout::RECEIPTS);
            if name.ends_with(layout::RECEIPT_END) {
                claims.receipt(dir, log, last, path, findings)?;
            } else {
                findings.warn(format!("{path}: not a receipt (*{}); it was not looked at", layout::RECEIPT_END));
            }
        }
        Ok(claims)
    }

    fn receipt(
        &mut self,
        dir: &Path,
        log: &LogVerifier,
        last: &Checkpoint,
        path: String,
        findings: &mut Findings,
    ) -> Result<(), Unreadable> {
        let opened = text(dir, &path)?.and_then(|text| {
            let receipt = proof::parse(&text).map_err(|error| error.to_string())?;
            let checkpoint = log.open(&receipt.note).map_err(|error| error.to_string())?;
            Ok((receipt.index, checkpoint))
        });
        match opened {
            Ok((index, checkpoint)) => {
                if index >= last.size() {
                    let size = last.size();
                    findings.fail(
                        Some(size),
                        format!("{path}: proves entry {index}, but the export ends at {size} entries"),
                    );
                }
                self.receipts.entry(index).or_default().push(path.clone());
                self.add(&checkpoint, last, Source::Receipt(path), findings);
            }
            Err(why) => findings.fail(None, format!("{path}: {why}")),
        }
        Ok(())
    }

    fn add(&mut self, checkpoint: &Checkpoint, last: &Checkpoint, source: Source, findings: &mut Findings) {
        let (signed, size) = (checkpoint.size(), last.size());
        if signed > size {
            let cut =
                format!("the log signed {signed} entries before, and now shows only {size}: entries were cut off");
            findings.fail(
                Some(size),
                match source {
                    Source::Accepted => {
                        format!("ROLLBACK: {cut}; keep the state file and this export")
                    }
                    Source::Older(name) | Source::Receipt(name) => {
                        format!("{name}: ROLLBACK: {cut}")
                    }
                    Source::Newest => cut,
                },
            );
            return;
        }
        self.by_size.entry(signed).or_default().push((checkpoint.root(), source));
    }

    /// Compares the root over the first `size` entries with every root that was signed for that size.
    pub(crate) fn meet(&mut self, size: u64, root: impl FnOnce() -> Hash, findings: &mut Findings) {
        // The common case, millions of times: nobody signed this size.
        if self.by_size.first_key_value().is_none_or(|(next, _)| *next != size) {
            return;
        }
        let Some((_, claims)) = self.by_size.pop_first() else {
            return;
        };
        let root = root();
        let between = match size.checked_sub(1) {
            Some(last) => format!("the first difference lies between entry {} and entry {last}", self.sound_below),
            None => "the empty log has only one root".to_owned(),
        };
        for (signed, source) in claims {
            let same = signed == root;
            match source {
                Source::Newest | Source::Receipt(_) if same => {}
                Source::Older(_) if same => self.older += 1,
                Source::Accepted if same => self.accepted += 1,
                other => findings.fail(Some(self.sound_below), differs(&other, size, &between)),
            }
            if same {
                self.sound_below = size;
            }
        }
    }

    /// The receipts about this entry.
    pub(crate) fn receipts_of(&mut self, index: u64) -> Vec<String> {
        if self.receipts.first_key_value().is_none_or(|(next, _)| *next != index) {
            return Vec::new();
        }
        self.receipts.pop_first().map(|(_, names)| names).unwrap_or_default()
    }
}

fn differs(source: &Source, size: u64, between: &str) -> String {
    match source {
        Source::Newest => format!(
            "the {size} entries do not give the signed root: an entry was changed, removed, inserted or moved; {between}"
        ),
        Source::Older(name) | Source::Receipt(name) => format!(
            "{name}: SPLIT VIEW: the first {size} entries do not give the root that the log signed for them; {between}"
        ),
        Source::Accepted => format!(
            "SPLIT VIEW: the first {size} entries are not those accepted before; {between}; keep the state file and this export"
        ),
    }
}

/// A small text file, or what is wrong with it.
pub(crate) fn text(dir: &Path, name: &str) -> Result<Result<String, String>, Unreadable> {
    Ok(match files::read(&dir.join(name), files::NOTE_LIMIT)? {
        Read::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned()),
        Read::Missing => Err("it is missing".to_owned()),
        Read::Unusable(why) => Err(why.to_owned()),
    })
}
