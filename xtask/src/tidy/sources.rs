//! Checks what the sources of the SDK leave to others: paths to the contract, commands to the command line, variables to
//! the settings, clocks and random numbers to `clock.rs`, and the terminal to the program.
//!
//! Tests, documentation and attributes may contain anything.

use std::collections::BTreeMap;

use anyhow::Result;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tokens;

/// Where the sources of the SDK are.
const SOURCE: &str = "crates/partner-center/src/";

/// Parts that no string contains, and why.
const TEXTS: [(&str, &str); 5] = [
    ("/v1/", "the generated operations have the paths"),
    ("/customers", "the generated operations have the paths"),
    ("analytics/", "the generated operations have the paths"),
    ("partner-center ", "the command line adds its commands"),
    ("PARTNER_CENTER_", "`settings/variables.rs` names the variables"),
];

/// The file with the names of the variables.
const VARIABLES: (&str, &str) = ("settings/variables.rs", "PARTNER_CENTER_");

/// Functions that are not used, by the last two names of their path, and why.
const FUNCTIONS: [([&str; 2], &str); 9] = [
    (["Instant", "now"], "use the injected clock"),
    (["SystemTime", "now"], "use the injected clock"),
    (["Uuid", "new_v4"], "use the injected random numbers"),
    (["PkceCodeChallenge", "new_random_sha256"], "use the injected random numbers"),
    (["CsrfToken", "new_random"], "use the injected random numbers"),
    (["io", "stdout"], "the program owns the terminal"),
    (["io", "stderr"], "the program owns the terminal"),
    (["env", "var"], "only the settings read the environment"),
    (["env", "var_os"], "only the settings read the environment"),
];

/// The sign-in with a browser.
const SIGN_IN: &str = "credential/oauth/authorization_code.rs";

/// Files that may use a function, and why.
const EXCEPTIONS: [(&str, &str, &str); 8] = [
    ("clock.rs", "Instant", "it implements the clock"),
    ("clock.rs", "SystemTime", "it implements the clock"),
    ("clock.rs", "Uuid", "it implements the random numbers"),
    ("call/poll_timeout.rs", "Instant", "tokio times a request in progress"),
    (SIGN_IN, "PkceCodeChallenge", "the injected random numbers need not be secret"),
    (SIGN_IN, "CsrfToken", "the injected random numbers need not be secret"),
    ("settings/read.rs", "env", "it reads the environment"),
    ("proxy.rs", "env", "it reads the proxy of the environment for a program that asks for it"),
];

/// What must not be in the sources of the SDK, in files given by their path.
pub(super) fn findings(files: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for (path, text) in files {
        let Some(file) = path.strip_prefix(SOURCE).filter(|file| super::has_extension(file, "rs")) else {
            continue;
        };
        if !tokens::is_test(file) {
            let found = of_file(file, tokens::of_file(path, text)?);
            findings.extend(found.into_iter().map(|found| format!("{path}: {found}")));
        }
    }
    Ok(findings)
}

fn of_file(file: &str, tokens: TokenStream) -> Vec<String> {
    let (mut strings, mut names) = (Vec::new(), Vec::new());
    collect(tokens, &mut strings, &mut names);
    let mut findings = Vec::new();
    for (part, why) in TEXTS {
        if (file, part) == VARIABLES {
            continue;
        }
        if let Some(string) = strings.iter().find(|string| string.contains(part)) {
            findings.push(format!("{string:?} contains `{part}`, but {why}"));
        }
    }
    for ([module, function], why) in FUNCTIONS {
        let is_exempt = EXCEPTIONS.iter().any(|(exempt, name, _)| *exempt == file && *name == module);
        if !is_exempt && names.windows(4).any(|path| *path == [module, ":", ":", function]) {
            findings.push(format!("it uses `{module}::{function}`: {why}"));
        }
    }
    findings
}

/// Collects the strings and the names, with the punctuation between them, outside attributes.
fn collect(tokens: TokenStream, strings: &mut Vec<String>, names: &mut Vec<String>) {
    let mut after_hash = false;
    for token in tokens {
        let is_attribute = after_hash
            && matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket);
        after_hash = match &token {
            TokenTree::Punct(punct) => punct.as_char() == '#' || after_hash && punct.as_char() == '!',
            _ => false,
        };
        match token {
            TokenTree::Group(group) if !is_attribute => collect(group.stream(), strings, names),
            TokenTree::Group(_) => {}
            TokenTree::Literal(literal) => {
                if let syn::Lit::Str(string) = syn::Lit::new(literal) {
                    strings.push(string.value());
                }
            }
            other => names.push(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<String> {
        findings(&BTreeMap::from([(format!("{SOURCE}{file}"), text.to_owned())])).unwrap()
    }

    #[test]
    fn what_belongs_elsewhere_is_found() {
        for text in [
            "const PATH: &str = \"/v1/customers\";",
            "fn f() { g!(\"{}/analytics/licenses\", base) }",
            "fn f() { help(\"Run partner-center \\\n            login.\") }",
            "fn f() { lookup(\"PARTNER_CENTER_TOKEN\") }",
            "fn f() { std::env::var_os(NAME) }",
            "fn f() { std::time::Instant::now() }",
            "fn f() { times.map(SystemTime::now) }",
            "fn f() { Uuid::new_v4() }",
            "fn f() { oauth2::CsrfToken::new_random() }",
            "use std::io; fn f() { writeln!(io::stderr(), \"x\") }",
        ] {
            assert!(!found("call/mod.rs", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn everything_else_passes() {
        for (file, text) in [
            ("call/mod.rs", "/// `GET /v1/customers`.\n#[serde(rename = \"/v1/\")]\nfn f() {}"),
            ("call/mod.rs", "#[cfg(test)]\nmod tests { fn f() { Uuid::new_v4(); get(\"/v1/customers\") } }"),
            ("call/tests.rs", "fn f() { Instant::now() }"),
            ("call/poll_timeout.rs", "fn f() { Instant::now() }"),
            ("settings/variables.rs", "const TOKEN: &str = \"PARTNER_CENTER_TOKEN\";"),
            ("settings/read.rs", "fn f() { std::env::var_os(name) }"),
            (SIGN_IN, "fn f() { PkceCodeChallenge::new_random_sha256(); CsrfToken::new_random() }"),
            ("clock.rs", "fn f() { Instant::now(); SystemTime::now(); Uuid::new_v4() }"),
            ("client.rs", "const CRATE: &str = \"the crate partner-center.\"; fn f() { clock.now() }"),
        ] {
            assert_eq!(found(file, text), Vec::<String>::new(), "{text}");
        }
        let other = BTreeMap::from([(
            "crates/partner-center-cli/src/a.rs".to_owned(),
            "fn f() { \"/v1/\" }".to_owned(),
        )]);
        assert!(findings(&other).unwrap().is_empty());
    }
}
