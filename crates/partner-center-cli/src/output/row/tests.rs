//! Tests of rows and columns.

use partner_center::funnel::{FunnelRow, GroupBy, Groups};
use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow, PartnerUsageRow, UsageRow};
use partner_center_history::cell::{self, Kind, List};
use partner_center_history::{Side, compare};
use serde::de::DeserializeOwned;

use super::*;
use crate::output::rows::{
    AnnotatedDiff, AnnotatedGroup, AnnotatedRow, Customer, GroupExtra, GroupRow, Live, LiveMatch, group, live,
};
use crate::prices::{Costs, PriceList, Priced, Pricer, Product};
use crate::report::threshold::{Metric, Threshold};

/// A price of EUR 2 and one of JPY 3 a month.
fn prices() -> PriceList {
    PriceList::of_text("product,price,currency,per\nVISIO,2,EUR,month\nPROJECT,3,JPY,month\n")
}

fn every_name_finds_its_column(columns: &Columns) {
    let find = |called: &str| columns.find(called).and_then(|index| columns.get(index));
    for column in columns.iter() {
        let name = |called: &str| find(called).map(Column::name);
        assert_eq!(name(&column.name()), Some(column.name()));
        assert_eq!(name(&format!(" {} ", column.name().to_uppercase())), Some(column.name()));
        let Some(heading) = column.heading() else { continue };
        assert_eq!(find(&heading).and_then(Column::heading), Some(heading), "{}", column.name());
    }
    assert!(columns.find("").is_none() && columns.find("licenses").is_none());
}

// `--sort sold` was unknown, though the table is headed Sold.
#[test]
fn a_column_is_found_by_name_by_heading_and_by_threshold_metric() {
    let funnel = AnnotatedRow::columns(true, true);
    for columns in [
        Columns::of::<DeploymentRow>(),
        Columns::of::<UsageRow>(),
        Columns::of::<PartnerDeploymentRow>(),
        Columns::of::<PartnerUsageRow>(),
        Columns::of::<Customer>(),
        AnnotatedRow::columns(false, false),
        funnel.clone(),
        group::columns(None),
        group::columns(Some(&prices().currencies())),
    ] {
        every_name_finds_its_column(&columns);
    }
    for metric in Metric::ALL {
        let column = funnel[funnel.find(metric.name()).unwrap()];
        assert!(column.kind.is_number(), "{}", metric.name());
    }
    // Conversely, a threshold accepts the name and the heading of a number column.
    for column in funnel.iter() {
        if let Shown::As(heading) | Shown::IfWide(heading) = column.shown
            && column.kind.is_number()
        {
            for name in [column.name, heading] {
                let threshold = format!("{name} > 1").parse::<Threshold>();
                assert!(threshold.is_ok(), "{name}");
            }
        }
    }
}

/// The names of the serialized fields, in order.
fn fields(row: &impl Serialize) -> Vec<String> {
    let json = serde_json::to_string(row).unwrap();
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&json).unwrap();
    let place = |name: &String| json.find(&format!("\"{name}\":"));
    let mut names: Vec<_> = members.into_iter().map(|(name, _)| name).collect();
    names.sort_by_key(place);
    names
}

fn columns_are_the_serialized_fields<R: Row>(row: &R, columns: &Columns) {
    let names: Vec<_> = columns.iter().map(Column::name).collect();
    let mut fields = fields(row);
    // The only field that is written elsewhere: beside the other name of the product.
    if let Some(place) = names.iter().position(|name| name == "productDisplayName") {
        let name = fields.iter().position(|name| name == "productDisplayName").unwrap();
        let name = fields.remove(name);
        fields.insert(place, name);
    }
    assert_eq!(fields, names, "{}", R::TYPE);
    for (column, cell) in columns.iter().zip(cells(row, columns)) {
        let is_of_its_kind = matches!(
            (cell, column.kind),
            (Cell::Text(_), Kind::Text)
                | (Cell::Id(_), Kind::Id)
                | (Cell::Count(_), Kind::Count)
                | (Cell::Percent(_), Kind::Percent)
                | (Cell::Money(_), Kind::Money)
                | (Cell::Time(_), Kind::Time)
        );
        let members = |list: &dyn List, columns: &[cell::Column]| {
            list.members().iter().all(|member| member.len() == columns.len())
        };
        let is_list = match (row.cell(column), column.kind) {
            (Cell::List(list), Kind::List(columns)) => members(list, columns),
            _ => false,
        };
        assert!(is_of_its_kind || is_list, "{} {}", R::TYPE, column.name);
    }
}

