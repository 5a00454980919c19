//! `--output`: a file that appears only when it is complete.
//!
//! Rows go to a partial file next to it, with the suffix `.partial`, which is renamed at the end. The partial file is
//! locked, so that two runs do not write it at once. It is removed when a run ends early, unless a checkpoint keeps it
//! to resume. A digest ensures that a run resumes only from bytes that an earlier run wrote.
//!
//! The new file gets the permissions of the one it replaces. Links to a partial file are not followed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::lock::{LockError, lock, sync_directory};
use super::paths::Files;
use crate::exit::Exit;
use crate::problem::Problem;

/// An output file that is not complete yet.
#[derive(Debug)]
pub(crate) struct Partial {
    /// Holds the lock.
    file: File,
    path: PathBuf,
    target: PathBuf,
    keep: bool,
    /// What was written so far, if the file can be resumed.
    account: Option<Arc<Mutex<Account>>>,
}

/// The bytes of an output that a checkpoint covers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Covered {
    /// The number of bytes, from the start.
    pub(crate) length: u64,
    /// Their SHA-256.
    digest: String,
}

/// Length and digest of what was written.
#[derive(Clone, Debug, Default)]
struct Account {
    length: u64,
    digest: Sha256,
}

impl Account {
    fn add(&mut self, bytes: &[u8]) {
        self.length += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.digest.update(bytes);
    }

    fn covered(&self) -> Covered {
        Covered { length: self.length, digest: hexadecimal(&self.digest.clone().finalize()) }
    }

