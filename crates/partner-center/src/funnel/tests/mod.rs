//! Tests of each rule of the join, by example. `properties` has the property tests.

mod saturation;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::*;
use crate::licenses::{DeploymentRow, Source, UsageRow};
use crate::models::{
    CommercialLicensesDeploymentInsights, CommercialLicensesDeploymentInsightsCollection,
    CommercialLicensesUsageInsights, CommercialLicensesUsageInsightsCollection,
    CustomerLicensesDeploymentInsights, CustomerLicensesDeploymentInsightsCollection,
    CustomerLicensesUsageInsights, CustomerLicensesUsageInsightsCollection, Timestamp,
};

const CUSTOMER: &str = "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04";
const OTHER: &str = "0112a436-b14e-4888-967b-ca4bb2cf1234";
const NIL: &str = "00000000-0000-0000-0000-000000000000";
const E3: &str = "6FD2C87F-B296-42F0-B197-1E91E994B900";
const E5: &str = "C7DF2760-2C81-4EF7-B578-5B5392B571DF";

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// Joins the models of the classic operations.
fn joined(
    deployment: impl IntoIterator<Item = CustomerLicensesDeploymentInsights>,
    usage: impl IntoIterator<Item = CustomerLicensesUsageInsights>,
) -> Funnel {
    let customer = CUSTOMER.parse().unwrap();
    let deployment: Vec<_> =
        deployment.into_iter().map(|row| DeploymentRow::classic(customer, row)).collect();
    let usage: Vec<_> = usage.into_iter().map(|row| UsageRow::classic(customer, row)).collect();
    Funnel::of_customer(customer, &deployment, &usage)
}

fn classic(deployment: &[Value], usage: &[Value]) -> Funnel {
    joined(deployment.iter().map(read), usage.iter().map(read))
}

/// Adds the customer to rows that do not name one.
fn commercial(deployment: &[Value], usage: &[Value]) -> Funnel {
    fn rows<Model: DeserializeOwned, Row: From<Model>>(values: &[Value]) -> Vec<Row> {
        let row = |row: &Value| {
            let mut with = json!({ "customerTenantId": CUSTOMER.to_uppercase() });
            with.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
            read::<Model>(&with).into()
        };
        values.iter().map(row).collect()
    }
    let deployment = rows::<CommercialLicensesDeploymentInsights, _>(deployment);
    Funnel::of_customers(&deployment, &rows::<CommercialLicensesUsageInsights, _>(usage))
}

pub(super) fn total<'a>(rows: impl IntoIterator<Item = &'a FunnelRow>) -> FunnelTotals {
    let mut totals = FunnelTotals::default();
    for row in rows {
        totals.add(row);
    }
    totals
}

fn one(funnel: &Funnel) -> &FunnelRow {
    assert_eq!(funnel.rows.len(), 1, "{:?}", funnel.rows);
    &funnel.rows[0]
}

#[test]
fn the_documented_classic_responses_give_three_rows() {
    let deployment: CustomerLicensesDeploymentInsightsCollection = serde_json::from_str(include_str!(
        "../../../../../openapi/examples/customer-licenses-deployment.json"
    ))
    .unwrap();
    let usage: CustomerLicensesUsageInsightsCollection =
        serde_json::from_str(include_str!("../../../../../openapi/examples/customer-licenses-usage.json"))
            .unwrap();
    let funnel = joined(deployment.items, usage.items);

    let seen: Vec<_> = funnel
        .rows
        .iter()
        .map(|row| {
            (row.product_name.as_deref().unwrap(), row.licenses_sold, row.shelfware, row.workloads.len())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("EXCHANGE ONLINE (PLAN 1)", Some(5), Some(5), 1),
            ("EXCHANGE ONLINE ARCHIVING FOR EXCHANGE ONLINE", Some(2), Some(2), 1),
            ("OFFICE 365 BUSINESS ESSENTIALS", Some(1), Some(1), 3),
        ]
    );
    for row in &funnel.rows {
        assert_eq!(row.customer_id.to_string(), CUSTOMER);
        assert_eq!(row.customer_name.as_deref(), Some("DT DEMO CSP CUSTOMER 005"));
        assert_eq!((row.licenses_deployed, row.licenses_active, row.idle), (Some(0), Some(0), Some(0)));
        assert_eq!((row.deployment_percent, row.reported_deployment_percent), (Some(0.0), Some(0.0)));
        assert_eq!((row.usage_percent, row.reported_usage_percent), (None, Some(0.0)), "nothing is deployed");
        assert_eq!(row.deployment_processed_date_time, Some("2017-03-14T03:25:16.36+00:00".into()));
        assert_eq!(row.usage_processed_date_time, Some("2017-03-09T00:00:00+00:00".into()));
        assert_eq!((row.source, row.flags.as_slice()), (Source::Classic, [Flag::MixedAges].as_slice()));
    }
    let JoinReport { deployment_rows: 3, usage_rows: 5, funnel_rows: 3, .. } = funnel.report else {
        panic!("{:?}", funnel.report)
    };
    assert_eq!((funnel.report.left_out(), funnel.report.flagged(Flag::MixedAges)), (0, 3));
}

