//! Checks the direction of the modules inside each published crate: no two top-level modules depend on each other, not
//! even through others, and those of the facade depend only on the layers before them.
//!
//! Dependencies are read from the tokens: every path that begins with `crate`, or with as many `super` as lead to the root.
//! Tests may depend on anything.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tokens;

/// The crates that are checked.
const CRATES: [&str; 6] = [
    "crates/partner-center-models",
    "crates/partner-center-client",
    FACADE,
    "crates/partner-center-history",
    "crates/partner-center-cli",
    "crates/partner-center-emulator",
];

const FACADE: &str = "crates/partner-center";

/// The layers of the facade, lowest first. A module may depend on the modules before it, and on nothing else.
const LAYERS: &[&str] = &[
    "retry_after",
    "proxy",
    "clock",
    "redact",
    "suggestion",
    "service",
    "versioned",
    "continuation",
    "collection",
    "error",
    "base_url",
    "cloud",
    "ids",
    "customer_filter",
    "request_context",
    "response",
    "limits",
    "credential",
    "client",
    "settings",
    "call",
    "paging",
    "raw",
    "filter",
    "chain",
    "sweep",
    "licenses",
    "funnel",
    "fuzz",
];

/// The module that each module depends on, with a file in which it does.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// Dependencies in the wrong direction, in files given by their path.
pub(super) fn findings(files: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for member in CRATES {
        let source = format!("{member}/src/");
        let inner =
            files.iter().filter_map(|(file, text)| Some((file.strip_prefix(&source)?, text.as_str())));
        let rust = inner.filter(|(file, _)| super::has_extension(file, "rs")).collect();
        let graph = graph(&rust).with_context(|| format!("cannot read the modules of {member}"))?;
        findings
            .extend(cycle(&graph).map(|cycle| format!("{member}: modules depend on each other: {cycle}")));
        if member == FACADE {
            findings.extend(upward(&graph, LAYERS).into_iter().map(|upward| format!("{member}: {upward}")));
        }
    }
    Ok(findings)
}

/// The dependencies between the top-level modules of a crate, whose files are given by their path below `src`.
fn graph(files: &BTreeMap<&str, &str>) -> Result<Graph> {
    let tops: BTreeSet<&str> = files.keys().filter_map(|file| top(file)).collect();
    let exports = files.get("lib.rs").map_or_else(|| Ok(BTreeMap::new()), |root| exports(root, &tops))?;
    let mut graph: Graph = tops.iter().map(|top| ((*top).to_owned(), BTreeMap::new())).collect();
    for (file, text) in files {
        let Some(top) = top(file) else { continue };
        if tokens::is_test(file) {
            continue;
        }
        let mut names = BTreeSet::new();
        collect(tokens::of_file(file, text)?, depth(file), &mut names);
        for name in names {
            let module = exports.get(&name).map_or(name.as_str(), String::as_str);
            if module != top && tops.contains(module) {
                graph
                    .entry(top.to_owned())
                    .or_default()
                    .entry(module.to_owned())
                    .or_insert_with(|| (*file).to_owned());
            }
        }
    }
    Ok(graph)
}

/// The top-level module of a file; `None` for the root, which may depend on everything.
fn top(file: &str) -> Option<&str> {
    let first = file.split('/').next()?;
    let top = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(top, "lib" | "main" | "bin")).then_some(top)
}

/// How many `super` lead from a file's module to the root of the crate.
fn depth(file: &str) -> usize {
    let parts = file.split('/').count();
    if file.ends_with("/mod.rs") { parts - 1 } else { parts }
}

/// What the root re-exports, by name: the module that it comes from.
fn exports(root: &str, tops: &BTreeSet<&str>) -> Result<BTreeMap<String, String>> {
    let file = syn::parse_file(root)?;
    let mut exports = BTreeMap::new();
    for item in file.items {
        if let syn::Item::Use(item) = item
            && let syn::UseTree::Path(path) = item.tree
        {
            let module = path.ident.to_string();
            if tops.contains(module.as_str()) {
                leaves(&path.tree, &mut |name| {
                    exports.insert(name, module.clone());
                });
            }
        }
    }
    Ok(exports)
}

fn leaves(tree: &syn::UseTree, each: &mut impl FnMut(String)) {
    match tree {
        syn::UseTree::Path(path) => leaves(&path.tree, each),
        syn::UseTree::Name(name) => each(name.ident.to_string()),
        syn::UseTree::Rename(rename) => each(rename.rename.to_string()),
        syn::UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, each)),
        syn::UseTree::Glob(_) => {}
    }
}

/// Collects the names that paths from the root of the crate begin with. `depth` is that of the module around the tokens.
fn collect(tokens: TokenStream, depth: usize, names: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(ident) if *ident == "mod" => {
                if let Some(TokenTree::Group(body)) = tokens.get(at + 1) {
                    collect(body.stream(), depth + 1, names);
                    at += 2;
                }
            }
            TokenTree::Ident(ident) if *ident == "crate" || *ident == "super" => {
                let mut supers = usize::from(*ident == "super");
                let mut next = after_colons(&tokens, at);
                while let Some(place) = next
                    && matches!(tokens.get(place), Some(TokenTree::Ident(ident)) if *ident == "super")
                {
                    supers += 1;
                    next = after_colons(&tokens, place + 1);
                }
                if (supers == 0 || supers == depth)
                    && let Some(place) = next
                {
                    first_names(tokens.get(place), names);
                }
            }
            TokenTree::Group(group) => collect(group.stream(), depth, names),
            _ => {}
        }
    }
}

