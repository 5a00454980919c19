//! The error bodies of the services behind the gateway of Partner Center. Each service has its own form.

use std::fmt;

use http::StatusCode;
use serde_json::json;

/// The form of an error body. [`ErrorShape::ALL`] lists all forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorShape {
    /// The v1 services: `{"code":2000,"description":"..","data":[],"source":".."}`.
    Fault,
    /// The newer commerce services: `{"code":..,"message":..,"description":..,"errorName":..,"isRetryable":..}`.
    Commerce,
    /// The gateway: `{"statusCode":429,"message":".."}`. Comes without the `MS-*` ids.
    Gateway,
    /// The analytics back end: `{"code":"BadRequest","innererror":{"code":"InvalidQueryParameters",..}}`.
    Analytics,
    /// Other partner services: `{"error":{"code":"..","message":".."}}`.
    ErrorObject,
    /// The analytics back end, occasionally: `{"error":"a sentence"}`.
    ErrorText,
    /// ASP.NET: `{"Message":".."}`.
    Message,
    /// The HTML page of a proxy. Comes without the `MS-*` ids.
    Html,
    /// A line of text.
    Plain,
    /// An empty body.
    Empty,
}

impl ErrorShape {
    /// All forms.
    pub const ALL: [Self; 10] = [
        Self::Fault,
        Self::Commerce,
        Self::Gateway,
        Self::Analytics,
        Self::ErrorObject,
        Self::ErrorText,
        Self::Message,
        Self::Html,
        Self::Plain,
        Self::Empty,
    ];

    /// The name in fault scripts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Commerce => "commerce",
            Self::Gateway => "gateway",
            Self::Analytics => "analytics",
            Self::ErrorObject => "error-object",
            Self::ErrorText => "error-text",
            Self::Message => "message",
            Self::Html => "html",
            Self::Plain => "plain",
            Self::Empty => "empty",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// Whether it comes from the gateway or a proxy, which do not send the `MS-*` ids.
    pub(crate) fn is_from_a_gateway(self) -> bool {
        matches!(self, Self::Gateway | Self::Html)
    }

    pub(crate) fn content_type(self) -> Option<&'static str> {
        match self {
            Self::Gateway => Some("application/json"),
            Self::Html => Some("text/html"),
            Self::Plain => Some("text/plain; charset=utf-8"),
            Self::Empty => None,
            _ => Some("application/json; charset=utf-8"),
        }
    }

    /// The body. `code` is a number; forms in which the code is a name derive it from the status.
    pub(crate) fn body(self, status: StatusCode, code: u32, message: &str) -> Vec<u8> {
        let name = code_name(status);
        let value = match self {
            Self::Fault => {
                // Formatted by hand to keep the members in the documented order.
                let message = json!(message);
                let body = format!(
                    r#"{{"code":{code},"description":{message},"data":[],"source":"PartnerApiServiceControllers"}}"#
                );
                return body.into_bytes();
            }
            Self::Commerce => json!({
                "code": code, "message": message, "description": message, "errorName": name,
                "isRetryable": status.is_server_error(), "parameters": {},
                "errorMessageExtended": format!("InternalErrorCode={code}"),
            }),
            Self::Gateway => {
                return format!(r#"{{"statusCode":{},"message":{}}}"#, status.as_u16(), json!(message))
                    .into_bytes();
            }
            Self::Analytics => json!({
                "code": name, "data": [], "details": [], "message": message, "source": "AnalyticsAPI",
                "innererror": {
                    "code": if status == StatusCode::BAD_REQUEST { "InvalidQueryParameters" } else { name },
                    "data": [message], "details": [], "message": message, "source": "AnalyticsAPI",
                },
            }),
            Self::ErrorObject => json!({"error": {"code": name, "message": message}}),
            Self::ErrorText => json!({"error": message}),
            Self::Message => json!({"Message": message}),
            Self::Html => return page(status),
            Self::Plain => return message.as_bytes().to_vec(),
            Self::Empty => return Vec::new(),
        };
        value.to_string().into_bytes()
    }
}

impl fmt::Display for ErrorShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error page of a load balancer.
pub(crate) fn page(status: StatusCode) -> Vec<u8> {
    let line = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or("Error"));
    format!(
        "<html>\r\n<head><title>{line}</title></head>\r\n<body>\r\n<center><h1>{line}</h1></center>\r\n\
         <hr><center>Microsoft-Azure-Application-Gateway/v2</center>\r\n</body>\r\n</html>\r\n"
    )
    .into_bytes()
}

fn code_name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        408 => "RequestTimeout",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => "InternalServerError",
    }
}
