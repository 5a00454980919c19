//! Ignore rules: remove rows from a report, and count the removed rows.

use std::fmt;

use serde::{Deserialize, Deserializer};
use wildmatch::WildMatch;

use partner_center::funnel::{Flag, FunnelRow};

use crate::output::rows::Sku;

/// Rules that remove rows from a report, as written in a configuration file.
///
/// Each rule has at least one of:
///
/// * `product`: a pattern for the product's name or id.
/// * `customer`: a pattern for the customer's name or id.
/// * `unused`: a number of licenses; the rule then matches only rows with at most that many
///   [unused](FunnelRow::unused) licenses. Rows with an unknown number, or a lower bound, do not match. `spare` is the
///   older word for it.
///
/// In a pattern, `*` matches any text and `?` any single character; case and surrounding white space are ignored. A row
/// is removed if it matches all parts of the rule. Unknown keys are errors, so that a typing error does not create a
/// rule that removes more than intended.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IgnoreRules {
    #[serde(default)]
    ignore: Vec<IgnoreRule>,
}

impl IgnoreRules {
    /// The rules, in the order in which they are applied.
    #[must_use]
    pub(crate) fn rules(&self) -> &[IgnoreRule] {
        &self.ignore
    }
}

/// One rule of [`IgnoreRules`].
///
/// `Debug` does not show the pattern for customers.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(try_from = "WrittenRule")]
pub(crate) struct IgnoreRule {
    product: Option<Pattern>,
    customer: Option<Pattern>,
    unused: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    product: Option<Pattern>,
    customer: Option<Pattern>,
    #[serde(alias = "spare")]
    unused: Option<u64>,
}

impl TryFrom<WrittenRule> for IgnoreRule {
    type Error = &'static str;

    fn try_from(WrittenRule { product, customer, unused }: WrittenRule) -> Result<Self, Self::Error> {
        if product.is_none() && customer.is_none() && unused.is_none() {
            return Err("a rule needs at least one of `product`, `customer` and `unused`");
        }
        Ok(Self { product, customer, unused })
    }
}

impl IgnoreRule {
    /// Whether a count decides which rows the rule matches.
    #[must_use]
    pub(crate) fn has_count(&self) -> bool {
        self.unused.is_some()
    }

    /// Whether the rule matches this row.
    #[must_use]
    pub(crate) fn matches(&self, row: &impl Ignorable) -> bool {
        let matches_any = |pattern: &Pattern, names: &[Option<String>]| {
            names.iter().any(|name| pattern.matches(name.as_deref()))
        };
        self.product.as_ref().is_none_or(|pattern| matches_any(pattern, &row.product_names()))
            && self.customer.as_ref().is_none_or(|pattern| matches_any(pattern, &row.customer_names()))
            && self.unused.is_none_or(|most| {
                row.known_unused()
                    .is_some_and(|unused| u64::try_from(unused).is_ok_and(|unused| unused <= most))
            })
    }
}

/// A row that a rule can match.
pub(crate) trait Ignorable {
    /// What a pattern for the product is compared with.
    fn product_names(&self) -> [Option<String>; 3];

    /// What a pattern for the customer is compared with.
    fn customer_names(&self) -> [Option<String>; 2];

    /// How many licenses are unused, unless that is unknown or a lower bound.
    fn known_unused(&self) -> Option<i64>;
}

impl Ignorable for FunnelRow {
    fn product_names(&self) -> [Option<String>; 3] {
        [self.product_name.clone(), self.product_id.as_ref().map(ToString::to_string), None]
    }

    fn customer_names(&self) -> [Option<String>; 2] {
        [self.customer_name.clone(), Some(self.customer_id.to_string())]
    }

    fn known_unused(&self) -> Option<i64> {
        self.unused.filter(|_| !self.has(Flag::UnusedIsLowerBound))
    }
}

impl Ignorable for Sku {
    fn product_names(&self) -> [Option<String>; 3] {
        let id = self.sku_id.as_ref().map(ToString::to_string);
        [self.sku_name.clone(), id, self.sku_part_number.clone()]
    }

