//! Credentials that obtain their tokens from Entra.
//!
//! From the outside in: `refresh_token`, `client_credentials` and `device_code` are the credentials; `session` caches
//! and refreshes their access token, on a thread of `background`; `endpoint` requests tokens, authenticated by
//! `authentication`, over `http`; `refusal` parses sign-in errors, `meaning` classifies them, and `advice` has the
//! texts for them; `notice` reports events that do not fail a call; `store` keeps refresh tokens; `registration` is the
//! configuration.

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

/// Compiles the Rust examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../../../docs/consent.md")]
struct ConsentGuide;
