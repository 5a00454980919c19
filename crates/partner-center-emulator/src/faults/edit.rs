//! Faults that change the regular response: its JSON, encoding or headers.

use std::mem;

use http::StatusCode;
use serde_json::{Map, Number, Value, json};

use super::{DateForm, Fault};
use crate::host::Origins;
use crate::links::LinkForm;
use crate::recorder::RecordedRequest;
use crate::response::{Encoding, ServiceResponse};

const TOKEN_HEADER: &str = "MS-ContinuationToken";

/// Applies the faults that change a response, in order. The JSON is parsed and written once, and only if a fault needs
/// it.
pub(crate) fn edit(
    response: &mut ServiceResponse,
    faults: &[Fault],
    request: &RecordedRequest,
    origins: &Origins,
) {
    if response.status == StatusCode::OK
        && faults.iter().any(changes_json)
        && let Ok(mut value) = serde_json::from_slice::<Value>(&response.body)
    {
        for fault in faults {
            change(&mut value, fault, request, origins);
        }
        response.body = serde_json::to_vec(&value).unwrap_or_default().into();
    }
    for fault in faults {
        match fault {
            Fault::NoMark => response.encoding = Encoding::Utf8,
            Fault::Mark => response.encoding = Encoding::MarkedUtf8,
            Fault::Utf16 => response.encoding = Encoding::MarkedUtf16,
            Fault::ContentType(value) => response.content_type = Some(value.clone().into()),
            Fault::NoIds => response.ids = false,
            Fault::Truncated => response.body.truncate(response.body.len() / 2),
            _ => {}
        }
    }
}

fn changes_json(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::ForeignLink { .. }
            | Fault::RepeatedLink
            | Fault::EmptyPage
            | Fault::Links(_)
            | Fault::BodyToken
            | Fault::NoRows
            | Fault::NoRowArray
            | Fault::BadRow
            | Fault::PascalKeys
            | Fault::CamelKeys
            | Fault::UnknownFields
            | Fault::UnknownTexts
            | Fault::Null(_)
            | Fault::Absent(_)
            | Fault::StringCounts
            | Fault::FloatCounts
            | Fault::Dates(_)
            | Fault::OtherGuidCase
    )
}

fn change(value: &mut Value, fault: &Fault, request: &RecordedRequest, origins: &Origins) {
    let page = Page { value, request, origins };
    match fault {
        Fault::ForeignLink { to } => page.point_next_to(to.as_deref().unwrap_or(&origins.foreign_host)),
        Fault::RepeatedLink => page.repeat_next(),
        Fault::Links(form) => page.write_next_as(*form),
        Fault::BodyToken => page.move_token_to_body(),
        // A commercial page counts the rows of the whole query, which do not change.
        Fault::EmptyPage => clear_rows(value, &["totalCount"]),
        Fault::NoRows => {
            page.drop_next();
            clear_rows(value, &["totalCount", "TotalCount"]);
        }
        Fault::NoRowArray => {
            if let Some(members) = value.as_object_mut() {
                members.retain(|name, member| !(is_row_array(name) && member.is_array()));
            }
        }
        Fault::BadRow => {
            if let Some(row) = rows(value).and_then(|rows| rows.first_mut()) {
                *row = json!("not an object");
            }
        }
        Fault::PascalKeys => rename(value, char::to_ascii_uppercase),
        Fault::CamelKeys => rename(value, char::to_ascii_lowercase),
        Fault::UnknownFields => {
            let surprise = || json!({"nested": [1, null, {"deeper": true}]});
            if let Some(members) = value.as_object_mut() {
                members.insert("surprise".to_owned(), surprise());
            }
            each_row(value, |row| {
                row.insert("surprise".to_owned(), surprise());
            });
        }
        Fault::UnknownTexts => each_row(value, |row| {
            for (name, text) in [
                ("channel", "marketplace"),
                ("serviceCode", "m365"),
                ("serviceName", "m365"),
                ("workloadCode", "CPLT"),
                ("workloadName", "Copilot"),
                ("relationshipToPartner", "distributor"),
            ] {
                if let Some(member) = row.get_mut(name) {
                    *member = json!(text);
                }
            }
        }),
        Fault::Null(names) => each_row(value, |row| {
            for (_, member) in row.iter_mut().filter(|(name, member)| is_meant(names, name, member)) {
                *member = Value::Null;
            }
        }),
        Fault::Absent(names) => {
            each_row(value, |row| row.retain(|name, member| !is_meant(names, name, member)));
        }
        Fault::StringCounts => each_count(value, |count| json!(count.to_string())),
        #[expect(clippy::cast_precision_loss, reason = "license counts lie far below 2^52")]
        Fault::FloatCounts => {
            each_count(value, |count| Number::from_f64(count as f64).map_or(Value::Null, Value::Number));
        }
        Fault::Dates(form) => each_row(value, |row| {
            if let Some(Value::String(date)) = row.get_mut("processedDateTime") {
                *date = redate(date, *form);
            }
        }),
        Fault::OtherGuidCase => other_guid_case(value),
        _ => {}
    }
}

fn is_row_array(name: &str) -> bool {
    name.eq_ignore_ascii_case("items") || name.eq_ignore_ascii_case("value")
}

fn rows(value: &mut Value) -> Option<&mut Vec<Value>> {
    let members = value.as_object_mut()?;
    members.iter_mut().find(|(name, _)| is_row_array(name))?.1.as_array_mut()
}

fn each_row(value: &mut Value, mut change: impl FnMut(&mut Map<String, Value>)) {
    for row in rows(value).into_iter().flatten() {
        if let Some(row) = row.as_object_mut() {
            change(row);
        }
    }
}

