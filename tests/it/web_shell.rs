//! The web shell: what holds for every door, whatever its page.

mod bodies;
mod doors;
mod entry;
mod pages;
mod police;
pub(crate) mod stage;
mod tls;
