//! Resolves the path of a raw request. It sends nothing.
//!
//! The token of the call is sent to this URL, so a path must not lead anywhere but below the base URL: neither as this
//! crate reads it, nor as a proxy or a server may read it. What different programs read differently is refused.

use partner_center_client::raw::RawTarget;
use url::{Url, form_urlencoded};

/// The maximum length of a URL: servers commonly accept request lines of 8 to 16 KiB.
const MAX_LENGTH: usize = 16 * 1024;

/// Why a path is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathError {
    Empty,
    TooLong,
    Control,
    Backslash,
    Fragment,
    DotSegment,
    TwoSlashes,
    Unreadable,
    UserInfo,
    OtherOrigin,
    OtherBase,
}

impl PathError {
    /// The reason, without any part of the path.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Empty => "the path is empty",
            Self::TooLong => "the path and its query are too long",
            Self::Control => "the path contains a control character",
            Self::Backslash => "the path contains a backslash",
            Self::Fragment => "the path contains a fragment: write # as %23",
            Self::DotSegment => "the path contains a dot segment",
            Self::TwoSlashes => "the path begins with two slashes, as the name of a host does",
            Self::Unreadable => "the path is not a URL, and does not begin with a slash",
            Self::UserInfo => "the URL contains a user name or password",
            Self::OtherOrigin => "the URL has a different scheme, host or port than the base URL",
            Self::OtherBase => "the URL does not begin with the path of the base URL",
        }
    }
}

/// Resolves a path, which may have a query, or a URL at the base URL, and appends parameters to the query.
pub(super) fn resolve(base: &Url, given: &str, more: &[(String, String)]) -> Result<RawTarget, PathError> {
    if given.len() > MAX_LENGTH {
        return Err(PathError::TooLong);
    }
    if given.chars().any(char::is_control) {
        return Err(PathError::Control);
    }
    if given.contains('\\') {
        return Err(PathError::Backslash);
    }
    if given.contains('#') {
        return Err(PathError::Fragment);
    }
    let (path, query) = given.split_once('?').map_or((given, None), |(path, query)| (path, Some(query)));
    let stem = base.path().trim_end_matches('/');
    // The first segment of a relative path has no colon; a URL has one after its scheme.
    let path = match path.find(['/', ':']) {
        Some(end) if path.get(end..).is_some_and(|rest| rest.starts_with(':')) => below(base, stem, path)?,
        _ => path,
    };
    if path.is_empty() {
        return Err(PathError::Empty);
    }
    if path.starts_with("//") {
        return Err(PathError::TwoSlashes);
    }
    check(path)?;
    let mut url = base.clone();
    url.set_path(&format!("{stem}/{}", path.trim_start_matches('/')));
    url.set_query(query.filter(|query| !query.is_empty()));
    if !more.is_empty() {
        url.query_pairs_mut().extend_pairs(more);
    }
    if url.as_str().len() > MAX_LENGTH {
        return Err(PathError::TooLong);
    }
    let path = url.path().strip_prefix(stem).ok_or(PathError::OtherBase)?;
    Ok(RawTarget::new(path, url.query().map(str::to_owned)))
}

/// The path of a URL below the base URL.
fn below<'a>(base: &Url, stem: &str, text: &'a str) -> Result<&'a str, PathError> {
    let (scheme, rest) = text.split_once("://").ok_or(PathError::Unreadable)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err(PathError::UserInfo);
    }
    if authority.is_empty() {
        return Err(PathError::Unreadable);
    }
    let origin = Url::parse(&format!("{scheme}://{authority}")).map_err(|_| PathError::Unreadable)?;
    if origin.origin() != base.origin() {
        return Err(PathError::OtherOrigin);
    }
    match path.strip_prefix(stem) {
        Some(path) if path.is_empty() || path.starts_with('/') => Ok(path),
        _ => Err(PathError::OtherBase),
    }
}