fn read<R: DeserializeOwned>(json: &str) -> R {
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_format_has_the_same_columns_in_the_same_order() {
    fn check<R: Row + DeserializeOwned>(json: &str) {
        columns_are_the_serialized_fields::<R>(&read(json), &Columns::of::<R>());
    }
    const SOURCE: &str = r#"{"source":"classic"}"#;
    check::<DeploymentRow>(SOURCE);
    check::<UsageRow>(SOURCE);
    check::<PartnerDeploymentRow>("{}");
    check::<PartnerUsageRow>("{}");
    let customer = Customer::from(partner_center::models::Customer::default());
    columns_are_the_serialized_fields(&customer, &Columns::of::<Customer>());
    let row: FunnelRow = read(
        r#"{"customerId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","source":"classic","flags":["summed"],
            "workloads":[{"workloadCode":"EXO","workloadName":"Exchange","licensesActive":1,"licensesQualified":2}],
            "productName":"VISIO","licensesSold":10,"licensesDeployed":4,"shelfware":6,"unused":6}"#,
    );
    columns_are_the_serialized_fields(&row, &Columns::of::<FunnelRow>());

    let list = prices();
    let currencies = list.currencies();
    let mut pricer = Pricer::new(list, jiff::civil::date(2026, 11, 27));
    let product = Product { name: row.product_name.clone(), ..Product::default() };
    let cost = pricer.cost(&product, None, row.shelfware, row.idle).unwrap();
    let with = |display_name: Option<&str>, cost| AnnotatedRow {
        row: row.clone(),
        display_name: display_name.map(Into::into),
        cost,
        live: None,
    };
    columns_are_the_serialized_fields(&with(None, Priced::No), &AnnotatedRow::columns(false, false));
    let all = AnnotatedRow::columns(true, true);
    columns_are_the_serialized_fields(&with(Some("Visio"), Priced::Unpriced), &all);
    let found = Live { total: Some(3), assigned: None, live_match: LiveMatch::Matched };
    let with_live = AnnotatedRow { live: Some(Box::new(found)), ..with(Some("Visio"), Priced::Unpriced) };
    columns_are_the_serialized_fields(&with_live, &live::with_live(&all));
    let with_price = with(Some("Visio"), Priced::At(Box::new(cost)));
    columns_are_the_serialized_fields(&with_price, &all);
    let json = serde_json::to_string(&with_price).unwrap();
    assert!(
        json.ends_with(
            r#""unitPrice":2,"shelfwareCost":12.00,"idleCost":null,"unusedCost":12.00,"currency":"EUR"}"#
        ),
        "{json}"
    );

    let mut groups = Groups::<GroupExtra>::new(GroupBy::Product);
    groups.add(&row);
    for group in &groups {
        columns_are_the_serialized_fields(group, &group::columns(None));
    }
    let costs = &mut groups.add(&row).costs;
    with_price.add_costs(costs.insert(Costs::of(&currencies)));
    with(None, Priced::Unpriced).add_costs(costs.as_mut().unwrap());
    for group in &groups {
        let columns = group::columns(Some(&currencies));
        columns_are_the_serialized_fields(group, &columns.for_cells(true));
        let json = serde_json::to_value(group).unwrap();
        let expected = serde_json::json!([
            { "currency": "EUR", "shelfwareCost": 12.0, "idleCost": null, "unusedCost": 12.0, "rowsUnpriced": 1 },
            { "currency": "JPY", "shelfwareCost": null, "idleCost": null, "unusedCost": null, "rowsUnpriced": 1 },
        ]);
        assert_eq!(json["costs"], expected);
        let flat = columns.for_cells(false);
        let names: Vec<_> = flat.iter().skip(GroupRow::COLUMNS.len()).map(Column::name).collect();
        assert_eq!(
            names,
            [
                "shelfwareCost_EUR",
                "idleCost_EUR",
                "unusedCost_EUR",
                "shelfwareCost_JPY",
                "idleCost_JPY",
                "unusedCost_JPY",
                "rowsUnpriced"
            ]
        );
    }
}

