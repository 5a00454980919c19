//! The columns of the rows of all commands, in the order of the csv columns.
//!
//! The rows are those of the SDK, except for customers, subscriptions and SKUs: a model is nested, and a row of output is
//! flat.

mod annotated;
mod customer;
mod diff;
mod funnel;
pub(crate) mod group;
mod history;
mod licenses;
pub(crate) mod live;
mod setting;
mod sku;
mod subscription;
mod subscription_insight;

pub(crate) use annotated::AnnotatedRow;
pub(crate) use customer::Customer;
pub(crate) use diff::{AnnotatedDiff, AnnotatedGroup, DiffLine, Unbroken};
pub(crate) use group::{GroupExtra, GroupRow};
pub(crate) use history::{DayRow, TrendLine};
pub(crate) use live::{Live, LiveMatch};
pub(crate) use setting::{SettingName, SettingRow};
pub(crate) use sku::Sku;
pub(crate) use subscription::Subscription;
pub(crate) use subscription_insight::SubscriptionInsight;
