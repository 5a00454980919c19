//! The grants of the token endpoint: client authentication, validation and the token response.

use serde_json::{Value, json};

use super::access::{self, TokenSpec};
use super::refresh::RefreshToken;
use super::{
    Application, DeviceStatus, Entra, EntraState, OauthError, PARTNER_CENTER_RESOURCE, aadsts, assertion,
};
use crate::lock;

/// The lifetimes of device codes and authorization codes.
pub(super) const DEVICE_CODE_SECONDS: u64 = 900;
const AUTHORIZATION_CODE_SECONDS: u64 = 600;

/// A form sent to the token endpoint.
pub(super) struct TokenRequest<'a> {
    pub(super) form: Vec<(String, String)>,
    /// Client id and secret of a Basic header.
    pub(super) basic: Option<(String, String)>,
    /// Whether it is the v1 endpoint, with `resource` instead of `scope`, and numbers as strings.
    pub(super) v1: bool,
    /// The URL of the endpoint, which is the audience of assertions.
    pub(super) endpoint: &'a str,
}

impl TokenRequest<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn require(&self, name: &str) -> Result<&str, OauthError> {
        self.get(name).filter(|value| !value.is_empty()).ok_or_else(|| OauthError::about(900144, name))
    }

    pub(super) fn client_id(&self) -> Result<&str, OauthError> {
        match &self.basic {
            Some((client_id, _)) => Ok(client_id),
            None => self.require("client_id"),
        }
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.get("scope").unwrap_or_default().split_whitespace()
    }

    /// The v1 endpoint always returns a refresh token, the v2.0 endpoint only if requested.
    fn wants_refresh_token(&self) -> bool {
        self.v1 || self.scopes().any(|scope| scope == "offline_access")
    }

    /// The audience of the token.
    fn audience(&self) -> Result<String, OauthError> {
        if self.v1 {
            return Ok(self
                .get("resource")
                .unwrap_or(PARTNER_CENTER_RESOURCE)
                .trim_end_matches('/')
                .to_owned());
        }
        audience_of(self.get("scope").unwrap_or_default())
    }
}

/// The audience that a scope asks for. Without a resource it is Microsoft Graph, as in Entra.
pub(super) fn audience_of(scope: &str) -> Result<String, OauthError> {
    let plain = ["openid", "profile", "email", "offline_access"];
    let Some(scope) = scope.split_whitespace().find(|scope| !plain.contains(scope)) else {
        return Ok("00000003-0000-0000-c000-000000000000".to_owned());
    };
    match scope.rsplit_once('/') {
        Some((resource, ".default" | "user_impersonation")) => Ok(resource.trim_end_matches('/').to_owned()),
        _ => Err(OauthError::about(70011, scope)),
    }
}

impl Entra {
    pub(super) fn grant(&self, request: &TokenRequest<'_>) -> Result<Value, OauthError> {
        let grant = request.require("grant_type")?;
        let mut state = lock(&self.state);
        let counter = match grant {
            "refresh_token" => &mut state.counts.refresh_token,
            "client_credentials" => &mut state.counts.client_credentials,
            "urn:ietf:params:oauth:grant-type:device_code" | "device_code" => &mut state.counts.device_code,
            "authorization_code" => &mut state.counts.authorization_code,
            other => return Err(OauthError::about(70003, other)),
        };
        *counter += 1;
        let client_id = request.client_id()?;
        let app = state.application(client_id).ok_or_else(|| OauthError::about(700016, client_id))?.clone();
        match grant {
            "client_credentials" => self.client_credentials(&mut state, &app, request),
            "refresh_token" => self.refresh_token(&mut state, &app, request),
            "authorization_code" => self.authorization_code(&mut state, &app, request),
            _ => self.device_code(&mut state, &app, request),
        }
    }