/// The place after `::`, if that is what comes.
fn after_colons(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let is_colon =
        |place| matches!(tokens.get(place), Some(TokenTree::Punct(colon)) if colon.as_char() == ':');
    (is_colon(at) && is_colon(at + 1)).then_some(at + 2)
}

/// The first name of a path, or of each path in a group.
fn first_names(token: Option<&TokenTree>, names: &mut BTreeSet<String>) {
    match token {
        Some(TokenTree::Ident(name)) => {
            names.insert(name.to_string());
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let mut is_first = true;
            for token in group.stream() {
                match &token {
                    TokenTree::Punct(comma) if comma.as_char() == ',' => is_first = true,
                    TokenTree::Ident(_) if is_first => {
                        first_names(Some(&token), names);
                        is_first = false;
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// A cycle of modules, if there is one, such as `a -> b (in a.rs), b -> a (in b.rs)`.
fn cycle(graph: &Graph) -> Option<String> {
    // Takes away modules that depend on no remaining one, until none is left but those of cycles and above.
    let mut left: BTreeSet<&str> = graph.keys().map(String::as_str).collect();
    let remaining = |module: &str, left: &BTreeSet<&str>| {
        graph.get(module).into_iter().flatten().find(|(on, _)| left.contains(on.as_str()))
    };
    while let Some(free) = left.iter().copied().find(|module| remaining(module, &left).is_none()) {
        left.remove(free);
    }
    let mut path: Vec<&str> = vec![left.first()?];
    loop {
        let (on, _) = remaining(path.last()?, &left)?;
        if let Some(start) = path.iter().position(|module| module == on) {
            path.drain(..start);
            let steps = path.iter().zip(path.iter().cycle().skip(1)).map(|(module, on)| {
                let file = graph.get(*module).and_then(|on_what| on_what.get(*on));
                format!("{module} -> {on} (in {})", file.map_or("?", String::as_str))
            });
            return Some(steps.collect::<Vec<_>>().join(", "));
        }
        path.push(on);
    }
}

/// Dependencies on a later layer, and modules that have no layer.
fn upward(graph: &Graph, layers: &[&str]) -> Vec<String> {
    let layer = |module: &str| layers.iter().position(|layer| *layer == module);
    let mut findings = Vec::new();
    for (module, dependencies) in graph {
        let Some(own) = layer(module) else {
            findings.push(format!("module {module}: add it to LAYERS in tidy/modules.rs"));
            continue;
        };
        for (on, file) in dependencies {
            if layer(on).is_some_and(|layer| layer >= own) {
                findings.push(format!("{file}: {module} must not depend on {on}, which is a layer above it"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph_of(files: &[(&str, &str)]) -> Graph {
        graph(&files.iter().copied().collect()).unwrap()
    }

    const CLEAN: [(&str, &str); 4] = [
        ("lib.rs", "mod low; mod middle; mod high; pub use low::Thing;"),
        ("low.rs", "pub struct Thing; #[cfg(test)] mod tests { use crate::high::High; }"),
        ("middle/mod.rs", "mod part; use crate::Thing; #[cfg(test)] use crate::high::Other;"),
        ("high.rs", "use crate::{low, middle::Middle};"),
    ];

    const ORDER: [&str; 3] = ["low", "middle", "high"];

    #[test]
    fn modules_that_depend_downward_pass() {
        let graph = graph_of(&CLEAN);
        assert_eq!(graph["middle"].keys().collect::<Vec<_>>(), ["low"], "through the root's re-export");
        assert_eq!(graph["high"].keys().collect::<Vec<_>>(), ["low", "middle"]);
        assert_eq!((cycle(&graph), upward(&graph, &ORDER)), (None, Vec::new()));
    }

    #[test]
    fn an_upward_dependency_is_found_however_it_is_written() {
        for upward_use in [
            "use crate::high::High;",
            "use crate::{low::Thing, high};",
            "fn f() { let _ = crate::high::f(); }",
            "fn f() { log!(crate::high::LEVEL); }",
            "use super::super::high::High;",
            "mod inner { use super::super::super::high; }",
            "impl crate::high::High {}",
        ] {
            let mut files = CLEAN.to_vec();
            files.push(("middle/part.rs", upward_use));
            let graph = graph_of(&files);
            let found = upward(&graph, &ORDER);
            assert_eq!(found.len(), 1, "{upward_use}: {found:?}");
            assert!(found[0].contains("middle/part.rs: middle must not depend on high"), "{found:?}");
            let found = cycle(&graph).expect(upward_use);
            assert!(found.contains("middle -> high (in middle/part.rs)"), "{found}");
        }
    }

    #[test]
    fn a_module_without_a_layer_is_found() {
        let mut files = CLEAN.to_vec();
        files.push(("newcomer.rs", ""));
        assert_eq!(upward(&graph_of(&files), &ORDER).len(), 1);
    }
}
