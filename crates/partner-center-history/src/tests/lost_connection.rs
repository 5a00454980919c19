//! An object store whose connection is lost at any request while a day is recorded anew.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error as StoreError, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result as StoreResult, UploadPart,
};
use partner_center::licenses::SourceChoice;
use partner_center_emulator::Emulator;

use super::day;
use super::place::{ROOT, TestPlace};
use super::recorded::{TENANT, recorded, recording};
use crate::{Dataset, Error, Place, RunFacts, Writer};

/// Fails at one request and at all after it.
#[derive(Debug)]
struct Unreliable {
    store: Arc<InMemory>,
    connection: Arc<Connection>,
}

#[derive(Debug)]
struct Connection {
    /// The requests that still succeed.
    left: AtomicIsize,
    /// Whether the store still executes the first request that fails, so that only the response is lost.
    executes: bool,
    aborted: AtomicUsize,
}

enum Sent {
    Responded,
    ExecutedOnly,
    Lost,
}

fn lost() -> StoreError {
    StoreError::Generic { store: "test", source: Box::new(io::Error::from(io::ErrorKind::ConnectionReset)) }
}

impl Connection {
    fn send(&self) -> Sent {
        match self.left.fetch_sub(1, Ordering::Relaxed) {
            1.. => Sent::Responded,
            0 if self.executes => Sent::ExecutedOnly,
            _ => Sent::Lost,
        }
    }

    async fn request<T>(&self, request: impl Future<Output = StoreResult<T>>) -> StoreResult<T> {
        match self.send() {
            Sent::Responded => request.await,
            Sent::ExecutedOnly => request.await.and(Err(lost())),
            Sent::Lost => Err(lost()),
        }
    }
}

impl fmt::Display for Unreliable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreliable")
    }
}

