//! Tests of reading price files.

use super::super::list::Found;
use super::super::product::Product;
use super::*;

fn read(bytes: &[u8]) -> Result<PriceList, Problem> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    PriceList::read(file.path(), Duration::from_secs(60))
}

/// The report of a file that cannot be used, without its first line, which names the file.
fn refused(bytes: &[u8]) -> Vec<String> {
    let problem = read(bytes).unwrap_err();
    assert_eq!(problem.exit(), crate::exit::Exit::Usage);
    assert!(problem.what().starts_with("the prices in ") && problem.what().ends_with(" cannot be used"));
    assert_eq!(problem.advice_text(), ADVICE);
    let rendered = anstream::adapter::strip_str(&problem.render(None)).to_string();
    let lines: Vec<_> = rendered.lines().skip(1).map(|line| line.trim().to_owned()).collect();
    lines.split_last().unwrap().1.to_vec()
}

fn price(list: &PriceList, name: &str) -> Option<(String, &'static str)> {
    let product = Product { name: Some(name.to_owned()), ..Product::default() };
    match list.find(&product, "2026-08-30".parse().unwrap()) {
        Found::Price(price) => Some((price.unit_price().to_string(), price.currency().code())),
        Found::Nothing(_) | Found::Several(_) => None,
    }
}

#[test]
fn files_of_people_and_spreadsheets_are_read() {
    let utf16 = |text: &str| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let yearly = Some(("1.5", "EUR"));
    for (text, expected) in [
        ("product,price,currency,per\nVISIO,18.00,EUR,year\n", yearly),
        ("product,price,currency,per\r\nVISIO,18,eur,YEAR", yearly),
        ("product,price,currency,per\rVISIO,18,eur,Year\r", yearly),
        ("PER,Currency, from ,Price,Product\nyear,EUR,,18,visio\n", yearly),
        ("\n\n product , price,currency,per,from\n\nVISIO, 18 ,EUR , year, 2026-08-30 \n,,,,\n\n", yearly),
        ("product;price;currency;per\nVISIO;18,00;EUR;year\n", yearly),
        ("product;price;currency;per\nVISIO;18.00;EUR;year\n", yearly),
        ("product\tprice\tcurrency\tper\nVISIO\t18,00\tEUR\tyear\n", yearly),
        ("\"product\",\"price\",\"currency\",\"per\"\n\"VISIO\",\"18\",\"EUR\",\"year\"\n", yearly),
        ("product,price,currency,per,name,service,\nVISIO,18,EUR,year,\"Visio, Plan 2\",o365,\n", yearly),
        ("product;price;currency;per\n\"VISIO\";0;JPY;month;;;\n", Some(("0", "JPY"))),
        // Without a price, a line is not an entry.
        ("product,price,currency,per\nVISIO,,,\n*,18,EUR,year\n", yearly),
        ("product,price,currency,per\nVISIO,,EUR,month\nVISIO,,,\nVISIO,18,EUR,year\n", yearly),
        ("product,price,currency,per\nVISIO\n", None),
        ("product,price,currency,per\n", None),
    ] {
        for bytes in [text.as_bytes().to_vec(), format!("\u{feff}{text}").into(), utf16(text)] {
            let list = read(&bytes).unwrap_or_else(|problem| panic!("{text}: {}", problem.render(None)));
            let expected = expected.map(|(price, currency)| (price.to_owned(), currency));
            assert_eq!(price(&list, "VISIO"), expected, "{text:?}");
        }
    }
}

