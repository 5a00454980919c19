//! Fuzz targets: for each decoder of external bytes, a plain function that panics if an invariant is violated.
//!
//! The functions do not depend on a fuzzer. `tests/` runs each over its corpus and mutations of it, on any toolchain;
//! the parent crate, `fuzz/`, passes the same functions to libFuzzer.

mod decode;
mod fault;
mod stored;
mod text;

pub use decode::decode;
pub use fault::fault;
pub use stored::{continuation, stored_token, token};
pub use text::{filter, guid, link, retry_after, timestamp};

/// Asserts an invariant.
macro_rules! invariant {
    ($holds:expr, $($what:tt)+) => {
        assert!($holds, "invariant violated: {}", format_args!($($what)+))
    };
}
pub(crate) use invariant;

/// The value after serialization and deserialization; `None` if either fails.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> Option<T> {
    serde_json::from_slice(&serde_json::to_vec(value).ok()?).ok()
}
