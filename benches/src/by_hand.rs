//! Hand-written decoding of the documented response, for comparison in the benchmarks.

use serde::Deserialize;

/// Removes the byte order mark that the service sends, which JSON parsers reject.
pub(crate) fn without_mark(response: &[u8]) -> &[u8] {
    response.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(response)
}

/// The structs a user would write by hand: owned strings, typed dates, every documented field.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page {
    total_count: Option<i64>,
    items: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    customer_name: Option<String>,
    product_name: Option<String>,
    licenses_deployed: Option<i64>,
    deployment_percent: Option<f64>,
    licenses_sold: Option<i64>,
    processed_date_time: Option<chrono::DateTime<chrono::Utc>>,
    service_name: Option<String>,
    channel: Option<String>,
    attributes: Option<Attributes>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    object_type: Option<String>,
}

impl Page {
    /// Decodes a response with `serde_json`.
    pub(crate) fn decode(response: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(without_mark(response))
    }

    /// Reads every field, so that the compiler cannot remove any as unused.
    pub(crate) fn rows(&self) -> usize {
        let whole = |row: &&Row| {
            row.customer_name.is_some()
                && row.product_name.is_some()
                && row.licenses_deployed <= row.licenses_sold
                && row.deployment_percent.is_some()
                && row.processed_date_time.is_some()
                && row.service_name.is_some()
                && row.channel.is_some()
                && row.attributes.as_ref().is_some_and(|attributes| attributes.object_type.is_some())
        };
        self.items.iter().filter(whole).count().max(usize::from(self.total_count.is_none()))
    }
}
