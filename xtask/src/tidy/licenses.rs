//! Checks that every published crate has the license texts: a package contains only files below the crate's folder.

use std::path::Path;

use serde_json::Value;

const TEXTS: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// The texts that are missing from the folders of published crates.
pub(super) fn findings(metadata: &Value, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let published = packages.filter(|package| package["publish"].is_null());
    let missing = published.flat_map(|package| {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let folder = manifest.parent().unwrap_or(manifest);
        let missing = TEXTS.into_iter().filter(|text| !exists(&folder.join(text)));
        let name = package["name"].as_str().unwrap_or_default();
        missing.map(move |text| format!("{name}: link {text} of the workspace into it"))
    });
    missing.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_published_crates_need_the_texts() {
        let metadata = json!({ "packages": [
            { "name": "a", "manifest_path": "/w/a/Cargo.toml", "publish": null },
            { "name": "b", "manifest_path": "/w/b/Cargo.toml", "publish": [] },
        ] });
        assert!(findings(&metadata, |path| path.starts_with("/w/a")).is_empty());
        let found = findings(&metadata, |path| path == Path::new("/w/a/LICENSE-MIT"));
        assert_eq!(found, ["a: link LICENSE-APACHE of the workspace into it"]);
    }
}
