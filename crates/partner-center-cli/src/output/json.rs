//! The two JSON formats: one document, or one row per line.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serializer;
use serde_json::value::RawValue;

use super::{Columns, Failure, Row, SCHEMA_VERSION, Sink, Summary};
use crate::secrets::redact;

/// The members of rows that are written.
struct Members {
    /// `None` for all.
    chosen: Option<Vec<String>>,
}

impl Members {
    fn of(columns: &Columns) -> Self {
        Self { chosen: columns.chosen_names() }
    }

    fn write(&self, row: &impl Row, mut out: impl Write) -> io::Result<()> {
        let Some(chosen) = &self.chosen else { return Ok(serde_json::to_writer(out, row)?) };
        let text = serde_json::to_string(row)?;
        // Raw, so that amounts keep their digits.
        let members: HashMap<&str, &RawValue> = serde_json::from_str(&text)?;
        let chosen = chosen.iter().map(|name| (name, members.get(name.as_str())));
        Ok(serde_json::Serializer::new(&mut out).collect_map(chosen)?)
    }
}

/// One document with one row per line, written as the rows arrive.
pub(super) struct Document<W> {
    out: W,
    members: Members,
    rows: u64,
}

impl<W: Write> Document<W> {
    pub(super) fn new(out: W, columns: &Columns) -> Self {
        Self { out, members: Members::of(columns), rows: 0 }
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
            self.members.write(row, &mut self.out)?;
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
    members: Members,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W, columns: &Columns) -> Self {
        Self { out, members: Members::of(columns) }
    }
}

impl<R: Row, W: Write> Sink<R> for Lines<W> {
    fn rows(&mut self, rows: &[R]) -> io::Result<()> {
        for row in rows {
            self.members.write(row, &mut self.out)?;
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }

    fn finish(&mut self, _: &Summary, _: &[Failure]) -> io::Result<()> {
        self.out.flush()
    }
}
