//! Rows that wait in a temporary file until they can be written in order.
//!
//! Memory holds an id and a position per row. A file of the dataset has the same bytes for the same data, so its order
//! must not depend on the order in which the service sent the rows.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// A row that has a place in the order of its table.
pub(crate) trait Ordered: Serialize + DeserializeOwned {
    /// The customer; nil if it is unknown.
    fn customer(&self) -> Uuid;

    /// What the rows of a customer are sorted by: the product, then what tells its rows apart.
    fn order(&self) -> Vec<String>;
}

/// Rows of one table.
pub(crate) struct Spool<R> {
    file: BufWriter<File>,
    /// The customer, position and length of each row.
    index: Vec<(Uuid, u64, u32)>,
    end: u64,
    row: PhantomData<fn(R)>,
}

impl<R: Ordered> Spool<R> {
    pub(crate) fn new() -> io::Result<Self> {
        let file = BufWriter::new(tempfile::tempfile()?);
        Ok(Self { file, index: Vec::new(), end: 0, row: PhantomData })
    }

    pub(crate) fn push(&mut self, row: &R) -> io::Result<()> {
        let text = serde_json::to_vec(row)?;
        let length = u32::try_from(text.len()).map_err(|_| io::Error::other("a row is too long"))?;
        self.file.write_all(&text)?;
        self.index.push((row.customer(), self.end, length));
        self.end += u64::from(length);
        Ok(())
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> u64 {
        u64::try_from(self.index.len()).unwrap_or(u64::MAX)
    }

    /// Passes on all rows, by customer and product.
    pub(crate) fn in_order(self, mut each: impl FnMut(R) -> io::Result<()>) -> io::Result<()> {
        let Self { file, mut index, .. } = self;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        index.sort_unstable();
        let mut text = Vec::new();
        for customer in index.chunk_by(|(one, ..), (other, ..)| one == other) {
            let mut rows = Vec::with_capacity(customer.len());
            for &(_, position, length) in customer {
                text.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
                file.seek(SeekFrom::Start(position))?;
                file.read_exact(&mut text)?;
                let row: R = serde_json::from_slice(&text)?;
                // Rows that are alike in everything else are sorted by their text.
                rows.push((row.order(), text.clone(), row));
            }
            rows.sort_by(|(one, text, _), (other, text_of_other, _)| {
                (one, text).cmp(&(other, text_of_other))
            });
            rows.into_iter().try_for_each(|(.., row)| each(row))?;
        }
        Ok(())
    }
}
