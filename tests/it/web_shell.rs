//! The web shell: what holds for every door, whatever its page.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail the test; clippy lets only the tests themselves"
)]

mod bodies;
mod doors;
mod entry;
mod pages;
mod stage;
mod tls;
