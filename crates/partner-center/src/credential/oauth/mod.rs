//! The credentials that get their tokens from Entra, and everything between them and the wire.
//!
//! From the outside in: `refresh_token`, `client_credentials` and `device_code` are the credentials; `session` keeps
//! their access token fresh; `endpoint` asks for one, proven by `authentication`, over `http`; `refusal` reads a no and
//! `advice` says what to do about it; `store` keeps refresh tokens; `registration` is what a caller configures all of
//! it with.

mod advice;
mod authentication;
mod client_credentials;
mod device_code;
mod endpoint;
mod http;
mod refresh_token;
mod refusal;
mod registration;
mod session;
mod store;

pub use authentication::Certificate;
pub use client_credentials::ClientCredentials;
pub use device_code::DeviceCode;
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
