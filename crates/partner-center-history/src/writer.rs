//! Writes days into a dataset, and removes them.
//!
//! A day is written and synced completely in a hidden folder first, its manifest last. Then the old manifest of the day
//! is removed, the files are moved, and the manifest comes last again. A process that is killed leaves the old day, the
//! new one, or files without a manifest, which do not count. The next writer finishes a complete day and removes an
//! incomplete one.

use std::collections::BTreeMap;

use crate::Day;
use crate::dataset::{Dataset, root};
use crate::error::{Error, Result};
use crate::layout::{ROOT, Table, day_of, folder, manifest_path};
use crate::manifest::{self, Manifest, Root, VERSION};
use crate::place::{Lock, Place};
use crate::recording::Recording;

/// The hidden folder in which a day is prepared.
const STAGING: &str = ".staging";

/// The only process that writes to a dataset.
#[derive(Debug)]
pub struct Writer {
    dataset: Dataset,
    lock: Lock,
    recovered: Recovered,
}

/// What a writer found of earlier writers that were stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recovered {
    /// Days that were complete; they count now.
    pub finished: Vec<Day>,
    /// Days that were not complete; their files were removed.
    pub removed: Vec<Day>,
}

/// What a manifest says of its run besides the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunFacts {
    /// Whether the day was asked for, instead of the latest data.
    pub requested: bool,
    /// When the run began, in UTC.
    pub began: String,
    /// When the run ended, in UTC.
    pub ended: String,
}

impl RunFacts {
    /// The facts of a run for the latest data.
    #[must_use]
    pub fn new(began: String, ended: String) -> Self {
        Self { requested: false, began, ended }
    }

    /// The day was asked for.
    #[must_use]
    pub fn requested(self, requested: bool) -> Self {
        Self { requested, ..self }
    }
}

impl Writer {
    /// Opens a dataset for writing, and creates it if there is nothing at the place. Finishes or removes what an earlier
    /// writer left behind.
    ///
    /// # Errors
    ///
    /// [`Error::NotEmpty`] if the place has other files, [`Error::OtherTenant`], [`Error::InUse`], and as for
    /// [`Dataset::open`].
    pub async fn open(place: Place, tenant: Option<&str>) -> Result<Self> {
        // Checked before the lock, which is a file too.
        let is_new = check(&place, tenant).await?;
        let lock = place.lock().await?;
        let mut writer = Self { dataset: Dataset::at(place, tenant), lock, recovered: Recovered::default() };
        match writer.prepare(is_new, tenant).await {
            Ok(recovered) => {
                writer.recovered = recovered;
                Ok(writer)
            }
            Err(error) => {
                // In an object store, the lock would stay. The first error is the one to report.
                let _ = writer.close().await;
                Err(error)
            }
        }
    }

    async fn prepare(&self, is_new: bool, tenant: Option<&str>) -> Result<Recovered> {
        let place = &self.dataset.place;
        if is_new && check(place, tenant).await? {
            place.write(ROOT, manifest::text(&Root::new(tenant))?).await?;
        }
        self.recover().await
    }

    /// What earlier writers had left behind.
    #[must_use]
    pub fn recovered(&self) -> &Recovered {
        &self.recovered
    }