#[test]
fn changes_have_the_same_columns_in_every_format() {
    let row: FunnelRow = read(
        r#"{"customerId":"4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04","source":"classic","flags":[],"workloads":[],
            "productName":"VISIO","licensesSold":10,"licensesDeployed":4,"shelfware":6,"unused":6}"#,
    );
    let list = prices();
    let currencies = list.currencies();
    let mut pricer = Pricer::new(list, jiff::civil::date(2026, 11, 27));
    let product = Product { name: row.product_name.clone(), ..Product::default() };
    let price = Priced::At(pricer.price(&product, None).unwrap());
    let [none, day] = [Vec::new(), vec![row]].map(|rows| Side::new(rows, []));
    let change = |price| compare(Some(GroupBy::Product), &none, &day, |_| price);
    for (price, with_prices) in [(Priced::No, false), (Priced::Unpriced, true), (price, true)] {
        let rows = change(price).rows;
        let row = AnnotatedDiff::new(rows[0].clone(), None);
        columns_are_the_serialized_fields(&row, &AnnotatedDiff::columns(false, with_prices));
        let row = AnnotatedDiff::new(rows[0].clone(), Some("Visio".into()));
        columns_are_the_serialized_fields(&row, &AnnotatedDiff::columns(true, with_prices));
        let currencies = with_prices.then_some(currencies.as_slice());
        let group = AnnotatedGroup::new(change(price).groups[0].clone(), currencies);
        let columns = AnnotatedGroup::columns(currencies);
        columns_are_the_serialized_fields(&group, &columns.for_cells(true));
        let flat: Vec<_> = columns.for_cells(false).iter().map(Column::name).collect();
        assert_eq!(flat.iter().any(|name| name == "unusedCostChange_JPY"), with_prices, "{flat:?}");
    }
}

#[test]
fn a_group_of_a_product_has_its_display_name() {
    const ID: &str = "11111111-1111-4111-8111-111111111111";
    let row = |product_name: Option<&str>, display_name: Option<&str>| {
        AnnotatedRow {
        row: read(
            &serde_json::json!({"customerId": "4d3cf487-70f4-4e1e-9ff1-b2bfce8d9f04", "customerName": "Contoso",
                "source": "commercial", "productId": ID, "productName": product_name, "flags": [], "workloads": []})
            .to_string(),
        ),
        display_name: display_name.map(Into::into),
        cost: Priced::No,
        live: None,
    }
    };
    let name = |by, rows: &[AnnotatedRow]| {
        let mut groups = Groups::new(by);
        for row in rows {
            group::add(&mut groups, None, row);
        }
        group::rows(groups).next().unwrap().name
    };
    let named = |text: &str| Some(text.to_owned());
    let listed = || row(Some("VISIO"), Some("Visio Plan 2 "));
    assert_eq!(name(GroupBy::Product, &[listed()]), named("Visio Plan 2"));
    assert_eq!(name(GroupBy::Customer, &[listed()]), named("Contoso"));
    assert_eq!(name(GroupBy::Product, &[row(Some("VISIO"), None)]), named("VISIO"));
    // Of several, the first in alphabetical order; the id of a row without a name does not count.
    let unlisted = || [row(Some("VISIO"), Some("VISIO")), row(Some("A"), Some("A")), row(None, Some(ID))];
    assert_eq!(name(GroupBy::Product, &unlisted()), named("A"));
    let mut reversed = unlisted();
    reversed.reverse();
    assert_eq!(name(GroupBy::Product, &reversed), named("A"));
    assert_eq!(name(GroupBy::Product, &[row(None, Some(ID))]), None);
}
