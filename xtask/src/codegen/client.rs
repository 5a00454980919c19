//! Generates the client: progenitor writes the requests, and this module adds a value type per operation.
//!
//! progenitor keeps an operation's path, parameters and their types. Of its functions, only the part that builds the
//! request is kept: the part that sends it would copy the headers of the request and of the response, and sends a header
//! that the service does not know. The value type adds what progenitor drops: the response model, the path template, and
//! for a deprecated operation its successor.

use anyhow::{Context, Result, bail, ensure};
use openapiv3::{Operation, Parameter};
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ImplItem, ImplItemFn, Item, Pat, Stmt};

use super::contract::{self, Contract};
use super::{rust, simplify};

/// Generates a client with a function per operation that builds its request.
pub(crate) fn generate(contract: &Contract) -> Result<String> {
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional);
    let mut generator = Generator::new(&settings);
    let tokens = generator
        .generate_tokens(&simplify::for_client(contract))
        .context("progenitor rejects the operations")?;
    let mut file: syn::File = syn::parse2(tokens).context("progenitor's output does not parse")?;
    file.items.retain(|item| match item {
        Item::Struct(_) => true,
        Item::Impl(item) => item.trait_.is_none(),
        // The public ones re-export items of progenitor's library.
        Item::Use(item) => matches!(item.vis, syn::Visibility::Inherited),
        _ => false,
    });
    for item in file.items.iter_mut().filter_map(implementation) {
        // `new` would build a client with its own timeouts; callers pass the one to use.
        item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
    }
    let mut count = 0;
    for (path, _, function) in functions_mut(contract, &mut file) {
        build_only(path, function)
            .with_context(|| format!("progenitor's output has changed: {}", function.sig.ident))?;
        count += 1;
    }
    ensure!(
        count == contract.operations().count(),
        "progenitor's output has changed: {count} functions for {} operations",
        contract.operations().count()
    );
    rust::format(file.into_token_stream())
}

/// Reduces a function that sends a request to the part that builds it.
fn build_only(path: &str, function: &mut ImplItemFn) -> Result<()> {
    let variable = |wanted: &str| {
        let locals = function.block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Local(local) => Some(local),
            _ => None,
        });
        let mut named =
            locals.filter(|local| matches!(&local.pat, Pat::Ident(pattern) if pattern.ident == wanted));
        named.next().with_context(|| format!("there is no variable `{wanted}`"))
    };
    let url = variable("url")?.clone();
    let request = variable("request")?.init.as_ref().context("`request` has no value")?;
    let Expr::Try(build) = &*request.expr else { bail!("`request` is not built with `?`") };
    let build = without_headers((*build.expr).clone());
    let doc = rust::doc(&format!("Builds the request of `GET {path}`."));
    let (name, generics, inputs) =
        (&function.sig.ident, &function.sig.generics, function.sig.inputs.iter().collect::<Vec<_>>());
    *function = syn::parse_quote! {
        #doc
        pub fn #name #generics(#(#inputs),*) -> reqwest::Result<reqwest::Request> {
            #url
            #build
        }
    };
    Ok(())
}

/// Removes the call that adds progenitor's own header, which the service does not know.
fn without_headers(expression: Expr) -> Expr {
    match expression {
        Expr::MethodCall(call) if call.method == "headers" => without_headers(*call.receiver),
        Expr::MethodCall(mut call) => {
            *call.receiver = without_headers(*call.receiver);
            Expr::MethodCall(call)
        }
        other => other,
    }
}

/// Generates a value type per operation from the contract and the client's signatures.
pub(crate) fn operations(contract: &Contract, client: &str) -> Result<String> {
    let mut file = syn::parse_file(client)?;
    let mut types = vec![rust::format(continuations(contract))?];
    let mut names = Vec::new();
    for (path, operation, function) in functions_mut(contract, &mut file) {
        types.push(rust::format(operation_type(contract, path, operation, &function.sig)?)?);
        let id = operation.operation_id.as_deref().unwrap_or_default();
        names.push(format!("            {id:?} => {},", rust::camel(&function.sig.ident.to_string())));
    }
    types.push(all(&names));
    Ok(types.join("\n"))
}

/// A macro that passes the id and the type of every operation to another macro.
fn all(names: &[String]) -> String {
    let mut lines = vec![
        "/// Calls the macro of the given name with the id of every operation and its type in `operations`."
            .to_owned(),
        "#[doc(hidden)]\n#[macro_export]\nmacro_rules! for_each_operation {".to_owned(),
        "    ($callback:ident) => {\n        $callback! {".to_owned(),
    ];
    lines.extend_from_slice(names);
    lines.push("        }\n    };\n}\n".to_owned());
    lines.join("\n")
}

/// The members by which any collection indicates that there are more rows.
fn continuations(contract: &Contract) -> TokenStream {
    let [links, tokens, objects] = ["link", "token", "links"].map(|way| contract.continuations(way));
    quote! {
        /// The members by which a collection says that there is more, in every spelling.
        pub(crate) const NEXT_PAGE_KEYS: crate::operation::NextPageKeys = crate::operation::NextPageKeys {
            links: &[#(#links),*],
            tokens: &[#(#tokens),*],
            objects: &[#(#objects),*],
        };
    }
}

fn implementation(item: &mut Item) -> Option<&mut syn::ItemImpl> {
    if let Item::Impl(item) = item { Some(item) } else { None }
}

/// The functions of the operations, each with the operation and its path.
fn functions_mut<'a>(
    contract: &'a Contract,
    file: &'a mut syn::File,
) -> impl Iterator<Item = (&'a str, &'a Operation, &'a mut ImplItemFn)> {
    let items = file.items.iter_mut().filter_map(implementation).flat_map(|item| &mut item.items);
    items.filter_map(|item| {
        let ImplItem::Fn(function) = item else { return None };
        let name = function.sig.ident.to_string();
        let is_named = |operation: &Operation| {
            operation.operation_id.as_deref().is_some_and(|id| rust::field(id) == name)
        };
        let (path, operation) = contract.operations().find(|(_, operation)| is_named(operation))?;
        Some((path, operation, function))
    })
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
    path: &str,
    operation: &Operation,
    signature: &syn::Signature,
) -> Result<TokenStream> {
    let function = &signature.ident;
    let name = function.to_string();
    let ident = format_ident!("{}", rust::camel(&name));
    let type_name = ident.to_string();
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
            // Sent as one parameter for each item, which is OpenAPI's default for lists.
            "Option<&'aVec<String>>" | "Option<&'a::std::vec::Vec<::std::string::String>>" => {
                (quote!(Option<Vec<String>>), quote!(self.#field.as_ref()))
            }
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
        }

        impl crate::operation::BuildRequest for #ident {
            fn request(&self, requests: &crate::generated_requests::Client) -> reqwest::Result<reqwest::Request> {
                requests.#function(#arguments)
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
