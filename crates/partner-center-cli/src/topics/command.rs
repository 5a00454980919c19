//! Manual pages of commands: what clap writes, with the text behind the arguments in sections of its own.

use std::io;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::Roff;

use super::document::{Block, Span, Style};
use super::manual;

/// The longest line that is a heading; a longer one with a colon begins a list of the text.
const LONGEST_HEADING: usize = 24;

/// Writes the pages of a command, and of all commands below it.
pub(crate) fn write_pages(mut command: Command, directory: &Path) -> io::Result<()> {
    // Sets the names of the pages.
    command.build();
    let below = command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help");
    for below in below {
        write_pages(below.clone(), directory)?;
    }
    // A page describes what the short help leaves out, too.
    let whole =
        command.clone().disable_help_subcommand(true).mut_args(|argument| argument.hide_short_help(false));
    let man = Man::new(whole).source(concat!("partner-center ", env!("CARGO_PKG_VERSION")));
    std::fs::write(directory.join(man.get_filename()), page(&man, &command)?)
}

fn page(man: &Man, command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.get_subcommands().any(|below| below.get_name() != "help") {
        man.render_subcommands_section(&mut page)?;
    }
    let text = command.get_after_long_help().or(command.get_after_help()).map(ToString::to_string);
    let mut roff = Roff::new();
    for block in blocks(&text.unwrap_or_default()) {
        manual::add(&mut roff, &block);
    }
    roff.to_writer(&mut page)?;
    Ok(page)
}

/// The blocks of a help text. Short lines with a colon above indented lines are headings, and become sections; indented
/// lines stay as they are.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for paragraph in text.split("\n\n").map(|paragraph| paragraph.trim_matches('\n')) {
        let mut lines = paragraph.lines().peekable();
        let first = lines.peek().copied().unwrap_or_default();
        if let Some(heading) = first.strip_suffix(':').filter(|_| first.len() <= LONGEST_HEADING) {
            blocks.push(Block::Heading(2, plain(&section(heading))));
            lines.next();
        } else if blocks.is_empty() {
            blocks.push(Block::Heading(2, plain("NOTES")));
        }
        while lines.peek().is_some() {
            let indented = |line: &&str| line.starts_with(' ');
            let words: Vec<_> = std::iter::from_fn(|| lines.next_if(|line| !indented(line))).collect();
            if !words.is_empty() {
                blocks.push(Block::Paragraph(plain(&words.join(" "))));
            }
            let code: Vec<_> = std::iter::from_fn(|| lines.next_if(indented)).collect();
            if !code.is_empty() {
                let code: Vec<_> = code.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
                blocks.push(Block::Code(code.join("\n")));
            }
        }
    }
    blocks
}

/// The usual name of a section.
fn section(heading: &str) -> String {
    match heading {
        "Exit codes" => "EXIT STATUS".to_owned(),
        other => other.to_uppercase(),
    }
}

fn plain(text: &str) -> Vec<Span> {
    vec![Span { style: Style::Plain, text: text.to_owned() }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(blocks: &[Block]) -> Vec<String> {
        let text = |line: &[Span]| line.iter().map(|span| span.text.as_str()).collect::<String>();
        let shown = |block: &Block| match block {
            Block::Heading(_, line) => format!("[{}]", text(line)),
            Block::Paragraph(line) => text(line),
            Block::Code(code) => format!("<{code}>"),
            other => format!("{other:?}"),
        };
        blocks.iter().map(shown).collect()
    }

    #[test]
    fn headings_become_sections_and_indented_lines_stay() {
        let text = "Some words,\nand more.\n\nThe exit code is one of a list that is long enough:\n   0  good\n  10  bad\n\
                    Any other is worse.\n\nExit codes:\n    0  done\n\nExamples:\n  program one\n  program two";
        assert_eq!(
            shown(&blocks(text)),
            [
                "[NOTES]",
                "Some words, and more.",
                "The exit code is one of a list that is long enough:",
                "< 0  good\n10  bad>",
                "Any other is worse.",
                "[EXIT STATUS]",
                "<  0  done>",
                "[EXAMPLES]",
                "<program one\nprogram two>",
            ]
        );
    }

    #[test]
    fn every_page_has_its_examples() {
        let directory = tempfile::tempdir().unwrap();
        write_pages(crate::args::command(), directory.path()).unwrap();
        let page = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
        let funnel = page("partner-center-licenses-funnel.1");
        for part in [
            ".SH\nEXAMPLES",
            ".SH\nTHRESHOLDS",
            ".SH OPTIONS",
            "GLOBAL OPTIONS",
            "total idle > 5000",
            "pseudonyms",
        ] {
            assert!(funnel.contains(part), "{part}: {funnel}");
        }
        let root = page("partner-center.1");
        for part in [".SH\nEXIT STATUS", ".SH\nENVIRONMENT", ".SH\nFORMATS", "partner\\-center\\-licenses(1)"]
        {
            assert!(root.contains(part), "{part}");
        }
        let pages: Vec<_> = std::fs::read_dir(directory.path()).unwrap().collect();
        assert!(pages.len() > 30, "{}", pages.len());
        for entry in pages {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.contains("-help"), "{name}");
            if name != "partner-center.1" {
                assert!(page(&name).contains(".SH\nEXAMPLES"), "{name}");
            }
        }
    }
}
