//! Paging over the wire: which pages are requested, in what order, and how often.

#![expect(clippy::unwrap_used, reason = "a set-up that fails fails the test")]

mod commercial;
mod continuation;
mod customers;
mod emulated;
mod links;
mod support;
