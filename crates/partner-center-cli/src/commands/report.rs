//! `report` and `report pack`: pages to send.

use crate::args::{Global, PackCommand, Report};
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Stop;
use crate::report;

pub(crate) async fn run(arguments: &Report, global: &Global, console: Console) -> Result<Exit, Stop> {
    match &arguments.pack {
        None => report::page(&arguments.page, global, console).await,
        Some(PackCommand::Pack(pack)) => report::pack(pack, global, console).await,
    }
}
