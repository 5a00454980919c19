//! Makes one call: ids, token, attempts, waits, timeout.
//!
//! For each attempt, a call gets a token from its credential, sends the request with the client crate, which reads and
//! decodes the response, and then decides whether to retry. The result contains the status, ids, attempts, headers and
//! value. Paging and the chain use this module.

mod attempt;
mod failure;
mod poll_timeout;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::HeaderMap;
use partner_center_client::{Operation, OperationDetails, PagingInfo};
use partner_center_models::Findings;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;
use uuid::Uuid;

use crate::client::{AttemptOutcome, Core, PartnerCenter, Permit, RequestLimiter, require_runtime};
use crate::clock::later;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Withdrawal;
use crate::response::{Meta, Response};

use failure::AttemptFailure;
#[cfg(feature = "fuzzing")]
pub(crate) use failure::undecodable;

/// The target of a request: an operation's own path and query, or a link from a response.
#[derive(Clone, Copy)]
pub(crate) enum RequestTarget<'a, O> {
    Operation(&'a O),
    Link {
        /// Absolute, and verified to be on the service's own host.
        url: &'a str,
        headers: &'a HeaderMap,
    },
}

/// Decides whether a decoded response is acceptable, by its content and by what it says about further pages.
pub(crate) type AcceptanceCheck<'a, O> =
    &'a (dyn Fn(&<O as Operation>::Response, &Findings, &PagingInfo) -> Acceptance + Sync);

/// The decision about a decoded response.
pub(crate) enum Acceptance {
    /// Return the response.
    Good,
    /// Retry, because the response may be a transient failure. If it does not change, return this error, or the
    /// response if there is none.
    Doubtful(Option<Error>),
    /// Return this error.
    Bad(Error),
}

/// The values shared by all pages of a call.
#[derive(Clone, Debug)]
pub(crate) struct CallContext {
    pub(crate) correlation_id: Uuid,
    pub(crate) locale: Option<String>,
    /// Headers beside those of every call. A link may replace them.
    pub(crate) headers: HeaderMap,
}

impl PartnerCenter {
    /// Starts a new logical call.
    pub(crate) fn call_context(&self) -> CallContext {
        CallContext {
            correlation_id: self.context().correlation_id.unwrap_or_else(|| self.core().random.uuid()),
            locale: self.context().locale.clone(),
            headers: HeaderMap::new(),
        }
    }

    /// Makes one request of a call, with all its attempts. `judge` decides whether a decoded response is acceptable.
    pub(crate) async fn execute_page<O: Operation>(
        &self,
        call_context: &CallContext,
        target: RequestTarget<'_, O>,
        judge: AcceptanceCheck<'_, O>,
    ) -> Result<Response<O::Response>> {
        require_runtime().map_err(|error| error.with_operation(O::DETAILS.id))?;
        let core = self.core();
        let mut run = RequestRun {
            core,
            limiter: self.limiter(),
            details: O::DETAILS,
            request_id: core.random.uuid(),
            correlation_id: call_context.correlation_id,
            deadline: later(core.clock.now(), core.limits.timeout),
        };
        // Field names follow OpenTelemetry's conventions for HTTP clients; the ids are the service's own.
        let span = tracing::info_span!(
            "partner_center.call",
            otel.name = O::DETAILS.id,
            otel.kind = "client",
            http.request.method = O::DETAILS.method,
            url.template = O::DETAILS.path,
            server.address = core.host.as_str(),
            http.response.status_code = tracing::field::Empty,
            http.request.resend_count = tracing::field::Empty,
            error.r#type = tracing::field::Empty,
            partner_center.request_id = %run.request_id,
            partner_center.correlation_id = %run.correlation_id,
        );
        // Pinned in place, here and below: moving a large future copies it, which is noticeable for a small call.
        let call = pin!(run.call(call_context, target, judge));
        let result = call.instrument(span.clone()).await;
        match &result {
            Ok(response) => {
                span.record("http.response.status_code", response.status());
                span.record("http.request.resend_count", response.attempts().saturating_sub(1));
            }
            Err(error) => {
                if let Some(status) = error.status() {
                    span.record("http.response.status_code", status);
                }
                span.record("http.request.resend_count", error.attempts().saturating_sub(1));
                span.record("error.type", tracing::field::debug(error.kind()));
            }
        }
        result
    }
}

impl Core {
    /// Pauses all calls of the client, as requested by the service.
    fn hold(&self, wait: Duration) {
        let until = later(self.clock.now(), wait);
        if self.throttle.until(until) && !wait.is_zero() {
            tracing::warn!(
                wait_s = wait.as_secs(),
                until = %httpdate::fmt_http_date(self.clock.system_time() + wait),
                "throttled: all calls of this partner are paused",
            );
        }
    }
}

