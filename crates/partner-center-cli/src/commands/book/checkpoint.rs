//! `--checkpoint`: how far a run is, kept beside what it wrote, so that the next one goes on from there.
//!
//! The rows are made sure to be on disk first, and then the checkpoint that covers them takes the place of the last one
//! in one step. So whenever a run is killed there is a checkpoint that is right about the first bytes of the file; what
//! comes after them is cut off and asked for again. Every customer is in the finished file exactly once.
//!
//! A checkpoint says what it is about: when it was written, the arguments, the output, and a digest of the bytes that it
//! covers. Another run is refused with the name of the file to delete, and so is one after [`LONGEST_AGE`]. While a run
//! goes on, its checkpoint is locked.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use partner_center::sweep::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Exit;
use crate::output::Tally;
use crate::output::file::{Covered, is_at, sync_directory};
use crate::output::paths::{CheckpointPaths, Files};
use crate::report::{Problem, Stop};

/// The form that this version writes and reads.
const VERSION: u32 = 2;

/// Saving takes no more than this part of the time.
const SHARE: u32 = 20;

/// How long after it was written a checkpoint can be resumed. The service computes its data once a day: a file that was
/// begun with one day's rows is not to end with another's, and least of all in a job that runs every night.
pub(super) const LONGEST_AGE: SignedDuration = SignedDuration::from_hours(12);

/// What a run was asked, by the names of the arguments: another question has other rows.
pub(super) type Question = BTreeMap<&'static str, String>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    version: u32,
    /// When, as RFC 3339 has it.
    written: String,
    /// The file that the rows are for.
    output: String,
    /// The bytes of it that count.
    covered: Covered,
    question: BTreeMap<String, String>,
    state: State,
}

/// What is saved of a run.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    /// Whether nothing is left but to give the output its name.
    pub(super) finished: bool,
    pub(super) reading: Checkpoint,
    pub(super) tally: Tally,
    /// What the reading keeps of the rows itself.
    pub(super) account: Value,
}

/// The checkpoint of this run.
pub(super) struct Keeper {
    paths: CheckpointPaths,
    output: String,
    question: Question,
    /// Holds the lock; it is the file that is at the path.
    locked: File,
    /// Nothing is in it, and if that stays so it goes with the run.
    empty: bool,
    /// When and for how long it was saved.
    last: Option<(Instant, Duration)>,
}

impl Keeper {
    /// The checkpoint of these files, and what is in it already.
    pub(super) fn open(
        paths: CheckpointPaths,
        files: &Files,
        question: Question,
    ) -> Result<(Self, Option<(Covered, State)>), Problem> {
        let path = &paths.checkpoint;
        let mut locked = lock(path)?;
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
                read(&bytes, &output, &question, Timestamp::now()).map_err(|why| unusable(path, &why))?;
            Some((saved.covered, saved.state))
        };
        Ok((Self { paths, output, question, locked, empty, last: None }, saved))
    }

    pub(super) fn path(&self) -> &Path {
        &self.paths.checkpoint
    }

    /// Whether it is time to save again. The first time is as soon as there is something to save.
    pub(super) fn is_due(&self) -> bool {
        self.last.is_none_or(|(at, took)| at.elapsed() >= took * SHARE)
    }

    /// Saves. What it covers must be on disk already; `began` is when that was begun with.
    pub(super) fn save(&mut self, began: Instant, covered: Covered, state: State) -> Result<(), Stop> {
        let question = self.question.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let saved = Saved {
            version: VERSION,
            written: Timestamp::now().to_string(),
            output: self.output.clone(),
            covered,
            question: question.collect(),
            state,
        };
        let new = &self.paths.temporary;
        let write = || {
            // Never through a link that somebody put there.
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(new)?;
            // Locked before it has the name, so that there is no moment without a lock.
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
            // What is left of it would be in the next one's way.
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

    /// The run is over, and there is nothing to go on with.
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

impl Drop for Keeper {
    fn drop(&mut self) {
        if self.empty && is_at(&self.locked, &self.paths.checkpoint) {
            // Nobody is left to be told; an empty one counts as none.
            let _ = fs::remove_file(&self.paths.checkpoint);
        }
    }
}

/// Opens the checkpoint, or a new and empty one, and keeps other runs out.
fn lock(path: &Path) -> Result<File, Problem> {
    let cannot = |error: &io::Error| {
        Problem::new(Exit::Usage, format!("the checkpoint {} cannot be used", path.display()))
            .because(error.to_string())
    };
    let in_use = || {
        Problem::new(Exit::Usage, format!("another run is using the checkpoint {}", path.display()))
            .advice("Wait for it to end, or give this one another --checkpoint and another --output.")
    };
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    let file = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => options.create_new(true).open(path),
        other => other,
    };
    let file = file.map_err(|error| cannot(&error))?;
    match file.try_lock() {
        Ok(()) => {}
        // Some file systems know no locks; then nobody is kept out.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(cannot(&error)),
        Err(TryLockError::WouldBlock) => return Err(in_use()),
    }
    // Between opening and locking, another run may have put a newer one in its place, or removed it.
    if is_at(&file, path) { Ok(file) } else { Err(in_use()) }
}

/// What a run that was killed while it saved has left.
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
    Problem::new(Exit::Usage, format!("{} cannot be gone on from", path.display()))
        .because(why)
        .advice(format!("To start again, delete {}.", path.display()))
}