#[test]
fn the_documented_commercial_responses_have_no_product_in_common() {
    let deployment: CommercialLicensesDeploymentInsightsCollection = serde_json::from_str(include_str!(
        "../../../../../openapi/examples/commercial-licenses-deployment.json"
    ))
    .unwrap();
    let usage: CommercialLicensesUsageInsightsCollection =
        serde_json::from_str(include_str!("../../../../../openapi/examples/commercial-licenses-usage.json"))
            .unwrap();
    let deployment: Vec<_> = deployment.value.into_iter().map(DeploymentRow::from).collect();
    let usage: Vec<_> = usage.value.into_iter().map(UsageRow::from).collect();
    let Funnel { rows: seen, report, .. } = Funnel::of_customers(&deployment, &usage);
    let totals = total(&seen);

    let flags: Vec<_> = seen.iter().map(|row| row.flags.as_slice()).collect();
    let (deployed, used) = ([Flag::WithoutUsage, Flag::UnusedIsLowerBound], [Flag::WithoutDeployment]);
    assert_eq!(flags, [&deployed[..], &deployed, &used, &used]);
    assert!(seen.iter().all(|row| row.customer_id.to_string() == OTHER && row.source == Source::Commercial));
    assert_eq!(seen[3].product_id.as_ref().map(ToString::to_string).as_deref(), Some(&*E3.to_lowercase()));
    assert_eq!((totals.overall().licenses_sold.sum, totals.overall().licenses_sold.unknown_rows), (14, 2));
    assert_eq!((report.flagged(Flag::WithoutUsage), report.flagged(Flag::WithoutDeployment)), (2, 2));
}

#[test]
fn active_is_the_maximum_of_the_workloads_and_unknown_if_any_is_unknown() {
    let deployment =
        [json!({"productName": "E3", "licensesSold": 10, "licensesDeployed": 8, "deploymentPercent": 80.0})];
    let mail = json!({"productName": "E3", "workloadCode": "EXO", "licensesActive": 5, "licensesQualified": 10,
        "usagePercent": 50.0});
    let files = json!({"productName": "E3", "workloadCode": "SPO", "licensesActive": 4, "licensesQualified": 8,
        "usagePercent": 49.9});
    let calls = json!({"productName": "E3", "workloadCode": "SFB", "licensesQualified": 10});

    let funnel = classic(&deployment, &[files.clone(), mail.clone()]);
    let row = one(&funnel);
    assert_eq!((row.licenses_active, row.idle), (Some(5), Some(3)), "not 9, which is more than are deployed");
    assert_eq!((row.usage_percent, row.reported_usage_percent), (Some(62.5), Some(50.0)));
    assert_eq!((row.deployment_percent, row.reported_deployment_percent), (Some(80.0), Some(80.0)));
    let workloads: Vec<_> =
        row.workloads.iter().map(|w| (w.workload_code.as_deref(), w.usage_percent)).collect();
    assert_eq!(workloads, [(Some("EXO"), Some(50.0)), (Some("SPO"), Some(50.0))]);

    let funnel = classic(&deployment, &[files, calls, mail]);
    let row = one(&funnel);
    assert_eq!((row.licenses_active, row.idle, row.usage_percent), (None, None, None));
    assert_eq!(row.reported_usage_percent, None, "the workload is unknown");
    assert!(row.has(Flag::UnknownCount));
    assert_eq!((row.shelfware, funnel.report.missing_counts), (Some(2), 1));
}

