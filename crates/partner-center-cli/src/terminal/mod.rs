//! Text for a terminal: sanitized, grouped digits, wrapped columns, and the width.

mod columns;
pub(crate) mod safe;
pub(crate) mod text;

pub(crate) use columns::columns;
