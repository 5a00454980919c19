//! Compares the SDK with other clients in one run, and reports medians and ratios.
//!
//! A section is a file of `bench/` and a line in [`SECTIONS`]; it measures, and returns its part of
//! `docs/benchmarks.md`. The measured programs, in `benches/`, run in separate processes; this module starts, pins and
//! compares them.

mod build;
mod calls;
mod decode;
mod funnel;
mod history;
mod instructions;
mod machine;
mod reading;
mod start;
mod subject;
mod table;

use anyhow::{Context, Result, bail};

use subject::Subjects;

/// The page that contains all sections.
const PAGE: &str = "docs/benchmarks.md";

struct Section {
    name: &'static str,
    measure: fn(&Subjects) -> Result<String>,
}

const SECTIONS: [Section; 9] = [
    Section { name: "calls", measure: calls::small },
    Section { name: "page", measure: calls::page },
    Section { name: "decode", measure: decode::measure },
    Section { name: "sweep", measure: reading::sweep },
    Section { name: "stream", measure: reading::stream },
    Section { name: "funnel", measure: funnel::measure },
    Section { name: "history", measure: history::measure },
    Section { name: "start", measure: start::measure },
    Section { name: "build", measure: build::measure },
];

/// Measures everything and writes the page, or measures the named sections and prints them.
#[expect(clippy::print_stdout, reason = "this is the report")]
pub(crate) fn run(names: &[String]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| SECTIONS.iter().all(|section| section.name != **name)) {
        let known = SECTIONS.map(|section| section.name).join(", ");
        bail!("unknown section {unknown}; the sections are {known}");
    }
    let subjects = Subjects::build()?;
    let mut parts = Vec::new();
    for section in SECTIONS {
        if names.is_empty() || names.iter().any(|name| name == section.name) {
            eprint_progress(section.name);
            let part = (section.measure)(&subjects).with_context(|| format!("section {}", section.name))?;
            println!("{part}");
            parts.push(part);
        }
    }
    if names.is_empty() {
        let page = format!("{}\n{}", machine::introduction()?, parts.join("\n"));
        std::fs::write(crate::root().join(PAGE), page).with_context(|| format!("cannot write {PAGE}"))?;
    }
    Ok(())
}

/// Compares the instructions per call with the committed baseline; with `accept`, replaces the baseline.
pub(crate) fn check(accept: bool) -> Result<()> {
    instructions::check(&Subjects::build()?, accept)
}

#[expect(clippy::print_stderr, reason = "some sections take a minute")]
fn eprint_progress(name: &str) {
    eprintln!("measuring: {name}");
}
