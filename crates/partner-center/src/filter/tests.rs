//! Formatting of filters and groupings, and every error with its column. Properties of all texts are tested in `laws`.

use super::*;

type ForDeployment = Filter<Deployment>;
type ForUsage = Filter<Usage>;

fn refused<T: FromStr<Err = FilterError>>(input: &str) -> FilterError {
    input.parse::<T>().err().unwrap_or_else(|| panic!("{input} was accepted"))
}

#[test]
fn filters_are_formatted_canonically_with_only_the_necessary_parentheses() {
    let cases = [
        ("serviceCode eq 'o365'", "serviceCode eq 'o365'"),
        ("  SERVICECODE\tEQ\n'o365' ", "serviceCode eq 'o365'"),
        ("((serviceCode eq 'O365'))", "serviceCode eq 'O365'"),
        ("servicename ne''", "serviceName ne ''"),
        ("customername eq 'O''Brien & Söhne'", "customerName eq 'O''Brien & Söhne'"),
        ("customerName eq ''''", "customerName eq ''''"),
        ("customerName eq ' and '", "customerName eq ' and '"),
        // The example of the documentation: its parentheses are not needed.
        (
            "serviceCode eq 'O365' or (channel eq 'Reseller')",
            "serviceCode eq 'O365' or channel eq 'Reseller'",
        ),
        (
            "productId eq '1' and productId eq '2' or productId eq '3'",
            "productId eq '1' and productId eq '2' or productId eq '3'",
        ),
        (
            "productId eq '1' or (productId eq '2' and productId eq '3')",
            "productId eq '1' or productId eq '2' and productId eq '3'",
        ),
        (
            "(productId eq '1' or productId eq '2')and(productId eq '3' or productId eq '4')",
            "(productId eq '1' or productId eq '2') and (productId eq '3' or productId eq '4')",
        ),
        (
            "productId eq '1' and (productId eq '2' and (productId eq '3'))",
            "productId eq '1' and productId eq '2' and productId eq '3'",
        ),
        (
            "productId eq '1' or (productId eq '2' or productId eq '3')",
            "productId eq '1' or productId eq '2' or productId eq '3'",
        ),
        (
            "productName eq '1' and (channel eq '2' or channel eq '3' and (channel eq '4' or channel eq '5'))",
            "productName eq '1' and (channel eq '2' or channel eq '3' and (channel eq '4' or channel eq '5'))",
        ),
    ];
    for (typed, printed) in cases {
        assert_eq!(typed.parse::<ForDeployment>().unwrap().to_string(), printed, "{typed}");
    }
}

#[test]
fn each_operation_parses_its_fields_and_formats_them_as_in_the_contract() {
    fn check<Op: Operation>(names: &[&str]) {
        assert_eq!(Op::FIELDS.iter().map(Field::name).collect::<Vec<_>>(), names);
        for name in names {
            let typed = format!("{} eq 'x'", name.to_uppercase());
            assert_eq!(typed.parse::<Filter<Op>>().unwrap().to_string(), format!("{name} eq 'x'"));
            assert_eq!(name.to_lowercase().parse::<Grouping<Op>>().unwrap().to_string(), *name);
        }
    }
    let shared = [
        "serviceCode",
        "serviceName",
        "channel",
        "customerTenantId",
        "customerName",
        "productId",
        "productName",
    ];
    check::<Deployment>(&shared);
    check::<Usage>(&[&["workloadCode", "workloadName"], &shared[..]].concat());
}

#[test]
fn a_borrowed_field_compares_with_values() {
    let any_product = |ids: [&str; 3]| -> Result<ForDeployment, FilterError> {
        let [first, others @ ..] = ids;
        let field = &Field::PRODUCT_ID;
        others.iter().try_fold(field.eq(first)?, |filter, id| Ok(filter.or(field.eq(id)?)))
    };
    assert_eq!(
        any_product(["1", "2", "3"]).unwrap().to_string(),
        "productId eq '1' or productId eq '2' or productId eq '3'"
    );
}

#[test]
fn a_value_given_in_code_is_quoted_or_rejected() {
    let field = Field::<Deployment>::CUSTOMER_NAME;
    assert_eq!(field.ne("' or channel eq 'x").unwrap().to_string(), "customerName ne ''' or channel eq ''x'");
    for (value, column) in [("\0", 1), ("Söhne\n", 6), ("a\u{7f}b", 2), ("\u{85}", 1)] {
        for error in [field.eq(value).unwrap_err(), field.ne(value).unwrap_err()] {
            assert_eq!(
                (error.kind(), error.column()),
                (FilterErrorKind::ControlCharacter, column),
                "{value:?}"
            );
        }
    }
}

