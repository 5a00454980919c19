//! How counts moved over the days.

use futures_util::stream::{self, StreamExt as _};
use partner_center::funnel::{Counts, GroupBy, Groups, Totals};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::layout::Table;
use crate::manifest::Manifest;
use crate::parts::{Fields, StoredFunnel};
use crate::table::TableFile;
use crate::{Dataset, Day};

/// The counts of one day, or of one group on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TrendRow {
    /// The day.
    #[cfg_attr(feature = "schemars", schemars(with = "String"))]
    pub snapshot_date: Day,
    /// With groups: the customer's id, the product's id or name, or the service's code or name.
    pub key: Option<String>,
    /// With groups: the name of the customer, product or service.
    pub name: Option<String>,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

impl Dataset {
    /// The counts of some days: one row per day, or one per day and group, in the order of the days and of the keys.
    /// Memory holds these rows and the files of a few days.
    ///
    /// # Errors
    ///
    /// As for [`funnel`](Self::funnel).
    pub async fn trend(&self, days: &[Manifest], by: Option<GroupBy>) -> Result<Vec<TrendRow>> {
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let mut rows = stream::iter(days)
            .map(|manifest| async move {
                let bytes = self.part(manifest, Table::Funnel).await?;
                let day = manifest.snapshot_date;
                let name = self.place.file(&Table::Funnel.path(day));
                let rows = move || rows_of_day(day, TableFile::open(&name, bytes)?, by);
                tokio::task::spawn_blocking(rows)
                    .await
                    .map_err(|error| Error::damaged(Table::Funnel.path(day), error))?
            })
            .buffered(at_once);
        let mut trend = Vec::new();
        while let Some(of_day) = rows.next().await {
            trend.append(&mut of_day?);
        }
        Ok(trend)
    }
}

fn rows_of_day(day: Day, file: TableFile, by: Option<GroupBy>) -> Result<Vec<TrendRow>> {
    let fields = Fields {
        customer_name: by == Some(GroupBy::Customer),
        product: by == Some(GroupBy::Product),
        service: by == Some(GroupBy::Service),
        ..Fields::COUNTS
    };
    let rows = StoredFunnel::new(file, fields);
    let Some(by) = by else {
        let mut totals = Totals::default();
        for row in rows {
            totals.add(&row?);
        }
        return Ok(vec![TrendRow { snapshot_date: day, key: None, name: None, counts: totals.counts() }]);
    };
    let mut groups = Groups::<()>::new(by);
    for row in rows {
        groups.add(&row?);
    }
    let rows = groups.into_iter().map(|group| TrendRow {
        snapshot_date: day,
        counts: group.totals.counts(),
        key: group.key,
        name: group.name,
    });
    Ok(rows.collect())
}
