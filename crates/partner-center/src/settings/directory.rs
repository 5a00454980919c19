//! The directory of profiles and sign-ins on each platform, and that of earlier versions.

use std::fs;
use std::path::{Path, PathBuf};

use etcetera::app_strategy::{Apple, Windows, Xdg};
use etcetera::{AppStrategy as _, AppStrategyArgs};

/// A directory in which an earlier version kept profiles and sign-ins, and which still has some.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EarlierDirectory {
    /// The earlier directory.
    pub path: PathBuf,
    /// The directory that the platform has for such files.
    pub successor: PathBuf,
    /// Whether the earlier directory is in use, as it is while the successor has no files.
    pub is_used: bool,
}

/// The platforms with different directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Platform {
    Windows,
    Apple,
    /// Linux and other systems with the base directories of XDG.
    Other,
}

impl Platform {
    const fn of_this_build() -> Self {
        if cfg!(windows) {
            Self::Windows
        } else if cfg!(target_vendor = "apple") {
            Self::Apple
        } else {
            Self::Other
        }
    }

    /// The platform's own directory, and the one of earlier versions if it was another. `None` for a user without a home
    /// directory.
    fn directories(self) -> Option<(PathBuf, Option<PathBuf>)> {
        let names = AppStrategyArgs { app_name: "partner-center".to_owned(), ..AppStrategyArgs::default() };
        let xdg = |names| Xdg::new(names).ok().map(|xdg| xdg.config_dir());
        match self {
            Self::Windows => Some((Windows::new(names).ok()?.config_dir(), None)),
            // Apple recommends Application Support for configuration files; Preferences is for those that the system
            // writes.
            Self::Apple => Some((Apple::new(names.clone()).ok()?.data_dir(), xdg(names))),
            Self::Other => Some((xdg(names)?, None)),
        }
    }
}

/// The directory to use, and the earlier one if it has files.
pub(super) fn find() -> Option<(PathBuf, Option<EarlierDirectory>)> {
    let (own, earlier) = Platform::of_this_build().directories()?;
    Some(choose(own, earlier, has_files))
}

/// The earlier directory is used as long as only it has files. Files are never spread over both, because everything that
/// is written goes to the directory in use.
fn choose(
    own: PathBuf,
    earlier: Option<PathBuf>,
    has_files: impl Fn(&Path) -> bool,
) -> (PathBuf, Option<EarlierDirectory>) {
    match earlier.filter(|earlier| *earlier != own && has_files(earlier)) {
        None => (own, None),
        Some(path) => {
            let is_used = !has_files(&own);
            let used = if is_used { path.clone() } else { own.clone() };
            (used, Some(EarlierDirectory { path, successor: own, is_used }))
        }
    }
}

/// Whether the directory has files of this program. The system's own, such as `.DS_Store`, are hidden.
fn has_files(directory: &Path) -> bool {
    let is_visible = |entry: fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    fs::read_dir(directory).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(is_visible)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_has_its_own_place() {
        for (platform, own, earlier) in [
            (Platform::Windows, &["partner-center", "config"][..], None),
            (Platform::Apple, &["Library", "Application Support", "partner-center"], Some("partner-center")),
            (Platform::Other, &["partner-center"], None),
        ] {
            let (directory, of_earlier) = platform.directories().unwrap();
            assert!(directory.ends_with(own.iter().collect::<PathBuf>()), "{platform:?}: {directory:?}");
            assert_eq!(of_earlier.is_some(), earlier.is_some(), "{platform:?}");
            assert!(of_earlier.is_none_or(|path| path.ends_with(earlier.unwrap()) && path != directory));
        }
    }

    #[test]
    fn the_earlier_directory_is_used_as_long_as_only_it_has_files() {
        let (own, earlier) = (PathBuf::from("own"), PathBuf::from("earlier"));
        for (with_files, used, reported) in [
            (&[][..], "own", None),
            (&["own"], "own", None),
            (&["earlier"], "earlier", Some(true)),
            (&["own", "earlier"], "own", Some(false)),
        ] {
            let has_files = |path: &Path| with_files.iter().any(|name| Path::new(name) == path);
            let (directory, found) = choose(own.clone(), Some(earlier.clone()), has_files);
            assert_eq!(directory, Path::new(used), "{with_files:?}");
            assert_eq!(found.as_ref().map(|found| found.is_used), reported, "{with_files:?}");
            if let Some(found) = found {
                assert_eq!((&found.path, &found.successor), (&earlier, &own));
            }
            // Linux and Windows: there was no other.
            assert_eq!(choose(own.clone(), None, has_files), (own.clone(), None));
            // As with XDG_CONFIG_HOME set to the platform's own.
            assert_eq!(choose(own.clone(), Some(own.clone()), has_files), (own.clone(), None));
        }
    }

    #[test]
    fn hidden_files_do_not_count() {
        let directory = tempfile::tempdir().unwrap();
        assert!(!has_files(&directory.path().join("missing")) && !has_files(directory.path()));
        fs::write(directory.path().join(".DS_Store"), "").unwrap();
        assert!(!has_files(directory.path()));
        fs::create_dir(directory.path().join("tokens")).unwrap();
        assert!(has_files(directory.path()));
    }
}