#[test]
fn a_duplicate_field_in_code_keeps_its_position() {
    let grouping = Grouping::<Usage>::by(Field::CHANNEL).and(Field::WORKLOAD_CODE).and(Field::CHANNEL);
    assert_eq!(grouping.fields(), [Field::CHANNEL, Field::WORKLOAD_CODE]);
    assert_eq!(grouping.to_string(), "channel,workloadCode");
}

#[test]
fn debug_shows_the_shape_and_no_value() {
    let cases = [
        ("channel eq ''", "Filter(channel eq <value>)"),
        ("channel eq ''''", "Filter(channel eq <value>)"),
        ("channel eq 'a''b''''c d'", "Filter(channel eq <value>)"),
        (
            "(channel eq 'a ''' or customerName ne ''' x') and channel eq ') or '",
            "Filter((channel eq <value> or customerName ne <value>) and channel eq <value>)",
        ),
        (
            "channel eq 'a' and (channel eq 'b' or channel eq 'c')",
            "Filter(channel eq <value> and (channel eq <value> or channel eq <value>))",
        ),
    ];
    for (typed, shown) in cases {
        assert_eq!(format!("{:?}", typed.parse::<ForDeployment>().unwrap()), shown, "{typed}");
    }
}

#[test]
fn every_invalid_filter_is_rejected_with_its_column() {
    use FilterErrorKind::{
        ControlCharacter, Syntax, UnclosedValue, UndoubledQuote, UnknownField, UsageOnlyField,
    };
    let fields = "the fields of deployment are serviceCode, serviceName, channel, customerTenantId, customerName, \
                  productId, productName";
    let unknown = format!("unknown field; {fields}");
    let usage_only = format!("`workloadCode` is a field of usage only; {fields}");
    let undoubled = "this quote ends the value; double a quote inside a value";
    let cases = [
        ("", Syntax, 1, "expected a field or `(`"),
        ("   ", Syntax, 4, "expected a field or `(`"),
        ("= 'x'", Syntax, 1, "expected a field or `(`"),
        ("channel", Syntax, 8, "expected `eq` or `ne`"),
        ("channel gt 'x'", Syntax, 9, "expected `eq` or `ne`"),
        ("channel equals 'x'", Syntax, 9, "expected `eq` or `ne`"),
        ("channel 'x'", Syntax, 9, "expected `eq` or `ne`"),
        ("channel eq", Syntax, 11, "expected a value in single quotes"),
        ("channel eq  \"x\"", Syntax, 13, "expected a value in single quotes"),
        ("channel eq 'x' channel eq 'y'", Syntax, 16, "expected `and`, `or` or the end"),
        ("channel eq 'x' and", Syntax, 19, "expected a field or `(`"),
        ("channel eq 'x' and or", UnknownField, 20, &unknown),
        ("channel eq 'x')", Syntax, 15, "expected `and`, `or` or the end"),
        ("(channel eq 'x'", Syntax, 16, "expected `and`, `or` or `)`"),
        ("(channel eq 'x' channel", Syntax, 17, "expected `and`, `or` or `)`"),
        ("()", Syntax, 2, "expected a field or `(`"),
        ("customerName eq 'Müßig' xor", Syntax, 25, "expected `and`, `or` or the end"),
        ("channel eq 'x' or Contoso eq 'x'", UnknownField, 19, &unknown),
        ("channel eq 'x' or ( workloadcode eq 'x')", UsageOnlyField, 21, &usage_only),
        ("channel eq 'x' or channel ne 'y and z", UnclosedValue, 30, "this value has no closing quote"),
        ("channel eq 'x''", UnclosedValue, 12, "this value has no closing quote"),
        ("customerName eq 'O'Brien'", UndoubledQuote, 19, undoubled),
        ("customerName eq 'Möbel'\u{e9}'", UndoubledQuote, 23, undoubled),
        ("customerName eq 'Contoso\u{7}'", ControlCharacter, 25, "control character in a value"),
        ("customerName eq 'ö''\n'", ControlCharacter, 21, "control character in a value"),
    ];
    for (typed, kind, column, description) in cases {
        let error = refused::<ForDeployment>(typed);
        assert_eq!(
            (error.kind(), error.column(), error.description()),
            (kind, column, description),
            "{typed}"
        );
        assert_eq!(error.to_string(), format!("column {column}: {description}"));
    }
}

