//! The customers of the documented examples, with exactly the documented rows.

use uuid::Uuid;

use super::catalog::{
    ARCHIVING, AX_TASK, CALLING, DYNAMICS_WORKLOAD, ESSENTIALS, EXCHANGE_1, EXCHANGE_WORKLOAD, OFFICE_E3,
    PROTECTION, SHAREPOINT_WORKLOAD, SKYPE_WORKLOAD,
};
use super::customer::CHANNEL;
use super::totals::Totals;
use super::{
    DOCUMENTED_CUSTOMER, DeploymentRow, PartnerDeployment, PartnerUsage, Processed, Product, Service,
    TEST_COMPANY, UsageRow, Workload,
};

pub(super) fn id(index: usize) -> Option<Uuid> {
    match index {
        0 => Some(DOCUMENTED_CUSTOMER),
        1 => Some(TEST_COMPANY),
        _ => None,
    }
}

pub(super) fn index(id: Uuid) -> Option<usize> {
    (0..2).find(|index| self::id(*index) == Some(id))
}

pub(super) fn name(index: usize) -> Option<(&'static str, &'static str)> {
    match index {
        0 => Some(("DT DEMO CSP CUSTOMER 005", "dtdemocspcustomer005.onmicrosoft.com")),
        1 => Some(("TEST COMPANY", "testcompany.onmicrosoft.com")),
        _ => None,
    }
}

pub(super) fn deployment(index: usize) -> Option<Vec<DeploymentRow>> {
    let (processed, sold): (_, &[(Product, u64)]) = match index {
        0 => (
            Processed::new("2017-03-14T03:25:16.36+00:00", "2017-03-14T00:00:00"),
            &[(ESSENTIALS, 1), (EXCHANGE_1, 5), (ARCHIVING, 2)],
        ),
        1 => (october(), &[(AX_TASK, 9), (CALLING, 5)]),
        _ => return None,
    };
    let row = |(product, licenses_sold): &(Product, u64)| DeploymentRow {
        product: *product,
        channel: CHANNEL,
        licenses_sold: *licenses_sold,
        licenses_deployed: 0,
        processed: processed.clone(),
    };
    Some(sold.iter().map(row).collect())
}

pub(super) fn usage(index: usize) -> Option<Vec<UsageRow>> {
    let (processed, qualified): (_, &[(Product, Workload, u64)]) = match index {
        0 => (
            Processed::new("2017-03-09T00:00:00+00:00", "2017-03-09T00:00:00"),
            &[
                (ESSENTIALS, EXCHANGE_WORKLOAD, 1),
                (ESSENTIALS, SHAREPOINT_WORKLOAD, 1),
                (ESSENTIALS, SKYPE_WORKLOAD, 1),
                (EXCHANGE_1, EXCHANGE_WORKLOAD, 5),
                (ARCHIVING, EXCHANGE_WORKLOAD, 2),
            ],
        ),
        1 => (october(), &[(OFFICE_E3, SHAREPOINT_WORKLOAD, 1), (PROTECTION, EXCHANGE_WORKLOAD, 1)]),
        _ => return None,
    };
    let row = |(product, workload, licenses_qualified): &(Product, Workload, u64)| UsageRow {
        product: *product,
        workload: *workload,
        channel: CHANNEL,
        licenses_active: 0,
        licenses_qualified: *licenses_qualified,
        processed: processed.clone(),
    };
    Some(qualified.iter().map(row).collect())
}

fn october() -> Processed {
    Processed::new("2018-10-14T00:00:00+00:00", "2018-10-14T00:00:00")
}

/// The partner's totals of the documented examples.
pub(super) fn totals() -> Totals {
    let tenth = Processed::new("2017-03-10T00:00:00+00:00", "2017-03-10T00:00:00");
    let ninth = Processed::new("2017-03-09T00:00:00+00:00", "2017-03-09T00:00:00");
    let fourteenth = Processed::new("2017-03-14T03:25:16.36+00:00", "2017-03-14T00:00:00");
    let deployment = |service, licenses_sold, prorated_percent, processed| PartnerDeployment {
        service,
        channel: CHANNEL,
        licenses_sold,
        prorated_percent,
        processed,
    };
    let usage = |service, workload, processed: &Processed| PartnerUsage {
        service,
        workload,
        channel: CHANNEL,
        prorated_percent: 0.0,
        processed: processed.clone(),
    };
    Totals {
        deployment: vec![
            deployment(Service::Dynamics, 343, 0.0, tenth.clone()),
            deployment(Service::Office365, 4464, 1.0, fourteenth),
        ],
        usage: vec![
            usage(Service::Dynamics, DYNAMICS_WORKLOAD, &tenth),
            usage(Service::Dynamics, SHAREPOINT_WORKLOAD, &tenth),
            usage(Service::Office365, EXCHANGE_WORKLOAD, &ninth),
            usage(Service::Office365, SHAREPOINT_WORKLOAD, &ninth),
            usage(Service::Office365, SKYPE_WORKLOAD, &ninth),
        ],
    }
}
