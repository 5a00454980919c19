//! Writes a document for a terminal: wrapped and indented, with styles, which the output removes where color is off.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Ansi};

use super::document::{Block, Line, Style};

const HEADING: Ansi = AnsiColor::BrightGreen.on_default().bold();
const CODE: Ansi = AnsiColor::BrightCyan.on_default();

/// The space before everything but headings.
const INDENT: usize = 2;

/// The space before code, in addition, so that it differs from text even without color.
const CODE_INDENT: usize = 4;

/// Narrower terminals break lines on their own.
const NARROWEST: usize = 40;

pub(super) fn render(document: &[Block], width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut text = String::new();
    for block in document {
        if !text.is_empty() {
            text.push('\n');
        }
        let (indent, lines) = match block {
            Block::Heading(_, line) => (0, wrap(line, width, Some(HEADING))),
            other => (INDENT, lines(other, width - INDENT)),
        };
        push(&mut text, indent, lines);
    }
    text
}

fn push(text: &mut String, indent: usize, lines: Vec<String>) {
    for line in lines {
        if !line.is_empty() {
            text.push_str(&" ".repeat(indent));
            text.push_str(&line);
        }
        text.push('\n');
    }
}

fn lines(block: &Block, width: usize) -> Vec<String> {
    match block {
        Block::Heading(_, line) => wrap(line, width, Some(HEADING)),
        Block::Paragraph(line) => wrap(line, width, None),
        Block::Code(code) => code.lines().map(|line| indented(CODE_INDENT, line)).collect(),
        Block::List(first, items) => {
            let marker = |place: usize| match first {
                // A list has fewer items than any integer can count.
                Some(first) => format!("{}. ", first.saturating_add(place as u64)),
                None => "- ".to_owned(),
            };
            let short = items.iter().all(|item| item.len() == 1);
            let items = items.iter().enumerate().map(|(place, item)| under(&marker(place), item, width));
            items.collect::<Vec<_>>().join(separator(short))
        }
        Block::Table(headings, rows) => {
            let rows: Vec<_> = rows.iter().map(|row| record(headings, row, width)).collect();
            let short = rows.iter().all(|lines| lines.len() <= 2) && headings.len() <= 2;
            rows.join(separator(short))
        }
    }
}

/// Between items: nothing, or an empty line.
fn separator(short: bool) -> &'static [String] {
    static EMPTY: [String; 1] = [String::new()];
    if short { &[] } else { &EMPTY }
}

/// The blocks of an item, the first after its marker.
fn under(marker: &str, item: &[Block], width: usize) -> Vec<String> {
    let indent = marker.len();
    let blocks: Vec<_> = item.iter().map(|block| lines(block, width.saturating_sub(indent))).collect();
    let lines = blocks.join(separator(false)).into_iter().enumerate();
    lines
        .map(|(place, line)| if place == 0 { format!("{marker}{line}") } else { indented(indent, &line) })
        .collect()
}

/// A row of a table as lines: the first cell, and below it the others with their headings. Tables with long cells would
/// need more columns than a terminal has.
fn record(headings: &[Line], row: &[Line], width: usize) -> Vec<String> {
    let mut cells = row.iter();
    let mut record: Vec<_> = cells.next().map(|cell| wrap(cell, width, None)).unwrap_or_default();
    let width = width.saturating_sub(CODE_INDENT);
    for (cell, heading) in cells.zip(headings.iter().skip(1)) {
        let lines = if headings.len() == 2 {
            wrap(cell, width, None)
        } else {
            let heading: String = heading.iter().map(|span| span.text.as_str()).collect();
            wrap_after(&format!("{heading}: "), cell, width, None)
        };
        record.extend(lines.iter().map(|line| indented(CODE_INDENT, line)));
    }
    record
}

fn indented(indent: usize, line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("{}{line}", " ".repeat(indent)) }
}

fn wrap(line: &Line, width: usize, all: Option<Ansi>) -> Vec<String> {
    wrap_after("", line, width, all)
}

/// Breaks a line between words so that it has at most this width. The first line begins with `before`. Code is not broken.
fn wrap_after(before: &str, line: &Line, width: usize, all: Option<Ansi>) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut current, mut used) = (before.to_owned(), before.chars().count());
    let mut is_empty = true;
    for word in words(line, all) {
        if !is_empty && used + 1 + word.width > width {
            lines.push(std::mem::take(&mut current));
            (used, is_empty) = (0, true);
        }
        if !is_empty {
            current.push(' ');
            used += 1;
        }
        current.push_str(&word.text);
        used += word.width;
        is_empty = false;
    }
    lines.push(current);
    lines
}

/// A piece of a line that is not broken.
#[derive(Default)]
struct Word {
    text: String,
    width: usize,
}

fn words(line: &Line, all: Option<Ansi>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for span in line {
        let style = all.unwrap_or_else(|| ansi(span.style));
        if span.style == Style::Code {
            // The marks distinguish code from text even without color.
            add(&mut word, &format!("`{}`", span.text), style);
            continue;
        }
        for (place, piece) in span.text.split(' ').enumerate() {
            if place > 0 && word.width > 0 {
                words.push(std::mem::take(&mut word));
            }
            add(&mut word, piece, style);
        }
    }
    if word.width > 0 {
        words.push(word);
    }
    words
}

fn add(word: &mut Word, piece: &str, style: Ansi) {
    if !piece.is_empty() {
        // Writing to a string cannot fail.
        let _ = write!(word.text, "{style}{piece}{style:#}");
        word.width += piece.chars().count();
    }
}

fn ansi(style: Style) -> Ansi {
    match style {
        Style::Plain => Ansi::new(),
        Style::Emphasis => Ansi::new().italic(),
        Style::Strong => Ansi::new().bold(),
        Style::Code => CODE,
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::read;
    use super::*;

    fn shown(markdown: &str) -> String {
        anstream::adapter::strip_str(&render(&read(markdown), 40)).to_string()
    }

    #[test]
    fn text_is_wrapped_and_indented() {
        let markdown = "# Title\n\nText with *emphasis*, **weight** and `some code that is not broken`.\n\n\
                        ```sh\ncommand \\\n  --flag\n```\n";
        let expected = "Title\n\n  Text with emphasis, weight and\n  `some code that is not broken`.\n\n\
                        \x20     command \\\n        --flag\n";
        assert_eq!(shown(markdown), expected);
        assert!(render(&read("a **b**"), 40).contains("\x1b[1mb"), "with styles");
    }

    #[test]
    fn lists_and_tables() {
        assert_eq!(
            shown("1. one\n2. two words that need one more line than this\n\n   - a\n   - b\n"),
            "  1. one\n\n  2. two words that need one more line\n     than this\n\n     - a\n     - b\n"
        );
        assert_eq!(shown("- a\n- b\n"), "  - a\n  - b\n");
        assert_eq!(shown("| a | b |\n|-|-|\n| 1 | 2 |\n| 3 | 4 |\n"), "  1\n      2\n  3\n      4\n");
        assert_eq!(
            shown("| a | b | c |\n|-|-|-|\n| 1 | 2 | 3 |\n| 4 | 5 | 6 |\n"),
            "  1\n      b: 2\n      c: 3\n\n  4\n      b: 5\n      c: 6\n"
        );
    }
}
