//! What may be asked of a release.

use crate::moment::Day;
use crate::release::{Considered, Request};
use crate::scheme::Footing;
use crate::urn::Urn;
use crate::words::Prose;

/// An order, with the facts its rules need as they stand inside the same transaction.
#[derive(Clone, Debug)]
pub enum Order {
    /// The co-ordinator authorises (K7.7.1).
    Authorise(Box<Case>),
    /// The co-ordinator refuses the request.
    Refuse {
        /// Why; kept (K6.4.1).
        reason: Prose,
    },
    /// The officer takes the request back.
    Withdraw {
        /// Why; kept.
        reason: Prose,
    },
    /// The co-ordinator calls every copy back (K8.2).
    Recall {
        /// Why; kept.
        reason: Prose,
    },
}

/// The whole case at the moment of authority.
#[derive(Clone, Debug)]
pub struct Case {
    /// What was asked.
    pub request: Request,
    /// Everything that would leave in words, exactly as it would; empty if there is nothing.
    pub words: String,
    /// How many photographs.
    pub photographs: usize,
    /// What the co-ordinator recorded.
    pub considered: Considered,
    /// The named recipients as they stand now (K6.2.4).
    pub recipients: Vec<Footing>,
    /// The last day of the force's data protection registration (K8.1).
    pub registration_ends: Option<Day>,
    /// The number it gets: the area's next (K8.3).
    pub urn: Urn,
}
