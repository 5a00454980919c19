//! Tests of precedence and of rejected settings.

use std::collections::HashMap;

use clap::Parser;
use secrecy::ExposeSecret;

use super::*;
use crate::args::Cli;

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

struct Case {
    directory: tempfile::TempDir,
    variables: HashMap<String, String>,
    arguments: Vec<&'static str>,
}

impl Case {
    fn new(file: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("config.toml"), file).unwrap();
        let variables = [(CONFIG_DIR.to_owned(), directory.path().display().to_string())].into();
        Self { directory, variables, arguments: vec!["partner-center", "logout"] }
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn flag(mut self, name: &'static str, value: &'static str) -> Self {
        self.arguments.extend([name, value]);
        self
    }

    fn read(&self) -> Result<Settings, Problem> {
        let cli = Cli::try_parse_from(&self.arguments).unwrap();
        Settings::read(&cli.global, &|name| self.variables.get(name).cloned().ok_or(VarError::NotPresent))
    }

    fn problem(&self) -> String {
        let problem = self.read().unwrap_err();
        assert_eq!(problem.exit(), Exit::Usage);
        let directory = self.directory.path().display().to_string();
        anstream::adapter::strip_str(&problem.render(None)).to_string().replace(&directory, "DIR")
    }
}

fn said(setting: Option<Setting<String>>) -> String {
    setting
        .map_or_else(|| "nothing".to_owned(), |setting| format!("{} from {}", setting.value, setting.source))
}

#[test]
fn the_default_is_the_global_cloud() {
    let settings = Case::new("").read().unwrap();
    assert_eq!((settings.cloud.value, settings.cloud.source), (Cloud::Global, Source::Default));
    assert!(settings.base_url.is_none() && settings.tenant_id.is_none() && settings.profile.is_none());
    assert_eq!(settings.store.value, StoreKind::File);
}

#[test]
fn the_default_profile_is_used_unless_another_is_named() {
    let settings = Case::new(PROFILES).read().unwrap();
    assert_eq!(said(settings.tenant_id), "default.example from profile default");
    let settings = Case::new(PROFILES).set(PROFILE, "work").read().unwrap();
    assert_eq!(said(settings.tenant_id.clone()), "work.example from profile work");
    assert_eq!(said(settings.authority.clone()), "https://login.profile.example from profile work");
    assert_eq!(settings.cloud.value, Cloud::UsGov);
    assert_eq!(settings.store.value, StoreKind::Keyring);
    assert!(settings.store_path().unwrap().ends_with("tokens/work.json"));
    let settings = Case::new(PROFILES).set(PROFILE, "work").flag("--profile", "default").read().unwrap();
    assert_eq!(said(settings.profile), "default from --profile");
}

#[test]
fn flags_override_the_environment_which_overrides_the_profile() {
    let case = || {
        Case::new(PROFILES)
            .set(PROFILE, "work")
            .set(BASE_URL, "https://variable.example")
            .set(CLOUD, "china")
            .set(TENANT_ID, "variable.example")
            .set(CLIENT_SECRET, "hush")
            .set(REFRESH_TOKEN, "  ")
    };
    let settings = case().read().unwrap();
    assert_eq!(said(settings.base_url), "https://variable.example from PARTNER_CENTER_BASE_URL");
    assert_eq!(said(settings.tenant_id), "variable.example from PARTNER_CENTER_TENANT_ID");
    assert_eq!(said(settings.client_id), "00000000-1111-2222-3333-444444444444 from profile work");
    assert_eq!(settings.cloud.value, Cloud::China21Vianet);
    assert!(settings.refresh_token.is_none(), "an empty variable counts as not set");
    assert_eq!(settings.client_secret.unwrap().value.expose_secret(), "hush");
    let settings =
        case().flag("--base-url", "https://flag.example").flag("--cloud", "global").read().unwrap();
    assert_eq!(said(settings.base_url), "https://flag.example from --base-url");
    assert_eq!(settings.cloud.value, Cloud::Global);
    assert!(!format!("{:?}", case().read().unwrap()).contains("hush"));
}

#[test]
fn errors_name_the_position_but_not_the_value() {
    for (file, text) in [
        (
            "[profile.work]\nclient-secret = \"hush\"\n",
            "error: invalid configuration: unknown field `client-secret`, expected one of `cloud`, `base-url`, \
             `authority`, `tenant-id`, `client-id`, `store`\n  file  DIR/config.toml, line 2, column 1\n  \
             Secrets do not belong in this file: pass them as PARTNER_CENTER_CLIENT_SECRET or \
             PARTNER_CENTER_REFRESH_TOKEN, or sign in with `partner-center login`.\n",
        ),
        (
            "[profile.work]\ntenant = \"x\"\n",
            "error: invalid configuration: unknown field `tenant`, expected one of `cloud`, `base-url`, \
             `authority`, `tenant-id`, `client-id`, `store`\n  file  DIR/config.toml, line 2, column 1\n  \
             Fix the file. Nothing was sent.\n",
        ),
        (
            "[profile.work]\ntenant-id = 5\n",
            "error: invalid configuration: expected a string\n  file  DIR/config.toml, line 2, column 13\n  \
             Fix the file. Nothing was sent.\n",
        ),
        (
            "[profile.\"../x\"]\n",
            "error: a profile name may contain letters, digits, - and _\n  file     DIR/config.toml\n  profile  ../x\n",
        ),
    ] {
        let problem = Case::new(file).problem();
        assert_eq!(problem, text, "{file}");
        assert!(!problem.contains("hush"));
    }
    let problem = Case::new("[profile\nhush = hush").problem();
    assert!(problem.contains("line 1") && !problem.contains("hush"), "{problem}");
    assert_eq!(
        Case::new(PROFILES).flag("--profile", "home").problem(),
        "error: there is no profile named home\n  from      --profile\n  file      DIR/config.toml\n  \
         profiles  default, work\n  Use one of these profiles, or add this one to the file. Nothing was sent.\n"
    );
    let problem = Case::new("").set(CLOUD, "germany").problem();
    assert!(problem.contains("from  PARTNER_CENTER_CLOUD"), "{problem}");
}

#[test]
fn a_container_without_a_home_needs_no_file() {
    let cli = Cli::try_parse_from(["partner-center", "logout"]).unwrap();
    let settings = Settings::read(&cli.global, &|name| match name {
        ACCESS_TOKEN => Ok("token".to_owned()),
        // A directory that does not exist.
        CONFIG_DIR => Ok("/nonexistent/partner-center".to_owned()),
        _ => Err(VarError::NotPresent),
    });
    assert!(settings.unwrap().access_token.is_some());
}

// R19
#[test]
fn an_empty_destination_is_rejected() {
    for name in [BASE_URL, AUTHORITY, CLOUD] {
        for value in ["", "  "] {
            let problem = Case::new(PROFILES).set(name, value).problem();
            assert!(problem.contains(&format!("{name} is empty")), "{problem}");
        }
    }
    let settings =
        Case::new(PROFILES).set(BASE_URL, "").flag("--base-url", "https://flag.example").read().unwrap();
    assert_eq!(said(settings.base_url), "https://flag.example from --base-url");
}
