//! Parses and evaluates filters of the commercial endpoints: `eq`, `ne`, `and`, `or`, parentheses, and quoted values
//! with doubled quotes. Independent of the SDK's implementation, so that tests reveal differences.

/// A column of the commercial endpoints that can be filtered and grouped by, in the order of the members of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Field {
    WorkloadCode,
    WorkloadName,
    ServiceCode,
    ServiceName,
    Channel,
    CustomerTenantId,
    CustomerName,
    ProductId,
    ProductName,
}

impl Field {
    /// The columns of the usage endpoint. The deployment endpoint has no workloads.
    pub(crate) const USAGE: &'static [Self] = &[
        Self::WorkloadCode,
        Self::WorkloadName,
        Self::ServiceCode,
        Self::ServiceName,
        Self::Channel,
        Self::CustomerTenantId,
        Self::CustomerName,
        Self::ProductId,
        Self::ProductName,
    ];
    pub(crate) const DEPLOYMENT: &'static [Self] = Self::USAGE.split_at(2).1;

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WorkloadCode => "workloadCode",
            Self::WorkloadName => "workloadName",
            Self::ServiceCode => "serviceCode",
            Self::ServiceName => "serviceName",
            Self::Channel => "channel",
            Self::CustomerTenantId => "customerTenantId",
            Self::CustomerName => "customerName",
            Self::ProductId => "productId",
            Self::ProductName => "productName",
        }
    }

    pub(crate) fn named(name: &str, among: &[Self]) -> Result<Self, String> {
        let found = among.iter().copied().find(|field| field.name() == name);
        found.ok_or_else(|| format!("Could not find a property named '{name}'."))
    }
}

/// A parsed filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    Is { field: Field, value: String, negated: bool },
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// The deepest nesting. Deeper filters could overflow the stack.
const DEEPEST: usize = 64;

impl Filter {
    pub(crate) fn parse(text: &str, fields: &[Field]) -> Result<Self, String> {
        let mut parser = Parser { rest: text, fields, depth: 0 };
        let filter = parser.any()?;
        match parser.rest.trim_start() {
            "" => Ok(filter),
            rest => Err(format!("Syntax error in the filter before '{}'.", start_of(rest))),
        }
    }

    /// Whether the filter matches a row with these values. Values compare without regard to case.
    pub(crate) fn admits<'a>(&self, value_of: &impl Fn(Field) -> &'a str) -> bool {
        match self {
            Self::Is { field, value, negated } => same(value_of(*field), value) != *negated,
            Self::All(parts) => parts.iter().all(|part| part.admits(value_of)),
            Self::Any(parts) => parts.iter().any(|part| part.admits(value_of)),
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || (!(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase())
}

struct Parser<'a> {
    rest: &'a str,
    fields: &'a [Field],
    depth: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.keyword("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.one()?];
        while self.keyword("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
    }

    fn one(&mut self) -> Result<Filter, String> {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix('(') {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err("The filter is nested too deeply.".to_owned());
            }
            self.rest = rest;
            let inner = self.any()?;
            self.rest = self.rest.trim_start();
            self.rest = self.rest.strip_prefix(')').ok_or("A parenthesis in the filter is not closed.")?;
            self.depth -= 1;
            return Ok(inner);
        }
        let field = Field::named(self.word(), self.fields)?;
        let negated = match self.word() {
            "eq" => false,
            "ne" => true,
            other => return Err(format!("Unknown operator '{other}' in the filter.")),
        };
        Ok(Filter::Is { field, value: self.value()?, negated })
    }

    fn word(&mut self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        word
    }

    /// Consumes the keyword if it is the next word.
    fn keyword(&mut self, keyword: &str) -> bool {
        let before = self.rest;
        if self.word() == keyword {
            return true;
        }
        self.rest = before;
        false
    }

    fn value(&mut self) -> Result<String, String> {
        let text = self.rest.trim_start();
        let mut rest = text
            .strip_prefix('\'')
            .ok_or_else(|| format!("A value in single quotes is missing before '{}'.", start_of(text)))?;
        let mut value = String::new();
        loop {
            let (part, after) = rest.split_once('\'').ok_or("A quoted value in the filter is not closed.")?;
            value.push_str(part);
            let Some(doubled) = after.strip_prefix('\'') else {
                self.rest = after;
                return Ok(value);
            };
            value.push('\'');
            rest = doubled;
        }
    }
}

fn start_of(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or("the end")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the filter matches a row of Exchange for the customer O'Brien.
    fn passes(filter: &str) -> bool {
        let value_of = |field| match field {
            Field::ServiceCode => "o365",
            Field::CustomerName => "O'Brien Østers",
            Field::WorkloadCode => "EXO",
            _ => "other",
        };
        Filter::parse(filter, Field::USAGE).unwrap().admits(&value_of)
    }

    #[test]
    fn filters_are_applied() {
        assert!(passes("serviceCode eq 'O365'"));
        assert!(!passes("serviceCode ne 'O365'"));
        assert!(passes("customerName eq 'O''BRIEN ØSTERS'"));
        assert!(passes("  workloadCode eq 'exo'and serviceCode eq 'o365' "));
        assert!(passes("serviceCode eq 'crm' or (channel eq 'other')"));
        // `and` binds tighter than `or`.
        assert!(passes("workloadCode eq 'EXO' or channel eq 'x' and channel eq 'y'"));
        assert!(!passes("(workloadCode eq 'EXO' or channel eq 'x') and channel eq 'y'"));
        assert!(passes("((serviceCode eq 'o365'))"));
        assert!(!passes("customerName eq ''"));
    }

    #[test]
    fn invalid_filters_are_rejected_with_a_reason() {
        for (filter, reason) in [
            ("", "property named ''"),
            ("shoe eq 'x'", "property named 'shoe'"),
            ("ServiceCode eq 'x'", "property named 'ServiceCode'"),
            ("serviceCode gt 'x'", "operator 'gt'"),
            ("serviceCode eq x", "single quotes"),
            ("serviceCode eq 'x", "not closed"),
            ("(serviceCode eq 'x'", "parenthesis"),
            ("serviceCode eq 'x')", "before ')'"),
            ("serviceCode eq 'x' xor channel eq 'y'", "before 'xor'"),
            ("serviceCode eq 'x' and", "property named ''"),
        ] {
            let error = Filter::parse(filter, Field::USAGE).unwrap_err();
            assert!(error.contains(reason), "{filter}: {error}");
        }
        assert!(Filter::parse("workloadCode eq 'EXO'", Field::DEPLOYMENT).is_err());
        let deep = format!("{}serviceCode eq 'x'{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(Filter::parse(&deep, Field::USAGE).unwrap_err().contains("deeply"));
        let long = vec!["serviceCode eq 'x'"; 10_000].join(" or ");
        assert!(Filter::parse(&long, Field::USAGE).is_ok());
    }
}
