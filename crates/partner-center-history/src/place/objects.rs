//! A dataset in a bucket of an object store.
//!
//! An object becomes visible when it is complete, so an upload needs no second name. There are no folders, and no locks
//! that end with a process: the lock is an object that only one writer can create.

mod failure;
mod settings;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path as LocalPath;
use std::process;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutMode, PutPayload};
use serde::{Deserialize, Serialize};

use super::LOCK;
use crate::error::{Error, Result};

/// Larger files are uploaded in parts of this size. Every store takes parts of 5 MiB or more, and 10,000 of them.
const PART: u64 = 8 << 20;

pub(super) struct Objects {
    store: Arc<dyn ObjectStore>,
    root: Path,
    /// The URL.
    name: String,
}

/// The content of a lock. Two writers never have the same: it tells a writer its own lock from that of another.
#[derive(Debug, Serialize, Deserialize)]
struct Holder {
    since: String,
    process: u32,
}

impl Objects {
    pub(super) fn new(url: &str) -> Result<Self> {
        // Variables that are not Unicode are none that the store reads.
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::with_variables(url, &variables.collect::<Vec<_>>(), settings::LONGEST_WAIT)
    }

    /// With these environment variables, and at most this long a wait before a request is sent again.
    pub(super) fn with_variables(
        url: &str,
        variables: &[(String, String)],
        longest_wait: Duration,
    ) -> Result<Self> {
        let (store, root) = settings::open(url, variables, longest_wait)?;
        Ok(Self { store, root, name: url.trim_end_matches('/').to_owned() })
    }

    #[cfg(test)]
    pub(super) fn in_store(store: Arc<dyn ObjectStore>, root: &str) -> Self {
        Self { store, root: Path::from(root), name: format!("s3://bucket/{root}") }
    }

    fn at(&self, path: &str) -> Path {
        path.split('/').filter(|part| !part.is_empty()).fold(self.root.clone(), Path::join)
    }

    fn failed(&self, path: &str, error: &object_store::Error) -> Error {
        Error::Unreachable { file: format!("{}/{path}", self.name), cause: failure::cause(error) }
    }

