//! From the contract to the generated crates: load, refuse, lower, generate, write or compare.
//!
//! One code path makes the text of every generated file; whether it is then written or compared is decided at the
//! very end, so that `codegen` and `codegen --check` cannot disagree.

mod client;
mod contract;
mod lower;
mod models;
mod output;
mod refuse;
mod rust;

use anyhow::Result;

use contract::Contract;

/// Generates all files; compares instead of writing where `check` is set.
pub(crate) fn run(check: bool) -> Result<()> {
    let contract = Contract::load(&crate::root().join(contract::PATH))?;
    output::finish(&generate(&contract)?, check)
}

/// The text of every generated file.
fn generate(contract: &Contract) -> Result<Vec<output::File>> {
    refuse::refuse(contract)?;
    let models = models::generate(contract)?;
    let client = client::generate(contract)?;
    let operations = client::operations(contract, &client)?;
    Ok(vec![
        output::File::new("crates/partner-center-models/src/generated.rs", contract, &models),
        output::File::new("crates/partner-center-client/src/generated.rs", contract, &client),
        output::File::new("crates/partner-center-client/src/operations.rs", contract, &operations),
    ])
}
