//! Changes `config.toml`, for `config` and `login`.
//!
//! The file is read and checked as in every run, changed, checked again, and replaced by a rename. A lock on a
//! second file, which stays, keeps two runs from overwriting each other's change.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use partner_center::settings::variables::CONFIG_DIR;
use partner_center::settings::{ProfileFile, ProfileKey, ProfilePlace, Setting, Source};

use crate::exit::Exit;
use crate::output::lock::{LockError, lock};
use crate::private_files;
use crate::problem::Problem;
pub(crate) use text::Values;

mod text;

/// A change takes milliseconds, so a longer wait means that another run hangs.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const RETRY_INTERVAL: Duration = Duration::from_millis(10);

/// What a change did.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) path: PathBuf,
    pub(crate) is_new_profile: bool,
    /// The keys whose values changed, with their previous values.
    pub(crate) keys: Vec<(ProfileKey, Option<String>)>,
}

/// The path of the file, which need not exist.
pub(crate) fn path(place: &ProfilePlace) -> Result<PathBuf, Problem> {
    place.file().ok_or_else(|| {
        Problem::new(Exit::Usage, "no directory for config.toml: this user has no home directory")
            .advice(format!("Set {CONFIG_DIR} to a directory that this user owns."))
    })
}

/// Sets values of a profile, which may be new, and removes keys. Nothing is written if nothing changes. `patience` limits the
/// wait for another run.
pub(crate) fn change(
    path: &Path,
    profile: &Setting<String>,
    values: Values<'_>,
    patience: Duration,
) -> Result<Changed, Problem> {
    let name = profile.value.as_str();
    if values.iter().all(|(_, value)| value.is_none()) {
        // A removal creates no file.
        let file = read(path)?;
        if !file.has_profile(name) {
            if profile.source != Source::Default {
                return Err(Problem::of_call(&file.unknown(profile), None));
            }
            return Ok(Changed { path: path.to_owned(), is_new_profile: false, keys: Vec::new() });
        }
    }
    let directory = path.parent().unwrap_or_else(|| Path::new("."));
    let cannot = |error: &io::Error| cannot_write(path, error);
    private_files::create_directory(directory).map_err(|error| cannot(&error))?;
    let _lock = wait_for_lock(path, patience.min(LONGEST_WAIT))?;
    let file = read(path)?;
    let before = |key| file.value(name, key).map(str::to_owned);
    let keys: Vec<_> = values
        .iter()
        .map(|(key, value)| (*key, before(*key), *value))
        .filter(|(_, before, value)| before.as_deref() != *value)
        .map(|(key, before, _)| (key, before))
        .collect();
    let changed = Changed { path: path.to_owned(), is_new_profile: !file.has_profile(name), keys };
    if !changed.keys.is_empty() {
        replace(path, &checked(path, &file, name, values)?).map_err(|error| cannot(&error))?;
    }
    Ok(changed)
}

/// Whether there is no profile of this name.
pub(crate) fn is_new(path: &Path, profile: &str) -> Result<bool, Problem> {
    Ok(!read(path)?.has_profile(profile))
}

fn read(path: &Path) -> Result<ProfileFile, Problem> {
    ProfileFile::read(path).map_err(|error| Problem::of_call(&error, None))
}

/// The new content, which must be read as intended: a file that the next run rejects would stop every job.
fn checked(path: &Path, file: &ProfileFile, profile: &str, values: Values<'_>) -> Result<Vec<u8>, Problem> {
    let refused = |why: String| {
        Problem::new(Exit::Usage, "could not change the configuration")
            .fact("file", path.display().to_string())
            .because(why)
            .advice("Change the file with an editor. It was not changed.")
    };
    let bytes = text::changed(file.bytes(), profile, values).map_err(refused)?;
    let read =
        ProfileFile::parse(path, bytes.clone()).map_err(|error| refused(error.message().to_owned()))?;
    if values.iter().any(|(key, value)| read.value(profile, *key) != *value) {
        return Err(refused("the profile is written in a form that cannot be changed".to_owned()));
    }
    Ok(bytes)
}

/// Waits until no other run changes the file. The lock is released when the file is dropped.
fn wait_for_lock(path: &Path, at_most: Duration) -> Result<File, Problem> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock_path = PathBuf::from(name);
    let mut options = OpenOptions::new();
    // With reading, because opening a pipe only for writing would block.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&lock_path).map_err(|error| cannot_write(&lock_path, &error))?;
    let deadline = Instant::now() + at_most;
    loop {
        match lock(&file, &lock_path) {
            Ok(()) => return Ok(file),
            Err(LockError::Io(error)) => return Err(cannot_write(&lock_path, &error)),
            Err(LockError::InUse) if Instant::now() < deadline => std::thread::sleep(RETRY_INTERVAL),
            Err(LockError::InUse) => {
                return Err(Problem::new(Exit::Usage, "another run is changing the configuration")
                    .fact("file", path.display().to_string())
                    .advice("Find the other run of this program that hangs, and stop it."));
            }
        }
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> Problem {
    Problem::new(Exit::Usage, "could not write the configuration")
        .fact("file", path.display().to_string())
        .because(error.to_string())
        .advice("Check that this user may write to the directory.")
}

/// Replaces the file, which keeps its mode. A symbolic link stays, and its target is replaced.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => path.canonicalize()?,
        _ => path.to_owned(),
    };
    let before = fs::metadata(&target).ok().filter(|_| cfg!(unix));
    private_files::replace(&target, bytes, before.map(|found| found.permissions()))
}
