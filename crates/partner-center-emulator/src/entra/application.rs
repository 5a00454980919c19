//! Application registrations.

use std::fmt;

/// An application registered in the partner's tenant.
///
/// ```
/// use partner_center_emulator::Application;
///
/// let unattended = Application::new("0f9d8a51-6f7a-4f0e-a6ba-0b5f1c2d3e4f").secret("s3cret");
/// let with_certificate = Application::new("1f9d8a51-6f7a-4f0e-a6ba-0b5f1c2d3e4f");
/// let federated = Application::new("2f9d8a51-6f7a-4f0e-a6ba-0b5f1c2d3e4f").federated("repo:contoso/reports");
/// ```
#[derive(Clone)]
pub struct Application {
    pub(super) client_id: String,
    pub(super) secret: Option<String>,
    pub(super) secret_expired: bool,
    pub(super) public: bool,
    pub(super) consented: bool,
    pub(super) federated_subject: Option<String>,
}

impl Application {
    /// A confidential application with consent and without a secret, which authenticates with client assertions.
    pub fn new(client_id: impl Into<String>) -> Self {
        Self {
            client_id: client_id.into(),
            secret: None,
            secret_expired: false,
            public: false,
            consented: true,
            federated_subject: None,
        }
    }

    /// Sets the client secret.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Allows public client flows: device codes, and authorization codes and refresh tokens without a secret.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.public = true;
        self
    }

    /// Starts without consent: every grant with a user fails with 65001.
    #[must_use]
    pub fn without_consent(mut self) -> Self {
        self.consented = false;
        self
    }

    /// Accepts assertions of another issuer for this subject (workload identity federation).
    #[must_use]
    pub fn federated(mut self, subject: impl Into<String>) -> Self {
        self.federated_subject = Some(subject.into());
        self
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("client_id", &self.client_id)
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}
