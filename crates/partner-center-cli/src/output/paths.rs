//! Checks that the files of a run are different files.
//!
//! A run with a checkpoint writes four files: the output, its partial file, the checkpoint, and the checkpoint's
//! temporary file. If two of them were the same file, one would silently replace the other. They are compared by
//! directory and name and, if they exist, by their identity in the file system, which resolves `./x`, links and hard
//! links. Names that differ only in letter case count as equal, as on some file systems.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::problem::Problem;

/// A path of a file that may not exist yet.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The path as the user gave it, or derived from that.
    shown: PathBuf,
    /// The path with links resolved.
    path: PathBuf,
    directory: Identity,
    /// In lower case.
    name: String,
    /// The identity of the file, if it exists.
    file: Option<Identity>,
}

/// The output of a run and its partial file.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    output: Place,
    partial: Place,
}

/// The paths of a checkpoint and of its temporary file.
#[derive(Clone, Debug)]
pub(crate) struct CheckpointPaths {
    pub(crate) checkpoint: PathBuf,
    pub(crate) temporary: PathBuf,
}

/// Files that a run reads, by the names of their arguments.
pub(crate) type Read<'a> = &'a [(&'static str, &'a Path)];

impl Files {
    /// Resolves the files, and rejects two that are the same.
    pub(crate) fn new(output: &Path, read: Read<'_>) -> Result<Self, Problem> {
        let files = Self::find(output)?;
        files.refuse_the_same(&[], read)?;
        Ok(files)
    }

    /// Like [`Files::new`], for a run with a checkpoint.
    pub(crate) fn with_checkpoint(
        output: &Path,
        checkpoint: &Path,
        read: Read<'_>,
    ) -> Result<(Self, CheckpointPaths), Problem> {
        let files = Self::find(output)?;
        let checkpoint = Place::of(checkpoint, "use a file name for --checkpoint")?;
        let temporary = checkpoint.beside(".new")?;
        let more = [("--checkpoint", &checkpoint), ("the temporary file of --checkpoint", &temporary)];
        files.refuse_the_same(&more, read)?;
        Ok((files, CheckpointPaths { checkpoint: checkpoint.path, temporary: temporary.path }))
    }

    fn find(output: &Path) -> Result<Self, Problem> {
        let output = Place::of(output, "omit --output to write to stdout")?;
        let partial = output.beside(".partial")?;
        Ok(Self { output, partial })
    }

    fn refuse_the_same(&self, more: &[(&'static str, &Place)], read: Read<'_>) -> Result<(), Problem> {
        let read = read.iter().filter_map(|(name, path)| Some((*name, Place::of(path, "").ok()?)));
        let read: Vec<_> = read.collect();
        let mut named = vec![("--output", &self.output), ("the partial file of --output", &self.partial)];
        named.extend(more);
        named.extend(read.iter().map(|(name, place)| (*name, place)));
        for (number, (first, one)) in named.iter().enumerate() {
            if let Some((second, other)) = named.iter().skip(number + 1).find(|(_, other)| one.is(other)) {
                return Err(Problem::new(Exit::Usage, format!("{first} and {second} are the same file"))
                    .fact(first, one.shown.display().to_string())
                    .fact(second, other.shown.display().to_string())
                    .advice("Use different names. Nothing was sent."));
            }
        }
        Ok(())
    }

    /// The path of the partial file.
    pub(super) fn partial(&self) -> &Path {
        &self.partial.path
    }

    /// The path of the output, with links resolved.
    pub(crate) fn output(&self) -> &Path {
        &self.output.path
    }
}

impl Place {
    /// Resolves a path. For a link it is the target: renaming a file to the link would replace the link itself.
    fn of(path: &Path, advice: &str) -> Result<Self, Problem> {
        let refused = |why: &str| {
            Problem::new(Exit::Usage, format!("{} cannot be written", path.display())).because(why)
        };
        let resolved = match fs::metadata(path) {
            Ok(found) if !found.is_file() => return Err(refused(&format!("it is not a file; {advice}"))),
            Ok(_) => path.canonicalize().map_err(|error| refused(&error.to_string()))?,
            Err(_) if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) => {
                return Err(refused("it is a link to a file that does not exist")
                    .advice("Remove the link, or use the name of the file it should point to."));
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(refused(&error.to_string()));
            }
            Err(_) => path.to_owned(),
        };
        let directory = match resolved.parent() {
            Some(directory) if !directory.as_os_str().is_empty() => directory,
            _ => Path::new("."),
        };
        let name = resolved.file_name().ok_or_else(|| refused("it has no file name"))?.to_owned();
        let directory = directory.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => refused(&format!("there is no directory {}", directory.display())),
            _ => refused(&error.to_string()),
        })?;
        Ok(Self {
            shown: path.to_owned(),
            path: directory.join(&name),
            directory: Identity::of(&directory)
                .ok_or_else(|| refused(&format!("{} cannot be accessed", directory.display())))?,
            name: folded(&name),
            file: Identity::of(&resolved),
        })
    }

    /// The file next to it with a suffix. This program creates it, so a link is rejected.
    fn beside(&self, suffix: &str) -> Result<Self, Problem> {
        let with_suffix = |path: &Path| {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            name.push(suffix);
            path.with_file_name(name)
        };
        let path = with_suffix(&self.path);
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(Problem::new(Exit::Usage, format!("{} cannot be written", path.display()))
                .because("it is a link or not a file")
                .advice(
                    "This run needs that name for its own file: remove the existing one. Nothing was sent.",
                ));
        }
        let name = folded(path.file_name().unwrap_or_default());
        let file = Identity::of(&path);
        Ok(Self { shown: with_suffix(&self.shown), path, directory: self.directory.clone(), name, file })
    }

    fn is(&self, other: &Self) -> bool {
        (self.directory == other.directory && self.name == other.name)
            || (self.file.is_some() && self.file == other.file)
    }
}

