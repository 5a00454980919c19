//! The kinds of fields and the JSON values that each accepts: `5`, `5.0` and `"5"` are the number 5, `365` is accepted
//! as a text, and a single value is accepted as a list of one item.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{I64Deserializer, StrDeserializer, U64Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::{Model, Place, skip_list, skip_object};

/// A kind of field. Each function converts one type of JSON value; `None` means that the field does not accept it.
pub(crate) trait Kind {
    type Value: PartialEq;

    fn text(_: &str) -> Option<Self::Value> {
        None
    }

    fn flag(_: bool) -> Option<Self::Value> {
        None
    }

    fn signed(_: i64) -> Option<Self::Value> {
        None
    }

    fn unsigned(_: u64) -> Option<Self::Value> {
        None
    }

    fn float(_: f64) -> Option<Self::Value> {
        None
    }

    fn list<'de, A: SeqAccess<'de>>(list: A, _: &Place<'_>) -> Result<Option<Self::Value>, A::Error> {
        skip_list(list)?;
        Ok(None)
    }

    fn object<'de, A: MapAccess<'de>>(map: A, _: &Place<'_>) -> Result<Option<Self::Value>, A::Error> {
        skip_object(map)?;
        Ok(None)
    }
}

/// The result of reading one value.
pub(crate) enum Read<V> {
    Null,
    Value(V),
    /// A value that the field does not accept.
    Odd,
}

impl<V> From<Option<V>> for Read<V> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Odd, Self::Value)
    }
}

/// Reads one value of a kind.
pub(crate) struct FieldReader<'a, K> {
    at: &'a Place<'a>,
    /// The field's name; `None` for an item of the list at `at`.
    name: Option<&'static str>,
    kind: PhantomData<K>,
}

impl<'a, K> FieldReader<'a, K> {
    pub(super) fn field(at: &'a Place<'a>, name: &'static str) -> Self {
        Self { at, name: Some(name), kind: PhantomData }
    }

    fn item(at: &'a Place<'a>) -> Self {
        Self { at, name: None, kind: PhantomData }
    }

    fn place(&self) -> Place<'a> {
        self.name.map_or(*self.at, |name| self.at.field(name))
    }
}

