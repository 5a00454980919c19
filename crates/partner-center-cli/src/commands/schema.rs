//! `schema`: prints the JSON Schema of a row type.

use schemars::generate::SchemaSettings;

use crate::exit::Exit;
use crate::output::row_type::RowType;
use crate::output::rows::{
    Customer, Deployment, Funnel, PartnerDeployment, PartnerUsage, QueryDeployment, QueryUsage, Usage,
};
use crate::output::{Row, write_json};
use crate::problem::Stop;

pub(crate) fn run(row: RowType) -> Result<Exit, Stop> {
    match row {
        RowType::Deployment => print::<Deployment>(),
        RowType::Usage => print::<Usage>(),
        RowType::Funnel => print::<Funnel>(),
        RowType::PartnerDeployment => print::<PartnerDeployment>(),
        RowType::PartnerUsage => print::<PartnerUsage>(),
        RowType::QueryDeployment => print::<QueryDeployment>(),
        RowType::QueryUsage => print::<QueryUsage>(),
        RowType::Customer => print::<Customer>(),
    }
}

fn print<R: Row>() -> Result<Exit, Stop> {
    // For serialization: every field is present, if only as null.
    let schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<R>();
    write_json(&schema)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_names_are_those_of_the_json_document() {
        let name = |row: RowType| row.to_possible_value().unwrap().get_name().to_owned();
        assert_eq!(name(RowType::Deployment), Deployment::TYPE);
        assert_eq!(name(RowType::Usage), Usage::TYPE);
        assert_eq!(name(RowType::Funnel), Funnel::TYPE);
        assert_eq!(name(RowType::PartnerDeployment), PartnerDeployment::TYPE);
        assert_eq!(name(RowType::PartnerUsage), PartnerUsage::TYPE);
        assert_eq!(name(RowType::QueryDeployment), QueryDeployment::TYPE);
        assert_eq!(name(RowType::QueryUsage), QueryUsage::TYPE);
        assert_eq!(name(RowType::Customer), Customer::TYPE);
    }
}