fn folded(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}

/// The identity of a file in the file system.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Identity(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl Identity {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let found = fs::metadata(path).ok()?;
        Some(Self((found.dev(), found.ino())))
    }

    /// The standard library has no stable API for file ids here, so hard links are not detected.
    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        let path = path.canonicalize().ok()?;
        Some(Self(PathBuf::from(path.to_string_lossy().to_lowercase())))
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A directory with `x.csv` and `c.json`, a link to each in `links`, hard links, and a second way into it.
    fn desk() -> tempfile::TempDir {
        let desk = tempfile::tempdir().unwrap();
        let path = |name: &str| desk.path().join(name);
        for directory in ["data", "other"] {
            fs::create_dir(path(directory)).unwrap();
        }
        for file in ["data/x.csv", "data/c.json"] {
            fs::write(path(file), "x").unwrap();
        }
        symlink(path("data"), path("again")).unwrap();
        symlink("x.csv", path("data/link.csv")).unwrap();
        symlink("nowhere", path("data/dangling.csv")).unwrap();
        fs::hard_link(path("data/x.csv"), path("other/hard.csv")).unwrap();
        fs::hard_link(path("data/c.json"), path("other/hard.json")).unwrap();
        fs::hard_link(path("data/x.csv"), path("other/y.csv.partial")).unwrap();
        fs::hard_link(path("data/c.json"), path("other/z.csv.partial")).unwrap();
        fs::create_dir(path("other/directory.csv.partial")).unwrap();
        symlink(path("data/x.csv"), path("other/linked.json.new")).unwrap();
        desk
    }

    #[test]
    fn the_files_of_a_run_are_different_files() {
        let desk = desk();
        let same = "are the same file";
        for (output, checkpoint, refused) in [
            ("data/x.csv", "data/c.json", None),
            ("data/x.csv", "other/x.csv", None),
            ("data/new.csv", "other/new.csv", None),
            ("data/link.csv", "data/c.json", None),
            ("data/x.csv", "data/x.csv", Some(same)),
            ("data/new.csv", "data/new.csv", Some(same)),
            ("data/x.csv", "data/./x.csv", Some(same)),
            ("data/new.csv", "data/../data/new.csv", Some(same)),
            ("data/x.csv", "data/link.csv", Some(same)),
            ("data/link.csv", "data/x.csv", Some(same)),
            ("data/x.csv", "other/hard.csv", Some(same)),
            ("data/x.csv", "again/x.csv", Some(same)),
            ("data/new.csv", "again/new.csv", Some(same)),
            ("data/new.csv", "data/NEW.csv", Some(same)),
            ("data/x.csv", "data/x.csv.partial", Some(same)),
            ("data/link.csv", "data/x.csv.partial", Some(same)),
            ("data/new.csv", "again/New.csv.Partial", Some(same)),
            ("data/c.json.new", "data/c.json", Some(same)),
            ("again/c.new", "data/c", Some(same)),
            ("other/y.csv", "data/x.csv", Some(same)),
            ("other/z.csv", "data/c.json", Some(same)),
            ("other/z.csv", "other/hard.json", Some(same)),
            ("data/dangling.csv", "data/c.json", Some("a link to a file that does not exist")),
            ("data/x.csv", "data/dangling.csv", Some("a link to a file that does not exist")),
            ("other/directory.csv", "data/c.json", Some("it is a link or not a file")),
            ("data/new.csv", "other/linked.json", Some("it is a link or not a file")),
            ("data", "data/c.json", Some("it is not a file")),
            ("data/x.csv", "other", Some("it is not a file")),
            ("missing/x.csv", "data/c.json", Some("there is no directory")),
            ("data/x.csv", "missing/c.json", Some("there is no directory")),
            ("data/..", "data/c.json", Some("it is not a file")),
        ] {
            let path = |name: &str| desk.path().join(name);
            let found = Files::with_checkpoint(&path(output), &path(checkpoint), &[]);
            let report = found.as_ref().err().map(|problem| (problem.exit(), problem.render(None)));
            match refused {
                None => assert!(report.is_none(), "{output} {checkpoint}: {report:?}"),
                Some(why) => assert!(
                    report.as_ref().is_some_and(|(exit, text)| *exit == Exit::Usage && text.contains(why)),
                    "{output} {checkpoint}: {report:?}"
                ),
            }
        }
    }

    #[test]
    fn an_input_file_is_not_overwritten() {
        let desk = desk();
        let path = |name: &str| desk.path().join(name);
        let rules = path("data/x.csv");
        for (output, refused) in [("other/new.csv", false), ("data/link.csv", true), ("other/hard.csv", true)]
        {
            assert_eq!(Files::new(&path(output), &[("--ignore", &rules)]).is_err(), refused, "{output}");
        }
        // Without a checkpoint too, the partial file must not be the output itself.
        assert!(Files::new(&path("other/y.csv"), &[]).is_ok(), "another file than x.csv");
        fs::hard_link(path("other/hard.json"), path("other/hard.json.partial")).unwrap();
        assert!(Files::new(&path("other/hard.json"), &[]).is_err());
    }
}
