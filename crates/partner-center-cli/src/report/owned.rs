//! What customers own, read customer by customer: their subscriptions, and the SKUs of their tenants.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use partner_center::chain::CustomerHandle;
use partner_center::licenses::Source;
use partner_center::models::{Findings, SubscribedSkuCollection, SubscriptionCollection};
use partner_center::sweep::{self, Checkpoint, Order, Outcome, Progress, Rows, Sweep, SweepStream};
use partner_center::{CustomerId, Error, PartnerCenter, Response};

use super::batch::{Batch, BatchRows};
use super::column_threshold::{ColumnThreshold, name_of};
use super::funnel_policy::read_rules;
use super::ignore_rules::IgnoreRules;
use super::runner::drive;
use super::source::Reading;
use super::{Setup, ordered};
use crate::anonymizer::code;
use crate::args::{self, Global, SkuList, SubscriptionList};
use crate::connect::Connection;
use crate::console::Console;
use crate::days::today;
use crate::exit::Exit;
use crate::free_skus;
use crate::output::columns::Columns;
use crate::output::file::digest;
use crate::output::paths::Read;
use crate::output::rows::{Sku, Subscription};
use crate::output::{Row, as_written};
use crate::problem::{Problem, Stop};
use crate::terminal::text::{counted, grouped};

/// `subscriptions list`.
pub(crate) async fn subscriptions(
    arguments: &SubscriptionList,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let SubscriptionList { whose, reading, renewing_within, status, fail_on, writing } = arguments;
    let asked = vec![
        ("command", Some("subscriptions list".to_owned())),
        ("--renewing-within", renewing_within.map(|days| days.to_string())),
        ("--status", Some(status.join(",")).filter(|text| !text.is_empty())),
    ];
    let wanted = WantedSubscriptions { renewing_within: *renewing_within, status: status.clone() };
    let list = List { whose, reading, writing, fail_on, asked, read: &[] };
    Box::pin(list.write(wanted, global, console)).await
}

/// `skus list`.
pub(crate) async fn skus(arguments: &SkuList, global: &Global, console: Console) -> Result<Exit, Stop> {
    let SkuList { whose, reading, include_free, ignore, fail_on, writing } = arguments;
    let (wanted, rules_text) = WantedSkus::new(*include_free, ignore.as_deref(), global.patience())?;
    let asked = vec![
        ("command", Some("skus list".to_owned())),
        ("--include-free", include_free.then(|| "set".to_owned())),
        ("--ignore", rules_text.as_deref().map(digest)),
    ];
    let read: Vec<_> = ignore.iter().map(|path| ("--ignore", path.as_path())).collect();
    let list = List { whose, reading, writing, fail_on, asked, read: &read };
    Box::pin(list.write(wanted, global, console)).await
}

/// A row of what customers own.
trait Owned: Row {
    /// The response for one customer.
    type Page: Rows + Send + 'static;
    /// Whether the caller needs a role in the customer's tenant, so that a 403 is that customer's own.
    const NEEDS_A_ROLE: bool;
    /// What a customer without rows does not have.
    const PLURAL: &'static str;

    fn read(
        customer: CustomerHandle,
    ) -> impl Future<Output = partner_center::Result<Response<Self::Page>>> + Send + 'static;

    fn rows(customer: CustomerId, name: Option<&str>, page: Self::Page, today: Date) -> Vec<Self>;

    /// What names the row beside its customer.
    fn label(&self) -> Option<&str>;
}

impl Owned for Subscription {
    type Page = SubscriptionCollection;
    const NEEDS_A_ROLE: bool = false;
    const PLURAL: &'static str = "subscriptions";

    fn read(
        customer: CustomerHandle,
    ) -> impl Future<Output = partner_center::Result<Response<Self::Page>>> + Send + 'static {
        sweep::subscriptions(customer)
    }

    fn rows(customer: CustomerId, name: Option<&str>, page: Self::Page, today: Date) -> Vec<Self> {
        page.items.into_iter().map(|one| Self::new(customer, name, one, today)).collect()
    }

    fn label(&self) -> Option<&str> {
        self.offer_name.as_deref()
    }
}

impl Owned for Sku {
    type Page = SubscribedSkuCollection;
    const NEEDS_A_ROLE: bool = true;
    const PLURAL: &'static str = "SKUs";

