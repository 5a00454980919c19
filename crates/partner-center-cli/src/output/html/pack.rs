//! A folder of pages: one for each customer with rows, which can have a workbook beside it, and an index.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::mem;
use std::path::PathBuf;

use partner_center::CustomerId;
use partner_center::funnel::{Group, GroupBy, Groups};
use partner_center::licenses::Source;

use super::first_rows::FirstRows;
use super::renewals::Renewing;
use super::sums::{OfCustomer, Sums, group_on_page, sorted};
use super::workbook::{Workbook, in_file};
use super::{Edition, Products, words};
use crate::output::rows::AnnotatedRow;
use crate::output::{About, Failure, Sink, Summary};
use crate::page::{self, CustomerReport, Entry, Index, Pages, Text};

/// Writes the pages of customers as they become complete, which needs their rows one customer after the other.
///
/// It holds the totals and the first rows of one customer, and the totals and the file name of each.
pub(crate) struct Pack {
    edition: Edition,
    folder: PathBuf,
    with_workbooks: bool,
    current: Option<Customer>,
    sums: Sums,
    entries: Vec<Entry>,
    done: HashSet<CustomerId>,
    file_names: HashSet<String>,
}

impl Pack {
    /// `folder` is where the pages are written.
    pub(crate) fn new(edition: Edition, folder: PathBuf, with_workbooks: bool) -> Self {
        Self {
            sums: Sums::new(edition.currencies.as_deref()),
            edition,
            folder,
            with_workbooks,
            current: None,
            entries: Vec::new(),
            done: HashSet::new(),
            file_names: HashSet::new(),
        }
    }

    /// Writes the page and the workbook of the current customer.
    fn write_current(&mut self) -> io::Result<()> {
        let Some(mut customer) = self.current.take() else { return Ok(()) };
        // Pages are not replaced: the rows of a customer are in one response, or joined by customer.
        if !self.done.insert(customer.id) {
            return Err(io::Error::other("the rows of a customer are not together"));
        }
        let Some(group) = customer.group.iter().next().map(group_on_page) else { return Ok(()) };
        let name = self.file_name(&group.name.to_string(), customer.id);
        let workbook = customer.workbook.take().map(|workbook| {
            let name = format!("{name}.xlsx");
            workbook.finish(&name, customer.about(&self.edition)).map(|()| Text::new(&name))
        });
        let workbook = workbook.transpose()?;
        let file = format!("{name}.html");
        let html =
            page::customer(&customer.page(&self.edition, group.name.clone())).map_err(io::Error::other)?;
        self.write(&file, &html)?;
        self.entries.push(Entry { customer: group, file: Text::new(&file), workbook });
        Ok(())
    }

    /// Not synced one by one, which would take minutes for many pages.
    fn write(&self, name: &str, html: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, html).map_err(in_file(&path))
    }

    /// The name of a customer's files without their extension: the customer's name in plain letters and the first digits
    /// of its id; the whole id if there are such files.
    fn file_name(&mut self, name: &str, id: CustomerId) -> String {
        let (slug, id) = (slug(name), id.to_string());
        let short = format!("{slug}-{}", id.get(..8).unwrap_or(&id));
        let name = if self.file_names.contains(&short) { format!("{slug}-{id}") } else { short };
        self.file_names.insert(name.clone());
        name
    }
}

/// A name for files on every system. The digits that follow it keep it from being a reserved name such as `con`.
fn slug(name: &str) -> String {
    const LONGEST: usize = 60;
    let slug: String = slug::slugify(name).chars().take(LONGEST).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "customer".to_owned() } else { slug.to_owned() }
}

