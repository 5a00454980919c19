//! Finds customers by domain or name. The list of customers is read and compared on this machine, so the text is not
//! sent.

use std::collections::BTreeMap;

use partner_center::{CustomerId, PartnerCenter};
use partner_center_history::Day;

use crate::anonymizer::anonymizer;
use crate::args::GivenCustomer;
use crate::console::Console;
use crate::exit::Exit;
use crate::problem::{Problem, Stop};
use crate::terminal::text::counted;

/// The most customers that an error shows for one text, and the most texts that it shows.
const SHOWN: usize = 10;

/// The ids of these customers. Reads the list of customers if one is named by a text.
pub(crate) async fn find(
    partner: &PartnerCenter,
    given: &[GivenCustomer],
    console: Console,
) -> Result<Vec<CustomerId>, Stop> {
    let mut search = Search::new(given);
    if search.has_texts() {
        let mut pages = partner.customers().list().pages();
        while let Some(page) = pages.try_next().await? {
            search.unreadable += page.findings().unreadable_count();
            for customer in page.into_items() {
                let Some(id) = customer.id.as_uuid().filter(|id| !id.is_nil()) else { continue };
                let profile = customer.company_profile.unwrap_or_default();
                search.compare(id.into(), profile.company_name.as_deref(), profile.domain.as_deref());
            }
        }
    }
    Ok(search.finish(Place::List, console)?)
}

/// The id of one customer.
pub(crate) async fn find_one(
    partner: &PartnerCenter,
    given: &GivenCustomer,
    console: Console,
) -> Result<CustomerId, Stop> {
    let found = find(partner, std::slice::from_ref(given), console).await?;
    Ok(found.first().copied().ok_or_else(|| Problem::new(Exit::Usage, "no customer is given"))?)
}

/// What was searched.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// The list of customers.
    List,
    /// A recorded day, which has no domains.
    Day(Day),
}

/// Compares customers with the texts that the user gave.
pub(crate) struct Search {
    /// In the order in which they were given.
    given: Vec<Given>,
    /// Customers of the list that could not be read.
    unreadable: u64,
}

enum Given {
    Id(CustomerId),
    Text(Named),
}

/// A text, and the customers that it may mean.
struct Named {
    text: String,
    folded: String,
    /// By how well they match, best first.
    candidates: BTreeMap<Likeness, Candidates>,
}

/// How a text matches a customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// It is the customer's domain or name.
    Same,
    /// The name begins with it.
    Begins,
    /// The name or the domain contains it. Shown in the error, but not selected.
    Contains,
}

#[derive(Default)]
struct Candidates {
    shown: BTreeMap<CustomerId, String>,
    more: bool,
}

impl Search {
    pub(crate) fn new(given: &[GivenCustomer]) -> Self {
        let given = given.iter().map(|given| match given {
            GivenCustomer::Id(id) => Given::Id(*id),
            GivenCustomer::Text(text) => {
                Given::Text(Named { text: text.clone(), folded: folded(text), candidates: BTreeMap::new() })
            }
        });
        Self { given: given.collect(), unreadable: 0 }
    }

    /// Whether customers need to be compared.
    pub(crate) fn has_texts(&self) -> bool {
        self.given.iter().any(|given| matches!(given, Given::Text(_)))
    }

    /// Compares a customer with every text. A customer that is compared twice counts once.
    pub(crate) fn compare(&mut self, id: CustomerId, name: Option<&str>, domain: Option<&str>) {
        let (folded_name, folded_domain) = (name.map(folded), domain.map(folded));
        for given in &mut self.given {
            let Given::Text(named) = given else { continue };
            if let Some(likeness) = named.likeness(folded_name.as_deref(), folded_domain.as_deref()) {
                let candidates = named.candidates.entry(likeness).or_default();
                if candidates.shown.len() < SHOWN || candidates.shown.contains_key(&id) {
                    candidates.shown.entry(id).or_insert_with(|| shown(id, name, domain));
                } else {
                    candidates.more = true;
                }
            }
        }
    }

