//! Authentication of an application to the sign-in service: none, a client secret, or an assertion.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::rand::SystemRandom as SigningRandom;
use aws_lc_rs::signature::{RSA_PSS_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use secrecy::SecretString;
use serde_json::json;
use x509_cert::der::Decode as _;

use crate::clock::{BoxFuture, Clock, Random};
use crate::error::{Error, ErrorKind, Result};

/// An assertion is sent at once; the lifetime allows for clock skew.
const ASSERTION_LIFETIME: Duration = Duration::from_secs(600);

/// A certificate with its private key, in place of a client secret.
///
/// The certificate is uploaded to the app registration; the private key stays local and signs a short-lived assertion
/// (PS256) for each token request.
#[derive(Clone)]
pub struct Certificate {
    key: Arc<RsaKeyPair>,
    /// The SHA-256 of the certificate in base64url, by which the sign-in service identifies it.
    thumbprint: String,
    /// `None` if the certificate cannot be parsed, which only the sign-in service needs.
    ends: Option<SystemTime>,
}

impl Certificate {
    /// Reads a certificate and its RSA private key (PKCS#8 or PKCS#1, not encrypted) from PEM text.
    ///
    /// If one text contains both, in either order, pass it twice. Only the first certificate is used.
    ///
    /// ```no_run
    /// use partner_center::credential::Certificate;
    ///
    /// let pem = std::fs::read("partner-center.pem")?;
    /// let certificate = Certificate::from_pem(&pem, &pem)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`] if either is missing or cannot be used.
    pub fn from_pem(certificate: &[u8], private_key: &[u8]) -> Result<Self> {
        let refuse = |message: &'static str, advice: &'static str| {
            Error::new(ErrorKind::Configuration, message).with_advice(advice)
        };
        let certificate = CertificateDer::from_pem_slice(certificate).map_err(|_| {
            refuse(
                "the PEM text contains no certificate",
                "Give the certificate as PEM, with its BEGIN CERTIFICATE line.",
            )
        })?;
        let der = PrivateKeyDer::from_pem_slice(private_key).map_err(|_| {
            refuse(
                "the PEM text contains no usable private key",
                "Give the RSA private key as PEM without a password: `openssl pkey -in key.pem -out plain.pem`, or \
                 `openssl pkcs12 -in bundle.pfx -nodes -out plain.pem` for a PFX file.",
            )
        })?;
        let key = match &der {
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok(),
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).ok(),
            _ => None,
        };
        let key = key.ok_or_else(|| {
            refuse(
                "the private key is not an RSA key of 2048 to 8192 bits",
                "Create an RSA key and a certificate for it, and upload the certificate to the app registration.",
            )
        })?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &certificate);
        Ok(Self {
            key: Arc::new(key),
            thumbprint: BASE64_URL_SAFE_NO_PAD.encode(digest),
            ends: end_of(&certificate),
        })
    }

    /// The certificate's SHA-256 in base64url, as sent in `x5t#S256`. Not secret.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// When the certificate ends, after which the sign-in service rejects it; `None` if it does not say.
    #[must_use]
    pub fn ends(&self) -> Option<SystemTime> {
        self.ends
    }

    /// Creates a JSON Web Token that identifies the application to this token endpoint for ten minutes.
    fn assertion(&self, client_id: &str, audience: &str, now: SystemTime, id: &str) -> Result<SecretString> {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let header = json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint });
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": id,
            "iat": now.as_secs(),
            "nbf": now.as_secs(),
            "exp": (now + ASSERTION_LIFETIME).as_secs(),
        });
        let signed = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PSS_SHA256, &SigningRandom::new(), signed.as_bytes(), &mut signature).map_err(
            |_| {
                Error::new(ErrorKind::Configuration, "the private key cannot sign")
                    .with_advice("Check the key with `openssl pkey -check -in key.pem`.")
            },
        )?;
        Ok(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature)).into())
    }
}

/// The end of a certificate's validity.
fn end_of(certificate: &[u8]) -> Option<SystemTime> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(certificate.tbs_certificate().validity().not_after.to_unix_duration())
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("thumbprint", &self.thumbprint).finish_non_exhaustive()
    }
}

