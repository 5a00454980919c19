//! A sheet with one table: filters, a header that stays in place, and data bars. It is written row by row.
//!
//! The library keeps an entry for each cell of a table, so that a long sheet has the filters without the table.

use rust_xlsxwriter::{
    ConditionalFormatDataBar, Table as ExcelTable, TableColumn, Workbook, Worksheet, XlsxError,
};

use super::super::{Column, Kind};
use super::cells::{self, Formats, cell_text};

/// The most rows of a table below its header.
pub(super) const MOST_ROWS: usize = 1_048_575;
/// The most rows of a sheet with a table: with 30 columns, the library then keeps 50 MB.
pub(super) const MOST_TABLE_ROWS: usize = 50_000;

/// A column of a table.
pub(super) struct Head {
    name: String,
    kind: Kind,
    /// The width in characters.
    width: usize,
}

impl Head {
    /// `longest` is the length of the longest value as text.
    pub(super) fn of(column: &Column, longest: usize) -> Self {
        Self::new(column.name().into_owned(), column.kind, longest)
    }

    pub(super) fn new(name: impl Into<String>, kind: Kind, longest: usize) -> Self {
        const FILTER_BUTTON: usize = 4;
        let name = name.into();
        let least = name.len() + FILTER_BUTTON;
        let width = match kind {
            // Ids are for copying: the beginning tells them apart.
            Kind::Id => 14,
            Kind::Text | Kind::List(_) => longest.saturating_add(2).clamp(least.min(24), 50),
            Kind::Count | Kind::Percent | Kind::Money => least.max(10),
            Kind::Time => least.max(20),
        };
        Self { name, kind, width }
    }
}

pub(super) struct Table<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    kinds: Vec<Kind>,
    next: u32,
}

impl<'a> Table<'a> {
    /// Begins a sheet with a table of this many rows. `above` are lines above the table.
    pub(super) fn begin(
        workbook: &'a mut Workbook,
        formats: &'a Formats,
        name: &str,
        heads: &[Head],
        above: &[(&str, String)],
        rows: usize,
    ) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0);
        let mut header = 0;
        for (label, value) in above {
            sheet.write_string_with_format(header, 0, *label, &formats.label)?;
            sheet.write_string(header, 1, cell_text(value))?;
            header += 1;
        }
        header += u32::from(!above.is_empty());
        // A table has a row, even if it is empty.
        let last = header.saturating_add(u32::try_from(rows.max(1)).unwrap_or(u32::MAX));
        for (place, head) in (0..).zip(heads) {
            sheet.set_column_width(place, f64::from(u32::try_from(head.width).unwrap_or(u32::MAX)))?;
            if head.name == "unused" {
                let bar = ConditionalFormatDataBar::new().set_fill_color(BAR).set_solid_fill(true);
                sheet.add_conditional_format(header + 1, place, last, place, &bar)?;
            }
        }
        let most = u16::try_from(heads.len()).unwrap_or(u16::MAX).saturating_sub(1);
        if rows <= MOST_TABLE_ROWS {
            let columns: Vec<_> =
                heads.iter().map(|head| TableColumn::new().set_header(&head.name)).collect();
            let table = ExcelTable::new().set_columns(&columns).set_name(name.replace(' ', "_"));
            sheet.add_table(header, 0, last, most, &table)?;
        } else {
            for (place, head) in (0..).zip(heads) {
                sheet.write_string_with_format(header, place, &head.name, &formats.heading)?;
            }
            sheet.autofilter(header, 0, last, most)?;
        }
        sheet.set_freeze_panes(header + 1, 0)?.set_repeat_rows(header, header)?;
        let kinds = heads.iter().map(|head| head.kind).collect();
        Ok(Self { sheet, formats, kinds, next: header + 1 })
    }

    /// Writes the next row, from the texts of its cells.
    pub(super) fn row(&mut self, texts: impl Iterator<Item = impl AsRef<str>>) -> Result<(), XlsxError> {
        for ((place, kind), text) in (0..).zip(&self.kinds).zip(texts) {
            if !text.as_ref().is_empty() {
                cells::write(self.sheet, (self.next, place), self.formats, *kind, text.as_ref())?;
            }
        }
        self.next += 1;
        Ok(())
    }
}

/// The color of bars.
pub(super) const BAR: u32 = 0x00F4_B183;
