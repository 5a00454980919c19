//! Normalizes service codes and names across operations.
//!
//! The commercial queries send the code of a service and its name: `o365` and `Microsoft Office 365`. The classic
//! operations send no code, or send the code in the name field. This module converts both to one form, so that a field
//! has the same meaning for either source.

/// The documented services: code, and name as sent by the commercial queries.
const SERVICES: &[(&str, &str)] = &[("o365", "Microsoft Office 365"), ("crm", "Microsoft Dynamics")];

/// Returns the service code and service name for the values found in a row.
///
/// An unknown code is also used as the name.
///
/// | `serviceName` of the classic operations | `serviceCode` | `serviceName` |
/// |---|---|---|
/// | `o365` | `o365` | `Microsoft Office 365` |
/// | `crm` | `crm` | `Microsoft Dynamics` |
/// | any other word | the word | the word |
/// | a text of several words | unknown | the text |
///
/// ```
/// use partner_center::service::code_and_name;
///
/// let of_name = |name: &str| code_and_name(None, Some(name.to_owned()));
/// assert_eq!(of_name("o365"), (Some("o365".to_owned()), Some("Microsoft Office 365".to_owned())));
/// assert_eq!(of_name("azure"), (Some("azure".to_owned()), Some("azure".to_owned())));
/// ```
#[must_use]
pub fn code_and_name(code: Option<String>, name: Option<String>) -> (Option<String>, Option<String>) {
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let (code, name) = (filled(code), filled(name));
    let by_code = |code: &str| SERVICES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code.trim()));
    let by_name = |name: &str| SERVICES.iter().find(|(_, known)| known.eq_ignore_ascii_case(name.trim()));
    let code = code.or_else(|| {
        let name = name.as_deref()?;
        let is_code = !name.trim().contains(char::is_whitespace);
        is_code.then(|| name.to_owned()).or_else(|| by_name(name).map(|(code, _)| (*code).to_owned()))
    });
    let known = code.as_deref().and_then(by_code);
    let name = match (known, name) {
        // Replace the name only if it is missing or repeats a code.
        (Some((_, known)), name) if name.as_deref().is_none_or(|name| by_code(name).is_some()) => {
            Some((*known).to_owned())
        }
        (_, name) => name,
    };
    (code, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The same column held a code from one source and a name from the other.
    #[test]
    fn classic_rows_have_a_code_and_a_name() {
        for (code, name, expected) in [
            (None, Some("o365"), (Some("o365"), Some("Microsoft Office 365"))),
            (None, Some("crm"), (Some("crm"), Some("Microsoft Dynamics"))),
            (None, Some("O365 "), (Some("O365 "), Some("Microsoft Office 365"))),
            (Some("o365"), None, (Some("o365"), Some("Microsoft Office 365"))),
            (Some("o365"), Some("o365"), (Some("o365"), Some("Microsoft Office 365"))),
            (None, Some("azure"), (Some("azure"), Some("azure"))),
            (None, Some("Some Service"), (None, Some("Some Service"))),
            // The form of the commercial queries does not change.
            (None, Some("Microsoft Office 365"), (Some("o365"), Some("Microsoft Office 365"))),
            (Some("crm"), Some("Microsoft Dynamics"), (Some("crm"), Some("Microsoft Dynamics"))),
            (Some("x"), Some("Y"), (Some("x"), Some("Y"))),
            (Some(" "), Some(""), (None, None)),
            (None, None, (None, None)),
        ] {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let found = code_and_name(own(code), own(name));
            assert_eq!((found.0.as_deref(), found.1.as_deref()), expected, "{code:?} {name:?}");
        }
    }
}