/// Refuses what a server could read as another path: dot segments, backslashes and control characters, however often
/// they are percent-encoded, and dot segments with parameters (`..;a=b`).
fn check(path: &str) -> Result<(), PathError> {
    const ENCODED: [(&str, &str); 5] =
        [("%25", "%"), ("%2e", "."), ("%2f", "/"), ("%5c", "\\"), ("%3b", ";")];
    let mut text = path.to_ascii_lowercase();
    while let Some((encoded, plain)) = ENCODED.iter().find(|(encoded, _)| text.contains(encoded)) {
        text = text.replace(encoded, plain);
    }
    if text.contains('\\') {
        return Err(PathError::Backslash);
    }
    if ["%0", "%1", "%7f"].iter().any(|control| text.contains(control)) {
        return Err(PathError::Control);
    }
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if text.split('/').any(is_dots) { Err(PathError::DotSegment) } else { Ok(()) }
}

/// The page size in the query of a target.
pub(super) fn size(target: &RawTarget) -> Option<u32> {
    let mut pairs = form_urlencoded::parse(target.query()?.as_bytes());
    pairs.find(|(name, _)| name.eq_ignore_ascii_case("size"))?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASES: [&str; 3] =
        ["https://api.example", "https://api.example:8443/stem/", "http://127.0.0.1:8080"];

    /// The URL of the request.
    fn resolved(base: &str, given: &str, more: &[(&str, &str)]) -> Result<String, PathError> {
        let base = Url::parse(base).unwrap();
        let more: Vec<_> =
            more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let target = resolve(&base, given, &more)?;
        let query = target.query().map_or_else(String::new, |query| format!("?{query}"));
        Ok(format!("{}{}{query}", base.as_str().trim_end_matches('/'), target.path()))
    }

    #[test]
    fn a_path_is_resolved_against_the_base_url_and_its_path() {
        for (given, path) in [
            ("/v1/customers", "/v1/customers"),
            ("v1/customers", "/v1/customers"),
            ("/v1/customers/", "/v1/customers/"),
            ("/", "/"),
            ("/v1/customers?size=2&a=b%20c", "/v1/customers?size=2&a=b%20c"),
            ("/v1/customers?", "/v1/customers"),
            ("/v1/x?u=http://elsewhere.example/../@", "/v1/x?u=http://elsewhere.example/../@"),
            ("/v1/a:b@c/x", "/v1/a:b@c/x"),
            ("/v1/a b/\u{f6}", "/v1/a%20b/%C3%B6"),
            ("/v1/a%2Fb/..c/.d", "/v1/a%2Fb/..c/.d"),
            ("/v1//customers", "/v1//customers"),
            ("https://api.example/stem/v1/x?a=b", "/v1/x?a=b"),
            ("HTTPS://API.EXAMPLE:443/stem/v1/x", "/v1/x"),
            ("https://api.example/stem/", "/"),
        ] {
            let expected = format!("https://api.example/stem{path}");
            assert_eq!(resolved("https://api.example/stem", given, &[]), Ok(expected), "{given}");
        }
        let more = [("filter", "a&b=c d+\u{f6}"), ("", "")];
        for (given, path) in [
            ("/x", "/x?filter=a%26b%3Dc+d%2B%C3%B6&="),
            ("/x?size=1", "/x?size=1&filter=a%26b%3Dc+d%2B%C3%B6&="),
        ] {
            assert_eq!(resolved("http://127.0.0.1:80", given, &more), Ok(format!("http://127.0.0.1{path}")));
        }
    }

    #[test]
    fn everything_else_is_refused_with_the_reason() {
        for (given, refusal) in [
            ("", PathError::Empty),
            ("?a=b", PathError::Empty),
            ("https://api.example/stem", PathError::Empty),
            ("//elsewhere.example/v1/x", PathError::TwoSlashes),
            ("///x", PathError::TwoSlashes),
            ("https://api.example/stem//x", PathError::TwoSlashes),
            ("/\\elsewhere.example/v1/x", PathError::Backslash),
            ("\\\\elsewhere.example/v1/x", PathError::Backslash),
            ("/v1/a%5Cb", PathError::Backslash),
            ("/v1/a%255cb", PathError::Backslash),
            ("/v1/x\n", PathError::Control),
            ("\t//elsewhere.example", PathError::Control),
            ("/v1/x?a=\0", PathError::Control),
            ("/v1/x%0d%0aHost:%20y", PathError::Control),
            ("/v1/x%2500", PathError::Control),
            ("/v1/x%7F", PathError::Control),
            ("/v1/x#y", PathError::Fragment),
            ("/v1/../x", PathError::DotSegment),
            ("..", PathError::DotSegment),
            ("./x", PathError::DotSegment),
            ("/v1/.", PathError::DotSegment),
            ("/v1/%2e%2E/x", PathError::DotSegment),
            ("/v1/.%2e/x", PathError::DotSegment),
            ("/v1/%252e%252e/x", PathError::DotSegment),
            ("/v1/%25252e./x", PathError::DotSegment),
            ("/v1/a%2f../x", PathError::DotSegment),
            ("/v1/..%2fx", PathError::DotSegment),
            ("/v1/..;a=b/x", PathError::DotSegment),
            ("/v1/..%3Ba/x", PathError::DotSegment),
            ("https://api.example/stem/../x", PathError::DotSegment),
            ("https://api.example/x", PathError::OtherBase),
            ("https://api.example/stemx/y", PathError::OtherBase),
            ("https://api.example", PathError::OtherBase),
            ("http://api.example/stem/x", PathError::OtherOrigin),
            ("https://api.example:8443/stem/x", PathError::OtherOrigin),
            ("https://api.example./stem/x", PathError::OtherOrigin),
            ("https://elsewhere.example/stem/x", PathError::OtherOrigin),
            ("https://api.example.elsewhere.example/stem/x", PathError::OtherOrigin),
            ("file://api.example/stem/x", PathError::OtherOrigin),
            ("https://user:secret@api.example/stem/x", PathError::UserInfo),
            ("https://api.example@elsewhere.example/stem/x", PathError::UserInfo),
            ("https:///api.example/stem/x", PathError::Unreadable),
            ("https:/api.example/stem/x", PathError::Unreadable),
            ("https:elsewhere.example", PathError::Unreadable),
            ("javascript:alert(1)", PathError::Unreadable),
            ("v1:x", PathError::Unreadable),
            ("https://api.example:port/stem/x", PathError::Unreadable),
        ] {
            assert_eq!(resolved("https://api.example/stem", given, &[]), Err(refusal), "{given:?}");
        }
        let long = format!("/{}", "x".repeat(MAX_LENGTH));
        assert_eq!(resolved("https://api.example", &long, &[]), Err(PathError::TooLong));
        assert_eq!(resolved("https://api.example", "/x", &[("a", long.as_str())]), Err(PathError::TooLong));
    }

    #[test]
    fn the_size_is_that_of_the_query() {
        let size = |query: &str| size(&RawTarget::new("/x", Some(query.to_owned())));
        assert_eq!(
            (size("a=1&size=7"), size("Size=7"), size("size=many"), size("a=size")),
            (Some(7), Some(7), None, None)
        );
    }

    proptest! {
        #[test]
        fn no_path_leads_elsewhere(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "https:", "http:", "/", "//", "\\", "@", ":", ":8443", "#", "?", "&", "=", "%2f", "%2e", "%25", "%5c",
                    ".", "..", ";", "\t", " ", "[", "]", "api.example", "elsewhere.example", "127.0.0.1", ":8080", "stem",
                    "v1", "x", "\u{ff0f}", "\u{3002}",
                ]),
                0..12,
            )
        ) {
            let given = parts.concat();
            for base in BASES {
                let Ok(url) = resolved(base, &given, &[]) else { continue };
                let (url, base) = (Url::parse(&url).unwrap(), Url::parse(base).unwrap());
                prop_assert_eq!(url.origin(), base.origin());
                prop_assert!(url.username().is_empty() && url.fragment().is_none());
                prop_assert!(url.path().starts_with(&format!("{}/", base.path().trim_end_matches('/'))), "{}", url);
            }
        }
    }
}
