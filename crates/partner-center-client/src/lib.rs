//! Skeleton.
mod transport;
pub use transport::{RawAnswer, Transport, TransportError, TransportErrorKind, TransportSettings};
