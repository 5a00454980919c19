//! `config`: shows and changes the settings of a profile.

use std::fmt::Write as _;
use std::path::PathBuf;

use partner_center_emulator::Entra;
use serde_json::Value;

use crate::support::{Run, command, finish, run, stable};

const ID: &str = "00000000-1111-2222-3333-444444444444";

/// A configuration directory, with the binary that uses it.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(file: &str) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        std::fs::write(desk.file(), file).unwrap();
        desk
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("config.toml")
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
        let mut command = command();
        command.env("PARTNER_CENTER_CONFIG_DIR", self.0.path()).envs(variables.iter().copied());
        finish(command.args(arguments))
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(&[], arguments)
    }

    /// Runs `config` with these arguments, which must succeed, and returns stdout.
    fn config(&self, arguments: &[&str]) -> String {
        let run = self.run(&[&["config"], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}\n{run}");
        run.stdout
    }

    /// What `config list` shows, as key, value and source.
    fn listed(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Vec<[String; 3]> {
        let run = self.run_with(variables, &[&["config", "list", "--format", "json"], arguments].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        let document: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(document["type"], "setting");
        let text = |value: &Value| value.as_str().unwrap_or("none").to_owned();
        let row = |row: &Value| ["key", "value", "source"].map(|name| text(&row[name]));
        document["rows"].as_array().unwrap().iter().map(row).collect()
    }
}

/// The keys, each with a valid value, and invalid ones.
const KEYS: &[(&str, &str, &[&str])] = &[
    ("cloud", "usgov", &["germany", ""]),
    ("base-url", "http://127.0.0.1:8080", &["partner.example", "http://partner.example", ""]),
    ("authority", "https://login.example", &["login.example", "ftp://login.example"]),
    ("tenant-id", "contoso.onmicrosoft.com", &["no tenant", "{\"tenant\":1}", " "]),
    ("client-id", ID, &["contoso", "1234"]),
    ("client-certificate-path", "C:\\certificates\\app.pem", &[""]),
    ("federated-token-file", "/var/run/token", &[""]),
    ("proxy", "http://proxy.example:8080", &["socks5://proxy.example", "http://proxy.example/path"]),
    ("no-proxy", ".corp,10.0.0.0/8", &["", ".corp\n.other"]),
    ("store", "file", &["memory", "File"]),
];

#[test]
fn every_key_is_set_shown_and_removed() {
    for (key, value, invalid) in KEYS {
        let desk = Desk::new("");
        std::fs::remove_file(desk.file()).unwrap();
        let set = desk.run(&["config", "set", key, value]);
        assert_eq!((set.code, set.stdout.as_str()), (0, ""), "{set}");
        assert!(set.stderr.contains("created profile default in ") && set.stderr.contains(key), "{set}");
        assert_eq!(desk.config(&["get", key]), format!("{value}\n"));
        let listed = desk.listed(&[], &[]);
        assert!(listed.contains(&[key, value, &"profile default"].map(ToString::to_string)), "{listed:?}");
        let before = desk.text();
        for value in *invalid {
            let run = desk.run(&["config", "set", key, value]);
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{key} {value}\n{run}");
            assert!(run.stderr.contains(&format!("setting  {key}\n")), "{run}");
            assert_eq!(desk.text(), before, "{key} {value}");
        }
        let again = desk.run(&["config", "set", key, value]);
        assert!(again.code == 0 && again.stderr.contains("is unchanged"), "{again}");
        desk.config(&["unset", key]);
        assert_eq!(desk.text(), "[profile.default]\n");
        let unset = desk.run(&["config", "unset", key]);
        assert!(unset.code == 0 && unset.stderr.contains("was not set"), "{unset}");
        let get = desk.run(&["config", "get", key]);
        match *key {
            "cloud" => assert_eq!((get.code, get.stdout.as_str()), (0, "global\n")),
            "base-url" | "authority" | "store" => assert_eq!(get.code, 0, "it has a default\n{get}"),
            _ => assert_eq!((get.code, get.stdout.as_str()), (6, ""), "{get}"),
        }
    }
    let listed = Desk::new("").listed(&[], &[]);
    let keys: Vec<_> = listed.iter().map(|[key, ..]| key.as_str()).collect();
    assert_eq!(&keys[..10], KEYS.iter().map(|(key, ..)| *key).collect::<Vec<_>>());
    assert_eq!(&keys[10..], ["client-secret", "refresh-token", "access-token"]);
}

#[test]
fn an_empty_value_counts_as_none() {
    for key in ["base-url", "tenant-id", "no-proxy"] {
        let desk = Desk::new(&format!("[profile.default]\n{key} = \"\"\n"));
        let get = desk.run(&["config", "get", key]);
        assert_eq!((get.code, get.stdout.as_str()), (6, ""), "{key}\n{get}");
    }
}

#[test]
fn the_rest_of_the_file_stays_as_it_is() {
    let file =
        "\u{feff}# Ours.\r\n[profile.work]\r\ntenant-id = 'old.example' # moved in May\r\n\r\n# The end.\r\n";
    let desk = Desk::new(file);
    let run = desk.run(&["--profile", "work", "config", "set", "tenant-id", "new.example"]);
    assert!(run.code == 0 && run.stderr.contains("tenant-id was old.example in profile work"), "{run}");
    assert_eq!(desk.text(), file.replace("'old.example'", "\"new.example\""));
    desk.config(&["--profile", "work", "set", "cloud", "usgov"]);
    desk.config(&["--profile", "home", "set", "cloud", "china"]);
    let expected = file.replace(
        "'old.example' # moved in May\r\n",
        "\"new.example\" # moved in May\r\ncloud = \"usgov\"\r\n",
    ) + "\r\n[profile.home]\r\ncloud = \"china\"\r\n";
    assert_eq!(desk.text(), expected);
    desk.config(&["--profile", "work", "unset", "cloud"]);
    desk.config(&["--profile", "work", "unset", "tenant-id"]);
    assert_eq!(
        desk.text(),
        "\u{feff}# Ours.\r\n[profile.work]\r\n\r\n# The end.\r\n\r\n[profile.home]\r\ncloud = \"china\"\r\n"
    );
}

#[test]
fn what_cannot_be_set_is_refused_with_advice_and_nothing_changes() {
    let _guard = stable();
    let (mut shown, work) = (String::new(), "[profile.work]\ncloud = \"usgov\"\n");
    for arguments in [
        &["config", "set", "tenant", "contoso.example"][..],
        &["config", "set", "colour", "red"],
        &["config", "get", "tenant_id"],
        &["config", "unset", "region"],
        &["config", "set", "client-secret", "hush-hush"],
        &["config", "set", "refresh-token", "hush-hush"],
        &["config", "set", "proxy", "http://user:hush-hush@proxy.example:8080"],
        &["config", "set", "tenant-id", "hush hush"],
        &["--profile", "away", "config", "list"],
        &["--profile", "away", "config", "get", "cloud"],
        &["--profile", "away", "config", "unset", "cloud"],
        &["--profile", "../x", "config", "set", "cloud", "china"],
        &["--profile", "", "config", "path"],
        &["--emulator", "config", "list"],
    ] {
        let desk = Desk::new(work);
        let run = desk.run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}\n{run}");
        assert!(!run.stderr.contains("hush"), "{run}");
        assert_eq!(desk.text(), work, "{arguments:?}");
        assert_eq!(std::fs::read_dir(desk.0.path()).unwrap().count(), 1, "{arguments:?}");
        writeln!(shown, "{arguments:?}\n{}", run.stderr).unwrap();
    }
    insta::assert_snapshot!("config-refused", shown);
}

#[test]
fn a_broken_file_is_named_with_its_position_and_stays() {
    for (file, place, what) in [
        ("[profile.default\n", "line 1, column ", "invalid configuration"),
        ("[profile.default]\n\nx = 1\n", "line 3, column 1", "unknown field `x`"),
        ("[profile.default]\ncloud = 5\n", "line 2, column 9", "expected a string"),
        (
            "[profile.default]\nclient-secret = \"hush\"\n",
            "line 2, column 1",
            "unknown field `client-secret`",
        ),
        ("[profile.\"a/b\"]\n", "config.toml", "a profile name may contain"),
    ] {
        let desk = Desk::new(file);
        for arguments in [&["set", "cloud", "china"][..], &["unset", "cloud"], &["list"], &["get", "cloud"]] {
            let run = desk.run(&[&["config"], arguments].concat());
            assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
            let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            for part in [what, place, "config.toml"] {
                assert!(text.contains(part), "{part}\n{run}");
            }
            assert!(!run.stderr.contains("hush"), "{run}");
        }
        assert_eq!(desk.text(), file);
        // To find the file that has to be fixed.
        assert_eq!(desk.config(&["path"]), format!("{}\n", desk.file().display()));
    }
    // An invalid value can be replaced, although every other command refuses it.
    for (key, invalid, value) in [("cloud", "germany", "china"), ("store", "memory", "file")] {
        let desk = Desk::new(&format!("[profile.default]\n{key} = \"{invalid}\"\n"));
        let list = desk.run(&["config", "list"]);
        assert!(list.code == 2 && list.stderr.contains("profile default"), "{list}");
        desk.config(&["set", key, value]);
        assert_eq!(desk.text(), format!("[profile.default]\n{key} = \"{value}\"\n"));
    }
}

#[test]
fn the_environment_takes_precedence_and_the_list_says_so() {
    let desk = Desk::new(&format!(
        "[profile.default]\ntenant-id = \"file.example\"\nclient-id = \"{ID}\"\nproxy = \"http://u:hush@proxy.example:1\"\n"
    ));
    let variables = [
        ("PARTNER_CENTER_TENANT_ID", "variable.example"),
        ("PARTNER_CENTER_CLIENT_SECRET", "hush-secret"),
        ("NO_PROXY", ".corp"),
    ];
    let row = |row: [&str; 3]| row.map(str::to_owned);
    let listed = desk.listed(&variables, &["--base-url", "https://flag.example"]);
    for expected in [
        row(["cloud", "global", "default"]),
        row(["base-url", "https://flag.example", "--base-url"]),
        row(["authority", "https://login.microsoftonline.com", "default"]),
        row(["tenant-id", "variable.example", "PARTNER_CENTER_TENANT_ID"]),
        row(["client-id", ID, "profile default"]),
        row(["client-certificate-path", "none", "none"]),
        row(["proxy", "http://[redacted]@proxy.example:1", "profile default"]),
        row(["no-proxy", ".corp", "NO_PROXY"]),
        row(["client-secret", "set, not shown", "PARTNER_CENTER_CLIENT_SECRET"]),
        row(["access-token", "none", "none"]),
    ] {
        assert!(listed.contains(&expected), "{expected:?}\n{listed:?}");
    }
    assert_eq!(desk.run_with(&variables, &["config", "get", "tenant-id"]).stdout, "variable.example\n");
    assert_eq!(desk.config(&["get", "proxy"]), "http://[redacted]@proxy.example:1\n");
    let set = desk.run_with(&variables, &["config", "set", "tenant-id", "new.example"]);
    assert!(
        set.code == 0 && set.stderr.contains("PARTNER_CENTER_TENANT_ID is set and takes precedence"),
        "{set}"
    );
    assert!(desk.text().contains("new.example") && desk.text().contains("hush"), "the password stays");
    for format in ["table", "csv", "ndjson", "json"] {
        let run = desk.run_with(&variables, &["config", "list", "--format", format]);
        assert!(
            run.code == 0 && run.stdout.contains("variable.example") && !run.stdout.contains("hush"),
            "{run}"
        );
    }
    let _guard = stable();
    let table = desk.run_with(&variables, &["config", "list", "--format", "table"]);
    insta::assert_snapshot!("config-list", table);
}

#[test]
fn the_variable_selects_the_profile_too() {
    let desk = Desk::new("[profile.work]\ncloud = \"usgov\"\n");
    let run = desk.run_with(&[("PARTNER_CENTER_PROFILE", "work")], &["config", "set", "store", "file"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(desk.text(), "[profile.work]\ncloud = \"usgov\"\nstore = \"file\"\n");
}

/// Runs the binary as a user with this home directory.
fn in_home(home: &std::path::Path, arguments: &[&str]) -> Run {
    let mut command = command();
    command.env_remove("PARTNER_CENTER_CONFIG_DIR").env_remove("XDG_CONFIG_HOME");
    finish(command.env("HOME", home).env("APPDATA", home).args(arguments))
}

#[test]
fn the_directory_is_created_and_private() {
    let home = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| in_home(home.path(), arguments);
    let path = run(&["config", "path"]);
    assert_eq!(path.code, 0, "{path}");
    let file = PathBuf::from(path.stdout.trim_end());
    assert!(file.starts_with(home.path()) && !file.exists(), "{path}");
    let set = run(&["config", "set", "cloud", "usgov"]);
    assert_eq!(set.code, 0, "{set}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[profile.default]\ncloud = \"usgov\"\n");
    #[cfg(unix)]
    {
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert!(
            !cfg!(target_os = "linux") || file.ends_with(".config/partner-center/config.toml"),
            "{file:?}"
        );
    }
}

// A second sign-in was needed after an update.
#[test]
fn the_directory_of_earlier_versions_is_found_and_said() {
    let home = tempfile::tempdir().unwrap();
    let earlier = home.path().join(".config").join("partner-center");
    std::fs::create_dir_all(&earlier).unwrap();
    std::fs::write(earlier.join("config.toml"), "[profile.default]\ntenant-id = \"earlier.example\"\n")
        .unwrap();
    let run = |arguments: &[&str]| in_home(home.path(), arguments);
    let (get, list) = (run(&["config", "get", "tenant-id"]), run(&["config", "path"]));
    let doctor = run(&["doctor", "--format", "json"]).stdout;
    if cfg!(windows) {
        assert_eq!(get.code, 6, "{get}");
        return;
    }
    assert_eq!(get.stdout, "earlier.example\n", "{get}");
    // On Linux it is the directory of every version.
    let is_said = cfg!(target_os = "macos");
    let own = "Library/Application Support/partner-center";
    assert_eq!(
        list.stderr.contains(own) && list.stderr.contains(".config/partner-center"),
        is_said,
        "{list}"
    );
    assert_eq!(doctor.contains("\"topic\": \"directory\"") && doctor.contains(own), is_said, "{doctor}");
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// Whether this user may write anywhere, as root may.
#[cfg(unix)]
fn ignores_modes(directory: &std::path::Path) -> bool {
    std::fs::write(directory.join("probe"), "").is_ok()
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;

    // Not a directory at all, which stops root too: a home that does not exist.
    let desk = Desk::new("");
    let inside = desk.file().join("inside");
    let run = desk.run_with(&[("PARTNER_CENTER_CONFIG_DIR", "")], &["config", "path"]);
    assert_eq!(run.code, 0, "an empty variable counts as not set\n{run}");
    let mut command = command();
    let run =
        finish(command.env("PARTNER_CENTER_CONFIG_DIR", &inside).args(["config", "set", "cloud", "usgov"]));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("could not") && run.stderr.contains("config.toml"), "{run}");

    let desk = Desk::new("[profile.default]\n");
    std::fs::set_permissions(desk.0.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    if !ignores_modes(desk.0.path()) {
        let run = desk.run(&["config", "set", "cloud", "usgov"]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
        assert!(run.stderr.contains("could not write the configuration"), "{run}");
        assert_eq!(desk.text(), "[profile.default]\n");
    }
    std::fs::set_permissions(desk.0.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_and_the_permissions_of_the_file_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    let (desk, elsewhere) = (Desk::new(""), tempfile::tempdir().unwrap());
    let target = elsewhere.path().join("dotfile.toml");
    std::fs::write(&target, "").unwrap();
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::remove_file(desk.file()).unwrap();
    std::os::unix::fs::symlink(&target, desk.file()).unwrap();
    desk.config(&["set", "cloud", "usgov"]);
    assert!(desk.file().is_symlink());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "[profile.default]\ncloud = \"usgov\"\n");
    assert_eq!(mode(&target), 0o640);
}

// Each run reads the file, changes it and replaces it.
#[test]
fn runs_at_the_same_time_do_not_lose_a_change() {
    let desk = Desk::new("# kept\n");
    let keys = &KEYS[..8];
    std::thread::scope(|scope| {
        for (key, value, _) in keys {
            let desk = &desk;
            scope.spawn(move || desk.config(&["set", key, value]));
        }
    });
    for (key, value, _) in keys {
        assert_eq!(desk.config(&["get", key]), format!("{value}\n"));
    }
    assert!(desk.text().starts_with("# kept\n"));
    let mut names: Vec<_> =
        std::fs::read_dir(desk.0.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["config.toml", "config.toml.lock"], "no temporary file is left");
}

#[test]
fn another_run_that_holds_the_lock_for_long_is_reported() {
    let desk = Desk::new("");
    let lock = std::fs::File::create(desk.0.path().join("config.toml.lock")).unwrap();
    lock.lock().unwrap();
    let run = desk.run(&["config", "set", "cloud", "usgov", "--timeout", "50ms"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run}");
    assert!(run.stderr.contains("another run is changing the configuration"), "{run}");
    assert_eq!(desk.text(), "");
}

// Opening the pipe waited until somebody read from it.
#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_the_lock_does_not_block() {
    let desk = Desk::new("");
    let pipe = desk.0.path().join("config.toml.lock");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    desk.config(&["set", "cloud", "usgov"]);
    assert_eq!(desk.text(), "[profile.default]\ncloud = \"usgov\"\n");
}

/// The schema, the README and the columns agree.
#[test]
fn the_row_type_is_documented() {
    let _guard = stable();
    let schema = run(&["schema", "setting"]);
    assert_eq!((schema.code, schema.stderr.as_str()), (0, ""), "{schema}");
    insta::assert_snapshot!("schema-setting", schema.stdout);
    let csv = Desk::new("").config(&["list", "--format", "csv"]);
    assert_eq!(csv.lines().next(), Some("key,value,source"));
    let readme = include_str!("../../../../README.md");
    assert!(readme.contains("\n| `setting` | key, value, source |\n"));
    for (key, ..) in KEYS {
        assert!(readme.contains(&format!("`{key}`")), "{key}");
    }
}

/// What a stranger does with the README and the emulator: no variable is set but the directory, which stands for the
/// home of a new user.
#[test]
fn a_profile_replaces_the_variables() {
    let beside = crate::support::beside(
        partner_center_emulator::Emulator::builder().approve_device_codes_after(1).device_interval(1),
    );
    let desk = Desk::new("");
    desk.config(&["set", "base-url", beside.emulator.base_url()]);
    desk.config(&["set", "authority", beside.emulator.authority()]);
    let login = desk.run(&["login", "--tenant", Entra::TENANT_ID, "--client", Entra::CLIENT_ID]);
    assert_eq!(login.code, 0, "{login}");
    for arguments in [&["licenses", "deployment"][..], &["doctor"], &["auth", "status"]] {
        let run = desk.run(arguments);
        assert_eq!(run.code, 0, "{run}");
    }
    assert!(desk.text().contains(Entra::TENANT_ID) && desk.text().contains(Entra::CLIENT_ID));
}
