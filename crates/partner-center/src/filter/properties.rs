//! Properties that hold for any text passed to the parsers. Used by property tests and a fuzz target.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use super::{Deployment, Filter, FilterError, Grouping, Operation, Subscriptions, Usage};

/// Checks the properties of this module for any text. The error names the violated property.
///
/// - The text of a parsed filter or grouping parses to an equal one with the same text.
/// - `Debug` shows no value.
/// - Usage accepts every filter of deployment and formats it in the same way.
/// - The column of an error is within the text, or one past it, and `caret` returns two lines.
///
/// ```
/// use partner_center::filter::check_properties;
///
/// assert_eq!(check_properties("channel eq 'reseller'"), Ok(()));
/// assert_eq!(check_properties("\u{1b}[2J"), Ok(()));
/// ```
pub fn check_properties(input: &str) -> Result<(), &'static str> {
    check_filter::<Deployment>(input)?;
    check_filter::<Usage>(input)?;
    check_filter::<Subscriptions>(input)?;
    check_printing::<Grouping<Deployment>>(input)?;
    check_printing::<Grouping<Usage>>(input)?;
    check_printing::<Grouping<Subscriptions>>(input)?;
    match (input.parse::<Filter<Deployment>>(), input.parse::<Filter<Usage>>()) {
        (Ok(deployment), Ok(usage)) if deployment.to_string() == usage.to_string() => Ok(()),
        (Ok(_), _) => Err("usage parses a filter of deployment differently"),
        (Err(_), _) => Ok(()),
    }
}

fn check_filter<Op: Operation>(input: &str) -> Result<(), &'static str> {
    check_printing::<Filter<Op>>(input)?;
    match input.parse::<Filter<Op>>() {
        // Values are in quotes, and nothing else is.
        Ok(filter) if format!("{filter:?}").contains('\'') => Err("`Debug` shows a value"),
        _ => Ok(()),
    }
}

