//! One logical call.
pub(crate) mod text;
