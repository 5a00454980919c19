//! Reads Markdown into the blocks that topics use. Anything else, such as an image, is left out.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Emphasis,
    Strong,
    Code,
}

/// Text in one style.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) style: Style,
    pub(super) text: String,
}

pub(super) type Line = Vec<Span>;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// The title of the document has level 1.
    Heading(usize, Line),
    Paragraph(Line),
    Code(String),
    /// The number of the first item, if they are numbered, and the items.
    List(Option<u64>, Vec<Vec<Block>>),
    /// The headings, and the rows.
    Table(Vec<Line>, Vec<Vec<Line>>),
}

/// The blocks of a document.
pub(super) fn read(markdown: &str) -> Vec<Block> {
    blocks(&mut Parser::new_ext(markdown, Options::ENABLE_TABLES))
}

/// The blocks up to the end of the enclosing block.
fn blocks<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Vec<Block> {
    let mut blocks = Vec::new();
    // The items of a list without empty lines have text without a paragraph around it.
    let mut loose = Line::new();
    while let Some(event) = events.next() {
        let block = match event {
            Event::End(_) => break,
            Event::Start(Tag::Paragraph) => Block::Paragraph(line(events)),
            Event::Start(Tag::Heading { level, .. }) => Block::Heading(level as usize, line(events)),
            Event::Start(Tag::CodeBlock(kind)) => Block::Code(code(&kind, events)),
            Event::Start(Tag::List(first)) => Block::List(first, items(events)),
            Event::Start(Tag::Table(_)) => table(events),
            inline => {
                span(inline, events, Style::Plain, &mut loose);
                continue;
            }
        };
        paragraph(&mut loose, &mut blocks);
        blocks.push(block);
    }
    paragraph(&mut loose, &mut blocks);
    blocks
}

fn paragraph(loose: &mut Line, blocks: &mut Vec<Block>) {
    if !loose.is_empty() {
        blocks.push(Block::Paragraph(std::mem::take(loose)));
    }
}

fn items<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Vec<Vec<Block>> {
    let mut all = Vec::new();
    while let Some(Event::Start(_)) = events.next() {
        all.push(blocks(events));
    }
    all
}

fn table<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Block {
    let (mut headings, mut rows) = (Vec::new(), Vec::new());
    while let Some(Event::Start(row)) = events.next() {
        let mut cells = Vec::new();
        while let Some(Event::Start(Tag::TableCell)) = events.next() {
            cells.push(line(events));
        }
        if row == Tag::TableHead { headings = cells } else { rows.push(cells) }
    }
    Block::Table(headings, rows)
}

/// The text of a block of code, without the lines that rustdoc hides in Rust.
fn code<'a>(kind: &CodeBlockKind<'_>, events: &mut impl Iterator<Item = Event<'a>>) -> String {
    let is_rust = matches!(kind, CodeBlockKind::Fenced(language) if language.starts_with("rust"));
    let mut code = String::new();
    while let Some(Event::Text(text)) = events.next() {
        code.push_str(&text);
    }
    let shown = code.lines().filter(|line| !is_rust || !line.starts_with("# "));
    shown.collect::<Vec<_>>().join("\n")
}

/// The text up to the end of the enclosing block.
fn line<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Line {
    let mut line = Line::new();
    spans(events, Style::Plain, &mut line);
    line
}

fn spans<'a>(events: &mut impl Iterator<Item = Event<'a>>, style: Style, line: &mut Line) {
    while let Some(event) = events.next() {
        if matches!(event, Event::End(_)) {
            return;
        }
        span(event, events, style, line);
    }
}

fn span<'a>(event: Event<'a>, events: &mut impl Iterator<Item = Event<'a>>, style: Style, line: &mut Line) {
    match event {
        Event::Text(text) => push(line, style, &text),
        Event::Code(text) => line.push(Span { style: Style::Code, text: text.into_string() }),
        Event::SoftBreak | Event::HardBreak => push(line, style, " "),
        Event::Start(Tag::Emphasis) => spans(events, Style::Emphasis, line),
        Event::Start(Tag::Strong) => spans(events, Style::Strong, line),
        Event::Start(Tag::Link { dest_url, .. }) => {
            let mut words = Line::new();
            spans(events, style, &mut words);
            let text: String = words.iter().map(|span| span.text.as_str()).collect();
            for span in words {
                push(line, span.style, &span.text);
            }
            // An installed program does not have the other files of the repository.
            if dest_url.contains("://") && text != *dest_url {
                push(line, style, &format!(" ({dest_url})"));
            }
        }
        Event::Start(_) => spans(events, style, line),
        _ => {}
    }
}

/// Adds text to the span before it, if that has the same style.
fn push(line: &mut Line, style: Style, text: &str) {
    match line.last_mut().filter(|last| last.style == style) {
        Some(last) => last.text.push_str(text),
        None => line.push(Span { style, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Line {
        vec![Span { style: Style::Plain, text: text.to_owned() }]
    }

    #[test]
    fn a_document_becomes_blocks() {
        let text = "# Title\n\nOne *two* **three** `four`\nfive [six](a.md) [seven](https://x.example/y).\n";
        let spans: Line = [
            (Style::Plain, "One "),
            (Style::Emphasis, "two"),
            (Style::Plain, " "),
            (Style::Strong, "three"),
            (Style::Plain, " "),
            (Style::Code, "four"),
            (Style::Plain, " five six seven (https://x.example/y)."),
        ]
        .map(|(style, text)| Span { style, text: text.to_owned() })
        .into();
        assert_eq!(read(text), [Block::Heading(1, plain("Title")), Block::Paragraph(spans)]);
    }

    #[test]
    fn lists_hold_blocks() {
        let one = vec![Block::Paragraph(plain("one"))];
        let code = "run\nit".to_owned();
        let two = vec![Block::Paragraph(plain("two")), Block::Code(code), Block::Paragraph(plain("more"))];
        assert_eq!(
            read("3. one\n4. two\n\n   ```sh\n   run\n   it\n   ```\n\n   more\n"),
            [Block::List(Some(3), vec![one, two])]
        );
        let inner = Block::List(None, vec![vec![Block::Paragraph(plain("b"))]]);
        let outer = vec![Block::Paragraph(plain("a")), inner];
        assert_eq!(read("- a\n  - b\n"), [Block::List(None, vec![outer])]);
    }

    #[test]
    fn tables_have_rows_and_rust_has_no_hidden_lines() {
        let headings = vec![plain("a"), plain("b")];
        let rows = vec![vec![plain("1"), plain("2")], vec![plain("3"), plain("4")]];
        assert_eq!(read("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n"), [Block::Table(headings, rows)]);
        assert_eq!(read("```rust,no_run\n# hidden\nshown\n```\n"), [Block::Code("shown".to_owned())]);
        assert_eq!(read("```sh\n# shown\n```\n"), [Block::Code("# shown".to_owned())]);
    }
}
