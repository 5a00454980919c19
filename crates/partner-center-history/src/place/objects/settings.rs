//! The store of a URL, with the settings and the credentials of environment variables.

use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::path::Path;
use object_store::{BackoffConfig, ObjectStore, RetryConfig};

use crate::error::{Error, Result};
use crate::place::without_secrets;

/// The longest wait before a request is sent again.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// A refused connection is reported after a few seconds and a silent store after half a minute. The defaults wait for
/// three minutes, which a person takes for a program that hangs. One attempt takes 30 seconds at most, and 5 to connect.
fn retries(longest_wait: Duration) -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: longest_wait.min(Duration::from_millis(100)),
            max_backoff: longest_wait,
            base: 2.0,
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(20),
    }
}

/// Finds the store and the path of the root. Nothing is sent.
pub(super) fn open(
    url: &str,
    variables: &[(String, String)],
    longest_wait: Duration,
) -> Result<(Arc<dyn ObjectStore>, Path)> {
    let retries = retries(longest_wait);
    let invalid = |cause: String| Error::InvalidPlace { place: without_secrets(url), cause };
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    // What they hold would be part of every message and of every path.
    if rest.contains(['?', '#']) || authority.contains(':') || (scheme == "s3" && authority.contains('@')) {
        return Err(invalid("credentials belong into environment variables, not into the URL".to_owned()));
    }
    let root = Path::from_url_path(path).map_err(|error| invalid(error.to_string()))?;
    let built = match scheme {
        "s3" => s3(url, variables, retries),
        "az" | "abfss" => azure(url, variables, retries),
        "gs" => google(url, variables, retries),
        _ => return Err(invalid("the URL does not begin with s3://, az://, abfss:// or gs://".to_owned())),
    };
    match built {
        Ok(store) => Ok((store, root)),
        Err(error) => Err(invalid(reason(&error, variables))),
    }
}

/// The variables whose names begin with a prefix, in the spelling of the keys. An empty variable is not set.
fn with_prefix<'a>(
    variables: &'a [(String, String)],
    prefix: &'static str,
) -> impl Iterator<Item = (String, &'a String)> {
    variables
        .iter()
        .filter(move |(name, value)| name.starts_with(prefix) && !value.is_empty())
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
}

fn s3(
    url: &str,
    variables: &[(String, String)],
    retries: RetryConfig,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    // One object per request, which every store that resembles S3 supports.
    let mut builder = AmazonS3Builder::new().with_disable_bulk_delete(true);
    for (name, value) in with_prefix(variables, "AWS_") {
        if let Ok(key) = name.parse::<AmazonS3ConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Arc::new(builder.with_url(url).with_retry(retries).build()?))
}

fn azure(
    url: &str,
    variables: &[(String, String)],
    retries: RetryConfig,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, value) in with_prefix(variables, "AZURE_") {
        if let Ok(key) = name.parse::<AzureConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    // Azure sets this one on its own machines.
    for (_, value) in with_prefix(variables, "IDENTITY_ENDPOINT") {
        builder = builder.with_msi_endpoint(value);
    }
    Ok(Arc::new(builder.with_url(url).with_retry(retries).build()?))
}

fn google(
    url: &str,
    variables: &[(String, String)],
    retries: RetryConfig,
) -> object_store::Result<Arc<dyn ObjectStore>> {
    let mut builder = GoogleCloudStorageBuilder::new();
    for (name, value) in with_prefix(variables, "SERVICE_ACCOUNT") {
        if name == "service_account" {
            builder = builder.with_service_account_path(value);
        }
    }
    for (name, value) in with_prefix(variables, "GOOGLE_") {
        if let Ok(key) = name.parse::<GoogleConfigKey>() {
            builder = builder.with_config(key, value);
        }
    }
    Ok(Arc::new(builder.with_url(url).with_retry(retries).build()?))
}

/// Why the settings are wrong. The crate quotes some values, so that this removes those that may be secret.
fn reason(error: &object_store::Error, variables: &[(String, String)]) -> String {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<serde_json::Error>() {
            // It quotes the value that has the wrong type.
            return "the credentials are not the JSON that they should be".to_owned();
        }
        source = error.source();
    }
    let is_secret =
        |name: &str| ["KEY", "SECRET", "TOKEN", "ENDPOINT", "URL"].iter().any(|part| name.contains(part));
    let mut text = error.to_string();
    for (name, value) in variables {
        if is_secret(name) && !value.is_empty() {
            text = text.replace(value.as_str(), &format!("the value of {name}"));
        }
    }
    text
}
