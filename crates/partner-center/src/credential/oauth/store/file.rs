//! A token store in a file that only its owner can read.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use secrecy::zeroize::{Zeroize, Zeroizing};

use super::format::{self, Unreadable};
use crate::clock::{BoxFuture, Clock, SystemClock};
use crate::credential::{StoreLock, StoredToken, TokenStore};
use crate::error::{Error, ErrorKind, Result};

/// The lock is held for a few requests at most, so a longer wait means that the other process hangs.
const LONGEST_WAIT: Duration = Duration::from_secs(180);
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LAST_WAIT: Duration = Duration::from_millis(250);

/// Keeps a refresh token in a file.
///
/// The file is created with mode 0600 and rejected if other users can access it; on Windows, which has no modes, it is
/// as private as its directory, which should be inside the user's profile. A write renames a complete copy over the
/// file, so the file is always complete even if the process or the machine crashes. Processes that share the file
/// exclude each other with a lock on a second file, `PATH.lock`, which is not removed because that would be a race. A
/// write that has started holds the lock until it ends, even if its future is dropped.
///
/// The format is JSON with a `version`; a file of a newer version is rejected and not changed. Keep the file on a local
/// disk: not every network file system supports locks.
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
    clock: Arc<dyn Clock>,
    /// The lock, while it is held. A write holds it too, so that the lock lasts until the write ends.
    held: Arc<Mutex<Weak<File>>>,
    /// Called at each step of a write, for tests.
    steps: fn(Step),
}

/// The steps of a write, between which a process may be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begun,
    Created,
    HalfWritten,
    Written,
    Synced,
    Renamed,
    Done,
}

impl FileStore {
    /// Creates a store in this file. The file and its directory need not exist.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), clock: Arc::new(SystemClock), held: Arc::default(), steps: |_| {} }
    }

    /// Uses this clock to wait for the lock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn place(&self) -> String {
        format!("the token store {}", self.path.display())
    }

    fn read(&self) -> Result<Option<StoredToken>> {
        let unreadable = |error: io::Error| self.io_error("read", error);
        let Some(file) = open_file(&self.path).map_err(unreadable)? else { return Ok(None) };
        // From the open file, because the path may name another file by now.
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(Unreadable::Broken.into_error(&self.place()));
        }
        self.refuse_if_open_to_others(&metadata)?;
        // A single allocation, wiped on drop: it holds the secret.
        let mut bytes = Zeroizing::new(Vec::with_capacity(format::LONGEST + 1));
        let limit = u64::try_from(format::LONGEST).unwrap_or(u64::MAX) + 1;
        file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > format::LONGEST {
            return Err(Unreadable::Broken.into_error(&self.place()));
        }
        format::read(&bytes).map(Some).map_err(|error| error.into_error(&self.place()))
    }

    #[cfg(unix)]
    fn refuse_if_open_to_others(&self, metadata: &fs::Metadata) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;

        use crate::error::ErrorReason;

        let mode = metadata.permissions().mode() & 0o777;
        let others = mode & 0o077;
        if others == 0 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Configuration,
            format!("{} is open to other users of this machine (mode {mode:04o})", self.place()),
        )
        .with_reason(ErrorReason::StoredTokenExposed)
        .with_advice(format!(
            "Restrict it with `chmod 600 {}`. If others may have read it, sign in again.",
            shell_word(&self.path)
        )))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn refuse_if_open_to_others(&self, _metadata: &fs::Metadata) -> Result<()> {
        Ok(())
    }

    fn write(&self, token: &StoredToken, locked: bool) -> Result<()> {
        let bytes = format::write(token).map_err(|error| error.into_error(&self.place()))?;
        // Checks for a newer version even if the file is otherwise invalid or open to other users.
        let mut beginning = Vec::new();
        if let Ok(Some(file)) = open_file(&self.path)
            && file.take(format::LONGEST as u64 + 1).read_to_end(&mut beginning).is_ok()
            && let Err(newer @ Unreadable::Newer(_)) = format::read(&beginning)
        {
            return Err(newer.into_error(&self.place()));
        }
        beginning.zeroize();
        self.replace(&bytes, locked).map_err(|error| self.io_error("written", error))
    }

    fn replace(&self, bytes: &[u8], locked: bool) -> io::Result<()> {
        (self.steps)(Step::Begun);
        self.make_directory()?;
        if locked {
            self.remove_unfinished();
        }
        let unfinished = self.unfinished();
        let finished =
            self.write_beside(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &self.path));
        if finished.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        finished?;
        (self.steps)(Step::Renamed);
        // The rename is durable only once the directory is synced.
        #[cfg(unix)]
        File::open(self.directory())?.sync_all()?;
        (self.steps)(Step::Done);
        Ok(())
    }

    fn write_beside(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = private().create_new(true).open(path)?;
        (self.steps)(Step::Created);
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        (self.steps)(Step::HalfWritten);
        file.write_all(second)?;
        (self.steps)(Step::Written);
        file.sync_all()?;
        (self.steps)(Step::Synced);
        Ok(())
    }

    /// A unique name for a temporary copy.
    fn unfinished(&self) -> PathBuf {
        static WRITES: AtomicU64 = AtomicU64::new(0);
        let write = WRITES.fetch_add(1, Ordering::Relaxed);
        self.beside(&format!(".{}-{write}.tmp", std::process::id()))
    }

    /// Removes temporary copies of processes that were killed. Call it only with the lock held, when no write is
    /// running.
    fn remove_unfinished(&self) {
        let Some(name) = self.path.file_name().and_then(|name| name.to_str()) else { return };
        let is_ours = |other: &str| {
            other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && is_unfinished(rest))
        };
        for entry in fs::read_dir(self.directory()).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(is_ours) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn remove(&self, locked: bool) -> Result<()> {
        if locked {
            self.remove_unfinished();
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.io_error("removed", error)),
            _ => Ok(()),
        }
    }

    /// The lock, if this store or a clone of it holds it.
    pub(super) fn guard(&self) -> Option<Arc<File>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
    }

    /// Takes the lock if it is free; `None` otherwise.
    fn try_lock(&self) -> Result<Option<File>> {
        let cannot = |error: io::Error| self.io_error("locked", error);
        self.make_directory().map_err(cannot)?;
        let file =
            private().read(true).create(true).truncate(false).open(self.beside(".lock")).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot(error)),
        }
    }

    fn directory(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        }
    }

    fn make_directory(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(self.directory())
    }

    /// The path with a suffix appended.
    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }

    fn io_error(&self, done: &str, error: io::Error) -> Error {
        use io::ErrorKind as Io;

        let (kind, advice) = match error.kind() {
            Io::NotFound
            | Io::PermissionDenied
            | Io::NotADirectory
            | Io::IsADirectory
            | Io::ReadOnlyFilesystem
            | Io::InvalidFilename
            | Io::InvalidInput => (
                ErrorKind::Configuration,
                "Check that the directory exists on a local disk and that this user may write to it.",
            ),
            Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => (
                ErrorKind::TokenStore,
                "Free some space on that disk, or raise the limit, and run again. The previous token is still stored.",
            ),
            _ => {
                (ErrorKind::TokenStore, "Check that disk, and run again. The previous token is still stored.")
            }
        };
        Error::new(kind, format!("{} could not be {done}", self.place()))
            .with_advice(advice)
            .with_source(error)
    }
}

