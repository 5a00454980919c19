//! Reads a price file, and names every mistake in it.

use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use partner_center::settings::input;
use rust_decimal::Decimal;

use super::cost::{Per, Price};
use super::currency::Currency;
use super::list::{Entry, PriceList};
use super::product::Selector;
use super::sheet::{Columns, Sheet, SheetRow, Unusable, quoted};
use crate::problem::Problem;

const PRODUCT: &str = "product";
const PRICE: &str = "price";
const CURRENCY: &str = "currency";
const PER: &str = "per";
const FROM: &str = "from";

/// `name` and `service` are for people: the template has them.
pub(super) const COLUMNS: Columns = Columns {
    required: &[PRODUCT, PRICE, CURRENCY, PER],
    optional: &[FROM, "name", "service"],
    others: false,
};

const ADVICE: &str = "Write csv as UTF-8 with a header product,price,currency,per[,from] and lines such as \
     *E3,33.10,EUR,month,2026-04-01. A product is an id, a name, or a pattern with * and ?.";

impl PriceList {
    /// Reads a file. Every mistake is named with its line and column.
    pub(crate) fn read(path: &Path, at_most: Duration) -> Result<Self, Problem> {
        Sheet::read(path, at_most, input::text, &COLUMNS)
            .and_then(Self::of)
            .map_err(|unusable| unusable.problem("the prices", path, ADVICE))
    }

    /// The entries of a sheet. A line without a price is not an entry: it has no effect on other entries.
    pub(super) fn of(mut sheet: Sheet) -> Result<Self, Unusable> {
        let mut list = Self::new(sheet.text().to_owned());
        let mut decimal_mark = None;
        sheet.convert(|sheet, row| {
            let Some(entry) = entry(sheet, row, &mut decimal_mark)? else { return Ok(()) };
            let (product, from) = (quoted(&entry.product), entry.from);
            list.add(entry).map_err(|line| {
                let day = from.map_or_else(String::new, |day| format!(" from {day}"));
                vec![(PRODUCT, format!("{product} has another price{day} in line {line}; keep one of them"))]
            })
        });
        sheet.finish().map(|()| list)
    }
}

/// The mistakes of a row, each with its column.
type Mistakes = Vec<(&'static str, String)>;

/// The entry of a row; `None` if it has no price. Its other cells are checked nevertheless.
fn entry(
    sheet: &Sheet,
    row: &SheetRow,
    decimal_mark: &mut Option<(char, u64)>,
) -> Result<Option<Entry>, Mistakes> {
    let mut mistakes = Vec::new();
    let cell = |column| sheet.cell(row, column);
    let is_priced = !cell(PRICE).is_empty();
    let selector = Selector::parse(cell(PRODUCT));
    if selector.is_none() {
        mistakes.push((PRODUCT, "empty; write an id, a name or a pattern".to_owned()));
    }
    let as_amount = |text: &str| {
        let (amount, mark) = amount(text, sheet.is_separated_by_commas())?;
        match (mark, *decimal_mark) {
            (Some(mark), Some((other, line))) if mark != other => Err(format!(
                "{} has a decimal `{mark}`, but the price in line {line} has a decimal `{other}`; write all prices alike",
                quoted(text)
            )),
            (mark, known) => {
                *decimal_mark = known.or(mark.map(|mark| (mark, row.line())));
                Ok(amount)
            }
        }
    };
    let amount = read((PRICE, cell(PRICE)), false, as_amount, &mut mistakes);
    let currency = read((CURRENCY, cell(CURRENCY)), is_priced, currency, &mut mistakes);
    let per = read((PER, cell(PER)), is_priced, per, &mut mistakes);
    let from = read((FROM, cell(FROM)), false, day, &mut mistakes);
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let (line, product) = (row.line(), cell(PRODUCT).to_owned());
    Ok(match (selector, amount, currency, per) {
        (Some(selector), Some(amount), Some(currency), Some(per)) => {
            Some(Entry { line, selector, product, from, price: Price { amount, per, currency } })
        }
        _ => None,
    })
}

/// Reads a cell. `None` if it is empty or wrong.
fn read<T>(
    (column, cell): (&'static str, &str),
    is_required: bool,
    parse: impl FnOnce(&str) -> Result<T, String>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let value = match cell {
        "" if is_required => Err("empty, although the line has a price".to_owned()),
        "" => return None,
        text => parse(text),
    };
    value.map_err(|text| mistakes.push((column, text))).ok()
}

/// Reads digits with at most one decimal point, or decimal comma where commas do not separate columns. Returns the mark
/// too. Separators of thousands are not accepted: `1.234` would have two meanings.
fn amount(text: &str, is_comma_taken: bool) -> Result<(Decimal, Option<char>), String> {
    let refused = |why: &str| Err(format!("{} {why}", quoted(text)));
    if text.starts_with(['-', '\u{2212}']) {
        return refused("is negative; a price is 0 or more");
    }
    let mark = text.chars().find(|c| matches!(c, '.' | ','));
    let (whole, fraction) = match mark.and_then(|mark| text.split_once(mark)) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !fraction.is_none_or(is_number) {
        let has_digits_only = text
            .chars()
            .all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | ',' | '\'' | '’'));
        return refused(if has_digits_only && text.contains(|c: char| c.is_ascii_digit()) {
            "is not a number; write it without separators of thousands, such as 1234.50"
        } else {
            "is not a number; write digits such as 12.50, and the currency in its own column"
        });
    }
    if mark == Some(',') && is_comma_taken {
        return refused("has a decimal comma; write a decimal point, or separate the columns with `;`");
    }
    let number = fraction.map_or_else(|| whole.to_owned(), |fraction| format!("{whole}.{fraction}"));
    match Decimal::from_str_exact(&number) {
        Ok(amount) => Ok((amount, mark)),
        Err(_) => refused("has too many digits; write at most 28"),
    }
}

fn currency(text: &str) -> Result<Currency, String> {
    Currency::of_code(text).map_err(|why| format!("{} {why}", quoted(text)))
}

fn per(text: &str) -> Result<Per, String> {
    match text.to_ascii_lowercase().as_str() {
        "month" => Ok(Per::Month),
        "year" => Ok(Per::Year),
        _ => Err(format!("{} is not a time that a price is for; write month or year", quoted(text))),
    }
}

/// Reads `YYYY-MM-DD` only: other orders of day and month cannot be told apart.
fn day(text: &str) -> Result<Date, String> {
    let form = |(place, byte): (usize, u8)| {
        if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
    };
    let day = (text.len() == 10 && (0..).zip(text.bytes()).all(form)).then(|| text.parse().ok()).flatten();
    day.ok_or_else(|| format!("{} is not a day; write it as YYYY-MM-DD, such as 2026-04-01", quoted(text)))
}

#[cfg(test)]
mod tests;
