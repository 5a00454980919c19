//! Requests to any other endpoint of Partner Center, by its path. The responses are bytes or JSON.
//!
//! A raw request is made like any call: attempts and waits, ids, time limits, token refresh, tracing, and the errors of
//! the service and of gateways. What it lacks is a description of the endpoint: the body is not decoded, and a collection
//! is not checked for completeness. It only reads: its method is GET or HEAD.
//!
//! ```no_run
//! # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
//! let invoices = partner.raw().get("/v1/invoices").query("size", "50").send().await?;
//! let invoices: serde_json::Value = invoices.json()?;
//! println!("{}", invoices["totalCount"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Where requests go
//!
//! The path is resolved against the base URL. A URL is accepted if it has the scheme, host and port of the base URL, and
//! its path. A path with `.` or `..`, also percent-encoded, with a backslash, a control character or a fragment is
//! [`ErrorKind::InvalidInput`], and nothing is sent. So is a header that the call sets
//! itself, such as `Authorization`, `Host` and the ids, or that credentials or framing use.
//!
//! # What is not recognized
//!
//! Any body with a 2xx status is a success, also a web page of a proxy, or an error body that the service sends with
//! status 200. [`pages`](RawRequest::pages) and [`json`](crate::Response::json) require JSON.

mod body;
mod pages;
mod target;

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use partner_center_client::Operation;
use partner_center_client::raw::{BodyBytes, GetRaw, HeadRaw, RawTarget};

pub use self::body::RawBody;
pub use self::pages::RawPages;
use crate::call::{Acceptance, CallContext, RequestTarget};
use crate::client::PartnerCenter;
use crate::error::{Error, ErrorKind, Result};
use crate::paging::is_reserved;
use crate::response::Response;

impl PartnerCenter {
    /// Any other endpoint, by its path.
    pub fn raw(&self) -> Raw {
        Raw { partner: self.clone() }
    }
}

/// Requests by path.
#[derive(Clone, Debug)]
#[must_use]
pub struct Raw {
    partner: PartnerCenter,
}

impl Raw {
    /// A GET request to a path below the base URL, such as `/v1/invoices`. It may have a query, in which `+` is a space.
    pub fn get(&self, path: impl Into<String>) -> RawRequest {
        RawRequest::new(&self.partner, Method::Get, path.into())
    }

    /// A HEAD request to a path below the base URL. The response has no body.
    pub fn head(&self, path: impl Into<String>) -> RawRequest {
        RawRequest::new(&self.partner, Method::Head, path.into())
    }
}

/// The methods that only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Get,
    Head,
}

/// A request by path. Invalid arguments are reported when it is sent, before anything is sent.
#[derive(Clone)]
#[must_use = "a request does nothing until `send` or `pages` is called"]
pub struct RawRequest {
    partner: PartnerCenter,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

impl RawRequest {
    fn new(partner: &PartnerCenter, method: Method, path: String) -> Self {
        Self { partner: partner.clone(), method, path, query: Vec::new(), headers: Vec::new() }
    }

    /// Appends a parameter to the query.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header. It is sent for every page, unless the link to the page replaces it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Makes the call. The future owns all it needs, so that it can be spawned, or joined with others.
    pub fn send(&self) -> impl Future<Output = Result<Response<RawBody>>> + Send + use<> {
        let (partner, method, prepared) = (self.partner.clone(), self.method, self.prepare());
        async move {
            let (target, call_context) = prepared?;
            match method {
                Method::Get => send(&partner, &call_context, &GetRaw(target)).await,
                Method::Head => send(&partner, &call_context, &HeadRaw(target)).await,
            }
        }
    }

    /// The pages: each is a JSON document, and the next one follows its link or token in the same way as any list of the
    /// service.
    ///
    /// ```no_run
    /// # async fn run(partner: partner_center::PartnerCenter) -> partner_center::Result<()> {
    /// let mut pages = partner.raw().get("/v1/invoices").pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("{} bytes", page.bytes().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self) -> RawPages {
        let prepared = match self.method {
            Method::Get => self.prepare(),
            Method::Head => {
                let message = "the response to HEAD has no body that could link to a next page";
                Err(refused(message, "Use GET. Nothing was sent."))
            }
        };
        RawPages::new(&self.partner, prepared)
    }

    /// Checks the arguments.
    fn prepare(&self) -> Result<(RawTarget, CallContext)> {
        let base = &self.partner.core().base.url;
        let target = target::resolve(base, &self.path, &self.query)
            .map_err(|error| refused(error.message(), "Use a path below the base URL. Nothing was sent."))?;
        let mut call_context = self.partner.call_context();
        call_context.headers = headers(&self.headers)?;
        Ok((target, call_context))
    }
}

/// Omits the texts: a query may contain a customer's name, a path or a header may contain a secret by mistake.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", &self.method)
            .field("query", &self.query.len())
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

async fn send<O: Operation<Response = BodyBytes>>(
    partner: &PartnerCenter,
    call_context: &CallContext,
    operation: &O,
) -> Result<Response<RawBody>> {
    let target = RequestTarget::Operation(operation);
    let response = partner.execute_page(call_context, target, &|_, _, _| Acceptance::Good).await?;
    Ok(response.map(|body| RawBody::new(body.0)))
}

/// An error about an argument.
fn refused(message: &'static str, advice: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, message).with_operation(GetRaw::DETAILS.id).with_advice(advice)
}

/// The headers of a request. Errors do not name them, except known ones: a name may be a secret by mistake.
fn headers(pairs: &[(String, String)]) -> Result<HeaderMap> {
    let refused = |message| refused(message, "Correct or omit the header. Nothing was sent.");
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("the name of a header contains a character that is not allowed"))?;
        if is_reserved(&name) {
            let message = "the call sets this header itself, or it is one for credentials or for framing";
            return Err(refused(message).with_fact("header", name.as_str()));
        }
        let mut value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|_| refused("the value of a header contains a character that is not allowed"))?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
