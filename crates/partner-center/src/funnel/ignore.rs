//! Ignore rules: remove rows from a report, and count the removed rows.

use std::fmt;

use serde::{Deserialize, Deserializer};
use wildmatch::WildMatch;

use super::{FunnelRow, Totals};

/// Rules that remove rows from a report, as written in a configuration file.
///
/// Each rule has at least one of:
///
/// * `product`: a pattern for the product's name or id.
/// * `customer`: a pattern for the customer's name or id.
/// * `spare`: a number of licenses; the rule then matches only rows with at most that many
///   [unused](FunnelRow::unused) licenses. Rows with an unknown number do not match.
///
/// In a pattern, `*` matches any text and `?` any single character; case and surrounding white space are ignored. A row
/// is removed if it matches all parts of the rule. Unknown keys are errors, so that a typing error does not create a
/// rule that removes more than intended.
///
/// ```
/// use partner_center::funnel::{Funnel, IgnoreRules};
///
/// let rules: IgnoreRules = toml::from_str(
///     r#"
///     [[ignore]]
///     product = "* trial*"
///
///     [[ignore]]
///     customer = "contoso*"
///     product = "visio plan ?"
///     spare = 5
///     "#,
/// )?;
/// let deployment = [
///     serde_json::from_str(r#"{"productName":"VISIO TRIAL","licensesSold":99,"licensesDeployed":0}"#)?,
///     serde_json::from_str(
///         r#"{"customerName":"Contoso Ltd","productName":"VISIO PLAN 2","licensesSold":9,"licensesDeployed":6}"#,
///     )?,
///     serde_json::from_str(r#"{"productName":"POWER BI PRO","licensesSold":9,"licensesDeployed":6}"#)?,
/// ];
/// let usage = [serde_json::from_str(r#"{"productName":"VISIO PLAN 2","licensesActive":4}"#)?];
/// let funnel = Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &usage);
///
/// let mut filter = rules.filter();
/// let kept: Vec<_> = funnel.rows.iter().filter(|row| filter.keeps(row)).collect();
/// assert_eq!(kept.len(), 1);
/// let taken: Vec<_> = filter.removed().map(|(_, totals)| (totals.rows, totals.licenses_sold.sum)).collect();
/// assert_eq!(taken, [(1, 99), (1, 9)]);
///
/// assert!(toml::from_str::<IgnoreRules>("[[ignore]]\nprodukt = 'VISIO'").is_err());
/// assert!(toml::from_str::<IgnoreRules>("[[ignore]]").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IgnoreRules {
    #[serde(default)]
    ignore: Vec<IgnoreRule>,
}

impl IgnoreRules {
    /// The rules, in the order in which they are applied.
    ///
    /// ```
    /// use partner_center::funnel::IgnoreRules;
    ///
    /// assert!(IgnoreRules::default().rules().is_empty());
    /// ```
    #[must_use]
    pub fn rules(&self) -> &[IgnoreRule] {
        &self.ignore
    }

    /// Creates a filter with these rules.
    ///
    /// ```
    /// use partner_center::funnel::IgnoreRules;
    ///
    /// assert_eq!(IgnoreRules::default().filter().removed().count(), 0);
    /// ```
    pub fn filter(&self) -> IgnoreFilter<'_> {
        IgnoreFilter { rules: self.ignore.iter().map(|rule| (rule, Totals::default())).collect() }
    }
}

/// One rule of [`IgnoreRules`].
///
/// `Debug` does not show the pattern for customers.
///
/// ```
/// use partner_center::funnel::IgnoreRules;
///
/// let rules: IgnoreRules = toml::from_str("[[ignore]]\ncustomer = 'Contoso*'\nspare = 2")?;
/// let [rule] = rules.rules() else { panic!("there is one") };
/// assert!(!format!("{rule:?}").contains("Contoso"));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, PartialEq, Deserialize)]
#[serde(try_from = "WrittenRule")]
pub struct IgnoreRule {
    product: Option<Pattern>,
    customer: Option<Pattern>,
    spare: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    product: Option<Pattern>,
    customer: Option<Pattern>,
    spare: Option<u64>,
}

impl TryFrom<WrittenRule> for IgnoreRule {
    type Error = &'static str;

