//! Arguments of `api`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `api`. The command checks query and headers, because an error of the parser would show their values.
#[derive(Args, Debug)]
pub(crate) struct Api {
    /// The path below the base URL, such as /v1/invoices, with or without a query; or a URL at the base URL
    #[arg(value_name = "PATH")]
    pub(crate) path: String,

    /// The method: GET or HEAD. Nothing is ever written to the service
    #[arg(short = 'X', long, value_name = "METHOD", default_value = "GET", value_parser = method)]
    pub(crate) method: Method,

    /// Append a parameter to the query, such as size=50; it is encoded. Can be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) query: Vec<String>,

    /// Send a header, such as 'MS-ContinuationToken: TOKEN'. Can be repeated. The headers of the call, such as
    /// Authorization and the ids, cannot be replaced
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,

    /// Follow the links to all pages, and write each page as one line of JSON
    #[arg(long)]
    pub(crate) paginate: bool,

    /// Write the status and the headers of the response first
    #[arg(short, long)]
    pub(crate) include: bool,

    /// Write to this file, which appears only when it is complete; - is stdout
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The methods that only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    Get,
    Head,
}

fn method(text: &str) -> Result<Method, String> {
    Method::from_str(text, true).map_err(|_| "api only reads: the method is GET or HEAD".to_owned())
}
