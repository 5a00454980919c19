//! The values of one column in a row group, with the levels that say which rows have them.

use std::time::UNIX_EPOCH;

use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int64Type,
};
use parquet::errors::Result;
use parquet::file::writer::SerializedColumnWriter;
use partner_center::models::{Offset, Timestamp};
use rust_decimal::Decimal;

use crate::cell::{Cell, Column, Kind};

/// Amounts are decimals with this many digits, of which so many are behind the point: enough for every currency, and for
/// the monthly price of a year.
pub(super) const MONEY_DIGITS: i32 = 38;
pub(super) const MONEY_SCALE: u32 = 10;
pub(super) const MONEY_BYTES: i32 = 16;

/// The values of a column in the next row group.
pub(super) enum Values {
    One(Leaf),
    /// The instant, and the text where the instant does not say all.
    Time([Leaf; 2]),
    /// One leaf per field of a member.
    List(Vec<Leaf>),
}

impl Values {
    pub(super) fn of(column: &Column) -> Self {
        let highest = i16::from(!column.required);
        match column.kind {
            Kind::Time => Self::Time([Leaf::new(Kind::Time, highest), Leaf::new(Kind::Text, 1)]),
            Kind::List([only]) => Self::List(vec![Leaf::new(only.kind, 1)]),
            Kind::List(members) => {
                Self::List(members.iter().map(|member| Leaf::new(member.kind, 2)).collect())
            }
            kind => Self::One(Leaf::new(kind, highest)),
        }
    }

    pub(super) fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::One(leaf), cell) => leaf.push(cell, 0),
            (Self::Time([instant, text]), Cell::Time(time)) => {
                let rest = time.filter(|time| !says_all(time)).map(|time| time.to_string().into());
                instant.push(Cell::Time(time), 0);
                text.push(Cell::Text(rest), 0);
            }
            (Self::List(leaves), Cell::List(list)) => {
                let members = list.members();
                if members.is_empty() {
                    leaves.iter_mut().for_each(Leaf::push_nothing);
                }
                for (repetition, member) in members.into_iter().enumerate() {
                    for (leaf, cell) in leaves.iter_mut().zip(member) {
                        leaf.push(cell, i16::from(repetition > 0));
                    }
                }
            }
            // The cells of a column are of its kind.
            (Self::Time(_) | Self::List(_), _) => {}
        }
    }

    pub(super) fn leaves(&self) -> &[Leaf] {
        match self {
            Self::One(leaf) => std::slice::from_ref(leaf),
            Self::Time(leaves) => leaves,
            Self::List(leaves) => leaves,
        }
    }
}

/// The values of one field.
pub(super) struct Leaf {
    data: Data,
    /// The definition level of a value. A lower one means that it, or the list that it is in, has none.
    highest: i16,
    definitions: Vec<i16>,
    /// 0 for the first member of a list, 1 for the others.
    repetitions: Vec<i16>,
}

enum Data {
    Texts(Vec<ByteArray>),
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Decimals(Vec<FixedLenByteArray>),
}

impl Leaf {
    fn new(kind: Kind, highest: i16) -> Self {
        let data = match kind {
            Kind::Text | Kind::Id | Kind::List(_) => Data::Texts(Vec::new()),
            Kind::Count | Kind::Time => Data::Integers(Vec::new()),
            Kind::Percent => Data::Floats(Vec::new()),
            Kind::Money => Data::Decimals(Vec::new()),
        };
        Self { data, highest, definitions: Vec::new(), repetitions: Vec::new() }
    }

