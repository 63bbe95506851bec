//! The book of figures: each is entered with what it counts and when to be alarmed, so that the printed table can miss none.

use std::fmt;

use prometheus_client::encoding::{EncodeMetric, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

/// The media type of [`Book::text`].
pub const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// One figure, as `docs/METRICS.md` has it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// As a collector reads it.
    pub name: &'static str,
    /// `counter`, `gauge` or `histogram`.
    pub kind: &'static str,
    /// The labels and the words they may hold.
    pub labels: &'static str,
    /// What one is: `seconds`, `acts`, …
    pub unit: &'static str,
    /// What it says.
    pub words: &'static str,
    /// When to be alarmed; empty: never by this alone.
    pub alarm: &'static str,
}

/// All figures of one process.
#[derive(Debug, Default)]
pub struct Book {
    registry: Registry,
    entries: Vec<Entry>,
}

impl Book {
    /// Enters a figure: name, labels, unit, words, alarm.
    pub(super) fn enter(
        &mut self,
        about: [&'static str; 5],
        metric: impl EncodeMetric + fmt::Debug + Send + Sync + 'static,
    ) {
        let [name, labels, unit, words, alarm] = about;
        let kind = match metric.metric_type() {
            MetricType::Counter => "counter",
            MetricType::Gauge => "gauge",
            MetricType::Histogram => "histogram",
            _ => "",
        };
        self.entries.push(Entry { name, kind, labels, unit, words, alarm });
        // The encoder puts a counter's ending on.
        self.registry.register(name.trim_end_matches("_total"), words, metric);
    }

    /// Every figure there is.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All of them as text, for a collector.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
