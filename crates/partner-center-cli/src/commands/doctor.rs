//! `doctor`: shows the settings with their sources, the credentials and their token, and whether license analytics
//! would accept it: yes, no or unknown. Requests a token from the sign-in host; sends a request to Partner Center only
//! with `--online`.

use std::time::SystemTime;

use partner_center::PartnerCenter;
use partner_center::credential::{Certificate, Credential, StaticToken, StoredToken, TokenClaims};
use partner_center::settings::{
    CredentialPlace, EarlierDirectory, ProfileStore, Registration, Setting, Settings, without_user,
};
use partner_center_emulator::Entra;
use serde::Serialize;

use crate::args::Global;
use crate::connect::{self, DemoEmulator};
use crate::console::Console;
use crate::exit::Exit;
use crate::output::{Format, SCHEMA_VERSION, write_json};
use crate::problem::{Problem, Stop, hints};
use crate::{credentials, settings};
use findings::{Expected, Finding, Level, Topic};
use status::Status;

pub(super) mod findings;
mod online;
mod status;
mod text;

/// The whole report.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema_version: u32,
    r#type: &'static str,
    /// Whether license analytics would work; `null` if unknown.
    analytics_would_work: Option<bool>,
    /// Whether a request was sent to Partner Center.
    online: bool,
    settings: Vec<SettingLine>,
    /// Where credentials are looked for, in order.
    credentials: Vec<CredentialSource>,
    findings: Vec<Finding>,
    /// The access token, for the short report.
    #[serde(skip)]
    token: Option<TokenClaims>,
    /// The sign-in, for the short report.
    #[serde(skip)]
    stored: Option<StoredToken>,
}

/// One setting. For a secret, only whether it is set.
#[derive(Serialize)]
struct SettingLine {
    name: &'static str,
    value: String,
    from: Option<String>,
}

impl SettingLine {
    fn new(name: &'static str, value: impl Into<String>, from: &impl ToString) -> Self {
        Self { name, value: value.into(), from: Some(from.to_string()) }
    }

    fn nothing(name: &'static str, value: &str) -> Self {
        Self { name, value: value.to_owned(), from: None }
    }

    /// The name, and the value with its source.
    fn pair(&self) -> [String; 2] {
        let from = self.from.as_ref().map_or_else(String::new, |from| format!(" ({from})"));
        [self.name.to_owned(), format!("{}{from}", self.value)]
    }
}

/// One place where credentials may be.
#[derive(Serialize)]
struct CredentialSource {
    place: &'static str,
    state: String,
    used: bool,
}

/// Whether license analytics would work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes,
    No,
    Unknown,
}

impl Verdict {
    fn exit(self) -> Exit {
        match self {
            Self::Yes => Exit::Done,
            Self::No => Exit::Credentials,
            Self::Unknown => Exit::Unknown,
        }
    }

    fn as_bool(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Unknown => None,
        }
    }
}

/// The result of the checks.
struct Examined {
    findings: Vec<Finding>,
    verdict: Verdict,
    exit: Exit,
    /// The access token, if one was obtained.
    token: Option<TokenClaims>,
}

pub(crate) async fn run(
    global: &Global,
    online: bool,
    format: Format,
    console: Console,
) -> Result<Exit, Stop> {
    let (report, exit) = report("doctor", global, online, format, console).await?;
    if format == Format::Table {
        text::print(&report)?;
    } else {
        write_json(&report)?;
    }
    Ok(exit)
}

/// The short report.
pub(crate) async fn status(
    global: &Global,
    online: bool,
    format: Format,
    console: Console,
) -> Result<Exit, Stop> {
    let (report, exit) = report("auth status", global, online, format, console).await?;
    let status = Status::of(&report);
    if format == Format::Table {
        text::print_status(&report, &status)?;
    } else {
        write_json(&status)?;
    }
    Ok(exit)
}

async fn report(
    command: &str,
    global: &Global,
    online: bool,
    format: Format,
    console: Console,
) -> Result<(Report, Exit), Stop> {
    if matches!(format, Format::Csv | Format::Parquet | Format::Xlsx) {
        return Err(Problem::new(Exit::Usage, format!("{command} cannot write csv, parquet or xlsx"))
            .advice("Use --format table or json.")
            .into());
    }
    if global.emulator { embedded(global, online, console).await } else { examine(global, online).await }
}

