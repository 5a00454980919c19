//! Reads a dataset. Files whose length or digest differs from the manifest are errors.

use std::collections::BTreeSet;

use bytes::Bytes;
use partner_center::funnel::FunnelRow;
use sha2::{Digest as _, Sha256};

use crate::Day;
use crate::error::{Error, Result};
use crate::layout::{ROOT, RUNS, Table, day_of, manifest_path};
use crate::manifest::{self, Manifest, Root};
use crate::parts::{Fields, StoredFunnel};
use crate::place::Place;
use crate::recording::hexadecimal;
use crate::table::TableFile;

/// A dataset: the licenses of all customers on some days.
#[derive(Debug)]
pub struct Dataset {
    pub(crate) place: Place,
    tenant: Option<String>,
}

/// The days of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Days {
    /// The days that were recorded, the oldest first.
    pub recorded: Vec<Day>,
    /// Days with files but without a manifest: they do not count, and the next recording of the day replaces them.
    pub unfinished: Vec<Day>,
}

impl Dataset {
    /// Opens a dataset for reading.
    ///
    /// # Errors
    ///
    /// [`Error::NotADataset`], [`Error::LaterVersion`] and [`Error::Damaged`], or the place cannot be read.
    pub async fn open(place: Place) -> Result<Self> {
        match root(&place).await? {
            Some(Root { tenant, .. }) => Ok(Self { place, tenant }),
            None => Err(Error::NotADataset { place: place.to_string() }),
        }
    }

    pub(crate) fn at(place: Place, tenant: Option<&str>) -> Self {
        Self { place, tenant: tenant.map(str::to_owned) }
    }

    /// The partner's tenant; `None` for sample data.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The days of the dataset.
    ///
    /// # Errors
    ///
    /// The place cannot be read.
    pub async fn days(&self) -> Result<Days> {
        let days = |paths: Vec<String>| paths.iter().filter_map(|path| day_of(path)).collect::<BTreeSet<_>>();
        let runs = self.place.list(RUNS).await?;
        let recorded = days(runs.into_iter().filter(|path| path.ends_with("/run.json")).collect());
        let mut unfinished = BTreeSet::new();
        for table in Table::ALL {
            unfinished.extend(days(self.place.list(table.name()).await?));
        }
        let unfinished = unfinished.difference(&recorded).copied().collect();
        Ok(Days { recorded: recorded.into_iter().collect(), unfinished })
    }

    /// The manifest of a day.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchDay`], [`Error::LaterVersion`] and [`Error::Damaged`], or the place cannot be read.
    pub async fn manifest(&self, day: Day) -> Result<Manifest> {
        let path = manifest_path(day);
        let bytes = self.place.read(&path).await?.ok_or(Error::NoSuchDay { day })?;
        let manifest: Manifest = manifest::read(&self.place.file(&path), &bytes)?;
        if manifest.snapshot_date == day {
            return Ok(manifest);
        }
        Err(Error::damaged(
            self.place.file(&path),
            format_args!("its snapshotDate is {}", manifest.snapshot_date),
        ))
    }

    /// The rows of the funnel of a day, by customer.
    ///
    /// # Errors
    ///
    /// [`Error::Damaged`], or the place cannot be read. The rows end with an error if the file turns out to be damaged.
    pub async fn funnel(
        &self,
        manifest: &Manifest,
        fields: Fields,
    ) -> Result<impl Iterator<Item = Result<FunnelRow>> + Send + use<>> {
        let bytes = self.part(manifest, Table::Funnel).await?;
        let file = TableFile::open(&self.place.file(&Table::Funnel.path(manifest.snapshot_date)), bytes)?;
        Ok(StoredFunnel::new(file, fields))
    }

    /// The bytes of a file of a day.
    pub(crate) async fn part(&self, manifest: &Manifest, table: Table) -> Result<Bytes> {
        let damaged =
            |cause: String| Error::damaged(self.place.file(&table.path(manifest.snapshot_date)), cause);
        let part = manifest.part(table).ok_or_else(|| damaged("its manifest does not name it".to_owned()))?;
        // The path of the manifest is not followed: it could lead elsewhere.
        let bytes = self.place.read(&table.path(manifest.snapshot_date)).await?;
        let bytes = bytes.ok_or_else(|| damaged("it is missing".to_owned()))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length != part.bytes {
            return Err(damaged(format!("it has {length} bytes, and its manifest says {}", part.bytes)));
        }
        if hexadecimal(&Sha256::digest(&bytes)) != part.sha256 {
            return Err(damaged("its SHA-256 differs from that in the manifest".to_owned()));
        }
        Ok(bytes)
    }
}

/// The rows of a Parquet file with the columns of the funnel, such as the command line writes.
///
/// # Errors
///
/// [`Error::Damaged`] if it is not such a file.
pub fn read_funnel_file(name: &str, bytes: Bytes) -> Result<Vec<FunnelRow>> {
    StoredFunnel::new(TableFile::open(name, bytes)?, Fields::ALL).collect()
}

/// The root of a dataset; `None` if the place is not a dataset.
pub(crate) async fn root(place: &Place) -> Result<Option<Root>> {
    let Some(bytes) = place.read(ROOT).await? else { return Ok(None) };
    manifest::read(&place.file(ROOT), &bytes).map(Some)
}
