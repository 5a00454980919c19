//! Maps a sign-in error to a [`Reason`]: by Entra's number, by sub-error and by OAuth error.
//!
//! The status is ignored: the same error comes with 400, 401 or 200, and a transient one with 503 or 400. Numbers are
//! used for two groups only, which the OAuth error does not distinguish from an invalid refresh token: transient errors
//! and policies.

use super::oauth_error::Reason;

/// Ranges of numbers, from the first to the last. Microsoft's reference calls these transient, retryable, timed out or
/// throttled; or they are blocks by Conditional Access and device policies.
pub(super) const NUMBERS: &[(u32, u32, Reason)] = &[
    (50087, 50087, Reason::Unavailable), // a transient error during strong authentication
    (50196, 50196, Reason::Unavailable), // too many of the same request in a short time
    (90006, 90006, Reason::Unavailable), // ExternalServerRetryableError
    (90012, 90012, Reason::Unavailable), // RequestTimeout
    (90024, 90024, Reason::Unavailable), // RequestBudgetExceededError: a transient error
    (90033, 90033, Reason::Unavailable), // MsodsServiceUnavailable
    (90055, 90055, Reason::Unavailable), // TenantThrottlingError
    (50005, 50005, Reason::Policy),      // DevicePolicyError
    (50097, 50097, Reason::Policy),      // DeviceAuthenticationRequired
    (50131, 50131, Reason::Policy),      // ConditionalAccessFailed
    (53000, 53011, Reason::Policy),      // device not compliant, not joined, blocked, ..
    (530_001, 530_036, Reason::Policy),  // the same group, more specific
];

/// Sub-errors of `invalid_grant` and `interaction_required`.
pub(super) const SUBERRORS: &[(&str, Reason)] = &[
    ("consent_required", Reason::Consent),
    ("basic_action", Reason::Interaction),
    ("additional_action", Reason::Interaction),
    ("message_only", Reason::Interaction),
    ("user_password_expired", Reason::Interaction),
    ("protection_policy_required", Reason::Policy),
    ("device_authentication_failed", Reason::Policy),
];

/// OAuth errors, including Entra's own.
pub(super) const ERRORS: &[(&str, Reason)] = &[
    ("temporarily_unavailable", Reason::Unavailable),
    ("server_error", Reason::Unavailable),
    ("invalid_grant", Reason::SignInAgain),
    ("interaction_required", Reason::Interaction),
    ("login_required", Reason::Interaction),
    ("consent_required", Reason::Consent),
    ("invalid_client", Reason::Client),
    ("unauthorized_client", Reason::Application),
    ("access_denied", Reason::Declined),
    ("authorization_declined", Reason::Declined),
    ("expired_token", Reason::CodeExpired),
    ("code_expired", Reason::CodeExpired),
    ("bad_verification_code", Reason::CodeExpired),
    ("invalid_request", Reason::Request),
    ("invalid_scope", Reason::Request),
    ("invalid_resource", Reason::Request),
    ("unsupported_grant_type", Reason::Request),
    ("unsupported_response_type", Reason::Request),
];

/// The reason for a number in the table.
pub(super) fn of_number(number: u32) -> Option<Reason> {
    NUMBERS.iter().find(|(first, last, _)| (*first..=*last).contains(&number)).map(|line| line.2)
}

/// The reason for an error. A number takes precedence over the sub-error, and the sub-error over the OAuth error.
pub(super) fn reason_of(error: &str, suberror: Option<&str>, numbers: &[u32]) -> Reason {
    let by_word = |table: &[(&str, Reason)], word: &str| {
        table.iter().find(|(known, _)| *known == word).map(|(_, reason)| *reason)
    };
    let by_number = numbers.iter().find_map(|number| of_number(*number));
    let has_suberrors = matches!(error, "invalid_grant" | "interaction_required");
    let by_suberror = suberror.filter(|_| has_suberrors).and_then(|word| by_word(SUBERRORS, word));
    by_number.or(by_suberror).or_else(|| by_word(ERRORS, error)).unwrap_or(Reason::Other)
}