    /// Checks the secret or assertion. An application that allows public flows may omit both, unless `must` is set.
    fn authenticate_client(
        &self,
        app: &Application,
        request: &TokenRequest<'_>,
        must: bool,
    ) -> Result<(), OauthError> {
        if let Some(assertion) = request.get("client_assertion") {
            if request.require("client_assertion_type")? != assertion::TYPE {
                return Err(OauthError::new(50027));
            }
            return assertion::check(assertion, app, request.endpoint, self.clock.unix_seconds());
        }
        let secret = match &request.basic {
            Some((_, secret)) => Some(secret.as_str()),
            None => request.get("client_secret"),
        };
        match secret {
            None if app.public && !must => Ok(()),
            None => Err(OauthError::new(7000218)),
            Some(secret) if app.secret.as_deref() != Some(secret) => {
                Err(OauthError::about(7000215, &app.client_id))
            }
            Some(_) if app.secret_expired => Err(OauthError::about(7000222, &app.client_id)),
            Some(_) => Ok(()),
        }
    }

    fn client_credentials(
        &self,
        state: &mut EntraState,
        app: &Application,
        request: &TokenRequest<'_>,
    ) -> Result<Value, OauthError> {
        self.authenticate_client(app, request, true)?;
        if !request.v1 && !request.scopes().all(|scope| scope.ends_with("/.default")) {
            return Err(OauthError::about(1002012, request.get("scope").unwrap_or_default()));
        }
        let spec = state.spec(false, app, request.audience()?);
        Ok(self.token_response(state, &spec, request, None))
    }

    fn refresh_token(
        &self,
        state: &mut EntraState,
        app: &Application,
        request: &TokenRequest<'_>,
    ) -> Result<Value, OauthError> {
        let given = request.require("refresh_token")?;
        self.authenticate_client(app, request, false)?;
        let token = RefreshToken::open(given, self.key).ok_or_else(|| OauthError::new(70000))?;
        if !token.client_id.eq_ignore_ascii_case(&app.client_id) {
            return Err(OauthError::new(700007));
        }
        let now = self.clock.unix_seconds();
        if token.has_expired(now) {
            return Err(OauthError::about(700082, aadsts::day(token.issued)));
        }
        if token.serial <= state.revoked_up_to || state.revoked.contains(&token.serial) {
            return Err(OauthError::new(50173));
        }
        if token.sign_in <= state.mfa_demanded_up_to {
            return Err(OauthError::new(50076));
        }
        if self.settings.single_use_refresh_tokens && !state.redeemed.insert(token.serial) {
            return Err(OauthError::new(70000));
        }
        let audience = Self::user_audience(app, request)?;
        let rotated = request.wants_refresh_token().then(|| RefreshToken {
            serial: state.next_serial(),
            issued: now,
            ..token.clone()
        });
        let mut spec = state.spec(true, app, audience);
        spec.mfa &= token.mfa;
        Ok(self.token_response(state, &spec, request, rotated))
    }

    fn device_code(
        &self,
        state: &mut EntraState,
        app: &Application,
        request: &TokenRequest<'_>,
    ) -> Result<Value, OauthError> {
        let code = request.require("device_code")?.to_owned();
        self.authenticate_client(app, request, false)?;
        let now = self.clock.unix_seconds();
        let device = state.devices.get_mut(&code).ok_or_else(|| OauthError::new(70018))?;
        if !device.client_id.eq_ignore_ascii_case(&app.client_id) {
            return Err(OauthError::new(700007));
        }
        let waited = device.polls;
        device.polls += 1;
        match device.status {
            _ if now >= device.issued + DEVICE_CODE_SECONDS => return Err(OauthError::new(70019)),
            DeviceStatus::Expired => return Err(OauthError::new(70019)),
            DeviceStatus::Declined => return Err(OauthError::new(65004)),
            DeviceStatus::Approved => {}
            DeviceStatus::Pending if self.settings.approve_after.is_some_and(|polls| waited >= polls) => {}
            DeviceStatus::Pending => return Err(OauthError::new(70016)),
        }
        let audience = Self::user_audience(app, request)?;
        state.devices.remove(&code);
        Ok(self.signed_in(state, app, audience, request))
    }

