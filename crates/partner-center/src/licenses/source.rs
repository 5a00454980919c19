//! The operations that rows of licenses come from.

use serde::{Deserialize, Serialize};

/// The operations that a row comes from.
///
/// ```
/// use partner_center::licenses::Source;
///
/// assert_eq!(serde_json::to_string(&Source::Commercial)?, "\"commercial\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Source {
    /// The classic operations, one customer per request.
    Classic,
    /// The commercial queries, many customers per request.
    Commercial,
}
