//! Retention, legal hold and disposal (K9.1).

use crate::web::door::Door;

pub(super) const DOORS: &[Door] = &[];
