//! Generates the client: progenitor writes the requests, and this module adds a value type per operation.
//!
//! progenitor keeps an operation's path, parameters and their types. The value type adds what progenitor drops: the
//! response model, the path template, and for a deprecated operation its successor.

use anyhow::{Context, Result, bail};
use openapiv3::{Operation, Parameter};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::{ToTokens, format_ident, quote};

use super::contract::{self, Contract};
use super::{rust, simplify};

pub(crate) fn generate(contract: &Contract) -> Result<String> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        // Without our hooks the generated code must not compile: they remove a header that the service does not know.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::attempt::Attempt));
    let mut generator = Generator::new(&settings);
    let tokens = generator
        .generate_tokens(&simplify::for_client(contract))
        .context("progenitor rejects the operations")?;
    let mut file: syn::File = syn::parse2(tokens).context("progenitor's output does not parse")?;
    // These modules belong to the models, which are generated elsewhere, or re-export private items.
    file.items.retain(|item| {
        !matches!(item, syn::Item::Mod(module) if module.ident == "types" || module.ident == "prelude")
    });
    for item in file.items.iter_mut().filter_map(implementation) {
        // `new` would build a client with its own timeouts; callers pass the one to use.
        item.items.retain(|item| !matches!(item, syn::ImplItem::Fn(function) if function.sig.ident == "new"));
    }
    for function in functions_mut(&mut file) {
        let operation = operation_named(contract, &function.sig.ident.to_string());
        if let Some(note) = operation.and_then(|(_, operation)| deprecation(operation)) {
            function.attrs.push(syn::parse_quote!(#[deprecated(note = #note)]));
        }
    }
    rust::format(file.into_token_stream())
}

/// Generates a value type per operation from the contract and the client's signatures.
pub(crate) fn operations(contract: &Contract, client: &str) -> Result<String> {
    let mut file = syn::parse_file(client)?;
    let mut types = vec![rust::format(continuations(contract))?];
    for function in functions_mut(&mut file) {
        let name = function.sig.ident.to_string();
        let Some((path, operation)) = operation_named(contract, &name) else { continue };
        types.push(rust::format(operation_type(contract, &name, path, operation, &function.sig)?)?);
    }
    Ok(types.join("\n"))
}

/// The members by which any collection indicates that there are more rows.
fn continuations(contract: &Contract) -> TokenStream {
    let [links, tokens, objects] = ["link", "token", "links"].map(|way| contract.continuations(way));
    quote! {
        /// The members by which a collection says that there is more, in every spelling.
        pub const NEXT_PAGE_KEYS: crate::operation::NextPageKeys = crate::operation::NextPageKeys {
            links: &[#(#links),*],
            tokens: &[#(#tokens),*],
            objects: &[#(#objects),*],
        };
    }
}

fn implementation(item: &mut syn::Item) -> Option<&mut syn::ItemImpl> {
    if let syn::Item::Impl(item) = item { Some(item) } else { None }
}

/// The functions that send a request.
fn functions_mut(file: &mut syn::File) -> impl Iterator<Item = &mut syn::ImplItemFn> {
    let items = file.items.iter_mut().filter_map(implementation).flat_map(|item| &mut item.items);
    items.filter_map(|item| match item {
        syn::ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
        _ => None,
    })
}

fn operation_named<'a>(contract: &'a Contract, name: &str) -> Option<(&'a str, &'a Operation)> {
    contract
        .operations()
        .find(|(_, operation)| operation.operation_id.as_deref().is_some_and(|id| rust::field(id) == name))
}

/// The note of a deprecated operation's attribute.
fn deprecation(operation: &Operation) -> Option<String> {
    if !operation.deprecated {
        return None;
    }
    Some(match contract::superseded_by(operation) {
        Some(successor) => format!("superseded by `{}`", rust::field(successor)),
        None => "deprecated by the service".to_owned(),
    })
}

/// The contract's description of a parameter.
fn parameter_doc(contract: &Contract, path: &str, operation: &Operation, field: &str) -> String {
    let mut parameters = contract.parameters(path, operation).map(Parameter::parameter_data_ref);
    let parameter = parameters.find(|parameter| rust::field(&parameter.name) == field);
    parameter
        .map(|parameter| {
            let description = parameter.description.as_deref().unwrap_or_default().trim().replace('\n', " ");
            contract::noted(&description, parameter.deprecated == Some(true))
        })
        .unwrap_or_default()
}

/// The trait methods for a collection's rows and count; none if the response is not a collection.
fn rows(contract: &Contract, answer: &str) -> Result<TokenStream> {
    let Some(rows) = contract.rows(answer) else { return Ok(quote!()) };
    let rows = format_ident!("{}", rust::field(rows));
    let (total, counts, keep) = match contract.count(answer) {
        None => (quote!(None), quote!(Page), quote!()),
        Some((name, counts)) => {
            let counts = match counts {
                "page" => quote!(Page),
                "query" => quote!(Query),
                other => bail!("{answer}: `x-counts` must be `page` or `query`, not `{other}`"),
            };
            let field = format_ident!("{}", rust::field(name));
            let length = quote!(i64::try_from(rows.len()).unwrap_or(i64::MAX));
            (quote!(answer.#field), counts, quote!(answer.#field = answer.#field.map(|_| #length);))
        }
    };
    Ok(quote! {
        fn empty() -> Option<Self::Response> {
            Some(Self::Response::default())
        }
        fn extent(answer: &Self::Response) -> Option<crate::operation::PageExtent> {
            Some(crate::operation::PageExtent {
                rows: answer.#rows.len(),
                total: #total,
                counts: crate::operation::CountScope::#counts,
            })
        }
        fn append(answer: &mut Self::Response, page: Self::Response) {
            let mut rows = std::mem::take(&mut answer.#rows);
            *answer = page;
            rows.append(&mut answer.#rows);
            #keep
            answer.#rows = rows;
        }
    })
}

/// The method that builds the operation's path, if the path has parameters.
fn path_function(contract: &Contract, path: &str, operation: &Operation) -> TokenStream {
    let names = contract.parameters(path, operation).filter_map(|parameter| match parameter {
        Parameter::Path { parameter_data, .. } => Some(parameter_data.name.as_str()),
        _ => None,
    });
    let (mut template, mut arguments) = (path.to_owned(), TokenStream::new());
    for name in names {
        template = template.replace(&format!("{{{name}}}"), "{}");
        let field = format_ident!("{}", rust::field(name));
        arguments.extend(quote!(, progenitor_client::encode_path(&self.#field.to_string())));
    }
    if arguments.is_empty() {
        return quote!();
    }
    quote! {
        fn path(&self) -> std::borrow::Cow<'static, str> {
            std::borrow::Cow::Owned(format!(#template #arguments))
        }
    }
}

fn operation_type(
    contract: &Contract,
    name: &str,
    path: &str,
    operation: &Operation,
    signature: &syn::Signature,
) -> Result<TokenStream> {
    let ident = format_ident!("{}", rust::camel(name));
    let type_name = ident.to_string();
    let function = &signature.ident;
    let answer = contract.answer(operation).with_context(|| format!("operation {name} has no response"))?;
    let rows = rows(contract, answer)?;
    let answer = format_ident!("{answer}");
    let summary = operation.summary.as_deref().unwrap_or_default().trim_end_matches('.');
    let description = operation.description.as_deref().map(|text| format!("{}\n\n", text.trim()));
    let docs = rust::doc(&format!("{summary}.\n\n{}`GET {path}`", description.unwrap_or_default()));
    let note = deprecation(operation);
    let deprecated = note.as_ref().map(|note| quote!(#[deprecated(note = #note)]));
    let superseded_by = contract::superseded_by(operation).map(rust::field);
    let superseded_by = superseded_by.map_or(quote!(None), |successor| quote!(Some(#successor)));
    let takes = |name: &str| {
        contract.parameters(path, operation).any(|parameter| parameter.parameter_data_ref().name == name)
    };
    let (skips, seeks) = (takes("skip"), takes("MS-ContinuationToken"));
    let path_function = path_function(contract, path, operation);

    let mut fields = TokenStream::new();
    let mut arguments = TokenStream::new();
    let mut all_optional = true;
    for input in signature.inputs.iter().skip(1) {
        let syn::FnArg::Typed(input) = input else { continue };
        let field = &input.pat;
        let text = rust::text(&input.ty);
        let (ty, argument) = match text.as_str() {
            "Option<&'astr>" => (quote!(Option<String>), quote!(self.#field.as_deref())),
            "&'astr" => (quote!(String), quote!(&self.#field)),
            "&'a::uuid::Uuid" => (quote!(uuid::Uuid), quote!(&self.#field)),
            "i64" | "bool" | "Option<i64>" | "Option<bool>" => {
                (input.ty.to_token_stream(), quote!(self.#field))
            }
            other => bail!("operation {name}: unsupported parameter type {other}"),
        };
        all_optional &= text.starts_with("Option<");
        let doc = rust::doc(&parameter_doc(contract, path, operation, &field.to_token_stream().to_string()));
        fields.extend(quote!(#doc pub #field: #ty,));
        arguments.extend(quote!(#argument,));
    }
    let default = all_optional.then(|| quote!(Default,));
    Ok(quote! {
        #docs
        #deprecated
        #[derive(Clone, #default)]
        pub struct #ident { #fields }

        impl crate::operation::Operation for #ident {
            type Response = partner_center_models::#answer;
            const DETAILS: crate::operation::OperationDetails = crate::operation::OperationDetails {
                id: #name,
                method: "GET",
                path: #path,
                superseded_by: #superseded_by,
                skips: #skips,
                seeks: #seeks,
            };
            #path_function
            #rows
            async fn send(&self, client: crate::operation::Client) -> crate::operation::SendResult {
                client.sent(client.generated().#function(#arguments).await)
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
