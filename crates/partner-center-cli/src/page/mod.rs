//! Pages to send: a report over many customers, a page for one customer, and the index of a pack of such pages.
//!
//! Each is one HTML text without scripts that loads nothing. The functions are pure: [`data`] goes in, text comes out.
//! The templates escape every value; external text is a [`Text`], which cannot contain control characters.

mod bar;
mod data;
mod history;
mod lines;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod trend;
mod words;

use askama::Template;

pub(crate) use data::{
    Basis, By, Column, Cost, CustomerReport, Entry, Facts, Group, HEAT_MAP, HeatMap, Index, Licenses,
    NotRead, Of, Pages, Product, Products, ROWS, Ranking, Reason, Renewal, Renewals, Report, RowTable, Share,
    Totals,
};
pub(crate) use history::{Change, ChangeKind, Changes, History, Since};
pub(crate) use text::Text;
use text::{Difference as _, Digits as _, Quantity as _};
pub(crate) use trend::{POINTS, Point, Trend};
use words::Reader;
pub(crate) use words::not_covered;

/// The page with the report over many customers.
pub(crate) fn report(report: &Report) -> Result<String, askama::Error> {
    ReportPage { page: report, facts: &report.facts }.render()
}

/// The page for one customer, which names no other.
pub(crate) fn customer(report: &CustomerReport) -> Result<String, askama::Error> {
    CustomerPage { page: report, facts: &report.facts }.render()
}

/// The index of a pack, which names all customers.
pub(crate) fn index(index: &Index) -> Result<String, askama::Error> {
    IndexPage { page: index, facts: &index.facts }.render()
}

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct ReportPage<'a> {
    page: &'a Report,
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "customer.html", whitespace = "minimize")]
struct CustomerPage<'a> {
    page: &'a CustomerReport,
    facts: &'a Facts,
}

#[derive(Template)]
#[template(path = "index.html", whitespace = "minimize")]
struct IndexPage<'a> {
    page: &'a Index,
    facts: &'a Facts,
}