    /// The dataset.
    #[must_use]
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// Writes a day, in place of the same day if there is one.
    ///
    /// # Errors
    ///
    /// A file cannot be written, or the recording was not [ended](Recording::end). The old day, if there was one, is
    /// readable unless the error came while the files were moved; then the next writer finishes the move.
    pub async fn write(&self, day: Day, mut recording: Recording, facts: RunFacts) -> Result<Manifest> {
        if !recording.ended {
            return Err(Error::damaged(folder(day), "the recording was not ended, so rows may be missing"));
        }
        let RunFacts { requested, began, ended } = facts;
        let customers = recording.customers;
        let mut manifest = Manifest {
            version: VERSION,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            snapshot_date: day,
            tenant: self.dataset.tenant().map(str::to_owned),
            source: recording.source,
            requested,
            oldest_data: recording.oldest.take(),
            newest_data: recording.newest.take(),
            customers,
            complete: customers.failed == 0 && customers.listed.is_some(),
            unread: std::mem::take(&mut recording.unread),
            parts: Vec::new(),
            began,
            ended,
        };
        let temporary =
            tempfile::tempdir().map_err(|error| Error::io(std::env::temp_dir().display(), error))?;
        manifest.parts = recording.write_parts(day, temporary.path())?;
        let place = &self.dataset.place;
        for table in Table::ALL {
            place.copy_in(&staged(table, day), &temporary.path().join(table.name())).await?;
        }
        place.write(&staged_manifest(day), manifest::text(&manifest)?).await?;
        self.publish(day).await?;
        Ok(manifest)
    }

    /// Removes a day.
    ///
    /// # Errors
    ///
    /// A file cannot be removed. The day does not count any more unless the manifest is that file.
    pub async fn remove(&self, day: Day) -> Result<()> {
        let place = &self.dataset.place;
        place.remove(&manifest_path(day)).await?;
        for table in Table::ALL {
            place.remove(&table.path(day)).await?;
        }
        Ok(())
    }

    /// Lets others write again. A writer of a folder also does so when it is dropped, but one of an object store does not:
    /// close it after an error as well.
    ///
    /// # Errors
    ///
    /// The lock cannot be removed.
    pub async fn close(self) -> Result<Dataset> {
        self.dataset.place.unlock(self.lock).await?;
        Ok(self.dataset)
    }

    /// Moves a staged day to its place. Files that were moved already are there.
    async fn publish(&self, day: Day) -> Result<()> {
        let place = &self.dataset.place;
        place.remove(&manifest_path(day)).await?;
        let staged_files = place.list(&format!("{STAGING}/{}", folder(day))).await?;
        for table in Table::ALL {
            let from = staged(table, day);
            if staged_files.contains(&from) {
                place.rename(&from, &table.path(day)).await?;
            }
        }
        place.rename(&staged_manifest(day), &manifest_path(day)).await?;
        // The folder is empty now.
        place.remove(&staged_manifest(day)).await
    }

    async fn recover(&self) -> Result<Recovered> {
        let place = &self.dataset.place;
        let mut recovered = Recovered::default();
        let mut days: BTreeMap<Day, Vec<String>> = BTreeMap::new();
        for path in place.list(STAGING).await? {
            match day_of(&path) {
                Some(day) => days.entry(day).or_default().push(path),
                None => place.remove(&path).await?,
            }
        }
        for (day, paths) in days {
            let manifest = match place.read(&staged_manifest(day)).await? {
                Some(bytes) => Some(manifest::read::<Manifest>(&place.file(&staged_manifest(day)), &bytes)?),
                None => None,
            };
            if manifest.is_some_and(|manifest| manifest.snapshot_date == day) {
                self.publish(day).await?;
                recovered.finished.push(day);
            } else {
                for path in paths {
                    place.remove(&path).await?;
                }
                recovered.removed.push(day);
            }
        }
        Ok(recovered)
    }
}

fn staged(table: Table, day: Day) -> String {
    format!("{STAGING}/{}/{}.parquet", folder(day), table.name())
}

fn staged_manifest(day: Day) -> String {
    format!("{STAGING}/{}/run.json", folder(day))
}

/// Whether a dataset can be created at a place, or there is one of this tenant.
async fn check(place: &Place, tenant: Option<&str>) -> Result<bool> {
    match root(place).await? {
        Some(root) if root.tenant.as_deref() == tenant => Ok(false),
        Some(Root { tenant: has, .. }) => {
            Err(Error::OtherTenant { place: place.to_string(), has, given: tenant.map(str::to_owned) })
        }
        None if place.is_empty().await? => Ok(true),
        None => Err(Error::NotEmpty { place: place.to_string() }),
    }
}
