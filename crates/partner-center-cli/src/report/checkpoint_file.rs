//! `--checkpoint`: saves the progress of a run, so that the next run resumes from it.
//!
//! The rows are synced to disk first; then the checkpoint that covers them atomically replaces the last one. Whenever a
//! run is killed, the checkpoint is correct for the first bytes of the file; the bytes after them are cut off and read
//! again. Every customer is in the finished file exactly once.
//!
//! A checkpoint records when it was written, the arguments, the output, and a digest of the bytes that it covers. It is
//! rejected for another run, and after [`LONGEST_AGE`]; the error names the file to delete. During a run, its
//! checkpoint is locked.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use partner_center::sweep::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Exit;
use crate::output::Tally;
use crate::output::file::Covered;
use crate::output::lock::{LockError, is_at, lock, sync_directory};
use crate::output::paths::{CheckpointPaths, Files};
use crate::problem::{Problem, Stop};

/// The format version that is written and read.
const VERSION: u32 = 2;

/// Saving takes at most 1/20 of the time.
const SHARE: u32 = 20;

/// The longest age of a checkpoint that can be resumed. The service computes its data once a day; a file must not mix
/// the rows of two days, especially in a nightly job.
pub(super) const LONGEST_AGE: SignedDuration = SignedDuration::from_hours(12);

/// The arguments that determine the rows of a run, by name.
pub(super) type Fingerprint = BTreeMap<&'static str, String>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    version: u32,
    /// When it was written, in RFC 3339.
    written: String,
    /// The output file.
    output: String,
    /// The bytes of the output that are valid.
    covered: Covered,
    #[serde(rename = "question")]
    fingerprint: BTreeMap<String, String>,
    state: State,
}

/// The saved state of a run.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    /// Whether only renaming the output is left to do.
    pub(super) finished: bool,
    pub(super) reading: Checkpoint,
    pub(super) tally: Tally,
    /// The saved state of the funnel policy.
    #[serde(rename = "account")]
    pub(super) policy: Value,
}

/// The checkpoint file of this run.
pub(super) struct CheckpointFile {
    paths: CheckpointPaths,
    output: String,
    fingerprint: Fingerprint,
    /// The file at the path, with its lock.
    locked: File,
    /// The file is empty, and is removed at the end if it stays empty.
    empty: bool,
    /// When it was last saved, and how long that took.
    last: Option<(Instant, Duration)>,
}

impl CheckpointFile {
    /// Opens and locks the checkpoint, and returns its saved state.
    pub(super) fn open(
        paths: CheckpointPaths,
        files: &Files,
        fingerprint: Fingerprint,
    ) -> Result<(Self, Option<(Covered, State)>), Problem> {
        let path = &paths.checkpoint;
        let mut locked = open_locked(path)?;
        let mut bytes = Vec::new();
        locked.read_to_end(&mut bytes).map_err(|error| {
            Problem::new(Exit::Usage, format!("{} cannot be read", path.display())).because(error.to_string())
        })?;
        remove_leftover(&paths.temporary)?;
        let output = files.output().to_string_lossy().into_owned();
        let empty = bytes.is_empty();
        let saved = if empty {
            None
        } else {
            let saved =
                read(&bytes, &output, &fingerprint, Timestamp::now()).map_err(|why| unusable(path, &why))?;
            Some((saved.covered, saved.state))
        };
        Ok((Self { paths, output, fingerprint, locked, empty, last: None }, saved))
    }

    pub(super) fn path(&self) -> &Path {
        &self.paths.checkpoint
    }

    /// Whether it is time to save again. The first save is due at once.
    pub(super) fn is_due(&self) -> bool {
        self.last.is_none_or(|(at, took)| at.elapsed() >= took * SHARE)
    }

