//! `customers list` and `customers show`.

use std::io;

use partner_center::models::{self, CustomerCollection};
use partner_center::paging::Pages;
use partner_center::settings::ProfilePlace;

use super::query;
use crate::anonymizer::shown_id;
use crate::args::{CustomerCommand, Global, Remembered};
use crate::connect::connect;
use crate::console::Console;
use crate::customer_search;
use crate::exit::Exit;
use crate::known_customers::{self, KnownCustomer};
use crate::output::columns::Columns;
use crate::output::rows::Customer;
use crate::output::{
    CollectedFindings, Customers, End, Format, Layout, Output, Position, RowOrder, Target, as_written, show,
};
use crate::problem::{Problem, Stop};
use crate::report::output_options;
use crate::settings::locate;
use crate::signals::unless_stopped;
use crate::terminal::text::counted;

/// Writes the list. An entry with an id that is not a GUID is written unchanged and counted as missing.
async fn list_all(
    pages: Pages<CustomerCollection>,
    output: Output<Customer>,
    remember: Option<(Remembered, ProfilePlace)>,
    console: Console,
) -> Result<Exit, Stop> {
    let mut known = Vec::new();
    let (mut entries, mut without_id, mut ended) = (0, 0, false);
    let mut end = End::default();
    let on_page = |page: Option<&CustomerCollection>| match page {
        Some(page) => {
            let has_id = |customer: &&models::Customer| customer.id.as_uuid().is_some_and(|id| !id.is_nil());
            entries += page.items.len();
            if let Some((what, _)) = &remember {
                known.extend(page.items.iter().filter(has_id).filter_map(|one| of_entry(*what, one)));
            }
            without_id += page.items.len() - page.items.iter().filter(has_id).count();
        }
        None => ended = true,
    };
    let output = query::write(pages, output, console, &mut end, on_page).await?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let unreadable = end.findings.unreadable();
    let mut customers = Customers {
        listed: ended.then(|| count(entries).saturating_add(unreadable)),
        with_rows: count(entries - without_id),
        without_rows: 0,
        without_id: count(without_id),
        skipped: 0,
        unreadable,
        failed: 0,
        complete: false,
    };
    customers.complete = ended && customers.is_whole();
    if without_id > 0 {
        console.note(&format!(
            "{without_id} of {entries} customers have no valid id; their data cannot be requested"
        ));
    }
    output.finish(End { customers: Some(customers), ..end })?;
    if let Some((what, place)) = &remember
        && customers.complete
    {
        keep(*what, place, &known, console)?;
    }
    Ok(if customers.is_whole() { Exit::Done } else { Exit::Partial })
}

/// What is remembered of a customer.
fn of_entry(what: Remembered, customer: &models::Customer) -> Option<KnownCustomer> {
    let id = customer.id.clone().into_lowercase().to_string();
    let profile = customer.company_profile.as_ref();
    let (domain, name) = match what {
        Remembered::Nothing => return None,
        Remembered::Ids => (None, None),
        Remembered::Names => (
            profile.and_then(|profile| profile.domain.clone()),
            profile.and_then(|profile| profile.company_name.clone()),
        ),
    };
    Some(KnownCustomer { id, domain, name })
}

fn keep(
    what: Remembered,
    place: &ProfilePlace,
    known: &[KnownCustomer],
    console: Console,
) -> Result<(), Problem> {
    let failed = |error: io::Error| {
        Problem::new(Exit::Unexpected, "the customers could not be remembered").because(error.to_string())
    };
    if what == Remembered::Nothing {
        known_customers::forget(place).map_err(failed)?;
        console.note("no customers are remembered");
    } else {
        let path = known_customers::write(place, known).map_err(failed)?;
        let customers = counted(known.len() as u64, "customer", "customers");
        console.note(&format!("{customers} are remembered in {}", path.display()));
    }
    Ok(())
}

pub(crate) async fn run(command: &CustomerCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        CustomerCommand::List { filter, remember, writing } => {
            let layout = Layout::AsTheyCome;
            let writing = output_options::in_written_order(writing, layout, false, global)?;
            let output = output_options::output::<Customer>(global, &writing, layout)?;
            let place = remember.map(|_| locate(global)).transpose()?;
            let remember = remember.zip(place);
            let session = connect(global, console).await?;
            let mut list = session.partner.customers().list();
            if let Some(filter) = filter {
                list = list.filter(filter.clone());
            }
            unless_stopped(list_all(list.pages(), output, remember, console)).await
        }
        CustomerCommand::Show { customer, csv } => {
            let format = output_options::format(global, None)?;
            let dialect = csv.dialect(format)?;
            let session = connect(global, console).await?;
            let id = customer_search::find_one(&session.partner, customer, console).await?;
            let shown = shown_id(id);
            let customer = session.partner.customers().by_id(id).get().await;
            let customer = customer.map_err(|error| Problem::of_call(&error, Some(shown)))?;
            let mut findings = CollectedFindings::default();
            findings.add(Position::of_customer(shown), customer.findings());
            let row = as_written(Customer::from(customer.into_value()));
            if format == Format::Table {
                show(&row)?;
            } else {
                let mut output = Output::new(
                    (format, dialect),
                    Target::Stdout,
                    RowOrder::none(),
                    Layout::OneCustomer,
                    Columns::of::<Customer>(),
                    None,
                )?;
                output.rows(vec![row])?;
                output.finish(End { findings: findings.clone(), ..End::default() })?;
            }
            output_options::note_findings(&findings, console);
            Ok(Exit::Done)
        }
    }
}
