//! Locks files against other runs, and makes renames durable.

#[cfg(unix)]
use std::fs;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

/// Why a file could not be locked.
pub(crate) enum LockError {
    /// Another run has it.
    InUse,
    Io(io::Error),
}

/// Locks a file that was opened at this path. Without a lock if the file system does not support them.
pub(crate) fn lock(file: &File, path: &Path) -> Result<(), LockError> {
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(LockError::Io(error)),
        Err(TryLockError::WouldBlock) => return Err(LockError::InUse),
    }
    // Between opening and locking, another run may have renamed, replaced or removed the file, or a link may have
    // replaced it.
    if is_at(file, path) { Ok(()) } else { Err(LockError::InUse) }
}

/// Whether this file is the one at the path. Links are not followed.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().ok().map(id) == fs::symlink_metadata(path).ok().map(id)
}

/// Elsewhere the standard library cannot compare an open file with a path. An open file can be renamed there too, but
/// only a third run that creates another file in between would be missed.
#[cfg(not(unix))]
pub(crate) fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Syncs the directory, which makes a rename durable.
#[cfg(unix)]
pub(crate) fn sync_directory(file: &Path) -> io::Result<()> {
    let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
    File::open(directory.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
pub(crate) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