impl TokenStore for FileStore {
    fn lock(&self) -> BoxFuture<'_, Result<StoreLock>> {
        Box::pin(async {
            let deadline = self.clock.now() + LONGEST_WAIT;
            let mut wait = FIRST_WAIT;
            loop {
                let store = self.clone();
                // Polled, because a thread that blocks on a lock cannot be cancelled.
                if let Some(file) = off_the_runtime(move || store.try_lock()).await? {
                    let guard = Arc::new(file);
                    *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(&guard);
                    return Ok(StoreLock::new(guard));
                }
                if self.clock.now() >= deadline {
                    return Err(Error::new(
                        ErrorKind::Timeout,
                        format!("another process holds the lock of {}", self.place()),
                    )
                    .with_advice("Find the other run of this program that hangs, and stop it."));
                }
                self.clock.sleep(wait).await;
                wait = (wait * 2).min(LAST_WAIT);
            }
        })
    }

    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>>> {
        let store = self.clone();
        Box::pin(off_the_runtime(move || store.read()))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<()>> {
        let (store, token, guard) = (self.clone(), token.clone(), self.guard());
        Box::pin(off_the_runtime(move || store.write(&token, guard.is_some())))
    }

    fn clear(&self) -> BoxFuture<'_, Result<()>> {
        let (store, guard) = (self.clone(), self.guard());
        Box::pin(off_the_runtime(move || store.remove(guard.is_some())))
    }
}

/// Opens a file; `None` if it does not exist. Rejects pipes, because opening one would block until it has a writer.
pub(crate) fn open_file(path: &Path) -> io::Result<Option<File>> {
    let opened = fs::metadata(path).and_then(|metadata| {
        if metadata.is_file() || metadata.is_dir() {
            File::open(path)
        } else {
            Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"))
        }
    });
    match opened {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs blocking work on a separate thread. Once started it runs to its end, even if the future is dropped.
pub(super) async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(Error::new(ErrorKind::Credential, "access to the token store was interrupted")
            .with_advice("The program was shutting down; run it again.")),
    }
}

/// Whether this is the name of a temporary copy. The names are created here, so case matters.
fn is_unfinished(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension == "tmp")
}

/// Options to write a file that only its owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The path quoted as one word of a shell command.
#[cfg(unix)]
fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
