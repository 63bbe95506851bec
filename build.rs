//! Checks, before anything is compiled, that the page scripts and styles have been made, so that the failure is a sentence.
//! Absent on purpose: running Node. `make assets` does that, once.

use std::path::Path;

fn main() {
    for watched in ["templates", "frontend/dist"] {
        println!("cargo::rerun-if-changed={watched}");
    }
    if !Path::new("frontend/dist/manifest.json").exists() {
        println!("cargo::error=frontend/dist/manifest.json is missing: run `make assets` first, then build again");
    }
}
