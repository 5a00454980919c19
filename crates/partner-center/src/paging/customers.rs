//! How pages of customers follow each other: by `links.next` with its headers, or by the token in the body.

use partner_center_client::operations::ListCustomers;
use partner_center_models::{Customer, CustomerCollection};

use super::collection::{Collection, Paged, ask};
use super::continuation::{Link, Standing};
use crate::call::Logical;
use crate::error::Result;
use crate::partner::PartnerCenter;
use crate::response::Response;

/// What moves the list on: the address of the next page alone is the same for all pages.
const TOKEN: &str = "MS-ContinuationToken";

impl Collection for CustomerCollection {
    type Item = Customer;

    fn items(&self) -> &[Customer] {
        &self.items
    }

    fn into_items(self) -> Vec<Customer> {
        self.items
    }
}

impl Paged for CustomerCollection {
    const OPERATION: &'static str = "list_customers";

    async fn ask(partner: &PartnerCenter, logical: &Logical, at: &Standing) -> Result<Response<Self>> {
        let operation = ListCustomers {
            filter: at.arguments.filter.clone(),
            seek_operation: None,
            size: at.arguments.size.map(i64::from),
        };
        ask(partner, logical, at, operation).await
    }

    fn next(&self, at: &Standing) -> Option<Standing> {
        let next = self.links.as_ref().and_then(|links| links.next.as_ref());
        let mut headers: Vec<_> = next
            .and_then(|link| link.headers.as_ref())
            .into_iter()
            .flatten()
            .map(|header| (header.key.clone(), header.value.clone()))
            .collect();
        let token = self.continuation_token.as_ref().filter(|token| !token.is_empty());
        if let Some(token) = token
            && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(TOKEN))
        {
            headers.push((TOKEN.to_owned(), token.clone()));
        }
        let uri = next.and_then(|link| link.uri.clone()).filter(|uri| !uri.trim().is_empty());
        let uri = match uri {
            Some(uri) => uri,
            None if headers.is_empty() => return None,
            // A token without an address. It stands for the filter as well.
            None => match at.arguments.size {
                Some(size) => format!("customers?size={size}&seekOperation=Next"),
                None => "customers?seekOperation=Next".to_owned(),
            },
        };
        Some(Standing { link: Some(Link { uri, headers }), ..at.clone() })
    }
}