/// One request with all its attempts.
struct RequestRun<'a> {
    core: &'a Arc<Core>,
    limiter: Option<&'a dyn RequestLimiter>,
    details: OperationDetails,
    request_id: Uuid,
    correlation_id: Uuid,
    deadline: Instant,
}

impl<'a> RequestRun<'a> {
    async fn call<O: Operation>(
        &mut self,
        call_context: &CallContext,
        target: RequestTarget<'_, O>,
        judge: AcceptanceCheck<'_, O>,
    ) -> Result<Response<O::Response>> {
        let locale = self.locale(call_context)?;
        let mut attempts = 0;
        let mut unsent = 0;
        let mut withdrawal = Withdrawal::default();
        let mut refreshed = false;
        let mut token = None;
        loop {
            let (admitted, place) = self.admit(attempts).await?;
            self.respect_pause(attempts).await?;
            let bearer = match token.take() {
                Some(token) => token,
                None => match self.token(attempts).await {
                    Ok(token) => token,
                    Err(error) => {
                        if let Some(admitted) = admitted {
                            admitted.ended(AttemptOutcome::Failed, None);
                        }
                        return Err(error);
                    }
                },
            };
            attempts += 1;
            // The retry with a refreshed token does not count towards the maximum.
            let counted = attempts - u32::from(refreshed);
            let result = pin!(self.attempt(call_context, &locale, &target, &bearer, attempts)).await;
            let ending = match &result {
                Ok(_) => AttemptOutcome::Answered,
                Err(failure) => AttemptOutcome::of_failure(&failure.error, failure.cut_off),
            };
            match ending {
                AttemptOutcome::TooManyConnections => self.core.concurrency_limit.lose(place),
                AttemptOutcome::Answered => {
                    self.core.retry_budget.answered(&withdrawal);
                    self.core.concurrency_limit.answered();
                    drop(place);
                }
                _ => drop(place),
            }
            if let Some(admitted) = admitted {
                admitted.ended(ending, Some(&bearer));
            }
            let failure = match result {
                Ok(response) => {
                    let bad = match judge(&response.value, &response.findings, &response.paging_info) {
                        Acceptance::Good => None,
                        Acceptance::Bad(error) => Some(error),
                        Acceptance::Doubtful(error) => {
                            if self.wait_to_ask_again(counted).await {
                                continue;
                            }
                            error
                        }
                    };
                    if let Some(error) = bad {
                        let error = error.with_status(response.status).with_headers(response.headers);
                        return Err(
                            self.complete(error.with_body(response.body).without(bearer.expose()), attempts)
                        );
                    }
                    let meta = Meta {
                        status: response.status,
                        request_id: self.request_id,
                        correlation_id: self.correlation_id,
                        attempts,
                        headers: response.headers,
                        continuation: None,
                        findings: response.findings,
                        paging_info: response.paging_info,
                    };
                    return Ok(Response::new(response.value, meta));
                }
                Err(failure) => failure,
            };
            self.extend_if_unpolled();
            let AttemptFailure { error, cut_off } = failure;
            let error = self.complete(error.without(bearer.expose()), attempts);
            let (limits, random) = (&self.core.limits, &*self.core.random);
            let wait = if cut_off {
                // An error status without its body is ambiguous, so the request is retried first.
                limits.wait_anyway(&error, counted, random)
            } else {
                limits.wait(&error, counted, random)
            };
            if ending == AttemptOutcome::TooManyConnections {
                // Nothing was sent. Wait for other calls of this process to close connections.
                attempts -= 1;
                unsent += 1;
                let wait = limits.connection_wait(unsent, random);
                self.sleep(wait, error).await?;
                continue;
            }
            if error.kind() == ErrorKind::Unauthorized && !refreshed && !(cut_off && wait.is_some()) {
                refreshed = true;
                match self.refresh(&bearer, attempts).await? {
                    Some(fresh) => {
                        tracing::debug!("the service rejected the token; retrying once with a new one");
                        token = Some(fresh);
                        continue;
                    }
                    None => return Err(error),
                }
            }
            let mut paused = false;
            if error.kind() == ErrorKind::Throttled {
                // Limits apply to the partner, so the wait applies to all calls.
                if let Some(wait) = error.retry_after() {
                    self.core.hold(wait);
                    paused = !wait.is_zero();
                }
            }
            let Some(wait) = wait else { return Err(error) };
            let error = self.core.retry_budget.draw(error, &mut withdrawal)?;
            if paused && self.limiter.is_some() {
                // The limiter waits for the end of the pause and then resumes calls one by one.
                continue;
            }
            self.sleep(wait, error).await?;
        }
    }

