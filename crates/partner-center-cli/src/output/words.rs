//! Words for where rows come from and for what is missing, in every format that says it.

use partner_center::licenses::Source;

use crate::terminal::text::counted;

/// Where the rows come from; `None` stands for both sources.
pub(super) fn source(source: Option<Source>, is_sample: bool) -> String {
    let source = match source {
        Some(Source::Commercial) => "the commercial queries",
        Some(Source::Classic) => "the classic operations",
        _ => "the classic operations and the commercial queries",
    };
    if is_sample { format!("sample data of the emulator, by {source}") } else { source.to_owned() }
}

/// Rows and entries of the list of customers that could not be read.
pub(super) fn unreadable(count: u64) -> String {
    counted(
        count,
        "row or entry of the list of customers could not be read and is missing",
        "rows or entries of the list of customers could not be read and are missing",
    )
}

/// Entries of the list of customers without an id.
pub(super) fn without_id(count: u64) -> String {
    counted(
        count,
        "entry of the list of customers has no valid id and was not read",
        "entries of the list of customers have no valid id and were not read",
    )
}

/// Pages that were empty although others follow.
pub(crate) fn empty_pages(count: u64) -> String {
    counted(
        count,
        "page was empty although others follow; rows may be missing, and a later run may return them",
        "pages were empty although others follow; rows may be missing, and a later run may return them",
    )
}