#[test]
fn a_wrong_cell_is_named_with_line_and_column() {
    let number = "is not a number; write digits such as 12.50, and the currency in its own column";
    let thousands = "is not a number; write it without separators of thousands, such as 1234.50";
    let month = "is not a time that a price is for; write month or year";
    let day = "is not a day; write it as YYYY-MM-DD, such as 2026-04-01";
    let code = "is not an ISO 4217 code; write a code such as EUR";
    for (line, column, text) in [
        (";1;EUR;month;", "1 (product)", "empty; write an id, a name or a pattern".to_owned()),
        ("X;-1;EUR;month;", "2 (price)", "`-1` is negative; a price is 0 or more".to_owned()),
        ("X;\u{2212}1;EUR;month;", "2 (price)", "`\u{2212}1` is negative; a price is 0 or more".to_owned()),
        ("X;ten;EUR;month;", "2 (price)", format!("`ten` {number}")),
        ("X;€12;EUR;month;", "2 (price)", format!("`€12` {number}")),
        ("X;12 EUR;EUR;month;", "2 (price)", format!("`12 EUR` {number}")),
        ("X;1e3;EUR;month;", "2 (price)", format!("`1e3` {number}")),
        ("X;+1;EUR;month;", "2 (price)", format!("`+1` {number}")),
        ("X;.;EUR;month;", "2 (price)", format!("`.` {number}")),
        ("X;NaN;EUR;month;", "2 (price)", format!("`NaN` {number}")),
        ("X;١٢;EUR;month;", "2 (price)", format!("`١٢` {number}")),
        ("X;.5;EUR;month;", "2 (price)", format!("`.5` {thousands}")),
        ("X;5.;EUR;month;", "2 (price)", format!("`5.` {thousands}")),
        ("X;1.234,50;EUR;month;", "2 (price)", format!("`1.234,50` {thousands}")),
        ("X;1,234,567;EUR;month;", "2 (price)", format!("`1,234,567` {thousands}")),
        ("X;1 234;EUR;month;", "2 (price)", format!("`1 234` {thousands}")),
        ("X;1'234.50;EUR;month;", "2 (price)", format!("`1'234.50` {thousands}")),
        (
            "X;0.00000000000000000000000000001;EUR;month;",
            "2 (price)",
            "`0.00000000000000000000000000001` has too many digits; write at most 28".to_owned(),
        ),
        (
            "X;99999999999999999999999999999;EUR;month;",
            "2 (price)",
            "`99999999999999999999999999999` has too many digits; write at most 28".to_owned(),
        ),
        ("X;1;EURO;month;", "3 (currency)", format!("`EURO` {code}")),
        ("X;1;€;month;", "3 (currency)", format!("`€` {code}")),
        ("X;;EURO;;", "3 (currency)", format!("`EURO` {code}")),
        ("X;1;;month;", "3 (currency)", "empty, although the line has a price".to_owned()),
        (
            "X;1;XAU;month;",
            "3 (currency)",
            "`XAU` is a code without a minor unit, to which costs are rounded; write a code such as EUR"
                .to_owned(),
        ),
        ("X;1;EUR;monthly;", "4 (per)", format!("`monthly` {month}")),
        ("X;1;EUR;P1M;", "4 (per)", format!("`P1M` {month}")),
        ("X;1;EUR", "4 (per)", "empty, although the line has a price".to_owned()),
        ("X;1;EUR;month;01.04.2026", "5 (from)", format!("`01.04.2026` {day}")),
        ("X;1;EUR;month;2026-4-1", "5 (from)", format!("`2026-4-1` {day}")),
        ("X;1;EUR;month;2026-02-30", "5 (from)", format!("`2026-02-30` {day}")),
        ("X;1;EUR;month;2026-04-01T00:00:00", "5 (from)", format!("`2026-04-01T00:00:00` {day}")),
        ("X;1;EUR;month;20260401", "5 (from)", format!("`20260401` {day}")),
        (
            "X;1;EUR;month;;more",
            "6",
            "the header names no such column: a text with `;` in it must be in quotes".to_owned(),
        ),
        (
            "\"X;1;EUR;month;",
            "1 (product)",
            "a line break in a cell; a closing quote may be missing".to_owned(),
        ),
    ] {
        // Line 4: an empty line and a line without cells do not count as rows.
        let file = format!("product;price;currency;per;from\n\n;;;;\n{line}\n");
        assert_eq!(refused(file.as_bytes()), [format!("line 4, column {column}: {text}")], "{line}");
    }
}

#[test]
fn prices_separated_by_commas_have_decimal_points() {
    assert_eq!(
        refused(b"product,price,currency,per\nX,\"12,50\",EUR,month\nY,12,50,EUR,month\n"),
        [
            "line 2, column 2 (price): `12,50` has a decimal comma; write a decimal point, or separate the columns with `;`",
            "line 3, column 5: the header names no such column: a text with `,` in it must be in quotes",
        ]
    );
    assert_eq!(
        refused(b"product;price;currency;per\nX;10;EUR;month\nY;12,50;EUR;month\nZ;1.234;EUR;month\n"),
        [
            "line 4, column 2 (price): `1.234` has a decimal `.`, but the price in line 3 has a decimal `,`; write all prices alike"
        ]
    );
}

