//! The style sheet of the pages, and the policy that allows nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The only style sheet. The pages have no `style` attributes, so that the policy can name it by its hash.
pub(super) const SHEET: &str = include_str!("../../templates/page.css");

/// The value of `Content-Security-Policy`: nothing may be loaded, run, embedded or sent, and only [`SHEET`] is applied.
pub(super) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(SHEET));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}
