//! Tests of precedence, of rejected settings, and of the choice of credentials. None reads the environment of the
//! process.

use std::collections::HashMap;
use std::ffi::OsString;
use std::time::SystemTime;

use secrecy::ExposeSecret;

use super::variables::{
    ACCESS_TOKEN, AUTHORITY, BASE_URL, CLIENT_CERTIFICATE_PATH, CLIENT_ID, CLIENT_SECRET, CLOUD, CONFIG_DIR,
    FEDERATED_TOKEN_FILE, PROFILE, REFRESH_TOKEN, TENANT_ID,
};
use super::*;
use crate::credential::StoredToken;
use crate::error::{Error, ErrorKind, ErrorReason};

const ID: &str = "00000000-1111-2222-3333-444444444444";

const PROFILES: &str = r#"
[profile.default]
tenant-id = "default.example"

[profile.work]
cloud = "usgov"
tenant-id = "work.example"
client-id = "00000000-1111-2222-3333-444444444444"
base-url = "https://profile.example"
authority = "https://login.profile.example"
store = "keyring"
"#;

/// A profile file and variables.
struct Case {
    directory: tempfile::TempDir,
    variables: HashMap<String, OsString>,
}

impl Case {
    fn new(file: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.toml"), file).unwrap();
        let variables = [(CONFIG_DIR.to_owned(), directory.path().into())].into();
        Self { directory, variables }
    }

