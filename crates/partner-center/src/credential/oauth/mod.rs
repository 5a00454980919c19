//! Credentials that obtain their tokens from Entra.
//!
//! From the outside in: `refresh_token` and `client_credentials` are the credentials, and `authorization_code` and
//! `device_code` the sign-ins that end with one; `token_cache` caches and refreshes their access token, on a thread of
//! `background`; `token_endpoint` requests tokens, authenticated by `authentication`, over `http`; `oauth_error` parses
//! sign-in errors, `reason` classifies them, and `advice` has the texts for them; `notice` reports events that do not
//! fail a call; `store` keeps refresh tokens; `app_registration` is the configuration.

mod advice;
mod app_registration;
mod authentication;
mod authorization_code;
mod background;
mod client_credentials;
mod device_code;
mod http;
mod notice;
mod oauth_error;
mod reason;
mod refresh_token;
mod store;
mod token_cache;
mod token_endpoint;

pub use app_registration::{AppRegistration, TokenScope};
#[cfg(feature = "settings")]
pub(crate) use app_registration::{check_authority, check_client_id, check_tenant};
pub use authentication::Certificate;
pub use authorization_code::AuthorizationCode;
pub use client_credentials::ClientCredentials;
pub use device_code::DeviceCode;
pub use notice::{Notice, UnusableReason};
pub use oauth_error::{OauthError, Reason};
pub use refresh_token::RefreshToken;
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
#[cfg(feature = "settings")]
pub(crate) use store::open_file;
#[cfg(feature = "fuzzing")]
pub(crate) use store::rewrite as rewrite_stored_token;
pub use store::{FileStore, MemoryStore, StoreLock, StoredToken, TokenStore};

/// Compiles the Rust examples of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../../../partner-center-cli/help/consent.md")]
struct ConsentGuide;
