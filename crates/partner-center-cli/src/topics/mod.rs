//! Texts that the program contains: `partner-center help TOPIC`, and manual pages of section 7.
//!
//! They are the Markdown files in `help/`, inside this crate, because a package has only files below its folder.

pub(crate) mod command;
mod document;
mod manual;
mod text;

use std::fmt::Write as _;
use std::sync::LazyLock;

/// A text and its name on the command line.
pub(crate) struct Topic {
    pub(crate) name: &'static str,
    /// One line, for lists of topics.
    pub(crate) about: &'static str,
    markdown: &'static str,
}

pub(crate) const TOPICS: [Topic; 3] = [
    Topic {
        name: "consent",
        about: "Register an application and sign in once, for jobs that run unattended",
        markdown: include_str!("../../help/consent.md"),
    },
    Topic {
        name: "dataset",
        about: "The files that `history record` writes, and how to query them",
        markdown: include_str!("../../help/dataset.md"),
    },
    Topic {
        name: "windows",
        about: "PowerShell, Task Scheduler, files and proxies on Windows",
        markdown: include_str!("../../help/windows.md"),
    },
];

/// The list of topics at the end of the help.
pub(crate) static HELP: LazyLock<String> = LazyLock::new(|| {
    let mut help = "Topics, for `partner-center help TOPIC`:".to_owned();
    for topic in &TOPICS {
        // Writing to a string cannot fail.
        let _ = write!(help, "\n  {:8} {}", topic.name, topic.about);
    }
    help
});

impl Topic {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name == name)
    }

    /// The text for a terminal of this width, with styles.
    pub(crate) fn text(&self, width: usize) -> String {
        text::render(&document::read(self.markdown), width)
    }

    /// The name of the manual page, without its section.
    fn page_name(&self) -> String {
        format!("partner-center-{}", self.name)
    }

    /// The file of the manual page.
    pub(crate) fn page_file(&self) -> String {
        format!("{}.7", self.page_name())
    }

    /// The manual page, as roff.
    pub(crate) fn page(&self) -> String {
        manual::render(&self.page_name(), self.about, &document::read(self.markdown))
    }
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

    use super::*;

    /// The words of a Markdown text, without headings of tables and lines that rustdoc hides.
    fn words(markdown: &str) -> Vec<String> {
        let mut words = Vec::new();
        let (mut in_head, mut in_rust) = (false, false);
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::TableHead) => in_head = true,
                Event::End(TagEnd::TableHead) => in_head = false,
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => {
                    in_rust = kind.starts_with("rust");
                }
                Event::End(TagEnd::CodeBlock) => in_rust = false,
                Event::Text(text) | Event::Code(text) if !in_head => {
                    let shown = text.lines().filter(|line| !in_rust || !line.starts_with("# "));
                    words.extend(shown.flat_map(str::split_whitespace).map(str::to_owned));
                }
                _ => {}
            }
        }
        words
    }

    #[test]
    fn no_word_of_a_topic_is_lost() {
        for topic in &TOPICS {
            let text = anstream::adapter::strip_str(&topic.text(80)).to_string();
            let mut page = topic.page();
            for (escaped, plain) in
                [("\\fB", ""), ("\\fI", ""), ("\\fR", ""), ("\\-", "-"), ("\\*(Aq", "'"), ("\\\\", "\\")]
            {
                page = page.replace(escaped, plain);
            }
            for word in words(topic.markdown) {
                assert!(text.contains(&word), "{}: {word} is missing in the text", topic.name);
                assert!(page.contains(&word), "{}: {word} is missing in the page", topic.name);
            }
        }
    }

    #[test]
    fn lines_fit_the_terminal() {
        for topic in &TOPICS {
            for width in [60, 80, 100] {
                let text = anstream::adapter::strip_str(&topic.text(width)).to_string();
                let long = |line: &&str| line.chars().count() > width && !line.starts_with("      ");
                let long: Vec<_> = text.lines().filter(long).collect();
                assert_eq!(long, Vec::<&str>::new(), "{}: only code is not wrapped", topic.name);
                assert!(text.lines().all(|line| line.trim_end() == line), "{}", topic.name);
            }
        }
    }
}