#[test]
fn contradictions_give_zero_and_a_flag_with_the_excess_in_the_totals() {
    let funnel = classic(
        &[json!({"productName": "E3", "licensesSold": 10, "licensesDeployed": 12})],
        &[json!({"productName": "E3", "workloadName": "Exchange", "licensesActive": 15})],
    );
    let row = one(&funnel);
    assert_eq!((row.shelfware, row.idle, row.unused()), (Some(0), Some(0), Some(0)));
    assert_eq!((row.deployment_percent, row.usage_percent), (Some(120.0), Some(125.0)));
    assert!(row.has(Flag::DeployedExceedsSold) && row.has(Flag::ActiveExceedsDeployed));
    let mut totals = Totals::default();
    totals.add(row);
    assert_eq!((totals.deployed_beyond_sold, totals.active_beyond_deployed), (2, 3));
}

#[test]
fn a_missing_or_negative_count_is_unknown_and_so_are_computed_values() {
    let usage = [
        json!({"productName": "E3", "workloadName": "Exchange", "licensesActive": 1, "licensesQualified": 1}),
    ];
    let of = |sold, deployed| {
        let mut deployment: CustomerLicensesDeploymentInsights = read(&json!({"productName": "E3"}));
        (deployment.licenses_sold, deployment.licenses_deployed) = (sold, deployed);
        joined([deployment], usage.iter().map(read))
    };
    for (sold, deployed, missing, negative, unused) in [
        (None, Some(3), 1, 0, Some(2)),
        (Some(-1), Some(3), 0, 1, Some(2)),
        (Some(5), Some(-3), 0, 1, None),
        (None, None, 2, 0, None),
    ] {
        let funnel = of(sold, deployed);
        let row = one(&funnel);
        assert_eq!((row.shelfware, row.deployment_percent, row.unused()), (None, None, unused));
        assert_eq!(row.has(Flag::UnusedIsLowerBound), unused.is_some());
        assert!(row.has(Flag::UnknownCount));
        assert_eq!((funnel.report.missing_counts, funnel.report.negative_counts), (missing, negative));
    }
    let funnel = classic(&[json!({"productName": "E3", "licensesSold": 0, "licensesDeployed": 0})], &[]);
    assert_eq!((one(&funnel).deployment_percent, one(&funnel).shelfware), (None, Some(0)));
    let flags = [Flag::WithoutUsage, Flag::UnusedIsLowerBound, Flag::UnknownAge];
    assert_eq!(one(&funnel).flags, flags, "zero sold is a known count");
}

#[test]
fn names_are_joined_ignoring_case_and_surrounding_space_within_service_and_channel() {
    let deployment = |name: &str, service: &str, channel: &str| json!({"productName": name, "serviceName": service, "channel": channel, "licensesDeployed": 1});
    let usage = json!({"productName": " Office 365 é", "serviceCode": "O365", "serviceName": "Microsoft Office 365",
        "channel": "Reseller", "workloadCode": "EXO", "licensesActive": 1});
    for (candidate, joins) in [
        (deployment("OFFICE 365 É", "o365", "reseller"), true),
        (deployment("OFFICE 365 É", "crm", "reseller"), false),
        (deployment("OFFICE 365 É", "", "reseller"), false),
        (deployment("OFFICE 365 É", "o365", "direct"), false),
        (deployment("OFFICE 365", "o365", "reseller"), false),
    ] {
        let funnel = classic(&[candidate], std::slice::from_ref(&usage));
        assert_eq!(funnel.rows.len() == 1, joins, "{:?}", funnel.rows);
    }
}

#[test]
fn ids_are_joined_ignoring_case_whatever_the_names() {
    let funnel = commercial(
        &[json!({"productId": E3, "productName": "OFFICE 365 E3", "licensesDeployed": 3})],
        &[
            json!({"productId": E3.to_lowercase(), "productName": "KONTOR 365 E3", "workloadCode": "SPO", "licensesActive": 2}),
        ],
    );
    let row = one(&funnel);
    assert_eq!((row.idle, row.product_name.as_deref()), (Some(1), Some("KONTOR 365 E3")));
    assert!(!row.has(Flag::JoinedByName));

    let funnel = commercial(
        &[json!({"productId": E3, "productName": "OFFICE 365", "licensesDeployed": 3})],
        &[json!({"productId": E5, "productName": "OFFICE 365", "workloadCode": "SPO", "licensesActive": 2})],
    );
    assert_eq!(funnel.rows.len(), 2, "different ids are different products");
}

