//! The rows of two days, matched by customer and product.

use std::collections::{BTreeMap, HashSet};

use partner_center::CustomerId;
use partner_center::funnel::FunnelRow;
use partner_center::models::Guid;

/// One of the two days: its rows, and the customers that were not read.
#[derive(Clone, Debug, Default)]
pub struct Side {
    rows: Vec<FunnelRow>,
    unread: HashSet<CustomerId>,
}

impl Side {
    /// The rows of a day.
    #[must_use]
    pub fn new(rows: Vec<FunnelRow>, unread: impl IntoIterator<Item = CustomerId>) -> Self {
        Self { rows, unread: unread.into_iter().collect() }
    }

    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> &[FunnelRow] {
        &self.rows
    }

    /// Whether the customer was not read.
    pub(crate) fn is_unread(&self, customer: CustomerId) -> bool {
        self.unread.contains(&customer)
    }
}

/// A product of a customer, with its rows on both days.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ProductRows<'a> {
    /// The id of the product, if a row has it; that of the later day, if both have one.
    pub product_id: Option<&'a Guid>,
    /// The name of the product; that of the later day, if both have one.
    pub product_name: Option<&'a str>,
    /// Its rows on the earlier and on the later day: several if it is sold through several channels.
    pub rows: [Vec<&'a FunnelRow>; 2],
}

/// The rows of each customer on both days.
pub(crate) fn by_customer(sides: [&Side; 2]) -> BTreeMap<CustomerId, [Vec<&FunnelRow>; 2]> {
    let mut customers: BTreeMap<CustomerId, [Vec<&FunnelRow>; 2]> = BTreeMap::new();
    for (place, side) in sides.into_iter().enumerate() {
        for row in side.rows() {
            if let Some(rows) = customers.entry(row.customer_id).or_default().get_mut(place) {
                rows.push(row);
            }
        }
    }
    customers
}

/// The products of a customer on both days, by name.
pub(crate) fn products<'a>(sides: &[Vec<&'a FunnelRow>; 2]) -> Vec<ProductRows<'a>> {
    // A row without an id is matched by its name, if exactly one id has that name.
    let mut ids: BTreeMap<String, HashSet<String>> = BTreeMap::new();
    for row in sides.iter().flatten() {
        if let (Some(id), Some(name)) = (&row.product_id, &row.product_name) {
            ids.entry(fold(name)).or_default().insert(fold(id.to_string()));
        }
    }
    let mut products: BTreeMap<(String, String), ProductRows<'_>> = BTreeMap::new();
    for (place, rows) in sides.iter().enumerate() {
        for row in rows {
            let name = row.product_name.as_deref().map(fold).unwrap_or_default();
            let id = match &row.product_id {
                Some(id) => fold(id.to_string()),
                None => match ids.get(&name) {
                    Some(ids) if ids.len() == 1 => ids.iter().next().cloned().unwrap_or_default(),
                    _ => String::new(),
                },
            };
            // A name can change; an id does not.
            let key = if id.is_empty() { (name, id) } else { (String::new(), id) };
            let product = products.entry(key).or_default();
            product.product_id = row.product_id.as_ref().or(product.product_id);
            product.product_name = row.product_name.as_deref().or(product.product_name);
            if let Some(rows) = product.rows.get_mut(place) {
                rows.push(row);
            }
        }
    }
    let mut products: Vec<_> = products.into_values().collect();
    products.sort_by(|one, other| {
        let id = |product: &ProductRows<'_>| product.product_id.map(Guid::to_string);
        one.product_name.cmp(&other.product_name).then_with(|| id(one).cmp(&id(other)))
    });
    products
}

/// Ids and names are compared without case and surrounding white space.
pub(crate) fn fold(text: impl AsRef<str>) -> String {
    text.as_ref().trim().to_lowercase()
}