    fn try_from(WrittenRule { product, customer, spare }: WrittenRule) -> Result<Self, Self::Error> {
        if product.is_none() && customer.is_none() && spare.is_none() {
            return Err("a rule needs at least one of `product`, `customer` and `spare`");
        }
        Ok(Self { product, customer, spare })
    }
}

impl IgnoreRule {
    /// Whether the rule matches this row.
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, IgnoreRules};
    ///
    /// let rules: IgnoreRules = toml::from_str("[[ignore]]\ncustomer = '4D3CF487-*'\nspare = 5")?;
    /// let customer = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?;
    /// let deployment = [serde_json::from_str(r#"{"productName":"VISIO","licensesSold":5,"licensesDeployed":3}"#)?];
    /// let usage = [serde_json::from_str(r#"{"productName":"VISIO","licensesActive":2}"#)?];
    /// assert!(rules.rules()[0].matches(&Funnel::classic(customer, &deployment, &usage).rows[0]));
    /// // The number of idle licenses is unknown here.
    /// assert!(!rules.rules()[0].matches(&Funnel::classic(customer, &deployment, &[]).rows[0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn matches(&self, row: &FunnelRow) -> bool {
        let product = |pattern: &Pattern| {
            pattern.matches(row.product_name.as_deref())
                || pattern.matches(row.product_id.as_ref().map(ToString::to_string).as_deref())
        };
        let customer = |pattern: &Pattern| {
            pattern.matches(row.customer_name.as_deref())
                || pattern.matches(Some(&row.customer_id.to_string()))
        };
        self.product.as_ref().is_none_or(product)
            && self.customer.as_ref().is_none_or(customer)
            && self.spare.is_none_or(|spare| row.unused().is_some_and(|unused| unused <= spare))
    }
}

impl fmt::Debug for IgnoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IgnoreRule")
            .field("product", &self.product.as_ref().map(|pattern| pattern.0.pattern()))
            .field("customer", &self.customer.as_ref().map(|_| format_args!("<customer data>")))
            .field("spare", &self.spare)
            .finish()
    }
}

/// Filters rows by [`IgnoreRules`], and adds up the removed rows.
///
/// A row that matches several rules is counted for the first of them. A rule that removed nothing may be misspelled:
/// its totals show this.
///
/// ```
/// use partner_center::funnel::{Funnel, IgnoreRules};
///
/// let rules: IgnoreRules = toml::from_str("[[ignore]]\nproduct = 'VISO'\n[[ignore]]\nspare = 0")?;
/// let deployment = [serde_json::from_str(r#"{"productName":"VISIO","licensesSold":5,"licensesDeployed":5}"#)?];
/// let usage = [serde_json::from_str(r#"{"productName":"VISIO","licensesActive":5}"#)?];
/// let funnel = Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &usage);
///
/// let mut filter = rules.filter();
/// assert!(!filter.keeps(&funnel.rows[0]));
/// assert_eq!(filter.removed().map(|(_, totals)| totals.rows).collect::<Vec<_>>(), [0, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a filter does nothing until `keeps` is called"]
pub struct IgnoreFilter<'r> {
    rules: Vec<(&'r IgnoreRule, Totals)>,
}

impl IgnoreFilter<'_> {
    /// Whether to keep the row: no rule matches it. A row that matches is added to the totals of the rule.
    ///
    /// ```
    /// use partner_center::funnel::{Funnel, IgnoreRules};
    ///
    /// let deployment = [serde_json::from_str(r#"{"productName":"VISIO"}"#)?];
    /// let funnel = Funnel::classic("4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04".parse()?, &deployment, &[]);
    /// assert!(IgnoreRules::default().filter().keeps(&funnel.rows[0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn keeps(&mut self, row: &FunnelRow) -> bool {
        match self.rules.iter_mut().find(|(rule, _)| rule.matches(row)) {
            Some((_, removed)) => {
                removed.add(row);
                false
            }
            None => true,
        }
    }

    /// The rules in order, each with the totals of the rows it removed so far.
    ///
    /// ```
    /// use partner_center::funnel::IgnoreRules;
    ///
    /// let rules: IgnoreRules = toml::from_str("[[ignore]]\nspare = 1")?;
    /// let filter = rules.filter();
    /// assert_eq!(filter.removed().map(|(_, totals)| totals.rows).sum::<u64>(), 0);
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    pub fn removed(&self) -> impl Iterator<Item = (&IgnoreRule, &Totals)> {
        self.rules.iter().map(|(rule, totals)| (*rule, totals))
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
