//! Raw requests over the wire: like any call, to nowhere but the base URL, and in pages.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod pages;
mod refusals;
