//! The secrets that this process holds, and their removal from every text that it shows.
//!
//! A host can repeat in its answer what was sent to it, tokens included. So everything that is shown on stderr or in a
//! document goes through [`conceal`]. The SDK does the same with its errors; this is the last gate.

use std::borrow::Cow;
use std::sync::{LazyLock, Mutex, PoisonError};

use partner_center::credential::Redactor;

static KNOWN: LazyLock<Mutex<Redactor>> = LazyLock::new(Mutex::default);

/// Keeps a secret in mind for as long as the process runs.
pub(crate) fn remember(secret: &str) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// The text without any secret that this process holds.
pub(crate) fn conceal(text: &str) -> Cow<'_, str> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).redact(text)
}
