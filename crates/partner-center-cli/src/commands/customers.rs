//! `customers`: the list of them, and one of them.

use super::{query, writing};
use crate::cli::{CustomerCommand, Global};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::Customer;
use crate::output::{Arrangement, End, Format, Output, Target, show};
use crate::report::{Problem, Stop};
use crate::signals::unless_stopped;

pub(crate) async fn run(command: &CustomerCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        CustomerCommand::List { filter, writing } => {
            let output = writing::output::<Customer>(global, writing)?;
            let session = connect(global, console).await?;
            let mut list = session.partner.customers().list();
            if let Some(filter) = filter {
                list = list.filter(filter.clone());
            }
            unless_stopped(query::all(list.pages(), output, console)).await
        }
        CustomerCommand::Show { id } => {
            let format = writing::format(global, None)?;
            let session = connect(global, console).await?;
            let customers = session.partner.customers();
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
                let mut output = Output::new(format, Target::Stdout, Arrangement::none(), None)?;
                output.rows(vec![row])?;
                output.finish(End::default())?;
            }
            Ok(Exit::Done)
        }
    }
}