/// Reads a checkpoint for this run, or says why it is not for it.
fn read(bytes: &[u8], output: &str, question: &Question, now: Timestamp) -> Result<Saved, String> {
    let saved: Value = serde_json::from_slice(bytes).map_err(|_| "it is no checkpoint".to_owned())?;
    match saved.get("version").and_then(Value::as_u64) {
        Some(version) if version == u64::from(VERSION) => {}
        Some(_) => return Err("another version of this program wrote it".to_owned()),
        None => return Err("it is no checkpoint".to_owned()),
    }
    // What serde would say of the text may name a customer.
    let saved: Saved = serde_json::from_value(saved)
        .map_err(|_| "it is no checkpoint that this version can read".to_owned())?;
    if saved.output != output {
        return Err(format!("it is of another output: {} and not {output}", saved.output));
    }
    if let Some(difference) = difference(&saved.question, question) {
        return Err(format!("it is of another run: {difference}"));
    }
    let written: Timestamp =
        saved.written.parse().map_err(|_| "it does not say when it was written".to_owned())?;
    let age = now.duration_since(written);
    if age > LONGEST_AGE {
        return Err(format!(
            "it was written {} hours ago, and after {} its rows could be of another day than those to come",
            age.as_hours(),
            LONGEST_AGE.as_hours()
        ));
    }
    if age < -LONGEST_AGE {
        return Err(format!("it was written at {written}, which is in the future"));
    }
    Ok(saved)
}

/// The first argument that is not what it was.
fn difference(then: &BTreeMap<String, String>, now: &Question) -> Option<String> {
    let names = then.keys().map(String::as_str).chain(now.keys().copied());
    let shown = |value: Option<&String>| value.map_or_else(|| "not given".to_owned(), Clone::clone);
    names.into_iter().find_map(|name| {
        let (then, now) = (then.get(name), now.get(name));
        (then != now).then(|| format!("{name} was {} and is {} now", shown(then), shown(now)))
    })
}

#[cfg(test)]
mod tests {
    use partner_center::PartnerCenter;
    use partner_center::credential::StaticToken;

    use super::*;
    use crate::commands::book::reading;

    fn saved(written: Timestamp) -> Vec<u8> {
        let partner =
            PartnerCenter::builder().credential(StaticToken::new("token").unwrap()).build().unwrap();
        let reading = partner.customers().sweep(reading::both).stream().checkpoint();
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

    // R14
    #[test]
    fn a_checkpoint_is_for_the_same_question_the_same_output_and_the_same_day() {
        let now: Timestamp = "2026-08-30T06:00:00Z".parse().unwrap();
        let question = Question::from([("--below", "50".to_owned())]);
        let other = Question::from([("--below", "60".to_owned())]);
        let hours = SignedDuration::from_hours;
        for (age, output, question, refused) in [
            (hours(0), "/reports/x.csv", &question, None),
            (hours(12), "/reports/x.csv", &question, None),
            (hours(-2), "/reports/x.csv", &question, None),
            (hours(13), "/reports/x.csv", &question, Some("it was written 13 hours ago, and after 12")),
            (hours(24 * 7), "/reports/x.csv", &question, Some("it was written 168 hours ago")),
            (hours(-24), "/reports/x.csv", &question, Some("in the future")),
            (hours(0), "/reports/y.csv", &question, Some("it is of another output: /reports/x.csv")),
            (hours(0), "/reports/x.csv", &other, Some("--below was 50 and is 60 now")),
        ] {
            let found = read(&saved(now - age), output, question, now).map(|saved| saved.state.finished);
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
        assert!(read(&bytes, "/reports/x.csv", &question, now).is_err());
    }
}
