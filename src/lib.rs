//! disclosure-portal: lawful release of custody photographs and intelligence to business crime reduction partnerships.
//!
//! The rooms, from the ground up; arrows point down only (proved by `tests/it/tidy.rs`):
//! [`domain`] the rules · `ledger` tamper evidence · `sealing` a photograph becomes one recipient's sealed copy ·
//! [`store`] the only room that knows SQL · [`actions`] one function per thing a person can do · [`web`] HTTP in, page out ·
//! `cli` operator commands. [`clock`], [`config`] and [`telemetry`] are leaves.

pub use portal_domain as domain;

pub mod actions;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod ledger;
pub mod sealing;
pub mod store;
pub mod telemetry;
pub mod web;
