//! Product keys, by which rows are joined and added up.

use super::counted::Facts;
use crate::models::{Channel, Guid};

/// The key of a product. A product with an id and one without are always different.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ProductKey {
    /// A GUID in lower case, or another text in lower case.
    Id(String),
    /// The name and, if there is one, the service; both folded.
    Name(String, Option<String>),
}

impl ProductKey {
    /// The key of a product, or `None` if it has neither an id nor a name.
    pub(super) fn new(
        id: Option<&str>,
        name: Option<&str>,
        service_code: Option<&str>,
        service_name: Option<&str>,
    ) -> Option<Self> {
        id.and_then(fold_id).map(Self::Id).or_else(|| Self::by_name(name, service_code, service_name))
    }

    /// The key of the product without its id.
    pub(super) fn by_name(
        name: Option<&str>,
        service_code: Option<&str>,
        service_name: Option<&str>,
    ) -> Option<Self> {
        let service = service_code.and_then(fold).or_else(|| service_name.and_then(fold));
        Some(Self::Name(name.and_then(fold)?, service))
    }
}

/// A product as described by a row, with its keys. Shared by rows with the same description.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Product {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) service_code: Option<String>,
    pub(super) service_name: Option<String>,
    pub(super) channel: Option<Channel>,
    pub(super) key: ProductKey,
    /// The key without the id, for rows whose counterpart has none.
    pub(super) by_name: Option<ProductKey>,
    /// Rows of different channels are never joined.
    pub(super) channel_key: Option<String>,
}

impl Product {
    /// `None` if there is neither an id nor a name.
    pub(super) fn new(row: &Facts<'_>) -> Option<Self> {
        let id = row.product_id.map(Guid::to_string).filter(|id| fold_id(id).is_some());
        let [name, service_code, service_name] =
            [row.product_name, row.service_code, row.service_name].map(filled);
        let channel = row.channel.filter(|channel| !channel.as_str().trim().is_empty());
        Some(Self {
            key: ProductKey::new(id.as_deref(), name, service_code, service_name)?,
            by_name: ProductKey::by_name(name, service_code, service_name),
            channel_key: channel.and_then(|channel| fold(channel.as_str())),
            id,
            name: name.map(str::to_owned),
            service_code: service_code.map(str::to_owned),
            service_name: service_name.map(str::to_owned),
            channel: channel.cloned(),
        })
    }

    /// The key for joining rows: the product and the channel.
    pub(super) fn join_key(&self) -> (&ProductKey, Option<&str>) {
        (&self.key, self.channel_key.as_deref())
    }

    /// The key for joining rows if one of them has no product id.
    pub(super) fn name_key(&self) -> (Option<&ProductKey>, Option<&str>) {
        (self.by_name.as_ref(), self.channel_key.as_deref())
    }
}

/// A workload as described by a row, with its key.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WorkloadLabel {
    pub(super) key: Option<String>,
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
}

impl WorkloadLabel {
    pub(super) fn new(code: Option<&str>, name: Option<&str>) -> Self {
        let [code, name] = [code, name].map(filled);
        Self {
            key: code.or(name).and_then(fold),
            code: code.map(str::to_owned),
            name: name.map(str::to_owned),
        }
    }
}

/// Normalizes text for comparison: trimmed and in lower case; `None` if it is blank.
pub(super) fn fold(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_lowercase())
}

/// Normalizes an id for comparison. Some fields contain all zeros instead of an id.
pub(super) fn fold_id(text: &str) -> Option<String> {
    match Guid::from(text.trim()).as_uuid() {
        Some(uuid) if uuid.is_nil() => None,
        Some(uuid) => Some(uuid.to_string()),
        None => fold(text),
    }
}

/// The text, unless it is blank.
pub(super) fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Keeps the smaller of two spellings, so that the result does not depend on the order of rows.
pub(super) fn keep_smaller<T: Clone + ToString>(kept: &mut Option<T>, other: Option<&T>) {
    let Some(other) = other else { return };
    if kept.as_ref().is_none_or(|kept| other.to_string() < kept.to_string()) {
        *kept = Some(other.clone());
    }
}
