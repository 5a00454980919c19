//! The names of the environment variables.

/// An access token, used until the service rejects it.
pub const ACCESS_TOKEN: &str = "PARTNER_CENTER_ACCESS_TOKEN";
/// A refresh token. Its successors are kept in memory only.
pub const REFRESH_TOKEN: &str = "PARTNER_CENTER_REFRESH_TOKEN";
/// The partner tenant: its GUID or one of its domains.
pub const TENANT_ID: &str = "PARTNER_CENTER_TENANT_ID";
/// The application (client) id of the app registration.
pub const CLIENT_ID: &str = "PARTNER_CENTER_CLIENT_ID";
/// The client secret of the app registration. Without any token, it gives app-only access.
pub const CLIENT_SECRET: &str = "PARTNER_CENTER_CLIENT_SECRET";
/// The path of a PEM file with the certificate of the app registration and its private key, in place of the secret.
pub const CLIENT_CERTIFICATE_PATH: &str = "PARTNER_CENTER_CLIENT_CERTIFICATE_PATH";
/// The path of a file with the token of a federated identity, in place of the secret. It is read for each token request.
pub const FEDERATED_TOKEN_FILE: &str = "PARTNER_CENTER_FEDERATED_TOKEN_FILE";
/// The [`name`](crate::Cloud::name) of the national cloud.
pub const CLOUD: &str = "PARTNER_CENTER_CLOUD";
/// The sign-in host, instead of the cloud's.
pub const AUTHORITY: &str = "PARTNER_CENTER_AUTHORITY";
/// The base URL, instead of the cloud's.
pub const BASE_URL: &str = "PARTNER_CENTER_BASE_URL";
/// The name of the profile to use.
pub const PROFILE: &str = "PARTNER_CENTER_PROFILE";
/// The directory of the profiles and of the stored sign-ins.
pub const CONFIG_DIR: &str = "PARTNER_CENTER_CONFIG_DIR";
