//! Prices of licenses, from a file that the user writes: what unused licenses cost.
//!
//! A price file is csv with the columns `product,price,currency,per[,from]` in any order. `product` is an id, an exact
//! name, or a pattern with `*` and `?`; `per` is `month` or `year`; `from` is the day from which the price applies. A
//! line without a price has no effect, so that a template can be completed line by line. This module has no input or
//! output apart from reading these files.

mod change;
mod check;
mod cost;
mod currency;
mod list;
mod product;
mod product_names;
mod read;
mod sheet;
mod template;
mod written;

pub(crate) use self::change::{CostChange, CostChanges};
pub(crate) use self::check::{Finding, FindingKind, check};
pub(crate) use self::cost::{Costs, Price, Priced, RowCost};
pub(crate) use self::currency::Currency;
pub(crate) use self::list::{EntryRef, PriceList, Pricer};
pub(crate) use self::product::{Product, Products};
pub(crate) use self::product_names::ProductNames;
pub(crate) use self::template::write_template;
pub(crate) use self::written::{Money, WrittenCostChange, WrittenCosts, as_list};
