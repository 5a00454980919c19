//! The forms in which the service writes the address of a next page.

/// How the address of a next page is written. The service has been seen to write it in more than one way, and documents
/// none.
///
/// The examples are of `http://host/v1/customers?size=2` and of
/// `http://host/partner/v1/analytics/commercial/usage/license?skip=2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkForm {
    /// `/customers?size=2`: without the version, which the client must put before it. The usual form of the customer
    /// list; the commercial endpoints are [rooted](Self::Rooted) then.
    Unversioned,
    /// `/v1/customers?size=2`, as production answered for three days in November 2021;
    /// `/partner/v1/analytics/commercial/usage/license?skip=2`.
    Rooted,
    /// With scheme and host. The usual form of the commercial endpoints here, by nobody's documentation.
    Absolute,
    /// `customers?size=2`, `license?skip=2`: relative to the last segment, as the Microsoft Store's sibling API answers.
    Relative,
    /// No address although there is a next page.
    Absent,
}

impl LinkForm {
    pub(crate) const ALL: [Self; 5] =
        [Self::Unversioned, Self::Rooted, Self::Absolute, Self::Relative, Self::Absent];

    /// Its name in fault scripts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unversioned => "unversioned",
            Self::Rooted => "rooted",
            Self::Absolute => "absolute",
            Self::Relative => "relative",
            Self::Absent => "absent",
        }
    }

    /// Writes the address of a path with its query below an origin.
    pub(crate) fn write(self, origin: &str, path: &str, query: &str) -> Option<String> {
        let path = path.trim_end_matches('/');
        let path = match self {
            Self::Unversioned => {
                path.strip_prefix("/v1").filter(|rest| *rest == "/customers").unwrap_or(path)
            }
            Self::Rooted | Self::Absolute => path,
            Self::Relative => path.rsplit('/').next().unwrap_or(path),
            Self::Absent => return None,
        };
        let origin = if self == Self::Absolute { origin } else { "" };
        Some(format!("{origin}{path}?{query}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_as_its_documentation_says() {
        let customers = |form: LinkForm| form.write("http://host", "/v1/customers", "size=2").unwrap();
        assert_eq!(customers(LinkForm::Unversioned), "/customers?size=2");
        assert_eq!(customers(LinkForm::Rooted), "/v1/customers?size=2");
        assert_eq!(customers(LinkForm::Absolute), "http://host/v1/customers?size=2");
        assert_eq!(customers(LinkForm::Relative), "customers?size=2");
        assert_eq!(LinkForm::Absent.write("http://host", "/v1/customers", "size=2"), None);
        let path = "/partner/v1/analytics/commercial/usage/license/";
        assert_eq!(
            LinkForm::Unversioned.write("http://host", path, "skip=2").unwrap(),
            "/partner/v1/analytics/commercial/usage/license?skip=2"
        );
    }
}
