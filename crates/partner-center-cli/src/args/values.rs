//! Parsers for argument values, with their error messages.

use std::time::Duration;

use partner_center::{Cloud, CustomerFilter};

use crate::csv_dialect::Dialect;

/// `FIELD=TEXT`, or `TEXT` for the company's name.
pub(super) fn customer_filter(text: &str) -> Result<CustomerFilter, String> {
    type Make = fn(String) -> CustomerFilter;
    const FIELDS: [(&str, Make); 4] = [
        ("companyName", CustomerFilter::company_name),
        ("domain", CustomerFilter::domain),
        ("indirectReseller", CustomerFilter::indirect_reseller),
        ("indirectCloudSolutionProvider", CustomerFilter::indirect_cloud_solution_provider),
    ];
    let Some((name, value)) = text.split_once('=') else { return Ok(CustomerFilter::company_name(text)) };
    match FIELDS.iter().find(|(field, _)| field.eq_ignore_ascii_case(name.trim())) {
        Some((_, make)) => Ok(make(value.to_owned())),
        None => Err(format!("unknown field, expected one of {}", FIELDS.map(|(field, _)| field).join(", "))),
    }
}

/// The longest time limit, which is that of the SDK.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// `90`, `90s`, `3m`, `1m 30s`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.trim().parse::<u64>().map(Duration::from_secs).ok();
    let spelled = || text.parse::<jiff::SignedDuration>().ok().and_then(|time| Duration::try_from(time).ok());
    match seconds.or_else(spelled) {
        Some(time) if time > LONGEST => Err("the time must be more than 0 and at most one day".to_owned()),
        Some(time) if !time.is_zero() => Ok(time),
        _ => Err("expected a time such as 90s, 3m or 1m30s".to_owned()),
    }
}

/// `30`, `30d`.
pub(super) fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix(['d', 'D']).unwrap_or(text).trim();
    number.parse().map_err(|_| "expected a number of days, such as 30d".to_owned())
}

/// `50`, `50%`, `99.5`.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim();
    match number.parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("expected a percentage from 0 to 100, such as 50 or 99.5".to_owned()),
    }
}

/// A delimiter of csv; `tab` and `\t` because a shell makes a tab hard to type.
pub(super) fn delimiter(text: &str) -> Result<u8, String> {
    let text = if text == "tab" || text == "\\t" { "\t" } else { text };
    let known = Dialect::DELIMITERS.into_iter().find(|delimiter| text.as_bytes() == [*delimiter]);
    known.ok_or_else(|| "expected one of , ; | and tab; quote ; and | in a shell".to_owned())
}

pub(super) fn cloud(text: &str) -> Result<Cloud, String> {
    text.parse().map_err(|_| format!("expected one of {}", Cloud::ALL.map(Cloud::name).join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("90", 90),
            ("90s", 90),
            ("3m", 180),
            ("1m30s", 90),
            ("1m 30s", 90),
            ("1h", 3600),
            ("24h", 86_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0", "0s", "-5s", "soon", "3 fortnights"] {
            assert!(duration(text).is_err(), "{text}");
        }
        // `login` panicked, after it had opened the browser.
        for text in ["86401", "24h 1ns", "48h", "9223372036854775807s", "18446744073709551615"] {
            assert!(duration(text).unwrap_err().ends_with("at most one day"), "{text}");
        }
    }

    #[test]
    fn delimiters() {
        for (text, character) in
            [(",", b','), (";", b';'), ("|", b'|'), ("\t", b'\t'), ("\\t", b'\t'), ("tab", b'\t')]
        {
            assert_eq!(delimiter(text), Ok(character), "{text}");
        }
        for text in ["", " ", ";;", "\"", "\n", "a", "；", "comma"] {
            assert!(delimiter(text).is_err(), "{text}");
        }
    }

    #[test]
    fn percentages() {
        for (text, value) in [("50", 50.0), ("99.5", 99.5), ("0", 0.0), ("50%", 50.0), ("100", 100.0)] {
            assert_eq!(percent(text), Ok(value), "{text}");
        }
        // 200 was accepted, and every row is below it.
        for text in ["", "-1", "100.1", "200", "NaN", "inf", "half", "%"] {
            assert!(percent(text).is_err(), "{text}");
        }
    }
}
