//! All faults, with their names in scripts.

use std::fmt;

use crate::error_shape::ErrorShape;
use crate::links::LinkForm;

/// A fault that is injected into a response.
///
/// `Display` writes it in the syntax of [fault scripts](crate::FaultScript), which is also used below. Faults that
/// change the regular response do not change error responses, and have no effect on members that the response does not
/// have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `503`, `429(retry-after=2)`, ...: an error instead of the response.
    Error(ErrorResponse),
    /// `expired-token`: 401 with code 400 instead of the response.
    ExpiredToken,
    /// `revoke-token`: the same, and the token of the request is rejected from then on.
    RevokeToken,
    /// `aadsts(50076)`: an error of the sign-in host, by AADSTS number. The rule needs a path that matches sign-in
    /// requests.
    Aadsts(u32),
    /// `aadsts(90033,status=400)`: the same with another HTTP status. The body is unchanged.
    AadstsWithStatus {
        /// The AADSTS number.
        number: u32,
        /// The HTTP status, 200 to 599.
        status: u16,
    },
    /// `html`: an HTML page with status 200 instead of the response.
    Html,
    /// `204`: status 204 without content.
    NoContent,
    /// `empty-body`: status 200 with an empty body.
    EmptyBody,
    /// `redirect`, `redirect(to=URL)`: 302 to another host; default [`foreign_host`](crate::Emulator::foreign_host).
    Redirect {
        /// The target's origin.
        to: Option<String>,
    },

    /// `reset`: the connection is reset before the response.
    Reset,
    /// `reset-body`, `reset-body(after=100)`: the connection is reset after this part of the body; default half of it.
    ResetBody {
        /// The number of bytes sent before.
        after: Option<usize>,
    },
    /// `wrong-length`: `Content-Length` is larger than the body, after which the connection is closed.
    WrongLength,
    /// `truncated`: half of the body, with a matching `Content-Length`.
    Truncated,
    /// `slow-start(ms=200)`: the response is delayed, in real time.
    SlowStart {
        /// The delay in milliseconds.
        ms: u64,
    },
    /// `drip(bytes=16,ms=1)`: the body is sent in pieces with pauses between them.
    Drip {
        /// The size of a piece in bytes.
        bytes: usize,
        /// The length of a pause in milliseconds.
        ms: u64,
    },
    /// `stall(after=10,ms=60000)`: the body pauses after this number of bytes and then continues.
    Stall {
        /// The number of bytes sent before the pause.
        after: usize,
        /// The length of the pause in milliseconds.
        ms: u64,
    },
    /// `endless(mib=1024)`: a very long list of rows that is cut off after this size.
    Endless {
        /// The size in mebibytes.
        mib: u32,
    },
    /// `gzip-bomb(mib=256)`: a small gzip body that decompresses to this size.
    GzipBomb {
        /// The decompressed size in mebibytes.
        mib: u32,
    },
    /// `big-header(kib=512)`: a response header of this size.
    BigHeader {
        /// The size in kibibytes.
        kib: u32,
    },

    /// `foreign-link`, `foreign-link(to=URL)`: the next link points to another host.
    ForeignLink {
        /// Its origin, such as `https://partner.example`; default [`foreign_host`](crate::Emulator::foreign_host).
        to: Option<String>,
    },
    /// `repeated-link`: on pages after the first, the next link points to the page itself.
    RepeatedLink,
    /// `empty-page`: the page has no rows, but keeps its next link.
    EmptyPage,
    /// `links(rooted)`, ...: the next link in another [form](LinkForm).
    Links(LinkForm),
    /// `body-token`: the customer list has `continuationToken` in the body instead of a next link.
    BodyToken,

    /// `no-rows`: an empty list without a next link, with status 200, as reported for the classic deployment endpoint.
    NoRows,
    /// `no-row-array`: the member that holds the rows is missing.
    NoRowArray,
    /// `bad-row`: the first row is a text instead of an object.
    BadRow,
    /// `pascal-keys`: the members of the envelope begin with a capital letter: `TotalCount`, `Items`.
    PascalKeys,
    /// `camel-keys`: the members of the envelope begin with a lowercase letter: `value`, `totalCount`, `nextLink`.
    CamelKeys,
    /// `unknown-fields`: undocumented members in the envelope and in every row.
    UnknownFields,
    /// `unknown-texts`: an undocumented channel, service, workload and relationship.
    UnknownTexts,
    /// `null`, `null(channel,serviceName)`: these members of every row are null; default all text members.
    Null(Vec<String>),
    /// `absent`, `absent(channel)`: these members of every row are missing; default all text members.
    Absent(Vec<String>),
    /// `string-counts`: `"licensesSold":"5"`.
    StringCounts,
    /// `float-counts`: `"licensesSold":5.0`.
    FloatCounts,
    /// `dates(zoneless)`, ...: `processedDateTime` in another [form](DateForm).
    Dates(DateForm),
    /// `other-guid-case`: GUIDs in upper case where they are usually in lower case, and vice versa.
    OtherGuidCase,

    /// `no-mark`: no byte-order mark where there is usually one.
    NoMark,
    /// `mark`: a byte-order mark where there is usually none, including errors.
    Mark,
    /// `utf16`: UTF-16 little-endian with a byte-order mark.
    Utf16,
    /// `content-type(text/html)`: another `Content-Type`.
    ContentType(String),
    /// `own-ids`: request and correlation id are generated instead of those of the request.
    OwnIds,
    /// `no-ids`: no `MS-*` id headers.
    NoIds,
}

