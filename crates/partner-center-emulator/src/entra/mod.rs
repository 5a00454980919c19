//! The state of the sign-in host: applications, issued tokens and pending sign-ins. The protocol is in `endpoint` and
//! `grants`.

mod aadsts;
mod access;
mod application;
mod assertion;
mod authorize;
mod endpoint;
mod grants;
mod refresh;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

pub(crate) use aadsts::{Aadsts, OauthError};
pub use access::TokenSpec;
pub(crate) use access::{Bearer, TokenProblem};
pub use application::Application;
pub(crate) use endpoint::{ids, respond};

use crate::clock::Clock;
use crate::lock;
use crate::rng::{Rng, digest, mix};
use authorize::AuthorizationCode;
use refresh::RefreshToken;

/// The resource of Partner Center in token requests, and the audience of its tokens.
const PARTNER_CENTER_RESOURCE: &str = "https://api.partnercenter.microsoft.com";

/// The most device codes and the most authorization codes that are kept; older ones are removed.
const MOST_CODES: usize = 1000;

/// The audiences that the API accepts: by URL, by application id, and 21Vianet's URL.
const RESOURCES: [&str; 3] = [
    PARTNER_CENTER_RESOURCE,
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
    "https://partner.partnercenterapi.microsoftonline.cn",
];

/// The sign-in host of an [`Emulator`](crate::Emulator). Issues refresh tokens, approves device codes, and makes
/// sign-ins fail as in Entra. To inject faults into single responses (a 503, a truncated body, one `AADSTS` error), use
/// a [fault script](crate::FaultScript).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use partner_center_emulator::{Emulator, Entra};
///
/// let emulator = Emulator::with_defaults().await?;
/// let refresh_token = emulator.entra().issue_refresh_token();
///
/// let response = reqwest::Client::new()
///     .post(format!("{}/{}/oauth2/v2.0/token", emulator.authority(), Entra::TENANT_ID))
///     .header("Content-Type", "application/x-www-form-urlencoded")
///     .body(format!(
///         "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={refresh_token}\
///          &scope=https%3A%2F%2Fapi.partnercenter.microsoft.com%2F.default%20offline_access",
///         Entra::CLIENT_ID,
///         Entra::CLIENT_SECRET,
///     ))
///     .send()
///     .await?;
/// assert_eq!(response.status(), 200);
/// assert_eq!(emulator.entra().token_requests().refresh_token, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Entra {
    key: u64,
    clock: Clock,
    accepted_tokens: Vec<String>,
    settings: EntraSettings,
    state: Mutex<EntraState>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct EntraSettings {
    /// If empty, the default application is registered.
    pub(crate) applications: Vec<Application>,
    pub(crate) approve_after: Option<u32>,
    pub(crate) device_interval: Option<u32>,
    pub(crate) numbers_as_strings: bool,
    pub(crate) single_use_refresh_tokens: bool,
}

/// The mutable state.
#[derive(Debug)]
struct EntraState {
    serial: u64,
    applications: Vec<Application>,
    counts: TokenRequests,
    devices: HashMap<String, Device>,
    codes: HashMap<String, AuthorizationCode>,
    /// Refresh tokens up to this serial are revoked.
    revoked_up_to: u64,
    revoked: HashSet<u64>,
    /// Serials of redeemed refresh tokens; used only if they are single-use.
    redeemed: HashSet<u64>,
    /// Sign-ins up to this serial must be repeated with multi-factor authentication.
    mfa_demanded_up_to: u64,
    issue_with_mfa: bool,
    issue_lifetime: Duration,
    issue_audience: Option<String>,
    /// Digests of revoked access tokens.
    revoked_access: HashSet<u64>,
}

#[derive(Debug)]
struct Device {
    user_code: String,
    client_id: String,
    issued: u64,
    /// The order in which codes were issued.
    serial: u64,
    polls: u32,
    status: DeviceStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeviceStatus {
    Pending,
    Approved,
    Declined,
    Expired,
}

/// The number of requests to the sign-in host by kind, including rejected ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenRequests {
    /// Grants of `refresh_token`.
    pub refresh_token: u64,
    /// Grants of `client_credentials`.
    pub client_credentials: u64,
    /// Polls with a device code.
    pub device_code: u64,
    /// Grants of `authorization_code`.
    pub authorization_code: u64,
    /// Requests for a device code.
    pub device_authorization: u64,
    /// Requests of any kind that got an OAuth error; `authorization_pending` is not counted.
    pub refused: u64,
}

