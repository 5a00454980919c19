//! What travels through generated code with a request: the headers of one attempt.

use std::sync::{Mutex, PoisonError};

use http::HeaderMap;

/// The headers of one attempt: the request's until it is sent, then the response's. They are moved in and out, because
/// the generated code would copy them twice in each direction, which is measurable for small calls.
#[derive(Debug, Default)]
pub(crate) struct Attempt(Mutex<HeaderMap>);

impl Attempt {
    pub(crate) fn new(headers: HeaderMap) -> Self {
        Self(Mutex::new(headers))
    }

    /// Stores these headers and returns the previous ones.
    pub(crate) fn exchange(&self, headers: HeaderMap) -> HeaderMap {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), headers)
    }
}

/// Generated clients must be `Clone`. An attempt is never cloned in practice; a clone would have no headers.
impl Clone for Attempt {
    fn clone(&self) -> Self {
        Self::default()
    }
}