/// An error response for [`Fault::Error`].
///
/// ```
/// use partner_center_emulator::{ErrorResponse, ErrorShape, Fault};
///
/// let throttled = Fault::from(ErrorResponse::new(429).retry_after_date(30));
/// let without_relationship = Fault::from(ErrorResponse::new(403).code(20002));
/// let without_body = Fault::from(ErrorResponse::new(500).body(ErrorShape::Empty));
/// assert_eq!(throttled.to_string(), "429(retry-after-date=30)");
/// assert_eq!(without_relationship.to_string(), "403(code=20002)");
/// assert_eq!(without_body.to_string(), "500(body=empty)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorResponse {
    pub(crate) status: u16,
    pub(crate) body: Option<ErrorShape>,
    pub(crate) code: Option<u32>,
    pub(crate) retry_after: Option<RetryAfter>,
}

/// The `Retry-After` header of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// An HTTP date this many seconds after the time of the emulator's clock.
    Date(u64),
    /// No header, although the status usually has one.
    Absent,
}

impl ErrorResponse {
    /// An error with the usual body and code of the status (400 to 599; anything else counts as 500). A 429 has the
    /// body of the gateway and `Retry-After: 1`.
    pub fn new(status: u16) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self { status, body: None, code: None, retry_after: None }
    }

    /// Sets the form of the body.
    #[must_use]
    pub fn body(mut self, shape: ErrorShape) -> Self {
        self.body = Some(shape);
        self
    }

    /// Sets the code, for bodies that have one.
    #[must_use]
    pub fn code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// Sets `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(RetryAfter::Seconds(seconds));
        self
    }

    /// Sets `Retry-After` as an HTTP date, this many seconds after the time of the emulator's clock.
    #[must_use]
    pub fn retry_after_date(mut self, seconds: u64) -> Self {
        self.retry_after = Some(RetryAfter::Date(seconds));
        self
    }

    /// Omits `Retry-After`, which a 429 has by default.
    #[must_use]
    pub fn without_retry_after(mut self) -> Self {
        self.retry_after = Some(RetryAfter::Absent);
        self
    }
}

impl From<ErrorResponse> for Fault {
    fn from(error: ErrorResponse) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = self.body.map(|shape| format!("body={shape}"));
        let code = self.code.map(|code| format!("code={code}"));
        let wait = self.retry_after.map(|wait| match wait {
            RetryAfter::Seconds(seconds) => format!("retry-after={seconds}"),
            RetryAfter::Date(seconds) => format!("retry-after-date={seconds}"),
            RetryAfter::Absent => "retry-after=none".to_owned(),
        });
        let arguments: Vec<String> = [wait, body, code].into_iter().flatten().collect();
        write!(f, "{}", self.status)?;
        if arguments.is_empty() { Ok(()) } else { write!(f, "({})", arguments.join(",")) }
    }
}

/// Forms of timestamps that the service has been seen or reported to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DateForm {
    /// `2026-08-30T03:25:16.36`.
    Zoneless,
    /// `2026-08-30T03:25:16.36Z`.
    Utc,
    /// `2026-08-30T05:25:16.36+02:00`.
    Offset,
    /// `2026-08-30T03:25:16.3600000Z`.
    SevenDigits,
    /// `2026-08-30`.
    Day,
    /// `0001-01-01T00:00:00`, which means "never".
    Never,
}

