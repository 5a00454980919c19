//! What pages say about themselves and about what is missing.

use jiff::tz::TimeZone;
use partner_center::funnel::Totals;
use partner_center::licenses::Source;

use crate::days::today;
use crate::output::{About, Age, NamedCustomer, Summary, words};
use crate::page::{Facts, NotRead, Reason, Text};

/// What a page says about itself. The days are those of these rows.
pub(super) fn facts(about: &About, source: Option<Source>, totals: &Totals) -> Facts {
    let age = age(totals);
    Facts {
        partner: about.tenant.as_deref().map(Text::new),
        day: age.as_ref().map(|age| Text::new(&age.days)),
        age: age.as_ref().map(|age| Text::new(&age.age)),
        source: Text::sentence(&words::source(source, about.is_sample)),
        recorded: about.recorded.map(|day| Text::new(&day.to_string())),
        program: Text::new(concat!("partner-center ", env!("CARGO_PKG_VERSION"))),
        made: Text::new(&about.began.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()),
    }
}

fn age(totals: &Totals) -> Option<Age> {
    let (oldest, newest) = (&totals.oldest_processed_date_time, &totals.newest_processed_date_time);
    Age::new(oldest.as_ref(), newest.as_ref(), today())
}

/// What the age of the rows means.
pub(super) fn caveat_of_age(totals: &Totals) -> Text {
    Text::sentence(&match age(totals) {
        Some(Age { days, age }) => {
            format!("The data is of {days}, {age}: what changed since then is not in it.")
        }
        None => "The data has no date: its age is not known.".to_owned(),
    })
}

/// What the reader should know about the rows.
pub(super) fn caveats(summary: &Summary, totals: &Totals) -> Vec<Text> {
    let mut caveats = vec![caveat_of_age(totals)];
    let missing =
        |count: u64, words: fn(u64) -> String| (count > 0).then(|| Text::sentence(&sentence(&words(count))));
    if let Some(customers) = summary.customers {
        caveats.extend(missing(customers.unreadable, words::unreadable));
        caveats.extend(missing(customers.without_id, words::without_id));
    }
    caveats.extend(summary.notes.iter().map(|note| Text::sentence(&sentence(note))));
    caveats
}

/// A note, which can have several lines, as one sentence.
pub(super) fn sentence(note: &str) -> String {
    let mut lines = note.lines().map(str::trim);
    let mut text = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<_> = lines.collect();
    if !rest.is_empty() {
        text.push(' ');
        text.push_str(&rest.join("; "));
    }
    if let Some(first) = text.chars().next().filter(char::is_ascii_lowercase) {
        text.replace_range(..1, &first.to_uppercase().to_string());
    }
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// The customers that the figures do not cover.
pub(super) fn not_read(summary: &Summary) -> Vec<NotRead> {
    let name = |customer: &NamedCustomer| match &customer.customer_name {
        Some(name) => Text::new(name),
        None => Text::new(&customer.customer_id.to_string()),
    };
    let without_rows = summary.without_rows_list.as_deref().unwrap_or_default();
    [
        (Reason::Failed, summary.unread.failed.as_slice()),
        (Reason::Skipped, &summary.unread.skipped),
        (Reason::WithoutRows, without_rows),
    ]
    .into_iter()
    .filter(|(_, customers)| !customers.is_empty())
    .map(|(reason, customers)| NotRead::new(reason, customers.iter().map(name)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_becomes_a_sentence() {
        for (note, text) in [
            ("no row matched rule 1 of --ignore", "No row matched rule 1 of --ignore."),
            (
                "among 80 rows of the funnel:\n   22 without usage: active is unknown\n    3 with more deployed",
                "Among 80 rows of the funnel: 22 without usage: active is unknown; 3 with more deployed.",
            ),
            ("ärger: 1 value.\nThe first is in row 2.", "ärger: 1 value. The first is in row 2."),
            ("", "."),
        ] {
            assert_eq!(sentence(note), text);
        }
    }
}
