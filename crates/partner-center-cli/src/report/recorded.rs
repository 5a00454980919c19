//! Pages of a recorded day: read from a dataset, without sending anything.

use std::collections::HashMap;
use std::path::Path;

use partner_center::CustomerId;
use partner_center::funnel::{FunnelRow, JoinReport};
use partner_center_history::{Dataset, Day, Fields, Manifest, UnreadCustomer};

use super::funnel_policy::FunnelPolicy;
use super::output_options::is_html;
use super::pages::edition;
use crate::anonymizer::anonymizer;
use crate::args::{ChosenCustomers, Filters, Global, Pages, Pricing};
use crate::console::Console;
use crate::customer_search::{Place, Search};
use crate::dataset::{self, problem, too_few};
use crate::exit::Exit;
use crate::output::file::Partial;
use crate::output::folder::PartialFolder;
use crate::output::html::{Pack, ReportPage};
use crate::output::paths::Files;
use crate::output::rows::AnnotatedRow;
use crate::output::{About, Customers, End, NamedCustomer, Output, Target, Unread};
use crate::page::{self, Reason};
use crate::problem::{Problem, Stop};
use crate::terminal::text::grouped;

/// `report --dataset`.
pub(super) async fn page(
    arguments: &Pages,
    place: &str,
    files: &Files,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let policy = policy(arguments, global)?;
    let chosen = arguments.named.read(global)?;
    let target = Target::File(Partial::create(files)?);
    let day = RecordedDay::open(place, None, console).await?;
    let customers = day.find(&chosen, console).await?;
    write_page(&day, &customers, policy, target).await
}

/// `report pack --dataset`.
pub(super) async fn pack(
    arguments: &Pages,
    place: &str,
    path: &Path,
    with_workbooks: bool,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    let mut policy = policy(arguments, global)?;
    let chosen = arguments.named.read(global)?;
    let day = RecordedDay::open(place, None, console).await?;
    let customers = day.find(&chosen, console).await?;
    policy.annotator_mut().undated_on(day.manifest.snapshot_date);
    let folder = PartialFolder::create(path)?;
    let pages = folder.path().to_owned();
    let edition = edition(day.about(), &policy);
    let output = Output::of_sink(Target::Folder(folder), |_| Pack::new(edition, pages, with_workbooks))?;
    let rows = day.rows(&day.manifest, Fields::ALL, &customers).await?;
    day.write(output, policy, rows, &customers, &HashMap::new(), Vec::new())
}

/// Reads the files that the arguments name.
fn policy(arguments: &Pages, global: &Global) -> Result<FunnelPolicy, Problem> {
    if global.emulator {
        return Err(Problem::new(Exit::Usage, "--emulator does not apply to --dataset")
            .because("the rows are those of the dataset, and nothing is sent")
            .advice("Omit one of them."));
    }
    FunnelPolicy::new(&arguments.filters, &arguments.pricing, &[], false, global.patience())
}

/// The page of a day that is being recorded.
pub(crate) struct RecordedPage {
    target: Target,
    policy: FunnelPolicy,
}

impl RecordedPage {
    /// Creates its partial file and reads the other files, before anything is sent.
    pub(crate) fn create(path: &Path, pricing: &Pricing, global: &Global) -> Result<Self, Problem> {
        if !is_html(path) {
            return Err(Problem::new(Exit::Usage, "--report writes html only")
                .fact("--report", path.display().to_string())
                .advice("Use a file name that ends in .html. Nothing was sent."));
        }
        let files = Files::new(path, &pricing.files())?;
        let policy = FunnelPolicy::new(&Filters::default(), pricing, &[], false, global.patience())?;
        Ok(Self { target: Target::File(Partial::create(&files)?), policy })
    }