impl DateForm {
    pub(super) const ALL: [Self; 6] =
        [Self::Zoneless, Self::Utc, Self::Offset, Self::SevenDigits, Self::Day, Self::Never];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zoneless => "zoneless",
            Self::Utc => "utc",
            Self::Offset => "offset",
            Self::SevenDigits => "seven-digits",
            Self::Day => "day",
            Self::Never => "never",
        }
    }
}

impl Fault {
    /// The faults without arguments.
    pub(super) const PLAIN: &[Self] = &[
        Self::ExpiredToken,
        Self::RevokeToken,
        Self::Html,
        Self::NoContent,
        Self::EmptyBody,
        Self::Reset,
        Self::WrongLength,
        Self::Truncated,
        Self::RepeatedLink,
        Self::EmptyPage,
        Self::BodyToken,
        Self::NoRows,
        Self::NoRowArray,
        Self::BadRow,
        Self::PascalKeys,
        Self::CamelKeys,
        Self::UnknownFields,
        Self::UnknownTexts,
        Self::StringCounts,
        Self::FloatCounts,
        Self::OtherGuidCase,
        Self::NoMark,
        Self::Mark,
        Self::Utf16,
        Self::OwnIds,
        Self::NoIds,
    ];

    /// The name in scripts, without arguments.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Error(_) => "STATUS",
            Self::ExpiredToken => "expired-token",
            Self::RevokeToken => "revoke-token",
            Self::Aadsts(_) | Self::AadstsWithStatus { .. } => "aadsts",
            Self::Html => "html",
            Self::NoContent => "204",
            Self::EmptyBody => "empty-body",
            Self::Redirect { .. } => "redirect",
            Self::Reset => "reset",
            Self::ResetBody { .. } => "reset-body",
            Self::WrongLength => "wrong-length",
            Self::Truncated => "truncated",
            Self::SlowStart { .. } => "slow-start",
            Self::Drip { .. } => "drip",
            Self::Stall { .. } => "stall",
            Self::Endless { .. } => "endless",
            Self::GzipBomb { .. } => "gzip-bomb",
            Self::BigHeader { .. } => "big-header",
            Self::ForeignLink { .. } => "foreign-link",
            Self::RepeatedLink => "repeated-link",
            Self::EmptyPage => "empty-page",
            Self::Links(_) => "links",
            Self::BodyToken => "body-token",
            Self::NoRows => "no-rows",
            Self::NoRowArray => "no-row-array",
            Self::BadRow => "bad-row",
            Self::PascalKeys => "pascal-keys",
            Self::CamelKeys => "camel-keys",
            Self::UnknownFields => "unknown-fields",
            Self::UnknownTexts => "unknown-texts",
            Self::Null(_) => "null",
            Self::Absent(_) => "absent",
            Self::StringCounts => "string-counts",
            Self::FloatCounts => "float-counts",
            Self::Dates(_) => "dates",
            Self::OtherGuidCase => "other-guid-case",
            Self::NoMark => "no-mark",
            Self::Mark => "mark",
            Self::Utf16 => "utf16",
            Self::ContentType(_) => "content-type",
            Self::OwnIds => "own-ids",
            Self::NoIds => "no-ids",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Aadsts(number) => write!(f, "{name}({number})"),
            Self::AadstsWithStatus { number, status } => write!(f, "{name}({number},status={status})"),
            Self::Redirect { to: Some(to) } | Self::ForeignLink { to: Some(to) } => {
                write!(f, "{name}(to={to})")
            }
            Self::ResetBody { after: Some(after) } => write!(f, "{name}(after={after})"),
            Self::SlowStart { ms } => write!(f, "{name}(ms={ms})"),
            Self::Drip { bytes, ms } => write!(f, "{name}(bytes={bytes},ms={ms})"),
            Self::Stall { after, ms } => write!(f, "{name}(after={after},ms={ms})"),
            Self::Endless { mib } | Self::GzipBomb { mib } => write!(f, "{name}(mib={mib})"),
            Self::BigHeader { kib } => write!(f, "{name}(kib={kib})"),
            Self::Links(form) => write!(f, "{name}({})", form.name()),
            Self::Null(members) | Self::Absent(members) if !members.is_empty() => {
                write!(f, "{name}({})", members.join(","))
            }
            Self::Dates(form) => write!(f, "{name}({})", form.name()),
            Self::ContentType(value) => write!(f, "{name}({value})"),
            _ => f.write_str(name),
        }
    }
}
