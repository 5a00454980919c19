//! Faults: what can be wrong with an answer, on which requests, and how that is written down. What a fault does to an
//! answer is in `edit`; what it does to a connection, in the server.

mod edit;
mod engine;
mod fault;
mod parse;
mod replace;
mod rule;

pub(crate) use edit::edit;
pub(crate) use engine::Engine;
pub use fault::{DateForm, ErrorAnswer, Fault, RetryAfter};
pub use parse::FaultScriptError;
pub(crate) use replace::replacement;
pub use rule::{FaultScript, Rule};
