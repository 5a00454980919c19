//! Every fault there is, with its name in scripts.

use std::fmt;

use crate::links::LinkForm;
use crate::shapes::ErrorShape;

/// One thing that is wrong with an answer.
///
/// `Display` writes it as [fault scripts](crate::FaultScript) do; the names below are those of scripts. Faults that
/// change the true answer leave refusals alone, and leave alone what the answer does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// `503`, `429(retry-after=2)`, ...: an error in place of the answer.
    Error(ErrorAnswer),
    /// `expired-token`: 401 with code 400 in place of the answer.
    ExpiredToken,
    /// `revoke-token`: the same, and the token of the request stays refused from then on.
    RevokeToken,
    /// `aadsts(50076)`: a refusal of the sign-in host, by its number. Needs a path to fall on sign-in requests.
    Aadsts(u32),
    /// `aadsts(90033,status=400)`: the same with another status than it usually has. What it means is in its words.
    AadstsWithStatus {
        /// Its number.
        number: u32,
        /// 200 to 599.
        status: u16,
    },
    /// `html`: a page with status 200 in place of the answer.
    Html,
    /// `204`: no content.
    NoContent,
    /// `empty-body`: status 200 and nothing in it.
    EmptyBody,
    /// `redirect`, `redirect(to=URL)`: 302 to another host; unless named, [`elsewhere`](crate::Emulator::elsewhere).
    Redirect {
        /// Where to.
        to: Option<String>,
    },

    /// `reset`: the connection is reset before any answer.
    Reset,
    /// `reset-body`, `reset-body(after=100)`: the connection is reset after so many bytes of the body; unless said, half.
    ResetBody {
        /// After how many bytes.
        after: Option<usize>,
    },
    /// `wrong-length`: `Content-Length` is larger than the body, and the connection ends.
    WrongLength,
    /// `truncated`: half of the body, with the right `Content-Length`.
    Truncated,
    /// `slow-start(ms=200)`: the answer begins late, in real time.
    SlowStart {
        /// How many milliseconds late.
        ms: u64,
    },
    /// `drip(bytes=16,ms=1)`: the body comes in pieces with pauses between them.
    Drip {
        /// The size of a piece.
        bytes: usize,
        /// The length of a pause in milliseconds.
        ms: u64,
    },
    /// `stall(after=10,ms=60000)`: the body stops after so many bytes and goes on after a pause.
    Stall {
        /// After how many bytes.
        after: usize,
        /// The length of the pause in milliseconds.
        ms: u64,
    },
    /// `endless(mib=1024)`: rows without end, or until that much has been sent.
    Endless {
        /// How much is sent at most, in mebibytes.
        mib: u32,
    },
    /// `gzip-bomb(mib=256)`: a body of some kilobytes that unpacks to this much.
    GzipBomb {
        /// The unpacked size in mebibytes.
        mib: u32,
    },
    /// `big-header(kib=512)`: a response header of this size.
    BigHeader {
        /// The size in kibibytes.
        kib: u32,
    },

    /// `foreign-link`, `foreign-link(to=URL)`: the next page is said to be on another host.
    ForeignLink {
        /// Its origin, such as `https://partner.example`; unless named, [`elsewhere`](crate::Emulator::elsewhere).
        to: Option<String>,
    },
    /// `repeated-link`: a page after the first names itself as the next one.
    RepeatedLink,
    /// `empty-page`: the page has no rows, but says where the next one is.
    EmptyPage,
    /// `links(rooted)`, ...: the address of the next page in another [form](LinkForm).
    Links(LinkForm),
    /// `body-token`: the customer list's next page is told by `continuationToken` in the body instead of a link.
    BodyToken,

    /// `no-rows`: an empty list and no next page, with status 200, as the classic deployment endpoint is reported to
    /// answer.
    NoRows,
    /// `no-row-array`: the member that holds the rows is missing.
    NoRowArray,
    /// `bad-row`: the first row is a text instead of an object.
    BadRow,
    /// `pascal-keys`: the members of the envelope begin with a capital: `TotalCount`, `Items`.
    PascalKeys,
    /// `camel-keys`: the members of the envelope begin with a small letter: `value`, `totalCount`, `nextLink`.
    CamelKeys,
    /// `unknown-fields`: members nobody has heard of, in the envelope and in every row.
    UnknownFields,
    /// `unknown-texts`: a channel, service, workload and relationship nobody has heard of.
    UnknownTexts,
    /// `null`, `null(channel,serviceName)`: these members of every row are null; unless named, all texts are.
    Null(Vec<String>),
    /// `absent`, `absent(channel)`: these members of every row are missing; unless named, all texts are.
    Absent(Vec<String>),
    /// `string-counts`: `"licensesSold":"5"`.
    StringCounts,
    /// `float-counts`: `"licensesSold":5.0`.
    FloatCounts,
    /// `dates(zoneless)`, ...: `processedDateTime` in another [form](DateForm).
    Dates(DateForm),
    /// `other-guid-case`: GUIDs in capitals where they are usually small, and the other way round.
    OtherGuidCase,

    /// `no-mark`: no byte-order mark where there usually is one.
    NoMark,
    /// `mark`: a byte-order mark where there usually is none, errors included.
    Mark,
    /// `utf16`: UTF-16, little end first, with its mark.
    Utf16,
    /// `content-type(text/html)`: another `Content-Type`.
    ContentType(String),
    /// `own-ids`: request and correlation id are the service's own instead of those that were sent.
    OwnIds,
    /// `no-ids`: none of the `MS-*` ids.
    NoIds,
}

