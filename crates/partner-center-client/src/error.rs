//! The error of an operation.

use std::error::Error;
use std::fmt;

use crate::body::BodyError;
use crate::decode_error::DecodeError;
use crate::http_error::HttpError;
use crate::response::ReceivedResponse;

/// Why an operation returned no value. Its texts contain no part of the response, so they are safe to log.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientError {
    /// No response arrived.
    NoResponse(HttpError),
    /// The status of the response is not 2xx.
    Status {
        /// The response.
        response: Box<ReceivedResponse>,
        /// Why the body is incomplete, if it is.
        body_error: Option<BodyError>,
    },
    /// The body of a 2xx response could not be read to its end.
    Body {
        /// The response, with the part of the body that was read.
        response: Box<ReceivedResponse>,
        /// The reason.
        error: BodyError,
    },
    /// The body of a 2xx response could not be decoded.
    Decode {
        /// The response.
        response: Box<ReceivedResponse>,
        /// The reason.
        error: DecodeError,
    },
}

impl ClientError {
    /// The response, if one arrived.
    #[must_use]
    pub fn response(&self) -> Option<&ReceivedResponse> {
        match self {
            Self::NoResponse(_) => None,
            Self::Status { response, .. } | Self::Body { response, .. } | Self::Decode { response, .. } => {
                Some(response)
            }
        }
    }

    /// The HTTP status, if a response arrived.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response().map(|response| response.status)
    }
}

impl From<HttpError> for ClientError {
    fn from(error: HttpError) -> Self {
        Self::NoResponse(error)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoResponse(_) => f.write_str("no response arrived"),
            Self::Status { response, .. } => write!(f, "the response has status {}", response.status),
            Self::Body { .. } => f.write_str("the body of the response could not be read"),
            Self::Decode { .. } => f.write_str("the body of the response could not be decoded"),
        }
    }
}

impl Error for ClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoResponse(error) => Some(error),
            Self::Status { body_error, .. } => body_error.as_ref().map(|error| error as _),
            Self::Body { error, .. } => Some(error),
            Self::Decode { error, .. } => Some(error),
        }
    }
}