impl<'de, K: Kind> DeserializeSeed<'de> for FieldReader<'_, K> {
    type Value = Read<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, K: Kind> Visitor<'de> for FieldReader<'_, K> {
    type Value = Read<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Read::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(K::flag(value).into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(K::signed(value).into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(K::unsigned(value).into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(K::float(value).into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(K::text(value).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        K::list(list, &self.place()).map(Read::from)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        K::object(map, &self.place()).map(Read::from)
    }
}

/// A text, or a type parsed from one. Also accepts numbers and booleans, as their text.
pub(crate) struct Text<T>(PhantomData<T>);

impl<T: for<'a> From<&'a str> + PartialEq> Kind for Text<T> {
    type Value = T;

    #[inline]
    fn text(text: &str) -> Option<T> {
        Some(T::from(text))
    }

    fn flag(value: bool) -> Option<T> {
        Self::text(if value { "true" } else { "false" })
    }

    fn signed(value: i64) -> Option<T> {
        Self::text(&value.to_string())
    }

    fn unsigned(value: u64) -> Option<T> {
        Self::text(&value.to_string())
    }

    fn float(value: f64) -> Option<T> {
        Self::text(&written(value)?)
    }
}

/// Formats a number as it was written. `None` if it has more digits than an `f64` keeps, as the text could differ.
fn written(value: f64) -> Option<String> {
    /// The decimal digits that an `f64` always keeps.
    const MAX_KEPT: usize = 15;
    if let Some(whole) = whole(value) {
        return Some(whole.to_string());
    }
    let text = format!("{value:?}");
    let (digits, _) = text.split_once('e').unwrap_or((&text, ""));
    let digits = digits.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (value.is_finite() && digits <= MAX_KEPT).then_some(text)
}

/// A boolean. Also accepts the texts `true` and `false`.
pub(crate) struct Flag;

impl Kind for Flag {
    type Value = bool;

    fn flag(value: bool) -> Option<bool> {
        Some(value)
    }

    fn text(text: &str) -> Option<bool> {
        let text = text.trim();
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        if is("true") { Some(true) } else { is("false").then_some(false) }
    }
}

/// A whole number. Also accepts `5.0` and `"5"`.
pub(crate) struct Whole;

impl Kind for Whole {
    type Value = i64;

    fn signed(value: i64) -> Option<i64> {
        Some(value)
    }

    fn unsigned(value: u64) -> Option<i64> {
        i64::try_from(value).ok()
    }

    fn float(value: f64) -> Option<i64> {
        whole(value)
    }

    fn text(text: &str) -> Option<i64> {
        let text = text.trim();
        text.parse().ok().or_else(|| whole(text.parse().ok()?))
    }
}

fn whole(value: f64) -> Option<i64> {
    // Beyond 2^53, neighboring whole numbers share an `f64`, and a count would be silently wrong.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if value.fract() != 0.0 || value.abs() > EXACT {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53, checked above")]
    Some(value as i64)
}

/// A whole number that counts something. A negative value is odd.
pub(crate) struct Count;

impl Kind for Count {
    type Value = i64;

    fn signed(value: i64) -> Option<i64> {
        (value >= 0).then_some(value)
    }

    fn unsigned(value: u64) -> Option<i64> {
        Whole::unsigned(value)
    }

    fn float(value: f64) -> Option<i64> {
        Whole::float(value).and_then(Self::signed)
    }

    fn text(text: &str) -> Option<i64> {
        Whole::text(text).and_then(Self::signed)
    }
}

/// A number. Also accepts `"0.5"`.
pub(crate) struct Fraction;

impl Kind for Fraction {
    type Value = f64;

    #[expect(clippy::cast_precision_loss, reason = "the field is a fraction by contract")]
    fn signed(value: i64) -> Option<f64> {
        Some(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "the field is a fraction by contract")]
    fn unsigned(value: u64) -> Option<f64> {
        Some(value as f64)
    }

    fn float(value: f64) -> Option<f64> {
        value.is_finite().then_some(value)
    }

    fn text(text: &str) -> Option<f64> {
        text.trim().parse().ok().and_then(Self::float)
    }
}

/// One of several scalar types: the first that matches.
pub(crate) struct Choice<T>(PhantomData<T>);

impl<T: DeserializeOwned + PartialEq> Kind for Choice<T> {
    type Value = T;

    fn text(text: &str) -> Option<T> {
        let text: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
        T::deserialize(text).ok()
    }

    fn flag(value: bool) -> Option<T> {
        Self::text(if value { "true" } else { "false" })
    }

    fn signed(value: i64) -> Option<T> {
        let number: I64Deserializer<serde::de::value::Error> = value.into_deserializer();
        T::deserialize(number).ok().or_else(|| Self::text(&value.to_string()))
    }

    fn unsigned(value: u64) -> Option<T> {
        let number: U64Deserializer<serde::de::value::Error> = value.into_deserializer();
        T::deserialize(number).ok().or_else(|| Self::text(&value.to_string()))
    }

    fn float(value: f64) -> Option<T> {
        match whole(value) {
            Some(whole) => Self::signed(whole),
            None => Self::text(&written(value)?),
        }
    }
}

/// An object. It is odd if it lacks a required field.
pub(crate) struct Nested<T>(PhantomData<T>);

impl<T: Model + PartialEq> Kind for Nested<T> {
    type Value = T;

    fn object<'de, A: MapAccess<'de>>(map: A, at: &Place<'_>) -> Result<Option<T>, A::Error> {
        Ok(T::read(map, at)?.ok())
    }
}

/// A list, or a single item. An odd item is left out and reported under the list's name.
pub(crate) struct List<K>(PhantomData<K>);

impl<K: Kind> Kind for List<K> {
    type Value = Vec<K::Value>;

    fn text(text: &str) -> Option<Self::Value> {
        K::text(text).map(|one| vec![one])
    }

    fn flag(value: bool) -> Option<Self::Value> {
        K::flag(value).map(|one| vec![one])
    }

    fn signed(value: i64) -> Option<Self::Value> {
        K::signed(value).map(|one| vec![one])
    }

    fn unsigned(value: u64) -> Option<Self::Value> {
        K::unsigned(value).map(|one| vec![one])
    }

    fn float(value: f64) -> Option<Self::Value> {
        K::float(value).map(|one| vec![one])
    }

    fn list<'de, A: SeqAccess<'de>>(mut list: A, at: &Place<'_>) -> Result<Option<Self::Value>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(FieldReader::<K>::item(at))? {
            match item {
                Read::Value(item) => items.push(item),
                Read::Null | Read::Odd => at.odd(None),
            }
        }
        Ok(Some(items))
    }

    fn object<'de, A: MapAccess<'de>>(map: A, at: &Place<'_>) -> Result<Option<Self::Value>, A::Error> {
        Ok(K::object(map, at)?.map(|one| vec![one]))
    }
}
