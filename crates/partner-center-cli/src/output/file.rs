//! `--output`: a file that is there in whole or not at all.
//!
//! Rows go to a file beside it, with `.partial` behind its name, which takes the name at the end. The partial file is
//! locked, so that two runs do not write it together, and it is removed when a run ends early, unless it is kept to go
//! on with.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::report::Problem;

/// A file on its way to its name.
#[derive(Debug)]
pub(crate) struct Partial {
    /// Holds the lock.
    file: File,
    path: PathBuf,
    target: PathBuf,
    keep: bool,
}

impl Partial {
    /// Begins to write a file that is to have this name.
    pub(crate) fn create(target: &Path) -> Result<Self, Problem> {
        let target = resolve(target)?;
        let partial = Self::open(partial_path(&target), target, true)?;
        partial.cut(0)?;
        Ok(partial)
    }

    /// Goes on with a file of which so many bytes count. If that is all of it, it may have its name already.
    pub(crate) fn go_on(target: &Path, length: u64, finished: bool) -> Result<Self, Problem> {
        let has_name = |found: fs::Metadata| found.is_file() && found.len() == length;
        let target = resolve(target)?;
        let path = partial_path(&target);
        let mut partial = if finished && !path.exists() && fs::metadata(&target).is_ok_and(has_name) {
            Self::open(target.clone(), target, false)?
        } else {
            Self::open(path, target, length == 0)?
        };
        // Whatever happens from here on, what is written is worth keeping.
        partial.keep = true;
        let actual = partial.file.metadata().map_err(|error| partial.cannot(&error))?.len();
        if actual < length {
            let shown = partial.path.display();
            return Err(Problem::new(
                Exit::Usage,
                format!("{shown} has {actual} bytes, and the checkpoint is about {length}"),
            )
            .advice("It is not the file that the checkpoint was made with. To start again, delete the checkpoint."));
        }
        partial.cut(length)?;
        Ok(partial)
    }

    fn open(path: PathBuf, target: PathBuf, create: bool) -> Result<Self, Problem> {
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(Problem::new(Exit::Usage, format!("{} is not a file", path.display())));
        }
        let cannot = |error: &io::Error| {
            let problem = Problem::new(Exit::Usage, format!("{} cannot be written", path.display()));
            match (error.kind(), create) {
                (io::ErrorKind::NotFound, false) => problem
                    .because("it is not there, and the checkpoint goes on with it")
                    .advice("To start again, delete the checkpoint."),
                _ => problem.because(error.to_string()),
            }
        };
        // What is in it is cut only once it is locked.
        let file = OpenOptions::new().write(true).create(create).truncate(false).open(&path);
        let file = file.map_err(|error| cannot(&error))?;
        match file.try_lock() {
            Ok(()) => {}
            // Some file systems know no locks; then nobody is kept out.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(cannot(&error)),
            Err(TryLockError::WouldBlock) => return Err(in_use(&path)),
        }
        // Between opening and locking, another run may have finished: what was the partial file is the result then.
        if !is_at(&file, &path) {
            return Err(in_use(&path));
        }
        Ok(Self { file, path, target, keep: false })
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

    /// Another handle to write with.
    pub(super) fn writer(&self) -> io::Result<File> {
        self.file.try_clone().map_err(|error| self.named(&error))
    }

    /// Makes sure that what was written is on disk, and says how much that is.
    pub(super) fn sync(&self) -> io::Result<u64> {
        let sync = || {
            self.file.sync_data()?;
            Ok(self.file.metadata()?.len())
        };
        sync().map_err(|error: io::Error| self.named(&error))
    }

    /// Gives the file its name.
    pub(super) fn commit(mut self) -> io::Result<()> {
        let commit = || {
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
            // Nobody is left to be told; what stays behind is cut by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Where rows are kept until the file is whole.
fn partial_path(target: &Path) -> PathBuf {
    let mut name = target.file_name().map_or_else(OsString::new, OsString::from);
    name.push(".partial");
    target.with_file_name(name)
}

/// The file itself, where a link was named: a new name would take the link's place and leave the file as it was.
fn resolve(target: &Path) -> Result<PathBuf, Problem> {
    let refused = |why: &str| {
        Problem::new(Exit::Usage, format!("{} cannot be written", target.display())).because(why.to_owned())
    };
    match fs::metadata(target) {
        Ok(found) if !found.is_file() => {
            Err(refused("it is not a file; leave --output out to write to stdout"))
        }
        Ok(_) => target.canonicalize().map_err(|error| refused(&error.to_string())),
        Err(_) if target.file_name().is_none() => Err(refused("it has no file name")),
        Err(_) => Ok(target.to_owned()),
    }
}

fn in_use(path: &Path) -> Problem {
    Problem::new(Exit::Usage, format!("another run is writing {}", path.display()))
        .advice("Wait for it to end, or give this one another --output.")
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |found: fs::Metadata| (found.dev(), found.ino());
    file.metadata().ok().map(id) == fs::metadata(path).ok().map(id)
}

/// Elsewhere a file that is open cannot be given another name.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A new name is on disk once its directory is.
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
