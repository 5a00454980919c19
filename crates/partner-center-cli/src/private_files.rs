//! Creates directories and files that only their owner can read.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use crate::output::lock::sync_directory;

/// Creates the directory and those above it, unless they exist.
pub(crate) fn create_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Renames a complete copy over the file. Without permissions, only its owner can read it.
pub(crate) fn replace(path: &Path, bytes: &[u8], permissions: Option<fs::Permissions>) -> io::Result<()> {
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let directory = directory.unwrap_or_else(|| Path::new("."));
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    // Its mode is 0600 on Unix.
    let mut file =
        tempfile::Builder::new().prefix(&format!(".{name}-")).suffix(".tmp").tempfile_in(directory)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    sync_directory(path)
}
