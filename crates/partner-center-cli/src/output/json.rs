//! The two JSON formats: one document, or one row per line.

use std::io::{self, Write};

use super::{Failure, Row, SCHEMA_VERSION, Sink, Summary, write_line};
use crate::secrets::redact;

/// One document with one row per line, written as the rows arrive.
pub(super) struct Document<W> {
    out: W,
    rows: u64,
}

impl<W: Write> Document<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, rows: 0 }
    }

    fn open<R: Row>(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"schemaVersion\":{SCHEMA_VERSION},\"type\":\"{}\",\"rows\":[", R::TYPE)
    }
}

impl<R: Row, W: Write> Sink<R> for Document<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            if self.rows == 0 {
                self.open::<R>()?;
            }
            self.out.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut self.out, row)?;
            self.rows += 1;
        }
        Ok(())
    }

    fn finish(&mut self, summary: &Summary, failures: &[Failure]) -> io::Result<()> {
        if self.rows == 0 {
            self.open::<R>()?;
        }
        self.out.write_all(b"\n],\"failures\":")?;
        // Failures contain text from the service.
        let failures = serde_json::to_string(failures)?;
        self.out.write_all(redact(&failures).as_bytes())?;
        self.out.write_all(b",\"summary\":")?;
        serde_json::to_writer(&mut self.out, summary)?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

/// One row per line; the rows of each response are flushed at once. Without rows, the output is empty.
pub(super) struct Lines<W> {
    out: W,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out }
    }
}

impl<R: Row, W: Write> Sink<R> for Lines<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            write_line(&mut self.out, row)?;
        }
        self.out.flush()
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        self.out.flush()
    }
}
