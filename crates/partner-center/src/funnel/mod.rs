//! The funnel: of the licenses that were sold, how many are deployed, and of those, how many are used.
//!
//! This module joins rows that were fetched before. It sends nothing, knows no clock, and neither sorts nor prints for
//! people. The service answers deployment and usage apart, and neither says what is wasted:
//!
//! ```text
//! sold ------------------> deployed ------------------> active
//!      shelfware = sold - deployed     idle = deployed - active
//! ```
//!
//! ```
//! use partner_center::funnel::{Funnel, FunnelTotals};
//! use partner_center::models::{
//!     CustomerLicensesDeploymentInsightsCollection, CustomerLicensesUsageInsightsCollection,
//! };
//!
//! let deployment: CustomerLicensesDeploymentInsightsCollection = serde_json::from_str(
//!     r#"{"items":[{"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!         "licensesSold":100,"licensesDeployed":80}]}"#,
//! )?;
//! let usage: CustomerLicensesUsageInsightsCollection = serde_json::from_str(
//!     r#"{"items":[
//!         {"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!          "workloadName":"Exchange","licensesActive":60,"licensesQualified":100},
//!         {"productName":"OFFICE 365 ENTERPRISE E3","serviceName":"o365","channel":"reseller",
//!          "workloadName":"SharePoint","licensesActive":25,"licensesQualified":100}]}"#,
//! )?;
//!
//! // One customer at a time; what is kept of each is a few numbers per product.
//! let mut totals = FunnelTotals::default();
//! let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
//! let funnel = Funnel::classic(customer, &deployment.items, &usage.items);
//! for row in &funnel.rows {
//!     totals.add(row);
//! }
//!
//! let row = &funnel.rows[0];
//! assert_eq!((row.licenses_sold, row.licenses_deployed, row.licenses_active), (Some(100), Some(80), Some(60)));
//! assert_eq!((row.shelfware, row.idle), (Some(20), Some(20)));
//! assert_eq!((row.deployment_percent, row.usage_percent), (Some(80.0), Some(75.0)));
//! assert_eq!(totals.book().idle.sum, 20);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the numbers mean
//!
//! **Active** is the greatest of the workloads' `licensesActive`. Usage is counted per workload, and a license is in use
//! if it is used in any of them. The sum would count whoever reads mail and opens a document twice; the true number lies
//! between the greatest and the smaller of the sum and the deployed, and the greatest is the part of it that is proved.
//! So *idle* is the most that it can be, and the workloads stay on the row for whoever wants to look closer.
//!
//! **Unknown is not zero.** A count that is missing makes everything computed from it unknown (`None`). So does a
//! negative one. A product without usage rows has no active licenses that are known of: the service reports no usage for
//! some products at all. Totals add up what is known and count the rows that are not in the sum.
//!
//! **Contradictions are shown.** More deployed than sold, and more active than deployed, happen; the two sides are not
//! counted at the same moment. Shelfware and idle are then 0, the row is [flagged](Flag), and totals hold by how much.
//!
//! **Percentages** are computed from the counts, from 0 to 100 and above where the counts contradict each other;
//! without a denominator there is none. The service's own stand beside them. Its usage percentage is another one: active
//! of the licenses that *qualify* for one workload, where the funnel's is active of the deployed.
//!
//! **Age.** Each side keeps its own `processedDateTime`, usage the oldest of its workloads; a row is as old as the
//! oldest of both, and flagged if they are a day or more apart.
//!
//! # How rows are joined
//!
//! Within one customer, a deployment row and a usage row belong together if they have the same channel and the same
//! product: the same product id where both have one (letter case does not count), else the same product name and
//! service. Names compare without letter case and outer white space; the service is compared by its code, or by its name
//! where there is no code. The classic operations send no product id.
//!
//! * A row that finds no counterpart is kept, with the other side unknown, and [flagged](Flag).
//! * A row without a product id that could belong to several rows with one belongs to none, and all are flagged.
//! * Several rows of one side with the same key (and workload): the same row again counts once; of several snapshots the
//!   newest counts; rows of one snapshot that differ are parts of a whole that the service splits by something it does
//!   not show, and are added. Each is flagged and counted.
//! * A row that names no customer, no product or another customer than was asked for is left out and counted.
//!
//! The [`JoinReport`] has all the counts: of the rows that went in, each is in a funnel row or in one of its numbers. The
//! order of the rows makes no difference.
//!
//! Rows of the commercial queries must be grouped finely enough: by customer, product, service and channel, and usage by
//! workload as well. Without the workload, the service adds up the workloads and counts users several times.

mod cell;
mod entries;
mod ignore;
mod join;
mod key;
mod report;
mod row;
mod settle;
mod threshold;
mod totals;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use self::ignore::{IgnoreFilter, IgnoreRule, IgnoreRules};
pub use self::join::{Funnel, Join};
pub use self::report::JoinReport;
pub use self::row::{Flag, FunnelRow, Source, Workload};
pub use self::threshold::{Metric, MetricValue, Relation, Scope, Threshold, ThresholdError};
pub use self::totals::{FunnelTotals, ProductTotals, Share, Tally, Totals};
