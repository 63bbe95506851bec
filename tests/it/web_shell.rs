//! The web shell: what holds for every door, whatever its page.

mod pages;
mod stage;