#[test]
fn two_prices_of_one_rank_and_day_are_refused() {
    let header = "product,price,currency,per,from";
    let e3 = "6fd2c87f-b296-42f0-b197-1e91e994b900";
    for (first, second, text) in [
        ("Visio,1,EUR,month,", " VISIO ,1,EUR,month,", "`VISIO` has another price in line 2"),
        (
            "Visio,1,EUR,month,2026-04-01",
            "visio,2,USD,year,2026-04-01",
            "`visio` has another price from 2026-04-01 in line 2",
        ),
        ("*E?,1,EUR,month,", "*e?,2,EUR,month,", "`*e?` has another price in line 2"),
        (
            &format!("{e3},1,EUR,month,"),
            &format!("{{{}}},2,EUR,month,", e3.to_uppercase()),
            "`{6FD2C87F-B296-42F0-B197-1E91E994B900}` has another price in line 2",
        ),
    ] {
        let file = format!("{header}\n{first}\n{second}\n");
        let expected = format!("line 3, column 1 (product): {text}; keep one of them");
        assert_eq!(refused(file.as_bytes()), [expected]);
    }
    // Another day, another rank, or another pattern that matches the same products.
    let file = format!(
        "{header}\nVisio,1,EUR,month,\nVisio,2,EUR,month,2026-01-01\nVisi*,3,EUR,month,\nVis*,4,EUR,month,\n{e3},5,EUR,month,\n"
    );
    assert_eq!(price(&read(file.as_bytes()).unwrap(), "VISIO"), Some(("2".to_owned(), "EUR")));
}

#[test]
fn a_wrong_header_is_named() {
    let names = "product, price, currency, per";
    for (header, expected) in [
        (
            "product,price,per",
            vec![format!("line 1: no column `currency`; the first line must name {names}")],
        ),
        (
            "product",
            ["price", "currency", "per"]
                .map(|name| format!("line 1: no column `{name}`; the first line must name {names}"))
                .to_vec(),
        ),
        (
            "product,price,currency,per,form",
            vec![format!(
                "line 1, column 5: `form` is not a column; the columns are {names}, from, name, service"
            )],
        ),
        ("product,price,currency,per,Price", vec!["line 1, column 5: a second column `price`".to_owned()]),
        ("VISIO,1,EUR,month", vec![format!("cause  it has no header: the first line must name {names}")]),
        (
            "product:price:currency:per",
            vec![format!("cause  it has no header: the first line must name {names}")],
        ),
    ] {
        assert_eq!(refused(format!("{header}\nX,1,EUR,month\n").as_bytes()), expected, "{header}");
    }
}

#[test]
fn files_of_another_kind_are_refused() {
    let text = "product,price,currency,per\nVISIO,1,EUR,month\n";
    let utf16_without_mark: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, why) in [
        (&b""[..], "it has no header"),
        (b"\xef\xbb\xbf\n\n", "it has no header"),
        (b"PK\x03\x04\x14\0\x06\0", "it is a workbook or an archive; save the sheet as csv"),
        (&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "it is a workbook or an archive"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", "it is not valid text"),
        (&utf16_without_mark, "it is not valid text: it looks like UTF-16 without a byte order mark"),
        (b"product,price,currency,per\nB\xfcro,1,EUR,month\n", "it is not valid text"),
        (b"{\"prices\": []}", "it has no header"),
        (b"<!DOCTYPE html>\n<html></html>\n", "it has no header"),
        (&vec![b'x'; 5 * 1024 * 1024], "it was not read: it is longer than 4 MiB"),
    ] {
        let lines = refused(bytes);
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("cause  {why}")), "{lines:?}");
    }
    let missing = PriceList::read(Path::new("no/such/file"), Duration::from_secs(60)).unwrap_err();
    assert_eq!(missing.exit(), crate::exit::Exit::Usage);
}

#[test]
fn all_mistakes_are_named_in_the_order_of_the_file_up_to_a_limit() {
    let file = "product,price,currency,per\n,ten,EURO,week\n\nX,1,EUR,month,2\nY,1,EUR,week\n";
    let lines = refused(file.as_bytes());
    let places: Vec<_> =
        lines.iter().map(|line| line.split(" (").next().unwrap().split(": ").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "line 2, column 1",
            "line 2, column 2",
            "line 2, column 3",
            "line 2, column 4",
            "line 4, column 5",
            "line 5, column 4"
        ]
    );
    let file = format!("product,price,currency,per\n{}", "X,1,EUR,\u{1b}[2Jweek\n".repeat(30));
    let lines = refused(file.as_bytes());
    assert_eq!((lines.len(), lines[20].as_str()), (21, "and 10 more"));
    assert!(lines[0].starts_with("line 2, column 4 (per): `\u{fffd}[2Jweek`"), "{}", lines[0]);
    let file = format!("product,price,currency,per\nX,{},EUR,month\n", "y".repeat(100));
    assert!(refused(file.as_bytes())[0].contains(&format!("`{}…` is not a number", "y".repeat(60))));
}