fn clear_rows(value: &mut Value, counts: &[&str]) {
    if let Some(rows) = rows(value) {
        rows.clear();
    }
    for name in counts {
        if let Some(count) = value.get_mut(*name) {
            *count = json!(0);
        }
    }
}

/// Whether the member is in `names`, or is a text if there are no names.
fn is_meant(names: &[String], name: &str, member: &Value) -> bool {
    if names.is_empty() { member.is_string() } else { names.iter().any(|meant| meant == name) }
}

fn each_count(value: &mut Value, change: impl Fn(u64) -> Value) {
    each_row(value, |row| {
        for (_, member) in row.iter_mut().filter(|(name, _)| name.starts_with("license")) {
            if let Some(count) = member.as_u64() {
                *member = change(count);
            }
        }
    });
}

fn rename(value: &mut Value, first: fn(&char) -> char) {
    let Some(members) = value.as_object_mut() else { return };
    *members = mem::take(members)
        .into_iter()
        .map(|(name, member)| {
            let mut letters = name.trim_start_matches('@').chars();
            let renamed = letters.next().map(|letter| first(&letter)).into_iter().chain(letters).collect();
            (renamed, member)
        })
        .collect();
}

/// Rewrites a date. `date` has one of the two forms of the book: hundredths of a second with `+00:00`, or midnight.
fn redate(date: &str, form: DateForm) -> String {
    let zoneless = date.trim_end_matches("+00:00");
    let day = zoneless.split('T').next().unwrap_or_default();
    match form {
        DateForm::Zoneless => zoneless.to_owned(),
        DateForm::Utc => format!("{zoneless}Z"),
        DateForm::Offset => {
            let hours_ahead = zoneless
                .parse::<jiff::civil::DateTime>()
                .map(|time| time.saturating_add(jiff::Span::new().hours(2)).to_string());
            hours_ahead.map_or_else(|_| date.to_owned(), |ahead| format!("{ahead}+02:00"))
        }
        DateForm::SevenDigits => {
            let (seconds, fraction) = zoneless.split_once('.').unwrap_or((zoneless, ""));
            format!("{seconds}.{fraction:0<7}Z")
        }
        DateForm::Day => day.to_owned(),
        DateForm::Never => "0001-01-01T00:00:00".to_owned(),
    }
}

fn other_guid_case(value: &mut Value) {
    match value {
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => {
            *text = if text.contains(|letter: char| letter.is_ascii_lowercase()) {
                text.to_uppercase()
            } else {
                text.to_lowercase()
            };
        }
        Value::Array(values) => values.iter_mut().for_each(other_guid_case),
        Value::Object(members) => members.values_mut().for_each(other_guid_case),
        _ => {}
    }
}

/// A page of rows, and functions that change its next link.
struct Page<'a> {
    value: &'a mut Value,
    request: &'a RecordedRequest,
    origins: &'a Origins,
}

impl Page<'_> {
    /// Only the customer list has `links`; commercial pages have `@nextLink`.
    fn is_customers(&self) -> bool {
        self.value.get("links").is_some()
    }

    fn path(&self) -> &str {
        self.request.path()
    }

    fn next_query(&self) -> Option<String> {
        let link = if self.is_customers() {
            self.value.pointer("/links/next/uri")?
        } else {
            self.value.get("@nextLink")?
        };
        Some(link.as_str()?.split_once('?')?.1.to_owned())
    }

    fn set_next(self, address: Option<String>, token: Option<&str>) {
        if !self.is_customers() {
            if let Some(link) = self.value.get_mut("@nextLink") {
                *link = json!(address);
            }
            return;
        }
        let Some(links) = self.value.get_mut("links").and_then(Value::as_object_mut) else { return };
        let Some(address) = address else {
            links.remove("next");
            return;
        };
        let next = links.entry("next").or_insert_with(
            || json!({"method": "GET", "headers": [{"key": TOKEN_HEADER, "value": "c3RyYXk=,"}]}),
        );
        next["uri"] = json!(address);
        if let (Some(token), Some(value)) = (token, next.pointer_mut("/headers/0/value")) {
            *value = json!(token);
        }
    }

    fn drop_next(self) {
        self.set_next(None, None);
    }

    /// Also adds a link to the last page.
    fn point_next_to(self, origin: &str) {
        let query = self.next_query().unwrap_or_else(|| "seekOperation=Next".to_owned());
        let address = LinkForm::Absolute.write(origin.trim_end_matches('/'), self.path(), &query);
        self.set_next(address, None);
    }

    fn write_next_as(self, form: LinkForm) {
        if let Some(query) = self.next_query() {
            let address = form.write(&self.origins.api, self.path(), &query);
            self.set_next(address, None);
        }
    }

    /// Does not change the first page, so that there is a page to repeat.
    fn repeat_next(self) {
        let query = self.request.query().unwrap_or_default().to_owned();
        if self.is_customers() {
            if let Some(token) = self.request.header(TOKEN_HEADER).map(str::to_owned) {
                let address = LinkForm::Unversioned.write("", self.path(), &query);
                self.set_next(address, Some(&token));
            }
        } else if query.split('&').any(|pair| pair.to_ascii_lowercase().starts_with("skip=")) {
            let address = LinkForm::Absolute.write(&self.origins.api, self.path(), &query);
            self.set_next(address, None);
        }
    }

    fn move_token_to_body(self) {
        let token = self.value.pointer("/links/next/headers/0/value").cloned();
        if let (Some(token), Some(members)) = (token, self.value.as_object_mut()) {
            members.insert("continuationToken".to_owned(), token);
            self.drop_next();
        }
    }
}
