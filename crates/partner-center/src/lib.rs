//! SDK for the licence analytics of Microsoft Partner Center.

mod call;
pub mod clock;
pub mod credential;
mod error;
mod fault;
pub mod filter;
mod paging;

pub use error::{Error, ErrorKind, Result};
pub use paging::Continuation;
