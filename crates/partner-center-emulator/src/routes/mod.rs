//! The regular responses of the API, one file per family of endpoints. Throttling, latency and faults are in `server`.

mod auth;
mod classic;
mod commercial;
mod customers;
mod skus;
mod subscriptions;
mod subscriptions_query;

use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use uuid::Uuid;

use crate::book::{Customer, CustomerState};
use crate::error_shape::ErrorShape;
use crate::queries::Insight;
use crate::response::ServiceResponse;
use crate::state::State;

use auth::Access;

/// The operation that a path selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation<'a> {
    Customers,
    Customer(&'a str),
    CustomerDeployment(&'a str),
    CustomerUsage(&'a str),
    Subscriptions(&'a str),
    Subscription(&'a str, &'a str),
    Skus(&'a str),
    PartnerDeployment,
    PartnerUsage,
    Commercial(Insight),
    SubscriptionsQuery,
}

impl<'a> Operation<'a> {
    pub(crate) fn of(path: &'a str) -> Option<Self> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        // Documented with two prefixes, and both with and without a trailing slash.
        if let ["partner", "v1", rest @ ..] | ["v1", rest @ ..] = segments.as_slice()
            && let ["analytics", "commercial", insight, "license"]
            | ["analytics", "commercial", insight, "license", ""] = rest
        {
            return match *insight {
                "deployment" => Some(Self::Commercial(Insight::Deployment)),
                "usage" => Some(Self::Commercial(Insight::Usage)),
                _ => None,
            };
        }
        Some(match segments.as_slice() {
            ["v1", "customers"] => Self::Customers,
            ["v1", "customers", id] if !id.is_empty() => Self::Customer(id),
            ["v1", "customers", id, "analytics", "licenses", "deployment"] => Self::CustomerDeployment(id),
            ["v1", "customers", id, "analytics", "licenses", "usage"] => Self::CustomerUsage(id),
            ["v1", "customers", id, "subscriptions"] => Self::Subscriptions(id),
            ["v1", "customers", id, "subscriptions", subscription] if !subscription.is_empty() => {
                Self::Subscription(id, subscription)
            }
            ["v1", "customers", id, "subscribedskus"] => Self::Skus(id),
            ["v1", "analytics", "licenses", "deployment"] => Self::PartnerDeployment,
            ["v1", "analytics", "licenses", "usage"] => Self::PartnerUsage,
            ["partner", "v1", "analytics", "subscriptions"] => Self::SubscriptionsQuery,
            _ => return None,
        })
    }

    /// The customer in the path, to which a rate limit may apply.
    pub(crate) fn customer(self) -> Option<Uuid> {
        match self {
            Self::Customer(id)
            | Self::CustomerDeployment(id)
            | Self::CustomerUsage(id)
            | Self::Subscriptions(id)
            | Self::Subscription(id, _)
            | Self::Skus(id) => id.parse().ok(),
            Self::Customers
            | Self::PartnerDeployment
            | Self::PartnerUsage
            | Self::Commercial(_)
            | Self::SubscriptionsQuery => None,
        }
    }

    /// Whether it may iterate over the whole book, which must not block the runtime of the program under test.
    pub(crate) fn scans_all_customers(self) -> bool {
        matches!(
            self,
            Self::PartnerDeployment | Self::PartnerUsage | Self::Commercial(_) | Self::SubscriptionsQuery
        )
    }

    fn access(self) -> Access {
        match self {
            Self::Customers | Self::Customer(_) | Self::Subscriptions(_) | Self::Subscription(..) => {
                Access::Application
            }
            Self::CustomerDeployment(_)
            | Self::CustomerUsage(_)
            | Self::Skus(_)
            | Self::PartnerDeployment
            | Self::PartnerUsage
            | Self::Commercial(_)
            | Self::SubscriptionsQuery => Access::UserOnly,
        }
    }
}

/// The regular response.
pub(crate) fn respond(state: &State, method: &Method, uri: &Uri, headers: &HeaderMap) -> ServiceResponse {
    let Some(operation) = Operation::of(uri.path()) else {
        return ServiceResponse::error(StatusCode::NOT_FOUND, ErrorShape::Gateway, 0, "Resource not found");
    };
    // The server leaves out the body of a response to HEAD.
    if !matches!(*method, Method::GET | Method::HEAD) {
        let message = format!("The requested resource does not support http method '{method}'.");
        return ServiceResponse::error(StatusCode::METHOD_NOT_ALLOWED, ErrorShape::Message, 0, &message)
            .with(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    dispatch(state, operation, uri, headers).unwrap_or_else(|refusal| *refusal.0)
}

/// An error response. Boxed, because it is rare and large.
struct RouteError(Box<ServiceResponse>);

fn dispatch(
    state: &State,
    operation: Operation<'_>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<ServiceResponse, RouteError> {
    auth::admit(state, headers, operation.access())?;
    let query = || Query::of(uri);
    Ok(match operation {
        Operation::Customers => customers::list(state, &query(), headers)?,
        Operation::Customer(id) => customers::show(&find(state, id)?),
        Operation::CustomerDeployment(id) => classic::customer_deployment(&find(state, id)?),
        Operation::CustomerUsage(id) => classic::customer_usage(&find(state, id)?),
        Operation::Subscriptions(id) => subscriptions::list(&find(state, id)?, &query()),
        Operation::Subscription(id, subscription) => subscriptions::show(&find(state, id)?, subscription)?,
        Operation::Skus(id) => skus::list(&find(state, id)?, &query())?,
        Operation::PartnerDeployment => classic::partner_deployment(&state.book),
        Operation::PartnerUsage => classic::partner_usage(&state.book),
        Operation::Commercial(insight) => commercial::respond(state, insight, uri, &query())?,
        Operation::SubscriptionsQuery => subscriptions_query::respond(state, uri, &query())?,
    })
}

fn error(status: StatusCode, code: u32, description: &str) -> RouteError {
    RouteError(Box::new(ServiceResponse::fault(status, code, description)))
}

fn find(state: &State, id: &str) -> Result<Customer, RouteError> {
    let id: Uuid =
        id.parse().map_err(|_| error(StatusCode::BAD_REQUEST, 2000, "Tenant Id must be a GUID."))?;
    let customer = state.book.find(id).ok_or_else(|| {
        error(StatusCode::NOT_FOUND, 60003, &format!("Tenant with id {id} could not be found."))
    })?;
    if customer.state == CustomerState::Lapsed {
        let description = "The partner does not have a commerce relationship with the customer.";
        return Err(error(StatusCode::FORBIDDEN, 20002, description));
    }
    Ok(customer)
}

/// The decoded query. Names are matched in any letter case, as in ASP.NET.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_paths_are_matched() {
        assert_eq!(Operation::of("/v1/customers"), Some(Operation::Customers));
        assert_eq!(Operation::of("/v1/customers/x"), Some(Operation::Customer("x")));
        assert_eq!(
            Operation::of("/v1/customers/x/analytics/licenses/usage"),
            Some(Operation::CustomerUsage("x"))
        );
        assert_eq!(Operation::of("/v1/customers/x/subscriptions/y"), Some(Operation::Subscription("x", "y")));
        let usage = Some(Operation::Commercial(Insight::Usage));
        for prefix in ["/partner/v1", "/v1"] {
            for end in ["", "/"] {
                assert_eq!(
                    Operation::of(&format!("{prefix}/analytics/commercial/usage/license{end}")),
                    usage
                );
            }
        }
        for path in
            ["/", "/v1", "/v1/customers/", "/customers", "/v1//customers", "/v1/customers/x/analytics"]
        {
            assert_eq!(Operation::of(path), None, "{path}");
        }
    }
}
