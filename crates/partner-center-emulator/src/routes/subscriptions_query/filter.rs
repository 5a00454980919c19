//! Parses and evaluates filters of the subscriptions query: comparisons of texts, Booleans and dates, `contains`, `and`,
//! `or` and parentheses. Independent of the SDK's implementation, so that tests reveal differences.

use serde_json::{Map, Value};

/// The fields that a filter may name, with the operators of each.
const DATES: [&str; 9] = [
    "commitmentEndDate",
    "creationDate",
    "currentStateEndDate",
    "deprovisionedDate",
    "effectiveStartDate",
    "lastRenewalDate",
    "lastUsageDate",
    "trialStartDate",
    "trialToPaidConversionDate",
];
const TEXTS: [&str; 7] =
    ["customerMarket", "customerTenantId", "id", "partnerId", "productName", "status", "subscriptionType"];
const SEARCHED: [&str; 3] = ["customerName", "friendlyName", "productName"];
const FLAG: &str = "autoRenewEnabled";

/// The deepest nesting. Deeper filters could overflow the stack.
const DEEPEST: usize = 64;

/// A parsed filter.
pub(super) enum Filter {
    Compared(String, String, Value),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
        let filter = parser.any()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(format!("Syntax error in the filter before {token:?}.")),
        }
    }

    pub(super) fn admits(&self, row: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.admits(row)),
            Self::Any(parts) => parts.iter().any(|part| part.admits(row)),
            Self::Compared(field, operator, value) => {
                let found = row.get(field).unwrap_or(&Value::Null);
                match (operator.as_str(), found, value) {
                    ("contains", Value::String(found), Value::String(text)) => {
                        found.to_lowercase().contains(&text.to_lowercase())
                    }
                    ("eq" | "ne", Value::Bool(found), Value::Bool(value)) => {
                        (found == value) == (operator == "eq")
                    }
                    (_, Value::String(found), Value::String(value)) if DATES.contains(&field.as_str()) => {
                        // Dates without an offset compare as texts; a date alone is midnight.
                        let value = value.trim_end_matches('Z');
                        let order = found.as_str().cmp(value);
                        let order = if found.strip_prefix(value) == Some("T00:00:00") {
                            std::cmp::Ordering::Equal
                        } else {
                            order
                        };
                        match operator.as_str() {
                            "eq" => order.is_eq(),
                            "ne" => order.is_ne(),
                            "gt" => order.is_gt(),
                            "lt" => order.is_lt(),
                            "ge" => order.is_ge(),
                            _ => order.is_le(),
                        }
                    }
                    ("eq", Value::String(found), Value::String(value)) => found.eq_ignore_ascii_case(value),
                    ("ne", Value::String(found), Value::String(value)) => !found.eq_ignore_ascii_case(value),
                    // Nothing compares with a missing value, except that it differs.
                    ("ne", Value::Null, _) => true,
                    _ => false,
                }
            }
        }
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Mark(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(mut quoted) = rest.strip_prefix('\'') {
            let mut value = String::new();
            loop {
                let (part, after) =
                    quoted.split_once('\'').ok_or("A quoted value in the filter is not closed.")?;
                value.push_str(part);
                let Some(doubled) = after.strip_prefix('\'') else {
                    rest = after;
                    break;
                };
                value.push('\'');
                quoted = doubled;
            }
            tokens.push(Token::Text(value));
        } else if first.is_ascii_alphanumeric() {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            tokens.push(Token::Word(word.to_owned()));
            rest = after;
        } else if matches!(first, '(' | ')' | ',') {
            tokens.push(Token::Mark(first));
            rest = rest.split_at(first.len_utf8()).1;
        } else {
            return Err(format!("Syntax error in the filter before '{first}'."));
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&Token> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn word(&mut self, wanted: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if word == wanted);
        self.at += usize::from(found);
        found
    }

    fn mark(&mut self, wanted: char) -> Result<(), String> {
        match self.next() {
            Some(Token::Mark(found)) if *found == wanted => Ok(()),
            _ => Err(format!("'{wanted}' is missing in the filter.")),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text.clone()),
            _ => Err("A value in single quotes is missing in the filter.".to_owned()),
        }
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.one()?];
        while self.word("and") {
            parts.push(self.one()?);
        }
        Ok(Filter::All(parts))
    }

    fn one(&mut self) -> Result<Filter, String> {
        if self.peek() == Some(&Token::Mark('(')) {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("The filter is nested too deeply.".to_owned());
            }
            self.at += 1;
            let inner = self.any()?;
            self.mark(')')?;
            self.depth -= 1;
            return Ok(inner);
        }
        let Some(Token::Word(field)) = self.next() else {
            return Err("A property is missing in the filter.".to_owned());
        };
        let field = field.clone();
        if field == "contains" {
            self.mark('(')?;
            let Some(Token::Word(field)) = self.next() else {
                return Err("A property is missing in the filter.".to_owned());
            };
            let field = field.clone();
            if !SEARCHED.contains(&field.as_str()) {
                return Err(format!("'contains' does not take the property '{field}'."));
            }
            self.mark(',')?;
            let text = self.text()?;
            self.mark(')')?;
            return Ok(Filter::Compared(field, "contains".to_owned(), Value::String(text)));
        }
        let is_date = DATES.contains(&field.as_str());
        if !is_date && field != FLAG && !TEXTS.contains(&field.as_str()) {
            return Err(format!("Could not find a property named '{field}'."));
        }
        let operators: &[&str] = if is_date { &["eq", "ne", "gt", "lt", "ge", "le"] } else { &["eq", "ne"] };
        let operator = operators.iter().find(|operator| self.word(operator));
        let operator = (*operator.ok_or_else(|| format!("Unknown operator after '{field}'."))?).to_owned();
        let value = if is_date {
            if self.word("cast") {
                self.mark('(')?;
                let date = self.text()?;
                self.mark(',')?;
                if !self.word("Edm.DateTimeOffset") {
                    return Err("Unknown type in the filter.".to_owned());
                }
                self.mark(')')?;
                Value::String(date)
            } else {
                return Err(format!("'{field}' is compared with cast('...',Edm.DateTimeOffset)."));
            }
        } else if field == FLAG {
            match (self.word("true"), self.word("false")) {
                (true, _) => Value::Bool(true),
                (_, true) => Value::Bool(false),
                _ => return Err(format!("'{field}' is true or false.")),
            }
        } else {
            Value::String(self.text()?)
        };
        Ok(Filter::Compared(field, operator, value))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passes(filter: &str) -> bool {
        let row = json!({
            "customerName": "O'Brien Østers", "status": "ACTIVE", "autoRenewEnabled": true,
            "commitmentEndDate": "2019-02-10T00:00:00", "lastUsageDate": null, "productName": "OFFICE",
        });
        Filter::parse(filter).unwrap().admits(row.as_object().unwrap())
    }

    #[test]
    fn filters_are_applied() {
        for (filter, result) in [
            ("autoRenewEnabled eq true", true),
            ("autoRenewEnabled ne true", false),
            ("status eq 'active' and customerMarket ne 'US'", true),
            ("contains(customerName,'o''brien')", true),
            ("contains(productName, 'x') or productName eq 'office'", true),
            ("commitmentEndDate le cast('2019-02-10',Edm.DateTimeOffset)", true),
            ("commitmentEndDate lt cast('2019-02-10T00:00:00Z',Edm.DateTimeOffset)", false),
            ("commitmentEndDate gt cast('2019-02-09',Edm.DateTimeOffset)", true),
            ("lastUsageDate le cast('2030-01-01',Edm.DateTimeOffset)", false),
            ("(status eq 'x' or status eq 'ACTIVE') and status ne 'x'", true),
        ] {
            assert_eq!(passes(filter), result, "{filter}");
        }
    }

    #[test]
    fn invalid_filters_are_rejected_with_a_reason() {
        for (filter, reason) in [
            ("", "property is missing"),
            ("shoe eq 'x'", "named 'shoe'"),
            ("customerName eq 'x'", "named 'customerName'"),
            ("status lt 'x'", "Unknown operator"),
            ("status eq x", "single quotes"),
            ("status eq 'x", "not closed"),
            ("commitmentEndDate le '2019-02-10'", "cast"),
            ("autoRenewEnabled eq 'true'", "true or false"),
            ("contains(status,'x')", "does not take"),
            ("(status eq 'x'", "')' is missing"),
            ("status eq 'x' or", "property is missing"),
            ("status = 'x'", "before '='"),
        ] {
            let error = Filter::parse(filter).err().unwrap_or_else(|| panic!("{filter} was accepted"));
            assert!(error.contains(reason), "{filter}: {error}");
        }
    }
}
