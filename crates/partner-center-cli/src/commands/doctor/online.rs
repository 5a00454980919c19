//! `doctor --online`: one analytics call, for a single row. It sees what a token does not say: roles, the network, a proxy.

use partner_center::{ErrorKind, PartnerCenter};

use super::{Finding, Verdict, sentence};
use crate::exit::Exit;

/// Asks, and says what came of it and which exit code that is. Exactly one request goes to Partner Center.
pub(super) async fn ask(partner: &PartnerCenter) -> (Finding, Verdict, Exit) {
    let query = partner.analytics().commercial().licenses().deployment().top(1);
    let error = match query.get().await {
        Ok(page) => {
            let rows = match page.value.len() {
                0 => "It has no rows for this partner.",
                _ => "It has rows.",
            };
            let sentence = format!("Partner Center answered the commercial deployment query. {rows}");
            return (Finding::online("ok", sentence, None, ""), Verdict::Yes, Exit::Done);
        }
        Err(error) => error,
    };
    let status = error.status().map_or_else(String::new, |status| format!(" (status {status})"));
    let what = format!("Partner Center was asked for one row: {}{status}", error.message());
    let finding = |level, advice: &str| Finding::online(level, sentence(&what), error.code(), advice);
    let (verdict, exit) = match Exit::of(&error) {
        Exit::Credentials | Exit::Refused => (Verdict::No, Exit::Credentials),
        // It came through to the service, which does not have the query here: nothing is known of the rest.
        Exit::NotFound | Exit::Unexpected => {
            let advice =
                "The classic operations may work all the same: `partner-center licenses deployment`.";
            return (finding("warning", advice), Verdict::Unknown, Exit::Unknown);
        }
        exit => (Verdict::Unknown, exit),
    };
    let advice = match error.kind() {
        ErrorKind::InvalidAnswer => "What answered may be a proxy or a sign-in page: `-vv` shows the body.",
        _ => error.advice(),
    };
    (finding("problem", advice), verdict, exit)
}
