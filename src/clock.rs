//! The one place that reads the clock and draws randomness.
//!
//! The demo's clock can be moved by a file (DESIGN §10): decimal milliseconds, added at every reading; missing or empty is 0.
//! Absent on purpose: any way to move TLS or one-time codes, which use [`Clock::real`].

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::domain::moment::Moment;

/// A clock, cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    /// The demo's: the system's plus what the file says.
    Moved(PathBuf),
    /// A test's: stands still until told.
    Manual(AtomicI64),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// The system's clock plus the milliseconds in `file`.
    pub fn moved_by(file: PathBuf) -> Self {
        Self(Arc::new(Kind::Moved(file)))
    }

    /// A clock that stands at `at` until [`Clock::set`].
    pub fn manual(at: Moment) -> Self {
        Self(Arc::new(Kind::Manual(AtomicI64::new(at.millis()))))
    }

    /// Sets a manual clock; nothing happens to the others.
    pub fn set(&self, at: Moment) {
        if let Kind::Manual(ms) = &*self.0 {
            ms.store(at.millis(), Ordering::SeqCst);
        }
    }

    /// The portal's time now.
    pub fn now(&self) -> Moment {
        match &*self.0 {
            Kind::System => Self::real(),
            Kind::Moved(file) => Self::real().plus_millis(offset(file)),
            Kind::Manual(ms) => Moment::from_millis(ms.load(Ordering::SeqCst)),
        }
    }

    /// The machine's own time, for one-time codes and certificates.
    #[expect(clippy::disallowed_methods, reason = "the one reading of the system clock")]
    pub fn real() -> Moment {
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Moment::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
    }
}

/// What the file says; an unreadable or foreign text counts as 0, so that a half-written file cannot stop the portal.
fn offset(file: &std::path::Path) -> i64 {
    std::fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}

/// Random bytes from the system's generator.
///
/// # Panics
/// Never in practice: aws-lc's generator aborts the process rather than fail; should it ever answer an error, going on
/// with weak keys would be worse than stopping.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "weak randomness must stop the portal")]
    aws_lc_rs::rand::fill(&mut bytes).expect("the system's random generator answers");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_moves_the_clock_at_every_reading_and_rubbish_counts_as_nothing() {
        let file = std::env::temp_dir().join(format!("clock-{}", hex::encode(random::<8>())));
        let clock = Clock::moved_by(file.clone());
        let drift = |clock: &Clock| clock.now().millis() - Clock::real().millis();
        assert!(drift(&clock).abs() < 5_000);
        for (text, expected) in [("86400000\n", 86_400_000), ("-5000000", -5_000_000), ("", 0), ("soon", 0)] {
            std::fs::write(&file, text).unwrap();
            assert!((drift(&clock) - expected).abs() < 5_000, "{text}");
        }
        std::fs::remove_file(file).unwrap();
    }
}