#[test]
fn a_side_without_an_id_is_joined_by_name_if_there_is_one_candidate() {
    let deployed = |id: &str| json!({"productId": id, "productName": "OFFICE 365", "licensesDeployed": 3});
    let used = |id: &str| json!({"productId": id, "productName": "Office 365", "workloadCode": "SPO", "licensesActive": 2});
    for (deployment, usage) in [(E3, ""), ("", E3), (E3, NIL), (NIL, E3)] {
        let funnel = commercial(&[deployed(deployment)], &[used(usage)]);
        let row = one(&funnel);
        assert_eq!((row.idle, row.has(Flag::JoinedByName)), (Some(1), true));
        assert_eq!(row.product_id, Some(E3.into()));
    }

    let funnel = commercial(&[deployed(E3), deployed(E5)], &[used("")]);
    assert_eq!(funnel.rows.len(), 3);
    assert_eq!(funnel.report.flagged(Flag::Ambiguous), 3);
    assert!(funnel.rows.iter().all(|row| row.idle.is_none()), "none was chosen");

    let funnel = commercial(&[deployed("")], &[used(E3), used(E5)]);
    assert_eq!((funnel.rows.len(), funnel.report.flagged(Flag::Ambiguous)), (3, 3));

    // Rows that were joined by id are not candidates, so the rest is not ambiguous.
    let funnel = commercial(&[deployed(E3), deployed(E5)], &[used(E3), used("")]);
    assert_eq!((funnel.rows.len(), funnel.report.flagged(Flag::Ambiguous)), (2, 0));
    assert_eq!(funnel.report.flagged(Flag::JoinedByName), 1);
}

#[test]
fn duplicates_count_once_the_newest_snapshot_counts_and_parts_are_added() {
    let row = |sold: i64, deployed: i64, processed: &str| {
        json!({"productName": "E3", "licensesSold": sold, "licensesDeployed": deployed,
            "deploymentPercent": 50.0, "processedDateTime": processed})
    };
    let usage =
        json!({"productName": "E3", "workloadCode": "EXO", "licensesActive": 1, "licensesQualified": 9});
    let old = "2018-10-07T00:00:00";
    let (new, newly) = ("2018-10-14T00:00:00", "2018-10-14T00:00:00Z");
    let flags =
        |funnel: &Funnel| [Flag::Repeated, Flag::Superseded, Flag::Summed].map(|flag| one(funnel).has(flag));

    let funnel = classic(&[row(4, 2, new), row(4, 2, newly), row(4, 2, new)], std::slice::from_ref(&usage));
    assert_eq!((one(&funnel).licenses_sold, funnel.report.repeated), (Some(4), 2));
    assert_eq!(flags(&funnel), [true, false, false]);
    assert_eq!(one(&funnel).deployment_processed_date_time, Some(Timestamp::from(new)));

    for order in [[new, newly], [newly, new]] {
        let funnel = classic(&order.map(|processed| row(4, 2, processed)), &[]);
        assert_eq!(
            one(&funnel).deployment_processed_date_time,
            Some(new.into()),
            "one spelling, whatever the order"
        );
    }

    let funnel = classic(&[row(4, 2, new), row(9, 2, old), row(9, 2, "soon")], std::slice::from_ref(&usage));
    assert_eq!((one(&funnel).licenses_sold, funnel.report.superseded), (Some(4), 2));
    assert_eq!(flags(&funnel), [false, true, false]);

    let funnel = classic(&[row(4, 2, new), row(3, 1, newly), row(3, 1, newly)], std::slice::from_ref(&usage));
    assert_eq!((one(&funnel).licenses_sold, one(&funnel).licenses_deployed), (Some(7), Some(3)));
    assert_eq!((one(&funnel).reported_deployment_percent, funnel.report.summed), (None, 1));
    assert_eq!(flags(&funnel), [true, false, true]);

    // The same for usage, for each workload separately.
    let mut other = usage.clone();
    other["licensesActive"] = json!(2);
    let mut files = usage.clone();
    files["workloadCode"] = json!("SPO");
    let funnel = classic(&[row(9, 8, new)], &[other, files, usage.clone(), usage]);
    assert_eq!((one(&funnel).licenses_active, one(&funnel).workloads.len()), (Some(3), 2));
    assert_eq!((funnel.report.summed, funnel.report.repeated), (1, 1));
}

