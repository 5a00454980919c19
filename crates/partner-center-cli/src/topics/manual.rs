//! Writes a document as a manual page.

use clap_mangen::roff::{Inline, Roff, bold, italic, line_break, roman};

use super::document::{Block, Line, Style};

/// The space before code and below items.
const INDENT: &str = "4";

/// The empty date of a page.
const NO_DATE: &str = "\"\"";

pub(super) fn render(name: &str, about: &str, document: &[Block]) -> String {
    let mut roff = Roff::new();
    roff.control("TH", [name, "7", NO_DATE, concat!("partner-center ", env!("CARGO_PKG_VERSION"))]);
    // Addresses and names of variables are not hyphenated.
    roff.control("nh", []).control("ad", ["l"]);
    roff.control("SH", ["NAME"]).text([roman(format!("{name} - {about}"))]);
    roff.control("SH", ["DESCRIPTION"]);
    for block in document {
        add(&mut roff, block);
    }
    roff.control("SH", ["SEE ALSO"]).text([bold("partner-center"), roman("(1)")]);
    roff.render()
}

pub(super) fn add(roff: &mut Roff, block: &Block) {
    match block {
        // The title of a page is its name.
        Block::Heading(1, line) => _ = roff.text(inlines(line)),
        // The heading is the next line, where text is escaped.
        Block::Heading(2, line) => _ = roff.control("SH", []).text(inlines(line)),
        Block::Heading(_, line) => _ = roff.control("SS", []).text(inlines(line)),
        Block::Paragraph(line) => _ = roff.control("PP", []).text(inlines(line)),
        Block::Code(code) => {
            roff.control("PP", []).control("RS", [INDENT]).control("nf", []);
            roff.text([roman(code)]).control("fi", []).control("RE", []);
        }
        Block::List(first, items) => {
            for (place, item) in items.iter().enumerate() {
                let marker = first.map(|first| format!("{}.", first.saturating_add(place as u64)));
                roff.control("IP", [marker.as_deref().unwrap_or("\\(bu"), INDENT]);
                let mut blocks = item.iter();
                match blocks.next() {
                    Some(Block::Paragraph(line)) => _ = roff.text(inlines(line)),
                    Some(other) => add(roff, other),
                    None => {}
                }
                if blocks.len() > 0 {
                    roff.control("RS", [INDENT]);
                    blocks.for_each(|block| add(roff, block));
                    roff.control("RE", []);
                }
            }
        }
        Block::Table(headings, rows) => rows.iter().for_each(|row| record(roff, headings, row)),
    }
}

/// A row of a table: the first cell, and below it the others with their headings.
fn record(roff: &mut Roff, headings: &[Line], row: &[Line]) {
    let mut cells = row.iter();
    roff.control("TP", []).text(cells.next().map(inlines).unwrap_or_default());
    let mut below = Vec::new();
    for (cell, heading) in cells.zip(headings.iter().skip(1)) {
        if !below.is_empty() {
            below.push(line_break());
        }
        if headings.len() > 2 {
            below.extend(inlines(heading));
            below.push(roman(": "));
        }
        below.extend(inlines(cell));
    }
    roff.text(below);
}

fn inlines(line: &Line) -> Vec<Inline> {
    let inline = |text: &str, style| match style {
        Style::Plain => roman(text),
        Style::Emphasis => italic(text),
        Style::Strong | Style::Code => bold(text),
    };
    line.iter().map(|span| inline(&span.text, span.style)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::document::read;
    use super::*;

    #[test]
    fn blocks_become_macros() {
        let markdown = "# Title\n\n## Part\n\nText `code`.\n\n```sh\n.run\n```\n\n1. one\n\n   more\n\n\
                        | a | b | c |\n|-|-|-|\n| 1 | 2 | 3 |\n";
        let page = render("x-y", "about", &read(markdown));
        let (_, page) = page.split_once(".TH").unwrap();
        let expected = concat!(
            " x-y 7 \"\" \"partner-center ",
            env!("CARGO_PKG_VERSION"),
            "\"\n.nh\n.ad l\n.SH NAME\nx\\-y \\- about\n.SH DESCRIPTION\nTitle\n.SH\nPart\n.PP\nText \\fBcode\\fR.\n.PP\n.RS 4\n.nf\n\
             \\&.run\n.fi\n.RE\n.IP 1. 4\none\n.RS 4\n.PP\nmore\n.RE\n.TP\n1\nb: 2\n.br\nc: 3\n.SH \"SEE ALSO\"\n\
             \\fBpartner\\-center\\fR(1)\n"
        );
        assert_eq!(page, expected);
    }
}
