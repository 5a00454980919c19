//! The proxy of the environment: which one, and which hosts are reached without it.

use std::ffi::OsString;

/// The variables that name the proxy for https, in the order in which they are looked at.
pub(crate) const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// The variables that name the hosts without a proxy.
pub(crate) const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// This machine, which no proxy could reach.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxy of this process's environment, for a program that asks for it.
pub(crate) fn of_this_process() -> Option<(String, String)> {
    of_environment(|name| std::env::var_os(name))
}

/// The proxy of the environment, if it names one, and the hosts that are reached without it.
fn of_environment(lookup: impl Fn(&str) -> Option<OsString>) -> Option<(String, String)> {
    let first = |names: &[&str]| {
        let values = names.iter().filter_map(|name| lookup(name));
        values.map(|value| value.to_string_lossy().trim().to_owned()).find(|value| !value.is_empty())
    };
    Some((first(&PROXY)?, without_proxy(first(&NO_PROXY).as_deref())))
}

/// The hosts that are reached without the proxy: these, and this machine.
pub(crate) fn without_proxy(hosts: Option<&str>) -> String {
    hosts.map_or_else(|| LOOPBACK.to_owned(), |hosts| format!("{hosts},{LOOPBACK}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_with_a_value_counts() {
        let found = |variables: &[(&str, &str)]| {
            let lookup = |name: &str| variables.iter().find(|(known, _)| *known == name);
            of_environment(|name| lookup(name).map(|(_, value)| OsString::from(value)))
        };
        let some = |proxy: &str, hosts: &str| Some((proxy.to_owned(), format!("{hosts}{LOOPBACK}")));
        for (variables, expected) in [
            (&[][..], None),
            (&[("NO_PROXY", "*")], None),
            // It is for plain http, and what it holds may come from a request to a CGI program.
            (&[("HTTP_PROXY", "http://a"), ("http_proxy", "http://a")], None),
            (&[("HTTPS_PROXY", "http://a"), ("https_proxy", "http://b")], some("http://a", "")),
            (&[("HTTPS_PROXY", " "), ("https_proxy", "http://b")], some("http://b", "")),
            (&[("ALL_PROXY", "http://a"), ("https_proxy", "http://b")], some("http://b", "")),
            (&[("all_proxy", "http://a")], some("http://a", "")),
            (&[("all_proxy", "http://a"), ("no_proxy", ".corp, x")], some("http://a", ".corp, x,")),
            (&[("all_proxy", "http://a"), ("no_proxy", "x"), ("NO_PROXY", "y")], some("http://a", "y,")),
        ] {
            assert_eq!(found(variables), expected, "{variables:?}");
        }
    }
}
