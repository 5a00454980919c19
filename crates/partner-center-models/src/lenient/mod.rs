//! Lenient deserialization of models: an odd value makes only its own field unknown.
//!
//! Models are deserialized by a macro instead of serde's derive, so that a value of the wrong type becomes unknown and
//! is reported with its position. `kinds` defines which values each kind of field accepts, `findings` what is reported.
//! Error messages contain no values, because values may be customer data.
//!
//! Values of the wrong type are skipped one element at a time, so that a depth limit around the parser also applies to
//! skipped values.

mod findings;
pub(crate) mod kinds;

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

pub use findings::{Findings, OddValue, Place, UnreadableReason, UnreadableRow};
use kinds::{FieldReader, Read};

/// A model that is read from a JSON object.
pub trait Model: Sized {
    /// Reads the members of an object.
    ///
    /// # Errors
    ///
    /// Parser errors, and problems that make a whole page unreadable, such as a row array that is not an array.
    fn read<'de, A: MapAccess<'de>>(map: A, at: &Place<'_>) -> Result<Result<Self, MissingField>, A::Error>;
}

/// An object lacks this required property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingField(pub &'static str);

/// Reads a whole response, which must be an object, and records what was odd about it.
///
/// # Errors
///
/// Parser errors, a response that is not an object, or a missing required property.
pub fn read<'de, T: Model, D: Deserializer<'de>>(deserializer: D) -> Result<(T, Findings), D::Error> {
    let findings = Cell::default();
    let value = whole(deserializer, &Place::page(&findings))?;
    Ok((value, findings.into_inner()))
}

/// Reads an object. Unlike serde's derive, does not accept a list of its fields.
pub(crate) fn whole<'de, T: Model, D: Deserializer<'de>>(
    deserializer: D,
    at: &Place<'_>,
) -> Result<T, D::Error> {
    struct Whole<'a, T>(&'a Place<'a>, PhantomData<T>);
    impl<'de, T: Model> Visitor<'de> for Whole<'_, T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::read(map, self.0)?.map_err(|MissingField(name)| A::Error::missing_field(name))
        }
    }
    deserializer.deserialize_map(Whole(at, PhantomData))
}

/// The state of a field while its object is read.
#[derive(Default)]
pub(crate) enum Slot<V> {
    /// Absent or null so far.
    #[default]
    Empty,
    Value(V),
    /// Not readable, or given twice with different values.
    Odd,
}

impl<V: PartialEq> Slot<V> {
    /// Stores what was read. Returns whether it must be reported as odd.
    fn take(&mut self, read: Read<V>) -> bool {
        match (&*self, read) {
            (_, Read::Null) | (Self::Odd, _) => false,
            (Self::Empty, Read::Value(value)) => {
                *self = Self::Value(value);
                false
            }
            // The same value under two spellings is not a contradiction.
            (Self::Value(known), Read::Value(value)) if *known == value => false,
            (Self::Value(_), Read::Value(_)) | (_, Read::Odd) => {
                *self = Self::Odd;
                true
            }
        }
    }
}

/// A field that may be absent or null, and is unknown if its value is odd.
pub(crate) mod optional {
    use super::{FieldReader, MapAccess, MissingField, Place, Slot, kinds::Kind};

    pub(crate) fn read<'de, K: Kind, A: MapAccess<'de>>(
        slot: &mut Slot<K::Value>,
        name: &'static str,
        at: &Place<'_>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let read = map.next_value_seed(FieldReader::<K>::field(at, name))?;
        if slot.take(read) {
            at.odd(Some(name));
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "same signature as for a required field")]
    pub(crate) fn value<V>(slot: Slot<V>, _name: &'static str) -> Result<Option<V>, MissingField> {
        Ok(match slot {
            Slot::Value(value) => Some(value),
            Slot::Empty | Slot::Odd => None,
        })
    }
}

/// A required field. The caller that holds the object reports that it is missing.
pub(crate) mod required {
    use super::{FieldReader, MapAccess, MissingField, Place, Slot, kinds::Kind};

    pub(crate) fn read<'de, K: Kind, A: MapAccess<'de>>(
        slot: &mut Slot<K::Value>,
        name: &'static str,
        at: &Place<'_>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        slot.take(map.next_value_seed(FieldReader::<K>::field(at, name))?);
        Ok(())
    }

    pub(crate) fn value<V>(slot: Slot<V>, name: &'static str) -> Result<V, MissingField> {
        match slot {
            Slot::Value(value) => Ok(value),
            Slot::Empty | Slot::Odd => Err(MissingField(name)),
        }
    }
}