    fn read(
        customer: CustomerHandle,
    ) -> impl Future<Output = partner_center::Result<Response<Self::Page>>> + Send + 'static {
        sweep::subscribed_skus(customer)
    }

    fn rows(customer: CustomerId, name: Option<&str>, page: Self::Page, _: Date) -> Vec<Self> {
        page.items.into_iter().map(|sku| Self::new(customer, name, sku)).collect()
    }

    fn label(&self) -> Option<&str> {
        self.sku_name.as_deref().or(self.sku_part_number.as_deref())
    }
}

/// Decides which rows are written.
trait Wanted<R> {
    fn keeps(&mut self, row: &R) -> bool;

    fn notes(&self) -> Vec<String> {
        Vec::new()
    }
}

struct WantedSubscriptions {
    renewing_within: Option<u32>,
    status: Vec<String>,
}

impl Wanted<Subscription> for WantedSubscriptions {
    fn keeps(&mut self, row: &Subscription) -> bool {
        let renews = self.renewing_within.is_none_or(|within| {
            row.days_to_renewal.is_some_and(|days| (0..=i64::from(within)).contains(&days))
        });
        let has_status = |wanted: &String| {
            row.status.as_ref().is_some_and(|status| status.eq_ignore_ascii_case(wanted.trim()))
        };
        renews && (self.status.is_empty() || self.status.iter().any(has_status))
    }
}

struct WantedSkus {
    include_free: bool,
    rules: IgnoreRules,
    free: u64,
    ignored: u64,
}

impl WantedSkus {
    fn new(
        include_free: bool,
        ignore: Option<&Path>,
        at_most: Duration,
    ) -> Result<(Self, Option<String>), Problem> {
        let rules = ignore.map(|path| read_rules(path, at_most)).transpose()?;
        let (rules, text) = rules.map_or_else(Default::default, |(rules, text)| (rules, Some(text)));
        Ok((Self { include_free, rules, free: 0, ignored: 0 }, text))
    }
}

impl Wanted<Sku> for WantedSkus {
    fn keeps(&mut self, row: &Sku) -> bool {
        let id = row.sku_id.as_ref().map(ToString::to_string);
        if !self.include_free && free_skus::contains(id.as_deref(), row.sku_part_number.as_deref()) {
            self.free += 1;
            return false;
        }
        let is_ignored = self.rules.rules().iter().any(|rule| rule.matches(row));
        self.ignored += u64::from(is_ignored);
        !is_ignored
    }

    fn notes(&self) -> Vec<String> {
        let free = (self.free > 0).then(|| {
            format!(
                "{} left out; --include-free shows them",
                counted(self.free, "row of a free SKU is", "rows of free SKUs are")
            )
        });
        let ignored =
            (self.ignored > 0).then(|| format!("{} rows are left out by --ignore", grouped(self.ignored)));
        free.into_iter().chain(ignored).collect()
    }
}

/// Counts a customer that refuses the caller, by the code of the error.
pub(super) fn count_refusal(refused: &mut BTreeMap<String, u64>, error: &Error) {
    *refused.entry(code(error).unwrap_or("403").to_owned()).or_default() += 1;
}

/// Reads something of these customers; without any, of all.
pub(super) fn sweep<A, T>(
    partner: &PartnerCenter,
    only: &[CustomerId],
    pace: &args::Pace,
    order: Order,
    operation: impl Fn(CustomerHandle) -> A + Send + Sync + 'static,
) -> Result<Sweep<T>, Stop>
where
    A: Future<Output = partner_center::Result<Response<T>>> + Send + 'static,
    T: Rows + Send + 'static,
{
    let sweep = partner.customers().sweep(operation).order(order).concurrency(pace.concurrency());
    let sweep = match pace.rate()? {
        Some(rate) => sweep.rate(rate),
        None => sweep,
    };
    Ok(if only.is_empty() { sweep } else { sweep.only(only.to_vec()) })
}

/// A command that lists what customers own.
struct List<'a> {
    whose: &'a args::Whose,
    reading: &'a args::CustomerReading,
    writing: &'a args::Writing,
    fail_on: &'a [String],
    /// What a run that resumes must have asked, too.
    asked: Vec<(&'static str, Option<String>)>,
    read: Read<'a>,
}

