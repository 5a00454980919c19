//! A dataset in a folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::LOCK;
use crate::error::{Error, Result};

pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(super) fn is_empty(&self) -> Result<bool> {
        let is_empty = || {
            for entry in fs::read_dir(&self.root)? {
                if !entry?.file_name().to_string_lossy().starts_with('.') {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        match is_empty() {
            Err(error) if is_missing(&error) => Ok(true),
            other => other.map_err(|error: io::Error| Error::io(self.root.display(), error)),
        }
    }

    pub(super) fn list(&self, folder: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let path = self.at(&folder);
            let entries = match fs::read_dir(&path) {
                Err(error) if is_missing(&error) => continue,
                entries => entries.map_err(|error| Error::io(path.display(), error))?,
            };
            for entry in entries {
                let entry = entry.map_err(|error| Error::io(path.display(), error))?;
                let name = entry.file_name();
                let path = format!("{folder}/{}", name.to_string_lossy());
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    pub(super) fn read(&self, path: &str) -> Result<Option<Bytes>> {
        let path = self.at(path);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Error::io(path.display(), error)),
        }
    }

    pub(super) fn copy_in(&self, path: &str, from: &Path) -> Result<()> {
        self.write_with(path, |mut file| {
            io::copy(&mut File::open(from)?, &mut file)?;
            Ok(())
        })
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        self.write_with(path, |mut file| file.write_all(bytes))
    }

    /// Writes a hidden file next to it, and renames that.
    fn write_with(&self, path: &str, write: impl FnOnce(&File) -> io::Result<()>) -> Result<()> {
        let path = self.at(path);
        let write = || {
            let folder = path.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder)?;
            let file = tempfile::Builder::new().prefix(".writing-").tempfile_in(folder)?;
            write(file.as_file())?;
            file.as_file().sync_all()?;
            file.persist(&path).map_err(|error| error.error)?;
            sync(folder)
        };
        write().map_err(|error| Error::io(path.display(), error))
    }

    pub(super) fn rename(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = (self.at(from), self.at(to));
        let rename = || {
            let folder = to.parent().unwrap_or(&self.root);
            fs::create_dir_all(folder)?;
            fs::rename(&from, &to)?;
            sync(folder)
        };
        rename().map_err(|error| Error::io(to.display(), error))
    }

    pub(super) fn remove(&self, path: &str) -> Result<()> {
        let path = self.at(path);
        match fs::remove_file(&path) {
            Err(error) if is_missing(&error) => {}
            removed => removed.map_err(|error| Error::io(path.display(), error))?,
        }
        if let Some(folder) = path.parent().filter(|folder| *folder != self.root) {
            // It stays if it has other files.
            let _ = fs::remove_dir(folder);
            if let Some(above) = folder.parent() {
                let _ = sync(above);
            }
        }
        Ok(())
    }

    /// The lock ends with the process, even if it is killed.
    pub(super) fn lock(&self) -> Result<File> {
        let path = self.at(LOCK);
        let failed = |error| Error::io(path.display(), error);
        fs::create_dir_all(&self.root).map_err(failed)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::InUse {
                place: self.root.display().to_string(),
                lock: path.display().to_string(),
                holder: None,
            }),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Makes the names in a folder last. Only Unix opens a folder like a file.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
