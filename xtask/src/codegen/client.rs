//! The client: progenitor writes the requests, this module a value type per operation on top.
//!
//! Of an operation progenitor knows the path, the parameters and their types. The value type adds what it drops: the
//! answer's model, the path's template, and that the operation is deprecated and by what it is superseded.

use anyhow::{Context, Result, bail};
use openapiv3::{MediaType, Operation, ReferenceOr, StatusCode};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::{ToTokens, format_ident, quote};

use super::contract::{self, Contract};
use super::{lower, rust};

pub(crate) fn generate(contract: &Contract) -> Result<String> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        // Without our hooks the generated code must not compile: they take a header off that the service does not know.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::seam::Attempt));
    let mut generator = Generator::new(&settings);
    let tokens = generator
        .generate_tokens(&lower::for_client(contract))
        .context("progenitor refuses the operations")?;
    let mut file: syn::File = syn::parse2(tokens).context("progenitor's output does not parse")?;
    // Left over of the models, which are elsewhere.
    file.items.retain(|item| !matches!(item, syn::Item::Mod(module) if module.ident == "types"));
    for function in functions_mut(&mut file) {
        let name = function.sig.ident.to_string();
        if let Some(note) =
            operation_named(contract, &name).and_then(|(_, _, operation)| deprecation(operation))
        {
            function.attrs.push(syn::parse_quote!(#[deprecated(note = #note)]));
        }
    }
    rust::format(file.into_token_stream())
}

/// A value type per operation, made from the contract and the client's own signatures.
pub(crate) fn operations(contract: &Contract, client: &str) -> Result<String> {
    let mut file = syn::parse_file(client)?;
    let mut tokens = TokenStream::new();
    for function in functions_mut(&mut file) {
        let name = function.sig.ident.to_string();
        let Some((path, method, operation)) = operation_named(contract, &name) else { continue };
        tokens.extend(operation_type(contract, &name, path, method, operation, &function.sig)?);
    }
    rust::format(tokens)
}

fn functions_mut(file: &mut syn::File) -> impl Iterator<Item = &mut syn::ImplItemFn> {
    file.items
        .iter_mut()
        .filter_map(|item| match item {
            syn::Item::Impl(item) => Some(&mut item.items),
            _ => None,
        })
        .flatten()
        .filter_map(|item| match item {
            syn::ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
            _ => None,
        })
}

fn operation_named<'a>(contract: &'a Contract, name: &str) -> Option<(&'a str, &'a str, &'a Operation)> {
    contract.operations().find(|(_, _, operation)| {
        operation.operation_id.as_deref().is_some_and(|operation| rust::snake(operation) == name)
    })
}

/// What a deprecated operation's attribute says.
fn deprecation(operation: &Operation) -> Option<String> {
    if !operation.deprecated {
        return None;
    }
    Some(match contract::superseded_by(operation) {
        Some(successor) => format!("superseded by `{}`", rust::snake(successor)),
        None => "deprecated by the service".to_owned(),
    })
}

/// What the contract says of a parameter.
fn description(contract: &Contract, path: &str, operation: &Operation, field: &str) -> String {
    let shared = contract.spec.paths.paths.get(path).and_then(ReferenceOr::as_item);
    let shared = shared.into_iter().flat_map(|item| &item.parameters);
    let found = operation.parameters.iter().chain(shared).find_map(|parameter| {
        let data = contract.parameter(parameter)?.parameter_data_ref();
        (rust::snake(&data.name) == field).then(|| data.description.clone()).flatten()
    });
    found.unwrap_or_else(|| format!("`{field}`.")).trim().replace('\n', " ")
}

