//! Makes one call: ids, token, attempts, waits, body, timeout.
//!
//! For each attempt, a call gets a token from its credential, sends the request, reads the whole body, and then decodes
//! it or decides whether to retry. The result contains the status, ids, attempts, headers and body. Paging and the
//! chain use this module; sockets are handled by the client crate.

mod admission;
mod attempt;
mod body;
mod bounded;
mod budget;
pub(crate) mod decode;
mod envelope;
mod patience;
mod pause;
mod places;
mod repair;
mod retry;
pub(crate) mod text;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use http::HeaderMap;
use partner_center_client::{Operation, OperationDetails};
use partner_center_models::Findings;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;
use uuid::Uuid;

use crate::clock::later;
use crate::credential::AccessToken;
use crate::error::{Error, ErrorKind, Result};
use crate::partner::{Core, PartnerCenter};
use crate::response::{Meta, Response};

pub(crate) use admission::{Admission, Admitted, Ending};
use attempt::Failure;
pub(crate) use budget::{Drawn, RetryBudget};
pub(crate) use envelope::Said;
pub(crate) use pause::Pause;
pub(crate) use places::{AT_ONCE, Places};
#[cfg(any(feature = "fuzzing", feature = "oauth"))]
pub(crate) use retry::retry_after;
pub(crate) use retry::service_time;
pub(crate) use retry::{Limits, may_pass};

/// The target of a request: an operation's own path and query, or a link from a response.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a, O> {
    Operation(&'a O),
    Link {
        /// Absolute, and verified to be on the service's own host.
        url: &'a str,
        headers: &'a HeaderMap,
    },
}

/// Decides whether a decoded response is acceptable, by its content and by what it says about further pages.
pub(crate) type Judge<'a, O> = &'a (dyn Fn(&<O as Operation>::Response, &Findings, &Said) -> Judged + Sync);

/// The decision about a decoded response.
pub(crate) enum Judged {
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
pub(crate) struct Logical {
    pub(crate) correlation_id: Uuid,
    pub(crate) locale: Option<String>,
}

impl PartnerCenter {
    /// Starts a new logical call.
    pub(crate) fn logical(&self) -> Logical {
        Logical {
            correlation_id: self.context().correlation_id.unwrap_or_else(|| self.core().random.uuid()),
            locale: self.context().locale.clone(),
        }
    }

