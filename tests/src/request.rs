//! A received request: the operation of the contract it belongs to, and its text in a snapshot.

use http::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::scalar_errors;
use crate::{Contract, Operation, Parameter};

/// Headers of HTTP itself, which the contract does not list.
const HTTP: [&str; 4] = ["accept", "accept-encoding", "host", "user-agent"];

/// The header of the security scheme.
const AUTHORIZATION: &str = "authorization";

/// A received request.
#[derive(Clone)]
pub struct Request {
    /// Its method.
    pub method: String,
    /// Its path, as it was sent.
    pub path: String,
    /// Its query, decoded, in the order in which it was sent.
    pub query: Vec<(String, String)>,
    /// Its query, as it was sent.
    pub raw_query: Option<String>,
    /// Its headers, sorted by name.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// A request that a server has received.
    ///
    /// # Panics
    ///
    /// If its target is not a valid URI.
    #[must_use]
    pub fn received(request: &partner_center_test_support::Request) -> Self {
        let target = &request.target;
        let uri = target.parse().unwrap_or_else(|error| panic!("{target}: {error}"));
        Self::new(&request.method, &uri, &request.headers)
    }

    fn new(method: &str, uri: &http::Uri, headers: &HeaderMap) -> Self {
        let raw_query = uri.query().map(str::to_owned);
        let query = form_urlencoded::parse(raw_query.as_deref().unwrap_or_default().as_bytes());
        let mut headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        Self {
            method: method.to_owned(),
            path: uri.path().to_owned(),
            query: query.into_owned().collect(),
            raw_query,
            headers,
        }
    }

    /// Parses a request as the documentation prints it: a request line, then headers.
    ///
    /// # Panics
    ///
    /// If the text has another form.
    #[must_use]
    pub fn documented(text: &str) -> Self {
        let mut lines = text.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some(method), Some(url)) = (words.next(), words.next()) else {
            panic!("no request line: {text}")
        };
        let uri: http::Uri = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
        let mut request = Self::new(method, &uri, &HeaderMap::new());
        request.headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        request.headers.sort();
        request
    }

    /// The value of a header, if it has exactly one.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.headers.iter().filter(|(header, _)| header == name).map(|(_, value)| value.as_str());
        values.next().filter(|_| values.next().is_none())
    }

    /// The operation that this request calls. The request must have no parameter that is not in the contract, and all
    /// parameters that the contract requires.
    ///
    /// # Errors
    ///
    /// All violations of the contract, one per line.
    pub fn described<'a>(&self, contract: &'a Contract) -> Result<&'a Operation, String> {
        let candidates = contract.operations.iter().filter(|operation| operation.method == self.method);
        let found =
            candidates.filter_map(|operation| Some((operation, arguments(&operation.path, &self.path)?)));
        // A literal path takes precedence over one with a parameter in the same segment.
        let Some((operation, in_path)) = found.min_by_key(|(_, arguments)| arguments.len()) else {
            return Err(format!("the contract has no operation for {} {}", self.method, self.path));
        };
        let mut objections = Vec::new();
        let in_path = in_path.iter().map(|(name, value)| (*name, *value));
        objections.extend(judged(operation, "path", in_path));
        let in_query = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        objections.extend(judged(operation, "query", in_query));
        let own = |name: &str| HTTP.contains(&name) || name == AUTHORIZATION;
        let in_headers = self.headers.iter().filter(|(name, _)| !own(name));
        objections.extend(judged(
            operation,
            "header",
            in_headers.map(|(name, value)| (name.as_str(), value.as_str())),
        ));
        if !self.header(AUTHORIZATION).is_some_and(|value| value.starts_with("Bearer ")) {
            objections.push("it has no bearer token".to_owned());
        }
        if objections.is_empty() {
            Ok(operation)
        } else {
            Err(format!("{} {} ({}):\n{}", self.method, self.path, operation.id, objections.join("\n")))
        }
    }

    /// The request as text for a snapshot, with placeholders for secrets and for values that change in every run.
    #[must_use]
    pub fn snapshot(&self) -> String {
        let mut lines = vec![format!("{} {}", self.method, self.path)];
        if let Some(query) = &self.raw_query {
            lines.push(format!("?{query}"));
        }
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {}", redacted(name, value))));
        lines.join("\n")
    }
}

/// The value as shown in a snapshot.
fn redacted(name: &str, value: &str) -> String {
    match name {
        "host" => "<host>".to_owned(),
        AUTHORIZATION if value.starts_with("Bearer ") => "Bearer <token>".to_owned(),
        "ms-requestid" | "ms-correlationid" if Uuid::try_parse(value).is_ok() => "<guid>".to_owned(),
        "ms-partnercenter-client" | "user-agent" => value.replace(env!("CARGO_PKG_VERSION"), "<version>"),
        _ => value.to_owned(),
    }
}