    /// The selected customers, if each text means exactly one.
    pub(crate) fn finish(self, place: Place, console: Console) -> Result<Vec<CustomerId>, Problem> {
        let (mut found, mut unresolved) = (Vec::new(), Vec::new());
        for given in self.given {
            match given {
                Given::Id(id) => found.push(id),
                Given::Text(named) => match named.only() {
                    Some((id, customer, likeness)) => {
                        found.push(id);
                        if likeness == Likeness::Begins {
                            console.note(&format!("{} is {customer}", quoted(&named.text)));
                        }
                    }
                    None => unresolved.push(named),
                },
            }
        }
        if unresolved.is_empty() { Ok(found) } else { Err(problem(&unresolved, place, self.unreadable)) }
    }
}

impl Named {
    fn likeness(&self, name: Option<&str>, domain: Option<&str>) -> Option<Likeness> {
        let text = self.folded.as_str();
        if name == Some(text) || domain == Some(text) {
            Some(Likeness::Same)
        } else if name.is_some_and(|name| name.starts_with(text)) {
            Some(Likeness::Begins)
        } else if name.is_some_and(|name| name.contains(text))
            || domain.is_some_and(|domain| domain.contains(text))
        {
            Some(Likeness::Contains)
        } else {
            None
        }
    }

    /// The only customer that the text can mean.
    fn only(&self) -> Option<(CustomerId, &str, Likeness)> {
        let (likeness, candidates) = self.candidates.first_key_value()?;
        let mut shown = candidates.shown.iter();
        match (likeness, shown.next(), shown.next()) {
            (Likeness::Same | Likeness::Begins, Some((id, customer)), None) => {
                Some((*id, customer, *likeness))
            }
            _ => None,
        }
    }

    /// Why the text does not mean one customer, and the customers that it may mean, with the name of their facts.
    fn unresolved(&self) -> (String, &'static str, Option<&Candidates>) {
        let text = quoted(&self.text);
        match self.candidates.first_key_value() {
            None => (format!("no customer has the name or the domain {text}"), "similar", None),
            Some((Likeness::Contains, like)) => {
                (format!("no customer has the name or the domain {text}"), "similar", Some(like))
            }
            Some((likeness, like)) => {
                let how = if *likeness == Likeness::Same { "are called" } else { "begin with" };
                (format!("several customers {how} {text}"), "customer", Some(like))
            }
        }
    }
}

fn problem(unresolved: &[Named], place: Place, unreadable: u64) -> Problem {
    let mut problem = match unresolved {
        [one] => {
            let (what, fact, like) = one.unresolved();
            let mut problem = Problem::new(Exit::Usage, what);
            for customer in like.into_iter().flat_map(|like| like.shown.values()) {
                problem = problem.fact(fact, customer.as_str());
            }
            if like.is_some_and(|like| like.more) { problem.fact("and", "more") } else { problem }
        }
        several => {
            let mut problem = Problem::new(
                Exit::Usage,
                format!("{} of the customers given could not be found", several.len()),
            );
            for named in several.iter().take(SHOWN) {
                let (what, ..) = named.unresolved();
                problem = problem.fact("reason", what);
            }
            let more = several.len().saturating_sub(SHOWN);
            if more > 0 { problem.fact("and", format!("{more} more")) } else { problem }
        }
    };
    if unreadable > 0 {
        let entries = counted(unreadable, "customer", "customers");
        problem = problem.because(format!("{entries} of the list could not be read"));
    }
    let advice = match place {
        Place::List => "Use the id or the domain; `partner-center customers list` shows all. Only the list of customers was read.".to_owned(),
        Place::Day(day) => format!("Use the id or the whole name. The recorded day {day} has no domains."),
    };
    problem.advice(advice)
}

/// The text as it may be shown. It may name a customer.
fn quoted(text: &str) -> String {
    if anonymizer().is_some() { "the text that was given".to_owned() } else { format!("\"{text}\"") }
}

