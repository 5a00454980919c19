//! `--checkpoint`: how far a run is, kept beside what it wrote, so that the next one goes on from there.
//!
//! The rows are made sure to be on disk first, and then the checkpoint that covers them takes the place of the last one
//! in one step. So whenever a run is killed there is a checkpoint that is right about the first bytes of the file; what
//! comes after them is cut off and asked for again. Every customer is in the finished file exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use partner_center::CustomerId;
use partner_center::sweep::Checkpoint;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exit::Exit;
use crate::output::Tally;
use crate::output::file::sync_directory;
use crate::report::{Problem, Stop};

/// The form that this version writes and reads.
const VERSION: u32 = 1;

/// Saving takes no more than this part of the time.
const SHARE: u32 = 20;

/// What a run was asked, by the names of the arguments: another question has other rows.
pub(super) type Question = BTreeMap<&'static str, String>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Saved {
    version: u32,
    question: BTreeMap<String, String>,
    state: State,
}

/// What is saved of a run.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct State {
    /// How many bytes of the output it covers.
    pub(super) length: u64,
    /// Whether nothing is left but to give the output its name.
    pub(super) finished: bool,
    pub(super) reading: Checkpoint,
    pub(super) tally: Tally,
    /// Whose rows there are, where that is not known from whom was asked about.
    pub(super) customers: BTreeSet<CustomerId>,
    /// What the reading keeps of the rows itself.
    pub(super) account: Value,
}

/// The checkpoint of this run.
pub(super) struct Keeper {
    path: PathBuf,
    question: Question,
    /// When and for how long it was saved.
    last: Option<(Instant, Duration)>,
}

impl Keeper {
    /// The checkpoint at this place, and what is in it already.
    pub(super) fn open(path: &Path, question: Question) -> Result<(Self, Option<State>), Problem> {
        let unusable = |why: &str| {
            Problem::new(Exit::Usage, format!("{} cannot be gone on from", path.display()))
                .because(why.to_owned())
                .advice("To start again, delete it.")
        };
        let saved = match fs::read(path) {
            Ok(bytes) => {
                let saved: Value =
                    serde_json::from_slice(&bytes).map_err(|_| unusable("it is no checkpoint"))?;
                match saved.get("version").and_then(Value::as_u64) {
                    Some(version) if version == u64::from(VERSION) => {}
                    Some(_) => return Err(unusable("another version of this program wrote it")),
                    None => return Err(unusable("it is no checkpoint")),
                }
                // What serde would say of the text may name a customer.
                let saved: Saved = serde_json::from_value(saved)
                    .map_err(|_| unusable("it is no checkpoint that this version can read"))?;
                if let Some(difference) = difference(&saved.question, &question) {
                    return Err(unusable(&format!("it is of another run: {difference}")));
                }
                Some(saved.state)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Problem::new(Exit::Usage, format!("{} cannot be read", path.display()))
                    .because(error.to_string()));
            }
        };
        Ok((Self { path: path.to_owned(), question, last: None }, saved))
    }

    /// Whether it is time to save again. The first time is as soon as there is something to save.
    pub(super) fn is_due(&self) -> bool {
        self.last.is_none_or(|(at, took)| at.elapsed() >= took * SHARE)
    }

    /// Saves. What it covers must be on disk already; `began` is when that was begun with.
    pub(super) fn save(&mut self, began: Instant, state: State) -> Result<(), Stop> {
        let question = self.question.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let saved = Saved { version: VERSION, question: question.collect(), state };
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let new = self.path.with_file_name(name);
        let write = || {
            let mut file = io::BufWriter::new(File::create(&new)?);
            serde_json::to_writer(&mut file, &saved)?;
            file.flush()?;
            file.get_ref().sync_data()?;
            fs::rename(&new, &self.path)
        };
        write().map_err(|error| self.cannot(&error))?;
        self.last = Some((Instant::now(), began.elapsed()));
        Ok(())
    }

    /// The run is over, and there is nothing to go on with.
    pub(super) fn remove(self) -> Result<(), Stop> {
        let removed = match fs::remove_file(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
        removed.and_then(|()| sync_directory(&self.path)).map_err(|error| self.cannot(&error).into())
    }

    fn cannot(&self, error: &io::Error) -> Problem {
        Problem::new(Exit::Unexpected, format!("the checkpoint {} cannot be written", self.path.display()))
            .because(error.to_string())
    }
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
