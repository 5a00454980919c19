//! The value of a cell from its text, with its number format.

use std::borrow::Cow;

use partner_center::models::Timestamp;
use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::super::Kind;

/// The most UTF-16 units that a cell holds.
const LONGEST: usize = 32_767;

/// Seconds in a day, as in serial numbers of days.
const DAY: f64 = 86_400.0;
/// The serial number of 1970-01-01.
const EPOCH: f64 = 25_569.0;
/// Serial numbers from 1900-03-01, before which Excel counts a day that never was, to the end of 9999.
const DATES: std::ops::Range<f64> = 61.0..2_958_466.0;

/// The formats of cells.
pub(super) struct Formats {
    count: Format,
    percent: Format,
    date_time: Format,
    /// Amounts by their number of decimal places.
    amounts: Vec<Format>,
    pub(super) title: Format,
    pub(super) label: Format,
    pub(super) heading: Format,
    /// Above numbers.
    pub(super) number_heading: Format,
}

impl Default for Formats {
    fn default() -> Self {
        let number = |code: &str| Format::new().set_num_format(code);
        let amount = |places: usize| match places {
            0 => number("#,##0"),
            places => number(&format!("#,##0.{}", "0".repeat(places.max(2)))),
        };
        let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
        Self {
            count: number("#,##0"),
            percent: number("0.0%"),
            date_time: number("yyyy-mm-dd hh:mm:ss"),
            amounts: (0..=MOST_PLACES).map(amount).collect(),
            title: Format::new().set_bold().set_font_size(16),
            label: Format::new().set_bold().set_align(FormatAlign::Top),
            number_heading: heading.clone().set_align(FormatAlign::Right),
            heading,
        }
    }
}

/// The decimal places of a monthly price.
const MOST_PLACES: usize = 10;

/// Writes the value that a text of this kind stands for; nothing if it is empty. A text that is not of the kind, and a
/// number that the cell would round, are written as text.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    formats: &Formats,
    kind: Kind,
    text: &str,
) -> Result<(), XlsxError> {
    let number = match kind {
        Kind::Text | Kind::Id | Kind::List(_) => None,
        Kind::Count => text
            .parse::<f64>()
            .ok()
            .filter(|number| number.to_string() == text)
            .map(|number| (number, &formats.count)),
        // Parsed as hundredths, because a division would change the last digit.
        Kind::Percent => format!("{text}e-2").parse().ok().map(|number| (number, &formats.percent)),
        Kind::Money => text.parse().ok().zip(formats.amounts.get(places(text))),
        Kind::Time => serial(&Timestamp::from(text)).map(|number| (number, &formats.date_time)),
    };
    match number.filter(|(number, _)| number.is_finite()) {
        Some((number, format)) => sheet.write_number_with_format(row, column, number, format)?,
        None => sheet.write_string(row, column, cell_text(text))?,
    };
    Ok(())
}

fn places(amount: &str) -> usize {
    amount.split_once('.').map_or(0, |(_, places)| places.len()).min(MOST_PLACES)
}

/// The time in UTC as days since 1900, if Excel knows such days.
#[expect(clippy::cast_precision_loss, reason = "seconds of the years that Excel knows are exact")]
fn serial(time: &Timestamp) -> Option<f64> {
    let seconds = time.unix_seconds()?;
    let fraction = time.to_system_time()?.duration_since(std::time::UNIX_EPOCH);
    let fraction = fraction.map_or(0.0, |since| f64::from(since.subsec_millis()) / 1000.0);
    Some((seconds as f64 + fraction) / DAY + EPOCH).filter(|days| DATES.contains(days))
}

/// The text without characters that the format cannot hold, cut if it is too long. Lines end as they do in Excel.
pub(super) fn cell_text(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    if text.contains('\r') {
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    if text.contains(is_unwritable) {
        text = Cow::Owned(text.replace(is_unwritable, "\u{fffd}"));
    }
    // No text has more UTF-16 units than bytes.
    if text.len() <= LONGEST || text.chars().map(char::len_utf16).sum::<usize>() <= LONGEST {
        return text;
    }
    let mut units = 0;
    let kept = text.chars().take_while(|character| {
        units += character.len_utf16();
        units < LONGEST
    });
    Cow::Owned(kept.chain(['…']).collect())
}

fn is_unwritable(character: char) -> bool {
    matches!(character, '\0'..'\t' | '\u{b}' | '\u{c}' | '\u{e}'..' ' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_and_replaced() {
        let long = "x".repeat(LONGEST);
        assert_eq!(cell_text(&long), long);
        assert_eq!(cell_text(&format!("{long}x")), format!("{}…", &long[1..]));
        // A pair of UTF-16 units is not split.
        let pairs = "𝄞".repeat(LONGEST / 2);
        assert_eq!(cell_text(&pairs), pairs);
        let cut = cell_text(&format!("{pairs}𝄞")).into_owned();
        assert_eq!((cut.encode_utf16().count(), cut.ends_with("𝄞…")), (LONGEST, true));
        assert_eq!(
            cell_text("a\u{0}b\u{1b}c\u{ffff}\td\r\ne\rf\n"),
            "a\u{fffd}b\u{fffd}c\u{fffd}\td\ne\nf\n"
        );
    }

    #[test]
    fn times_are_days() {
        for (text, days) in [
            ("1970-01-01T00:00:00Z", Some(25_569.0)),
            ("2017-03-14T12:00:00+00:00", Some(42_808.5)),
            ("2017-03-14T12:00:00+12:00", Some(42_808.0)),
            ("2017-03-14T12:00:00.5Z", Some(42_808.5 + 0.5 / DAY)),
            ("1900-02-28T00:00:00Z", None),
            ("0001-01-01T00:00:00", None),
            ("yesterday", None),
        ] {
            assert_eq!(serial(&Timestamp::from(text)), days, "{text}");
        }
    }
}
