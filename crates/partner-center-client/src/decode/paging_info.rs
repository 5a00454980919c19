//! Extracts next links and continuation tokens while a response is decoded, in every spelling in the contract.
//!
//! A deserializer between the parser and the model records the paging members of the outermost object, whatever their
//! value is, and passes them to the model in the form that the model expects. This also works for collections without a
//! next link in their model, and for values that the model cannot decode. The caller decides which link to follow.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use crate::decoded::{LinkedPage, PagingInfo};
use crate::generated_operations::NEXT_PAGE_KEYS;

/// The kind of a paging member.
#[derive(Clone, Copy, PartialEq)]
enum PagingMember {
    /// Its value is a link.
    Link,
    /// Its value is a token.
    Token,
    /// Its value is an object whose `next` is a link.
    Links,
}

impl PagingMember {
    fn of(name: &str) -> Option<Self> {
        [
            (NEXT_PAGE_KEYS.links, Self::Link),
            (NEXT_PAGE_KEYS.tokens, Self::Token),
            (NEXT_PAGE_KEYS.objects, Self::Links),
        ]
        .into_iter()
        .find_map(|(spellings, continues)| spellings.contains(&name).then_some(continues))
    }
}

impl PagingInfo {
    /// Records a member, and returns the value for the model, if any.
    fn record(&mut self, continues: PagingMember, value: Value) -> Option<Value> {
        match continues {
            PagingMember::Link => {
                let linked = self.link(value)?;
                linked.uri.map(Value::String)
            }
            PagingMember::Token => {
                let token = match value {
                    Value::String(text) if !text.trim().is_empty() => text,
                    Value::Number(number) => number.to_string(),
                    Value::Null | Value::Bool(false) | Value::String(_) => return None,
                    _ => {
                        self.unclear = true;
                        return None;
                    }
                };
                self.tokens.push(token.clone());
                Some(Value::String(token))
            }
            PagingMember::Links => match value {
                Value::Object(members) => Some(Value::Object(self.members(members))),
                // A list of relations, as sent by other services.
                Value::Array(relations) => {
                    self.unclear |= relations.iter().any(is_next);
                    None
                }
                _ => None,
            },
        }
    }

    /// Records the `next` link among the links of a resource, and converts it to the form of the model.
    fn members(&mut self, members: Map<String, Value>) -> Map<String, Value> {
        members
            .into_iter()
            .filter_map(|(name, value)| {
                if !name.eq_ignore_ascii_case("next") {
                    return Some((name, value));
                }
                let rest = value.as_object().cloned().unwrap_or_default();
                let linked = self.link(value)?;
                let headers = linked
                    .headers
                    .iter()
                    .map(|(key, value)| serde_json::json!({ "key": key, "value": value }));
                let mut next = Map::from_iter([("headers".to_owned(), headers.collect())]);
                next.extend(linked.uri.map(|uri| ("uri".to_owned(), Value::String(uri))));
                next.extend(rest.into_iter().filter(|(name, _)| name.eq_ignore_ascii_case("method")));
                Some((name, Value::Object(next)))
            })
            .collect()
    }

    /// Records a link, if there is one.
    fn link(&mut self, value: Value) -> Option<LinkedPage> {
        let linked = match value {
            Value::String(uri) if !uri.trim().is_empty() => {
                LinkedPage { uri: Some(uri.trim().to_owned()), headers: Vec::new() }
            }
            Value::Null | Value::Bool(false) | Value::String(_) => return None,
            Value::Object(members) => {
                let Ok(linked) = object(&members) else {
                    self.unclear = true;
                    return None;
                };
                linked?
            }
            _ => {
                self.unclear = true;
                return None;
            }
        };
        self.links.push(linked.clone());
        Some(linked)
    }
}

struct Unclear;

/// Parses a link object, as the contract's `Link`. Returns `None` for an empty link.
fn object(members: &Map<String, Value>) -> Result<Option<LinkedPage>, Unclear> {
    let mut linked = LinkedPage { uri: None, headers: Vec::new() };
    for (name, value) in members {
        match (name.to_ascii_lowercase().as_str(), value) {
            (_, Value::Null) => {}
            ("uri" | "href", Value::String(uri)) if linked.uri.is_none() => {
                linked.uri = Some(uri.trim().to_owned()).filter(|uri| !uri.is_empty());
            }
            // Pages are always requested with GET.
            ("method", Value::String(method)) if method.eq_ignore_ascii_case("get") || method.is_empty() => {}
            ("headers", Value::Array(headers)) => {
                for header in headers {
                    linked.headers.push(pair(header).ok_or(Unclear)?);
                }
            }
            _ => return Err(Unclear),
        }
    }
    Ok(Some(linked).filter(|linked| linked.uri.is_some() || !linked.headers.is_empty()))
}

/// Parses a header of a link.
fn pair(header: &Value) -> Option<(String, String)> {
    let member = |name: &str| {
        let (_, value) = header.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    };
    Some((member("key")?, member("value")?))
}

/// Whether a relation is the one to the next page.
fn is_next(relation: &Value) -> bool {
    relation.get("rel").and_then(Value::as_str).is_some_and(|rel| rel.eq_ignore_ascii_case("next"))
}

/// A deserializer that records the paging members of the outermost object.
pub(super) struct Recorder<'a, D> {
    inner: D,
    paging_info: &'a mut PagingInfo,
}

