//! Where a paged query begins or resumes, and whether it may.

use crate::continuation::{Arguments, Continuation, PageCursor};
use crate::error::{Error, ErrorKind, Result};
use crate::models::Timestamp;

impl Continuation {
    /// The first position of a query, or the position to resume.
    pub(super) fn start(operation: &'static str, arguments: Arguments, resume: Option<Self>) -> Result<Self> {
        let refused = |error: Error| error.with_operation(operation);
        let start = match resume {
            Some(continuation) => {
                continuation.check(operation, &arguments).map_err(refused)?;
                continuation
            }
            None => Self::new(PageCursor {
                operation: operation.to_owned(),
                skip: arguments.skip.unwrap_or_default(),
                counted: None,
                by_count: false,
                arguments,
                link: None,
            }),
        };
        start.cursor().arguments.check().map_err(refused)?;
        Ok(start)
    }

    /// Checks that this query may be resumed from here.
    fn check(&self, operation: &'static str, arguments: &Arguments) -> Result<()> {
        let refuse = |message: String| Error::new(ErrorKind::InvalidInput, message);
        if self.cursor().operation != operation {
            return Err(refuse(format!("the continuation belongs to an operation other than {operation}"))
                .with_advice("Resume the operation that created it, or start without it."));
        }
        let mut saved = self.cursor().arguments.clone();
        saved.prefix.get_or_insert_default();
        match arguments.first_difference(&saved) {
            None => Ok(()),
            Some(name) => Err(refuse(format!("the continuation belongs to a query with a different {name}"))
                .with_advice("A continuation includes its arguments: omit them, or pass the same values.")),
        }
    }
}

impl Arguments {
    /// Sets the processed date, in the format of the documented rows.
    pub(crate) fn set_processed(&mut self, day: &Timestamp) {
        let mut text = day.to_string();
        if day.is_recognized() && text.len() == "YYYY-MM-DD".len() {
            text.push_str("T00:00:00");
        }
        self.processed_date_time = Some(text);
    }

    /// Rejects arguments that the contract does not allow.
    fn check(&self) -> Result<()> {
        let refuse = |message| Err(Error::new(ErrorKind::InvalidInput, message));
        if self.size.is_some_and(|size| size > 500) {
            return refuse("size must be at most 500, the most customers that a page can have");
        }
        if self.top.is_some_and(|top| !(1..=10_000).contains(&top)) {
            return refuse("top must be between 1 and 10000, the most rows that a page can have");
        }
        if self.skip.is_some_and(|skip| i64::try_from(skip).is_err()) {
            return refuse("skip is too large");
        }
        if let Some(text) = &self.processed_date_time {
            let time = Timestamp::from(text.as_str());
            if !time.is_recognized() || time.is_never() {
                return refuse("processed is not a date such as 2018-10-14 or 2018-10-14T00:00:00");
            }
        }
        Ok(())
    }
}