impl List<'_> {
    async fn write<R: Owned, W: Wanted<R>>(
        self,
        wanted: W,
        global: &Global,
        console: Console,
    ) -> Result<Exit, Stop> {
        let Self { whose, reading, writing, fail_on, asked, read } = self;
        let thresholds = fail_on.iter().map(|text| ColumnThreshold::parse::<R>(text));
        let thresholds = thresholds.collect::<Result<_, _>>()?;
        let progress = &reading.progress;
        let chosen = whose.read(global)?;
        let layout = chosen.layout();
        let writing = &ordered(writing, layout, progress, None, global)?;
        let connection = Connection::read(global)?;
        let setup = Setup::<R>::new(Columns::of::<R>(), layout, progress, writing, asked, read, &connection)?;
        let session = connection.open(console).await?;
        let customers = chosen.find(&session.partner, console).await?;
        let mut sweep = sweep(&session.partner, &customers, &reading.pace, progress.order(), R::read)?;
        if let Some(state) = &setup.state {
            sweep = sweep.resume(state.reading.clone());
        }
        let rows = OwnedRows {
            stream: sweep.stream(),
            is_named: !chosen.are_all(),
            today: today(),
            wanted,
            thresholds,
            refused: BTreeMap::new(),
        };
        drive(rows, setup.drive(chosen.are_all(), console)?).await
    }
}

struct OwnedRows<R: Owned, W> {
    stream: SweepStream<R::Page>,
    /// The user selected customers with `--customer`.
    is_named: bool,
    today: Date,
    wanted: W,
    thresholds: Vec<ColumnThreshold>,
    /// How many customers refused the caller, by the code of the error.
    refused: BTreeMap<String, u64>,
}

impl<R: Owned, W: Wanted<R>> Reading for OwnedRows<R, W> {
    type Row = R;

    async fn next(&mut self) -> Result<Option<Batch<R>>, Error> {
        let Some(read) = self.stream.try_next().await? else { return Ok(None) };
        let (customer, name) = (read.customer, read.name);
        let outcome = match read.outcome {
            // Who asks for this customer wants to know why there is nothing.
            Outcome::Skipped(error) if self.is_named => Outcome::Failed(error),
            other => other,
        };
        if let Outcome::Failed(error) = &outcome
            && R::NEEDS_A_ROLE
            && !self.is_named
            && error.is_forbidden()
        {
            count_refusal(&mut self.refused, error);
            let rows = BatchRows::Refused(error.clone());
            return Ok(Some(Batch { customer: Some(customer), name, rows, odd: Vec::new() }));
        }
        let (wanted, thresholds, today) = (&mut self.wanted, &mut self.thresholds, self.today);
        let customer_name = name.clone();
        let rows = |page: Response<R::Page>| {
            let rows = R::rows(customer, customer_name.as_deref(), page.into_value(), today);
            let rows: Vec<R> = rows.into_iter().filter(|row| wanted.keeps(row)).map(as_written).collect();
            for row in &rows {
                let (customer_id, customer_name) = row.customer();
                for threshold in thresholds.iter_mut() {
                    threshold
                        .see(row, || name_of(customer_id.unwrap_or(customer), customer_name, row.label()));
                }
            }
            rows
        };
        Ok(Some(Batch::of(Some(customer), name, outcome, rows)))
    }

    fn progress(&self) -> Option<Progress> {
        (!self.is_named).then(|| self.stream.progress())
    }

    fn source(&self) -> Option<Source> {
        None
    }

    fn proves_nothing(&self) -> bool {
        false
    }

    fn checkpoint(&self) -> Option<Checkpoint> {
        (!self.is_named).then(|| self.stream.checkpoint())
    }

    fn list_findings(&self) -> Option<&Findings> {
        (!self.is_named).then(|| self.stream.list_findings())
    }

    fn note_of_named(&self, first: Option<CustomerId>, empty: u64) -> Option<String> {
        let more = match empty {
            ..=1 => String::new(),
            _ => format!(" and {} more", grouped(empty - 1)),
        };
        first.map(|first| format!("no {} for customer {first}{more}", R::PLURAL))
    }

    fn empty_pages(&self) -> u64 {
        self.stream.empty_pages()
    }

    fn notes(&self) -> Vec<String> {
        let refused = self.refused.iter().map(|(code, customers)| {
            let customers = counted(*customers, "customer was skipped", "customers were skipped");
            format!("{customers}: the user has no role in the tenant (code {code})")
        });
        refused.chain(self.wanted.notes()).collect()
    }

    fn crossed(&self) -> Vec<Problem> {
        self.thresholds.iter().filter_map(ColumnThreshold::problem).collect()
    }

    fn wants_all(&self) -> bool {
        !self.thresholds.is_empty()
    }
}
