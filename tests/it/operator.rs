//! What the people who run the portal see of it, and what it does when something it needs is away.

mod away;
mod lines;
mod listener;
mod metrics;
mod ready;
mod stop;
