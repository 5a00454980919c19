//! The forms of next links.

/// The form of a next link. The service has been seen to use more than one, and documents none.
///
/// The examples are for `http://host/v1/customers?size=2` and for
/// `http://host/partner/v1/analytics/commercial/usage/license?skip=2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkForm {
    /// `/customers?size=2`: without the version, which the client must prepend. The usual form in the customer list.
    /// The same as [`Rooted`](Self::Rooted) in the commercial endpoints.
    Unversioned,
    /// `/v1/customers?size=2`, as production responded for three days in November 2021;
    /// `/partner/v1/analytics/commercial/usage/license?skip=2`.
    Rooted,
    /// With scheme and host. The default of the emulator in the commercial endpoints, where no form is documented.
    Absolute,
    /// `customers?size=2`, `license?skip=2`: relative to the last segment, as in the similar API of the Microsoft
    /// Store.
    Relative,
    /// No link, although there is a next page.
    Absent,
}

impl LinkForm {
    pub(crate) const ALL: [Self; 5] =
        [Self::Unversioned, Self::Rooted, Self::Absolute, Self::Relative, Self::Absent];

    /// The name in fault scripts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unversioned => "unversioned",
            Self::Rooted => "rooted",
            Self::Absolute => "absolute",
            Self::Relative => "relative",
            Self::Absent => "absent",
        }
    }

    /// Formats the link to a path with a query on an origin.
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
    fn every_form_is_formatted_as_documented() {
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
