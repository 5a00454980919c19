//! The rows of the customer commands.

use partner_center::models::{self, CustomerCompanyProfile, Guid, RelationshipToPartner};
use schemars::JsonSchema;
use serde::Serialize;

use crate::anonymizer::Anonymizer;
use crate::output::columns::Shown::{As, IfWide, No};
use crate::output::row::columns;

/// A customer of the partner. A list contains only its id, names and relationship.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the contract")]
pub(crate) struct Customer {
    /// The customer's id, which is the id of its tenant.
    #[schemars(with = "Guid")]
    customer_id: Option<Guid>,
    /// The company's name.
    company_name: Option<String>,
    /// The tenant's domain.
    domain: Option<String>,
    /// The partner's relationship to the customer.
    relationship_to_partner: Option<RelationshipToPartner>,
    /// The customer's id in the commerce system.
    commerce_id: Option<String>,
    /// Whether the partner may administer on the customer's behalf.
    allow_delegated_access: Option<bool>,
    /// The customer's own domains.
    custom_domains: Option<Vec<String>>,
    /// The indirect reseller's partner id.
    associated_partner_id: Option<String>,
    /// The company's e-mail address.
    email: Option<String>,
    /// The company's country, as ISO 3166 alpha-2.
    country: Option<String>,
}

impl From<models::Customer> for Customer {
    fn from(customer: models::Customer) -> Self {
        let CustomerCompanyProfile { company_name, domain, email, address, .. } =
            customer.company_profile.unwrap_or_default();
        Self {
            customer_id: Some(customer.id.into_lowercase()),
            company_name,
            domain,
            relationship_to_partner: customer.relationship_to_partner,
            commerce_id: customer.commerce_id,
            allow_delegated_access: customer.allow_delegated_access,
            custom_domains: customer.custom_domains,
            associated_partner_id: customer.associated_partner_id,
            email,
            country: address.and_then(|address| address.country),
        }
    }
}

columns! {
    Customer as "customer" {
        "customerId" customer_id, As("Customer id");
        "companyName" company_name, As("Name");
        "domain" domain, IfWide("Domain");
        "relationshipToPartner" relationship_to_partner, As("Relationship");
        "commerceId" commerce_id, No;
        "allowDelegatedAccess" allow_delegated_access, No;
        "customDomains" custom_domains, No;
        "associatedPartnerId" associated_partner_id, No;
        "email" email, No;
        "country" country, No;
    }
    /// What names or locates the customer elsewhere has no pseudonym.
    fn anonymize(&mut self, anonymizer: &Anonymizer) {
        if let Some(id) = &mut self.customer_id {
            self.company_name = self.company_name.take().map(|_| anonymizer.listed_name(id));
            *id = anonymizer.listed_id(id);
        }
        self.domain = None;
        self.commerce_id = None;
        self.custom_domains = None;
        self.associated_partner_id = None;
        self.email = None;
    }
}