    /// The path of an object, relative to the root.
    fn relative<'a>(&self, object: &'a Path) -> Option<&'a str> {
        let path = object.as_ref().strip_prefix(self.root.as_ref())?;
        let path = path.strip_prefix('/').unwrap_or(path);
        (!path.is_empty()).then_some(path)
    }

    pub(super) async fn is_empty(&self) -> Result<bool> {
        let mut objects = self.store.list(Some(&self.root));
        loop {
            match objects.try_next().await {
                Ok(Some(object)) => {
                    if self.relative(&object.location).is_some_and(|path| !path.starts_with('.')) {
                        return Ok(false);
                    }
                }
                Ok(None) => return Ok(true),
                Err(error) => return Err(self.failed("", &error)),
            }
        }
    }

    pub(super) async fn list(&self, folder: &str) -> Result<Vec<String>> {
        let objects: Vec<_> = self
            .store
            .list(Some(&self.at(folder)))
            .try_collect()
            .await
            .map_err(|error| self.failed(folder, &error))?;
        let mut found: Vec<_> =
            objects.iter().filter_map(|object| self.relative(&object.location)).map(str::to_owned).collect();
        found.sort();
        Ok(found)
    }

    pub(super) async fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let read = async { self.store.get(&self.at(path)).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if failure::is_missing(&error) => Ok(None),
            Err(error) => Err(self.failed(path, &error)),
        }
    }

    pub(super) async fn copy_in(&self, path: &str, from: &LocalPath) -> Result<()> {
        let in_file = |error| Error::io(from.display(), error);
        let mut file = File::open(from).map_err(in_file)?;
        let first = next_part(&mut file).map_err(in_file)?;
        if u64::try_from(first.len()).unwrap_or(u64::MAX) < PART {
            return self.write(path, first).await;
        }
        let failed = |error: object_store::Error| self.failed(path, &error);
        let mut upload = self.store.put_multipart(&self.at(path)).await.map_err(failed)?;
        let sent = async {
            let mut part = first;
            while !part.is_empty() {
                upload.put_part(PutPayload::from(part)).await.map_err(failed)?;
                part = next_part(&mut file).map_err(in_file)?;
            }
            upload.complete().await.map_err(failed)
        };
        let sent = sent.await.map(drop);
        if sent.is_err() {
            // The object does not exist either way; this removes its parts. The first error is the one to report.
            let _ = upload.abort().await;
        }
        sent
    }

    pub(super) async fn write(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let put = self.store.put(&self.at(path), PutPayload::from(bytes)).await;
        put.map(drop).map_err(|error| self.failed(path, &error))
    }

    /// A process that is stopped in between leaves both objects, and moves the first one again.
    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<()> {
        let copied = self.store.copy(&self.at(from), &self.at(to)).await;
        copied.map_err(|error| self.failed(to, &error))?;
        self.remove(from).await
    }

    pub(super) async fn remove(&self, path: &str) -> Result<()> {
        match self.store.delete(&self.at(path)).await {
            Err(error) if !failure::is_missing(&error) => Err(self.failed(path, &error)),
            _ => Ok(()),
        }
    }

    /// Creates the lock, and returns its content. It stays when the process is killed.
    pub(super) async fn lock(&self) -> Result<Bytes> {
        let holder = Holder { since: Timestamp::now().to_string(), process: process::id() };
        let text = serde_json::to_vec(&holder).map_err(|error| Error::io(&self.name, error.into()))?;
        let text = Bytes::from(text);
        if !self.create_lock(&text).await? {
            // The object is this writer's own if the reply to the request was lost and the request was sent again.
            let found = self.read(LOCK).await?;
            if found.as_ref() != Some(&text) {
                return Err(self.in_use(found.as_deref()));
            }
        }
        // Some stores ignore the condition. In such a store, the lock would not keep other writers away.
        let again = self.create_lock(&text).await;
        if matches!(again, Ok(false)) {
            return Ok(text);
        }
        // The first error is the one to report.
        let _ = self.unlock(&text).await;
        Err(again.err().unwrap_or_else(|| self.without_conditions()))
    }

    /// Whether the lock was created now.
    async fn create_lock(&self, text: &Bytes) -> Result<bool> {
        let payload = PutPayload::from(text.clone());
        match self.store.put_opts(&self.at(LOCK), payload, PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(false)
            }
            Err(error) if failure::is_unsupported(&error) => Err(self.without_conditions()),
            Err(error) => Err(self.failed(LOCK, &error)),
        }
    }

    fn in_use(&self, text: Option<&[u8]>) -> Error {
        let holder = text.and_then(|text| {
            let Holder { since, process } = serde_json::from_slice(text).ok()?;
            // The object may be a stranger's: only a time is shown.
            let since: Timestamp = since.parse().ok()?;
            Some(format!("process {process}, since {since:.0}"))
        });
        Error::InUse { place: self.name.clone(), lock: format!("{}/{LOCK}", self.name), holder }
    }

    fn without_conditions(&self) -> Error {
        Error::InvalidPlace {
            place: self.name.clone(),
            cause: "the store does not support conditional writes, by which a writer keeps others away"
                .to_owned(),
        }
    }

    /// Removes the lock with this content. If a person has removed it, it may be that of another writer now.
    pub(super) async fn unlock(&self, text: &Bytes) -> Result<()> {
        if self.read(LOCK).await?.as_ref() == Some(text) { self.remove(LOCK).await } else { Ok(()) }
    }
}

/// The next part of a file; empty at its end.
fn next_part(file: &mut File) -> io::Result<Vec<u8>> {
    let mut part = Vec::new();
    file.take(PART).read_to_end(&mut part)?;
    Ok(part)
}
