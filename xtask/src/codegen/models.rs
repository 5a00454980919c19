//! Generates the models: typify decides names and types, and this module writes the structs of the models crate.
//!
//! typify is called through progenitor, which keeps `nullable`. This module writes fields in the contract's order and
//! adds tolerant decoding of every field in all known spellings, `JsonSchema` behind a feature, and a `Debug` that
//! prints no customer data.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use openapiv3::{ObjectType, Schema, SchemaKind, Type};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator};
use quote::{format_ident, quote};
use serde_json::json;
use syn::visit_mut::VisitMut;
use typify::TypeSpace;

use super::contract::{self, Contract, description};
use super::{rust, simplify};

/// The hand-written wire types of the models crate, by string format.
const WIRE_TYPES: [(&str, &str); 3] =
    [("date-time", "crate::Timestamp"), ("date-time-local", "crate::Timestamp"), ("uuid", "crate::Guid")];

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
    generator.generate_tokens(&simplify::for_models(contract)).context("progenitor rejects the schemas")?;
    let types = generator.get_type_space();
    only_named_types(contract, types)?;
    let file: syn::File = syn::parse2(types.to_stream()).context("typify's output does not parse")?;

    let mut items = BTreeMap::new();
    for item in &file.items {
        if let syn::Item::Struct(item) = item {
            items.insert(item.ident.to_string(), item);
        }
    }
    let mut types = Vec::new();
    for (name, schema) in contract.schemas() {
        if let Some(texts) = contract::known_texts(schema) {
            types.push(open_set(name, schema, &texts));
        } else if let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind {
            let item =
                items.get(name).with_context(|| format!("typify generated no struct for schema {name}"))?;
            types.push(rust::format(structure(contract, name, schema, object, item)?)?);
            types.push(reading(contract, name, object, item)?);
        } else if !simplify::is_shared_scalar(schema) {
            types.push(rust::format(choice(name, schema, &file)?)?);
        }
    }
    types.push(all(contract));
    types.push(collections(contract));
    Ok(types.join("\n"))
}

/// A macro that passes the names of all models to another macro.
fn all(contract: &Contract) -> String {
    let mut lines = vec![
        "/// Calls the macro of the given name with the names of all models.".to_owned(),
        "#[doc(hidden)]\n#[macro_export]\nmacro_rules! for_each_model {".to_owned(),
        "    ($callback:ident) => {\n        $callback! {".to_owned(),
    ];
    let types = contract.schemas().filter(|(_, schema)| !simplify::is_shared_scalar(schema));
    lines.extend(types.map(|(name, _)| format!("            {name},")));
    lines.push("        }\n    };\n}\n".to_owned());
    lines.join("\n")
}

/// A macro that passes every collection, with the field of its items and their type, to another macro.
fn collections(contract: &Contract) -> String {
    let mut lines = vec![
        "/// Calls the macro of the given name with all collections, each with the field and the type of its items.".to_owned(),
        "#[doc(hidden)]\n#[macro_export]\nmacro_rules! for_each_collection {".to_owned(),
        "    ($callback:ident) => {\n        $callback! {".to_owned(),
    ];
    lines.extend(contract.schemas().filter_map(|(name, _)| {
        let (rows, row) = (contract.rows(name)?, contract.row(name)?);
        Some(format!("            {name} {{ {}: {row} }},", rust::field(rows)))
    }));
    lines.push("        }\n    };\n}\n".to_owned());
    lines.join("\n")
}

/// Fails if typify invented a type for an inline schema, because such a name may conflict with another.
fn only_named_types(contract: &Contract, types: &TypeSpace) -> Result<()> {
    for made in types.iter_types() {
        let named = matches!(
            made.details(),
            typify::TypeDetails::Struct(_) | typify::TypeDetails::Enum(_) | typify::TypeDetails::Newtype(_)
        );
        if named && contract.schema(&made.name()).is_none() {
            bail!(
                "typify invented the type {}: move the inline schema it comes from to a named schema",
                made.name()
            );
        }
    }
    Ok(())
}

/// An open set of strings, as the arguments of a macro, which no formatter can format.
fn open_set(name: &str, schema: &Schema, texts: &[&str]) -> String {
    let mut lines = vec!["crate::open_enum::open_enum! {".to_owned()];
    lines.extend(description(schema).lines().map(|line| format!("    ///{}", rust::doc_line(line))));
    lines.push(format!("    pub enum {name} {{"));
    for known in texts {
        lines.push(format!("        /// `{known}`"));
        lines.push(format!("        {} = {known:?},", rust::camel(known)));
    }
    lines.push("    }\n}\n".to_owned());
    lines.join("\n")
}

/// A `oneOf` of scalars: typify's enum, with the derives of the models crate.
fn choice(name: &str, schema: &Schema, file: &syn::File) -> Result<TokenStream> {
    let doc = rust::doc(&description(schema));
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
    bail!("typify generated no enum for schema {name}")
}