impl Entra {
    /// The partner's tenant. Any other tenant in the path is treated as this one.
    pub const TENANT_ID: &'static str = "5b1ad0a7-6a8c-4d5c-9d11-1f9a5c1a7c0e";
    /// The application that is registered unless [others are given](crate::EmulatorBuilder::application).
    pub const CLIENT_ID: &'static str = "9a3c2f54-0b1d-4c77-8e2e-6d5f3a1b9c40";
    /// Its secret.
    pub const CLIENT_SECRET: &'static str = "the-emulators-client-secret";
    /// The user who signs in.
    pub const USER: &'static str = "robin@partner.onmicrosoft.com";
    /// The default lifetime of an access token.
    pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(3599);

    pub(crate) fn new(
        seed: u64,
        clock: Clock,
        accepted_tokens: Vec<String>,
        settings: EntraSettings,
    ) -> Self {
        let mut applications = settings.applications.clone();
        if applications.is_empty() {
            applications.push(Application::new(Self::CLIENT_ID).secret(Self::CLIENT_SECRET).public());
        }
        let state = EntraState {
            serial: 0,
            applications,
            counts: TokenRequests::default(),
            devices: HashMap::new(),
            codes: HashMap::new(),
            revoked_up_to: 0,
            revoked: HashSet::new(),
            redeemed: HashSet::new(),
            mfa_demanded_up_to: 0,
            issue_with_mfa: true,
            issue_lifetime: Self::DEFAULT_LIFETIME,
            issue_audience: None,
            revoked_access: HashSet::new(),
        };
        Self { key: mix(mix(seed)), clock, accepted_tokens, settings, state: Mutex::new(state) }
    }

    pub(crate) fn judge(&self, token: &str, own_origin: &str) -> Result<Bearer, TokenProblem> {
        if lock(&self.state).revoked_access.contains(&digest(self.key, token.as_bytes())) {
            return Err(TokenProblem::Expired);
        }
        access::judge(self, token, own_origin)
    }

    /// Revokes an access token. The API then responds as if it had expired: 401 with code 400.
    pub fn revoke_access_token(&self, token: &str) {
        lock(&self.state).revoked_access.insert(digest(self.key, token.as_bytes()));
    }

    /// The number of requests so far, by kind.
    pub fn token_requests(&self) -> TokenRequests {
        lock(&self.state).counts
    }

    /// Issues an access token without a token request.
    pub fn issue_access_token(&self, spec: &TokenSpec) -> String {
        let serial = lock(&self.state).next_serial();
        access::issue_access_token(self, spec, serial)
    }

    /// Issues a refresh token as after a sign-in with multi-factor authentication, to [`CLIENT_ID`](Self::CLIENT_ID)
    /// or, if applications were registered, to the first of them. Valid for 90 days of the emulator's clock.
    pub fn issue_refresh_token(&self) -> String {
        let mut state = lock(&self.state);
        let client_id = state.applications.first().map(|app| app.client_id.clone()).unwrap_or_default();
        self.sign_in(&mut state, &client_id, true).seal(self.key)
    }

    /// Issues a refresh token to any application, as after a sign-in with or without multi-factor authentication.
    pub fn issue_refresh_token_to(&self, client_id: &str, mfa: bool) -> String {
        self.sign_in(&mut lock(&self.state), client_id, mfa).seal(self.key)
    }

    fn sign_in(&self, state: &mut EntraState, client_id: &str, mfa: bool) -> RefreshToken {
        let serial = state.next_serial();
        let issued = self.clock.unix_seconds();
        RefreshToken { serial, client_id: client_id.to_owned(), issued, mfa, sign_in: serial }
    }

    /// Revokes all refresh tokens issued so far: 50173. Later sign-ins are not affected.
    pub fn revoke_refresh_tokens(&self) {
        let mut state = lock(&self.state);
        state.revoked_up_to = state.serial;
    }

    /// Revokes one refresh token, but not tokens that it was exchanged for. Returns false if it was not issued here.
    pub fn revoke_refresh_token(&self, token: &str) -> bool {
        let opened = RefreshToken::open(token, self.key);
        opened.is_some_and(|token| lock(&self.state).revoked.insert(token.serial))
    }

