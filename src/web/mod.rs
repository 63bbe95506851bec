//! HTTP in, page out. Decides nothing: each door asks one action and shows what it answered.
//!
//! Promises: no route outside [`doors`]; every answer, also of a failure, carries every security header; no state changes but
//! by a POST that proved to come from our own page. Absent on purpose: SQL, rules, a clock of its own, HTTP/2.
//! Proved by `tests/it/web_shell.rs` (all of it) and the unit tests beside each file.
//!
//! The way of a request: [`app`] (find the door) → [`guard`] (host, origin, token) → [`cookie`] (who) → [`posted`] (body)
//! → handler → [`answer`] (status, page or JSON) → [`headers`].

pub mod account;
pub mod answer;
pub mod app;
pub mod assets;
pub mod bulletin;
pub mod bulletins;
pub mod cookie;
pub mod desk;
mod device;
pub mod door;
pub mod doors;
pub mod enrol;
pub mod frame;
pub mod fresh;
pub mod guard;
pub mod headers;
pub mod log;
pub mod log_check;
pub mod messages;
pub mod multipart;
pub mod operator;
pub mod page;
pub mod parts;
pub mod passkey;
pub mod plain;
pub mod police;
pub mod posted;
pub mod probe;
pub mod problem;
pub mod recover;
pub mod report;
pub mod serve;
pub mod sheets;
pub mod sign_in;
pub mod statements;
pub mod surrender;
pub mod tls;
pub mod undertaking;
pub mod visit;
pub mod visits;

pub use answer::Answer;
pub use desk::Desk;
pub use page::Page;
pub use visit::Visit;
