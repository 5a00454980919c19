//! The fields by which the SDK filters and groups are those that the contract has for the query.

use partner_center::filter::{Deployment, Field, Filter, Grouping, Operation, Usage};
use partner_center_tests::Contract;
use serde_json::json;

#[test]
fn filters_and_groupings_have_the_fields_of_the_contract() {
    check::<Deployment>(["queryCommercialLicensesDeployment", "queryCommercialLicensesDeploymentV1"]);
    check::<Usage>(["queryCommercialLicensesUsage", "queryCommercialLicensesUsageV1"]);
}

fn check<Op: Operation>(operations: [&str; 2]) {
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
