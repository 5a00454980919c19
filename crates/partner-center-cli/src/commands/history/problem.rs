//! The errors of datasets, with their exit codes and advice.

use partner_center_history::Error;

use crate::exit::Exit;
use crate::problem::Problem;

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(super) fn problem(error: Error) -> Problem {
    let (exit, advice) = match &error {
        Error::InvalidPlace { .. } => (
            Exit::Usage,
            "Use the name of a folder, or a URL that begins with s3://, az://, abfss:// or gs:// in a build with the \
             feature object-store.",
        ),
        Error::NotADataset { .. } => {
            (Exit::Usage, "Check --dataset; partner-center history record creates a dataset in a new folder.")
        }
        Error::NotEmpty { .. } => (Exit::Usage, "Use a new or empty folder. Nothing was sent or written."),
        Error::OtherTenant { .. } => {
            (Exit::Usage, "Use one dataset per partner tenant. Nothing was sent or written.")
        }
        Error::InUse { .. } => (
            Exit::Usage,
            "Wait for it to end. In an object store, delete that file if no process is running. Nothing was sent.",
        ),
        Error::NoSuchDay { .. } => (Exit::Usage, "partner-center history list shows the days."),
        Error::Damaged { .. } => (
            Exit::InvalidResponse,
            "Restore the file, or record the day again with partner-center history record --date.",
        ),
        Error::LaterVersion { .. } => (Exit::InvalidResponse, "Use a newer partner-center."),
        Error::Unreachable { .. } => {
            (Exit::Network, "Check the place, its credentials and the network, and try again.")
        }
        _ => (Exit::Unexpected, "Check the place, its permissions and the free space."),
    };
    Problem::new(exit, error.to_string()).advice(advice)
}
