//! Checks a token for license analytics: problems, the error codes they would cause, and how to fix them.

use std::fmt;
use std::time::{Duration, SystemTime};

use partner_center::Cloud;
use partner_center::clock::{ClockOffset, in_words};
use partner_center::credential::{AppRegistration, StoredToken, TokenClaims, TokenKind};
use partner_center::models::Guid;
use serde::Serialize;

#[cfg(test)]
mod tests;

/// The application id of Partner Center in every tenant; newer tokens name it as their audience.
const PARTNER_CENTER_APP: &str = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd";
/// A smaller skew may be the time the token took to arrive.
const NOTICED_SKEW: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Level {
    /// No problem.
    Ok,
    /// Calls may fail, now or soon, or the outcome is unknown.
    Warning,
    /// License analytics would fail.
    Problem,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Topic {
    /// Whether credentials were found.
    Credentials,
    /// Whether a token could be obtained.
    Token,
    /// Whether the token can be read.
    Format,
    /// App-only or App+User.
    Access,
    /// The service the token is for.
    Audience,
    /// Multi-factor authentication.
    Mfa,
    /// Consent to the application's access.
    Consent,
    /// The tenant that issued the token.
    Tenant,
    /// The application the token was issued to.
    Application,
    /// When the token expires.
    Expiry,
    /// When the certificate of the application ends.
    Certificate,
    /// Whether this machine's clock is right.
    Clock,
    /// The age of the refresh token.
    RefreshToken,
    /// The response of Partner Center to a request.
    Online,
    /// Where settings and sign-ins are.
    Directory,
}

/// One result of a check.
///
/// Contains no secrets and no names of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) level: Level,
    pub(super) topic: Topic,
    /// What was found and why it matters, in a sentence.
    pub(super) sentence: String,
    /// The error code of Partner Center (`900329`) or Entra (`AADSTS700082`) that it causes or would cause.
    pub(super) code: Option<String>,
    /// How to fix it, in a sentence; empty if there is nothing to fix.
    pub(super) fix: String,
}

impl Finding {
    pub(super) fn new(level: Level, topic: Topic, sentence: impl Into<String>) -> Self {
        Self { level, topic, sentence: sentence.into(), code: None, fix: String::new() }
    }

    fn code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// Sets the code of an error, if it has one.
    pub(super) fn code_of(mut self, error: &partner_center::Error) -> Self {
        self.code = error.code().map(str::to_owned);
        self
    }

    pub(super) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }
}

impl fmt::Display for Finding {
    /// The sentence, the code and the fix on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        if let Some(code) = &self.code {
            write!(f, " (code {code})")?;
        }
        if self.fix.is_empty() { Ok(()) } else { write!(f, " {}", self.fix) }
    }
}

/// What a token is checked against.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    resource: String,
    tenant: Option<String>,
    client_id: Option<String>,
}

impl Expected {
    /// Expects a token for this cloud's Partner Center, from any tenant and application.
    pub(super) fn new(cloud: Cloud) -> Self {
        Self { resource: cloud.resource().to_owned(), tenant: None, client_id: None }
    }

    /// Expects a token that matches this app registration.
    pub(crate) fn of(app: &AppRegistration) -> Self {
        Self {
            resource: app.resource().to_owned(),
            tenant: Some(app.tenant().to_owned()),
            client_id: Some(app.client_id().to_owned()),
        }
    }

    /// Sets the expected tenant. A domain cannot be compared with a token and is ignored.
    pub(super) fn with_tenant(mut self, tenant: &str) -> Self {
        self.tenant = Some(tenant.to_owned());
        self
    }
}

/// When the certificate of the application ends. A new one must be uploaded before that.
pub(super) fn of_certificate(ends: SystemTime, now: SystemTime) -> Finding {
    const FIX: &str = "Create a new certificate, upload it to the app registration, and replace the file with it and \
                       its key.";
    let day = jiff::Timestamp::try_from(ends)
        .map_or_else(|_| "an unknown day".to_owned(), |end| end.strftime("%Y-%m-%d").to_string());
    match ends.duration_since(now) {
        Err(_) => {
            let sentence = format!("The certificate of the application ended on {day}.");
            Finding::new(Level::Problem, Topic::Certificate, sentence).fix(FIX)
        }
        Ok(left) if left < 30 * DAY => {
            let sentence =
                format!("The certificate of the application ends on {day}, in {}.", in_words(left));
            Finding::new(Level::Warning, Topic::Certificate, sentence).fix(FIX)
        }
        Ok(_) => {
            let sentence = format!("The certificate of the application is valid until {day}.");
            Finding::new(Level::Ok, Topic::Certificate, sentence)
        }
    }
}

