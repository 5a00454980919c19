//! The SKUs that cost nothing and come with thousands of units, which say nothing about what a customer bought.
//!
//! The list is `free_skus.csv`. A SKU is on it by its id or its part number, never by its number of units.

use std::collections::HashSet;
use std::sync::LazyLock;

static LIST: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("free_skus.csv").lines().skip(1);
    lines.flat_map(|line| line.split(',')).map(str::to_lowercase).collect()
});

/// Whether a SKU with this id and part number is free.
pub(crate) fn contains(id: Option<&str>, part_number: Option<&str>) -> bool {
    [id, part_number].into_iter().flatten().any(|name| LIST.contains(&name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_id_and_a_part_number_of_its_own() {
        let lines: Vec<_> = include_str!("free_skus.csv").lines().skip(1).collect();
        for line in &lines {
            let (id, part_number) = line.split_once(',').unwrap();
            assert!(uuid::Uuid::parse_str(id).is_ok(), "{line}");
            assert!(contains(Some(&id.to_uppercase()), None) && contains(None, Some(part_number)), "{line}");
        }
        assert_eq!(LIST.len(), 2 * lines.len());
        assert!(!contains(Some("6fd2c87f-b296-42f0-b197-1e91e994b900"), Some("ENTERPRISEPACK")));
        assert!(!contains(None, None));
    }
}