    /// Makes one request of a call, with all its attempts. `judge` decides whether a decoded response is acceptable.
    pub(crate) async fn execute_page<O: Operation>(
        &self,
        logical: &Logical,
        target: Target<'_, O>,
        judge: Judge<'_, O>,
    ) -> Result<Response<O::Response>> {
        let core = self.core();
        let mut run = Run {
            core,
            admission: self.admission(),
            details: O::DETAILS,
            request_id: core.random.uuid(),
            correlation_id: logical.correlation_id,
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
        let call = pin!(run.call(logical, target, judge));
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
        if self.pause.until(until) && !wait.is_zero() {
            tracing::warn!(
                wait_s = wait.as_secs(),
                until = %httpdate::fmt_http_date(self.clock.system_time() + wait),
                "throttled: all calls of this partner are paused",
            );
        }
    }
}

/// One request with all its attempts.
struct Run<'a> {
    core: &'a Arc<Core>,
    admission: Option<&'a dyn Admission>,
    details: OperationDetails,
    request_id: Uuid,
    correlation_id: Uuid,
    deadline: Instant,
}

impl<'a> Run<'a> {
    async fn call<O: Operation>(
        &mut self,
        logical: &Logical,
        target: Target<'_, O>,
        judge: Judge<'_, O>,
    ) -> Result<Response<O::Response>> {
        let locale = self.locale(logical)?;
        let mut attempts = 0;
        let mut unsent = 0;
        let mut drawn = Drawn::default();
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
                            admitted.ended(Ending::Failed, None);
                        }
                        return Err(error);
                    }
                },
            };
            attempts += 1;
            // The retry with a refreshed token does not count towards the maximum.
            let counted = attempts - u32::from(refreshed);
            let result = pin!(self.attempt(&locale, &target, &bearer, attempts)).await;
            let ending = match &result {
                Ok(_) => Ending::Answered,
                Err(failure) => Ending::of_failure(&failure.error, failure.cut_off),
            };
            match ending {
                Ending::Crowded => self.core.places.lose(place),
                Ending::Answered => {
                    self.core.budget.answered(&drawn);
                    self.core.places.answered();
                    drop(place);
                }
                _ => drop(place),
            }
            if let Some(admitted) = admitted {
                admitted.ended(ending, Some(&bearer));
            }
            let failure = match result {
                Ok(answer) => match decode::decode::<O>(&answer.body, answer.charset().as_deref()) {
                    Ok((value, findings, said)) => {
                        let bad = match judge(&value, &findings, &said) {
                            Judged::Good => None,
                            Judged::Bad(error) => Some(error),
                            Judged::Doubtful(error) => {
                                if self.wait_to_ask_again(counted).await {
                                    continue;
                                }
                                error
                            }
                        };
                        if let Some(error) = bad {
                            let error = error.with_status(answer.status).with_headers(answer.headers);
                            return Err(
                                self.complete(error.with_body(answer.body).without(&bearer), attempts)
                            );
                        }
                        let meta = Meta {
                            status: answer.status,
                            request_id: self.request_id,
                            correlation_id: self.correlation_id,
                            attempts,
                            headers: answer.headers,
                            continuation: None,
                            findings,
                            said,
                        };
                        return Ok(Response::new(value, meta));
                    }
                    Err(error) => {
                        let error = error.with_status(answer.status).with_headers(answer.headers);
                        return Err(self.complete(error.without(&bearer), attempts));
                    }
                },
                Err(failure) => failure,
            };
            self.excuse_delay();
            let Failure { error, cut_off } = failure;
            let error = self.complete(error.without(&bearer), attempts);
            let (limits, random) = (&self.core.limits, &*self.core.random);
            let wait = if cut_off {
                // An error status without its body is ambiguous, so the request is retried first.
                limits.wait_anyway(&error, counted, random)
            } else {
                limits.wait(&error, counted, random)
            };
            if ending == Ending::Crowded {
                // Nothing was sent. Wait for other calls of this process to close connections.
                attempts -= 1;
                unsent += 1;
                let wait = limits.crowded_wait(unsent, random);
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
                // Limits apply to the partner, so the pause applies to all calls.
                if let Some(wait) = error.retry_after() {
                    self.core.hold(wait);
                    paused = !wait.is_zero();
                }
            }
            let Some(wait) = wait else { return Err(error) };
            let error = self.core.budget.draw(error, &mut drawn)?;
            if paused && self.admission.is_some() {
                // Admission waits for the end of the pause and then resumes calls one by one.
                continue;
            }
            self.sleep(wait, error).await?;
        }
    }

    /// Waits for admission, if this client has one, or for a slot of the concurrency limit. The time spent in the queue
    /// does not count towards the timeout: the deadline is moved.
    async fn admit(
        &mut self,
        attempts: u32,
    ) -> Result<(Option<Box<dyn Admitted>>, Option<SemaphorePermit<'a>>)> {
        let Some(admission) = self.admission else {
            if let Some(place) = self.core.places.try_take() {
                return Ok((None, Some(place)));
            }
            let before = self.core.clock.now();
            let place = self.core.places.take().await;
            self.deadline = later(self.deadline, self.core.clock.now().saturating_duration_since(before));
            return Ok((None, place));
        };
        let before = self.core.clock.now();
        let admitted = admission.admit().await.map_err(|error| self.complete(error, attempts))?;
        self.deadline = later(self.deadline, self.core.clock.now().saturating_duration_since(before));
        Ok((Some(admitted), None))
    }

    /// Restarts the timeout if the deadline has long passed. Every wait ends before the deadline, so this happens only
    /// if the call was not polled.
    fn excuse_delay(&mut self) {
        let now = self.core.clock.now();
        if now.saturating_duration_since(self.deadline) > patience::LATE {
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
        self.excuse_delay();
        Ok(())
    }

    /// Waits until a pause requested by the service is over.
    async fn respect_pause(&mut self, attempts: u32) -> Result<()> {
        while let Some(wait) = self.core.pause.remaining(&*self.core.clock) {
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
            self.excuse_delay();
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
            Poll::Pending => patience::within(self.remaining(), ask).await,
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
