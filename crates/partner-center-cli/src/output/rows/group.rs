//! The columns of roll-ups: the totals of a customer, product or service.

use std::borrow::Cow;

use partner_center::funnel::{Group, Tally};
use partner_center::models::Timestamp;

use crate::output::row::Shown::{As, IfKnown, IfWide, InPlaceOf, No};
use crate::output::row::{Cell, Column, Kind, Row, Shown};

impl Row for Group {
    const TYPE: &'static str = "group";
    const COLUMNS: &'static [Column] = &[
        column("key", Kind::Text, InPlaceOf("name", "Name")),
        column("name", Kind::Text, As("Name")),
        column("licensesSold", Kind::Count, IfKnown("Sold")),
        column("licensesDeployed", Kind::Count, IfKnown("Deployed")),
        column("licensesActive", Kind::Count, IfKnown("Active")),
        column("shelfware", Kind::Count, IfKnown("Shelf")),
        column("idle", Kind::Count, IfKnown("Idle")),
        column("unused", Kind::Count, IfKnown("Unused")),
        column("rows", Kind::Count, IfWide("Rows")),
        column("rowsUnknown", Kind::Count, No),
    ];
    const LOWER_BOUNDS: &'static [&'static str] = &["unused"];

    fn cell(&self, index: usize) -> Cell<'_> {
        let number = |count: u64| Cell::Count(i64::try_from(count).ok());
        match index {
            0 => Cell::Text(self.key.as_deref().map(Cow::Borrowed)),
            1 => Cell::Text(self.name.as_deref().map(Cow::Borrowed)),
            2 => Cell::Count(self.licenses_sold()),
            3 => Cell::Count(self.licenses_deployed()),
            4 => Cell::Count(self.licenses_active()),
            5 => Cell::Count(self.shelfware()),
            6 => Cell::Count(self.idle()),
            7 => Cell::Count(self.unused()),
            8 => number(self.totals.rows),
            _ => number(self.rows_unknown()),
        }
    }

    fn processed(&self) -> [Option<&Timestamp>; 2] {
        [self.totals.oldest_processed_date_time.as_ref(), self.totals.newest_processed_date_time.as_ref()]
    }

    fn stands_for(&self) -> u64 {
        self.totals.rows
    }

    fn complete_rows(&self, index: usize) -> u64 {
        let totals = &self.totals;
        let Tally { unknown_rows, .. } = match index {
            2 => totals.licenses_sold,
            3 => totals.licenses_deployed,
            4 => totals.licenses_active,
            5 => totals.shelfware,
            6 => totals.idle,
            7 => totals.unused,
            _ => return totals.rows,
        };
        totals.rows.saturating_sub(unknown_rows)
    }
}

const fn column(name: &'static str, kind: Kind, shown: Shown) -> Column {
    Column { name, shown, kind }
}