#[test]
fn an_unknown_part_makes_the_sum_unknown() {
    let funnel = classic(
        &[
            json!({"productName": "E3", "licensesSold": 4, "licensesDeployed": 1}),
            json!({"productName": "E3", "licensesSold": 3}),
        ],
        &[],
    );
    assert_eq!((one(&funnel).licenses_sold, one(&funnel).licenses_deployed), (Some(7), None));
}

#[test]
fn rows_without_customer_or_product_and_of_other_customers_are_left_out_and_counted() {
    let named = |id: &str, name: &str| json!({"customerId": id, "productName": name, "licensesSold": 1});
    let funnel = classic(
        &[
            named(&CUSTOMER.to_uppercase(), "A"),
            named("", "B"),
            named(NIL, "C"),
            named(OTHER, "D"),
            named(CUSTOMER, " "),
        ],
        &[json!({"licensesActive": 1})],
    );
    assert_eq!(funnel.rows.len(), 3);
    assert_eq!((funnel.report.other_customer, funnel.report.without_product), (1, 2));
    assert_eq!(funnel.report.left_out(), 3);

    let funnel = commercial(
        &[
            json!({"customerTenantId": null, "productName": "A"}),
            json!({"customerTenantId": "", "productName": "A"}),
            json!({"customerTenantId": NIL, "productName": "A"}),
            json!({"customerTenantId": OTHER, "productName": "A"}),
            json!({"productId": "", "productName": ""}),
        ],
        &[],
    );
    assert_eq!(one(&funnel).customer_id.to_string(), OTHER);
    assert_eq!((funnel.report.without_customer, funnel.report.without_product), (3, 1));
}

#[test]
fn a_row_has_the_age_of_its_older_side_and_is_flagged_if_they_are_a_day_apart() {
    let aged = |deployment: &str, mail: &str, files: &str| {
        let usage = |code: &str, processed: &str| {
            json!({"productName": "E3", "workloadCode": code, "licensesActive": 1, "licensesQualified": 1,
                "processedDateTime": processed})
        };
        classic(
            &[
                json!({"productName": "E3", "licensesSold": 1, "licensesDeployed": 1, "processedDateTime": deployment}),
            ],
            &[usage("EXO", mail), usage("SPO", files)],
        )
    };
    let row = aged("2017-03-10T00:00:00Z", "2017-03-10T23:59:59Z", "2017-03-10").rows.remove(0);
    assert_eq!(
        (row.flags.len(), row.processed_date_time().cloned()),
        (0, Some("2017-03-10T00:00:00Z".into()))
    );

    let row = aged("2017-03-10T00:00:00Z", "2017-03-10T00:00:00Z", "2017-03-09T00:00:00Z").rows.remove(0);
    assert_eq!(row.flags, [Flag::MixedAges]);
    assert_eq!(row.usage_processed_date_time, Some("2017-03-09T00:00:00Z".into()));
    assert_eq!(row.processed_date_time(), row.usage_processed_date_time.as_ref());

    let row = aged("2017-03-10T00:00:00Z", "soon", "0001-01-01T00:00:00").rows.remove(0);
    assert_eq!(row.flags, [Flag::UnknownAge]);
    assert_eq!(row.processed_date_time(), row.deployment_processed_date_time.as_ref());
    assert_eq!(row.usage_processed_date_time, Some("0001-01-01T00:00:00".into()), "kept unchanged");
}

#[test]
fn usage_without_a_workload_is_flagged_and_workloads_are_identified_by_code_or_name() {
    let usage = |code: Value, name: &str| json!({"productName": "E3", "workloadCode": code, "workloadName": name, "licensesActive": 1});
    let funnel = classic(
        &[],
        &[usage(json!("EXO"), "Exchange"), usage(json!("exo"), "Mail"), usage(json!(""), "SharePoint")],
    );
    let names: Vec<_> = one(&funnel).workloads.iter().map(|w| w.workload_name.as_deref()).collect();
    assert_eq!(names, [Some("Exchange"), Some("SharePoint")]);
    assert!(!one(&funnel).has(Flag::WithoutWorkload));
    let funnel = classic(&[], &[usage(json!(null), "")]);
    assert!(one(&funnel).has(Flag::WithoutWorkload));
}

