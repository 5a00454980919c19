//! Currencies of ISO 4217 with their minor units.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency with a minor unit, to which costs are rounded.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub(crate) struct Currency(iso_currency::Currency);

impl Currency {
    /// Reads a code in any letter case.
    pub(crate) fn of_code(code: &str) -> Result<Self, NotACurrency> {
        let currency = iso_currency::Currency::from_code(&code.to_ascii_uppercase());
        let currency = currency.ok_or(NotACurrency::Unknown)?;
        currency.exponent().map(|_| Self(currency)).ok_or(NotACurrency::WithoutMinorUnit)
    }

    /// The code, such as EUR.
    pub(crate) fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal places the minor unit has: 2 for EUR, 0 for JPY.
    pub(crate) fn digits(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

/// Why a code is not that of a currency with a minor unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotACurrency {
    Unknown,
    /// Such as gold or the code for tests.
    WithoutMinorUnit,
}

impl fmt::Display for NotACurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "is not an ISO 4217 code; write a code such as EUR",
            Self::WithoutMinorUnit => {
                "is a code without a minor unit, to which costs are rounded; write a code such as EUR"
            }
        })
    }
}

/// By code.
impl Ord for Currency {
    fn cmp(&self, other: &Self) -> Ordering {
        self.code().cmp(other.code())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        Self::of_code(&code).map_err(|why| format!("`{code}` {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_known_with_their_minor_units() {
        for (code, digits) in [
            ("EUR", 2),
            ("eur", 2),
            ("USD", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("ISK", 0),
            ("KWD", 3),
            ("TND", 3),
            ("CLF", 4),
            ("XCG", 2),
            ("ZWG", 2),
            ("HRK", 2), // retired, and still the currency of old prices
        ] {
            let currency = Currency::of_code(code).unwrap();
            assert_eq!((currency.digits(), currency.to_string()), (digits, code.to_uppercase()), "{code}");
        }
        for code in ["", "E", "EURO", "€", "XYZ", "978", "E R", "ÉUR"] {
            assert_eq!(Currency::of_code(code), Err(NotACurrency::Unknown), "{code}");
        }
        for code in ["XAU", "XXX", "XDR", "XTS"] {
            assert_eq!(Currency::of_code(code), Err(NotACurrency::WithoutMinorUnit), "{code}");
        }
    }

    #[test]
    fn they_are_written_and_sorted_by_code() {
        let mut currencies = ["USD", "AED", "SEK"].map(|code| Currency::of_code(code).unwrap());
        currencies.sort();
        let text = serde_json::to_string(&currencies).unwrap();
        assert_eq!(text, r#"["AED","SEK","USD"]"#);
        assert_eq!(format!("{currencies:?}"), "[AED, SEK, USD]");
        assert_eq!(serde_json::from_str::<[Currency; 3]>(&text).unwrap(), currencies);
        let error = serde_json::from_str::<Currency>("\"EURO\"").unwrap_err().to_string();
        assert!(error.starts_with("`EURO` is not an ISO 4217 code"), "{error}");
    }
}
