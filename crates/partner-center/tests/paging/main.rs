//! Pages over the wire: what is asked for, in what order, how often, and what is never asked for.

#![expect(clippy::unwrap_used, reason = "a set-up that fails fails the test")]

mod commercial;
mod continuation;
mod customers;
mod emulated;
mod links;
mod support;
