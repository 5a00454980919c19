//! Resolves next-page links. It sends nothing.
//!
//! The service writes links in many forms: absolute, root-relative with or without a version prefix, or relative to the
//! last segment. The form has been seen to change overnight. All forms refer to the same operation at another position.
//! Therefore a link must match the operation, and then **only its query is used**, with the URL of the first page. No
//! link can direct a request to another address.

use http::{HeaderMap, HeaderName, HeaderValue};
use partner_center_client::Operation as _;
use partner_center_client::operations::{ListCustomers, QueryCommercialLicensesUsage};
use url::Url;

/// The maximum length of a link: servers commonly accept request lines of 8 to 16 KiB.
const MAX_LENGTH: usize = 16 * 1024;

/// Path prefixes that links may omit, repeat or mix up.
const PREFIXES: [&str; 2] = ["partner", "v1"];

/// Why a link is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkError {
    TooLong,
    Unreadable,
    OtherScheme,
    OtherHost,
    OtherPort,
    UserInfo,
    OtherPath,
    Header,
}

impl LinkError {
    /// The reason, without any part of the link: its query may contain a customer's name.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::TooLong => "the link to the next page is too long",
            Self::Unreadable => "the link to the next page is not a URL",
            Self::OtherScheme => "the link to the next page has a different scheme than the base URL",
            Self::OtherHost => "the link to the next page has a different host than the base URL",
            Self::OtherPort => "the link to the next page has a different port than the base URL",
            Self::UserInfo => "the link to the next page contains a user name or password",
            Self::OtherPath => "the link to the next page belongs to another operation",
            Self::Header => "the link to the next page has an invalid header",
        }
    }
}

/// Returns the operation's URL with the query of the link.
///
/// `base` is the base URL, which may have a path, and `path` is the operation's path below it.
pub(super) fn resolve(base: &Url, path: &str, link: &str) -> Result<Url, LinkError> {
    if link.len() > MAX_LENGTH {
        return Err(LinkError::TooLong);
    }
    let mut own = base.clone();
    own.set_path(&format!("{}{path}", base.path().trim_end_matches('/')));
    own.set_query(None);
    own.set_fragment(None);
    let linked = own.join(link).map_err(|_| LinkError::Unreadable)?;
    if linked.scheme() != base.scheme() {
        return Err(LinkError::OtherScheme);
    }
    if linked.host() != base.host() {
        return Err(LinkError::OtherHost);
    }
    if linked.port_or_known_default() != base.port_or_known_default() {
        return Err(LinkError::OtherPort);
    }
    if !linked.username().is_empty() || linked.password().is_some() {
        return Err(LinkError::UserInfo);
    }
    if !is_path_of(&segments(base.path()), &segments(path), &segments(linked.path())) {
        return Err(LinkError::OtherPath);
    }
    own.set_query(linked.query());
    Ok(own)
}

/// Identifies the page of a link by its normalized query, which is the only part of the link that is used.
pub(super) fn page(link: &str) -> String {
    let joined = Url::parse("https://localhost").and_then(|any| any.join(link));
    joined.ok().and_then(|url| url.query().map(str::to_owned)).unwrap_or_default()
}

fn segments(path: &str) -> Vec<&str> {
    path.split('/').filter(|segment| !segment.is_empty()).collect()
}

/// Whether a link's path, without the path of the base URL and any prefixes, is a suffix of the operation's path.
fn is_path_of(stem: &[&str], operation: &[&str], linked: &[&str]) -> bool {
    let mut rest = linked.strip_prefix(stem).unwrap_or(linked);
    loop {
        if rest.is_empty() {
            return false;
        }
        if let Some(start) = operation.len().checked_sub(rest.len())
            && operation.iter().skip(start).zip(rest).all(|(own, linked)| own.eq_ignore_ascii_case(linked))
        {
            return true;
        }
        match rest.split_first() {
            Some((first, after)) if PREFIXES.iter().any(|prefix| prefix.eq_ignore_ascii_case(first)) => {
                rest = after;
            }
            _ => return false,
        }
    }
}

/// Headers that neither a link nor a caller may set: those of the call, credentials, and those for routing and framing.
const RESERVED: [&str; 24] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "ms-correlationid",
    "ms-partnercenter-application",
    "ms-partnercenter-client",
    "ms-requestid",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-http-method",
    "x-http-method-override",
    "x-locale",
];