/// Checks a token that was just issued, with the offset of this machine's clock from the service's, if known.
///
/// The token is checked by the service's time. A wrong clock on this machine is reported separately and does not affect
/// the other findings.
pub(crate) fn of_new_token(
    token: &TokenClaims,
    expected: &Expected,
    local: SystemTime,
    offset: Option<ClockOffset>,
) -> Vec<Finding> {
    let Some(offset) = offset else { return of_token(token, expected, local) };
    let now =
        if offset.is_plausible() { offset.service_time(local) } else { token.issued_at().unwrap_or(local) };
    let mut findings = of_token(token, expected, now);
    findings.retain(|finding| finding.topic != Topic::Clock);
    findings.push(of_offset(offset));
    findings
}

/// Checks a token for license analytics at this time.
///
/// A finding of [`Level::Problem`] means that license analytics would reject the token. Roles in Partner Center, such
/// as Admin Agent, are not part of a token and are not checked.
fn of_token(token: &TokenClaims, expected: &Expected, now: SystemTime) -> Vec<Finding> {
    if token.is_opaque() {
        return vec![
            Finding::new(
                Level::Warning,
                Topic::Format,
                "The access token is opaque: its claims cannot be read.",
            )
            .fix("Make a call; only the service can say whether it accepts this token."),
        ];
    }
    [
        Some(access(token)),
        Some(audience(token, expected)),
        second_factor(token),
        consent(token),
        issuer(token, expected),
        application(token, expected),
        expiry(token, now),
        clock(token, now),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn access(token: &TokenClaims) -> Finding {
    match token.kind() {
        TokenKind::AppUser => {
            let sentence = "The token acts for a user (App+User), as license analytics require.";
            Finding::new(Level::Ok, Topic::Access, sentence)
        }
        TokenKind::AppOnly => Finding::new(
            Level::Problem,
            Topic::Access,
            "The token is application-only: it can read customers, but license analytics require App+User tokens.",
        )
        .code("900329")
        .fix("Sign in as a user: `partner-center login`, or set PARTNER_CENTER_REFRESH_TOKEN."),
        _ => Finding::new(
            Level::Warning,
            Topic::Access,
            "The token does not say whether it acts for a user; license analytics require App+User tokens.",
        )
        .code("900329"),
    }
}

fn audience(token: &TokenClaims, expected: &Expected) -> Finding {
    let resource = expected.resource.trim_end_matches('/');
    let is_ours = |audience: &String| {
        audience.trim_end_matches('/').eq_ignore_ascii_case(resource)
            || audience.eq_ignore_ascii_case(PARTNER_CENTER_APP)
    };
    let Some(first) = token.audiences().first() else {
        return Finding::new(
            Level::Warning,
            Topic::Audience,
            "The token does not say which service it is for.",
        )
        .code("900420");
    };
    if token.audiences().iter().any(is_ours) {
        return Finding::new(
            Level::Ok,
            Topic::Audience,
            format!("The token is for Partner Center ({first})."),
        );
    }
    let retired = if first.contains("graph.windows.net") { ", not accepted since August 2025" } else { "" };
    Finding::new(
        Level::Problem,
        Topic::Audience,
        format!("The token is for another service ({first}{retired})."),
    )
    .code("900420")
    .fix(format!("Request a token for {resource}; check the cloud (PARTNER_CENTER_CLOUD)."))
}

fn second_factor(token: &TokenClaims) -> Option<Finding> {
    if token.kind() == TokenKind::AppOnly {
        return None;
    }
    let again =
        "Sign in again with multi-factor authentication, and use the new token: `partner-center login`.";
    Some(match (token.mfa(), token.version()) {
        (Some(true), _) => {
            Finding::new(Level::Ok, Topic::Mfa, "The user signed in with multi-factor authentication.")
        }
        // Version 2 tokens leave the claim out unless the resource asks for it.
        (None, Some("2.0")) => Finding::new(
            Level::Warning,
            Topic::Mfa,
            "The token does not say whether multi-factor authentication was done.",
        )
        .code("900421")
        .fix(again),
        _ => Finding::new(
            Level::Problem,
            Topic::Mfa,
            "The token has no multi-factor authentication claim, which Partner Center requires for App+User.",
        )
        .code("900421")
        .fix(again),
    })
}

fn consent(token: &TokenClaims) -> Option<Finding> {
    if token.kind() != TokenKind::AppUser {
        return None;
    }
    let consented = token.scopes().iter().any(|scope| scope.eq_ignore_ascii_case("user_impersonation"));
    Some(if consented {
        Finding::new(
            Level::Ok,
            Topic::Consent,
            "The token carries consent for Partner Center (user_impersonation).",
        )
    } else {
        Finding::new(
            Level::Warning,
            Topic::Consent,
            "The token does not carry the permission user_impersonation.",
        )
        .code("1002")
        .fix(
            "Add Microsoft Partner Center, user_impersonation, to the app registration's API permissions, have a \
             Global Administrator grant consent, and sign in again: `partner-center login`.",
        )
    })
}

fn issuer(token: &TokenClaims, expected: &Expected) -> Option<Finding> {
    let (actual, wanted) = (token.tenant()?, expected.tenant.as_deref()?);
    // A domain names a tenant too, but only Entra can resolve it.
    Guid::from(wanted).as_uuid()?;
    Some(if actual.eq_ignore_ascii_case(wanted) {
        Finding::new(
            Level::Ok,
            Topic::Tenant,
            format!("The token was issued by the partner tenant ({actual})."),
        )
    } else {
        Finding::new(
            Level::Problem,
            Topic::Tenant,
            format!("The token was issued by another tenant ({actual})."),
        )
        .code("400")
        .fix("Check PARTNER_CENTER_TENANT_ID, and sign in as a user of the partner tenant.")
    })
}

fn application(token: &TokenClaims, expected: &Expected) -> Option<Finding> {
    let (actual, wanted) = (token.app()?, expected.client_id.as_deref()?);
    Some(if actual.eq_ignore_ascii_case(wanted) {
        Finding::new(
            Level::Ok,
            Topic::Application,
            format!("The token was issued to this application ({actual})."),
        )
    } else {
        Finding::new(
            Level::Warning,
            Topic::Application,
            format!("The token was issued to another application ({actual})."),
        )
        .code("AADSTS700007")
        .fix("Check PARTNER_CENTER_CLIENT_ID: a refresh token works only for the application it was issued to.")
    })
}

fn expiry(token: &TokenClaims, now: SystemTime) -> Option<Finding> {
    let end = token.expires_at()?;
    Some(match end.duration_since(now) {
        Err(ended) => Finding::new(
            Level::Problem,
            Topic::Expiry,
            format!("The access token expired {} ago.", in_words(ended.duration())),
        )
        .code("400")
        .fix("Get a new one: `partner-center login`; access tokens are valid for about an hour."),
        Ok(left) if left < SOON => Finding::new(
            Level::Warning,
            Topic::Expiry,
            format!("The access token expires in {}.", in_words(left)),
        )
        .fix("Use a refresh token for anything that runs longer: `partner-center login`."),
        Ok(left) => Finding::new(
            Level::Ok,
            Topic::Expiry,
            format!("The access token is valid for {}.", in_words(left)),
        ),
    })
}

const SET_CLOCK: &str =
    "Correct the clock or turn on time synchronization: otherwise certificates and assertions are rejected.";

fn clock(token: &TokenClaims, now: SystemTime) -> Option<Finding> {
    token.issued_at()?;
    let skew = token.clock_skew(now);
    if skew <= NOTICED_SKEW {
        return Some(Finding::new(Level::Ok, Topic::Clock, "This machine's clock agrees with the token."));
    }
    // The service accepts the token anyway, but not assertions that this machine signs.
    Some(
        Finding::new(
            Level::Warning,
            Topic::Clock,
            format!("This machine's clock is at least {} slow.", in_words(skew)),
        )
        .code("AADSTS700024")
        .fix(SET_CLOCK),
    )
}

/// What the offset means for license analytics. Tokens are not affected: their lifetime is counted from the time of the
/// request.
pub(super) fn of_offset(offset: ClockOffset) -> Finding {
    if !offset.is_off() {
        return Finding::new(Level::Ok, Topic::Clock, "This machine's clock agrees with the service's.");
    }
    if !offset.is_plausible() {
        let sentence = format!(
            "This machine's clock is {offset} according to the service's response, which is not plausible."
        );
        return Finding::new(Level::Warning, Topic::Clock, sentence)
            .fix("Check this machine's date; if it is right, a proxy or the service sends a wrong one.");
    }
    let sentence = format!("This machine's clock is {offset} according to the service's response.");
    Finding::new(Level::Warning, Topic::Clock, sentence).code("AADSTS700024").fix(SET_CLOCK)
}

/// Checks the age of the refresh token, which expires after 90 days without use.
pub(super) fn of_stored_token(stored: &StoredToken, now: SystemTime) -> Finding {
    let age = now.duration_since(stored.obtained_at()).unwrap_or_default();
    let sentence =
        format!("The refresh token was issued {} ago and expires after 90 days without use.", in_words(age));
    if age >= 90 * DAY {
        Finding::new(Level::Problem, Topic::RefreshToken, sentence)
            .code("AADSTS700082")
            .fix("Sign in again: `partner-center login`.")
    } else if age >= 60 * DAY {
        Finding::new(Level::Warning, Topic::RefreshToken, sentence)
            .code("AADSTS700082")
            .fix("Run the job more often than every 90 days; each run renews the token.")
    } else {
        Finding::new(Level::Ok, Topic::RefreshToken, sentence)
    }
}