fn operation_type(
    contract: &Contract,
    name: &str,
    path: &str,
    method: &str,
    operation: &Operation,
    signature: &syn::Signature,
) -> Result<TokenStream> {
    let ident = format_ident!("{}", rust::camel(name));
    let type_name = ident.to_string();
    let function = &signature.ident;
    let answer = format_ident!("{}", answer(operation).with_context(|| format!("operation {name}"))?);
    let empty = if contract.has_rows(&answer.to_string()) {
        quote!(Some(Self::Answer::default()))
    } else {
        quote!(None)
    };
    let method = method.to_uppercase();
    let title = format!(" {}.", operation.summary.as_deref().unwrap_or(name).trim_end_matches('.'));
    let route = format!(" `{method} {path}`");
    let note = deprecation(operation);
    let deprecated = note.as_ref().map(|note| quote!(#[deprecated(note = #note)]));
    let superseded_by = match contract::superseded_by(operation) {
        Some(successor) => {
            let successor = rust::snake(successor);
            quote!(Some(#successor))
        }
        None => quote!(None),
    };

    let mut fields = TokenStream::new();
    let mut arguments = TokenStream::new();
    let mut all_optional = true;
    for input in signature.inputs.iter().skip(1) {
        let syn::FnArg::Typed(input) = input else { continue };
        let field = &input.pat;
        let text = input.ty.to_token_stream().to_string().replace(' ', "");
        let (ty, argument) = match text.as_str() {
            "Option<&'astr>" => (quote!(Option<String>), quote!(self.#field.as_deref())),
            "Option<i64>" => (quote!(Option<i64>), quote!(self.#field)),
            "&'a::uuid::Uuid" => (quote!(uuid::Uuid), quote!(&self.#field)),
            "&'astr" => (quote!(String), quote!(&self.#field)),
            "i64" => (quote!(i64), quote!(self.#field)),
            other => bail!("operation {name}: no value type is known for a parameter of type {other}"),
        };
        all_optional &= text.starts_with("Option<");
        let doc =
            format!(" {}", description(contract, path, operation, &field.to_token_stream().to_string()));
        fields.extend(quote!(#[doc = #doc] pub #field: #ty,));
        arguments.extend(quote!(#argument,));
    }
    let default = all_optional.then(|| quote!(Default,));
    Ok(quote! {
        #[doc = #title]
        #[doc = ""]
        #[doc = #route]
        #deprecated
        #[derive(Clone, #default)]
        pub struct #ident { #fields }

        impl crate::seam::Operation for #ident {
            type Answer = partner_center_models::#answer;
            const DETAILS: crate::seam::OperationDetails = crate::seam::OperationDetails {
                id: #name,
                method: #method,
                path: #path,
                superseded_by: #superseded_by,
            };
            fn empty() -> Option<Self::Answer> {
                #empty
            }
            async fn send(&self, client: &crate::seam::Client) -> crate::seam::Sent {
                crate::seam::sent(client.generated().#function(#arguments).await)
            }
        }

        impl std::fmt::Debug for #ident {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                // Filters hold customer names.
                f.debug_struct(#type_name).finish_non_exhaustive()
            }
        }
    })
}

/// The model of the operation's one successful answer.
pub(crate) fn answer(operation: &Operation) -> Result<&str> {
    let mut answers = Vec::new();
    for (status, response) in &operation.responses.responses {
        let success = match status {
            StatusCode::Code(code) => (200..300).contains(code),
            StatusCode::Range(range) => *range == 2,
        };
        let ReferenceOr::Item(response) = response else { continue };
        if success {
            answers.extend(response.content.iter().filter(|(_, media)| media.schema.is_some()));
        }
    }
    match answers.as_slice() {
        [(kind, MediaType { schema: Some(ReferenceOr::Reference { reference }), .. })]
            if *kind == "application/json" =>
        {
            contract::schema_name(reference)
                .context("its answer refers to something that is no component schema")
        }
        [] => bail!("it has no successful answer with a schema"),
        [_] => bail!("its successful answer must be application/json with a $ref to a component schema"),
        _ => bail!("it has more than one successful answer with a schema; the generators take one"),
    }
}
