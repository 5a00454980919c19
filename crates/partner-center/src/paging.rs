//! Where a stream of pages stands, so that it can be saved and gone on from.

/// Where a stream of pages stands: everything the next page request needs, and nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {}
