//! The arguments that select customers, by id, domain or name.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use partner_center::CustomerId;
use partner_center::settings::input::{self as texts, Kind};

use super::Global;
use crate::exit::Exit;
use crate::input;
use crate::problem::Problem;

/// A customer as the user names it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum GivenCustomer {
    Id(CustomerId),
    /// A domain or a name, or the beginning of a name.
    Text(String),
}

/// What one value of `--customer` names: a comma separates ids and domains, but not names.
#[derive(Clone, Debug)]
pub(crate) struct GivenCustomers(Vec<GivenCustomer>);

/// The arguments that name customers.
#[derive(Args, Debug, Default)]
#[group(id = "named")]
pub(crate) struct NamedCustomers {
    /// A customer: its id (its tenant id), its domain, its name or the beginning of its name; can be repeated. For a
    /// domain or a name, the list of customers is read first
    #[arg(short, long = "customer", value_name = "CUSTOMER", value_parser = given_customers)]
    customers: Vec<GivenCustomers>,

    /// The customers in this file, one per line, by id, domain or name; lines that begin with # are comments, and - is
    /// stdin
    #[arg(long, value_name = "FILE")]
    customers_from: Option<PathBuf>,
}

/// The arguments that select customers, or all of them.
#[derive(Args, Debug)]
#[group(skip)]
#[command(group = clap::ArgGroup::new("whose").args(["customers", "customers_from", "all_customers"]).multiple(true))]
pub(crate) struct Whose {
    #[command(flatten)]
    named: NamedCustomers,

    /// All customers of the partner
    #[arg(short, long, conflicts_with_all = ["customers", "customers_from"])]
    pub(crate) all_customers: bool,
}

/// The customers that the arguments select.
#[derive(Clone, Debug)]
pub(crate) enum ChosenCustomers {
    All,
    These(Vec<GivenCustomer>),
}

impl Whose {
    /// Whether no customers are selected.
    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty() && !self.all_customers
    }

    /// Reads the file of `--customers-from`, if there is one.
    pub(crate) fn read(&self, global: &Global) -> Result<ChosenCustomers, Problem> {
        if self.all_customers { Ok(ChosenCustomers::All) } else { self.named.read(global) }
    }
}

impl NamedCustomers {
    fn is_empty(&self) -> bool {
        self.customers.is_empty() && self.customers_from.is_none()
    }

    /// Reads the file of `--customers-from`, if there is one. Without arguments, all customers are chosen.
    pub(crate) fn read(&self, global: &Global) -> Result<ChosenCustomers, Problem> {
        if self.is_empty() {
            return Ok(ChosenCustomers::All);
        }
        let mut given: Vec<_> =
            self.customers.iter().flat_map(|GivenCustomers(given)| given).cloned().collect();
        if let Some(path) = &self.customers_from {
            given.extend(read_file(path, global)?);
        }
        Ok(ChosenCustomers::These(given))
    }
}

impl ChosenCustomers {
    pub(crate) fn are_all(&self) -> bool {
        matches!(self, Self::All)
    }

    /// Whether one customer is chosen, even if it is given twice.
    pub(crate) fn is_one(&self) -> bool {
        match self {
            Self::All => false,
            Self::These(given) => given.iter().all(|other| Some(other) == given.first()),
        }
    }
}

/// Shows no text, because it may name a customer.
impl fmt::Debug for GivenCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.debug_tuple("Id").field(id).finish(),
            Self::Text(_) => f.write_str("Text(<customer data>)"),
        }
    }
}

/// Reads the customers of a file, before any request.
fn read_file(path: &Path, global: &Global) -> Result<Vec<GivenCustomer>, Problem> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { "stdin".to_owned() } else { path.display().to_string() };
    let refused = |cause: String| {
        Problem::new(Exit::Usage, format!("the customers in {name} cannot be used"))
            .because(cause)
            .advice("Write one customer per line: its id, its domain or its name. Nothing was sent.")
    };
    let bytes =
        if is_stdin { input::read_stdin(global.timeout) } else { input::read(path, global.patience()) };
    let bytes = bytes.map_err(|error| refused(error.to_string()))?;
    let text = texts::text(&bytes).map_err(|unusable| refused(format!("it {}", unusable.why)))?;
    let mut given = Vec::new();
    for (line, text) in (1_u64..).zip(text.lines()) {
        if !text.trim().is_empty() && !text.trim_start().starts_with('#') {
            let GivenCustomers(customers) =
                given_customers(text).map_err(|why| refused(format!("line {line}: {why}")))?;
            given.extend(customers);
        }
    }
    if given.is_empty() { Err(refused("it names no customer".to_owned())) } else { Ok(given) }
}

/// One customer, or several ids and domains separated by `,` or `;`: `Contoso, Ltd.` is one name.
fn given_customers(text: &str) -> Result<GivenCustomers, String> {
    let parts = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<_> = parts.collect();
    let is_separate = |part: &&str| looks_like_id(part) || is_domain(part);
    let parts = if !parts.is_empty() && parts.iter().all(is_separate) { parts } else { vec![text] };
    parts.into_iter().map(given).collect::<Result<_, _>>().map(GivenCustomers)
}

