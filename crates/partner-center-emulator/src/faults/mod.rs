//! Injected faults, the rules that select requests for them, and the syntax of fault scripts. Faults that replace a
//! response are applied in `replace`, those that change one in `edit`, and those of the connection in `server`.

mod edit;
mod engine;
mod fault;
mod parse;
mod replace;
mod rule;

pub(crate) use edit::edit;
pub(crate) use engine::Engine;
pub use fault::{DateForm, ErrorResponse, Fault, RetryAfter};
pub use parse::FaultScriptError;
pub(crate) use replace::replacement;
pub use rule::{FaultScript, Rule};
