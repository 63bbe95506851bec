//! Documents that a test prints. Shared with the tests inside the crate, which see what the types say of themselves.
//!
//! Promise: a document is as the code says or the test fails. Absent on purpose: a switch that only overwrites.

use std::path::Path;

/// Compares a printed document with the committed one. A difference is written, so that it can be read and committed, and
/// fails the test.
pub(crate) fn printed(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    if committed != text {
        std::fs::write(&file, text).unwrap();
        panic!("{name} was not what the code says; it has been written anew: read `git diff {name}`, then commit it");
    }
}