/// A single customer.
pub(super) fn given_customer(text: &str) -> Result<GivenCustomer, String> {
    let GivenCustomers(mut given) = given_customers(text)?;
    match (given.pop(), given.pop()) {
        (Some(only), None) => Ok(only),
        _ => Err("it names several customers, and the command takes one".to_owned()),
    }
}

fn given(text: &str) -> Result<GivenCustomer, String> {
    let is_json = text.trim_start().starts_with('{') && text.contains('"');
    if is_json || looks_like_id(text) {
        return customer_id(text).map(GivenCustomer::Id);
    }
    // csv may quote a name, and put an apostrophe before one that looks like a formula.
    let name = texts::bare(text, Kind::Text).unwrap_or(text.trim());
    let formula = name.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    match formula.unwrap_or(name) {
        "" => Err("it is empty. Give the id, the domain or the name of a customer".to_owned()),
        name if name.chars().any(char::is_control) => Err("it has control characters".to_owned()),
        name => Ok(GivenCustomer::Text(name.to_owned())),
    }
}

fn customer_id(text: &str) -> Result<CustomerId, String> {
    let id = texts::bare(text, Kind::Id)
        .map_err(|unusable| format!("it {}. {}", unusable.why, unusable.advice))?;
    id.parse().map_err(|error: partner_center::Error| {
        let message = error.message();
        message.strip_prefix("not a customer id: ").unwrap_or(message).to_owned()
    })
}

/// Whether a text is meant as an id, even if it has a mistake. It is then not looked up in the list of customers.
fn looks_like_id(text: &str) -> bool {
    let Ok(id) = texts::bare(text, Kind::Id) else { return false };
    let dashes = id.bytes().filter(|byte| *byte == b'-').count();
    let is_hexadecimal = id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_hexadecimal && (id.len() == 32 || dashes >= 3 && id.len() >= 20)
        || is_word && dashes == 4 && id.len() >= 30
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    text.contains('.') && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";

    /// What a text names: `Ok` with ids as they are and texts in brackets.
    fn named(text: &str) -> Result<Vec<String>, String> {
        let GivenCustomers(given) = given_customers(text)?;
        let shown = |given| match given {
            GivenCustomer::Id(id) => id.to_string(),
            GivenCustomer::Text(text) => format!("<{text}>"),
        };
        Ok(given.into_iter().map(shown).collect())
    }

    #[test]
    fn a_comma_separates_ids_and_domains_only() {
        for (text, expected) in [
            (ID.to_owned(), vec![ID]),
            (format!(" {{{}}} ", ID.to_uppercase()), vec![ID]),
            (format!("{ID},{ID}"), vec![ID, ID]),
            (format!("{ID};{ID},"), vec![ID, ID]),
            ("contoso.com,".to_owned(), vec!["<contoso.com>"]),
            ("\"Contoso, Ltd.\"".to_owned(), vec!["<Contoso, Ltd.>"]),
            ("'=Equals Consulting".to_owned(), vec!["<=Equals Consulting>"]),
            ("'t Hooft".to_owned(), vec!["<'t Hooft>"]),
            (format!("{ID}, contoso.com"), vec![ID, "<contoso.com>"]),
            ("contoso.com,münchen.example".to_owned(), vec!["<contoso.com>", "<münchen.example>"]),
            ("Contoso, Ltd.".to_owned(), vec!["<Contoso, Ltd.>"]),
            ("Contoso, fabrikam.com".to_owned(), vec!["<Contoso, fabrikam.com>"]),
            (format!("{ID}, Contoso"), vec![&format!("<{ID}, Contoso>")]),
            ("  Björk & Söner  ".to_owned(), vec!["<Björk & Söner>"]),
            ("[Test] {x}".to_owned(), vec!["<[Test] {x}>"]),
            ("face-bad-cafe-bed".to_owned(), vec!["<face-bad-cafe-bed>"]),
            ("..".to_owned(), vec!["<..>"]),
        ] {
            assert_eq!(named(&text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_text_that_cannot_name_a_customer_is_rejected() {
        for (text, why) in [
            (String::new(), "it is empty"),
            (" \t".to_owned(), "it is empty"),
            ("\"\"".to_owned(), "it is empty"),
            ("Con\u{7}toso".to_owned(), "control characters"),
            (ID[1..].to_owned(), "35 characters"),
            (ID.replace('-', ""), "32 characters"),
            (format!("{ID},{}", &ID[1..]), "35 characters"),
            (format!("{}g", &ID[..35]), "character 36"),
            (format!("{{\"id\":\"{ID}\"}}"), "JSON"),
            ("00000000-0000-0000-0000-000000000000".to_owned(), "zeros"),
        ] {
            let error = named(&text).unwrap_err();
            assert!(error.contains(why), "{text:?}: {error}");
        }
        assert!(given_customer(&format!("{ID},contoso.com")).unwrap_err().contains("takes one"));
    }
}
