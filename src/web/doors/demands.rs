//! Demands for surrender or destruction, and confirmations (K8.2).

use crate::web::door::Door;

pub(super) const DOORS: &[Door] = &[];
