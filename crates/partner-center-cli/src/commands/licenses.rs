//! `licenses deployment`, `licenses usage` and `licenses funnel`: for customers, or the partner's totals.

use partner_center::licenses::{DeploymentRow, UsageRow};

use crate::args::{Funnel, Global, LicenseArgs};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::rows::{PartnerDeployment, PartnerUsage};
use crate::output::{End, Layout, Output, Row};
use crate::problem::Stop;
use crate::report;
use crate::report::output_options;
use crate::signals::unless_stopped;

pub(crate) async fn deployment(
    arguments: &LicenseArgs,
    global: &Global,
    console: Console,
) -> Result<Exit, Stop> {
    if !arguments.whose.is_nobody() {
        return report::licenses::<DeploymentRow>("licenses deployment", arguments, global, console).await;
    }
    unless_stopped(async {
        let output =
            output_options::output::<PartnerDeployment>(global, &arguments.writing, Layout::AsTheyCome)?;
        let session = connect(global, console).await?;
        let totals = session.partner.analytics().licenses().deployment().get().await?.into_value();
        write(totals.items, output, console)
    })
    .await
}

pub(crate) async fn usage(arguments: &LicenseArgs, global: &Global, console: Console) -> Result<Exit, Stop> {
    if !arguments.whose.is_nobody() {
        return report::licenses::<UsageRow>("licenses usage", arguments, global, console).await;
    }
    unless_stopped(async {
        let output = output_options::output::<PartnerUsage>(global, &arguments.writing, Layout::AsTheyCome)?;
        let session = connect(global, console).await?;
        let totals = session.partner.analytics().licenses().usage().get().await?.into_value();
        write(totals.items, output, console)
    })
    .await
}

pub(crate) async fn funnel(arguments: &Funnel, global: &Global, console: Console) -> Result<Exit, Stop> {
    report::funnel(arguments, global, console).await
}

/// Writes the partner's totals.
fn write<R: Row + From<M>, M>(items: Vec<M>, mut output: Output<R>, console: Console) -> Result<Exit, Stop> {
    if items.is_empty() {
        console.note("no rows");
    }
    output.rows(items.into_iter().map(R::from).collect())?;
    output.finish(End::default())?;
    Ok(Exit::Done)
}
