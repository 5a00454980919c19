//! The pages that the browser shows at the end of a sign-in: text without scripts.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::redirect::Ending;

const SHEET: &str =
    "body { font-family: system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem; }";

/// One page.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "sign-in.html")]
pub(super) struct Page {
    title: &'static str,
    text: &'static str,
}

impl Page {
    pub(super) const AGAIN: Self = Self {
        title: "Already completed",
        text: "This sign-in was already completed in another tab. Close this tab and go back to the terminal.",
    };

    pub(super) const REJECTED: Self = Self {
        title: "Nothing here",
        text: "This address is only for the sign-in that was started in the terminal.",
    };

    pub(super) fn of(ending: Ending) -> Self {
        match ending {
            Ending::SignedIn => Self {
                title: "Signed in",
                text: "You are signed in. Close this tab and go back to the terminal.",
            },
            Ending::Declined => Self {
                title: "Not signed in",
                text: "The sign-in was declined. Close this tab and go back to the terminal.",
            },
            Ending::Failed => Self {
                title: "Not signed in",
                text: "The sign-in did not succeed. Close this tab and go back to the terminal, which says why.",
            },
        }
    }

    pub(super) fn html(self) -> String {
        // The template has no expression that can fail.
        self.render().unwrap_or_else(|_| self.text.to_owned())
    }
}

/// The value of `Content-Security-Policy`: nothing may be loaded, run, embedded or sent.
pub(super) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(SHEET));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_say_what_to_do_and_load_nothing() {
        let endings = [Ending::SignedIn, Ending::Declined, Ending::Failed].map(Page::of);
        for page in endings.into_iter().chain([Page::AGAIN]) {
            let html = page.html();
            assert!(html.contains("go back to the terminal"), "{html}");
            assert!(
                html.contains(&format!("<style>{SHEET}</style>")),
                "the hash is that of the sheet\n{html}"
            );
            for part in ["<script", "src=", "href=", "http:", "https:", "url("] {
                assert!(!html.contains(part), "{part}\n{html}");
            }
        }
    }
}