    /// Writes the page, once the day is in the dataset.
    pub(crate) async fn write(self, place: &str, day: Day, console: Console) -> Result<(), Stop> {
        let day = RecordedDay::open(place, Some(day), console).await?;
        write_page(&day, &[], self.policy, self.target).await.map(drop)
    }
}

async fn write_page(
    day: &RecordedDay,
    customers: &[CustomerId],
    mut policy: FunnelPolicy,
    target: Target,
) -> Result<Exit, Stop> {
    policy.annotator_mut().undated_on(day.manifest.snapshot_date);
    let rows = day.rows(&day.manifest, Fields::ALL, customers).await?;
    let (mut history, mut names, mut notes) = (None, HashMap::new(), Vec::new());
    if policy.selects_by_counts() {
        notes.push(
            "the changes and the trend are left out: --min-idle, --below and rules with unused select other rows on \
             other days"
                .to_owned(),
        );
    } else {
        (history, names) = day.history(&rows, customers, &mut policy).await?;
    }
    let edition = edition(day.about(), &policy);
    let output = Output::of_sink(target, |out| ReportPage::new(edition, history, out))?;
    day.write(output, policy, rows, customers, &names, notes)
}

/// A day of a dataset, and the days before it.
pub(super) struct RecordedDay {
    pub(super) dataset: Dataset,
    pub(super) manifest: Manifest,
    /// The oldest first.
    pub(super) earlier: Vec<Day>,
    console: Console,
}

impl RecordedDay {
    /// Opens this day of a dataset, or the last one.
    async fn open(place: &str, day: Option<Day>, console: Console) -> Result<Self, Stop> {
        let dataset = dataset::open(place).await?;
        let mut earlier = dataset::days(&dataset, console).await?.recorded;
        earlier.retain(|one| day.is_none_or(|day| *one <= day));
        let day = earlier.pop().ok_or_else(|| too_few(place, 0, 1))?;
        let manifest = dataset.manifest(day).await.map_err(problem)?;
        Ok(Self { dataset, manifest, earlier, console })
    }

    /// The ids of the customers; empty for all. A dataset has names, but no domains.
    async fn find(&self, chosen: &ChosenCustomers, console: Console) -> Result<Vec<CustomerId>, Stop> {
        let ChosenCustomers::These(given) = chosen else { return Ok(Vec::new()) };
        let mut search = Search::new(given);
        if search.has_texts() {
            for row in self.dataset.funnel(&self.manifest, Fields::NAMES).await.map_err(problem)? {
                let row = row.map_err(problem)?;
                search.compare(row.customer_id, row.customer_name.as_deref(), None);
            }
        }
        Ok(search.finish(Place::Day(self.manifest.snapshot_date), console)?)
    }

    fn about(&self) -> About {
        About {
            tenant: self.dataset.tenant().map(str::to_owned),
            source: self.manifest.source,
            recorded: Some(self.manifest.snapshot_date),
            is_sample: self.dataset.tenant().is_none(),
            ..About::default()
        }
    }

