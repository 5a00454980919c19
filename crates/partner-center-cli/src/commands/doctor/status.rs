//! The short report of `auth status`: who is signed in, and what is wrong with it. The checks are those of `doctor`.

use std::time::SystemTime;

use partner_center::credential::{StoredToken, TokenKind};
use partner_center::settings::CredentialPlace;
use serde::Serialize;

use super::findings::{Finding, Level, Topic};
use super::{Report, SettingLine};
use crate::output::SCHEMA_VERSION;

/// The short report. No secret is in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Status<'a> {
    schema_version: u32,
    r#type: &'static str,
    /// As in the report of `doctor`.
    analytics_would_work: Option<bool>,
    online: bool,
    /// The name of the user; `null` if the token acts for no user or does not say.
    user: Option<&'a str>,
    /// `user` (App+User) or `application`; `null` if unknown.
    access: Option<&'static str>,
    tenant_id: Option<&'a str>,
    client_id: Option<&'a str>,
    /// Where the credentials were found; `null` if nowhere.
    credentials: Option<&'a str>,
    /// Where the sign-in is stored, if it is used.
    token_store: Option<&'a str>,
    access_token_expires_at: Option<String>,
    refresh_token_obtained_at: Option<String>,
    findings: &'a [Finding],
}

impl<'a> Status<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let token = report.token.as_ref();
        let line = |name: &str| report.settings.iter().find(|line| line.name == name);
        let value =
            |name: &str| line(name).filter(|line| line.from.is_some()).map(|line| line.value.as_str());
        let credentials = report.credentials.iter().find(|source| source.used).map(|source| source.place);
        let is_sign_in = credentials == Some(CredentialPlace::SignIn.name());
        Self {
            schema_version: SCHEMA_VERSION,
            r#type: "auth-status",
            analytics_would_work: report.analytics_would_work,
            online: report.online,
            user: token.and_then(|token| token.user()),
            access: token.and_then(|token| match token.kind() {
                TokenKind::AppUser => Some("user"),
                TokenKind::AppOnly => Some("application"),
                _ => None,
            }),
            tenant_id: value("tenant id"),
            client_id: value("client id"),
            credentials,
            token_store: value("token store").filter(|_| is_sign_in),
            access_token_expires_at: token.and_then(|token| text(token.expires_at()?)),
            refresh_token_obtained_at: report.stored.as_ref().map(StoredToken::obtained_at).and_then(text),
            findings: &report.findings,
        }
    }

    /// The lines about the account, each with a name.
    pub(super) fn lines(&self, report: &Report) -> Vec<[String; 2]> {
        let line = |name: &str, value: &str| [name.to_owned(), value.to_owned()];
        let setting = |name: &str| report.settings.iter().find(|line| line.name == name);
        let user = match (self.user, self.access) {
            (Some(user), _) => user,
            (None, Some("application")) => "none: the token is application-only",
            (None, _) if report.token.is_none() && self.credentials.is_none() => "nobody is signed in",
            (None, _) if report.token.is_none() => "unknown: could not obtain an access token",
            (None, _) => "unknown: the token does not say",
        };
        let mut lines = vec![line("user", user)];
        lines.extend(["tenant id", "client id"].into_iter().filter_map(setting).map(SettingLine::pair));
        let credentials = match (self.credentials, self.token_store) {
            (Some(place), Some(store)) => format!("{place}: {store}"),
            (Some(place), None) => place.to_owned(),
            (None, _) if report.credentials.is_empty() => "the embedded emulator".to_owned(),
            (None, _) => "none".to_owned(),
        };
        lines.push(["credentials".to_owned(), credentials]);
        lines
    }

    /// The findings that say how long the sign-in lasts and for whom it acts, and all that are not fine.
    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        let always =
            |topic| matches!(topic, Topic::Access | Topic::Expiry | Topic::RefreshToken | Topic::Online);
        self.findings.iter().filter(move |finding| finding.level != Level::Ok || always(finding.topic))
    }
}

/// The time as it is written in json.
fn text(time: SystemTime) -> Option<String> {
    jiff::Timestamp::try_from(time).ok().map(|time| time.to_string())
}
