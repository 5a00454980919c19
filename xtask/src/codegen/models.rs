//! The models: typify decides names and types, this module writes them out as the models crate wants them.
//!
//! typify is asked through progenitor, which keeps `nullable`. What is added to its structs: fields in the contract's
//! order, tolerant reading of counts and rows, the other spellings the wire is known to use, `JsonSchema` behind a
//! feature, and a `Debug` that prints no customer data.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use openapiv3::{ObjectType, ReferenceOr, Schema, SchemaKind, Type};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator};
use quote::{ToTokens, format_ident, quote};
use serde_json::json;
use syn::visit_mut::VisitMut;
use typify::TypeSpace;

use super::contract::{self, Contract};
use super::{lower, rust};

/// The hand-written wire types of the models crate, by string format.
const WIRE_TYPES: [(&str, &str); 2] = [("date-time", "crate::Timestamp"), ("uuid", "crate::Guid")];

pub(crate) fn generate(contract: &Contract) -> Result<String> {
    let mut settings = GenerationSettings::default();
    for (name, schema) in contract.schemas() {
        if contract::known_texts(schema).is_some() {
            settings.with_replacement(name, format!("crate::{name}"), std::iter::empty());
        }
    }
    for (format, name) in WIRE_TYPES {
        let string = serde_json::from_value(json!({ "type": "string", "format": format }))?;
        settings.with_conversion(string, name, std::iter::empty());
    }
    let mut generator = Generator::new(&settings);
    generator.generate_tokens(&lower::for_models(contract)).context("progenitor refuses the schemas")?;
    let types = generator.get_type_space();
    only_named_types(contract, types)?;
    let file: syn::File = syn::parse2(types.to_stream()).context("typify's output does not parse")?;

    let mut items = BTreeMap::new();
    for item in &file.items {
        if let syn::Item::Struct(item) = item {
            items.insert(item.ident.to_string(), item);
        }
    }
    let mut tokens = TokenStream::new();
    for (name, schema) in contract.schemas() {
        if let Some(texts) = contract::known_texts(schema) {
            tokens.extend(open_set(name, schema, &texts));
        } else if let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind {
            let item = items.get(name).with_context(|| format!("typify made no struct of schema {name}"))?;
            tokens.extend(structure(contract, name, schema, object, item)?);
        } else if !lower::is_shared_scalar(schema) {
            tokens.extend(other(name, schema, &file)?);
        }
    }
    rust::format(tokens)
}

/// A type that no schema names was made up by typify from something inline, and its name may clash with the next.
fn only_named_types(contract: &Contract, types: &TypeSpace) -> Result<()> {
    for made in types.iter_types() {
        let named = matches!(
            made.details(),
            typify::TypeDetails::Struct(_) | typify::TypeDetails::Enum(_) | typify::TypeDetails::Newtype(_)
        );
        if named && contract.schema(&made.name()).is_none() {
            bail!(
                "typify made up the type {}: give the inline schema it comes from a name of its own",
                made.name()
            );
        }
    }
    Ok(())
}

fn description(schema: &Schema) -> &str {
    schema.schema_data.description.as_deref().unwrap_or_default().trim()
}

