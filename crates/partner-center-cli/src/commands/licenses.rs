//! `licenses deployment`, `licenses usage` and `licenses funnel`: for customers, or the partner's totals.

use partner_center::licenses::LicenseRow;

use crate::args::{Funnel, Global, LicenseArgs};
use crate::connect::connect;
use crate::console::Console;
use crate::exit::Exit;
use crate::output::{End, Layout, Row};
use crate::problem::Stop;
use crate::report::{self, output_options};
use crate::signals::unless_stopped;

/// `licenses deployment` or `licenses usage`.
pub(crate) async fn run<R>(arguments: &LicenseArgs, global: &Global, console: Console) -> Result<Exit, Stop>
where
    R: LicenseRow<PartnerRow: Row> + Row,
{
    if !arguments.whose.is_empty() {
        return report::licenses::<R>(arguments, global, console).await;
    }
    unless_stopped(async {
        let mut output =
            output_options::output::<R::PartnerRow>(global, &arguments.writing, Layout::AsTheyCome)?;
        let session = connect(global, console).await?;
        let totals = R::read_partner(&session.partner).await?.into_value();
        if totals.is_empty() {
            console.note("no rows");
        }
        output.rows(totals)?;
        output.finish(End::default())?;
        Ok(Exit::Done)
    })
    .await
}

pub(crate) async fn funnel(arguments: &Funnel, global: &Global, console: Console) -> Result<Exit, Stop> {
    report::funnel(arguments, global, console).await
}