/// The row array of a page. If it is missing or not an array, reading fails, as the page would look empty otherwise.
pub(crate) mod rows {
    use super::{DeserializeRows, Error, MapAccess, Model, PhantomData, Place, Slot};

    pub(crate) fn read<'de, T: Model, A: MapAccess<'de>>(
        slot: &mut Slot<Vec<T>>,
        name: &'static str,
        at: &Place<'_>,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if !matches!(slot, Slot::Empty) {
            return Err(A::Error::duplicate_field(name));
        }
        *slot = Slot::Value(map.next_value_seed(DeserializeRows(at, PhantomData))?);
        Ok(())
    }

    pub(crate) use super::required::value;
}

/// Reads the row array.
pub(crate) struct DeserializeRows<'a, T>(&'a Place<'a>, PhantomData<T>);

impl<'de, T: Model> serde::de::DeserializeSeed<'de> for DeserializeRows<'_, T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

/// The most bytes of rows that one list may hold: about a hundred times the largest page. `{},` is also a row, and
/// takes a hundred times as much memory as its text.
const MAX_ROW_BYTES: usize = 128 * 1024 * 1024;

impl<'de, T: Model> Visitor<'de> for DeserializeRows<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let most = MAX_ROW_BYTES / size_of::<T>().max(1);
        let mut rows = Vec::new();
        let mut index = 0;
        while let Some(row) = list.next_element_seed(Row(self.0.row(index), PhantomData))? {
            match row {
                Ok(_) if rows.len() == most => {
                    return Err(A::Error::custom("the list holds more rows than any page"));
                }
                Ok(row) => rows.push(row),
                Err(reason) => self.0.unreadable(index, reason),
            }
            index += 1;
        }
        Ok(rows)
    }
}

/// Reads one row, or returns why it is unreadable.
struct Row<'a, T>(Place<'a>, PhantomData<T>);

impl<'de, T: Model> serde::de::DeserializeSeed<'de> for Row<'_, T> {
    type Value = Result<T, UnreadableReason>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Model> Visitor<'de> for Row<'_, T> {
    type Value = Result<T, UnreadableReason>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(T::read(map, &self.0)?.map_err(|MissingField(name)| UnreadableReason::Missing(name)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        skip_list(list)?;
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Err(UnreadableReason::NotAnObject))
    }
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_object<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Implements [`Model`] and `Deserialize`: `Name { field: optional Kind = "wireName" | "AnotherSpelling", }`. Instead
/// of `optional`, use `required`, or `rows` with the row's type.
macro_rules! model {
    (
        $name:ident { $($field:ident: $presence:ident $kind:ty = $wire:literal $(| $also:literal)*,)* }
    ) => {
        const _: () = {
            #[allow(unused_imports, reason = "each model uses only some of the kinds")]
            use crate::lenient::kinds::*;

            #[allow(non_camel_case_types, reason = "named like the fields")]
            enum Key { $($field,)* Other }

            impl<'de> serde::de::Deserialize<'de> for Key {
                fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    struct Keys;
                    impl serde::de::Visitor<'_> for Keys {
                        type Value = Key;
                        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                            f.write_str("a key")
                        }
                        #[allow(clippy::match_single_binding, reason = "a model may have no fields")]
                        fn visit_str<E>(self, key: &str) -> Result<Key, E> {
                            Ok(match key { $($wire $(| $also)* => Key::$field,)* _ => Key::Other })
                        }
                    }
                    deserializer.deserialize_identifier(Keys)
                }
            }

            impl crate::lenient::Model for $name {
                #[allow(unused_variables, reason = "a model may have no fields")]
                fn read<'de, A: serde::de::MapAccess<'de>>(
                    mut map: A,
                    at: &crate::lenient::Place<'_>,
                ) -> Result<Result<Self, crate::lenient::MissingField>, A::Error> {
                    $(let mut $field = crate::lenient::Slot::default();)*
                    while let Some(this_key) = map.next_key()? {
                        match this_key {
                            $(Key::$field => {
                                crate::lenient::$presence::read::<$kind, A>(&mut $field, $wire, at, &mut map)?;
                            })*
                            Key::Other => { map.next_value::<serde::de::IgnoredAny>()?; }
                        }
                    }
                    Ok(Ok(Self {
                        $($field: match crate::lenient::$presence::value($field, $wire) {
                            Ok(value) => value,
                            Err(missing) => return Ok(Err(missing)),
                        },)*
                    }))
                }
            }

            impl<'de> serde::de::Deserialize<'de> for $name {
                fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    crate::lenient::whole(deserializer, &crate::lenient::Place::ignored())
                }
            }
        };
    };
}

pub(crate) use model;
