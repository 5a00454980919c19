//! Reads the sources of a crate as tokens, without its tests.

use std::str::FromStr as _;

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// Whether a file, given by its path below `src`, has only tests.
pub(super) fn is_test(file: &str) -> bool {
    file.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "properties.rs"))
}

/// The tokens of a file, without the items that only tests have.
pub(super) fn of_file(file: &str, text: &str) -> Result<TokenStream> {
    let tokens = TokenStream::from_str(text).map_err(|error| anyhow!("{file}: {error}"))?;
    Ok(without_tests(tokens))
}

fn without_tests(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' && is_for_tests(tokens.get(at)) => {
                at = after_item(&tokens, at + 1);
            }
            TokenTree::Group(group) => {
                kept.push(Group::new(group.delimiter(), without_tests(group.stream())).into());
            }
            other => kept.push(other.clone()),
        }
    }
    kept.into_iter().collect()
}

/// Whether this is `[cfg(test)]`, the attribute of what only tests have.
fn is_for_tests(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket
        && group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// The place after the item that begins here.
fn after_item(tokens: &[TokenTree], at: usize) -> usize {
    let end = tokens.iter().skip(at).position(|token| match token {
        TokenTree::Punct(end) => end.as_char() == ';',
        TokenTree::Group(body) => body.delimiter() == Delimiter::Brace,
        _ => false,
    });
    end.map_or(tokens.len(), |end| at + end + 1)
}
