//! The error of decoding a body.

use std::borrow::Cow;
use std::fmt;

/// Why a body could not be decoded. Its text names fields and positions, but quotes no value, so it is safe to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    message: Cow<'static, str>,
}

/// The kinds of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The body is not text in its encoding.
    NotText,
    /// The body is in a charset that is not supported.
    Charset,
    /// The body is empty, and the operation does not return a collection.
    Empty,
    /// The body is a web page, so it does not come from the service.
    WebPage,
    /// The JSON ends early.
    Truncated,
    /// The body is not JSON, or does not match the contract.
    Mismatch,
}

impl DecodeError {
    pub(crate) fn new(kind: DecodeErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Returns the message.
    #[must_use]
    pub fn into_message(self) -> Cow<'static, str> {
        self.message
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}
