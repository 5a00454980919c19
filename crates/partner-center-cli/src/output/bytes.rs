//! Output that is not made of rows: bytes, to stdout or to a file that appears only when it is complete.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Target;
use super::file::Partial;
use super::paths::Files;
use crate::problem::Stop;

/// An output for bytes. On a terminal, unsafe characters are replaced. A file that is not finished is removed.
pub(crate) struct ByteOutput {
    out: BufWriter<Box<dyn Write + Send>>,
    target: Target,
}

impl ByteOutput {
    /// An output to this file, or to stdout.
    pub(crate) fn new(file: Option<&Path>) -> Result<Self, Stop> {
        let target = match file {
            Some(path) => Target::File(Partial::create(&Files::new(path, &[])?)?),
            None => Target::Stdout,
        };
        Ok(Self { out: BufWriter::new(target.writer()?), target })
    }

    pub(crate) fn is_on_stdout(&self) -> bool {
        matches!(self.target, Target::Stdout)
    }

    /// Writes what is held back, and publishes a file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()?;
        self.target.publish()
    }
}

impl Write for ByteOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