    /// Length and digest of the first `length` bytes of a file.
    fn of(mut file: &File, length: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let (mut account, mut left) = (Self::default(), file.take(length));
        let mut bytes = vec![0; 64 * 1024];
        loop {
            match left.read(&mut bytes) {
                Ok(0) => return Ok(account),
                Ok(read) => account.add(bytes.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The digest of a text or of bytes, as lower-case hexadecimal digits.
pub(crate) fn digest(bytes: impl AsRef<[u8]>) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Partial {
    /// Creates the partial file of the output.
    pub(crate) fn create(files: &Files) -> Result<Self, Problem> {
        let partial = Self::open(files, true)?;
        partial.cut(0)?;
        Ok(partial)
    }

    /// Creates a partial file that is kept, so that a later run can resume.
    pub(crate) fn begin(files: &Files) -> Result<Self, Problem> {
        let partial = Self::create(files)?;
        Ok(partial.kept(Account::default()))
    }

    /// Resumes what an earlier run wrote: the partial file or, if that run renamed it, a copy of the output.
    pub(crate) fn resume(files: &Files, covered: &Covered, checkpoint: &Path) -> Result<Self, Problem> {
        let changed = match Self::resume_partial(files, covered, checkpoint)? {
            Ok(partial) => return Ok(partial),
            Err(changed) => changed,
        };
        match Self::resume_output(files, covered)? {
            Some(partial) => Ok(partial),
            None => Err(changed),
        }
    }

    /// The partial file, truncated to the covered bytes; the inner error is that it does not match them.
    fn resume_partial(
        files: &Files,
        covered: &Covered,
        checkpoint: &Path,
    ) -> Result<Result<Self, Problem>, Problem> {
        let changed = |what: String| {
            Problem::new(Exit::Usage, what)
                .because("it does not match the checkpoint")
                .advice(format!("To start again, delete {}.", checkpoint.display()))
        };
        let path = files.partial();
        if !path.exists() {
            let output = files.output();
            return Ok(Err(if output.exists() {
                changed(format!(
                    "{} does not exist, and {} is not the file that the checkpoint describes",
                    path.display(),
                    output.display()
                ))
            } else {
                changed(format!("{} does not exist, and the checkpoint needs it", path.display()))
            }));
        }
        // From here on, keep the file even after an error.
        let mut partial = Self::open(files, false)?;
        partial.keep = true;
        let actual = partial.file.metadata().map_err(|error| partial.cannot(&error))?.len();
        if actual < covered.length {
            let shown = path.display();
            let length = covered.length;
            return Ok(Err(changed(format!(
                "{shown} has {actual} bytes, but the checkpoint covers {length}"
            ))));
        }
        let account = Account::of(&partial.file, covered.length).map_err(|error| partial.cannot(&error))?;
        if account.covered() != *covered {
            return Ok(Err(changed(format!("{} was changed", path.display()))));
        }
        partial.cut(covered.length)?;
        Ok(Ok(partial.kept(account)))
    }

    /// A copy of the output, if it matches the covered bytes.
    fn resume_output(files: &Files, covered: &Covered) -> Result<Option<Self>, Problem> {
        let Ok(mut output) = File::open(files.output()) else { return Ok(None) };
        let unreadable = |error: io::Error| {
            Problem::new(Exit::Usage, format!("{} cannot be read", files.output().display()))
                .because(error.to_string())
        };
        let length = output.metadata().map_err(unreadable)?.len();
        let account = Account::of(&output, covered.length).map_err(unreadable)?;
        if length != covered.length || account.covered() != *covered {
            return Ok(None);
        }
        let partial = Self::create(files)?;
        output.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        io::copy(&mut output, &mut &partial.file).map_err(|error| partial.cannot(&error))?;
        Ok(Some(partial.kept(account)))
    }

    fn kept(mut self, account: Account) -> Self {
        self.keep = true;
        self.account = Some(Arc::new(Mutex::new(account)));
        self
    }

    fn open(files: &Files, create: bool) -> Result<Self, Problem> {
        let (path, target) = (files.partial().to_owned(), files.output().to_owned());
        let cannot = |error: &io::Error| {
            Problem::new(Exit::Usage, format!("{} cannot be written", path.display()))
                .because(error.to_string())
        };
        let permissions = Permissions::of(&target);
        // It is truncated only after it is locked.
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let new = if create {
            Some(permissions.creating(options.clone().create_new(true)).open(&path))
        } else {
            None
        };
        let file = match new {
            Some(Ok(file)) => Ok(file),
            Some(Err(error)) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => options.open(&path),
        };
        let file = file.map_err(|error| cannot(&error))?;
        lock(&file, &path).map_err(|error| match error {
            LockError::InUse => in_use(&path),
            LockError::Io(error) => cannot(&error),
        })?;
        permissions.while_written(&file).map_err(|error| cannot(&error))?;
        Ok(Self { file, path, target, keep: false, account: None })
    }

    fn cut(&self, length: u64) -> Result<(), Problem> {
        let cut = |mut file: &File| file.set_len(length).and_then(|()| file.seek(SeekFrom::Start(length)));
        cut(&self.file).map(|_| ()).map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &io::Error) -> Problem {
        Problem::new(Exit::Usage, format!("{} cannot be written", self.path.display()))
            .because(error.to_string())
    }

    pub(super) fn discard(mut self) {
        self.keep = false;
    }

    /// Another handle for writing.
    pub(super) fn writer(&self) -> io::Result<Writer> {
        let file = self.file.try_clone().map_err(|error| self.named(&error))?;
        Ok(Writer { file, account: self.account.clone() })
    }

    /// Syncs the file to disk, and returns the covered bytes.
    pub(super) fn sync(&self) -> io::Result<Covered> {
        let sync = || {
            self.file.sync_data()?;
            let Some(account) = &self.account else { return Ok(Covered::default()) };
            let covered = account.lock().unwrap_or_else(PoisonError::into_inner).covered();
            if self.file.metadata()?.len() == covered.length {
                Ok(covered)
            } else {
                Err(io::Error::other("another program has written to it"))
            }
        };
        sync().map_err(|error: io::Error| self.named(&error))
    }

    /// Renames the file to its final name.
    pub(super) fn commit(mut self) -> io::Result<()> {
        let commit = || {
            Permissions::of(&self.target).at_the_end(&self.file)?;
            self.file.sync_all()?;
            fs::rename(&self.path, &self.target)?;
            sync_directory(&self.target)
        };
        let result = commit().map_err(|error| self.named(&error));
        self.keep |= result.is_ok();
        result
    }

    fn named(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.keep {
            // The error is ignored; the next run truncates a leftover.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Writes to a partial file, and updates its length and digest.
pub(super) struct Writer {
    file: File,
    account: Option<Arc<Mutex<Account>>>,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        if let Some(account) = &self.account {
            let mut account = account.lock().unwrap_or_else(PoisonError::into_inner);
            account.add(bytes.get(..written).unwrap_or_default());
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The permissions of the replaced file, so that a private report stays private.
struct Permissions(
    #[cfg_attr(not(unix), expect(dead_code, reason = "Windows files inherit theirs"))]
    Option<fs::Permissions>,
);

impl Permissions {
    fn of(target: &Path) -> Self {
        Self(fs::metadata(target).ok().map(|found| found.permissions()))
    }

    /// Creates the file with the permissions of the old one, so that it is never more readable.
    #[cfg(unix)]
    fn creating<'a>(&self, options: &'a mut OpenOptions) -> &'a OpenOptions {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        if let Some(permissions) = &self.0 {
            options.mode(permissions.mode() & 0o777 | 0o600);
        }
        options
    }

    /// The final permissions, plus read and write access for this run and a later one.
    #[cfg(unix)]
    fn while_written(&self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let Some(permissions) = &self.0 else { return Ok(()) };
        file.set_permissions(fs::Permissions::from_mode(permissions.mode() & 0o777 | 0o600))
    }

    #[cfg(unix)]
    fn at_the_end(self, file: &File) -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let Some(permissions) = self.0 else { return Ok(()) };
        file.set_permissions(fs::Permissions::from_mode(permissions.mode() & 0o777))
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "elsewhere it is needed")]
    fn creating<'a>(&self, options: &'a mut OpenOptions) -> &'a OpenOptions {
        options
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn while_written(&self, _: &File) -> io::Result<()> {
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    fn at_the_end(self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

fn in_use(path: &Path) -> Problem {
    Problem::new(Exit::Usage, format!("another run is writing {}", path.display()))
        .advice("Wait for it to end, or use a different --output.")
}