impl Sink<AnnotatedRow> for Pack {
    fn rows(&mut self, rows: &[AnnotatedRow]) -> io::Result<()> {
        for row in rows {
            let id = row.row.customer_id;
            if self.current.as_ref().is_some_and(|current| current.id != id) {
                self.write_current()?;
            }
            self.sums.add(row);
            let current = match &mut self.current {
                Some(current) => current,
                none => {
                    let workbook =
                        self.with_workbooks.then(|| Workbook::begin(&self.folder, &self.edition.columns));
                    none.insert(Customer::new(id, &self.edition, workbook.transpose()?))
                }
            };
            current.add(row, &self.edition)?;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, _: &[Failure]) -> io::Result<()> {
        self.write_current()?;
        let totals = &self.sums.totals;
        let facts = words::facts(&self.edition.about, summary.about.source, totals);
        let caveats = words::caveats(summary, totals);
        let mut entries = mem::take(&mut self.entries);
        entries.sort_by_cached_key(|entry| {
            let name = entry.customer.name.to_string().to_lowercase();
            (std::cmp::Reverse(entry.customer.licenses.unused()), name)
        });
        let index = Index {
            facts,
            command: Text::sentence(&self.edition.about.command),
            totals: self.sums.on_page(),
            pages: Pages::new(entries),
            caveats,
            not_read: words::not_read(summary),
        };
        self.write("index.html", &page::index(&index).map_err(io::Error::other)?)
    }
}

/// The rows of one customer.
struct Customer {
    id: CustomerId,
    sums: Sums,
    /// The customer alone.
    group: Groups<OfCustomer>,
    products: Products,
    renewing: Renewing,
    rows: FirstRows,
    /// `None` after rows of both sources.
    source: Option<Source>,
    workbook: Option<Workbook>,
}

impl Customer {
    fn new(id: CustomerId, edition: &Edition, workbook: Option<Workbook>) -> Self {
        Self {
            id,
            sums: Sums::new(edition.currencies.as_deref()),
            group: Groups::new(GroupBy::Customer),
            products: Products::new(),
            renewing: Renewing::default(),
            rows: FirstRows::new(&edition.columns, false, "the data of your partner"),
            source: None,
            workbook,
        }
    }

    fn add(&mut self, row: &AnnotatedRow, edition: &Edition) -> io::Result<()> {
        let currencies = edition.currencies.as_deref();
        let source = Some(row.row.source);
        self.source =
            if self.sums.totals.rows == 0 { source } else { self.source.filter(|_| self.source == source) };
        self.sums.add(row);
        self.group.add(&row.row).extra.add(GroupBy::Customer, currencies, row);
        self.products.add(row, currencies);
        self.renewing.add(edition, &row.row);
        self.rows.add(row);
        self.workbook.as_mut().map_or(Ok(()), |workbook| workbook.add(row))
    }

    /// What its workbook says about itself: no command, which could name another customer.
    fn about(&self, edition: &Edition) -> About {
        About { source: self.source, command: String::new(), ..edition.about.clone() }
    }

    /// Its page, which does not name another customer: notes about all rows are left out, as they may.
    fn page(mut self, edition: &Edition, customer: Text) -> CustomerReport {
        let totals = &self.sums.totals;
        let renewals = edition.renewals.get();
        let is_unread = renewals.is_some_and(|renewals| renewals.is_unread(self.id));
        let renewals_unread = is_unread.then(|| {
            Text::sentence("When your licenses renew is not known: the subscriptions could not be read.")
        });
        let products =
            sorted(&self.products.groups, Group::unused).into_iter().map(|product| page::Product {
                group: group_on_page(product),
                renewal: product
                    .name
                    .as_deref()
                    .and_then(|name| renewals?.next(self.id, name))
                    .map(|day| Text::new(&day.to_string())),
                exceeding: product.totals.deployed_beyond_sold > 0,
            });
        CustomerReport {
            facts: words::facts(&edition.about, self.source, totals),
            customer,
            totals: self.sums.on_page(),
            products: page::Products::new(products),
            renewals: self.renewing.on_page(edition, Some(self.id)),
            changes: None,
            caveats: [words::caveat_of_age(totals)].into_iter().chain(renewals_unread).collect(),
            rows: self.rows.take_table(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_a_name_on_every_system() {
        for (name, file) in [
            ("Contoso, Ltd.", "contoso-ltd"),
            ("Björk & Söner", "bjork-soner"),
            ("CON", "con"),
            ("../../etc/passwd", "etc-passwd"),
            ("a:b*c?d\"e<f>g|h\\i\0j", "a-b-c-d-e-f-g-h-i-j"),
            ("trailing. . .", "trailing"),
            ("...", "customer"),
            ("", "customer"),
            ("\u{202e}\u{200b}", "customer"),
            ("🦀", "crab"),
        ] {
            assert_eq!(slug(name), file, "{name}");
        }
        assert_eq!(slug(&"long ".repeat(100)).len(), 59, "without the last dash");
    }
}
