//! Checks a token for license analytics: problems, the error codes they would cause, and how to fix them.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{TokenClaims, TokenKind};
use crate::clock::{ClockOffset, in_words};
use crate::cloud::Cloud;
use crate::credential::{AppRegistration, StoredToken};

/// The application id of Partner Center in every tenant; newer tokens name it as their audience.
const PARTNER_CENTER_APP: &str = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd";
/// A smaller skew may be the time the token took to arrive.
const NOTICED_SKEW: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// No problem.
    Ok,
    /// Calls may fail, now or soon, or the outcome is unknown.
    Warn,
    /// License analytics would fail.
    Problem,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Topic {
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
    /// Whether this machine's clock is right.
    Clock,
    /// The age of the refresh token.
    RefreshToken,
}

/// One result of a check.
///
/// Contains no secrets and no names of people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its severity.
    pub level: Level,
    /// Its subject.
    pub topic: Topic,
    /// What was found and why it matters, in a sentence.
    pub sentence: String,
    /// The error code of Partner Center (`900329`) or Entra (`AADSTS700082`) that it would cause.
    pub code: Option<&'static str>,
    /// How to fix it, in a sentence; empty if there is nothing to fix.
    pub fix: String,
}

impl Finding {
    fn new(level: Level, topic: Topic, sentence: impl Into<String>) -> Self {
        Self { level, topic, sentence: sentence.into(), code: None, fix: String::new() }
    }

    fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }
}

impl fmt::Display for Finding {
    /// The sentence, the code and the fix on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        if self.fix.is_empty() { Ok(()) } else { write!(f, " {}", self.fix) }
    }
}

/// What a token is checked against.
#[derive(Clone, Debug)]
pub struct Expected {
    resource: String,
    tenant: Option<String>,
    client_id: Option<String>,
}

impl Expected {
    /// Expects a token for this cloud's Partner Center, from any tenant and application.
    #[must_use]
    pub fn new(cloud: Cloud) -> Self {
        Self { resource: cloud.resource().to_owned(), tenant: None, client_id: None }
    }

    /// Expects a token that matches this app registration.
    #[must_use]
    pub fn of(app: &AppRegistration) -> Self {
        Self {
            resource: app.resource().to_owned(),
            tenant: Some(app.tenant().to_owned()),
            client_id: Some(app.client_id().to_owned()),
        }
    }

    /// Sets the expected audience.
    #[must_use]
    pub fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.resource = resource.into();
        self
    }

    /// Sets the expected tenant. A domain cannot be compared with a token and is ignored.
    #[must_use]
    pub fn with_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// Sets the expected application.
    #[must_use]
    pub fn with_client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }
}

