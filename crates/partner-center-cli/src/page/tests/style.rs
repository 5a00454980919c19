//! The style sheet: its hash in the policy, and its contrasts.

use std::collections::BTreeMap;

use base64::Engine as _;
use sha2::{Digest as _, Sha256};

use super::sample::Sample;
use super::{Parsed, pages};

#[test]
fn the_policy_allows_the_style_sheet_and_nothing_else() {
    for (name, html) in pages(&Sample::new("sample")) {
        let page = Parsed::new(&html);
        let style: String = page.all("style")[0].text().collect();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&style));
        let policy = page.all("meta[http-equiv=Content-Security-Policy]");
        assert_eq!(
            policy[0].attr("content").unwrap(),
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"),
            "{name}"
        );
        // A policy applies only to what follows it.
        let before = html.split("Content-Security-Policy").next().unwrap();
        assert!(!before.contains("<style") && !before.contains("<title"), "{name}");
    }
}

#[test]
fn text_and_bars_stand_out_in_light_and_dark() {
    let (light, dark) = super::super::style::SHEET.split_once("prefers-color-scheme: dark").unwrap();
    for (theme, colors) in [("light", colors(light)), ("dark", colors(dark))] {
        let contrast = |one: &str, other: &str| contrast(&colors[one], &colors[other]);
        for text in ["ink", "quiet", "accent"] {
            assert!(contrast(text, "paper") >= 4.5, "{theme} {text}: {}", contrast(text, "paper"));
        }
        for step in 0..=8 {
            let step = format!("h{step}");
            assert!(contrast("ink", &step) >= 4.5, "{theme} {step}: {}", contrast("ink", &step));
        }
        for bar in ["sold", "deployed", "active", "shelfware"] {
            assert!(contrast(bar, "paper") >= 3.0, "{theme} {bar}: {}", contrast(bar, "paper"));
        }
        // Segments beside each other.
        for (one, other) in [("active", "idle"), ("idle", "shelfware"), ("hatch-line", "hatch-paper")] {
            assert!(contrast(one, other) >= 1.9, "{theme} {one} {other}: {}", contrast(one, other));
        }
    }
}

/// The custom properties of a theme that are colors, as red, green and blue.
fn colors(sheet: &str) -> BTreeMap<String, [f64; 3]> {
    let properties =
        sheet.split(['{', ';', '}']).filter_map(|line| line.trim().strip_prefix("--")?.split_once(": #"));
    let channel =
        |hex: &str, place: usize| f64::from(u8::from_str_radix(&hex[place..place + 2], 16).unwrap()) / 255.0;
    let color = |hex: &str| [channel(hex, 0), channel(hex, 2), channel(hex, 4)];
    properties.map(|(name, hex)| (name.to_owned(), color(hex))).collect()
}

/// The contrast ratio of the Web Content Accessibility Guidelines, from 1 to 21.
fn contrast(one: &[f64; 3], other: &[f64; 3]) -> f64 {
    let linear = |channel: f64| {
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    };
    let luminance = |[red, green, blue]: &[f64; 3]| {
        0.2126 * linear(*red) + 0.7152 * linear(*green) + 0.0722 * linear(*blue)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}
