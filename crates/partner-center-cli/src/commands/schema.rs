//! `schema`: prints the JSON Schema of a row type.

use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow, PartnerUsageRow, UsageRow};
use partner_center_history::TrendRow;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::Value;

use crate::exit::Exit;
use crate::output::row_type::RowType;
use crate::output::rows::{
    AnnotatedDiff, AnnotatedGroup, AnnotatedRow, Customer, DayRow, GroupRow, SettingRow, Sku, Subscription,
    SubscriptionInsight,
};
use crate::output::{Row, write_json};
use crate::problem::Stop;

pub(crate) fn run(row: RowType) -> Result<Exit, Stop> {
    match row {
        RowType::Deployment => print::<DeploymentRow>(),
        RowType::Usage => print::<UsageRow>(),
        RowType::Funnel => print::<AnnotatedRow>(),
        RowType::Group => print::<GroupRow>(),
        RowType::Day => print::<DayRow>(),
        RowType::Diff => print::<AnnotatedDiff>(),
        RowType::DiffGroup => print::<AnnotatedGroup>(),
        RowType::Trend => print::<TrendRow>(),
        RowType::PartnerDeployment => print::<PartnerDeploymentRow>(),
        RowType::PartnerUsage => print::<PartnerUsageRow>(),
        RowType::Customer => print::<Customer>(),
        RowType::Subscription => print::<Subscription>(),
        RowType::SubscriptionInsight => print::<SubscriptionInsight>(),
        RowType::Sku => print::<Sku>(),
        RowType::Setting => print::<SettingRow>(),
    }
}

fn print<R: Row>() -> Result<Exit, Stop> {
    // For serialization: every field is present, if only as null.
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(FirstParagraph);
    write_json(&settings.into_generator().into_root_schema_for::<R>())?;
    Ok(Exit::Done)
}

/// Reduces descriptions to their first paragraph: the others are for users of the SDK.
#[derive(Clone, Debug)]
struct FirstParagraph;

impl Transform for FirstParagraph {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(description)) = schema.get_mut("description")
            && let Some((first, _)) = description.split_once("\n\n")
        {
            *description = first.to_owned();
        }
        transform_subschemas(self, schema);
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_names_are_those_of_the_json_document() {
        let name = |row: RowType| row.to_possible_value().unwrap().get_name().to_owned();
        assert_eq!(name(RowType::Deployment), DeploymentRow::TYPE);
        assert_eq!(name(RowType::Usage), UsageRow::TYPE);
        assert_eq!(name(RowType::Funnel), AnnotatedRow::TYPE);
        assert_eq!(name(RowType::Group), GroupRow::TYPE);
        assert_eq!(name(RowType::Day), DayRow::TYPE);
        assert_eq!(name(RowType::Diff), AnnotatedDiff::TYPE);
        assert_eq!(name(RowType::DiffGroup), AnnotatedGroup::TYPE);
        assert_eq!(name(RowType::Trend), TrendRow::TYPE);
        assert_eq!(name(RowType::PartnerDeployment), PartnerDeploymentRow::TYPE);
        assert_eq!(name(RowType::PartnerUsage), PartnerUsageRow::TYPE);
        assert_eq!(name(RowType::Customer), Customer::TYPE);
        assert_eq!(name(RowType::Subscription), Subscription::TYPE);
        assert_eq!(name(RowType::SubscriptionInsight), SubscriptionInsight::TYPE);
        assert_eq!(name(RowType::Sku), Sku::TYPE);
        assert_eq!(name(RowType::Setting), SettingRow::TYPE);
        // The names of earlier versions.
        for (old, row) in [("query-deployment", RowType::Deployment), ("query-usage", RowType::Usage)] {
            assert_eq!(RowType::from_str(old, false), Ok(row));
        }
    }
}
