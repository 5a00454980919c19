//! Formats tokens as Rust source, and converts names of the contract to Rust names.

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Formats a file's tokens.
pub(crate) fn format(tokens: TokenStream) -> Result<String> {
    let file: syn::File = syn::parse2(tokens).context("the generated code does not parse")?;
    Ok(prettyplease::unparse(&file))
}

/// A name as the generators turn it into a Rust field or function.
pub(crate) fn field(name: &str) -> String {
    let field = heck::ToSnakeCase::to_snake_case(name);
    // The generators append an underscore to a keyword, and treat `gen` as one.
    let keyword = field == "gen" || syn::parse_str::<syn::Ident>(&field).is_err();
    if keyword { field + "_" } else { field }
}

/// A name as the generators turn it into a Rust type or variant.
pub(crate) fn camel(name: &str) -> String {
    heck::ToUpperCamelCase::to_upper_camel_case(name)
}

/// Documentation attributes with this text.
pub(crate) fn doc(text: &str) -> TokenStream {
    text.lines().map(doc_line).map(|line| quote!(#[doc = #line])).collect()
}

/// A line of documentation as it is written after the slashes.
pub(crate) fn doc_line(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// A type as text, without spaces.
pub(crate) fn text(ty: &syn::Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}