    fn set(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn builder(&self) -> SettingsBuilder {
        let variables = self.variables.clone();
        Settings::builder().environment(move |name| variables.get(name).cloned())
    }

    fn read(&self) -> Settings {
        self.builder().read().unwrap()
    }

    fn refused(&self) -> String {
        self.shown(&self.builder().read().unwrap_err())
    }

    /// The error and its advice, with `DIR` for the directory.
    fn shown(&self, error: &Error) -> String {
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let directory = self.directory.path().display().to_string();
        format!("{error}\n{}", error.advice()).replace(&directory, "DIR")
    }
}

fn shown(setting: Option<Setting<String>>) -> String {
    setting
        .map_or_else(|| "nothing".to_owned(), |setting| format!("{} from {}", setting.value, setting.source))
}

#[test]
fn the_default_is_the_global_cloud() {
    let settings = Case::new("").read();
    assert_eq!((settings.cloud.value, settings.cloud.source), (Cloud::Global, Source::Default));
    assert!(settings.base_url.is_none() && settings.tenant_id.is_none() && settings.profile.is_none());
    assert_eq!(settings.store.value, StoreKind::File);
}

#[test]
fn the_default_profile_is_used_unless_another_is_named() {
    let settings = Case::new(PROFILES).read();
    assert_eq!(shown(settings.tenant_id), "default.example from profile default");
    let case = Case::new(PROFILES).set(PROFILE, "work");
    let settings = case.read();
    assert_eq!(shown(settings.tenant_id.clone()), "work.example from profile work");
    assert_eq!(shown(settings.authority.clone()), "https://login.profile.example from profile work");
    assert_eq!(settings.cloud.value, Cloud::UsGov);
    assert_eq!(settings.store.value, StoreKind::Keyring);
    assert!(settings.store_path().unwrap().ends_with("tokens/work.json"));
    let settings = case.builder().profile("default").read().unwrap();
    assert_eq!(shown(settings.profile), "default from the program");
}

#[test]
fn the_program_overrides_the_environment_which_overrides_the_profile() {
    let case = Case::new(PROFILES)
        .set(PROFILE, "work")
        .set(BASE_URL, "https://variable.example")
        .set(CLOUD, "china")
        .set(TENANT_ID, "variable.example")
        .set(CLIENT_SECRET, "hush-secret")
        .set(ACCESS_TOKEN, "Bearer hush-token")
        .set(REFRESH_TOKEN, "  ");
    let settings = case.read();
    assert_eq!(shown(settings.base_url), "https://variable.example from PARTNER_CENTER_BASE_URL");
    assert_eq!(shown(settings.tenant_id), "variable.example from PARTNER_CENTER_TENANT_ID");
    assert_eq!(shown(settings.client_id), format!("{ID} from profile work"));
    assert_eq!(settings.cloud.value, Cloud::China21Vianet);
    assert!(settings.refresh_token.is_none(), "an empty variable counts as not set");
    assert_eq!(settings.client_secret.unwrap().value.expose_secret(), "hush-secret");
    assert_eq!(settings.access_token.unwrap().value.expose_secret(), "hush-token");
    let settings = case
        .builder()
        .base_url(Setting::new("https://flag.example".to_owned(), Source::Explicit("--base-url")))
        .cloud(Cloud::Global)
        .authority("https://login.flag.example")
        .tenant_id("flag.example")
        .client_id("flag")
        .read()
        .unwrap();
    assert_eq!(shown(settings.base_url.clone()), "https://flag.example from --base-url");
    assert_eq!(settings.cloud.value, Cloud::Global);
    for (setting, value) in [
        (&settings.authority, "https://login.flag.example"),
        (&settings.tenant_id, "flag.example"),
        (&settings.client_id, "flag"),
    ] {
        assert_eq!(shown(setting.clone()), format!("{value} from the program"));
    }
    assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
    let other = Case::new("[profile.default]\nclient-id = \"other\"\n");
    let settings = case.builder().directory(other.directory.path()).profile("default").read().unwrap();
    assert_eq!(shown(settings.client_id), "other from profile default");
}

#[test]
fn errors_name_the_position_but_not_the_value() {
    let fields = "expected one of `cloud`, `base-url`, `authority`, `tenant-id`, `client-id`, \
                  `client-certificate-path`, `federated-token-file`, `proxy`, `no-proxy`, `store`";
    for (file, text) in [
        (
            "[profile.work]\nclient-secret = \"hush\"\n",
            format!(
                "invalid configuration: unknown field `client-secret`, {fields} (file DIR/config.toml, line 2, column \
                 1)\nSecrets do not belong in this file: pass them as PARTNER_CENTER_CLIENT_SECRET or \
                 PARTNER_CENTER_REFRESH_TOKEN."
            ),
        ),
        (
            "[profile.work]\ntenant = \"x\"\n",
            format!(
                "invalid configuration: unknown field `tenant`, {fields} (file DIR/config.toml, line 2, column 1)\n\
                 Fix the file. Nothing was sent."
            ),
        ),
        (
            "[profile.work]\ntenant-id = 5\n",
            "invalid configuration: expected a string (file DIR/config.toml, line 2, column 13)\n\
             Fix the file. Nothing was sent."
                .to_owned(),
        ),
        (
            "[profile.work]\nclient-id = '{\"a\":1}'\n",
            "invalid configuration: it is JSON, not a plain value (file DIR/config.toml, setting client-id of profile \
             work)\nPass the value alone."
                .to_owned(),
        ),
        (
            "[profile.default]\nstore = \"hush\"\n",
            "unknown place for the sign-in (from profile default, setting store, file DIR/config.toml)\n\
             Use one of these names: file, keyring."
                .to_owned(),
        ),
        (
            "[profile.\"../x\"]\n",
            "a profile name may contain letters, digits, - and _ (file DIR/config.toml, profile ../x)\n\
             Fix the file. Nothing was sent."
                .to_owned(),
        ),
    ] {
        let refused = Case::new(file).refused();
        assert_eq!(refused, text, "{file}");
        assert!(!refused.contains("hush"));
    }
    let refused = Case::new("[profile\nhush = hush").refused();
    assert!(refused.contains("line 1") && !refused.contains("hush"), "{refused}");
    let case = Case::new(PROFILES);
    assert_eq!(
        case.shown(&case.builder().profile("home").read().unwrap_err()),
        "there is no profile named home (from the program, file DIR/config.toml, profiles default, work)\n\
         Use one of these profiles, or add this one to the file. Nothing was sent."
    );
    let secret = Case::new("[profile.work]\nrefresh-token = \"x\"").builder().read().unwrap_err();
    assert_eq!(secret.reason(), Some(ErrorReason::SecretInProfile));
}

#[test]
fn a_variable_that_cannot_be_used_is_named_but_not_shown() {
    for (name, value, text) in [
        (CLOUD, "germany", "unknown cloud name (from PARTNER_CENTER_CLOUD)"),
        (TENANT_ID, "{\"hush\":1}", "PARTNER_CENTER_TENANT_ID is JSON, not a plain value"),
        (REFRESH_TOKEN, "{\"hush\":1}", "PARTNER_CENTER_REFRESH_TOKEN is JSON, not a plain value"),
        (CLIENT_SECRET, "[\"hush\"]", "PARTNER_CENTER_CLIENT_SECRET is JSON, not a plain value"),
        // It was set to keep tokens from the default.
        (BASE_URL, "", "PARTNER_CENTER_BASE_URL is empty"),
        (AUTHORITY, "  ", "PARTNER_CENTER_AUTHORITY is empty"),
        (CLOUD, " ", "PARTNER_CENTER_CLOUD is empty"),
    ] {
        let refused = Case::new(PROFILES).set(name, value).refused();
        assert!(refused.starts_with(text) && !refused.contains("hush"), "{refused}");
    }
    let settings =
        Case::new(PROFILES).set(BASE_URL, "").builder().base_url("https://flag.example").read().unwrap();
    assert_eq!(shown(settings.base_url), "https://flag.example from the program");
}

#[cfg(unix)]
#[test]
fn variables_that_are_not_text_and_files_that_are_none_are_rejected() {
    use std::os::unix::ffi::OsStringExt as _;

    for (bytes, text) in [
        (&b"\xff\xfea"[..], "PARTNER_CENTER_ACCESS_TOKEN is not valid text: it is UTF-16\nSave the file"),
        (b"M\xfcller", "PARTNER_CENTER_ACCESS_TOKEN is not valid text\nSet it again."),
    ] {
        let refused = Case::new("").set(ACCESS_TOKEN, OsString::from_vec(bytes.to_vec())).refused();
        assert!(refused.starts_with(text), "{refused}");
    }
    let case = Case::new("");
    let file = case.directory.path().join("config.toml");
    for make in ["mkdir", "mkfifo"] {
        std::fs::remove_file(&file).unwrap();
        assert!(std::process::Command::new(make).arg(&file).status().unwrap().success());
        let refused = case.refused();
        assert!(
            refused.starts_with("could not read the configuration (file DIR/config.toml, cause "),
            "{refused}"
        );
        let _ = std::fs::remove_dir(&file).map(|()| std::fs::write(&file, ""));
    }
}

#[test]
fn a_container_without_a_home_needs_no_file() {
    let settings =
        Case::new("").set(CONFIG_DIR, "/nonexistent/partner-center").set(ACCESS_TOKEN, "token").read();
    assert!(settings.access_token.is_some() && settings.profile.is_none());
}

#[tokio::test]
async fn credentials_are_found_in_the_documented_order() {
    let none = Case::new("");
    let error = none.read().credential().await.unwrap_err();
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Credential, Some(ErrorReason::NoCredentials)));
    assert_eq!(
        error.to_string(),
        "no credentials found (PARTNER_CENTER_ACCESS_TOKEN not set, PARTNER_CENTER_REFRESH_TOKEN not set, \
         token store empty, PARTNER_CENTER_CLIENT_SECRET not set, PARTNER_CENTER_CLIENT_CERTIFICATE_PATH not set, \
         PARTNER_CENTER_FEDERATED_TOKEN_FILE not set)"
    );
    // From the last place to the first: each takes precedence over those before it.
    let ids = Case::new("").set(TENANT_ID, "contoso.example").set(CLIENT_ID, ID);
    let secret = ids.set(CLIENT_SECRET, "hush");
    assert_eq!(secret.read().credential().await.unwrap().place, CredentialPlace::ClientSecret);
    let store = secret.read().token_store().await.unwrap().unwrap();
    store
        .store
        .save(&StoredToken::new("stored.example", ID, "hush-stored", SystemTime::UNIX_EPOCH))
        .await
        .unwrap();
    let found = secret.read().credential().await.unwrap();
    assert_eq!(found.place, CredentialPlace::SignIn);
    assert_eq!(found.stored.as_ref().unwrap().tenant(), "stored.example");
    assert!(!format!("{found:?}").contains("hush"), "{found:?}");
    let refresh = secret.set(REFRESH_TOKEN, "hush");
    assert_eq!(refresh.read().credential().await.unwrap().place, CredentialPlace::RefreshToken);
    let access = refresh.set(ACCESS_TOKEN, "hush");
    let found = access.read().credential().await.unwrap();
    assert!(found.place == CredentialPlace::AccessToken && found.registration.is_none());
}