#[test]
fn every_invalid_grouping_is_rejected_with_its_column() {
    use FilterErrorKind::{DuplicateField, Syntax, UnknownField, UsageOnlyField};
    let cases = [
        ("", Syntax, 1, "expected a field"),
        (" , channel", Syntax, 2, "expected a field"),
        ("channel,", Syntax, 9, "expected a field"),
        ("channel,,productId", Syntax, 9, "expected a field"),
        ("channel productId", Syntax, 9, "expected `,` or the end"),
        ("channel, productId , CHANNEL", DuplicateField, 22, "`channel` is named twice"),
        // The documentation once ran two names together.
        ("channelcustomerTenantId", UnknownField, 1, "unknown field; the fields of "),
        (
            "channel, WORKLOADNAME",
            UsageOnlyField,
            10,
            "`workloadName` is a field of usage only; the fields of ",
        ),
    ];
    for (typed, kind, column, description) in cases {
        let error = refused::<Grouping<Deployment>>(typed);
        assert_eq!((error.kind(), error.column()), (kind, column), "{typed}");
        assert!(error.description().starts_with(description), "{typed}: {error}");
    }
    assert_eq!("channel ,\tproductId".parse::<Grouping<Usage>>().unwrap().to_string(), "channel,productId");
}

#[test]
fn the_field_that_was_meant_is_suggested() {
    let cases = [
        ("chanel", Some("channel")),
        ("serviceCodes", Some("serviceCode")),
        ("PRODUKTNAME", Some("productName")),
        ("workloadNmae", Some("workloadName")),
        ("customerId", Some("customerTenantId")),
        ("tenantId", Some("customerTenantId")),
        ("customer", Some("customerTenantId")),
        ("sku", None),
        ("id", None),
        ("Contoso", None),
        ("licensesDeployed", None),
        ("kundenname", None),
    ];
    for (typed, suggested) in cases {
        let error = refused::<Grouping<Usage>>(typed);
        let expected = match suggested {
            Some(name) => {
                format!("unknown field, did you mean `{name}`? the fields of usage are workloadCode, ")
            }
            None => "unknown field; the fields of usage are workloadCode, ".to_owned(),
        };
        assert!(error.description().starts_with(&expected), "{typed}: {error}");
    }
}

#[test]
fn the_longest_filter_is_accepted_and_one_character_more_is_not() {
    let of_length = |length: usize| format!("channel eq '{}'", "ü".repeat(length - 13));
    assert_eq!(of_length(8192).parse::<ForUsage>().unwrap().to_string(), of_length(8192));

    let error = refused::<ForUsage>(&of_length(8193));
    assert_eq!((error.kind(), error.column()), (FilterErrorKind::TooLong, 8193));
    assert_eq!(error.description(), "longer than 8192 characters");
    // Formatting would add a space, and the formatted text must parse.
    let error = refused::<ForUsage>(&of_length(8192).replace("eq '", "eq'").replace("ü'", "üü'"));
    assert_eq!((error.kind(), error.column()), (FilterErrorKind::TooLong, 8193));
    let error = refused::<ForUsage>(&of_length(8193).replace("eq '", "eq'").replace("ü'", "üü'"));
    assert_eq!((error.kind(), error.column()), (FilterErrorKind::TooLong, 8193));
}

