//! Removes echoed secrets from an error.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use http::HeaderValue;

use super::Error;
use crate::error::service_error::ServiceError;
use crate::redact::Redactor;

/// The number of body bytes in an excerpt.
const EXCERPT: usize = 4000;

impl Error {
    /// The first 4,000 bytes of the last response's body as text, for the user. If the host echoed the access token, it
    /// is redacted. The text may contain customer data. `None` if nothing was read.
    ///
    /// ```
    /// use partner_center::Error;
    ///
    /// let error = Error::from_response(400, http::HeaderMap::new(), "<html>Bad gateway settings</html>");
    /// assert_eq!(error.body_excerpt().as_deref(), Some("<html>Bad gateway settings</html>"));
    /// ```
    #[must_use]
    pub fn body_excerpt(&self) -> Option<Cow<'_, str>> {
        if let Some(excerpt) = &self.0.excerpt {
            return Some(Cow::Borrowed(excerpt));
        }
        let body = self.0.body.as_ref().filter(|body| !body.is_empty())?;
        Some(String::from_utf8_lossy(body.get(..EXCERPT).unwrap_or(body)))
    }

    /// Redacts this token in every text, in case the host echoed it. The body is not changed.
    pub(crate) fn without(self, token: &str) -> Self {
        let mut redactor = Redactor::new();
        redactor.add(token);
        self.redacted(&redactor)
    }

    /// Redacts these secrets in every text. The body is not changed.
    pub(crate) fn redacted(mut self, redactor: &Redactor) -> Self {
        let inner = &mut *self.0;
        for (_, value) in &mut inner.facts {
            if let Cow::Owned(clean) = redactor.redact(value) {
                *value = clean;
            }
        }
        let texts = [Some(&mut inner.message), inner.advice.as_mut()];
        for text in texts.into_iter().flatten() {
            if let Cow::Owned(clean) = redactor.redact(text) {
                *text = clean.into();
            }
        }
        if let Some(ServiceError { code, description }) = &mut inner.fault {
            for text in [code, description].into_iter().flatten() {
                if let Cow::Owned(clean) = redactor.redact(text) {
                    *text = clean;
                }
            }
        }
        for value in inner.headers.values_mut() {
            let text = String::from_utf8_lossy(value.as_bytes());
            if let Cow::Owned(clean) = redactor.redact(&text) {
                *value = HeaderValue::from_str(&clean).unwrap_or(HeaderValue::from_static("[redacted]"));
            }
        }
        if let Some(body) = &inner.body {
            let text = String::from_utf8_lossy(body.get(..EXCERPT).unwrap_or(body));
            if let Cow::Owned(clean) = redactor.redact(&text) {
                inner.excerpt = Some(clean);
            }
        }
        if let Some(source) = &inner.source {
            let texts: Vec<_> = chain(source.as_ref()).map(ToString::to_string).collect();
            let text = texts.join(": ");
            if redactor.finds(&text) || redactor.finds(&format!("{source:?}")) {
                inner.source = Some(Arc::new(Below(redactor.redact(&text).into_owned())));
            }
        }
        self
    }
}

/// The redacted text of a source error that contained a secret.
#[derive(Debug)]
struct Below(String);

impl fmt::Display for Below {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Below {}

/// An error and its sources.
fn chain<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
