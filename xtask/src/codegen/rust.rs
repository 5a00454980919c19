//! From tokens to the text of a Rust file.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;

/// Formats a file's tokens.
pub(crate) fn format(tokens: TokenStream) -> Result<String> {
    let file: syn::File = syn::parse2(tokens).context("the generated code does not parse")?;
    Ok(prettyplease::unparse(&file))
}

/// A name as the generators turn it into a Rust field.
pub(crate) fn snake(name: &str) -> String {
    heck::ToSnakeCase::to_snake_case(name)
}

/// A name as the generators turn it into a Rust type.
pub(crate) fn camel(name: &str) -> String {
    heck::ToUpperCamelCase::to_upper_camel_case(name)
}