    fn customer_names(&self) -> [Option<String>; 2] {
        [self.customer_name.clone(), Some(self.customer_id.to_string())]
    }

    /// Those that are not assigned.
    fn known_unused(&self) -> Option<i64> {
        self.available
    }
}

impl fmt::Debug for IgnoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IgnoreRule")
            .field("product", &self.product.as_ref().map(|pattern| pattern.0.pattern()))
            .field("customer", &self.customer.as_ref().map(|_| format_args!("<customer data>")))
            .field("unused", &self.unused)
            .finish()
    }
}

/// A case-insensitive pattern with `*` and `?`.
#[derive(Clone, PartialEq)]
struct Pattern(WildMatch);

impl Pattern {
    fn matches(&self, text: Option<&str>) -> bool {
        text.is_some_and(|text| self.0.matches(text.trim()))
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.trim() {
            "" => Err(serde::de::Error::custom("an empty pattern matches nothing; `*` matches everything")),
            pattern => Ok(Self(WildMatch::new_case_insensitive(pattern))),
        }
    }
}

#[cfg(test)]
mod tests {
    use partner_center::funnel::Funnel;
    use serde_json::{Value, json};

    use super::*;

    const CUSTOMER: &str = "4D3CF487-70F4-4E1E-9FF1-B2BFCE8D9F04";
    const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";

    fn funnel(deployment: &Value, usage: &Value) -> FunnelRow {
        let deployment = serde_json::from_value(deployment.clone()).unwrap();
        let usage = serde_json::from_value(usage.clone()).unwrap();
        let mut rows = Funnel::of_customers(&[deployment], &[usage]).rows;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows.remove(0)
    }

    #[test]
    fn a_row_matches_a_rule_whose_parts_all_match() {
        let rules: IgnoreRules = toml::from_str(
            "[[ignore]]\nproduct = ' *TRIAL? '\n[[ignore]]\nproduct = '6fd2c87f-*'\ncustomer = 'contoso*'\n\
             [[ignore]]\nunused = 2\n[[ignore]]\nproduct = '*'\nspare = 0",
        )
        .unwrap();
        for (name, customer, deployed, matched) in [
            ("VISIO TRIAL1", "x", Some(1), Some(0)),
            ("VISIO TRIAL", "x", Some(1), None),
            ("VISIO", "Contoso Ltd", Some(1), Some(1)),
            ("VISIO", "Not Contoso", Some(9), Some(2)),
            ("VISIO", "", Some(8), Some(2)),
            ("VISIO", "", None, None),
        ] {
            let row = funnel(
                &json!({"customerId": CUSTOMER, "productId": E3, "productName": name, "customerName": customer,
                    "licensesSold": 9, "licensesDeployed": deployed, "source": "commercial"}),
                &json!({"customerId": CUSTOMER, "productId": E3, "workloadCode": "SPO", "licensesActive": 7,
                    "source": "commercial"}),
            );
            let found = rules.rules().iter().position(|rule| rule.matches(&row));
            assert_eq!(found, matched, "{name} {deployed:?}");
        }
    }

    #[test]
    fn empty_rules_and_unknown_keys_are_errors() {
        for (text, why) in [
            ("[[ignore]]", "at least one of"),
            ("[[ignore]]\nproduct = ' '", "empty pattern"),
            ("[[ignore]]\ncustomers = 'x'", "unknown field"),
            ("[[ignored]]\nunused = 1", "unknown field"),
            ("[[ignore]]\nunused = -1", "invalid value"),
            ("[[ignore]]\nunused = 1\nspare = 1", "duplicate field"),
        ] {
            let error = toml::from_str::<IgnoreRules>(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert!(toml::from_str::<IgnoreRules>("").unwrap().rules().is_empty());
    }

    #[test]
    fn debug_output_does_not_show_customer_names() {
        let rules: IgnoreRules = toml::from_str("[[ignore]]\ncustomer = 'Contoso'").unwrap();
        assert!(!format!("{rules:?}").contains("Contoso"));
    }
}