fn structure(
    contract: &Contract,
    name: &str,
    schema: &Schema,
    object: &ObjectType,
    item: &syn::ItemStruct,
) -> Result<TokenStream> {
    let ident = format_ident!("{name}");
    let type_doc = rust::doc(&description(schema));
    let mut fields = TokenStream::new();
    let mut printed = TokenStream::new();
    let mut private = false;
    for (wire, property) in &object.properties {
        let field = field_of(item, wire)?;
        let field_name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let property =
            contract.property(property).with_context(|| format!("{name}.{wire} has a dangling `$ref`"))?;
        let field_ident = &field.ident;
        let mut ty = field.ty.clone();
        ShortPaths.visit_type_mut(&mut ty);
        let doc = rust::doc(&description(property));
        let serde = serde_attribute(wire, &field_name, &ty);
        fields.extend(quote!(#doc #serde pub #field_ident: #ty,));
        if contract::is_customer_data(property) {
            private = true;
            let printed_as = if is_option(&ty) {
                quote!(crate::private(&self.#field_ident))
            } else {
                quote!(crate::private(&Some(())))
            };
            printed.extend(quote!(.field(#field_name, &#printed_as)));
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
        #type_doc
        #[derive(Clone, #debug_derive Default, PartialEq, serde::Serialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #ident { #fields }
        #debug_impl
    })
}

/// typify's field of a property.
fn field_of<'a>(item: &'a syn::ItemStruct, wire: &str) -> Result<&'a syn::Field> {
    item.fields
        .iter()
        .find(|field| wire_name(field).is_some_and(|name| name == wire))
        .with_context(|| format!("typify generated no field for {}.{wire}", item.ident))
}

/// The JSON name of a field that typify generated.
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

fn serde_attribute(wire: &str, field: &str, ty: &syn::Type) -> TokenStream {
    let mut parts = Vec::new();
    if wire != field {
        parts.push(quote!(rename = #wire));
    }
    if is_option(ty) {
        parts.push(quote!(skip_serializing_if = "Option::is_none"));
    }
    if parts.is_empty() { quote!() } else { quote!(#[serde(#(#parts),*)]) }
}

/// The arguments of the macro that decodes a struct: each field's kind, and all spellings of its name.
fn reading(contract: &Contract, name: &str, object: &ObjectType, item: &syn::ItemStruct) -> Result<String> {
    let mut lines = vec![format!("crate::lenient::model! {{\n    {name} {{")];
    for (wire, property) in &object.properties {
        let field = field_of(item, wire)?;
        let field_name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let property =
            contract.property(property).with_context(|| format!("{name}.{wire} has a dangling `$ref`"))?;
        let mut ty = field.ty.clone();
        ShortPaths.visit_type_mut(&mut ty);
        let (presence, kind) = kind(contract, property, &ty);
        let spellings: Vec<_> = std::iter::once(wire.clone())
            .chain(contract::other_spellings(wire, &contract::also_sent_as(property)))
            .map(|spelling| format!("{spelling:?}"))
            .collect();
        lines.push(format!("        {field_name}: {presence} {kind} = {},", spellings.join(" | ")));
    }
    lines.push("    }\n}\n".to_owned());
    Ok(lines.join("\n"))
}

/// Whether a field is required, and which decoder of the models crate it uses.
fn kind(contract: &Contract, property: &Schema, ty: &syn::Type) -> (&'static str, String) {
    let text = rust::text(ty);
    let optional = text.strip_prefix("Option<").and_then(|text| text.strip_suffix('>'));
    let inner = optional.unwrap_or(&text);
    let row = inner.strip_prefix("Vec<").and_then(|text| text.strip_suffix('>'));
    match (optional, row) {
        (None, Some(row)) if is_object(contract, row) => ("rows", row.to_owned()),
        (None, _) => ("required", scalar_kind(contract, property, inner, row)),
        (Some(_), _) => ("optional", scalar_kind(contract, property, inner, row)),
    }
}

fn scalar_kind(contract: &Contract, property: &Schema, ty: &str, item: Option<&str>) -> String {
    if let Some(item) = item {
        return format!("List<{}>", scalar_kind(contract, property, item, None));
    }
    match ty {
        "i64" if contract::is_never_negative(property) => "Count".to_owned(),
        "i64" => "Whole".to_owned(),
        "f64" => "Fraction".to_owned(),
        "bool" => "Flag".to_owned(),
        "String" => "Text<String>".to_owned(),
        object if is_object(contract, object) => format!("Nested<{object}>"),
        // Hand-written wire types and open sets accept any string.
        by_hand if by_hand.starts_with("crate::") => format!("Text<{by_hand}>"),
        choice => format!("Choice<{choice}>"),
    }
}

fn is_object(contract: &Contract, name: &str) -> bool {
    let schema = contract.schema(name);
    schema.is_some_and(|schema| matches!(schema.schema_kind, SchemaKind::Type(Type::Object(_))))
}

fn is_option(ty: &syn::Type) -> bool {
    rust::text(ty).starts_with("Option<")
}

/// Shortens paths such as `::std::option::Option` to their last segment.
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
