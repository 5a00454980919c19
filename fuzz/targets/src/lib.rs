//! What is fuzzed: for each reader of bytes from outside, a plain function that panics where a law of it is broken.
//!
//! The functions know nothing of fuzzers. `tests/` here runs each over its corpus and over mutations of it, on any
//! toolchain; the crate above, `fuzz/`, hands the same functions to libFuzzer.

mod decode;
mod fault;
mod stored;
mod text;

pub use decode::decode;
pub use fault::fault;
pub use stored::{continuation, stored_token, token};
pub use text::{filter, guid, link, retry_after, timestamp};

/// A law, with the input at hand when it is broken.
macro_rules! law {
    ($holds:expr, $($what:tt)+) => {
        assert!($holds, "broken law: {}", format_args!($($what)+))
    };
}
pub(crate) use law;

/// What is read of what is written of this; `None` if either fails.
fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> Option<T> {
    serde_json::from_slice(&serde_json::to_vec(value).ok()?).ok()
}