    /// Saves the state. The covered bytes must be on disk; `began` is when syncing them began.
    pub(super) fn save(&mut self, began: Instant, covered: Covered, state: State) -> Result<(), Stop> {
        let fingerprint = self.fingerprint.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let saved = Saved {
            version: VERSION,
            written: Timestamp::now().to_string(),
            output: self.output.clone(),
            covered,
            fingerprint: fingerprint.collect(),
            state,
        };
        let new = &self.paths.temporary;
        let write = || {
            // `create_new` does not follow a link.
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(new)?;
            // Locked before it is renamed, so that the checkpoint is always locked.
            let _ = file.try_lock();
            if let Ok(found) = fs::metadata(&self.paths.checkpoint) {
                file.set_permissions(found.permissions())?;
            }
            let mut file = io::BufWriter::new(file);
            serde_json::to_writer(&mut file, &saved)?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_data()?;
            fs::rename(new, &self.paths.checkpoint)?;
            Ok(file)
        };
        let written = write().map_err(|error: io::Error| {
            // A leftover would block the next save.
            if error.kind() != io::ErrorKind::AlreadyExists {
                let _ = fs::remove_file(new);
            }
            self.cannot(&error)
        });
        self.locked = written?;
        self.empty = false;
        self.last = Some((Instant::now(), began.elapsed()));
        Ok(())
    }

    /// Removes the checkpoint: the run is complete.
    pub(super) fn remove(mut self) -> Result<(), Stop> {
        self.empty = false;
        let path = &self.paths.checkpoint;
        let removed = match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        removed.and_then(|()| sync_directory(path)).map_err(|error| self.cannot(&error).into())
    }

    fn cannot(&self, error: &io::Error) -> Problem {
        let path = self.paths.checkpoint.display();
        Problem::new(Exit::Unexpected, format!("the checkpoint {path} cannot be written"))
            .because(error.to_string())
    }
}

impl Drop for CheckpointFile {
    fn drop(&mut self) {
        if self.empty && is_at(&self.locked, &self.paths.checkpoint) {
            // The error is ignored; an empty file counts as no checkpoint.
            let _ = fs::remove_file(&self.paths.checkpoint);
        }
    }
}

/// Opens or creates the checkpoint, and locks it against other runs.
fn open_locked(path: &Path) -> Result<File, Problem> {
    let cannot = |error: &io::Error| {
        Problem::new(Exit::Usage, format!("the checkpoint {} cannot be used", path.display()))
            .because(error.to_string())
    };
    let in_use = || {
        Problem::new(Exit::Usage, format!("another run is using the checkpoint {}", path.display()))
            .advice("Wait for it to end, or use a different --checkpoint and --output.")
    };
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    let file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => options.create_new(true).open(path),
        other => other,
    };
    let file = file.map_err(|error| cannot(&error))?;
    match lock(&file, path) {
        Ok(()) => Ok(file),
        Err(LockError::InUse) => Err(in_use()),
        Err(LockError::Io(error)) => Err(cannot(&error)),
    }
}

/// Removes the temporary file of a run that was killed while saving.
fn remove_leftover(path: &Path) -> Result<(), Problem> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Problem::new(Exit::Usage, format!("{} cannot be written", path.display()))
                .because(error.to_string()))
        }
        _ => Ok(()),
    }
}

fn unusable(path: &Path, why: &str) -> Problem {
    Problem::new(Exit::Usage, format!("cannot resume from {}", path.display()))
        .because(why)
        .advice(format!("To start again, delete {}.", path.display()))
}

