//! The sign-in host: who is known, what was issued, and what tests make go wrong. The protocol is in `endpoint` and
//! `grants`.

mod aadsts;
mod access;
mod application;
mod assertion;
mod endpoint;
mod grants;
mod refresh;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

pub(crate) use aadsts::{Aadsts, Refusal};
pub use access::TokenSpec;
pub(crate) use access::{Bearer, TokenProblem};
pub use application::Application;
pub(crate) use endpoint::{answer, ids};

use crate::clock::Clock;
use crate::draw::{Draw, digest, mix};
use crate::lock;
use refresh::RefreshToken;

/// What Partner Center tokens are asked for and issued to.
const PARTNER_CENTER_RESOURCE: &str = "https://api.partnercenter.microsoft.com";

/// Every audience the API takes: by address, by application id, and 21Vianet's.
const RESOURCES: [&str; 3] = [
    PARTNER_CENTER_RESOURCE,
    "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd",
    "https://partner.partnercenterapi.microsoftonline.cn",
];

/// The sign-in host of an [`Emulator`](crate::Emulator): seeds refresh tokens, approves device codes, and makes
/// sign-ins fail as they fail in life. Single bad answers (a 503, a cut body, one `AADSTS` error) are
/// [faults](crate::FaultScript).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use partner_center_emulator::{Emulator, Entra};
///
/// let emulator = Emulator::with_defaults().await?;
/// let refresh_token = emulator.entra().issue_refresh_token();
///
/// let answer = reqwest::Client::new()
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
/// assert_eq!(answer.status(), 200);
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
    desk: Mutex<Desk>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct EntraSettings {
    /// The default application, if none is named.
    pub(crate) applications: Vec<Application>,
    pub(crate) approve_after: Option<u32>,
    pub(crate) device_interval: Option<u32>,
    pub(crate) numbers_as_strings: bool,
    pub(crate) single_use_refresh_tokens: bool,
}

/// What changes as people sign in.
#[derive(Debug)]
struct Desk {
    serial: u64,
    applications: Vec<Application>,
    counts: TokenRequests,
    devices: HashMap<String, Device>,
    codes: HashMap<String, AuthorizationCode>,
    /// Refresh tokens up to this serial are revoked.
    revoked_up_to: u64,
    revoked: HashSet<u64>,
    /// Redeemed ones, kept only if they may be redeemed once.
    redeemed: HashSet<u64>,
    /// Sign-ins up to this serial must be repeated with multi-factor authentication.
    mfa_demanded_up_to: u64,
    issue_with_mfa: bool,
    issue_lifetime: Duration,
    issue_audience: Option<String>,
    /// Digests of access tokens that are no longer taken.
    revoked_access: HashSet<u64>,
}

#[derive(Debug)]
struct Device {
    user_code: String,
    client_id: String,
    issued: u64,
    polls: u32,
    answer: DeviceAnswer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeviceAnswer {
    Pending,
    Approved,
    Declined,
    Expired,
}

#[derive(Debug)]
struct AuthorizationCode {
    client_id: String,
    redirect_uri: String,
    issued: u64,
    redeemed: bool,
}

/// How many requests the sign-in host has had, by kind, refused ones included.
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
    /// Requests of any kind that were refused by the protocol; a pending device code is not counted.
    pub refused: u64,
}

impl Entra {
    /// The partner's tenant. Every other tenant's name leads to the same place.
    pub const TENANT_ID: &'static str = "5b1ad0a7-6a8c-4d5c-9d11-1f9a5c1a7c0e";
    /// The application known unless [others are named](crate::EmulatorBuilder::application).
    pub const CLIENT_ID: &'static str = "9a3c2f54-0b1d-4c77-8e2e-6d5f3a1b9c40";
    /// Its secret.
    pub const CLIENT_SECRET: &'static str = "the-emulators-client-secret";
    /// The user who signs in.
    pub const USER: &'static str = "robin@partner.onmicrosoft.com";
    /// How long an access token is good for unless told otherwise.
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
        let desk = Desk {
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
        Self { key: mix(mix(seed)), clock, accepted_tokens, settings, desk: Mutex::new(desk) }
    }

    pub(crate) fn judge(&self, token: &str, own_origin: &str) -> Result<Bearer, TokenProblem> {
        if lock(&self.desk).revoked_access.contains(&digest(self.key, token.as_bytes())) {
            return Err(TokenProblem::Expired);
        }
        access::judge(self, token, own_origin)
    }

    /// Refuses an access token from now on, as if it had expired: 401 with code 400.
    pub fn revoke_access_token(&self, token: &str) {
        lock(&self.desk).revoked_access.insert(digest(self.key, token.as_bytes()));
    }

    /// How many token requests there have been.
    pub fn token_requests(&self) -> TokenRequests {
        lock(&self.desk).counts
    }

    /// An access token, without anybody asking for it.
    pub fn mint(&self, spec: &TokenSpec) -> String {
        let serial = lock(&self.desk).next_serial();
        access::mint(self, spec, serial)
    }