fn check_printing<T>(input: &str) -> Result<(), &'static str>
where
    T: FromStr<Err = FilterError> + Display + Debug + PartialEq,
{
    match input.parse::<T>() {
        Ok(taken) => {
            let printed = taken.to_string();
            let again: T = printed.parse().map_err(|_| "the formatted text is rejected")?;
            if again != taken {
                return Err("the formatted text parses to something else");
            }
            if again.to_string() != printed {
                return Err("the formatted text is formatted differently");
            }
        }
        Err(error) => {
            if !(1..=input.chars().count() + 1).contains(&error.column()) {
                return Err("the column is outside the text");
            }
            let withdrawal = error.caret(input);
            if withdrawal.lines().count() != 2 || withdrawal.chars().any(|c| c.is_control() && c != '\n') {
                return Err("the caret is not two printable lines");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::iter::Peekable;
    use std::str::Chars;

    use proptest::prelude::*;

    use super::super::Field;
    use super::*;

    /// The syntax tree of a filter.
    #[derive(Clone, Debug)]
    enum Tree {
        Comparison { field: usize, equal: bool, value: String },
        And(Box<Tree>, Box<Tree>),
        Or(Box<Tree>, Box<Tree>),
    }

    impl Tree {
        fn build(&self) -> Filter<Usage> {
            match self {
                Self::Comparison { field, equal, value } => {
                    let field = Usage::FIELDS[*field];
                    if *equal { field.eq(value) } else { field.ne(value) }.unwrap()
                }
                Self::And(left, right) => left.build().and(right.build()),
                Self::Or(left, right) => left.build().or(right.build()),
            }
        }

        /// Formats the tree with parentheses around every operand, so that precedence does not matter.
        fn spell_out(&self) -> String {
            match self {
                Self::Comparison { field, equal, value } => {
                    let operator = if *equal { "EQ" } else { "nE" };
                    let field = Usage::FIELDS[*field].name().to_uppercase();
                    format!(" {field}\t{operator}'{}'", value.replace('\'', "''"))
                }
                Self::And(left, right) => format!("({})and({})", left.spell_out(), right.spell_out()),
                Self::Or(left, right) => format!("({})OR\n({})", left.spell_out(), right.spell_out()),
            }
        }

        /// Replaces the comparisons, from left to right, with `channel eq '1'` for true and `channel eq '0'` for false,
        /// and returns the value of the whole.
        fn decide(&mut self, truths: &mut impl Iterator<Item = bool>) -> bool {
            match self {
                Self::Comparison { .. } => {
                    let truth = truths.next().unwrap();
                    let field = Usage::FIELDS.iter().position(|field| *field == Field::CHANNEL).unwrap();
                    *self = Self::Comparison { field, equal: true, value: u8::from(truth).to_string() };
                    truth
                }
                Self::And(left, right) => left.decide(truths) & right.decide(truths),
                Self::Or(left, right) => left.decide(truths) | right.decide(truths),
            }
        }
    }

    /// Evaluates a formatted filter of `channel eq '0'` and `channel eq '1'`, `and` before `or`.
    fn is_true(printed: &str) -> bool {
        fn any(text: &mut Peekable<Chars<'_>>) -> bool {
            let mut truth = all(text);
            while text.next_if_eq(&'|').is_some() {
                truth |= all(text);
            }
            truth
        }
        fn all(text: &mut Peekable<Chars<'_>>) -> bool {
            let mut truth = one(text);
            while text.next_if_eq(&'&').is_some() {
                truth &= one(text);
            }
            truth
        }
        fn one(text: &mut Peekable<Chars<'_>>) -> bool {
            match text.next() {
                Some('(') => {
                    let truth = any(text);
                    assert_eq!(text.next(), Some(')'));
                    truth
                }
                found => {
                    assert!(matches!(found, Some('0' | '1')), "{found:?}");
                    found == Some('1')
                }
            }
        }
        let short = printed.replace("channel eq ", "").replace('\'', "");
        let short = short.replace(" and ", "&").replace(" or ", "|");
        let mut text = short.chars().peekable();
        let truth = any(&mut text);
        assert_eq!(text.next(), None, "{short}");
        truth
    }

    fn tree() -> impl Strategy<Value = Tree> {
        let value = prop_oneof!["\\P{Cc}{0,12}", "[' ()]{0,6}", "' (and|or) channel (eq|ne) '"];
        let comparison = (0..Usage::FIELDS.len(), any::<bool>(), value)
            .prop_map(|(field, equal, value)| Tree::Comparison { field, equal, value });
        comparison.prop_recursive(7, 48, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| Tree::And(Box::new(a), Box::new(b))),
                (inner.clone(), inner).prop_map(|(a, b)| Tree::Or(Box::new(a), Box::new(b))),
            ]
        })
    }

    /// Texts that are nearly a filter or a grouping.
    fn nearly() -> impl Strategy<Value = String> {
        let token = prop_oneof![
            "(serviceCode|CHANNEL|workloadName|productid|customerId|status|autoRenewEnabled|creationDate|contains)",
            "(eq|Ne|and|OR|le|true|cast|'x'|'O''Brien'|''|'reseller'|'2027-03-01')",
            "[(),' \t\u{3000}]",
            "\\PC{0,3}",
        ];
        prop::collection::vec(token, 0..24).prop_map(|tokens| tokens.join(" "))
    }

    proptest! {
        #[test]
        fn built_filters_survive_formatting_and_parsing(tree in tree()) {
            let built = tree.build();
            prop_assert_eq!(&built.to_string().parse::<Filter<Usage>>().unwrap(), &built);
            prop_assert_eq!(check_properties(&built.to_string()), Ok(()));
        }

        #[test]
        fn fully_parenthesized_filters_parse_to_the_built_filter(tree in tree()) {
            prop_assert_eq!(tree.spell_out().parse::<Filter<Usage>>().unwrap(), tree.build());
            prop_assert_eq!(check_properties(&tree.spell_out()), Ok(()));
        }

        #[test]
        fn formatted_filters_have_the_value_of_the_tree(mut tree in tree(), seed in any::<u64>()) {
            let mut truths = (0..64).map(|bit| seed >> bit & 1 == 1).cycle();
            let truth = tree.decide(&mut truths);
            prop_assert_eq!(is_true(&tree.build().to_string()), truth);
        }

        #[test]
        fn the_laws_hold_for_nearly_valid_texts(text in nearly()) {
            prop_assert_eq!(check_properties(&text), Ok(()));
        }

        #[test]
        fn the_laws_hold_for_any_text(text in any::<String>()) {
            prop_assert_eq!(check_properties(&text), Ok(()));
        }

        #[test]
        fn groupings_survive_formatting_and_parsing(
            fields in Just(Usage::FIELDS.to_vec()).prop_shuffle(),
            count in 1..=Usage::FIELDS.len(),
        ) {
            let (first, others) = fields[..count].split_first().unwrap();
            let built = others.iter().fold(Grouping::by(*first), |grouping, field| grouping.and(*field));
            prop_assert_eq!(built.fields(), &fields[..count]);
            prop_assert_eq!(&built.to_string().parse::<Grouping<Usage>>().unwrap(), &built);
            prop_assert_eq!(check_properties(&built.to_string()), Ok(()));
        }
    }
}
