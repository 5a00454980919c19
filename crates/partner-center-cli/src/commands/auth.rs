//! `auth status`: the part of `doctor` about credentials, in a few lines.

use super::doctor;
use crate::args::{AuthCommand, Global};
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::Stop;
use crate::report::output_options;

pub(crate) async fn run(command: AuthCommand, global: &Global, console: Console) -> Result<Exit, Stop> {
    match command {
        AuthCommand::Status { online } => {
            doctor::status(global, online, output_options::format(global, None)?, console).await
        }
    }
}
