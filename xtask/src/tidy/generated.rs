//! Checks the generated files: each belongs to the current contract, and is a private module.

use std::path::Path;

use anyhow::{Context as _, Result};

use crate::codegen;

/// Files that were generated from another contract, and generated modules that are public.
pub(super) fn findings(root: &Path) -> Result<Vec<String>> {
    let read = |path: &Path| {
        std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {}", path.display()))
    };
    let header = codegen::header()?;
    let mut findings = Vec::new();
    for file in codegen::GENERATED {
        let path = Path::new(file);
        if !read(path)?.starts_with(&header) {
            findings.push(format!("{file}: outdated contract hash; run `cargo xtask codegen`"));
        }
        let parents = ["lib.rs", "mod.rs"].map(|parent| path.with_file_name(parent));
        let parent = parents.iter().find(|parent| root.join(parent).is_file());
        let parent = read(parent.with_context(|| format!("{file} is in no module"))?)?;
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        if !is_private_module(&parent, name)? {
            findings.push(format!("{file}: must be a private module; re-export what is public"));
        }
    }
    Ok(findings)
}

/// Whether this source has a module of this name that is not public.
fn is_private_module(source: &str, name: &str) -> Result<bool> {
    Ok(syn::parse_file(source)?.items.iter().any(|item| {
        matches!(item, syn::Item::Mod(module) if module.ident == name && matches!(module.vis, syn::Visibility::Inherited))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_private_module_passes() {
        for (source, passes) in [
            ("mod generated;", true),
            ("#[allow(deprecated)] mod generated; pub use generated::*;", true),
            ("pub mod generated;", false),
            ("pub(crate) mod generated;", false),
            ("mod other;", false),
        ] {
            assert_eq!(is_private_module(source, "generated").unwrap(), passes, "{source}");
        }
    }
}
