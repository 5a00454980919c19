//! The license funnel: how many sold licenses are deployed, and how many deployed licenses are used.
//!
//! The service reports deployment and usage separately, and neither shows unused licenses. This module joins the rows
//! of both, from either source:
//!
//! ```text
//! sold ------------------> deployed ------------------> active
//!      shelfware = sold - deployed     idle = deployed - active
//! ```
//!
//! ```
//! use partner_center::funnel::{Funnel, FunnelTotals};
//! use partner_center::licenses::{DeploymentRow, UsageRow};
//!
//! let deployment: Vec<DeploymentRow> = serde_json::from_str(
//!     r#"[{"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!          "licensesSold":100,"licensesDeployed":80,"source":"classic"}]"#,
//! )?;
//! let usage: Vec<UsageRow> = serde_json::from_str(
//!     r#"[{"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!          "workloadName":"Exchange","licensesActive":60,"licensesQualified":100,"source":"classic"},
//!         {"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!          "workloadName":"SharePoint","licensesActive":25,"licensesQualified":100,"source":"classic"}]"#,
//! )?;
//!
//! // One customer at a time; the totals keep only a few numbers per product.
//! let mut totals = FunnelTotals::default();
//! let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
//! let funnel = Funnel::of_customer(customer, &deployment, &usage);
//! for row in &funnel.rows {
//!     totals.add(row);
//! }
//!
//! let row = &funnel.rows[0];
//! assert_eq!((row.licenses_sold, row.licenses_deployed, row.licenses_active), (Some(100), Some(80), Some(60)));
//! assert_eq!((row.shelfware, row.idle), (Some(20), Some(20)));
//! assert_eq!((row.deployment_percent, row.usage_percent), (Some(80.0), Some(75.0)));
//! assert_eq!(totals.overall().idle.sum, 20);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # All customers
//!
//! [`Customers::funnel`](crate::chain::Customers::funnel) reads and joins the rows of all customers. From the commercial
//! queries, this takes a few requests; otherwise, two for each customer:
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let mut funnel = partner.customers().funnel().stream();
//! while let Some(batch) = funnel.try_next().await? {
//!     for row in batch.rows() {
//!         println!("{}: {:?} shelfware, {:?} idle", row.customer_id, row.shelfware, row.idle);
//!     }
//! }
//! println!("{} rows, from {:?}", funnel.report().funnel_rows, funnel.source());
//! # Ok(())
//! # }
//! ```
//!
//! # What the numbers mean
//!
//! **Active** is the maximum of the workloads' `licensesActive`. Usage is counted per workload, and a license is in use
//! if it is used in any of them. The sum would count a user of both mail and documents twice. The true number lies
//! between the maximum and the smaller of the sum and the deployed count, and only the maximum is certain. *Idle* is
//! therefore an upper bound, and each row keeps its workloads for closer analysis.
//!
//! **Unknown is not zero.** A missing or negative count makes all values computed from it unknown (`None`). The active
//! count of a product without usage rows is unknown, because the service reports no usage for some products. Totals add
//! up the known counts, and count the rows that are not included.
//!
//! **Unused** is shelfware plus idle, of what is known. Shelfware can be *reduced* when the subscription renews, idle
//! licenses can be *reassigned*. If only one of them is known, unused is a lower bound, and the row is
//! [flagged](Flag::UnusedIsLowerBound).
//!
//! **Contradictions are reported.** More licenses may be deployed than sold, or active than deployed, because the
//! service computes the two sides at different times. Shelfware and idle are then 0, the row is [flagged](Flag), and
//! the totals contain the excess.
//!
//! **Percentages** are computed from the counts. They are above 100 if the counts contradict each other, and absent if
//! the denominator is 0. The service's own percentages are kept separately. Its usage percentage is different: active
//! licenses of those that *qualify* for one workload, instead of active licenses of those deployed.
//!
//! **Age.** Each side keeps its own `processedDateTime`; for usage, this is the oldest of the workloads. The age of a
//! row is that of the older side, and the row is flagged if they are a day or more apart.
//!
//! # How rows are joined
//!
//! Within one customer, a deployment row and a usage row are joined if they have the same channel and the same product:
//! the same product id if both have one, or else the same product name and service. Ids and names are compared without
//! case and surrounding white space. The service is compared by its code, or by its name if it has no code. The classic
//! operations send no product id.
//!
//! * A row without a counterpart is kept, with the other side unknown, and [flagged](Flag).
//! * A row without a product id that matches several rows with an id is not joined, and all of them are flagged.
//! * For several rows of one side with the same key (and workload): duplicates count once; of several snapshots only
//!   the newest counts; different rows of one snapshot are added up, because the service splits them by a field that it
//!   does not return. Each case is flagged and counted.
//! * A row that names no customer, no product, or a customer other than the requested one is left out and counted.
//!
//! The [`JoinReport`] accounts for every input row: it is in a funnel row or in one of the counts. The order of the
//! rows does not matter.
//!
//! All rows of a join come from one source. Rows of the commercial queries must be grouped by customer, product,
//! service and channel at least, and usage rows also by workload. Without the workload, the service adds up the
//! workloads and counts users several times.

mod counted;
mod counts;
mod entries;
mod groups;
mod join;
mod join_report;
mod merge;
mod product_group;
mod product_key;
mod report;
mod row;
mod stream;
mod totals;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use self::counted::Counted;
pub use self::counts::Counts;
pub use self::groups::{Group, GroupBy, Groups};
pub use self::join::{Funnel, FunnelRows, InputRows, Join};
pub use self::join_report::JoinReport;
pub use self::report::FunnelReport;
pub use self::row::{Flag, FunnelRow, Workload};
pub use self::stream::{FunnelBatch, FunnelReportStream};
pub use self::totals::{FunnelTotals, ProductTotals, Share, Tally, Totals};