    fn push(&mut self, cell: Cell<'_>, repetition: i16) {
        let is_present = match (&mut self.data, cell) {
            (Data::Texts(texts), Cell::Text(Some(text)) | Cell::Id(Some(text))) => {
                texts.push(ByteArray::from(text.into_owned().into_bytes()));
                true
            }
            // A required field has a value in every row.
            (Data::Texts(texts), _) if self.highest == 0 => {
                texts.push(ByteArray::from(Vec::new()));
                true
            }
            (Data::Integers(integers), Cell::Count(Some(count))) => {
                integers.push(count);
                true
            }
            (Data::Integers(integers), Cell::Time(time)) => time.and_then(micros).is_some_and(|micros| {
                integers.push(micros);
                true
            }),
            (Data::Floats(floats), Cell::Percent(Some(percent))) => {
                floats.push(percent);
                true
            }
            (Data::Decimals(decimals), Cell::Money(amount)) => amount.and_then(units).is_some_and(|units| {
                decimals.push(FixedLenByteArray::from(units.to_be_bytes().to_vec()));
                true
            }),
            _ => false,
        };
        self.definitions.push(if is_present { self.highest } else { self.highest - 1 });
        self.repetitions.push(repetition);
    }

    /// A list without members.
    fn push_nothing(&mut self) {
        self.definitions.push(0);
        self.repetitions.push(0);
    }

    pub(super) fn write(&self, column: &mut SerializedColumnWriter<'_>) -> Result<()> {
        let definitions = (self.highest > 0).then_some(self.definitions.as_slice());
        let repetitions = Some(self.repetitions.as_slice());
        match &self.data {
            Data::Texts(values) => {
                column.typed::<ByteArrayType>().write_batch(values, definitions, repetitions)
            }
            Data::Integers(values) => {
                column.typed::<Int64Type>().write_batch(values, definitions, repetitions)
            }
            Data::Floats(values) => {
                column.typed::<DoubleType>().write_batch(values, definitions, repetitions)
            }
            Data::Decimals(values) => {
                column.typed::<FixedLenByteArrayType>().write_batch(values, definitions, repetitions)
            }
        }?;
        Ok(())
    }
}

/// Whether the instant in microseconds and UTC is all that the text says.
fn says_all(time: &Timestamp) -> bool {
    let is_utc = matches!(time.offset(), Some(Offset::Zulu | Offset::Minutes(0)));
    is_utc && time.to_system_time().and_then(nanos).is_some_and(|nanos| nanos % 1000 == 0)
}

fn micros(time: &Timestamp) -> Option<i64> {
    i64::try_from(nanos(time.to_system_time()?)?.div_euclid(1000)).ok()
}

fn nanos(time: std::time::SystemTime) -> Option<i128> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i128::try_from(since.as_nanos()).ok(),
        Err(before) => i128::try_from(before.duration().as_nanos()).ok().map(|nanos| -nanos),
    }
}

/// The amount in units of the last of [`MONEY_SCALE`] places.
fn units(amount: Decimal) -> Option<i128> {
    let amount = amount.round_dp(MONEY_SCALE);
    let tens = 10_i128.checked_pow(MONEY_SCALE.checked_sub(amount.scale())?)?;
    amount.mantissa().checked_mul(tens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_time_is_kept_where_the_instant_does_not_say_all() {
        for (text, instant, all) in [
            ("2017-03-14T03:25:16.36+00:00", Some(1_489_461_916_360_000), true),
            ("2017-03-14T03:25:16Z", Some(1_489_461_916_000_000), true),
            ("2017-03-14T03:25:16.1234567Z", Some(1_489_461_916_123_456), false),
            ("2017-03-14T04:25:16+01:00", Some(1_489_461_916_000_000), false),
            ("2018-10-14T00:00:00", Some(1_539_475_200_000_000), false),
            ("2018-10-14", Some(1_539_475_200_000_000), false),
            ("soon", None, false),
        ] {
            let time = Timestamp::from(text);
            assert_eq!((micros(&time), says_all(&time)), (instant, all), "{text}");
        }
    }

    #[test]
    fn an_amount_keeps_its_value() {
        for (amount, expected) in [
            ("0", Some(0)),
            ("12.50", Some(125_000_000_000)),
            ("0.0000000001", Some(1)),
            ("79228162514264337593543950335", None),
        ] {
            assert_eq!(units(amount.parse().unwrap()), expected, "{amount}");
        }
    }
}
