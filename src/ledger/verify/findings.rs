//! What was found so far. Bounded: a directory of garbage must not fill the memory with complaints.
//!
//! Absent on purpose: deciding what is a failure. Proved by the test below.

/// How many failures, and how many warnings, are kept in words; the rest is counted.
const KEPT: usize = 100;

#[derive(Debug, Default)]
pub(crate) struct Findings {
    failures: Vec<String>,
    warnings: Vec<String>,
    more_failures: u64,
    more_warnings: u64,
    pub(crate) first_bad: Option<u64>,
}

impl Findings {
    /// A failure, with the first entry it is about if that is known.
    pub(crate) fn fail(&mut self, index: Option<u64>, words: String) {
        self.first_bad = [self.first_bad, index].into_iter().flatten().min();
        if self.failures.len() < KEPT {
            self.failures.push(words);
        } else {
            self.more_failures += 1;
        }
    }

    pub(crate) fn warn(&mut self, words: String) {
        if self.warnings.len() < KEPT {
            self.warnings.push(words);
        } else {
            self.more_warnings += 1;
        }
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.first_bad = [self.first_bad, other.first_bad].into_iter().flatten().min();
        self.more_failures += other.more_failures;
        self.more_warnings += other.more_warnings;
        other.failures.into_iter().for_each(|words| self.fail(None, words));
        other.warnings.into_iter().for_each(|words| self.warn(words));
    }

    /// Failures and warnings, with how many more there were.
    pub(crate) fn into_words(mut self) -> (Vec<String>, Vec<String>) {
        if self.more_failures > 0 {
            self.failures.push(format!("and {} more failures", self.more_failures));
        }
        if self.more_warnings > 0 {
            self.warnings.push(format!("and {} more warnings", self.more_warnings));
        }
        (self.failures, self.warnings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_the_first_bad_entry_kept() {
        let (mut one, mut two) = (Findings::default(), Findings::default());
        for index in (0..150).rev() {
            one.fail(Some(index + 7), format!("{index}"));
            two.warn(String::new());
        }
        two.fail(None, "last".into());
        two.join(one);
        assert_eq!(two.first_bad, Some(7));
        let (failures, warnings) = two.into_words();
        assert_eq!(failures.len(), 101);
        assert_eq!(failures.last().unwrap(), "and 51 more failures");
        assert_eq!(warnings.last().unwrap(), "and 50 more warnings");
    }
}
