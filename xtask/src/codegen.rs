//! Generates code from the contract: parse, validate, simplify, generate, then write or compare.
//!
//! One code path produces the text of every generated file. Only the last step writes or compares it, so that `codegen`
//! and `codegen --check` cannot disagree.

mod client;
mod contract;
mod filter_fields;
mod models;
mod output;
mod rust;
mod simplify;
#[cfg(test)]
mod tests;
mod validate;

use anyhow::Result;

use contract::Contract;
pub(crate) use contract::PATH;

/// The generated files, from the root: models, requests, operations, fields of filters.
pub(crate) const GENERATED: [&str; 4] = [
    "crates/partner-center-models/src/generated.rs",
    "crates/partner-center-client/src/generated_requests.rs",
    "crates/partner-center-client/src/generated_operations.rs",
    "crates/partner-center/src/filter/generated.rs",
];

/// Generates all files; with `check`, compares instead of writing.
#[expect(clippy::print_stdout, reason = "lists the files it wrote")]
pub(crate) fn run(check: bool) -> Result<()> {
    let root = &crate::root();
    let files = generate(&Contract::load(&root.join(PATH))?)?;
    if check {
        return output::compare(root, &files);
    }
    for path in output::write(root, &files)? {
        println!("wrote {}", path.display());
    }
    Ok(())
}

/// The text of every generated file.
fn generate(contract: &Contract) -> Result<Vec<output::File>> {
    let models = models::generate(contract)?;
    let requests = client::generate(contract)?;
    let operations = client::operations(contract, &requests)?;
    let texts = [models, requests, operations, filter_fields::generate(contract)?];
    Ok(GENERATED.iter().zip(texts).map(|(path, text)| output::File::new(path, contract, &text)).collect())
}

/// The current header of every generated file.
pub(crate) fn header() -> Result<String> {
    Ok(output::header(&Contract::load(&crate::root().join(PATH))?.hash))
}