#[test]
fn products_are_added_up_over_customers_and_channels() {
    let row = |customer: &str, channel: &str, sold: i64| json!({"customerTenantId": customer, "productId": E3, "productName": "E3", "channel": channel, "licensesSold": sold});
    let funnel = commercial(
        &[row(CUSTOMER, "reseller", 1), row(CUSTOMER, "direct", 2), row(OTHER, "reseller", 4)],
        &[],
    );
    assert_eq!(funnel.rows.len(), 3);
    let totals = total(&funnel.rows);
    let products = totals.products();
    assert_eq!((products.len(), products[0].totals.licenses_sold.sum), (1, 7));
}

#[test]
fn a_row_is_serialized_with_the_contracts_names_and_null_for_unknown_values() {
    let funnel = classic(
        &[
            json!({"customerName": "Contoso", "productName": "E3", "serviceName": "o365", "channel": "reseller",
            "licensesSold": 10, "licensesDeployed": 8, "processedDateTime": "2017-03-14T03:25:16.36+00:00"}),
        ],
        &[
            json!({"productName": "E3", "serviceName": "o365", "channel": "reseller", "workloadName": "Exchange",
            "licensesActive": 6, "licensesQualified": 10, "usagePercent": 60.0}),
        ],
    );
    let written = serde_json::to_value(one(&funnel)).unwrap();
    let expected = json!({
        "customerId": CUSTOMER, "customerName": "Contoso",
        "productId": null, "productName": "E3", "serviceCode": "o365", "serviceName": "Microsoft Office 365", "channel": "reseller",
        "licensesSold": 10, "licensesDeployed": 8, "licensesActive": 6, "shelfware": 2, "idle": 2, "unused": 4,
        "deploymentPercent": 80.0, "usagePercent": 75.0,
        "reportedDeploymentPercent": null, "reportedUsagePercent": 60.0,
        "workloads": [{"workloadCode": null, "workloadName": "Exchange", "licensesActive": 6, "licensesQualified": 10,
            "usagePercent": 60.0, "reportedUsagePercent": 60.0, "processedDateTime": null}],
        "deploymentProcessedDateTime": "2017-03-14T03:25:16.36+00:00", "usageProcessedDateTime": null,
        "source": "classic", "flags": ["unknownAge"],
    });
    assert_eq!(written, expected);
    assert_eq!(serde_json::from_value::<FunnelRow>(written).unwrap(), *one(&funnel));
}

#[test]
fn debug_output_does_not_show_customer_names() {
    let row = json!({"customerTenantId": CUSTOMER, "customerName": "Contoso", "productName": "E3"});
    let mut join = Join::new();
    join.deployment(&read::<CommercialLicensesDeploymentInsights>(&row).into());
    join.usage(&read::<CommercialLicensesUsageInsights>(&row).into());
    assert!(!format!("{join:?}").contains("Contoso"));
    let rows = join.finish();
    assert!(!format!("{rows:?}").contains("Contoso"));
    let rows: Vec<_> = rows.collect();
    assert_eq!((rows.len(), rows[0].customer_name.as_deref()), (1, Some("Contoso")));
    assert!(!format!("{rows:?}").contains("Contoso"));
}

#[cfg(feature = "schemars")]
#[test]
fn the_schemas_describe_the_serialized_form() {
    let schema = serde_json::to_value(schemars::schema_for!(FunnelRow)).unwrap();
    let written = serde_json::to_value(one(&classic(&[json!({"productName": "E3"})], &[]))).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&schema["properties"]), keys(&written));
    assert_eq!(schema["properties"]["customerId"]["type"], "string");

    let schema = serde_json::to_value(schemars::schema_for!(FunnelTotals)).unwrap();
    let written = serde_json::to_value(FunnelTotals::default()).unwrap();
    assert_eq!(keys(&schema["properties"]), keys(&written));
    let share = serde_json::to_value(schemars::schema_for!(Share)).unwrap();
    assert_eq!(keys(&share["properties"]), keys(&serde_json::to_value(Share::default()).unwrap()));
}

#[test]
fn a_join_can_be_shared_between_threads() {
    fn is_send<T: Send + Sync>() {}
    is_send::<Join>();
    is_send::<FunnelTotals>();
}