#[tokio::test]
async fn the_sign_in_completes_the_ids_and_a_missing_one_is_named() {
    let case = Case::new("");
    let store = case.read().token_store().await.unwrap().unwrap();
    let token = StoredToken::new("stored.example", ID, "hush", SystemTime::UNIX_EPOCH);
    store.store.save(&token).await.unwrap();
    let registration = case.read().credential().await.unwrap().registration.unwrap();
    assert_eq!(shown(Some(registration.tenant_id)), "stored.example from the sign-in");

    let missing = case.shown(&case.read().registration(None).unwrap_err());
    assert!(missing.starts_with("PARTNER_CENTER_TENANT_ID is not set in the environment or in a profile\n"));
    assert!(missing.contains("tenant-id in a profile"), "{missing}");
    let case = case.set(TENANT_ID, "x.example");
    let missing = case.shown(&case.read().registration(None).unwrap_err());
    assert!(missing.starts_with("PARTNER_CENTER_CLIENT_ID is not set"), "{missing}");
}

#[tokio::test]
async fn a_value_that_is_refused_is_reported_with_its_source() {
    let case = |name: &str, value: &str| {
        let ids = Case::new("").set(TENANT_ID, "contoso.example").set(CLIENT_ID, ID);
        ids.set(ACCESS_TOKEN, "token").set(name, value)
    };
    for (case, text) in [
        (case(BASE_URL, "ftp://x.example"), "from PARTNER_CENTER_BASE_URL"),
        (case(BASE_URL, "https://user:hush@x.example"), "from PARTNER_CENTER_BASE_URL"),
        (case(ACCESS_TOKEN, "two hush"), "from PARTNER_CENTER_ACCESS_TOKEN"),
    ] {
        let settings = case.read();
        let refused = case.shown(&settings.client().await.unwrap_err());
        assert!(refused.contains(text) && !refused.contains("hush"), "{refused}");
        assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
    }
    let keyring =
        case(ACCESS_TOKEN, " ").set(CONFIG_DIR, Case::new(PROFILES).directory.keep()).set(PROFILE, "work");
    if cfg!(not(feature = "keyring")) {
        let error = keyring.read().credential().await.unwrap_err();
        assert_eq!(error.reason(), Some(ErrorReason::NoKeyring));
    }
}