/// A customer as it may be shown.
fn shown(id: CustomerId, name: Option<&str>, domain: Option<&str>) -> String {
    if let Some(anonymizer) = anonymizer() {
        let (mut id, mut name) = (Some(id), name.map(str::to_owned));
        anonymizer.customer(&mut id, &mut name);
        return [name, id.map(|id| id.to_string())].into_iter().flatten().collect::<Vec<_>>().join(", ");
    }
    let id = id.to_string();
    [name, domain, Some(&id)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The text in lower case, with single spaces.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUSTOMERS: [(u128, Option<&str>, Option<&str>); 7] = [
        (1, Some("Contoso, Ltd."), Some("contoso.com")),
        (2, Some("Contoso  AG"), Some("contoso.example")),
        (3, Some("Fabrikam"), Some("fabrikam.com")),
        (4, Some("fabrikam"), Some("fabrikam.example")),
        (5, Some("Björk & Söner"), None),
        (6, None, Some("nameless.example")),
        (7, Some("fabrikam.com"), None),
    ];

    fn id(number: u128) -> CustomerId {
        uuid::Uuid::from_u128(number).into()
    }

    fn find(texts: &[&str]) -> Result<Vec<CustomerId>, Problem> {
        let given: Vec<_> = texts.iter().map(|text| GivenCustomer::Text((*text).to_owned())).collect();
        let mut search = Search::new(&given);
        // Rows of a dataset name a customer more than once.
        for _ in 0..2 {
            for (number, name, domain) in CUSTOMERS {
                search.compare(id(number), name, domain);
            }
        }
        search.finish(Place::List, Console::silent())
    }

    #[test]
    fn a_text_means_one_customer_or_none() {
        for (text, number) in [
            ("Contoso, Ltd.", 1),
            ("contoso, ltd.", 1),
            ("CONTOSO.COM", 1),
            ("Contoso, ", 1),
            (" contoso ag ", 2),
            ("BJÖRK & SÖNER", 5),
            ("björk", 5),
            ("nameless.example", 6),
        ] {
            assert_eq!(find(&[text]).unwrap(), [id(number)], "{text}");
        }
        assert_eq!(find(&["björk", "contoso.com"]).unwrap(), [id(5), id(1)]);
    }

    #[test]
    fn other_texts_are_rejected_with_the_customers_that_they_may_mean() {
        for (text, what, customers) in [
            ("Contoso", "several customers begin with \"Contoso\"", 2),
            ("Fabrikam", "several customers are called \"Fabrikam\"", 2),
            // The domain of one is the name of another.
            ("fabrikam.com", "several customers are called \"fabrikam.com\"", 2),
            ("Söner", "no customer has the name or the domain \"Söner\"", 1),
            ("Northwind", "no customer has the name or the domain \"Northwind\"", 0),
        ] {
            let problem = find(&[text]).unwrap_err();
            assert_eq!((problem.exit(), problem.what()), (Exit::Usage, what));
            let shown = anstream::adapter::strip_str(&problem.render(None)).to_string();
            assert_eq!(shown.matches("00000000-0000-").count(), customers, "{shown}");
        }
        let problem = find(&["Contoso", "björk", "Northwind"]).unwrap_err();
        assert_eq!(problem.what(), "2 of the customers given could not be found");
    }

    #[test]
    fn an_error_shows_few_of_many_customers() {
        let mut search = Search::new(&[GivenCustomer::Text("Con".to_owned())]);
        for number in 1..=1_000 {
            search.compare(id(number), Some("Contoso"), None);
        }
        let problem = search.finish(Place::List, Console::silent()).unwrap_err();
        let shown = anstream::adapter::strip_str(&problem.render(None)).to_string();
        assert_eq!(shown.matches("Contoso,").count(), SHOWN, "{shown}");
        assert!(shown.contains("more"), "{shown}");
    }
}