/// Whether a header is one that neither a link nor a caller may set.
pub(crate) fn is_reserved(name: &HeaderName) -> bool {
    RESERVED.contains(&name.as_str())
}

/// Converts the headers of a link, without those that a link may not set.
pub(super) fn headers(pairs: &[(String, String)]) -> Result<HeaderMap, LinkError> {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| LinkError::Header)?;
        if is_reserved(&name) {
            tracing::debug!(%name, "ignored a header that a link may not set");
            continue;
        }
        let mut value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| LinkError::Header)?;
        // Not a credential, but it must not be logged either.
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

/// Checks the properties of link resolution for any text. Used by property tests and a fuzz target.
///
/// A resolved link has the scheme, host and port of the base URL, no user name, and the path of the operation, and it
/// resolves to itself.
///
/// ```
/// use partner_center::paging::check_properties;
///
/// assert_eq!(check_properties("//elsewhere.example/v1/customers?seekOperation=Next"), Ok(()));
/// ```
#[doc(hidden)]
pub fn check_properties(link: &str) -> Result<(), &'static str> {
    for base in ["https://api.example", "https://api.example:8443/stem/", "http://127.0.0.1:8080"] {
        let base = Url::parse(base).map_err(|_| "a base is not a URL")?;
        for path in [ListCustomers::DETAILS.path, QueryCommercialLicensesUsage::DETAILS.path] {
            let Ok(url) = resolve(&base, path, link) else { continue };
            if url.origin() != base.origin() {
                return Err("the link leads to another origin");
            }
            if !url.username().is_empty() || url.password().is_some() {
                return Err("the link sends a user name or password");
            }
            if url.path() != format!("{}{path}", base.path().trim_end_matches('/')) {
                return Err("the link leads to another path");
            }
            if resolve(&base, path, url.as_str()).as_ref() != Ok(&url) && url.as_str().len() <= MAX_LENGTH {
                return Err("a resolved link resolves to another URL");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CUSTOMERS: &str = "/v1/customers";
    const USAGE: &str = "/partner/v1/analytics/commercial/usage/license";

    fn resolved(base: &str, path: &str, link: &str) -> Result<String, LinkError> {
        resolve(&Url::parse(base).unwrap(), path, link).map(String::from)
    }

    #[test]
    fn only_the_query_of_a_link_is_used() {
        for (path, link, query) in [
            (CUSTOMERS, "/customers?size=2", "?size=2"),
            (CUSTOMERS, "/v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "customers?size=2", "?size=2"),
            (CUSTOMERS, "./customers?size=2", "?size=2"),
            (CUSTOMERS, "../v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "/v1//v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "/V1/Customers/?size=2", "?size=2"),
            (CUSTOMERS, "/stem/v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "https://api.example/stem/v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "HTTPS://API.EXAMPLE:443/customers?size=2", "?size=2"),
            (CUSTOMERS, "https:/customers?size=2", "?size=2"),
            (CUSTOMERS, "//api.example/v1/customers?size=2", "?size=2"),
            (CUSTOMERS, "?size=2", "?size=2"),
            (CUSTOMERS, "/v1/customers", ""),
            (CUSTOMERS, "/v1/customers?size=2#size=3", "?size=2"),
            (CUSTOMERS, "/v1/customers?a=%2F&b=c d'", "?a=%2F&b=c%20d%27"),
            (CUSTOMERS, "/v1/customers?u=http://elsewhere.example/", "?u=http://elsewhere.example/"),
            (USAGE, "license?skip=1", "?skip=1"),
            (USAGE, "/partner/v1/analytics/commercial/usage/license?skip=1", "?skip=1"),
            (USAGE, "/v1/analytics/commercial/usage/license?skip=1", "?skip=1"),
            (USAGE, "/v1/partner/v1/analytics/commercial/usage/license?skip=1", "?skip=1"),
            (USAGE, "../usage/license/?skip=1", "?skip=1"),
        ] {
            let expected = format!("https://api.example/stem{path}{query}");
            assert_eq!(resolved("https://api.example/stem/", path, link), Ok(expected), "{link}");
        }
        assert_eq!(
            resolved("http://127.0.0.1:8080", CUSTOMERS, "http://127.0.0.1:8080/customers?size=2").as_deref(),
            Ok("http://127.0.0.1:8080/v1/customers?size=2")
        );
    }

    #[test]
    fn other_links_are_rejected_with_the_reason() {
        for (link, refusal) in [
            ("http://api.example/v1/customers", LinkError::OtherScheme),
            ("javascript:alert(1)", LinkError::OtherScheme),
            ("data:text/plain,v1/customers", LinkError::OtherScheme),
            ("customers:80/v1", LinkError::OtherScheme),
            ("//elsewhere.example/v1/customers", LinkError::OtherHost),
            ("https://api.example.elsewhere.example/v1/customers", LinkError::OtherHost),
            ("https://api.example@elsewhere.example/v1/customers", LinkError::OtherHost),
            ("https://api.example./v1/customers", LinkError::OtherHost),
            ("\\\\elsewhere.example/v1/customers", LinkError::OtherHost),
            ("/\\elsewhere.example/v1/customers", LinkError::OtherHost),
            ("/\t/elsewhere.example/v1/customers", LinkError::OtherHost),
            (" //elsewhere.example/v1/customers", LinkError::OtherHost),
            ("https:elsewhere.example", LinkError::OtherPath),
            ("https:\\\\elsewhere.example", LinkError::OtherHost),
            ("https://\u{ff41}pi.example.x/v1/customers", LinkError::OtherHost),
            ("https://api.example:8443/v1/customers", LinkError::OtherPort),
            ("https://user@api.example/v1/customers", LinkError::UserInfo),
            ("https://:secret@api.example/v1/customers", LinkError::UserInfo),
            ("https://api.example:port/v1/customers", LinkError::Unreadable),
            ("https://", LinkError::Unreadable),
            ("/", LinkError::OtherPath),
            ("/v1", LinkError::OtherPath),
            ("/stem", LinkError::OtherPath),
            ("/v1/customers/1", LinkError::OtherPath),
            ("/v1/customers/..", LinkError::OtherPath),
            ("/v1/%2e%2e/invoices", LinkError::OtherPath),
            ("/v1/invoices?/v1/customers", LinkError::OtherPath),
            ("/v2/customers", LinkError::OtherPath),
            ("/elsewhere/v1/customers", LinkError::OtherPath),
            ("/v1;x/customers", LinkError::OtherPath),
        ] {
            assert_eq!(resolved("https://api.example/stem", CUSTOMERS, link), Err(refusal), "{link}");
        }
        let long = format!("/v1/customers?{}", "x".repeat(MAX_LENGTH));
        assert_eq!(resolved("https://api.example", CUSTOMERS, &long), Err(LinkError::TooLong));
        for link in
            ["/v1/customers", "deployment/license", "/partner/v1/analytics/commercial/deployment/license"]
        {
            assert_eq!(resolved("https://api.example", USAGE, link), Err(LinkError::OtherPath), "{link}");
        }
    }

    #[test]
    fn different_spellings_of_a_link_identify_the_same_page() {
        let spellings = ["/customers?a=b c", "https://api.example/v1/customers?a=b%20c", "?a=b%20c#x"];
        assert!(spellings.iter().all(|link| page(link) == "a=b%20c"));
        assert_ne!(page("?skip=1"), page("?skip=2"));
        assert_eq!((page("customers"), page("https://")), (String::new(), String::new()));
    }

    proptest! {
        #[test]
        fn no_text_leads_to_another_origin(link in any::<String>()) {
            prop_assert_eq!(check_properties(&link), Ok(()));
        }

        #[test]
        fn no_nearly_valid_link_leads_to_another_origin(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "https:", "http:", "/", "//", "\\", "@", ":", ":8443", "#", "?", "&", "=", "%2f", "%2e", ".", "..",
                    "\t", "\n", " ", "[", "]", "api.example", "elsewhere.example", "127.0.0.1", ":8080", "stem", "v1",
                    "partner", "customers", "license", "usage", "analytics", "commercial", "\u{ff0f}", "\u{3002}", "x",
                ]),
                0..12,
            )
        ) {
            prop_assert_eq!(check_properties(&parts.concat()), Ok(()));
        }
    }
}
