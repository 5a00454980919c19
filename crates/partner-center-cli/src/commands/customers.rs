//! `customers`: the list of them, and one of them.

use crate::cli::{CustomerCommand, Global};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::Customer;
use crate::output::{Format, Output, show};
use crate::report::{Problem, Stop};

pub(crate) async fn run(
    command: &CustomerCommand,
    global: &Global,
    format: Format,
    console: Console,
) -> Result<Exit, Stop> {
    let session = connect(global, console).await?;
    let customers = session.partner.customers();
    match command {
        CustomerCommand::List { filter } => {
            let mut list = customers.list();
            if let Some(filter) = filter {
                list = list.filter(filter.clone());
            }
            super::query::all::<Customer, _>(list.pages(), format, console).await
        }
        CustomerCommand::Show { id } => {
            let customer = customers
                .by_id(*id)
                .get()
                .await
                .map_err(|error| Problem::of_call(&error, Some(*id)))?
                .into_inner();
            let row = Customer::from(customer);
            if format == Format::Table {
                show(&row)?;
            } else {
                let mut output = Output::stdout(format);
                output.rows(&[row])?;
                output.finish(None, &[])?;
            }
            Ok(Exit::Done)
        }
    }
}
