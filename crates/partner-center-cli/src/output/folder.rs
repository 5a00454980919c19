//! `--output` of a pack: a folder that appears only when it is complete.
//!
//! Its files are written into a partial folder next to it, with the suffix `.partial`, which is renamed at the end. The
//! partial folder is removed when a run ends early.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::sync_directory;
use crate::exit::Exit;
use crate::problem::Problem;

/// An output folder that is not complete yet.
#[derive(Debug)]
pub(crate) struct PartialFolder {
    path: PathBuf,
    target: PathBuf,
    keep: bool,
}

impl PartialFolder {
    /// Creates the partial folder. The folder itself must not exist, or be empty.
    pub(crate) fn create(output: &Path) -> Result<Self, Problem> {
        let refused = |why: String, advice: &str| {
            Problem::new(Exit::Usage, format!("{} cannot be written", output.display()))
                .because(why)
                .advice(format!("{advice} Nothing was sent."))
        };
        let unusable = |error: io::Error| refused(error.to_string(), "Use the name of a new folder.");
        let target = match fs::symlink_metadata(output) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => output.to_owned(),
            Err(error) => return Err(unusable(error)),
            Ok(found) if !found.is_dir() => {
                return Err(refused("it is not a folder".to_owned(), "Use the name of a new folder."));
            }
            Ok(_) if fs::read_dir(output).map_err(unusable)?.next().is_some() => {
                return Err(refused("it is not empty".to_owned(), "Use the name of a new or empty folder."));
            }
            Ok(_) => output.to_owned(),
        };
        // `.` and `..` have no name, and must not be replaced.
        let Some(name) = target.file_name() else {
            return Err(refused("it has no name".to_owned(), "Use the name of a new folder."));
        };
        let mut partial = name.to_owned();
        partial.push(".partial");
        let path = target.with_file_name(partial);
        match fs::create_dir(&path) {
            Ok(()) => Ok(Self { path, target, keep: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(refused(
                format!("{} exists: another run is writing it, or one was killed", path.display()),
                "Wait for it to end, or delete that folder.",
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(refused("its parent folder does not exist".to_owned(), "Create that folder first."))
            }
            Err(error) => Err(unusable(error)),
        }
    }

    /// The path of the partial folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Renames the folder to its final name.
    pub(super) fn commit(mut self) -> io::Result<()> {
        let commit = || {
            // Not every system renames a folder to the name of an empty one. One that is no longer empty is an error.
            match fs::remove_dir(&self.target) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            fs::rename(&self.path, &self.target)?;
            sync_directory(&self.target)
        };
        let result: io::Result<()> = commit();
        self.keep = result.is_ok();
        result.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.target.display())))
    }
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        if !self.keep {
            // The error is ignored; the next run names a leftover.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}
