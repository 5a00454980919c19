//! The filter of a customer list. It formats one query parameter and sends nothing.

use std::fmt;

use serde::Serialize;

/// Selects customers by the start of one field, ignoring case.
///
/// The service documents only this comparison, and no way to combine several.
/// Source: <https://learn.microsoft.com/en-us/partner-center/developer/get-a-customer-by-name>
///
/// `Display` gives the text of the query parameter before percent-encoding, **including the value**. The value may be
/// the name of a customer, so `Debug` omits it: use `Debug` in logs.
///
/// ```
/// use partner_center::CustomerFilter;
///
/// let filter = CustomerFilter::company_name("cont");
/// assert_eq!(filter.to_string(), r#"{"Field":"CompanyName","Value":"cont","Operator":"starts_with"}"#);
/// assert_eq!(format!("{filter:?}"), "CustomerFilter(CompanyName starts_with <value>)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "PascalCase")]
#[must_use = "a filter does nothing until it is passed to a list"]
pub struct CustomerFilter {
    field: &'static str,
    value: String,
    operator: &'static str,
}

impl CustomerFilter {
    /// Selects customers by the start of the company name.
    ///
    /// ```
    /// # use partner_center::CustomerFilter;
    /// assert!(CustomerFilter::company_name(r#"Say "hi""#).to_string().contains(r#""Say \"hi\"""#));
    /// ```
    pub fn company_name(start: impl Into<String>) -> Self {
        Self::starts_with("CompanyName", start)
    }

    /// Selects customers by the start of the domain. The service has been seen to respond to this filter with status
    /// 500.
    ///
    /// ```
    /// # use partner_center::CustomerFilter;
    /// let filter = CustomerFilter::domain("contoso.onmicrosoft");
    /// ```
    pub fn domain(start: impl Into<String>) -> Self {
        Self::starts_with("Domain", start)
    }

    /// Selects customers by the start of their indirect reseller's id.
    ///
    /// ```
    /// # use partner_center::CustomerFilter;
    /// let filter = CustomerFilter::indirect_reseller("484e548c-f5f3-4528-93a9-c16c6373cb59");
    /// ```
    pub fn indirect_reseller(start: impl Into<String>) -> Self {
        Self::starts_with("IndirectReseller", start)
    }

    /// Selects customers by the start of their indirect cloud solution provider's id.
    ///
    /// ```
    /// # use partner_center::CustomerFilter;
    /// let filter = CustomerFilter::indirect_cloud_solution_provider("0c39d6d5-c70d-4c55-bc02-f620844f3fd1");
    /// ```
    pub fn indirect_cloud_solution_provider(start: impl Into<String>) -> Self {
        Self::starts_with("IndirectCloudSolutionProvider", start)
    }

    fn starts_with(field: &'static str, value: impl Into<String>) -> Self {
        Self { field, value: value.into(), operator: "starts_with" }
    }
}

/// Formats the query parameter before percent-encoding, including the value.
impl fmt::Display for CustomerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for CustomerFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CustomerFilter({} {} <value>)", self.field, self.operator)
    }
}