#[async_trait]
impl ObjectStore for Unreliable {
    async fn put_opts(&self, path: &Path, bytes: PutPayload, options: PutOptions) -> StoreResult<PutResult> {
        self.connection.request(self.store.put_opts(path, bytes, options)).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> StoreResult<Box<dyn MultipartUpload>> {
        let upload = self.connection.request(self.store.put_multipart_opts(path, options)).await?;
        Ok(Box::new(Upload { upload, connection: self.connection.clone() }))
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> StoreResult<GetResult> {
        self.connection.request(self.store.get_opts(path, options)).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, StoreResult<Path>>,
    ) -> BoxStream<'static, StoreResult<Path>> {
        let deleted = self.store.delete_stream(paths);
        match self.connection.send() {
            Sent::Responded => deleted,
            Sent::ExecutedOnly => deleted.map(|deleted| deleted.and(Err(lost()))).boxed(),
            Sent::Lost => stream::once(async { Err(lost()) }).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, StoreResult<ObjectMeta>> {
        match self.connection.send() {
            Sent::Responded => self.store.list(prefix),
            _ => stream::once(async { Err(lost()) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> StoreResult<ListResult> {
        self.connection.request(self.store.list_with_delimiter(prefix)).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> StoreResult<()> {
        self.connection.request(self.store.copy_opts(from, to, options)).await
    }
}

#[derive(Debug)]
struct Upload {
    upload: Box<dyn MultipartUpload>,
    connection: Arc<Connection>,
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, bytes: PutPayload) -> UploadPart {
        let (part, connection) = (self.upload.put_part(bytes), self.connection.clone());
        Box::pin(async move { connection.request(part).await })
    }

    async fn complete(&mut self) -> StoreResult<PutResult> {
        self.connection.request(self.upload.complete()).await
    }

    async fn abort(&mut self) -> StoreResult<()> {
        self.connection.aborted.fetch_add(1, Ordering::Relaxed);
        self.upload.abort().await
    }
}

fn unreliable(place: &TestPlace, requests: isize, executes: bool) -> (Place, Arc<Connection>) {
    let TestPlace::Store(store) = place else { panic!("not a store") };
    let connection =
        Arc::new(Connection { left: AtomicIsize::new(requests), executes, aborted: AtomicUsize::new(0) });
    let store = Unreliable { store: store.clone(), connection: connection.clone() };
    (Place::in_store(Arc::new(store), ROOT), connection)
}

/// The customers of a day that can be read completely.
async fn customers(dataset: &Dataset, on: &str) -> Option<u64> {
    let manifest = dataset.manifest(day(on)).await.ok()?;
    let listed = manifest.customers.listed;
    dataset.trend(&[manifest], None).await.unwrap();
    listed
}

#[tokio::test]
async fn a_connection_lost_at_any_request_leaves_the_old_day_or_the_new_one() {
    let (before, after) = (TestPlace::store().await, TestPlace::store().await);
    for (place, customers) in [(&before, 5), (&after, 25)] {
        recorded(place, 5, "2026-08-29").await;
        recorded(place, customers, "2026-08-30").await;
    }
    let (before, after) = (before.files().await, after.files().await);
    let emulator = Emulator::builder().customers(25).start().await.unwrap();
    let (mut failures, mut between) = (0, 0);
    for (requests, executes) in (0..200).flat_map(|requests| [(requests, false), (requests, true)]) {
        let place = TestPlace::store().await;
        place.put_all(&before).await;
        let (recording, _) = recording(&emulator, SourceChoice::Auto).await;
        let (lossy, _) = unreliable(&place, requests, executes);
        let record = async {
            let writer = Writer::open(lossy, TENANT).await?;
            let written = writer.write(day("2026-08-30"), recording, RunFacts::default()).await;
            writer.close().await.and(written)
        };
        let result = record.await;
        let case = format!(
            "{requests} requests, then one that is {}lost",
            if executes { "executed and " } else { "" }
        );

        let dataset = Dataset::open(place.place()).await.unwrap();
        assert_eq!(customers(&dataset, "2026-08-29").await, Some(5), "{case}");
        let found = customers(&dataset, "2026-08-30").await;
        assert!(matches!(found, None | Some(5 | 25)), "{case}");
        let Err(error) = result else {
            assert_eq!(place.files().await, after, "{case}");
            assert!(failures > 40 && between > 5, "{failures} failures, {between} of them between the days");
            return;
        };
        assert!(matches!(error, Error::Unreachable { .. }), "{case}: {error}");
        failures += 1;
        between += usize::from(found.is_none());

        // The lock is still there, and its error says what to delete.
        if place.files().await.contains_key(".lock") {
            let refused = Writer::open(place.place(), TENANT).await.unwrap_err().to_string();
            assert!(refused.contains("s3://bucket/some/dataset/.lock (process "), "{refused}");
            place.delete(".lock").await;
        }
        let writer = Writer::open(place.place(), TENANT).await.unwrap();
        let is_new = found == Some(25) || !writer.recovered().finished.is_empty();
        assert!(is_new || found == Some(5), "{case}: the day is lost");
        writer.close().await.unwrap();
        assert_eq!(place.files().await, *if is_new { &after } else { &before }, "{case}");
    }
    panic!("the day was never recorded");
}

#[tokio::test]
async fn a_large_file_is_uploaded_in_parts_and_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let (file, name) = (folder.path().join("large"), "usage/large.parquet");
    // Two parts and a half; the pattern does not repeat within a part.
    let bytes: Vec<u8> = (0..20_u32 << 18).flat_map(u32::to_le_bytes).collect();
    std::fs::write(&file, &bytes).unwrap();
    for executes in [false, true] {
        // To begin, three parts, to complete.
        for requests in 0..=5 {
            let place = TestPlace::store().await;
            let (lossy, connection) = unreliable(&place, requests, executes);
            let copied = lossy.copy_in(name, &file).await;
            let aborted = connection.aborted.load(Ordering::Relaxed);
            let found = place.files().await.remove(name);
            if requests == 5 {
                copied.unwrap();
                assert_eq!((aborted, found.as_deref()), (0, Some(&*bytes)));
                continue;
            }
            assert!(matches!(copied, Err(Error::Unreachable { .. })), "{requests} {copied:?}");
            assert_eq!(aborted, usize::from(requests > 0), "{requests}");
            let is_complete = executes && requests == 4;
            assert_eq!(found.is_some_and(|found| found == bytes), is_complete, "{requests}");
        }
    }
}