/// An error in place of an answer.
///
/// ```
/// use partner_center_emulator::{ErrorAnswer, ErrorShape, Fault};
///
/// let throttled = Fault::from(ErrorAnswer::new(429).retry_after_date(30));
/// let lapsed = Fault::from(ErrorAnswer::new(403).code(20002));
/// let speechless = Fault::from(ErrorAnswer::new(500).body(ErrorShape::Empty));
/// assert_eq!(throttled.to_string(), "429(retry-after-date=30)");
/// assert_eq!(lapsed.to_string(), "403(code=20002)");
/// assert_eq!(speechless.to_string(), "500(body=empty)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer {
    pub(crate) status: u16,
    pub(crate) body: Option<ErrorShape>,
    pub(crate) code: Option<u32>,
    pub(crate) retry_after: Option<RetryAfter>,
}

/// The `Retry-After` header of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryAfter {
    /// So many seconds.
    Seconds(u64),
    /// An HTTP date so many seconds ahead on the emulator's clock.
    Date(u64),
    /// None, though the status would usually have it.
    Absent,
}

impl ErrorAnswer {
    /// With the body and code that usually go with the status (400 to 599; anything else counts as 500). A 429 is the
    /// gateway's, and has `Retry-After: 1`.
    pub fn new(status: u16) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self { status, body: None, code: None, retry_after: None }
    }

    /// With a body of another service.
    #[must_use]
    pub fn body(mut self, shape: ErrorShape) -> Self {
        self.body = Some(shape);
        self
    }

    /// With this code, in bodies that have one.
    #[must_use]
    pub fn code(mut self, code: u32) -> Self {
        self.code = Some(code);
        self
    }

    /// With `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(RetryAfter::Seconds(seconds));
        self
    }

    /// With `Retry-After` as an HTTP date, so many seconds ahead on the emulator's clock.
    #[must_use]
    pub fn retry_after_date(mut self, seconds: u64) -> Self {
        self.retry_after = Some(RetryAfter::Date(seconds));
        self
    }

    /// Without `Retry-After`, though it is a 429.
    #[must_use]
    pub fn without_retry_after(mut self) -> Self {
        self.retry_after = Some(RetryAfter::Absent);
        self
    }
}

impl From<ErrorAnswer> for Fault {
    fn from(error: ErrorAnswer) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for ErrorAnswer {
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

/// Forms of a timestamp the service has been seen or heard to send.
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
    /// `0001-01-01T00:00:00`, which stands for "never".
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
    /// The faults that are a name and nothing else.
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

    /// Its name in scripts, without arguments.
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