impl TokenClaims {
    /// Checks this token for license analytics at this time.
    ///
    /// A finding of [`Level::Problem`] means that license analytics would reject the token. Roles in Partner Center,
    /// such as Admin Agent, are not part of a token and are not checked.
    #[must_use]
    pub fn findings(&self, expected: &Expected, now: SystemTime) -> Vec<Finding> {
        if self.is_opaque() {
            return vec![
                Finding::new(
                    Level::Warn,
                    Topic::Format,
                    "The access token is opaque: its claims cannot be read.",
                )
                .fix("Make a call; only the service can say whether it accepts this token."),
            ];
        }
        [
            Some(self.access()),
            Some(self.audience(expected)),
            self.second_factor(),
            self.consent(),
            self.issuer(expected),
            self.application(expected),
            self.expiry(now),
            self.clock(now),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// Like [`findings`](Self::findings), for a token that was just issued, with the offset of this machine's clock
    /// from the service's ([`Credential::clock_offset`](crate::credential::Credential::clock_offset)).
    ///
    /// The token is checked by the service's time. A wrong clock on this machine is reported separately and does not
    /// affect the other findings.
    #[must_use]
    pub fn findings_by_service_time(
        &self,
        expected: &Expected,
        local: SystemTime,
        offset: Option<ClockOffset>,
    ) -> Vec<Finding> {
        let Some(offset) = offset else { return self.findings(expected, local) };
        let now = if offset.is_plausible() {
            offset.service_time(local)
        } else {
            self.issued_at().unwrap_or(local)
        };
        let mut findings = self.findings(expected, now);
        findings.retain(|finding| finding.topic != Topic::Clock);
        findings.push(offset.finding());
        findings
    }

    fn access(&self) -> Finding {
        match self.kind() {
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
            TokenKind::Unknown => Finding::new(
                Level::Warn,
                Topic::Access,
                "The token does not say whether it acts for a user; license analytics require App+User tokens.",
            )
            .code("900329"),
        }
    }

    fn audience(&self, expected: &Expected) -> Finding {
        let resource = expected.resource.trim_end_matches('/');
        let is_ours = |audience: &String| {
            audience.trim_end_matches('/').eq_ignore_ascii_case(resource)
                || audience.eq_ignore_ascii_case(PARTNER_CENTER_APP)
        };
        let Some(first) = self.audiences().first() else {
            return Finding::new(
                Level::Warn,
                Topic::Audience,
                "The token does not say which service it is for.",
            )
            .code("900420");
        };
        if self.audiences().iter().any(is_ours) {
            return Finding::new(
                Level::Ok,
                Topic::Audience,
                format!("The token is for Partner Center ({first})."),
            );
        }
        let retired =
            if first.contains("graph.windows.net") { ", not accepted since August 2025" } else { "" };
        Finding::new(
            Level::Problem,
            Topic::Audience,
            format!("The token is for another service ({first}{retired})."),
        )
        .code("900420")
        .fix(format!("Request a token for {resource}; check the cloud (PARTNER_CENTER_CLOUD)."))
    }

    fn second_factor(&self) -> Option<Finding> {
        if self.kind() == TokenKind::AppOnly {
            return None;
        }
        let again =
            "Sign in again with multi-factor authentication, and use the new token: `partner-center login`.";
        Some(match (self.mfa(), self.version()) {
            (Some(true), _) => {
                Finding::new(Level::Ok, Topic::Mfa, "The user signed in with multi-factor authentication.")
            }
            // Version 2 tokens leave the claim out unless the resource asks for it.
            (None, Some("2.0")) => {
                Finding::new(Level::Warn, Topic::Mfa, "The token does not say whether multi-factor authentication was done.")
                    .code("900421")
                    .fix(again)
            }
            _ => Finding::new(
                Level::Problem,
                Topic::Mfa,
                "The token has no multi-factor authentication claim, which Partner Center requires for App+User.",
            )
            .code("900421")
            .fix(again),
        })
    }

    fn consent(&self) -> Option<Finding> {
        if self.kind() != TokenKind::AppUser {
            return None;
        }
        let consented = self.scopes().iter().any(|scope| scope.eq_ignore_ascii_case("user_impersonation"));
        Some(if consented {
            Finding::new(
                Level::Ok,
                Topic::Consent,
                "The token carries consent for Partner Center (user_impersonation).",
            )
        } else {
            Finding::new(Level::Warn, Topic::Consent, "The token does not carry the permission user_impersonation.")
                .code("1002")
                .fix(
                    "Add Microsoft Partner Center, user_impersonation, to the app registration's API permissions, have \
                     a Global Administrator grant consent, and sign in again: `partner-center login`.",
                )
        })
    }

    fn issuer(&self, expected: &Expected) -> Option<Finding> {
        let (actual, wanted) = (self.tenant()?, expected.tenant.as_deref()?);
        // A domain names a tenant too, but only Entra can resolve it.
        wanted.parse::<uuid::Uuid>().ok()?;
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

    fn application(&self, expected: &Expected) -> Option<Finding> {
        let (actual, wanted) = (self.app()?, expected.client_id.as_deref()?);
        Some(if actual.eq_ignore_ascii_case(wanted) {
            Finding::new(
                Level::Ok,
                Topic::Application,
                format!("The token was issued to this application ({actual})."),
            )
        } else {
            Finding::new(
                Level::Warn,
                Topic::Application,
                format!("The token was issued to another application ({actual})."),
            )
            .code("AADSTS700007")
            .fix("Check PARTNER_CENTER_CLIENT_ID: a refresh token works only for the application it was issued to.")
        })
    }

    fn expiry(&self, now: SystemTime) -> Option<Finding> {
        let end = self.expires_at()?;
        Some(match end.duration_since(now) {
            Err(ended) => Finding::new(
                Level::Problem,
                Topic::Expiry,
                format!("The access token expired {} ago.", in_words(ended.duration())),
            )
            .code("400")
            .fix("Get a new one: `partner-center login`; access tokens are valid for about an hour."),
            Ok(left) if left < SOON => Finding::new(
                Level::Warn,
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

    fn clock(&self, now: SystemTime) -> Option<Finding> {
        self.issued_at()?;
        let skew = self.clock_skew(now);
        if skew <= NOTICED_SKEW {
            return Some(Finding::new(
                Level::Ok,
                Topic::Clock,
                "This machine's clock agrees with the token.",
            ));
        }
        // The service accepts the token anyway, but not assertions that this machine signs.
        Some(
            Finding::new(
                Level::Warn,
                Topic::Clock,
                format!("This machine's clock is at least {} slow.", in_words(skew)),
            )
            .code("AADSTS700024")
            .fix(SET_CLOCK),
        )
    }
}

const SET_CLOCK: &str =
    "Correct the clock or turn on time synchronization: otherwise certificates and assertions are rejected.";

impl ClockOffset {
    /// What the offset means for license analytics. Tokens are not affected: their lifetime is counted from the time of
    /// the request.
    #[must_use]
    pub fn finding(self) -> Finding {
        if !self.is_off() {
            return Finding::new(Level::Ok, Topic::Clock, "This machine's clock agrees with the service's.");
        }
        if !self.is_plausible() {
            let sentence = format!(
                "This machine's clock is {self} according to the service's response, which is not plausible."
            );
            return Finding::new(Level::Warn, Topic::Clock, sentence)
                .fix("Check this machine's date; if it is right, a proxy or the service sends a wrong one.");
        }
        let sentence = format!("This machine's clock is {self} according to the service's response.");
        Finding::new(Level::Warn, Topic::Clock, sentence).code("AADSTS700024").fix(SET_CLOCK)
    }
}

impl StoredToken {
    /// Checks the age of the refresh token, which expires after 90 days without use.
    #[must_use]
    pub fn finding(&self, now: SystemTime) -> Finding {
        let age = now.duration_since(self.obtained_at()).unwrap_or_default();
        let sentence = format!(
            "The refresh token was issued {} ago and expires after 90 days without use.",
            in_words(age)
        );
        let login = "Sign in again: `partner-center login`.";
        if age >= 90 * DAY {
            Finding::new(Level::Problem, Topic::RefreshToken, sentence).code("AADSTS700082").fix(login)
        } else if age >= 60 * DAY {
            Finding::new(Level::Warn, Topic::RefreshToken, sentence)
                .code("AADSTS700082")
                .fix("Run the job more often than every 90 days; each run renews the token.")
        } else {
            Finding::new(Level::Ok, Topic::RefreshToken, sentence)
        }
    }
}
