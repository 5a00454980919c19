//! Text for a terminal: sanitized, grouped digits, wrapped columns, and the pager.

mod columns;
pub(crate) mod pager;
pub(crate) mod safe;
pub(crate) mod text;

pub(crate) use columns::columns;
