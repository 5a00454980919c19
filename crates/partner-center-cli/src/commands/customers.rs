//! `customers list` and `customers show`.

use partner_center::models::{self, CustomerCollection};
use partner_center::paging::Pages;

use super::query;
use crate::anonymizer::shown_id;
use crate::args::{CustomerCommand, Global};
use crate::connect::connect;
use crate::console::Console;
use crate::customer_search;
use crate::exit::Exit;
use crate::output::columns::Columns;
use crate::output::rows::Customer;
use crate::output::{
    CollectedFindings, Customers, End, Format, Layout, Output, Position, RowOrder, Target, as_written, show,
};
use crate::problem::{Problem, Stop};
use crate::report::output_options;
use crate::signals::unless_stopped;

/// Writes the list. An entry with an id that is not a GUID is written unchanged and counted as missing.
async fn list_all(
    pages: Pages<CustomerCollection>,
    output: Output<Customer>,
    console: Console,
) -> Result<Exit, Stop> {
    let (mut entries, mut without_id, mut ended) = (0, 0, false);
    let mut end = End::default();
    let on_page = |page: Option<&CustomerCollection>| match page {
        Some(page) => {
            let has_id = |customer: &&models::Customer| customer.id.as_uuid().is_some_and(|id| !id.is_nil());
            entries += page.items.len();
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
    Ok(if customers.is_whole() { Exit::Done } else { Exit::Partial })
}

pub(crate) async fn run(command: &CustomerCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        CustomerCommand::List { filter, writing } => {
            let layout = Layout::AsTheyCome;
            let writing = output_options::in_written_order(writing, layout, false, global)?;
            let output = output_options::output::<Customer>(global, &writing, layout)?;
            let session = connect(global, console).await?;
            let mut list = session.partner.customers().list();
            if let Some(filter) = filter {
                list = list.filter(filter.clone());
            }
            unless_stopped(list_all(list.pages(), output, console)).await
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