/// Reads a checkpoint, or returns why this run cannot resume from it.
fn read(bytes: &[u8], output: &str, fingerprint: &Fingerprint, now: Timestamp) -> Result<Saved, String> {
    let saved: Value = serde_json::from_slice(bytes).map_err(|_| "not a checkpoint file".to_owned())?;
    match saved.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(_) => return Err("written by another version of this program".to_owned()),
        None => return Err("not a checkpoint file".to_owned()),
    }
    // serde's message is dropped: it may name a customer.
    let saved: Saved = serde_json::from_value(saved)
        .map_err(|_| "not a checkpoint that this version can read".to_owned())?;
    if saved.output != output {
        return Err(format!("the checkpoint belongs to another output: {}, not {output}", saved.output));
    }
    if let Some(difference) = difference(&saved.fingerprint, fingerprint) {
        return Err(format!("the checkpoint belongs to another run: {difference}"));
    }
    let written: Timestamp =
        saved.written.parse().map_err(|_| "it has no valid time of writing".to_owned())?;
    let age = now.duration_since(written);
    if age > LONGEST_AGE {
        return Err(format!(
            "it was written {} hours ago, and after {} hours the data of two days could be mixed",
            age.as_hours(),
            LONGEST_AGE.as_hours()
        ));
    }
    if age < -LONGEST_AGE {
        return Err(format!("it was written at {written}, which is in the future"));
    }
    Ok(saved)
}

/// Describes the first argument that changed.
fn difference(then: &BTreeMap<String, String>, now: &Fingerprint) -> Option<String> {
    let names = then.keys().map(String::as_str).chain(now.keys().copied());
    let shown = |value: Option<&String>| value.map_or_else(|| "unset".to_owned(), Clone::clone);
    names.into_iter().find_map(|name| {
        let (then, now) = (then.get(name), now.get(name));
        (then != now).then(|| format!("{name} was {}, now {}", shown(then), shown(now)))
    })
}

#[cfg(test)]
mod tests {
    use partner_center::PartnerCenter;
    use partner_center::credential::StaticToken;
    use partner_center::funnel::Funnel;

    use super::*;

    fn saved(written: Timestamp) -> Vec<u8> {
        let partner =
            PartnerCenter::builder().credential(StaticToken::new("token").unwrap()).build().unwrap();
        let reading = partner.customers().sweep(Funnel::read).stream().checkpoint();
        let saved = serde_json::json!({
            "version": VERSION,
            "written": written.to_string(),
            "output": "/reports/x.csv",
            "covered": Covered::default(),
            "question": {"--below": "50"},
            "state": {
                "finished": true,
                "reading": reading,
                "tally": Tally::default(),
                "account": null,
            },
        });
        serde_json::to_vec(&saved).unwrap()
    }

    #[test]
    fn a_checkpoint_is_rejected_for_other_arguments_another_output_or_another_day() {
        let now: Timestamp = "2026-08-30T06:00:00Z".parse().unwrap();
        let fingerprint = Fingerprint::from([("--below", "50".to_owned())]);
        let other = Fingerprint::from([("--below", "60".to_owned())]);
        let hours = SignedDuration::from_hours;
        for (age, output, fingerprint, refused) in [
            (hours(0), "/reports/x.csv", &fingerprint, None),
            (hours(12), "/reports/x.csv", &fingerprint, None),
            (hours(-2), "/reports/x.csv", &fingerprint, None),
            (
                hours(13),
                "/reports/x.csv",
                &fingerprint,
                Some("it was written 13 hours ago, and after 12 hours"),
            ),
            (hours(24 * 7), "/reports/x.csv", &fingerprint, Some("it was written 168 hours ago")),
            (hours(-24), "/reports/x.csv", &fingerprint, Some("in the future")),
            (
                hours(0),
                "/reports/y.csv",
                &fingerprint,
                Some("the checkpoint belongs to another output: /reports/x.csv"),
            ),
            (hours(0), "/reports/x.csv", &other, Some("--below was 50, now 60")),
        ] {
            let found = read(&saved(now - age), output, fingerprint, now).map(|saved| saved.state.finished);
            match refused {
                None => assert_eq!(found, Ok(true), "{age}"),
                Some(why) => {
                    assert!(found.as_ref().is_err_and(|text| text.contains(why)), "{why}: {found:?}");
                }
            }
        }
        let mut without_time: Value = serde_json::from_slice(&saved(now)).unwrap();
        without_time["written"] = "yesterday".into();
        let bytes = serde_json::to_vec(&without_time).unwrap();
        assert!(read(&bytes, "/reports/x.csv", &fingerprint, now).is_err());
    }
}
