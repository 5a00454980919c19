//! `licenses deployment` and `licenses usage`: the classic operations, for named customers or as the partner's totals.

use std::collections::HashSet;
use std::fmt::Write as _;

use futures_util::{StreamExt, stream};
use partner_center::{CustomerId, Result};

use crate::cli::{Customers as Arguments, Global};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::{Deployment, PartnerDeployment, PartnerUsage, Usage};
use crate::output::{Customers, Failure, Format, Output, Row};
use crate::report::{Problem, Stop};

/// How many customers are asked about at once. The service throttles, and this is for a handful of customers.
const AT_ONCE: usize = 4;

pub(crate) async fn deployment(
    Arguments { customers }: &Arguments,
    global: &Global,
    format: Format,
    console: Console,
) -> Result<Exit, Stop> {
    let session = connect(global, console).await?;
    let partner = &session.partner;
    if customers.is_empty() {
        let answer = partner.analytics().licenses().deployment().get().await?.into_inner();
        return totals::<PartnerDeployment, _>(answer.items, format, console);
    }
    let ask = async |id| {
        let answer = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
        Ok(answer.into_inner().items.into_iter().map(|row| Deployment::of(id, row)).collect())
    };
    each(customers, format, console, ask).await
}

pub(crate) async fn usage(
    Arguments { customers }: &Arguments,
    global: &Global,
    format: Format,
    console: Console,
) -> Result<Exit, Stop> {
    let session = connect(global, console).await?;
    let partner = &session.partner;
    if customers.is_empty() {
        let answer = partner.analytics().licenses().usage().get().await?.into_inner();
        return totals::<PartnerUsage, _>(answer.items, format, console);
    }
    let ask = async |id| {
        let answer = partner.customers().by_id(id).analytics().licenses().usage().get().await?;
        Ok(answer.into_inner().items.into_iter().map(|row| Usage::of(id, row)).collect())
    };
    each(customers, format, console, ask).await
}

/// Writes the partner's totals.
fn totals<R: Row + From<M>, M>(items: Vec<M>, format: Format, console: Console) -> Result<Exit, Stop> {
    let rows: Vec<R> = items.into_iter().map(R::from).collect();
    if rows.is_empty() {
        console.note("no rows");
    }
    let mut output = Output::stdout(format);
    output.rows(&rows)?;
    output.finish(None, &[])?;
    Ok(Exit::Done)
}

/// Asks about each customer and writes the rows in the order the customers were named in.
async fn each<R: Row>(
    customers: &[CustomerId],
    format: Format,
    console: Console,
    ask: impl AsyncFn(CustomerId) -> Result<Vec<R>>,
) -> Result<Exit, Stop> {
    // Named twice, a customer still has its licences once.
    let mut seen = HashSet::new();
    let customers: Vec<_> = customers.iter().copied().filter(|id| seen.insert(*id)).collect();

    let ask = &ask;
    let mut answers = stream::iter(customers.iter().copied())
        .map(|id| async move { (id, ask(id).await) })
        .buffered(AT_ONCE);
    let mut output = Output::stdout(format);
    let mut answered = 0;
    let mut empty = Vec::new();
    let mut failures = Vec::new();
    let mut exits = Vec::new();
    while let Some((id, answer)) = answers.next().await {
        match answer {
            Ok(rows) => {
                answered += 1;
                if rows.is_empty() {
                    empty.push(id);
                }
                output.rows(&rows)?;
            }
            Err(error) => {
                let problem = Problem::of_call(&error, Some(id));
                exits.push(problem.exit());
                failures.push(Failure::new(id, &error));
                Console::report(&problem);
                // The next customer would be refused for the same reason.
                if error.is_unauthorized() {
                    break;
                }
            }
        }
    }
    drop(answers);
    note_empty::<R>(&empty, console);
    if answered > 0 {
        let asked = answered + failures.len();
        output.finish(Some(Customers { asked, empty: empty.len(), failed: failures.len() }), &failures)?;
    }
    Ok(match exits.as_slice() {
        [] => Exit::Done,
        [.., Exit::Credentials] => Exit::Credentials,
        // Where every customer failed alike, that is what happened.
        [first, rest @ ..] if answered == 0 && rest.iter().all(|exit| exit == first) => *first,
        _ => Exit::SomeFailed,
    })
}

/// Says which customers came back empty, and what that does not mean.
fn note_empty<R: Row>(empty: &[CustomerId], console: Console) {
    let [first, rest @ ..] = empty else { return };
    let who = match rest.len() {
        0 => format!("customer {first}"),
        others => format!("customer {first} and {others} more"),
    };
    let mut note = format!("no rows for {who}");
    if R::TYPE == Deployment::TYPE {
        note.push_str(
            ".\n\
             This is no proof that there are no licences: since 2021 the operation is reported to be empty for \
             customers that have some. Its successor may know more:\n",
        );
        let _ = write!(
            note,
            "  partner-center licenses query deployment --filter \"customerTenantId eq '{first}'\""
        );
    }
    console.note(&note);
}
