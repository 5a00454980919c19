//! The correlation id and locale shared by a chain of calls, and the name that this SDK sends.

use uuid::Uuid;

/// The value of `MS-PartnerCenter-Client` and `User-Agent`.
pub(crate) const CLIENT_NAME: &str = concat!("partner-center-rust/", env!("CARGO_PKG_VERSION"));

/// Settings for all calls of a chain, given with [`PartnerCenter::with`](crate::PartnerCenter::with).
///
/// ```
/// use partner_center::RequestContext;
///
/// let context = RequestContext::new().locale("sv-SE");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestContext {
    pub(crate) correlation_id: Option<Uuid>,
    pub(crate) locale: Option<String>,
}

impl RequestContext {
    /// An empty context: each call gets a new correlation id and uses the client's locale.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `MS-CorrelationId`, so that several calls can be found together in the service's logs.
    #[must_use]
    pub fn correlation_id(mut self, id: Uuid) -> Self {
        self.correlation_id = Some(id);
        self
    }

    /// Sets `X-Locale`, such as `sv-SE`. Default: `en-US`.
    #[must_use]
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = Some(locale.into());
        self
    }
}

/// Whether the text has the characters of a language tag: letters, digits and hyphens.
pub(crate) fn is_language_tag(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
