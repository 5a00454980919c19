//! tmp
use super::contract::Contract;
use anyhow::Result;
pub(crate) fn refuse(_: &Contract) -> Result<()> {
    Ok(())
}
