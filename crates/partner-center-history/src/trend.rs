//! How counts moved over the days.

use futures_util::stream::{self, StreamExt as _};
use partner_center::funnel::{GroupBy, Groups, Totals};
use serde::{Deserialize, Serialize};

use crate::counts::Counts;
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
    /// How many licenses were sold.
    pub licenses_sold: Option<i64>,
    /// How many licenses are deployed.
    pub licenses_deployed: Option<i64>,
    /// How many licenses are in use.
    pub licenses_active: Option<i64>,
    /// Sold and not deployed.
    pub shelfware: Option<i64>,
    /// Deployed and not in use.
    pub idle: Option<i64>,
    /// Shelfware plus idle, of what is known.
    pub unused: Option<i64>,
}

impl TrendRow {
    fn new(snapshot_date: Day, key: Option<String>, name: Option<String>, totals: &Totals) -> Self {
        let Counts { licenses_sold, licenses_deployed, licenses_active, shelfware, idle, unused } =
            totals.into();
        Self {
            snapshot_date,
            key,
            name,
            licenses_sold,
            licenses_deployed,
            licenses_active,
            shelfware,
            idle,
            unused,
        }
    }
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
        return Ok(vec![TrendRow::new(day, None, None, &totals)]);
    };
    let mut groups = Groups::<()>::new(by);
    for row in rows {
        groups.add(&row?);
    }
    Ok(groups.into_iter().map(|group| TrendRow::new(day, group.key, group.name, &group.totals)).collect())
}
