//! Tests.

mod web_shell;