type AssertionSource = Arc<dyn Fn() -> BoxFuture<'static, Result<SecretString>> + Send + Sync>;

/// How an application authenticates.
#[derive(Clone, Default)]
pub(super) enum ClientAuthentication {
    /// A public client does not authenticate.
    #[default]
    None,
    Secret(SecretString),
    Certificate(Certificate),
    Assertion(AssertionSource),
}

/// The credentials for one token request.
pub(super) enum ClientCredential {
    None,
    Secret(SecretString),
    Assertion(SecretString),
}

impl ClientAuthentication {
    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Creates the credentials for one request, with a new assertion each time.
    pub(super) async fn authenticate(
        &self,
        client_id: &str,
        audience: &str,
        clock: &dyn Clock,
        random: &dyn Random,
    ) -> Result<ClientCredential> {
        match self {
            Self::None => Ok(ClientCredential::None),
            Self::Secret(secret) => Ok(ClientCredential::Secret(secret.clone())),
            Self::Certificate(certificate) => {
                let id = random.uuid().to_string();
                certificate
                    .assertion(client_id, audience, clock.system_time(), &id)
                    .map(ClientCredential::Assertion)
            }
            Self::Assertion(source) => source().await.map(ClientCredential::Assertion),
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Secret(_) => f.write_str("Secret([redacted])"),
            Self::Certificate(certificate) => certificate.fmt(f),
            Self::Assertion(_) => f.write_str("Assertion([closure])"),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
    };
    use serde_json::Value;

    use super::*;

    /// Only its digest is used here, so any bytes work.
    const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    /// The SHA-256 of `hello`, from `printf hello | openssl dgst -sha256 -binary | basenc --base64url`.
    const THUMBPRINT: &str = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";

    fn pem(label: &str, der: &[u8]) -> Vec<u8> {
        let body = base64::prelude::BASE64_STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
    }

    fn rsa_key() -> Vec<u8> {
        let key = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        pem("PRIVATE KEY", AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap().as_ref())
    }

    #[test]
    fn an_assertion_is_signed_and_has_the_expected_claims() {
        let certificate = Certificate::from_pem(CERTIFICATE, &rsa_key()).unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_764_000_000);
        let assertion = certificate.assertion("app", "https://login.example/token", now, "once").unwrap();
        let text = secrecy::ExposeSecret::expose_secret(&assertion);
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.key.public_key().as_ref())
            .verify(signed.as_bytes(), &signature)
            .unwrap();
        let parts: Vec<Value> = signed
            .split('.')
            .map(|part| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
            .collect();
        assert_eq!(parts[0], json!({"alg": "PS256", "typ": "JWT", "x5t#S256": THUMBPRINT}));
        assert_eq!(
            parts[1],
            json!({
                "aud": "https://login.example/token", "iss": "app", "sub": "app", "jti": "once",
                "iat": 1_764_000_000_u64, "nbf": 1_764_000_000_u64, "exp": 1_764_000_600_u64,
            }),
        );
    }

    #[test]
    fn one_text_may_contain_certificate_and_key() {
        let both = [rsa_key().as_slice(), CERTIFICATE].concat();
        let certificate = Certificate::from_pem(&both, &both).unwrap();
        assert_eq!(certificate.thumbprint(), THUMBPRINT);
        assert!(!format!("{certificate:?}").contains("PRIVATE"));
    }

    #[test]
    fn unusable_certificates_and_keys_are_rejected_before_anything_is_sent() {
        let key = rsa_key();
        let elliptic =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SigningRandom::new()).unwrap();
        for (certificate, key) in [
            (key.as_slice(), key.clone()),
            (CERTIFICATE, CERTIFICATE.to_vec()),
            (b"", key.clone()),
            (CERTIFICATE, Vec::new()),
            (CERTIFICATE, pem("ENCRYPTED PRIVATE KEY", b"sealed")),
            (CERTIFICATE, pem("PRIVATE KEY", b"nonsense")),
            (CERTIFICATE, pem("PRIVATE KEY", elliptic.as_ref())),
        ] {
            let error = Certificate::from_pem(certificate, &key).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
        }
    }
}