    /// Waits for the limiter, if this client has one, or for a slot of the concurrency limit. The time spent in the queue
    /// does not count towards the timeout: the deadline is moved.
    async fn admit(
        &mut self,
        attempts: u32,
    ) -> Result<(Option<Box<dyn Permit>>, Option<SemaphorePermit<'a>>)> {
        let Some(limiter) = self.limiter else {
            if let Some(place) = self.core.concurrency_limit.try_take() {
                return Ok((None, Some(place)));
            }
            let before = self.core.clock.now();
            let place = self.core.concurrency_limit.take().await;
            self.deadline = later(self.deadline, self.core.clock.now().saturating_duration_since(before));
            return Ok((None, place));
        };
        let before = self.core.clock.now();
        let admitted = limiter.admit().await.map_err(|error| self.complete(error, attempts))?;
        self.deadline = later(self.deadline, self.core.clock.now().saturating_duration_since(before));
        Ok((Some(admitted), None))
    }

    /// Restarts the timeout if the deadline has long passed. Every wait ends before the deadline, so this happens only
    /// if the call was not polled.
    fn extend_if_unpolled(&mut self) {
        let now = self.core.clock.now();
        if now.saturating_duration_since(self.deadline) > poll_timeout::LATE {
            self.deadline = later(now, self.core.limits.timeout);
        }
    }

    /// Waits as after a transient failure. Returns `false` if no attempt or no time is left.
    async fn wait_to_ask_again(&mut self, attempts: u32) -> bool {
        let passing = Error::new(ErrorKind::Network, "a page came without rows");
        let wait = self.core.limits.wait(&passing, attempts, &*self.core.random);
        match wait.filter(|wait| *wait < self.remaining()) {
            Some(wait) => self.sleep(wait, passing).await.is_ok(),
            None => false,
        }
    }

    /// Sleeps before the next attempt. If the wait would exceed the deadline, the call fails at once.
    async fn sleep(&mut self, wait: Duration, error: Error) -> Result<()> {
        if wait >= self.remaining() {
            return Err(error);
        }
        tracing::debug!(
            wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            status = error.status(),
            kind = ?error.kind(),
            "waiting before the next attempt",
        );
        self.core.clock.sleep(wait).await;
        self.extend_if_unpolled();
        Ok(())
    }

    /// Waits until a pause requested by the service is over.
    async fn respect_pause(&mut self, attempts: u32) -> Result<()> {
        while let Some(wait) = self.core.throttle.remaining(&*self.core.clock) {
            let error = || {
                self.complete(
                    Error::new(
                        ErrorKind::Throttled,
                        "the service asked this partner to wait longer than this call may take",
                    )
                    .with_retry_after(wait),
                    attempts,
                )
            };
            if wait >= self.remaining() {
                return Err(error());
            }
            self.core.clock.sleep(wait).await;
            self.extend_if_unpolled();
        }
        Ok(())
    }

    async fn token(&mut self, attempts: u32) -> Result<AccessToken> {
        let mut tries = 0;
        loop {
            match self.within_deadline(self.core.credential.token()).await {
                Ok(token) => return Ok(token),
                Err(error) => self.wait_for_credential(error, &mut tries, attempts).await?,
            }
        }
    }

    async fn refresh(&mut self, refused: &AccessToken, attempts: u32) -> Result<Option<AccessToken>> {
        let mut tries = 0;
        loop {
            match self.within_deadline(self.core.credential.refresh(refused)).await {
                Ok(token) => return Ok(token),
                Err(error) => self.wait_for_credential(error, &mut tries, attempts).await?,
            }
        }
    }

    /// Waits before the next request to the credential, or fails with its error.
    async fn wait_for_credential(&mut self, error: Error, tries: &mut u32, attempts: u32) -> Result<()> {
        // A refresh that failed before this call, and is backing off, does not count.
        if error.attempts() > 0 || error.retry_after().is_none_or(|wait| wait.is_zero()) {
            *tries += 1;
        }
        let wait = self.core.limits.credential_wait(&error, *tries, &*self.core.random);
        let error = self.complete(error, attempts).with_credential_origin();
        match wait {
            Some(wait) => self.sleep(wait, error).await,
            None => Err(error),
        }
    }

    async fn within_deadline<T>(&self, ask: impl Future<Output = Result<T>>) -> Result<T> {
        let mut ask = pin!(ask);
        // A cached token needs no timer.
        let answer = match poll_fn(|context| Poll::Ready(ask.as_mut().poll(context))).await {
            Poll::Ready(answer) => Ok(answer),
            Poll::Pending => poll_timeout::within(self.remaining(), ask).await,
        };
        answer.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Timeout,
                "the credential did not provide a token within the time allowed for the call",
            ))
        })
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(self.core.clock.now())
    }

    /// Adds the operation, the ids and the number of attempts to an error.
    fn complete(&self, error: Error, attempts: u32) -> Error {
        error
            .with_operation(self.details.id)
            .with_ids(self.request_id, self.correlation_id)
            .with_attempts(attempts)
    }
}
