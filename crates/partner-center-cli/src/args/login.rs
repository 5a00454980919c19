//! Arguments of `login`.

use clap::Args;

use super::help;

/// Without a flag, a browser is opened if there is a terminal and a display, and otherwise a device code is shown.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command")]
#[command(after_help = help::LOGIN_HELP)]
pub(crate) struct Login {
    /// Sign in with a browser on this machine, even if there is no terminal or no display
    #[arg(long, conflicts_with_all = ["device_code", "refresh_token_stdin"])]
    pub(crate) browser: bool,

    /// Show a code to enter in a browser on any device, instead of opening one
    #[arg(long, visible_alias = "no-browser", conflicts_with_all = ["confidential", "refresh_token_stdin"])]
    pub(crate) device_code: bool,

    /// Require a browser, and a client secret, a certificate or a federated identity. One that is set is used without
    /// this flag too
    #[arg(long, conflicts_with = "refresh_token_stdin")]
    pub(crate) confidential: bool,

    /// Read a refresh token from stdin, such as one from a consent flow, instead of signing in
    #[arg(long)]
    pub(crate) refresh_token_stdin: bool,

    /// The partner's tenant: its id or one of its domains. Written to the profile after a successful sign-in
    #[arg(long, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,

    /// The application (client) id. Written to the profile after a successful sign-in
    #[arg(long, value_name = "CLIENT")]
    pub(crate) client: Option<String>,
}