#[tokio::test]
async fn the_program_may_change_the_app_registration_and_the_token_store() {
    let case = Case::new("").set(TENANT_ID, "contoso.example").set(CLIENT_ID, ID);
    let memory = Arc::new(crate::credential::MemoryStore::default());
    let settings = case
        .read()
        .map_app(|app| app.with_cloud(Cloud::UsGov))
        .map_store(move |store| ProfileStore { store: memory.clone(), ..store });
    assert_eq!(settings.registration(None).unwrap().app.cloud(), Cloud::UsGov);
    let store = settings.token_store().await.unwrap().unwrap().store;
    store.save(&StoredToken::new("t", ID, "hush", SystemTime::UNIX_EPOCH)).await.unwrap();
    assert_eq!(settings.credential().await.unwrap().place, CredentialPlace::SignIn);
    assert!(!case.directory.path().join("tokens").exists(), "the token is in the memory store");
}

#[test]
fn a_client_outside_a_runtime_is_refused() {
    let settings = Case::new("").set(ACCESS_TOKEN, "token").read();
    let mut client = std::pin::pin!(settings.client());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = client.as_mut().poll(&mut context) else {
        panic!("not refused")
    };
    assert!(error.message().contains("Tokio runtime"), "{error}");
}

/// The variables of the documentation are those that are read.
#[test]
fn the_documentation_names_every_variable() {
    let documentation = include_str!("mod.rs");
    for name in [
        ACCESS_TOKEN,
        REFRESH_TOKEN,
        TENANT_ID,
        CLIENT_ID,
        CLIENT_SECRET,
        CLOUD,
        AUTHORITY,
        BASE_URL,
        PROFILE,
        CONFIG_DIR,
    ] {
        assert!(documentation.contains(&format!("//! | `{name}` |")), "{name}");
    }
}