fn doc(text: &str) -> TokenStream {
    text.lines().map(|line| format!(" {line}")).map(|line| quote!(#[doc = #line])).collect()
}

fn open_set(name: &str, schema: &Schema, texts: &[&str]) -> TokenStream {
    let ident = format_ident!("{name}");
    let doc_ = doc(description(schema));
    let variants = texts.iter().map(|text| {
        let variant = format_ident!("{}", rust::camel(text));
        let doc = doc(&format!("`{text}`"));
        quote!(#doc #variant = #text,)
    });
    quote!(crate::open_enum::open_enum! { #doc_ pub enum #ident { #(#variants)* } })
}

/// A schema that is neither object nor scalar: as typify wrote it, with this crate's derives.
fn other(name: &str, schema: &Schema, file: &syn::File) -> Result<TokenStream> {
    let doc = doc(description(schema));
    for item in &file.items {
        if let syn::Item::Enum(item) = item
            && item.ident == name
        {
            let mut item = item.clone();
            item.attrs.retain(|attribute| attribute.path().is_ident("serde"));
            ShortPaths.visit_item_enum_mut(&mut item);
            return Ok(quote! {
                #doc
                #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
                #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
                #[non_exhaustive]
                #item
            });
        }
    }
    bail!("schema {name} is neither an object, an open set of texts, nor a choice of scalars")
}

fn structure(
    contract: &Contract,
    name: &str,
    schema: &Schema,
    object: &ObjectType,
    item: &syn::ItemStruct,
) -> Result<TokenStream> {
    let ident = format_ident!("{name}");
    let doc_ = doc(description(schema));
    let mut fields = TokenStream::new();
    let mut printed = TokenStream::new();
    let mut private = false;
    for (wire, property) in &object.properties {
        let field = item
            .fields
            .iter()
            .find(|field| wire_name(field).is_some_and(|name| name == *wire))
            .with_context(|| format!("typify made no field of {name}.{wire}"))?;
        let field_name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let property =
            contract.resolve(property).with_context(|| format!("{name}.{wire} refers to nothing"))?;
        let field_ident = &field.ident;
        let mut ty = field.ty.clone();
        ShortPaths.visit_type_mut(&mut ty);
        let doc = doc(&documentation(object, wire, property));
        let serde = serde_attribute(wire, &field_name, property, &ty);
        fields.extend(quote!(#doc #serde pub #field_ident: #ty,));
        if contract::is_customer_data(property) {
            private = true;
            printed.extend(quote!(.field(#field_name, &crate::private(&self.#field_ident))));
        } else {
            printed.extend(quote!(.field(#field_name, &self.#field_ident)));
        }
    }
    let debug_derive = if private { quote!() } else { quote!(Debug,) };
    let debug_impl = private.then(|| {
        quote! {
            impl std::fmt::Debug for #ident {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct(#name) #printed .finish()
                }
            }
        }
    });
    Ok(quote! {
        #doc_
        #[derive(Clone, #debug_derive Default, PartialEq, serde::Deserialize, serde::Serialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #ident { #fields }
        #debug_impl
    })
}

/// The name a field of typify's has on the wire.
fn wire_name(field: &syn::Field) -> Option<String> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if !meta.input.peek(syn::Token![=]) {
                return Ok(());
            }
            let value: syn::LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("rename") {
                name = value.value();
            }
            Ok(())
        });
        parsed.ok()?;
    }
    Some(name)
}

/// A property's own words, or those of what it refers to.
fn documentation(object: &ObjectType, wire: &str, resolved: &Schema) -> String {
    let own = match object.properties.get(wire) {
        Some(ReferenceOr::Item(schema)) => description(schema),
        _ => "",
    };
    let text = if own.is_empty() { description(resolved) } else { own };
    if text.is_empty() { format!("`{wire}`.") } else { text.to_owned() }
}

fn serde_attribute(wire: &str, field: &str, property: &Schema, ty: &syn::Type) -> TokenStream {
    let mut parts = Vec::new();
    if wire != field {
        parts.push(quote!(rename = #wire));
    }
    for alias in other_spellings(wire, property) {
        parts.push(quote!(alias = #alias));
    }
    let text = ty.to_token_stream().to_string().replace(' ', "");
    let optional = text.starts_with("Option<");
    if optional {
        parts.push(quote!(default));
        parts.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    let reader = match text.as_str() {
        "i64" => Some("crate::lenient::integer"),
        "Option<i64>" => Some("crate::lenient::optional_integer"),
        "f64" => Some("crate::lenient::number"),
        "Option<f64>" => Some("crate::lenient::optional_number"),
        "Vec<String>" | "Option<Vec<String>>" => None,
        list if list.starts_with("Vec<") => Some("crate::lenient::rows"),
        list if list.starts_with("Option<Vec<") => Some("crate::lenient::optional_rows"),
        _ => None,
    };
    if let Some(reader) = reader {
        parts.push(quote!(deserialize_with = #reader));
    }
    if parts.is_empty() { quote!() } else { quote!(#[serde(#(#parts),*)]) }
}

/// What else the property has been sent as, and both letter cases of each: the service's families differ in that.
fn other_spellings(wire: &str, property: &Schema) -> Vec<String> {
    let mut spellings = Vec::new();
    for name in std::iter::once(wire).chain(contract::also_sent_as(property)) {
        for spelling in [name.to_owned(), other_case(name)] {
            if spelling != wire && !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
    }
    spellings
}

fn other_case(name: &str) -> String {
    let mut characters = name.chars();
    match characters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(characters).collect(),
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// `::std::option::Option` and its like, written the way a person would.
struct ShortPaths;

impl VisitMut for ShortPaths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.segments.first().is_some_and(|first| first.ident == "std")
            && let Some(last) = path.segments.last().cloned()
        {
            path.leading_colon = None;
            path.segments = std::iter::once(last).collect();
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
