//! Suggestions for misspelled names.

/// The name that was probably meant: one with a small edit distance, or else one that the word abbreviates, as
/// `customerId` and `tenantId` abbreviate `customerTenantId`.
pub(crate) fn likely(word: &str, names: &[&'static str]) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    if !(3..=32).contains(&word.len()) {
        return None;
    }
    let slip = names
        .iter()
        .map(|name| (strsim::levenshtein(&word, &name.to_ascii_lowercase()), *name))
        .min_by_key(|(edits, _)| *edits)
        .filter(|(edits, name)| *edits <= name.len() / 4);
    let abbreviated = || {
        names.iter().copied().find(|name| {
            let lower = name.to_ascii_lowercase();
            let mut rest = lower.chars();
            word.chars().all(|wanted| rest.any(|found| found == wanted))
        })
    };
    slip.map(|(_, name)| name).or_else(abbreviated)
}
