//! Where the files of a dataset are, from its root.

use serde::{Deserialize, Serialize};

use crate::Day;

/// The file that marks the root of a dataset.
pub const ROOT: &str = "_dataset.json";

/// The tables of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Table {
    /// Licenses sold and deployed.
    Deployment,
    /// Licenses active and qualified, by workload.
    Usage,
    /// Both, joined: the counts of the funnel.
    Funnel,
}

impl Table {
    /// All tables.
    pub const ALL: [Self; 3] = [Self::Deployment, Self::Usage, Self::Funnel];

    /// Its name in paths.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Usage => "usage",
            Self::Funnel => "funnel",
        }
    }

    /// The path of its file of a day, from the root.
    #[must_use]
    pub fn path(self, day: Day) -> String {
        format!("{}/{}/part-0.parquet", self.name(), folder(day))
    }
}

/// The path of the manifest of a day, from the root.
pub(crate) fn manifest_path(day: Day) -> String {
    format!("{RUNS}/{}/run.json", folder(day))
}

/// The folder of the manifests.
pub(crate) const RUNS: &str = "runs";

/// The name of the folder of a day, in the form that engines read as a column.
pub(crate) fn folder(day: Day) -> String {
    format!("snapshotDate={day}")
}

/// The day of a path, if it has one.
pub(crate) fn day_of(path: &str) -> Option<Day> {
    path.split('/').find_map(|part| part.strip_prefix("snapshotDate="))?.parse().ok()
}