    /// The rows of these customers on a day; without any, those of all customers.
    pub(super) async fn rows(
        &self,
        manifest: &Manifest,
        fields: Fields,
        customers: &[CustomerId],
    ) -> Result<Vec<FunnelRow>, Stop> {
        let mut rows = Vec::new();
        for row in self.dataset.funnel(manifest, fields).await.map_err(problem)? {
            let row = row.map_err(problem)?;
            if is_selected(customers, row.customer_id) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// Writes the rows, with what is not in them. `names` has names of customers without rows.
    fn write(
        &self,
        mut output: Output<AnnotatedRow>,
        mut policy: FunnelPolicy,
        rows: Vec<FunnelRow>,
        selected: &[CustomerId],
        names: &HashMap<CustomerId, String>,
        notes: Vec<String>,
    ) -> Result<Exit, Stop> {
        let (customers, without_rows) = self.customers(&rows, selected);
        let mut join = JoinReport::default();
        for row in &rows {
            join.funnel_rows += 1;
            row.flags.iter().for_each(|flag| *join.flags.entry(*flag).or_default() += 1);
        }
        policy.joined(&join);
        output.rows(policy.filtered(rows))?;

        let day = self.manifest.snapshot_date;
        let mut of_day = Vec::new();
        if !self.manifest.complete {
            of_day.push(format!(
                "{day} is incomplete: customers are missing, and the counts are at least these"
            ));
        }
        // A dataset has the number of these customers, but not their names.
        if selected.is_empty() && customers.without_rows > 0 {
            of_day.push(page::not_covered(Reason::WithoutRows, customers.without_rows));
        }
        let unread = |skipped| {
            let unread = self.unread(selected).filter(move |unread| unread.skipped == skipped);
            unread.map(|unread| named(unread.customer_id, names.get(&unread.customer_id).cloned())).collect()
        };
        let end = End {
            customers: Some(customers),
            without_rows,
            unread: Unread { failed: unread(false), skipped: unread(true) },
            about: self.about(),
            notes: of_day.into_iter().chain(notes).chain(policy.notes()).collect(),
            ..End::default()
        };
        let summary = output.finish(end)?;
        self.console.note(&format!(
            "the recorded day {day}: {} rows of {} customers",
            grouped(summary.rows),
            grouped(customers.with_rows)
        ));
        summary.notes.iter().for_each(|note| self.console.note(note));
        Ok(Exit::Done)
    }

    /// How many customers were read, and which of the selected ones have no rows.
    fn customers(&self, rows: &[FunnelRow], selected: &[CustomerId]) -> (Customers, Vec<NamedCustomer>) {
        let of_manifest = self.manifest.customers;
        let all = Customers {
            listed: of_manifest.listed,
            with_rows: of_manifest.with_rows,
            without_rows: of_manifest.without_rows.unwrap_or_default(),
            without_id: 0,
            skipped: of_manifest.skipped,
            unreadable: 0,
            failed: of_manifest.failed,
            complete: self.manifest.complete,
        };
        if selected.is_empty() {
            return (all, Vec::new());
        }
        let mut selected = selected.to_vec();
        selected.sort_unstable();
        selected.dedup();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let unread: Vec<_> = self.unread(&selected).collect();
        let skipped = count(unread.iter().filter(|unread| unread.skipped).count());
        let failed = count(unread.len()).saturating_sub(skipped);
        let has_rows = |id: &CustomerId| rows.iter().any(|row| row.customer_id == *id);
        let is_unread = |id: &CustomerId| unread.iter().any(|unread| unread.customer_id == *id);
        let (with_rows, others): (Vec<CustomerId>, Vec<_>) = selected.iter().copied().partition(has_rows);
        let without_rows: Vec<_> =
            others.into_iter().filter(|id| !is_unread(id)).map(|id| named(id, None)).collect();
        let customers = Customers {
            listed: Some(count(selected.len())),
            with_rows: count(with_rows.len()),
            without_rows: count(without_rows.len()),
            skipped,
            failed,
            complete: failed == 0,
            ..all
        };
        (customers, without_rows)
    }

    fn unread(&self, selected: &[CustomerId]) -> impl Iterator<Item = &UnreadCustomer> {
        self.manifest.unread.iter().filter(move |unread| is_selected(selected, unread.customer_id))
    }
}

/// Whether the customer is one of these. Without any, all are.
pub(super) fn is_selected(customers: &[CustomerId], customer: CustomerId) -> bool {
    customers.is_empty() || customers.contains(&customer)
}

/// A customer as it may be shown.
fn named(customer_id: CustomerId, mut customer_name: Option<String>) -> NamedCustomer {
    let mut id = Some(customer_id);
    if let Some(anonymizer) = anonymizer() {
        anonymizer.customer(&mut id, &mut customer_name);
    }
    NamedCustomer { customer_id: id.unwrap_or(customer_id), customer_name }
}
