//! Connects the examples to Partner Center if `PARTNER_CENTER_ACCESS_TOKEN` is set to an App+User token, and otherwise
//! to an emulator with synthetic customers.

use std::error::Error;

use partner_center::PartnerCenter;
use partner_center::credential::StaticToken;
use partner_center_emulator::Emulator;

/// A client, and the emulator it uses, if any. The emulator stops when this is dropped.
pub(crate) struct Connection {
    pub(crate) partner: PartnerCenter,
    _emulator: Option<Emulator>,
}

pub(crate) async fn connect() -> Result<Connection, Box<dyn Error>> {
    if let Ok(token) = std::env::var("PARTNER_CENTER_ACCESS_TOKEN") {
        let partner = PartnerCenter::builder().credential(StaticToken::new(token)?).build()?;
        return Ok(Connection { partner, _emulator: None });
    }
    let emulator = Emulator::builder().start().await?;
    let partner = PartnerCenter::builder()
        .base_url(emulator.base_url())
        .credential(StaticToken::new("any")?)
        .build()?;
    Ok(Connection { partner, _emulator: Some(emulator) })
}
