//! Checks the packages that would be published: every crate builds from its package, and a program outside the
//! workspace that depends on the packages builds and runs.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Verdict, rust};
use crate::command::{cargo, program, run};

/// A program as a user would write it, outside this workspace.
const PROGRAM: &str = r#"
use partner_center::{PartnerCenter, credential::StaticToken};
use partner_center_emulator::{DOCUMENTED_CUSTOMER, Emulator};
use partner_center_history::{Dataset, Place};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::with_defaults().await?;
    let credential = StaticToken::new("any")?;
    let partner = PartnerCenter::builder().base_url(emulator.base_url()).credential(credential).build()?;
    let customer = partner.customers().by_id(DOCUMENTED_CUSTOMER);
    let deployment = customer.analytics().licenses().deployment().get().await?;
    assert!(Dataset::open(Place::new("no-dataset")?).await.is_err());
    println!("{} rows", deployment.items().len());
    Ok(())
}
"#;

pub(super) fn check() -> Result<Verdict> {
    let published = rust::published()?;
    // Uncommitted changes are part of what is checked.
    let mut package = cargo(&["package", "--quiet", "--allow-dirty"]);
    for member in &published {
        package.args(["--package", rust::name(member)]);
    }
    run(&mut package)?;

    let libraries = rust::libraries()?;
    let outside = tempfile::tempdir()?;
    for library in &libraries {
        let archive = crate::target().join("package").join(format!("{}.crate", folder(library)));
        run(program("tar", &["--extract", "--gzip", "--file"])
            .arg(&archive)
            .arg("--directory")
            .arg(outside.path()))?;
    }
    write_program(outside.path(), &libraries)?;
    let there = |arguments: &[&str]| {
        let mut command = cargo(arguments);
        // A target directory that is kept, so that dependencies are not built in every run of this step.
        command.current_dir(outside.path()).env("CARGO_TARGET_DIR", crate::target().join("outside"));
        command
    };
    let output = there(&["run", "--quiet"]).output().context("cargo cannot be run")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success() && said == "3 rows\n",
        "a program outside the workspace printed \"{said}\" instead of \"3 rows\": {}",
        String::from_utf8_lossy(&output.stderr)
    );
    // The next run uses another folder name and cannot reuse these builds.
    let mut clean = there(&["clean", "--quiet", "--package", "outside"]);
    for library in &libraries {
        clean.args(["--package", rust::name(library)]);
    }
    run(&mut clean)?;
    Ok(Verdict::Holds)
}

/// Writes the program, and a manifest that uses the packages instead of the registry. It is built without debug
/// information, which would double the disk space.
fn write_program(outside: &Path, libraries: &[Value]) -> Result<()> {
    let mut manifest = String::from(
        "[package]\nname = \"outside\"\nedition = \"2024\"\n\n[profile.dev]\ndebug = false\n\n[dependencies]\n\
         partner-center = \"*\"\npartner-center-emulator = \"*\"\npartner-center-history = \"*\"\n\
         tokio = { version = \"1\", features = [\"macros\", \"rt\"] }\n\n[patch.crates-io]\n",
    );
    for library in libraries {
        writeln!(manifest, "{} = {{ path = {:?} }}", rust::name(library), folder(library))?;
    }
    std::fs::create_dir(outside.join("src"))?;
    std::fs::write(outside.join("Cargo.toml"), manifest)?;
    std::fs::write(outside.join("src/main.rs"), PROGRAM)?;
    // The versions that the workspace is tested with.
    std::fs::copy(crate::root().join("Cargo.lock"), outside.join("Cargo.lock"))?;
    Ok(())
}

/// The name of the folder in a package.
fn folder(member: &Value) -> String {
    format!("{}-{}", rust::name(member), member["version"].as_str().unwrap_or_default())
}
