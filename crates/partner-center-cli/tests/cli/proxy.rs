//! The proxy of flags, variables and profiles, in calls and in sign-in. The proxy is a server of the test, which sees
//! where the program wants to connect.

use partner_center_test_support::{FakeServer, reply};

use crate::support::{Run, command, finish};

const CALL: [&str; 2] = ["customers", "list"];
const PASSWORD: &str = "a-password-that-must-not-show";

/// A proxy that answers every CONNECT with this status, and its address with a user name and password.
fn proxy(status: u16) -> (FakeServer, String) {
    let server = FakeServer::responding(move |_| reply(status, &[], ""));
    let address = server.url().replace("http://", &format!("http://user:{PASSWORD}@"));
    (server, address.trim_end_matches('/').to_owned())
}

/// Runs with these variables.
fn run(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = command();
    command
        .env("PARTNER_CENTER_BASE_URL", "https://partner.test")
        .env("PARTNER_CENTER_ACCESS_TOKEN", "a.made-up.token")
        .envs(variables.iter().copied());
    let run = finish(command.args(arguments).args(["--max-attempts", "1"]));
    assert!(!run.stdout.contains(PASSWORD) && !run.stderr.contains(PASSWORD), "the password shows:\n{run}");
    run
}

fn targets(proxy: &FakeServer) -> Vec<String> {
    proxy.take_requests().iter().map(|request| format!("{} {}", request.method, request.target)).collect()
}

// The variables were ignored.
#[test]
fn every_variable_in_both_letter_cases_and_hosts_without_a_proxy() {
    let (server, address) = proxy(407);
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        for name in ["NO_PROXY", "no_proxy"] {
            for (hosts, is_direct) in [
                ("", false),
                ("partner.test", true),
                (".test", true),
                ("test", true),
                ("other.test, partner.test", true),
                ("*", true),
                ("ner.test", false),
                ("partner.test.example", false),
                ("10.0.0.0/8", false),
            ] {
                let run = run(&[(variable, &address), (name, hosts)], &CALL);
                assert_eq!(run.code, 8, "{run}");
                let connected = targets(&server);
                if is_direct {
                    assert!(connected.is_empty(), "{variable} {name}={hosts}: {connected:?}");
                    assert!(run.stderr.contains("could not resolve the host name"), "{run}");
                } else {
                    assert_eq!(connected, ["CONNECT partner.test:443"], "{variable} {name}={hosts}");
                    assert!(run.stderr.contains("the proxy requires a user name and password"), "{run}");
                    assert!(run.stderr.contains("HTTPS_PROXY"), "{run}");
                }
            }
        }
    }
}

#[test]
fn the_flag_overrides_the_environment_which_overrides_the_profile() {
    let ((of_flag, flag), (of_variable, variable), (of_profile, profile)) =
        (proxy(407), proxy(407), proxy(407));
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(
        directory.path().join("config.toml"),
        format!("[profile.default]\nproxy = \"{profile}\"\n"),
    )
    .unwrap();
    let directory = directory.path().to_str().unwrap();
    let seen = || [&of_flag, &of_variable, &of_profile].map(|proxy| targets(proxy).len());
    run(&[("PARTNER_CENTER_CONFIG_DIR", directory)], &CALL);
    assert_eq!(seen(), [0, 0, 1]);
    run(&[("PARTNER_CENTER_CONFIG_DIR", directory), ("all_proxy", &variable)], &CALL);
    assert_eq!(seen(), [0, 1, 0]);
    let with_flag = [&CALL[..], &["--proxy", &flag]].concat();
    run(&[("PARTNER_CENTER_CONFIG_DIR", directory), ("all_proxy", &variable)], &with_flag);
    assert_eq!(seen(), [1, 0, 0]);

    // The same in a report of the settings.
    let doctor = |arguments: &[&str], variables: &[(&str, &str)]| {
        run(variables, &[&["doctor", "--format", "table"], arguments].concat()).stdout
    };
    let shown = format!("[redacted]@{}", flag.rsplit('@').next().unwrap());
    let text = doctor(&["--proxy", &flag], &[("NO_PROXY", ".corp")]);
    assert!(text.contains(&format!("{shown} (--proxy)")) && text.contains(".corp (NO_PROXY)"), "{text}");
    assert!(
        doctor(&[], &[]).lines().any(|line| line.trim_start().starts_with("proxy") && line.ends_with("none"))
    );
}

#[test]
fn sign_in_goes_through_the_proxy_too() {
    let (server, address) = proxy(407);
    let variables = [
        ("HTTPS_PROXY", address.as_str()),
        ("PARTNER_CENTER_AUTHORITY", "https://login.test"),
        ("PARTNER_CENTER_TENANT_ID", "contoso.example"),
        ("PARTNER_CENTER_CLIENT_ID", "00000000-1111-2222-3333-444444444444"),
        ("PARTNER_CENTER_ACCESS_TOKEN", ""),
        ("PARTNER_CENTER_REFRESH_TOKEN", "a-refresh-token"),
    ];
    let run = run(&variables, &CALL);
    assert_eq!(run.code, 8, "{run}");
    assert_eq!(targets(&server), ["CONNECT login.test:443"]);
    assert!(run.stderr.contains("the proxy requires a user name and password"), "{run}");
}

#[test]
fn what_a_proxy_refuses() {
    for status in [403, 502, 511] {
        let (server, address) = proxy(status);
        let run = run(&[("https_proxy", &address)], &CALL);
        assert_eq!(run.code, 8, "{status}: {run}");
        assert_eq!(targets(&server).len(), 1);
        assert!(run.stderr.contains("the proxy refused to connect to the service"), "{status}: {run}");
    }
}

#[test]
fn this_machine_is_reached_without_the_proxy() {
    let (server, address) = proxy(407);
    let service = FakeServer::responding(|_| reply(200, &[], r#"{"totalCount":0,"items":[]}"#));
    let run = run(&[("HTTPS_PROXY", &address), ("PARTNER_CENTER_BASE_URL", service.url())], &CALL);
    assert_eq!(run.code, 0, "{run}");
    assert!(targets(&server).is_empty());
}

#[test]
fn an_address_that_is_no_proxy_is_an_error_before_anything_is_sent() {
    for (variables, from) in [
        (&[("ALL_PROXY", "socks5://user:a-password-that-must-not-show@proxy.test:1080")][..], "ALL_PROXY"),
        (&[("https_proxy", "http://user:a-password-that-must-not-show@proxy.test/path")], "https_proxy"),
    ] {
        let run = run(variables, &CALL);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("the address of the proxy is invalid"), "{run}");
        assert!(run.stderr.contains(from) && run.stderr.contains("http://host:port"), "{run}");
    }
}
