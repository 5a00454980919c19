//! Where a dataset is: a folder, or a bucket of an object store.
//!
//! A file is written whole or not at all. Paths are relative to the root, with `/` between their parts.

#![cfg_attr(
    not(feature = "object-store"),
    expect(clippy::unused_async, reason = "only an object store is waited for")
)]

mod folder;
#[cfg(feature = "object-store")]
mod objects;

use std::fmt;
use std::path::Path;

use bytes::Bytes;

use self::folder::Folder;
use crate::error::{Error, Result};

/// The place of a dataset.
pub struct Place {
    name: String,
    kind: Kind,
}

enum Kind {
    Folder(Folder),
    #[cfg(feature = "object-store")]
    Objects(objects::Objects),
}

/// Keeps other processes from writing until it is released.
#[must_use]
#[derive(Debug)]
pub(crate) enum Lock {
    Folder(#[expect(dead_code, reason = "dropping it releases the lock")] std::fs::File),
    /// The content of the object.
    #[cfg(feature = "object-store")]
    Objects(Bytes),
}

impl Place {
    /// Finds the place of this name: a folder, or the URL of an object store:
    ///
    /// | URL | settings and credentials |
    /// |---|---|
    /// | `s3://bucket/path` | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT`; web identities and roles of containers and machines |
    /// | `az://container/path` | `AZURE_STORAGE_ACCOUNT_NAME`; `AZURE_STORAGE_ACCOUNT_KEY`, `AZURE_STORAGE_SAS_TOKEN`, `AZURE_CLIENT_ID` with `AZURE_CLIENT_SECRET` and `AZURE_TENANT_ID`, or a managed identity |
    /// | `abfss://container@account.dfs.core.windows.net/path` | the same; the account is in the URL |
    /// | `gs://bucket/path` | `GOOGLE_APPLICATION_CREDENTIALS` or `GOOGLE_SERVICE_ACCOUNT`; not tested |
    ///
    /// Settings come only from the environment variables that begin with `AWS_`, `AZURE_` or `GOOGLE_` and that the crate
    /// `object_store` documents. HTTP without TLS needs `AWS_ALLOW_HTTP` or `AZURE_ALLOW_HTTP`. A URL
    /// with credentials is refused, and no error shows a credential.
    ///
    /// The store must support conditional writes (`If-None-Match`): a writer creates the object `.lock`, and others
    /// fail with [`Error::InUse`]. A writer that is killed leaves the object; the error names it, to be deleted.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidPlace`] if the name is not a place, if this build cannot reach it, or if a setting is missing or
    /// invalid. Nothing is sent.
    pub fn new(name: &str) -> Result<Self> {
        let kind = match name.split_once("://") {
            #[cfg(feature = "object-store")]
            Some(_) => Kind::Objects(objects::Objects::new(name)?),
            #[cfg(not(feature = "object-store"))]
            Some(_) => {
                return Err(Error::InvalidPlace {
                    place: without_secrets(name),
                    cause: "this build writes into folders only; build with the feature object-store"
                        .to_owned(),
                });
            }
            None if name.is_empty() => {
                return Err(Error::InvalidPlace {
                    place: "\"\"".to_owned(),
                    cause: "it is empty".to_owned(),
                });
            }
            None => Kind::Folder(Folder::new(Path::new(name))),
        };
        Ok(Self { name: name.to_owned(), kind })
    }

    #[cfg(all(test, feature = "object-store"))]
    pub(crate) fn in_store(store: std::sync::Arc<dyn object_store::ObjectStore>, root: &str) -> Self {
        Self {
            name: format!("s3://bucket/{root}"),
            kind: Kind::Objects(objects::Objects::in_store(store, root)),
        }
    }

    #[cfg(all(test, feature = "object-store"))]
    pub(crate) fn with_variables(url: &str, variables: &[(String, String)]) -> Result<Self> {
        let wait = std::time::Duration::from_millis(1);
        let kind = Kind::Objects(objects::Objects::with_variables(url, variables, wait)?);
        Ok(Self { name: url.to_owned(), kind })
    }

    /// The name of the place, with this path.
    pub(crate) fn file(&self, path: &str) -> String {
        format!("{}/{path}", self.name.trim_end_matches('/'))
    }

    /// Whether the place has only hidden files, or does not exist.
    pub(crate) async fn is_empty(&self) -> Result<bool> {
        match &self.kind {
            Kind::Folder(folder) => folder.is_empty(),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.is_empty().await,
        }
    }

    /// The paths of the files below a folder; none if there is no such folder.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>> {
        match &self.kind {
            Kind::Folder(root) => root.list(folder),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.list(folder).await,
        }
    }

    /// The bytes of a file; `None` if there is none.
    pub(crate) async fn read(&self, path: &str) -> Result<Option<Bytes>> {
        match &self.kind {
            Kind::Folder(folder) => folder.read(path),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.read(path).await,
        }
    }

    /// Writes a file with the content of another, whole or not at all.
    pub(crate) async fn copy_in(&self, path: &str, from: &Path) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.copy_in(path, from),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.copy_in(path, from).await,
        }
    }

    /// Writes a small file, whole or not at all.
    pub(crate) async fn write(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.write(path, &bytes),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.write(path, bytes).await,
        }
    }

    /// Moves a file, and replaces another if there is one.
    pub(crate) async fn rename(&self, from: &str, to: &str) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.rename(from, to),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.rename(from, to).await,
        }
    }

    /// Removes a file if it exists, and its folder if that is then empty.
    pub(crate) async fn remove(&self, path: &str) -> Result<()> {
        match &self.kind {
            Kind::Folder(folder) => folder.remove(path),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.remove(path).await,
        }
    }

    /// Keeps other processes from writing.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] if another process has the lock.
    pub(crate) async fn lock(&self) -> Result<Lock> {
        match &self.kind {
            Kind::Folder(folder) => folder.lock().map(Lock::Folder),
            #[cfg(feature = "object-store")]
            Kind::Objects(objects) => objects.lock().await.map(Lock::Objects),
        }
    }

    /// Releases the lock.
    pub(crate) async fn unlock(&self, lock: Lock) -> Result<()> {
        match (&self.kind, lock) {
            #[cfg(feature = "object-store")]
            (Kind::Objects(objects), Lock::Objects(text)) => objects.unlock(&text).await,
            (_, lock) => {
                drop(lock);
                Ok(())
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Place").field(&self.name).finish()
    }
}

/// The URL without a password or a signature.
fn without_secrets(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            // The container of an abfss URL comes before the `@`, and has no colon.
            let host = match authority.rsplit_once('@') {
                Some((user, host)) if scheme != "abfss" || user.contains(':') => host,
                _ => authority,
            };
            format!("{scheme}://{host}/{path}")
        }
        None => url.to_owned(),
    }
}

/// The name of the lock.
const LOCK: &str = ".lock";