impl<'a, D> Recorder<'a, D> {
    pub(super) fn new(inner: D, paging_info: &'a mut PagingInfo) -> Self {
        Self { inner, paging_info }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Recorder<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Recorder { inner: visitor, paging_info: self.paging_info })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// For anything but an object, the model's own visitor reports the error.
impl<'de, V: Visitor<'de>> Visitor<'de> for Recorder<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Members { map, paging_info: self.paging_info, passed: Vec::new(), held: None })
    }
}

/// The members of the outermost object.
struct Members<'a, A> {
    map: A,
    paging_info: &'a mut PagingInfo,
    /// The members already passed to the model: a second spelling would be a duplicate field.
    passed: Vec<PagingMember>,
    held: Option<Value>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(Name(name)) = self.map.next_key()? {
            if let Some(continues) = PagingMember::of(&name) {
                let value = self.map.next_value()?;
                match self.paging_info.record(continues, value) {
                    Some(value) if !self.passed.contains(&continues) => {
                        self.passed.push(continues);
                        self.held = Some(value);
                    }
                    _ => continue,
                }
            }
            return seed.deserialize(name.into_deserializer()).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        match self.held.take() {
            // The message of serde_json would quote the text.
            Some(value) => seed.deserialize(value).map_err(|_| A::Error::custom("invalid links")),
            None => self.map.next_value_seed(seed),
        }
    }
}

/// The name of a member, borrowed from the parser if possible.
struct Name<'de>(Cow<'de, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }
            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn recorded(body: &Value) -> (PagingInfo, Map<String, Value>) {
        let mut paging_info = PagingInfo::default();
        let text = body.to_string();
        let mut reader = serde_json::Deserializer::from_str(&text);
        let model = serde::Deserialize::deserialize(Recorder::new(&mut reader, &mut paging_info)).unwrap();
        (paging_info, model)
    }

    #[test]
    fn every_spelling_is_recorded_and_nothing_else() {
        let spellings = NEXT_PAGE_KEYS.links.iter().map(|name| (name, json!("/a?b=c")));
        let objects =
            NEXT_PAGE_KEYS.objects.iter().map(|name| (name, json!({ "next": { "uri": "/a?b=c" } })));
        for (name, value) in spellings.chain(objects) {
            let (paging_info, model) = recorded(&json!({ "items": [], *name: value }));
            assert_eq!(paging_info.links.len(), 1, "{name}");
            assert_eq!(paging_info.links[0].uri.as_deref(), Some("/a?b=c"));
            assert!(!paging_info.unclear && paging_info.tokens.is_empty());
            assert!(model.contains_key(*name), "the model receives it too: {name}");
        }
        for name in NEXT_PAGE_KEYS.tokens {
            assert_eq!(recorded(&json!({ *name: "t", "items": [] })).0.tokens, ["t"], "{name}");
        }
        let (paging_info, model) =
            recorded(&json!({ "items": [{ "nextLink": "/x" }], "next": "/x", "link": "/x" }));
        assert_eq!((paging_info, model.len()), (PagingInfo::default(), 3));
        for required in ["@nextLink", "@NextLink", "nextLink", "NextLink", "@odata.nextLink"] {
            assert!(NEXT_PAGE_KEYS.links.contains(&required), "{required}");
        }
    }

    #[test]
    fn empty_links_are_ignored() {
        for nothing in [
            json!(null),
            json!(""),
            json!(" "),
            json!(false),
            json!({}),
            json!({ "uri": null, "headers": [] }),
        ] {
            for body in
                [json!({ "nextLink": nothing.clone() }), json!({ "links": { "next": nothing.clone() } })]
            {
                assert_eq!(recorded(&body).0, PagingInfo::default(), "{body}");
            }
        }
        for body in
            [json!({ "links": null }), json!({ "links": {} }), json!({ "links": [{ "rel": "self" }] })]
        {
            assert_eq!(recorded(&body).0, PagingInfo::default(), "{body}");
        }
    }

    #[test]
    fn unknown_formats_are_unclear() {
        for odd in [
            json!(5),
            json!(true),
            json!(["/a"]),
            json!({ "page": 2 }),
            json!({ "uri": 5 }),
            json!({ "uri": "/a", "method": "POST" }),
        ] {
            for body in [json!({ "@nextLink": odd.clone() }), json!({ "links": { "next": odd.clone() } })] {
                let (paging_info, model) = recorded(&body);
                assert!(paging_info.unclear && paging_info.links.is_empty(), "{body}");
                assert!(!model.contains_key("@nextLink"));
            }
        }
        assert!(recorded(&json!({ "continuationToken": { "a": 1 } })).0.unclear);
        assert!(recorded(&json!({ "links": [{ "rel": "next", "href": "/a" }] })).0.unclear);
    }

    #[test]
    fn the_model_receives_each_member_once_in_its_own_form() {
        let (paging_info, model) =
            recorded(&json!({ "@nextLink": null, "nextLink": "/a", "NextLink": "/b" }));
        assert_eq!(
            (paging_info.links.len(), model),
            (2, Map::from_iter([("NextLink".to_owned(), json!("/b"))]))
        );
        let (paging_info, model) = recorded(&json!({ "links": { "self": { "uri": "/s" }, "next": "/a" } }));
        assert_eq!(paging_info.links[0].uri.as_deref(), Some("/a"));
        assert_eq!(
            model["links"],
            json!({ "self": { "uri": "/s" }, "next": { "uri": "/a", "headers": [] } })
        );
        let next = json!({ "uri": "/a", "method": "GET", "headers": [{ "key": "K", "value": "v" }] });
        let (paging_info, model) = recorded(&json!({ "links": { "next": next } }));
        assert_eq!(paging_info.links[0].headers, [("K".to_owned(), "v".to_owned())]);
        assert_eq!(model["links"]["next"], next);
    }
}
