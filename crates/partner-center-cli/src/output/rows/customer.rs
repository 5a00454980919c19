//! The rows of the customer commands.

use partner_center::models::{CustomerCompanyProfile, Guid, RelationshipToPartner};

use crate::output::row::Shown::{As, IfWide, No};
use crate::output::row::row;

row! {
    /// A customer of the partner. A list contains only its id, names and relationship.
    Customer = "customer" from model: partner_center::models::Customer {
        /// The customer's id, which is the id of its tenant.
        #[schemars(with = "Guid")]
        "customerId" customer_id: Option<Guid> = Some(model.id), As("Customer id");
        /// The company's name.
        "companyName" company_name: Option<String> = profile(model.company_profile.as_ref(), |p| &p.company_name), As("Name");
        /// The tenant's domain.
        "domain" domain: Option<String> = profile(model.company_profile.as_ref(), |p| &p.domain), IfWide("Domain");
        /// The partner's relationship to the customer.
        "relationshipToPartner" relationship_to_partner: Option<RelationshipToPartner>, As("Relationship");
        /// The customer's id in the commerce system.
        "commerceId" commerce_id: Option<String>, No;
        /// Whether the partner may administer on the customer's behalf.
        "allowDelegatedAccess" allow_delegated_access: Option<bool>, No;
        /// The customer's own domains.
        "customDomains" custom_domains: Option<Vec<String>>, No;
        /// The indirect reseller's partner id.
        "associatedPartnerId" associated_partner_id: Option<String>, No;
        /// The company's e-mail address.
        "email" email: Option<String> = profile(model.company_profile.as_ref(), |p| &p.email), No;
        /// The company's country, as ISO 3166 alpha-2.
        "country" country: Option<String> = model.company_profile.and_then(|profile| profile.address?.country), No;
    }
}

fn profile(
    profile: Option<&CustomerCompanyProfile>,
    field: fn(&CustomerCompanyProfile) -> &Option<String>,
) -> Option<String> {
    profile.and_then(|profile| field(profile).clone())
}
