//! `doctor --online`: one analytics request for a single row, which checks roles, the network and any proxy.

use partner_center::{ErrorKind, PartnerCenter};

use super::findings::{Finding, Level, Topic};
use super::{Verdict, sentence};
use crate::exit::Exit;
use crate::problem::hints;

/// Sends exactly one request to Partner Center, and returns the finding, the verdict and the exit code.
pub(super) async fn check(partner: &PartnerCenter) -> (Finding, Verdict, Exit) {
    let query = partner.analytics().commercial().licenses().deployment().top(1);
    let error = match query.get().await {
        Ok(page) => {
            let rows = match page.items().len() {
                0 => "It returned no rows for this partner.",
                _ => "It returned rows.",
            };
            let sentence = format!("Partner Center responded to the commercial deployment query. {rows}");
            return (Finding::new(Level::Ok, Topic::Online, sentence), Verdict::Yes, Exit::Done);
        }
        Err(error) => error,
    };
    let status = error.status().map_or_else(String::new, |status| format!(" (status {status})"));
    let what = format!("The test request for one row failed: {}{status}", error.message());
    let finding = |level, advice: String| {
        Finding::new(level, Topic::Online, sentence(&what)).code_of(&error).fix(advice)
    };
    let (verdict, exit) = match Exit::of(&error) {
        Exit::Credentials | Exit::Forbidden => (Verdict::No, Exit::Credentials),
        // The request reached the service, which does not have this query: the rest is unknown.
        Exit::NotFound | Exit::Unexpected => {
            let advice = "The classic operations may still work: `partner-center licenses deployment`.";
            return (finding(Level::Warning, advice.to_owned()), Verdict::Unknown, Exit::Unknown);
        }
        exit => (Verdict::Unknown, exit),
    };
    let advice = match error.kind() {
        ErrorKind::InvalidResponse => {
            "The response may come from a proxy or a sign-in page: `-vv` shows the body.".to_owned()
        }
        _ => hints::advice_in_doctor(&error),
    };
    (finding(Level::Problem, advice), verdict, exit)
}
