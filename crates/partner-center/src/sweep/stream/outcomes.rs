//! What becomes of a call that ended: an outcome, a later retry, or the end of the sweep.

use super::*;

impl<T: Rows + Send + 'static> SweepStream<T> {
    /// Handles the result of a call: returns the outcome if it can be returned now, or the error that ends the sweep.
    pub(super) fn judge(&mut self, ended: Ended<T>) -> Result<Option<CustomerOutcome<T>>, Error> {
        let Ended { task, permit, result } = ended;
        if !permit.has_requested() {
            self.limiter.outside(!result.as_ref().is_err_and(may_pass));
        }
        let result = match result {
            Err(error) if error.is_from_credential() && error.is_transient() => {
                // An error of the credential is not the customer's failure.
                self.note_trouble(&error);
                self.work_queue.put_back(task);
                return Ok(None);
            }
            Err(error) => match permit.refused_token() {
                Some(token) if error.status() == Some(401) => {
                    self.unauthorized.add(task, error, token, self.limiter.admitted());
                    return Ok(None);
                }
                _ if is_for_all(&error) => return Err(error),
                _ if may_pass(&error) => {
                    self.put_off(task, error);
                    return Ok(None);
                }
                _ => Err(error),
            },
            Ok(response) => Ok(response),
        };
        Ok(self.settle(task, Outcome::of(result)))
    }

    pub(super) fn put_off(&mut self, task: Task, error: Error) {
        self.note_trouble(&error);
        self.failures.insert(task.customer, error);
        self.work_queue.put_off(task);
        if self.order == Order::Customer {
            self.judged.insert(task.number, None);
        }
    }

    pub(super) fn settle(&mut self, task: Task, outcome: Outcome<T>) -> Option<CustomerOutcome<T>> {
        self.trouble = None;
        self.failures.remove(&task.customer);
        match self.order {
            Order::Completion => Some(self.hand_out(task, outcome, false)),
            Order::Customer => {
                self.judged_rows += outcome.row_count();
                self.judged.insert(task.number, Some((task, outcome)));
                None
            }
        }
    }

    /// Decides about customers that were rejected with 401.
    pub(super) fn check_unauthorized(
        &mut self,
        context: &mut Context<'_>,
    ) -> Result<Option<CustomerOutcome<T>>, Error> {
        loop {
            match self.unauthorized.take(&self.limiter) {
                Some(Resolution::Own(task, error)) => match self.settle(task, Outcome::Failed(error)) {
                    None => continue,
                    swept => return Ok(swept),
                },
                Some(Resolution::Again(task, error)) => {
                    self.put_off(task, error);
                    continue;
                }
                None => {}
            }
            let none_left =
                self.begun.is_empty() && self.work_queue.waiting() == 0 && self.work_queue.all_listed();
            let list = || self.partner.limited_by(self.limiter.listing()).customers().list().size(1);
            let check = || -> BoxFuture<'static, Result<()>> {
                let mut pages = list().pages();
                Box::pin(async move { pages.try_next().await.map(drop) })
            };
            match self.unauthorized.poll_check(context, none_left, check) {
                Poll::Ready(Some(Err(error))) if error.reason() == Some(ErrorReason::WaitTooLong) => {
                    return Err(error);
                }
                Poll::Ready(Some(Err(error))) if error.is_transient() => {
                    self.note_trouble(&error);
                    if self.limiter.has_given_up() {
                        return Ok(None);
                    }
                }
                Poll::Ready(Some(_)) => match self.unauthorized.error() {
                    Some(error) if !self.limiter.is_accepted(None, self.unauthorized.after()) => {
                        return Err(error);
                    }
                    _ => {}
                },
                Poll::Ready(None) | Poll::Pending => return Ok(None),
            }
        }
    }

    /// Ends the sweep when nothing has succeeded for too long: all remaining customers are returned as failed and
    /// missing. If the list is incomplete, or the credential fails or may be rejected, the sweep ends with an error
    /// instead.
    pub(super) fn give_up(&mut self) {
        self.begun.clear();
        let judged: HashSet<_> = self.judged.values().flatten().map(|(task, _)| task.customer).collect();
        let waiting = std::mem::take(&mut self.judged).into_values().flatten();
        self.leaving.extend(waiting.map(|(task, outcome)| (task, outcome, false)));
        let error = match (self.unauthorized.give_up(), self.trouble.take()) {
            (Some(error), _) | (None, Some((error, true))) => Some(error),
            (None, trouble) => {
                let trouble = trouble.map(|(error, _)| error);
                let given_up = self.given_up(trouble.as_ref());
                if self.work_queue.all_listed() {
                    for task in self.work_queue.give_up() {
                        if !judged.contains(&task.customer) {
                            let error = self.failures.remove(&task.customer);
                            let outcome = Outcome::Failed(error.unwrap_or_else(|| given_up.clone()));
                            self.leaving.push_back((task, outcome, true));
                        }
                    }
                    None
                } else {
                    trouble.or(Some(given_up))
                }
            }
        };
        tracing::warn!("no request has succeeded within the time limit of a call: the sweep gives up");
        self.listing = Listing::Leaving(error);
    }

    /// The error for customers without an error of their own.
    pub(super) fn given_up(&self, trouble: Option<&Error>) -> Error {
        let kind = trouble.map_or(ErrorKind::Unavailable, Error::kind);
        let seconds = self.partner.core().limits.timeout.as_secs_f64().round();
        Error::new(
            kind,
            format!(
                "no request has succeeded for {seconds} seconds, and the sweep gave up before this customer"
            ),
        )
        .with_advice(
            "Resume from the checkpoint once the service recovers: only the missing customers are read.",
        )
    }
}