#[test]
fn the_deepest_filter_is_accepted_and_one_parenthesis_more_is_not() {
    let of_depth = |depth: usize| format!("{}channel eq 'x'{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(of_depth(64).parse::<ForUsage>().unwrap().to_string(), "channel eq 'x'");
    for depth in [65, 4000] {
        let error = refused::<ForUsage>(&of_depth(depth));
        assert_eq!((error.kind(), error.column()), (FilterErrorKind::TooDeep, 65));
        assert_eq!(error.description(), "more than 64 parentheses open at once");
    }
    assert_eq!(refused::<ForUsage>(&of_depth(65).replace('(', " (")).column(), 130);
    // Parentheses side by side are not nested.
    let beside = vec!["(channel eq 'x' or channel eq 'y')"; 100].join(" and ");
    assert_eq!(beside.parse::<ForUsage>().unwrap().to_string(), beside);
}

#[test]
fn a_deeply_nested_filter_built_in_code_can_be_formatted_and_dropped() {
    let comparison = || Field::CHANNEL.eq("x").unwrap();
    let mut filter: ForUsage = comparison();
    for _ in 0..5_000 {
        filter = filter.or(comparison()).and(comparison());
    }
    let printed = filter.to_string();
    assert!(printed.starts_with(&"(".repeat(5_000)));
    assert_eq!(format!("{filter:?}").matches("<value>").count(), 10_001);
    assert_eq!(refused::<ForUsage>(&printed).kind(), FilterErrorKind::TooLong);
}

#[test]
fn only_the_caret_repeats_the_text() {
    for typed in [
        "Contoso eq 'x'",
        "customerName eq Contoso",
        "customerName eq 'Contoso",
        "customerName eq 'Contoso'Contoso",
        "customerName eq 'Contoso' Contoso",
        "customerName eq 'Contoso\u{1b}'",
        "customerName Contoso",
    ] {
        let error = refused::<ForDeployment>(typed);
        assert!(!format!("{error} {error:?} {}", error.description()).contains("Contoso"), "{error:?}");
        assert!(error.caret(typed).contains("Contoso"));
    }
}

#[test]
fn the_caret_is_under_the_column() {
    let draw = |typed: &str| refused::<ForDeployment>(typed).caret(typed);
    assert_eq!(draw(""), "\n^");
    assert_eq!(draw("channel"), "channel\n       ^");
    assert_eq!(draw("customerName eq 'Øl' &"), "customerName eq 'Øl' &\n                     ^");
    // A text cannot control the terminal or break the line.
    assert_eq!(draw("\n\u{1b}[2J"), " \u{fffd}[2J\n ^");

    // Only the part of a long text around the caret is shown.
    let long = format!("customerName eq '{}' & {}", "x".repeat(100), "y".repeat(100));
    let start = format!("...{}' & ", "x".repeat(58));
    let expected = format!("{start}{}...\n{}^", "y".repeat(18), " ".repeat(63));
    assert_eq!(draw(&long), expected);
    let ends_here = format!("customerName eq '{}' &", "x".repeat(100));
    assert_eq!(draw(&ends_here), format!("...{}' &\n{}^", "x".repeat(58), " ".repeat(63)));

    // A text other than the rejected one does not panic.
    assert_eq!(refused::<ForDeployment>(&long).caret("ab"), "ab\n  ^");
}

#[test]
fn filters_of_subscriptions_compare_each_field_as_the_service_documents() {
    for (typed, printed) in [
        ("autoRenewEnabled EQ True", "autoRenewEnabled eq true"),
        ("status ne 'ACTIVE' or id eq '1'", "status ne 'ACTIVE' or id eq '1'"),
        ("commitmentenddate LE '2027-03-01'", "commitmentEndDate le cast('2027-03-01',Edm.DateTimeOffset)"),
        (
            "creationDate gt cast ( '2018-01-01T00:00:00Z' , edm.datetimeoffset )",
            "creationDate gt cast('2018-01-01T00:00:00Z',Edm.DateTimeOffset)",
        ),
        ("contains( CustomerName , 'O''Brien' )", "contains(customerName,'O''Brien')"),
        ("(contains(productName,'365') or productName eq 'x') and not_a_field", ""),
    ] {
        let parsed = typed.parse::<Filter<Subscriptions>>();
        assert_eq!(parsed.map(|filter| filter.to_string()).unwrap_or_default(), printed, "{typed}");
    }
    for (typed, kind, message) in [
        ("customerName eq 'x'", FilterErrorKind::Syntax, "column 14: expected `contains(field,'text')`"),
        ("contains(status,'x')", FilterErrorKind::Syntax, "`status` cannot be searched"),
        ("status lt 'x'", FilterErrorKind::Syntax, "column 8: expected `eq` or `ne`"),
        ("commitmentEndDate lt 'soon'", FilterErrorKind::InvalidDate, "column 22: not a date"),
        ("commitmentEndDate lt cast('2027-03-01')", FilterErrorKind::Syntax, "expected `,`"),
        ("commitmentEndDate lt cast('2027-03-01',Edm.String)", FilterErrorKind::Syntax, "Edm.DateTimeOffset"),
        ("autoRenewEnabled eq 'true'", FilterErrorKind::Syntax, "expected `true` or `false`"),
        ("partnerName eq 'x'", FilterErrorKind::UnknownField, "unknown field"),
        ("workloadCode eq 'x'", FilterErrorKind::UnknownField, "unknown field"),
        ("contains eq 'x'", FilterErrorKind::UnknownField, "unknown field"),
    ] {
        let error = refused::<Filter<Subscriptions>>(typed);
        assert_eq!(error.kind(), kind, "{typed}: {error}");
        assert!(error.to_string().contains(message), "{typed}: {error}");
    }
    let filter: Filter<Subscriptions> =
        "contains(customerName,'Contoso') and commitmentEndDate le '2027-03-01'".parse().unwrap();
    assert_eq!(
        format!("{filter:?}"),
        "Filter(contains(customerName,<value>) and commitmentEndDate le cast(<value>,Edm.DateTimeOffset))"
    );
    let built = SubscriptionField::CUSTOMER_NAME
        .contains("Contoso")
        .unwrap()
        .and(SubscriptionField::COMMITMENT_END_DATE.le("2027-03-01").unwrap());
    assert_eq!(built, filter);
    assert!(SubscriptionField::CREATION_DATE.gt("soon").is_err());
    assert!(SubscriptionField::STATUS.eq("two\nlines").is_err());

    let grouping: Grouping<Subscriptions> = "subscriptionType, PARTNERNAME".parse().unwrap();
    assert_eq!(
        grouping,
        Grouping::by(SubscriptionField::SUBSCRIPTION_TYPE.grouped())
            .and(SubscriptionField::PARTNER_NAME.grouped())
    );
    assert_eq!(refused::<Grouping<Subscriptions>>("licenseCount").kind(), FilterErrorKind::UnknownField);
}