    /// A refresh token as a consent with multi-factor authentication gives, issued to [`CLIENT_ID`](Self::CLIENT_ID) or,
    /// if applications were named, to the first of them. Good for 90 days of the emulator's clock.
    pub fn issue_refresh_token(&self) -> String {
        let mut desk = lock(&self.desk);
        let client_id = desk.applications.first().map(|app| app.client_id.clone()).unwrap_or_default();
        self.sign_in(&mut desk, &client_id, true).seal(self.key)
    }

    /// The same for any application, with or without multi-factor authentication.
    pub fn issue_refresh_token_to(&self, client_id: &str, mfa: bool) -> String {
        self.sign_in(&mut lock(&self.desk), client_id, mfa).seal(self.key)
    }

    fn sign_in(&self, desk: &mut Desk, client_id: &str, mfa: bool) -> RefreshToken {
        let serial = desk.next_serial();
        let issued = self.clock.unix_seconds();
        RefreshToken { serial, client_id: client_id.to_owned(), issued, mfa, sign_in: serial }
    }

    /// Revokes every refresh token issued so far: 50173, "revoked". Later sign-ins are not touched.
    pub fn revoke_refresh_tokens(&self) {
        let mut desk = lock(&self.desk);
        desk.revoked_up_to = desk.serial;
    }

    /// Revokes one refresh token; not its descendants. False if it was not issued here.
    pub fn revoke_refresh_token(&self, token: &str) -> bool {
        let opened = RefreshToken::open(token, self.key);
        opened.is_some_and(|token| lock(&self.desk).revoked.insert(token.serial))
    }

    /// Demands multi-factor authentication of everybody who signed in so far: 50076 on every grant of theirs until they
    /// sign in anew.
    pub fn demand_mfa(&self) {
        let mut desk = lock(&self.desk);
        desk.mfa_demanded_up_to = desk.serial;
    }

    /// Takes the consent to an application back, or gives it again: without it, 65001.
    pub fn set_consent(&self, client_id: &str, given: bool) {
        lock(&self.desk).change_application(client_id, |app| app.consented = given);
    }

    /// Lets an application's secret expire: 7000222.
    pub fn expire_secret(&self, client_id: &str) {
        lock(&self.desk).change_application(client_id, |app| app.secret_expired = true);
    }

    /// Gives an application a new secret, which is not expired: the old one is then wrong, 7000215.
    pub fn change_secret(&self, client_id: &str, secret: &str) {
        lock(&self.desk).change_application(client_id, |app| {
            app.secret = Some(secret.to_owned());
            app.secret_expired = false;
        });
    }

    /// How long access tokens issued from now on are good for.
    pub fn issue_for(&self, lifetime: Duration) {
        lock(&self.desk).issue_lifetime = lifetime;
    }

    /// Whether access tokens and sign-ins from now on bear the multi-factor claim.
    pub fn issue_with_mfa(&self, mfa: bool) {
        lock(&self.desk).issue_with_mfa = mfa;
    }

    /// The audience of access tokens issued from now on, whatever was asked for; `None`: what was asked for.
    pub fn issue_to_audience(&self, audience: Option<&str>) {
        lock(&self.desk).issue_audience = audience.map(str::to_owned);
    }

    /// The user codes of device sign-ins nobody has answered yet, in no particular order.
    pub fn pending_device_codes(&self) -> Vec<String> {
        let desk = lock(&self.desk);
        let pending = desk.devices.values().filter(|device| device.answer == DeviceAnswer::Pending);
        pending.map(|device| device.user_code.clone()).collect()
    }

    /// Approves the device sign-in with this user code. False if there is none waiting.
    pub fn approve_device_code(&self, user_code: &str) -> bool {
        lock(&self.desk).answer_device(user_code, DeviceAnswer::Approved)
    }

    /// Declines the device sign-in with this user code: `authorization_declined`. False if there is none waiting.
    pub fn decline_device_code(&self, user_code: &str) -> bool {
        lock(&self.desk).answer_device(user_code, DeviceAnswer::Declined)
    }

    /// Lets the device sign-in with this user code expire: `expired_token`. False if there is none waiting.
    pub fn expire_device_code(&self, user_code: &str) -> bool {
        lock(&self.desk).answer_device(user_code, DeviceAnswer::Expired)
    }
}

impl Desk {
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

    fn answer_device(&mut self, user_code: &str, answer: DeviceAnswer) -> bool {
        let waiting = self
            .devices
            .values_mut()
            .find(|device| device.user_code == user_code && device.answer == DeviceAnswer::Pending);
        waiting.map(|device| device.answer = answer).is_some()
    }

    /// A text nobody guesses by accident, reproducible all the same.
    fn code(&mut self, key: u64, length: usize) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
        let mut draw = Draw::new(key, 20, self.next_serial());
        (0..length)
            .filter_map(|_| ALPHABET.get(usize::try_from(draw.below(ALPHABET.len() as u64)).ok()?))
            .map(|letter| char::from(*letter))
            .collect()
    }
}