    fn authorization_code(
        &self,
        state: &mut EntraState,
        app: &Application,
        request: &TokenRequest<'_>,
    ) -> Result<Value, OauthError> {
        let (code, redirect_uri) = (request.require("code")?, request.require("redirect_uri")?);
        self.authenticate_client(app, request, false)?;
        let now = self.clock.unix_seconds();
        let issued = state.codes.get_mut(code).ok_or_else(|| OauthError::new(70000))?;
        if !issued.client_id.eq_ignore_ascii_case(&app.client_id) {
            return Err(OauthError::new(700007));
        }
        if issued.redirect_uri != redirect_uri {
            return Err(OauthError::new(90013));
        }
        if now >= issued.issued + AUTHORIZATION_CODE_SECONDS {
            return Err(OauthError::new(70008));
        }
        if !issued.is_verified_by(request.get("code_verifier")) {
            return Err(OauthError::new(501481));
        }
        if std::mem::replace(&mut issued.redeemed, true) {
            return Err(OauthError::new(54005));
        }
        let nonce = issued.nonce.clone();
        let audience = Self::user_audience(app, request)?;
        let mut response = self.signed_in(state, app, audience, request);
        if let (Some(nonce), Some(members)) = (nonce, response.as_object_mut()) {
            members
                .insert("id_token".to_owned(), json!(access::issue_id_token(self, &app.client_id, &nonce)));
        }
        Ok(response)
    }

    fn user_audience(app: &Application, request: &TokenRequest<'_>) -> Result<String, OauthError> {
        if !app.consented {
            return Err(OauthError::about(65001, &app.client_id));
        }
        request.audience()
    }

    fn signed_in(
        &self,
        state: &mut EntraState,
        app: &Application,
        audience: String,
        request: &TokenRequest<'_>,
    ) -> Value {
        let mfa = state.issue_with_mfa;
        let token = self.sign_in(state, &app.client_id, mfa);
        let spec = state.spec(true, app, audience);
        self.token_response(state, &spec, request, request.wants_refresh_token().then_some(token))
    }

    fn token_response(
        &self,
        state: &mut EntraState,
        spec: &TokenSpec,
        request: &TokenRequest<'_>,
        refresh: Option<RefreshToken>,
    ) -> Value {
        let now = self.clock.unix_seconds();
        let seconds = spec.lifetime.as_secs();
        let as_text = request.v1 || self.settings.numbers_as_strings;
        let number = |value: u64| if as_text { json!(value.to_string()) } else { json!(value) };
        let mut response = json!({
            "token_type": "Bearer",
            "expires_in": number(seconds),
            "ext_expires_in": number(seconds),
            "access_token": access::issue_access_token(self, spec, state.next_serial()),
        });
        let Some(members) = response.as_object_mut() else { return response };
        let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
        if request.v1 {
            add("expires_on", number(now + seconds));
            add("not_before", number(now));
            add("resource", json!(spec.audience));
        }
        if spec.user {
            let scope = if request.v1 { String::new() } else { format!("{}/", spec.audience) };
            add("scope", json!(format!("{scope}user_impersonation")));
        }
        if let Some(refresh) = refresh {
            add("refresh_token", json!(refresh.seal(self.key)));
        }
        response
    }
}

impl EntraState {
    /// The token to issue, with the lifetime, audience and claims that the test has set.
    fn spec(&self, user: bool, app: &Application, audience: String) -> TokenSpec {
        TokenSpec {
            user,
            mfa: user && self.issue_with_mfa,
            lifetime: self.issue_lifetime,
            audience: self.issue_audience.clone().unwrap_or(audience),
            client_id: app.client_id.clone(),
        }
    }
}
