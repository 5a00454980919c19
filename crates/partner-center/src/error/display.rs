//! `Display` and `Debug` of an error, without text from the service and without secrets.

use std::fmt;

use bytes::Bytes;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut separator = " (";
        let mut fact = |f: &mut fmt::Formatter<'_>, name: &str, value: &dyn fmt::Display| {
            write!(f, "{separator}{name} {value}")?;
            separator = ", ";
            Ok::<_, fmt::Error>(())
        };
        for (name, value) in self.facts() {
            fact(f, name, &value)?;
        }
        if let Some(operation) = self.0.operation {
            fact(f, "operation", &operation)?;
        }
        if let Some(status) = self.0.status {
            fact(f, "status", &status)?;
        }
        if let Some(code) = self.code() {
            fact(f, "code", &code)?;
        }
        if self.0.attempts > 1 {
            fact(f, "attempts", &self.0.attempts)?;
        }
        if let Some(id) = self.0.request_id {
            fact(f, "request id", &id)?;
        }
        if let Some(id) = self.0.correlation_id {
            fact(f, "correlation id", &id)?;
        }
        if separator == ", " { f.write_str(")") } else { Ok(()) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("reason", &self.0.reason)
            .field("message", &self.0.message)
            .field("facts", &self.0.facts)
            .field("operation", &self.0.operation)
            .field("status", &self.0.status)
            .field("code", &self.code())
            .field("request_id", &self.0.request_id)
            .field("correlation_id", &self.0.correlation_id)
            .field("retry_after", &self.0.retry_after)
            .field("attempts", &self.0.attempts)
            .field("from_credential", &self.0.from_credential)
            .field("body_bytes", &self.0.body.as_ref().map(Bytes::len))
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}
