//! The names of the columns that a command writes.

use partner_center::licenses::{DeploymentRow, PartnerDeploymentRow, PartnerUsageRow, UsageRow};
use partner_center_history::TrendRow;

use crate::output::Row;
use crate::output::rows::{
    AnnotatedDiff, AnnotatedGroup, AnnotatedRow, Customer, DayRow, GroupRow, SettingRow, Sku, Subscription,
    SubscriptionInsight,
};

/// The columns of a command, by the words of the command. One that writes several kinds of rows has those of all.
pub(super) fn of(path: &str) -> Vec<&'static str> {
    let of_kinds = match path {
        "licenses deployment" => {
            vec![names::<DeploymentRow>(), names::<PartnerDeploymentRow>(), names::<GroupRow>()]
        }
        "licenses usage" => vec![names::<UsageRow>(), names::<PartnerUsageRow>(), names::<GroupRow>()],
        "licenses funnel" => vec![names::<AnnotatedRow>(), names::<GroupRow>()],
        "licenses query deployment" => vec![names::<DeploymentRow>()],
        "licenses query usage" => vec![names::<UsageRow>()],
        "subscriptions list" => vec![names::<Subscription>()],
        "subscriptions query" => vec![names::<SubscriptionInsight>()],
        "skus list" => vec![names::<Sku>()],
        "history list" => vec![names::<DayRow>()],
        "history diff" => vec![names::<AnnotatedDiff>(), names::<AnnotatedGroup>()],
        "history trend" => vec![names::<TrendRow>()],
        "customers list" => vec![names::<Customer>()],
        "config list" => vec![names::<SettingRow>()],
        _ => Vec::new(),
    };
    let mut all: Vec<&str> = Vec::new();
    for name in of_kinds.into_iter().flatten() {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn names<R: Row>() -> Vec<&'static str> {
    R::COLUMNS.iter().map(|column| column.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_with_columns_completes_them() {
        fn check(command: &clap::Command, path: &str) {
            let has_columns = command.get_arguments().any(|argument| argument.get_id() == "columns");
            assert_eq!(has_columns, !of(path).is_empty(), "{path}");
            for below in command.get_subcommands() {
                check(below, format!("{path} {}", below.get_name()).trim_start());
            }
        }
        check(&crate::args::command(), "");
    }
}