#[test]
fn the_proxy_comes_from_the_program_the_environment_or_the_profile() {
    const FILE: &str = "[profile.default]\nproxy = \"http://profile.example:1\"\nno-proxy = \"of-profile\"\n";
    let url = |name: &str| format!("http://user:hush@{name}.example:8080");
    let found = |case: &Case| {
        let settings = case.read();
        let value = |setting: Option<Setting<String>>| {
            setting.map(|setting| (setting.value, setting.source.to_string()))
        };
        (value(settings.proxy), value(settings.no_proxy))
    };
    let of_profile = ("of-profile".to_owned(), "profile default".to_owned());
    let case = Case::new(FILE);
    let expected = ("http://profile.example:1".to_owned(), "profile default".to_owned());
    assert_eq!(found(&case), (Some(expected), Some(of_profile.clone())));
    for name in ["all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"] {
        let case = Case::new(FILE).set(name, url("variable"));
        assert_eq!(found(&case), (Some((url("variable"), name.to_owned())), Some(of_profile.clone())));
    }
    for name in ["no_proxy", "NO_PROXY"] {
        let case = Case::new(FILE).set("https_proxy", url("variable")).set(name, "*");
        assert_eq!(found(&case).1, Some(("*".to_owned(), name.to_owned())));
    }
    let case = Case::new(FILE).set("HTTP_PROXY", url("plain")).set("HTTPS_PROXY", "");
    assert_eq!(found(&case).0.unwrap().1, "profile default");

    let case = Case::new(FILE).set("HTTPS_PROXY", url("variable"));
    let settings = case.builder().proxy(url("program").as_str()).read().unwrap();
    assert_eq!(settings.proxy.as_ref().unwrap().value, url("program"));
    assert!(!format!("{settings:?}").contains("hush"));
    assert_eq!(settings.proxy_and_exceptions().unwrap().1, "of-profile,localhost,127.0.0.0/8,::1");
    assert!(found(&Case::new("")) == (None, None));
}

#[test]
fn an_invalid_proxy_is_an_error_that_names_its_place_and_no_password() {
    for (proxy, cause) in [
        ("socks5://user:hush@proxy.example:1080", "must begin with http:// or https://"),
        ("http://user:hush@proxy.example:1080/path", "must end after host and port"),
        ("http://user:hush@:x", "is not a URL"),
    ] {
        let error = Case::new("").set("https_proxy", proxy).builder().read().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.facts().any(|fact| fact == ("from", "https_proxy")), "{error:?}");
        let shown = format!("{error:?} {error:#} {}", std::error::Error::source(&error).unwrap());
        assert!(shown.contains(cause) && !shown.contains("hush"), "{shown}");
    }
}

#[tokio::test]
async fn the_application_authenticates_in_one_way() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("token"), "\u{feff}a-token\n").unwrap();
    std::fs::write(path("empty"), "").unwrap();
    let ids = |file: &str| Case::new(file).set(TENANT_ID, "contoso.example").set(CLIENT_ID, ID);
    let of_profile = format!("[profile.default]\nfederated-token-file = '{}'\n", path("token"));
    let place = async |case: Case| case.read().credential().await.unwrap().place;
    assert_eq!(place(ids(&of_profile)).await, CredentialPlace::FederatedToken);
    // The environment overrides the profile.
    assert_eq!(place(ids(&of_profile).set(CLIENT_SECRET, "hush")).await, CredentialPlace::ClientSecret);

    let error = async |case: Case| case.read().credential().await.unwrap_err();
    let both = ids("").set(CLIENT_SECRET, "hush").set(FEDERATED_TOKEN_FILE, path("token"));
    let both = error(both).await;
    assert_eq!(
        both.message(),
        "PARTNER_CENTER_CLIENT_SECRET and PARTNER_CENTER_FEDERATED_TOKEN_FILE are both set"
    );
    for (variable, file, message) in [
        (FEDERATED_TOKEN_FILE, "missing", "could not read the file with the federated token"),
        (FEDERATED_TOKEN_FILE, "empty", "the file with the federated token cannot be used: it is empty"),
        (CLIENT_CERTIFICATE_PATH, "missing", "could not read the file with the certificate"),
        (CLIENT_CERTIFICATE_PATH, "token", "the PEM text contains no certificate"),
    ] {
        let error = error(ids("").set(variable, path(file))).await;
        assert_eq!((error.kind(), error.message()), (ErrorKind::Configuration, message), "{variable} {file}");
        let facts: Vec<_> = error.facts().collect();
        assert!(facts.contains(&("from", variable)) && facts.contains(&("file", &path(file))), "{facts:?}");
    }
}