/// The arguments of a path, if it matches this template.
fn arguments<'a>(template: &'a str, path: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let (mut names, mut segments) = (template.split('/'), path.split('/'));
    let mut arguments = Vec::new();
    loop {
        match (names.next(), segments.next()) {
            (None, None) => return Some(arguments),
            (Some(name), Some(segment)) => {
                match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                    Some(name) if !segment.is_empty() => arguments.push((name, segment)),
                    _ if name == segment => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

/// The violations in these parameters of one place. Names of headers are case-insensitive.
fn judged<'a>(
    operation: &Operation,
    place: &str,
    values: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<String> {
    let mut objections = Vec::new();
    let mut seen = Vec::new();
    for (name, value) in values {
        let is_named = |parameter: &&Parameter| {
            parameter.place == place
                && (parameter.name == name || place == "header" && parameter.name.eq_ignore_ascii_case(name))
        };
        match operation.parameters.iter().find(is_named) {
            None => objections.push(format!("{place} parameter {name} is not in the contract")),
            Some(parameter)
                if seen.contains(&parameter.name.as_str()) && parameter.schema["type"] != "array" =>
            {
                objections.push(format!("{place} parameter {name} is repeated"));
            }
            Some(parameter) => {
                seen.push(parameter.name.as_str());
                // A list is sent as one parameter for each item.
                let schema = parameter.schema.get("items").unwrap_or(&parameter.schema);
                let value = typed(schema, value);
                let errors = scalar_errors(schema, &value);
                objections.extend(errors.into_iter().map(|error| format!("{place} parameter {name}{error}")));
            }
        }
    }
    for parameter in &operation.parameters {
        if parameter.place == place && parameter.required && !seen.contains(&parameter.name.as_str()) {
            objections.push(format!("{place} parameter {} is required", parameter.name));
        }
    }
    objections
}

fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
        Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMER: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

    fn request(path_and_query: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::new("GET", &path_and_query.parse().unwrap(), &HeaderMap::new());
        request.headers.push((AUTHORIZATION.into(), "Bearer a.secret.token".into()));
        request.headers.extend(headers.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        request
    }

    fn objections(path_and_query: &str, headers: &[(&str, &str)]) -> String {
        let contract = Contract::read();
        request(path_and_query, headers).described(&contract).err().unwrap_or_default()
    }

    #[test]
    fn a_valid_request_is_accepted() {
        let contract = Contract::read();
        let path = format!("/v1/customers/{CUSTOMER}");
        let headers = [("ms-requestid", CUSTOMER), ("x-locale", "en-US"), ("host", "localhost")];
        assert_eq!(request(&path, &headers).described(&contract).unwrap().id, "getCustomer");
        assert_eq!(request("/v1/customers?size=40", &[]).described(&contract).unwrap().id, "listCustomers");
    }

    #[test]
    fn everything_outside_the_contract_is_reported() {
        let path = &format!("/v1/customers/{CUSTOMER}");
        assert!(
            objections("/v1/partners", &[]).contains("the contract has no operation for GET /v1/partners")
        );
        assert!(objections("/v1/customers/", &[]).contains("no operation"));
        assert!(objections("/v1/customers/five", &[]).contains("path parameter customer-id"));
        assert!(
            objections("/v1/customers?page=2", &[]).contains("query parameter page is not in the contract")
        );
        assert!(objections("/v1/customers?size=2&size=3", &[]).contains("size is repeated"));
        assert!(objections("/v1/customers?size=many", &[]).contains("query parameter size"));
        assert!(objections(path, &[("api-version", "v1")]).contains("api-version is not in the contract"));
        assert!(objections(path, &[("ms-requestid", "5")]).contains("header parameter ms-requestid"));
    }

    #[test]
    fn a_request_without_a_token_is_reported() {
        let mut request = request("/v1/customers", &[]);
        request.headers.clear();
        assert!(request.described(&Contract::read()).err().unwrap().contains("no bearer token"));
    }

    #[test]
    fn a_snapshot_shows_no_secret_and_no_random_value() {
        let request = request("/v1/customers?size=40", &[("ms-requestid", CUSTOMER), ("x-locale", "sv-SE")]);
        assert_eq!(
            request.snapshot(),
            "GET /v1/customers\n?size=40\nauthorization: Bearer <token>\nms-requestid: <guid>\nx-locale: sv-SE"
        );
    }
}