async fn examine(global: &Global, online: bool) -> Result<(Report, Exit), Stop> {
    let settings = settings::read(global)?;
    let store = settings.token_store().await;
    let found = credentials::find(&settings).await;
    let used = found.as_ref().ok().map(|found| found.place);
    let registration = found.as_ref().ok().and_then(|found| found.registration.as_ref());
    let said = said(&settings, registration, store.as_ref().ok().and_then(Option::as_ref));
    let credentials = looked(&settings, used, &store);
    let mut examined = match &found {
        Ok(found) => {
            let expected = match (&found.registration, &settings.tenant_id) {
                (Some(registration), _) => Expected::of(&registration.app),
                (None, Some(tenant)) => Expected::new(settings.cloud.value).with_tenant(&tenant.value),
                (None, None) => Expected::new(settings.cloud.value),
            };
            let service = online.then_some(Service::OfSettings(&settings));
            inspect(&*found.credential, &expected, found.stored.as_ref(), global, service).await?
        }
        Err(problem) => Examined {
            findings: vec![Finding::of_problem(problem)],
            verdict: Verdict::No,
            exit: problem.exit(),
            token: None,
        },
    };
    let certificate = registration.and_then(|registration| registration.app.certificate());
    if let Some(ends) = certificate.and_then(Certificate::ends) {
        examined.findings.push(findings::of_certificate(ends, SystemTime::now()));
    }
    examined.findings.extend(settings.earlier_directory.as_ref().map(Finding::of_directory));
    let (mut report, exit) = Report::new(said, credentials, online, examined);
    report.stored = found.ok().and_then(|found| found.stored);
    Ok((report, exit))
}

/// Examines the embedded emulator, independent of the settings.
async fn embedded(global: &Global, online: bool, console: Console) -> Result<(Report, Exit), Stop> {
    let DemoEmulator { emulator, app, credential } = DemoEmulator::start(console).await?;
    let from = &"--emulator";
    let said = vec![
        SettingLine::new("base URL", emulator.base_url(), from),
        SettingLine::new("sign-in host", emulator.authority(), from),
        SettingLine::new("tenant id", Entra::TENANT_ID, from),
        SettingLine::new("client id", Entra::CLIENT_ID, from),
    ];
    let service = online.then(|| Service::At(emulator.base_url()));
    let examined = inspect(&credential, &Expected::of(&app), None, global, service).await?;
    Ok(Report::new(said, Vec::new(), online, examined))
}

impl Report {
    fn new(
        settings: Vec<SettingLine>,
        credentials: Vec<CredentialSource>,
        online: bool,
        examined: Examined,
    ) -> (Self, Exit) {
        let Examined { findings, verdict, exit, token } = examined;
        let report = Self {
            schema_version: SCHEMA_VERSION,
            r#type: "doctor",
            analytics_would_work: verdict.as_bool(),
            online,
            settings,
            credentials,
            findings,
            token,
            stored: None,
        };
        (report, exit)
    }
}

