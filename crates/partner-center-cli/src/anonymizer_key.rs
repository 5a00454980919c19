//! The key of `--anonymize`: 32 random bytes in a file that only its owner can read.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use secrecy::zeroize::Zeroizing;

use crate::anonymizer::{self, KEY_LENGTH as LENGTH};
use crate::args::Global;
use crate::exit::Exit;
use crate::problem::Problem;
use crate::{private_files, settings};

/// The name of the file in the configuration directory.
const FILE: &str = "anonymize.key";

type Key = Zeroizing<[u8; LENGTH]>;

/// Reads the key, or creates it, if `--anonymize` is given.
pub(crate) fn prepare(global: &Global) -> Result<(), Problem> {
    if global.anonymize {
        // The profile may be new.
        let directory = settings::locate(global)?.directory.map(|directory| directory.value);
        anonymizer::install(&*of_directory(directory.as_deref())?);
    }
    Ok(())
}

/// Reads the key of a directory, or creates it. An existing file is never changed.
fn of_directory(directory: Option<&Path>) -> Result<Key, Problem> {
    let Some(directory) = directory else {
        return Err(Problem::new(
            Exit::Usage,
            "there is no configuration directory for the key of --anonymize",
        )
        .advice("Set PARTNER_CENTER_CONFIG_DIR to a directory. Nothing was sent."));
    };
    let path = directory.join(FILE);
    if let Some(key) = read(&path)? {
        return Ok(key);
    }
    create(directory, &path).map_err(|error| {
        Problem::new(Exit::Usage, "could not create the key of --anonymize")
            .fact("file", path.display().to_string())
            .because(error.to_string())
            .advice("Check that this user may write to the directory. Nothing was sent.")
    })?;
    // Another process may have created it first; all use the key that is in the file.
    let missing = || refused(&path, "it was removed at once", "Run the command again. Nothing was sent.");
    read(&path)?.ok_or_else(missing)
}

fn refused(path: &Path, why: &str, advice: &str) -> Problem {
    Problem::new(Exit::Usage, "cannot use the key of --anonymize")
        .fact("file", path.display().to_string())
        .because(why)
        .advice(advice)
}

/// The key; `None` if there is no file.
fn read(path: &Path) -> Result<Option<Key>, Problem> {
    const DAMAGED: &str = "Restore it from a copy, so that pseudonyms stay the same. To begin with other pseudonyms, \
                           delete the file. Nothing was sent.";
    let unreadable = |error: &io::Error| {
        refused(path, &error.to_string(), "Check that this user may read it. Nothing was sent.")
    };
    // Opening a pipe would block.
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
        Ok(found) if !found.is_file() => return Err(refused(path, "it is not a regular file", DAMAGED)),
        Ok(_) => {}
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    // Of the open file, because the path may name another by now.
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    refuse_if_open_to_others(path, &metadata)?;
    let mut text = Zeroizing::new(Vec::with_capacity(2 * LENGTH + 2));
    file.take(2 * LENGTH as u64 + 2).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    let key = decoded(&text)
        .ok_or_else(|| refused(path, "it is damaged: it is not a line of 64 hexadecimal digits", DAMAGED))?;
    Ok(Some(key))
}

/// The bytes of a line of hexadecimal digits. A key of zeros comes from a file that was lost in a crash.
fn decoded(line: &[u8]) -> Option<Key> {
    let digits = line.strip_suffix(b"\n").unwrap_or(line);
    if digits.len() != 2 * LENGTH {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut key = Key::default();
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    key.iter().any(|byte| *byte != 0).then_some(key)
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path, metadata: &fs::Metadata) -> Result<(), Problem> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = metadata.permissions().mode() & 0o777;
    let others = mode & 0o077;
    if others == 0 {
        return Ok(());
    }
    let advice = "Restrict it with chmod 600. If others may have read it, they can recognize customers whose ids they \
                  know: delete it to begin with other pseudonyms. Nothing was sent.";
    Err(refused(path, &format!("it is open to other users of this machine (mode {mode:04o})"), advice))
}

/// On Windows, it is as private as its directory, inside the user's profile.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
fn refuse_if_open_to_others(_: &Path, _: &fs::Metadata) -> Result<(), Problem> {
    Ok(())
}

/// Writes a new key to a temporary file and gives it its name, unless a file of this name exists by then.
fn create(directory: &Path, path: &Path) -> io::Result<()> {
    private_files::create_directory(directory)?;

    let mut key = Key::default();
    getrandom::fill(key.as_mut_slice()).map_err(io::Error::other)?;
    let mut line = Zeroizing::new(Vec::with_capacity(2 * LENGTH + 1));
    for byte in key.iter() {
        write!(line, "{byte:02x}")?;
    }
    line.push(b'\n');

    // Its mode is 0600 on Unix.
    let mut file = tempfile::Builder::new().prefix(".anonymize-").suffix(".tmp").tempfile_in(directory)?;
    file.write_all(&line)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        Err(error) => return Err(error.error),
    }
    // The name is durable only once the directory is synced.
    #[cfg(unix)]
    File::open(directory)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_created_once_and_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let inside = directory.path().join("not/yet");
        // Processes that start at the same time use one key.
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| of_directory(Some(&inside)).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let names: Vec<_> = fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE], "no temporary file is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&inside.join(FILE)), mode(&inside)), (0o600, 0o700));
        }
        let other = of_directory(Some(directory.path())).unwrap();
        assert_ne!(other, keys[0]);
    }

    #[test]
    fn damaged_lines() {
        let line = "0123456789abcdef".repeat(4);
        assert!(decoded(line.as_bytes()).is_some_and(|key| key[..3] == [0x01, 0x23, 0x45]));
        assert!(decoded(format!("{line}\n").as_bytes()).is_some());
        for damaged in
            ["", "\n", &line[1..], &format!("{line}0"), &line.replace('f', "g"), &"0".repeat(64), "\0"]
        {
            assert!(decoded(damaged.as_bytes()).is_none(), "{damaged:?}");
        }
    }
}
