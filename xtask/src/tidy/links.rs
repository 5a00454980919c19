//! Checks relative links between documents: the file and the heading must exist. Links to other hosts are not checked.

use std::path::Path;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// The broken links of this document.
pub(super) fn findings(root: &Path, file: &str, text: &str) -> Vec<String> {
    let directory = root.join(file).parent().map_or_else(|| root.to_owned(), Path::to_owned);
    let dead = |link: &String| {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = directory.join(path);
        let is_document = path.is_empty() || super::has_extension(path, "md");
        if !path.is_empty() && !target.exists() {
            return true;
        }
        if heading.is_empty() || !is_document {
            return false;
        }
        let there = if path.is_empty() { Ok(text.to_owned()) } else { std::fs::read_to_string(target) };
        !headings(&there.unwrap_or_default()).contains(&heading.to_owned())
    };
    let links = relative_links(text).into_iter().filter(dead);
    links.map(|link| format!("{file}: broken link to {link}")).collect()
}

fn relative_links(text: &str) -> Vec<String> {
    let links = Parser::new(text).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    });
    links.filter(|link| !link.contains("://") && !link.starts_with("mailto:")).collect()
}

/// The headings as link anchors: lowercase, with hyphens for spaces, without punctuation.
fn headings(text: &str) -> Vec<String> {
    let mut headings = Vec::new();
    let mut heading = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => headings.extend(heading.take()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            _ => {}
        }
    }
    let anchor = |heading: String| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.into_iter().map(anchor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_and_headings() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("docs")).unwrap();
        std::fs::write(root.path().join("docs/guide.md"), "# How `it` works, in short\n").unwrap();
        let check = |text: &str| findings(root.path(), "README.md", text);
        for text in [
            "[a](docs/guide.md)",
            "[a](docs/)",
            "[a](docs/guide.md#how-it-works-in-short)",
            "# Here\n[a](#here)",
            "[a](https://example.com/nowhere)",
            "```\n[a](nowhere.md)\n```",
        ] {
            assert!(check(text).is_empty(), "{text}");
        }
        for text in [
            "[a](nowhere.md)",
            "[a](docs/guide.md#how)",
            "[a](#there)",
            "![a](picture.png)",
            "[a]\n\n[a]: nowhere.md",
        ] {
            assert_eq!(check(text).len(), 1, "{text}");
        }
    }
}
