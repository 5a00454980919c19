//! Writes the contract as one JSON file, for third-party tools that support neither YAML anchors nor external examples.
//!
//! The contract is neither simplified nor checked, so that these tools see it unchanged.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::codegen::PATH;

/// Writes the contract to `target`, with every `externalValue` of an example replaced by the `value` it refers to.
pub(crate) fn run(target: &Path) -> Result<()> {
    let contract = crate::root().join(PATH);
    let text =
        std::fs::read_to_string(&contract).with_context(|| format!("cannot read {}", contract.display()))?;
    let mut document = yaml_serde::from_str(&text).with_context(|| format!("{PATH} is not YAML"))?;
    write_out(&mut document, contract.parent().unwrap_or(&contract))?;
    if let Some(directory) = target.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(target, format!("{document:#}\n"))
        .with_context(|| format!("cannot write {}", target.display()))
}

/// Embeds the examples. Only examples have an `externalValue`, so every member with this name belongs to one.
fn write_out(value: &mut Value, directory: &Path) -> Result<()> {
    if let Value::Object(members) = value
        && let Some(Value::String(file)) = members.remove("externalValue")
    {
        let text = std::fs::read_to_string(directory.join(&file))
            .with_context(|| format!("cannot read the example {file}"))?;
        let example =
            serde_json::from_str(&text).with_context(|| format!("the example {file} is not JSON"))?;
        members.insert("value".into(), example);
        return Ok(());
    }
    match value {
        Value::Object(members) => members.values_mut().try_for_each(|value| write_out(value, directory)),
        Value::Array(values) => values.iter_mut().try_for_each(|value| write_out(value, directory)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_embedded_and_nothing_else_changes() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("deep/contract.json");
        run(&target).unwrap();

        let bundled = std::fs::read_to_string(target).unwrap();
        assert!(!bundled.contains("externalValue"));
        let bundled: Value = serde_json::from_str(&bundled).unwrap();
        let file = crate::root().join("openapi/examples/fault-not-found.json");
        let example: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let media = &bundled["components"]["responses"]["NotFound"]["content"]["application/json"];
        assert_eq!(media["examples"]["documented"]["value"], example);
        assert_eq!(bundled["paths"]["/v1/customers"]["get"]["operationId"], "listCustomers");
    }

    #[test]
    fn a_missing_example_is_named() {
        let mut value = serde_json::json!({ "a": [{ "externalValue": "examples/none.json" }] });
        let error = write_out(&mut value, Path::new("/nowhere")).unwrap_err();
        assert!(error.to_string().contains("examples/none.json"), "{error}");
    }
}
