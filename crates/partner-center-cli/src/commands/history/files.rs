//! Files that `licenses funnel` wrote, to be compared.

use std::fs;
use std::path::Path;

use partner_center::CustomerId;
use partner_center::funnel::FunnelRow;
use partner_center_history::{Side, read_funnel_file};
use serde::Deserialize;

use crate::exit::Exit;
use crate::output::{Format, as_written};
use crate::problem::Problem;

/// The JSON document of `licenses funnel`.
#[derive(Deserialize)]
struct Document {
    r#type: String,
    rows: Vec<FunnelRow>,
    #[serde(default)]
    failures: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    customer_id: Option<CustomerId>,
}

const WRITE: &str = "Write it with licenses funnel --all-customers --format json, ndjson or parquet.";

/// Reads the rows of a file.
pub(super) fn read(path: &Path) -> Result<Side, Problem> {
    let refused = |why: String, advice: &str| {
        Problem::new(Exit::Usage, format!("{} cannot be compared", path.display()))
            .because(why)
            .advice(advice)
    };
    let bytes = fs::read(path).map_err(|error| refused(error.to_string(), "Check the name of the file."))?;
    let invalid =
        |error: serde_json::Error| refused(format!("it does not have rows of the funnel: {error}"), WRITE);
    let (rows, unread) = match Format::of_file(path) {
        Some(Format::Json) => {
            let document: Document = serde_json::from_slice(&bytes).map_err(invalid)?;
            if document.r#type != "funnel" {
                return Err(refused(format!("it has rows of the type {}", document.r#type), WRITE));
            }
            let unread = document.failures.into_iter().filter_map(|failure| failure.customer_id).collect();
            (document.rows, unread)
        }
        Some(Format::Ndjson) => {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            let rows = lines.map(serde_json::from_slice).collect::<Result<Vec<FunnelRow>, _>>();
            (rows.map_err(invalid)?, Vec::new())
        }
        Some(Format::Parquet) => {
            let name = path.display().to_string();
            let rows =
                read_funnel_file(&name, bytes.into()).map_err(|error| refused(error.to_string(), WRITE))?;
            (rows, Vec::new())
        }
        _ => return Err(refused("its format has no complete rows".to_owned(), WRITE)),
    };
    // A file that was written with --anonymize has pseudonyms already; with it now, it gets others.
    Ok(Side::new(rows.into_iter().map(as_written).collect(), unread))
}