    /// Requires multi-factor authentication for all sign-ins so far: their refresh tokens get 50076 until the user
    /// signs in again.
    pub fn demand_mfa(&self) {
        let mut state = lock(&self.state);
        state.mfa_demanded_up_to = state.serial;
    }

    /// Gives or withdraws the consent to an application. Without consent: 65001.
    pub fn set_consent(&self, client_id: &str, given: bool) {
        lock(&self.state).change_application(client_id, |app| app.consented = given);
    }

    /// Expires the secret of an application: 7000222.
    pub fn expire_secret(&self, client_id: &str) {
        lock(&self.state).change_application(client_id, |app| app.secret_expired = true);
    }

    /// Replaces the secret of an application with one that has not expired. The old one gets 7000215.
    pub fn change_secret(&self, client_id: &str, secret: &str) {
        lock(&self.state).change_application(client_id, |app| {
            app.secret = Some(secret.to_owned());
            app.secret_expired = false;
        });
    }

    /// Sets the lifetime of access tokens issued from now on.
    pub fn issue_for(&self, lifetime: Duration) {
        lock(&self.state).issue_lifetime = lifetime;
    }

    /// Sets whether access tokens and sign-ins have the multi-factor claim from now on.
    pub fn issue_with_mfa(&self, mfa: bool) {
        lock(&self.state).issue_with_mfa = mfa;
    }

    /// Sets the audience of access tokens issued from now on, regardless of the request; `None` for the requested one.
    pub fn issue_to_audience(&self, audience: Option<&str>) {
        lock(&self.state).issue_audience = audience.map(str::to_owned);
    }

    /// The user codes of pending device sign-ins, in no particular order.
    pub fn pending_device_codes(&self) -> Vec<String> {
        let state = lock(&self.state);
        let pending = state.devices.values().filter(|device| device.status == DeviceStatus::Pending);
        pending.map(|device| device.user_code.clone()).collect()
    }

    /// Approves the device sign-in with this user code. Returns false if none is pending.
    pub fn approve_device_code(&self, user_code: &str) -> bool {
        lock(&self.state).set_device_status(user_code, DeviceStatus::Approved)
    }

    /// Declines the device sign-in with this user code: `authorization_declined`. Returns false if none is pending.
    pub fn decline_device_code(&self, user_code: &str) -> bool {
        lock(&self.state).set_device_status(user_code, DeviceStatus::Declined)
    }

    /// Expires the device sign-in with this user code: `expired_token`. Returns false if none is pending.
    pub fn expire_device_code(&self, user_code: &str) -> bool {
        lock(&self.state).set_device_status(user_code, DeviceStatus::Expired)
    }
}

/// Removes the oldest entry, if there is no room for another one. Times are no order: a clock can stand still.
fn remove_oldest<T>(entries: &mut HashMap<String, T>, most: usize, serial: impl Fn(&T) -> u64) {
    if entries.len() >= most {
        let oldest = entries.iter().min_by_key(|(_, entry)| serial(entry)).map(|(code, _)| code.clone());
        oldest.map(|code| entries.remove(&code));
    }
}

impl EntraState {
    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn application(&self, client_id: &str) -> Option<&Application> {
        self.applications.iter().find(|app| app.client_id.eq_ignore_ascii_case(client_id))
    }

    fn change_application(&mut self, client_id: &str, change: impl FnOnce(&mut Application)) {
        if let Some(app) =
            self.applications.iter_mut().find(|app| app.client_id.eq_ignore_ascii_case(client_id))
        {
            change(app);
        }
    }

    fn set_device_status(&mut self, user_code: &str, status: DeviceStatus) -> bool {
        let waiting = self
            .devices
            .values_mut()
            .find(|device| device.user_code == user_code && device.status == DeviceStatus::Pending);
        waiting.map(|device| device.status = status).is_some()
    }

    /// Generates a code that is hard to guess by accident, but reproducible.
    fn code(&mut self, key: u64, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut draw = Rng::new(key, 20, self.next_serial());
        (0..length)
            .filter_map(|_| ALPHABET.get(usize::try_from(draw.below(ALPHABET.len() as u64)).ok()?))
            .map(|letter| char::from(*letter))
            .collect()
    }
}
