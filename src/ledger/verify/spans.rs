//! Sets of entries as spans: what is missing, what covers it, what remains.
//!
//! Absent on purpose: one number for each entry; ten million missing openings in a row are one span.
//! Proved by the property test below against plain sets.

use super::Span;

/// Sorted, separate, not touching.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Spans(Vec<Span>);

impl Spans {
    /// Adds an entry above all there so far.
    pub(crate) fn push(&mut self, index: u64) {
        match self.0.last_mut() {
            Some(span) if span.last.checked_add(1) == Some(index) => span.last = index,
            _ => self.0.push(Span { first: index, last: index }),
        }
    }

    /// Puts any spans in order.
    pub(crate) fn of(mut spans: Vec<Span>) -> Self {
        spans.retain(|span| span.first <= span.last);
        spans.sort_unstable_by_key(|span| span.first);
        let mut out: Vec<Span> = Vec::with_capacity(spans.len());
        for span in spans {
            match out.last_mut() {
                Some(before) if span.first <= before.last.saturating_add(1) => {
                    before.last = before.last.max(span.last);
                }
                _ => out.push(span),
            }
        }
        Self(out)
    }

    /// What is here and not in `other`.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut out = Vec::new();
        let mut cuts = other.0.iter().peekable();
        for span in &self.0 {
            let mut first = span.first;
            loop {
                while cuts.peek().is_some_and(|cut| cut.last < first) {
                    cuts.next();
                }
                let Some(cut) = cuts.peek().filter(|cut| cut.first <= span.last) else {
                    out.push(Span { first, last: span.last });
                    break;
                };
                if cut.first > first {
                    out.push(Span { first, last: cut.first - 1 });
                }
                if cut.last >= span.last {
                    break;
                }
                first = cut.last + 1;
            }
        }
        Self(out)
    }

    /// What is in both.
    pub(crate) fn and(&self, other: &Self) -> Self {
        self.minus(&self.minus(other))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Span> {
        self.0.iter().copied()
    }

    pub(crate) fn into_spans(self) -> Vec<Span> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(spans: &Spans) -> BTreeSet<u64> {
        spans.iter().flat_map(|span| span.first..=span.last).collect()
    }

    fn from(set: &BTreeSet<u64>) -> Spans {
        let mut spans = Spans::default();
        for index in set {
            spans.push(*index);
        }
        spans
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn spans_are_sets(a in proptest::collection::btree_set(0..40_u64, 0..25), b in proptest::collection::vec((0..40_u64, 0..40_u64), 0..8)) {
            let b = Spans::of(b.into_iter().map(|(first, last)| Span { first, last }).collect());
            let (spans, other) = (from(&a), set(&b));
            prop_assert_eq!(&set(&spans), &a);
            prop_assert_eq!(from(&other), b.clone());
            prop_assert_eq!(spans.minus(&b), from(&a.difference(&other).copied().collect()));
            prop_assert_eq!(spans.and(&b), from(&a.intersection(&other).copied().collect()));
        }
    }

    #[test]
    fn the_ends_of_the_numbers_do_not_overflow() {
        let all = Spans::of(vec![Span { first: 0, last: u64::MAX }, Span { first: 5, last: u64::MAX }]);
        assert_eq!(all.minus(&all), Spans::default());
        let mut one = Spans::default();
        one.push(u64::MAX);
        one.push(u64::MAX);
        assert_eq!(one.and(&all).iter().next(), Some(Span { first: u64::MAX, last: u64::MAX }));
    }
}
