//! The fields by which the SDK filters and groups are those that the contract has for the query.

use partner_center::filter::{
    Deployment, Field, Filter, Grouping, LicenseOperation, Operation, Subscriptions, Usage,
};
use partner_center_tests::Contract;
use serde_json::json;

#[test]
fn filters_and_groupings_have_the_fields_of_the_contract() {
    check::<Deployment>(["queryCommercialLicensesDeployment", "queryCommercialLicensesDeploymentV1"]);
    check::<Usage>(["queryCommercialLicensesUsage", "queryCommercialLicensesUsageV1"]);
}

/// Every field of the contract can be compared with the operators of the contract, and with no other.
#[test]
fn filters_of_subscriptions_have_the_fields_and_operators_of_the_contract() {
    let contract = Contract::read();
    let operation = contract.operation("querySubscriptions");
    let parameter =
        |name: &str| operation.parameters.iter().find(|parameter| parameter.name == name).unwrap();
    let row = &contract.schemas["SubscriptionInsights"]["properties"];
    let mut compared = 0;
    for (field, operators) in &parameter("filter").operators {
        let value = match (row[field]["format"].as_str(), row[field]["type"].as_str()) {
            (Some("date-time-local"), _) => "'2027-03-01'",
            (_, Some("boolean")) => "true",
            _ => "'x'",
        };
        for operator in ["eq", "ne", "gt", "lt", "ge", "le", "contains"] {
            let text = match operator {
                "contains" => format!("contains({field},{value})"),
                _ => format!("{field} {operator} {value}"),
            };
            let is_valid = text.parse::<Filter<Subscriptions>>().is_ok();
            assert_eq!(is_valid, operators.iter().any(|known| known == operator), "{text}");
            compared += usize::from(is_valid);
        }
        assert!(
            parameter("filter").description.contains(field.as_str()),
            "the description does not name {field}"
        );
    }
    assert_eq!(compared, 9 * 6 + 7 * 2 + 2 + 3);
    let grouped: Vec<_> = Subscriptions::FIELDS.iter().map(Field::name).collect();
    assert_eq!(grouped, parameter("groupBy").fields);
    let all = grouped.join(",");
    assert_eq!(all.parse::<Grouping<Subscriptions>>().unwrap().to_string(), all);
    let pattern =
        jsonschema::validator_for(&json!({ "pattern": parameter("groupBy").schema["pattern"] })).unwrap();
    assert!(pattern.is_valid(&json!(all)), "{all}");
    assert!(!pattern.is_valid(&json!("licenseCount")));
}

fn check<Op: LicenseOperation>(operations: [&str; 2]) {
    let contract = Contract::read();
    let names: Vec<_> = Op::FIELDS.iter().map(Field::name).collect();
    for name in &names {
        assert!(format!("{name} eq 'x'").parse::<Filter<Op>>().is_ok(), "{name}");
    }
    let all = names.join(",");
    assert_eq!(all.parse::<Grouping<Op>>().unwrap().to_string(), all);
    for id in operations {
        let operation = contract.operation(id);
        let parameter = |name: &str| {
            let mut parameters = operation.parameters.iter();
            parameters.find(|parameter| parameter.name == name && parameter.place == "query").unwrap()
        };
        let (filter, groupby) = (parameter("filter"), parameter("groupby"));
        assert!(filter.fields == names && groupby.fields == names, "{id}: {names:?}");
        // The texts for readers and for other tools agree with the list.
        for name in &names {
            assert!(filter.description.contains(name), "{id}: the description does not name {name}");
        }
        let grouping = jsonschema::validator_for(&json!({ "pattern": groupby.schema["pattern"] })).unwrap();
        assert!(grouping.is_valid(&json!(all)), "{id}: {all}");
        let page = &contract.schemas[operation.responses[&200].schema.as_deref().unwrap()];
        let row = contract.resolve(&page["properties"]["Value"]["items"]);
        let properties = row["properties"].as_object().unwrap();
        assert!(properties.len() > names.len());
        for property in properties.keys() {
            let is_field = names.contains(&property.as_str());
            assert_eq!(grouping.is_valid(&json!(property)), is_field, "{id}: {property}");
        }
    }
}
