//! Creates directories that only their owner can read.

use std::fs;
use std::io;
use std::path::Path;

/// Creates the directory and those above it, unless they exist.
pub(crate) fn create(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}
