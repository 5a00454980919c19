//! Removes the secrets of this process from every text that it shows.
//!
//! A host can repeat in its response what was sent to it, including tokens. So everything that is shown on stderr or in
//! a document passes through [`redact`]. The SDK does the same with its errors; this is the last check.

use std::borrow::Cow;
use std::sync::{LazyLock, Mutex, PoisonError};

use partner_center::credential::Redactor;

static KNOWN: LazyLock<Mutex<Redactor>> = LazyLock::new(Mutex::default);

/// Registers a secret until the process ends.
pub(crate) fn remember(secret: &str) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// Returns the text without any registered secret.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).redact(text)
}
