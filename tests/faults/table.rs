//! The table of faults, and the three calls that its rows use.

use std::time::Duration;

use partner_center::clock::ManualClock;
use partner_center::credential::StaticToken;
use partner_center::{Error, PartnerCenter};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator};
use serde::Deserialize;

pub(crate) const TOKEN: &str = "sentinel-token-77aa";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    pub(crate) fault: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "each test reads some columns; the name is shown when a row fails")]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) script: String,
    pub(crate) call: String,
    pub(crate) gets: String,
    pub(crate) sends: Option<u64>,
    pub(crate) waits: Option<u64>,
    exit: u8,
}

impl Table {
    pub(crate) fn read() -> Self {
        toml::from_str(include_str!("table.toml")).unwrap()
    }
}

/// The rows of the call, as comparable strings.
pub(crate) async fn call(partner: &PartnerCenter, name: &str) -> Result<Vec<String>, Error> {
    let show = |row: serde_json::Result<String>| row.unwrap();
    Ok(match name {
        "deployment" => {
            let id: partner_center::CustomerId = DOCUMENTED_CUSTOMER.to_string().parse()?;
            let response = partner.customers().by_id(id).analytics().licenses().deployment().get().await?;
            response.items().iter().map(|row| show(serde_json::to_string(row))).collect()
        }
        "customers" => {
            let mut items = partner.customers().list().stream();
            let mut rows = Vec::new();
            while let Some(customer) = items.try_next().await? {
                rows.push(customer.id.as_uuid().unwrap().to_string());
            }
            rows
        }
        "commercial" => {
            let mut items = partner.analytics().commercial().licenses().deployment().stream();
            let mut rows = Vec::new();
            while let Some(row) = items.try_next().await? {
                // The letter case of GUIDs is one of the faults.
                rows.push(show(serde_json::to_string(&row)).to_lowercase());
            }
            rows
        }
        other => panic!("unknown call in the table: {other}"),
    })
}

pub(crate) async fn emulator(script: Option<&str>) -> Emulator {
    let mut builder = Emulator::builder().customers(7).page_size(2);
    if let Some(script) = script {
        builder = builder.faults(script.parse::<partner_center_emulator::FaultScript>().unwrap());
    }
    builder.start().await.unwrap()
}

pub(crate) fn client(emulator: &Emulator, clock: &ManualClock) -> PartnerCenter {
    PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new(TOKEN).unwrap())
        .clock(clock.clone())
        .max_attempts(2)
        .body_limit(4 * 1024 * 1024)
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}
