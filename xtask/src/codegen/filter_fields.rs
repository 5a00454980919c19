//! Generates the fields by which the SDK filters and groups the rows of a query.
//!
//! A query is an operation whose filter has `x-fields`. The format of the filter names it: that of `usage-filter` is
//! `Usage`, for which the SDK has a marker type written by hand.

use anyhow::{Context, Result, bail, ensure};
use openapiv3::{
    Operation, Parameter, ParameterSchemaOrContent, ReferenceOr, SchemaKind, Type, VariantOrUnknownOrEmpty,
};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::contract::{self, Contract};
use super::rust;

/// A query whose rows can be filtered and grouped.
#[derive(PartialEq)]
struct Query<'a> {
    /// `deployment` of `deployment-filter`.
    name: &'a str,
    /// The schema of a page, and that of a row.
    page: &'a str,
    row: &'a str,
    /// The fields of a grouping.
    fields: Vec<&'a str>,
    /// The fields of a filter with their operators.
    compared: Vec<(&'a str, Vec<&'a str>)>,
    /// Whether the contract names the operators. Then the constants of the fields have a type that knows them.
    is_typed: bool,
}

/// The operators of a field for which the contract names none.
const EQUALITY: [&str; 2] = ["eq", "ne"];

pub(crate) fn generate(contract: &Contract) -> Result<String> {
    let queries = queries(contract)?;
    let (typed, licenses): (Vec<_>, Vec<_>) = queries.iter().partition(|query| query.is_typed);
    let is_shared = |field: &&str| licenses.iter().all(|query| query.fields.contains(field));
    let mut items = TokenStream::new();
    if let Some(first) = licenses.first() {
        let shared = first.fields.iter().copied().filter(is_shared);
        let constants = constants(contract, first, shared, "")?;
        items.extend(quote! { impl<Op: super::LicenseOperation> super::Field<Op> { #constants } });
    }
    for query in &licenses {
        let own: Vec<_> = query.fields.iter().copied().filter(|field| !is_shared(field)).collect();
        let marker = format_ident!("{}", rust::camel(query.name));
        if !own.is_empty() {
            let constants =
                constants(contract, query, own.into_iter(), &format!(" Only of {}.", query.name))?;
            items.extend(quote! { impl super::Field<super::#marker> { #constants } });
        }
        let fields = query.fields.iter().map(|field| constant(field)).map(|name| quote!(super::Field::#name));
        items.extend(operation(contract, query, fields)?);
    }
    for query in &typed {
        let mut kinds: Vec<(&str, Vec<&str>)> = Vec::new();
        for (field, operators) in &query.compared {
            let kind = kind(contract, query, field, operators)?.0;
            match kinds.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, fields)) => fields.push(field),
                None => kinds.push((kind, vec![field])),
            }
        }
        for (kind, fields) in kinds {
            let kind = format_ident!("{kind}");
            let constants = constants(contract, query, fields.into_iter(), "")?;
            items.extend(quote! { impl super::SubscriptionField<super::#kind> { #constants } });
        }
        let grouped = query.fields.iter().copied();
        let only_grouped = grouped.filter(|field| query.compared.iter().all(|(known, _)| known != field));
        let constants = constants(contract, query, only_grouped, " Only in groupings.")?;
        let fields = query.fields.iter().map(|field| quote!(super::Field::named(#field)));
        items.extend(quote! { impl super::SubscriptionField<super::Grouped> { #constants } });
        items.extend(operation(contract, query, fields)?);
    }
    rust::format(items)
}

fn operation(
    contract: &Contract,
    query: &Query,
    fields: impl Iterator<Item = TokenStream>,
) -> Result<TokenStream> {
    let marker = format_ident!("{}", rust::camel(query.name));
    let (name, page) = (query.name, format_ident!("{}", query.page));
    let mut comparisons = TokenStream::new();
    for (field, operators) in &query.compared {
        let value = format_ident!("{}", kind(contract, query, field, operators)?.1);
        comparisons.extend(quote! {
            super::Comparison {
                field: #field,
                operators: &[#(#operators),*],
                value: super::ValueKind::#value,
            },
        });
    }
    Ok(quote! {
        impl super::Operation for super::#marker {
            const NAME: &'static str = #name;
            type Page = crate::models::#page;
            const FIELDS: &'static [super::Field<Self>] = &[#(#fields),*];
            const COMPARISONS: &'static [super::Comparison] = &[#comparisons];
        }
    })
}

/// The SDK's name for how a field is compared, and what it is compared with.
fn kind(
    contract: &Contract,
    query: &Query,
    field: &str,
    operators: &[&str],
) -> Result<(&'static str, &'static str)> {
    let (_, property) = contract
        .properties(query.row)
        .find(|(name, _)| *name == field)
        .with_context(|| format!("{} has no property {field}", query.row))?;
    let is_date = matches!(
        &property.schema_kind,
        SchemaKind::Type(Type::String(text))
            if matches!(&text.format, VariantOrUnknownOrEmpty::Unknown(format) if format == "date-time-local")
    );
    let is_flag = matches!(&property.schema_kind, SchemaKind::Type(Type::Boolean(_)));
    Ok(match operators {
        ["eq", "ne"] if is_flag => ("Flag", "Flag"),
        ["eq", "ne", "gt", "lt", "ge", "le"] if is_date => ("Date", "Date"),
        ["eq", "ne"] => ("Exact", "Text"),
        ["contains"] => ("Searched", "Text"),
        ["contains", "eq", "ne"] => ("ExactOrSearched", "Text"),
        other => bail!("the SDK has no type for {field}, which is compared with {}", other.join(", ")),
    })
}

/// The queries, each once: some are at several paths.
fn queries(contract: &Contract) -> Result<Vec<Query<'_>>> {
    let mut queries: Vec<Query> = Vec::new();
    for (path, operation) in contract.operations() {
        let Some(query) = query(contract, path, operation)
            .with_context(|| format!("operation {}", operation.operation_id.as_deref().unwrap_or(path)))?
        else {
            continue;
        };
        match queries.iter().find(|known| known.name == query.name) {
            None => queries.push(query),
            Some(known) => ensure!(*known == query, "`{}-filter` has two meanings", query.name),
        }
    }
    Ok(queries)
}

fn query<'a>(contract: &'a Contract, path: &str, operation: &'a Operation) -> Result<Option<Query<'a>>> {
    let with_fields = contract
        .parameters(path, operation)
        .filter_map(|parameter| Some((contract::fields(parameter)?, parameter)));
    let with_fields: Vec<_> = with_fields.collect();
    let Some((fields, _)) = with_fields.first() else { return Ok(None) };
    let is_filter = |parameter: &Parameter| format(parameter)?.strip_suffix("-filter").map(str::to_owned);
    let filter = with_fields.iter().find(|(_, parameter)| is_filter(parameter).is_some());
    let (_, filter) = filter.context("`x-fields` needs a filter with a format that ends in `-filter`")?;
    let name = format(filter).and_then(|format| format.strip_suffix("-filter")).unwrap_or_default();
    let typed = contract::operators(filter);
    ensure!(
        typed.is_some() || with_fields.iter().all(|(other, _)| other == fields),
        "a filter and a grouping must have the same `x-fields`"
    );
    let grouping = with_fields.iter().find(|(_, parameter)| is_filter(parameter).is_none());
    let fields = grouping.map_or(fields, |(fields, _)| fields);
    let is_typed = typed.is_some();
    let compared = typed.unwrap_or_else(|| fields.iter().map(|field| (*field, EQUALITY.to_vec())).collect());
    let page = contract.answer(operation).context("it has no response")?;
    let row = contract.row(page).context("its response has no rows")?;
    for field in fields.iter().chain(compared.iter().map(|(field, _)| field)) {
        ensure!(
            contract.properties(row).any(|(property, _)| property == *field),
            "`x-fields` names {field}, which is not a property of {row}"
        );
    }
    Ok(Some(Query { name, page, row, fields: fields.clone(), compared, is_typed }))
}

/// The format of a parameter's text.
fn format(parameter: &Parameter) -> Option<&str> {
    let ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema)) = &parameter.parameter_data_ref().format
    else {
        return None;
    };
    match &schema.schema_kind {
        SchemaKind::Type(Type::String(text)) => match &text.format {
            VariantOrUnknownOrEmpty::Unknown(format) => Some(format),
            _ => None,
        },
        _ => None,
    }
}

/// A constant for each of these fields.
fn constants<'a>(
    contract: &Contract,
    query: &Query,
    fields: impl Iterator<Item = &'a str>,
    note: &str,
) -> Result<TokenStream> {
    let mut constants = TokenStream::new();
    for field in fields {
        let (_, property) = contract
            .properties(query.row)
            .find(|(name, _)| *name == field)
            .with_context(|| format!("{} has no property {field}", query.row))?;
        let known =
            contract::known_texts(property).map(|texts| format!(" Known values: `{}`.", texts.join("`, `")));
        let doc =
            rust::doc(&format!("{}{}{note}", contract::description(property), known.unwrap_or_default()));
        let name = constant(field);
        constants.extend(quote! {
            #doc
            pub const #name: Self = Self::named(#field);
        });
    }
    Ok(constants)
}

fn constant(field: &str) -> proc_macro2::Ident {
    format_ident!("{}", heck::ToShoutySnakeCase::to_shouty_snake_case(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fields generated from the contract with one change.
    fn generated(from: &str, to: &str) -> Result<String> {
        let text = std::fs::read_to_string(crate::root().join(contract::PATH)).unwrap();
        assert!(text.contains(from), "the contract has no {from}");
        generate(&Contract::parse(&text.replacen(from, to, 1)).unwrap())
    }

    #[test]
    fn a_new_field_needs_only_the_contract() {
        let code =
            generated("[serviceCode, serviceName,", "[serviceCode, processedDateTime, serviceName,").unwrap();
        let constant = "pub const PROCESSED_DATE_TIME: Self = Self::named(\"processedDateTime\");";
        let own = code.split("impl super::Field<super::Deployment>").nth(1).unwrap();
        assert!(own.split("impl ").next().unwrap().contains(constant), "{code}");
        let list = "super::Field::SERVICE_CODE,\n        super::Field::PROCESSED_DATE_TIME,";
        assert!(code.contains(list), "{code}");
    }

    #[test]
    fn fields_that_cannot_be_used_are_rejected() {
        for (from, to, message) in [
            (
                "[serviceCode,",
                "[price,",
                "names price, which is not a property of CommercialLicensesDeployment",
            ),
            ("x-fields: *deployment-fields", "x-fields: [channel]", "must have the same `x-fields`"),
            ("format: deployment-filter", "format: deployment", "ends in `-filter`"),
            ("format: usage-filter", "format: deployment-filter", "`deployment-filter` has two meanings"),
        ] {
            let error = format!("{:#}", generated(from, to).unwrap_err());
            assert!(error.contains(message), "{error}");
        }
    }
}
