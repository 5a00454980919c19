//! Reads saved state: a JSON object with a `version`.

use serde::Deserialize as _;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::Value;

/// Reads the members of `what`, if it has the supported version. `T` should reject unknown members and require all
/// others.
///
/// Errors do not quote the text, which may contain customer data.
pub(crate) fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    what: &str,
    supported: u64,
) -> Result<T, D::Error> {
    let mut value = Value::deserialize(deserializer)?;
    let version = value.as_object_mut().and_then(|members| members.remove("version"));
    match version.as_ref().and_then(Value::as_u64) {
        Some(version) if version == supported => {}
        Some(version) => {
            return Err(D::Error::custom(format_args!(
                "the {what} has version {version}, but this release supports only version {supported}: resume with \
                 the release that wrote it, or start again without it"
            )));
        }
        None => return Err(D::Error::custom(format_args!("not a {what}: it has no version"))),
    }
    serde_json::from_value(value)
        .map_err(|_| D::Error::custom(format_args!("the {what} cannot be read: it has an unknown format")))
}