/// The service for the `--online` request.
enum Service<'a> {
    OfSettings(&'a Settings),
    /// With this base URL.
    At(&'a str),
}

/// Gets a token and checks it, then sends a request to the service if one is given. Its response decides the verdict.
async fn inspect(
    credential: &dyn Credential,
    expected: &Expected,
    stored: Option<&StoredToken>,
    global: &Global,
    service: Option<Service<'_>>,
) -> Result<Examined, Stop> {
    let token = credential.token().await;
    // The age of the stored token was recorded by this machine's clock.
    let of_store = stored.map(|stored| {
        let mut finding = findings::of_stored_token(stored, SystemTime::now());
        if token.is_ok() {
            // It was redeemed just now.
            finding.level = finding.level.min(Level::Warning);
        }
        finding
    });
    let mut found: Vec<_> = of_store.into_iter().collect();
    let token = match token {
        Ok(token) => token,
        Err(error) => {
            if let Some(offset) = credential.clock_offset().filter(|offset| offset.is_off()) {
                found.push(findings::of_offset(offset));
            }
            found.push(Finding::of_error(&error));
            let exit = Exit::of(&error);
            let verdict = if exit == Exit::Credentials { Verdict::No } else { Verdict::Unknown };
            return Ok(Examined { findings: found, verdict, exit, token: None });
        }
    };
    let inspected = TokenClaims::inspect(token.expose());
    let of_token = findings::of_new_token(&inspected, expected, SystemTime::now(), credential.clock_offset());
    let mut verdict = verdict(&of_token);
    let without_end = !inspected.is_opaque() && inspected.expires_at().is_none();
    found.extend(of_token);
    if without_end {
        found.push(Finding::without_end());
    }
    let mut exit = verdict.exit();
    if let Some(service) = service {
        let builder = match service {
            Service::OfSettings(settings) => settings.configure(PartnerCenter::builder())?,
            Service::At(base_url) => PartnerCenter::builder().base_url(base_url),
        };
        // A static token, so that a rejected one is not refreshed and retried.
        let builder = builder.credential(StaticToken::new(token.expose())?);
        let finding;
        (finding, verdict, exit) = online::check(&connect::once(global, builder)?).await;
        found.push(finding);
    }
    Ok(Examined { findings: found, verdict, exit, token: Some(inspected) })
}

/// The verdict from the findings about a token: no if there is a problem, unknown if a required claim is missing.
fn verdict(found: &[Finding]) -> Verdict {
    let decides = |topic| {
        matches!(topic, Topic::Format | Topic::Access | Topic::Audience | Topic::Mfa | Topic::Consent)
    };
    if found.iter().any(|finding| finding.level == Level::Problem) {
        return Verdict::No;
    }
    let is_open = found.iter().any(|finding| finding.level != Level::Ok && decides(finding.topic));
    let lasts = found.iter().any(|finding| finding.topic == Topic::Expiry);
    if is_open || !lasts { Verdict::Unknown } else { Verdict::Yes }
}

fn said(
    settings: &Settings,
    registration: Option<&Registration>,
    store: Option<&ProfileStore>,
) -> Vec<SettingLine> {
    let cloud = settings.cloud.value;
    let or_clouds = |setting: &Option<Setting<String>>, default: &str| match setting {
        Some(setting) => (setting.value.clone(), setting.source.to_string()),
        None => (default.to_owned(), "default".to_owned()),
    };
    let mut lines = Vec::new();
    if let Some(directory) = &settings.directory {
        lines.push(SettingLine::new(
            "configuration",
            directory.value.display().to_string(),
            &directory.source,
        ));
    }
    match &settings.profile {
        Some(profile) => lines.push(SettingLine::new("profile", &profile.value, &profile.source)),
        None => lines.push(SettingLine::nothing("profile", "none")),
    }
    lines.push(SettingLine::new("cloud", cloud.name(), &settings.cloud.source));
    let (value, from) = or_clouds(&settings.base_url, cloud.base_url());
    lines.push(SettingLine::new("base URL", value, &from));
    let (value, from) = or_clouds(&settings.authority, cloud.authority());
    lines.push(SettingLine::new("sign-in host", value, &from));
    match &settings.proxy {
        Some(proxy) => lines.push(SettingLine::new("proxy", without_user(&proxy.value), &proxy.source)),
        None => lines.push(SettingLine::nothing("proxy", "none")),
    }
    if let Some(hosts) = settings.no_proxy.as_ref().filter(|_| settings.proxy.is_some()) {
        lines.push(SettingLine::new("no proxy for", &hosts.value, &hosts.source));
    }
    for (name, of_registration, of_settings) in [
        ("tenant id", registration.map(|app| &app.tenant_id), settings.tenant_id.as_ref()),
        ("client id", registration.map(|app| &app.client_id), settings.client_id.as_ref()),
    ] {
        match of_registration.or(of_settings) {
            Some(setting) => lines.push(SettingLine::new(name, &setting.value, &setting.source)),
            None => lines.push(SettingLine::nothing(name, "not set")),
        }
    }
    match &settings.client_secret {
        Some(secret) => lines.push(SettingLine::new("client secret", "set, not shown", &secret.source)),
        None => lines.push(SettingLine::nothing("client secret", "not set")),
    }
    for (name, file) in [
        ("certificate", &settings.client_certificate_path),
        ("federated token", &settings.federated_token_file),
    ] {
        lines.extend(
            file.iter().map(|file| SettingLine::new(name, file.value.display().to_string(), &file.source)),
        );
    }
    if let Some(store) = store {
        lines.push(SettingLine::new("token store", &store.place, &settings.store.source));
    }
    lines
}

fn looked(
    settings: &Settings,
    used: Option<CredentialPlace>,
    store: &partner_center::Result<Option<ProfileStore>>,
) -> Vec<CredentialSource> {
    let set = |is_set: bool| if is_set { "set, not shown" } else { "not set" };
    let line = |place: CredentialPlace| {
        let used = used == Some(place);
        let state = match place {
            CredentialPlace::AccessToken => set(settings.access_token.is_some()),
            CredentialPlace::RefreshToken => set(settings.refresh_token.is_some()),
            CredentialPlace::SignIn => match (used, store) {
                (true, _) => "signed in",
                (_, Err(_)) => "invalid",
                (_, Ok(None)) => "no directory for it",
                (_, Ok(Some(_))) if settings.access_token.is_some() || settings.refresh_token.is_some() => {
                    "not checked"
                }
                _ => "empty",
            },
            CredentialPlace::ClientCertificate => set(settings.client_certificate_path.is_some()),
            CredentialPlace::FederatedToken => set(settings.federated_token_file.is_some()),
            // The client secret.
            _ => set(settings.client_secret.is_some()),
        };
        CredentialSource { place: place.name(), state: state.to_owned(), used }
    };
    CredentialPlace::ORDER.iter().copied().map(line).collect()
}

impl Finding {
    /// No token could be obtained.
    fn of_error(error: &partner_center::Error) -> Self {
        Self::new(Level::Problem, Topic::Token, sentence(error.message()))
            .code_of(error)
            .fix(hints::advice_in_doctor(error))
    }

    /// Earlier versions kept the files elsewhere.
    fn of_directory(found: &EarlierDirectory) -> Self {
        let (sentence, fix) = settings::about_earlier_directory(found);
        Self::new(Level::Warning, Topic::Directory, sentence).fix(fix)
    }

    /// A readable token without an expiry time.
    fn without_end() -> Self {
        Self::new(Level::Warning, Topic::Expiry, "The access token does not say when it expires.")
    }

    /// There are no credentials, or they are invalid.
    fn of_problem(problem: &Problem) -> Self {
        Self::new(Level::Problem, Topic::Credentials, sentence(problem.what())).fix(problem.advice_text())
    }
}

/// Turns `not found` into `Not found.`
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).chain(['.']).collect()
}
