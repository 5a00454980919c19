//! The credentials that get their tokens from Entra, and everything between them and the wire.
//!
//! From the outside in: `refresh_token`, `client_credentials` and `device_code` are the credentials; `session` keeps
//! their access token fresh, on a thread of `background`; `endpoint` asks for one, proven by `authentication`, over
//! `http`; `refusal` reads a no, `meaning` says what it comes down to, and `advice` what to do about it; `notice` is what
//! is reported although nothing failed; `store` keeps refresh tokens; `registration` is what a caller configures all of
//! it with.

mod advice;
mod authentication;
mod background;
mod client_credentials;
mod device_code;
mod endpoint;
mod http;
mod meaning;
mod notice;
mod refresh_token;
mod refusal;
mod registration;
mod session;
mod store;

pub use authentication::Certificate;
pub use client_credentials::ClientCredentials;
pub use device_code::DeviceCode;
pub use notice::{Notice, Unusable};
pub use refresh_token::RefreshToken;
pub use refusal::{Reason, Refusal};
pub use registration::{AppRegistration, TokenScope};
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
#[cfg(feature = "fuzzing")]
pub(crate) use store::rewrite as rewrite_stored_token;
pub use store::{FileStore, MemoryStore, StoreLock, StoredToken, TokenStore};

/// The guide's Rust compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/consent.md")]
struct ConsentGuide;
