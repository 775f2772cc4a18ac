//! Derives `shared::json::Read` for structs with named fields and for enums, as serde's attributes say they are written:
//! `rename_all` and `rename_all_fields = "camelCase"`, `rename`, `skip`, `default` and `deny_unknown_fields`; `lowercase` and `kebab-case` too. Enums are tagged
//! from without. An attribute that would change what is read and is not known here is refused.
#![forbid(unsafe_code)]

mod attributes;

use attributes::{Attributes, Case, Fallback};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, FieldsNamed, Ident, Result, parse_macro_input};

/// See the crate's own description.
#[proc_macro_derive(Read, attributes(serde))]
pub fn derive_read(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let name = &input.ident;
    let container = Attributes::of(&input.attrs)?;
    let body = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => object(&quote!(Self), fields, container.case, &container)?,
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                quote!(shared::json::Read::read(json).map(Self))
            }
            other => return Err(Error::new_spanned(other, "only named fields are read")),
        },
        Data::Enum(data) => {
            let mut names = Vec::new();
            let mut arms = Vec::new();
            for variant in &data.variants {
                let attributes = Attributes::of(&variant.attrs)?;
                let written = attributes.name(&variant.ident.to_string(), container.case);
                let ident = &variant.ident;
                let value = match &variant.fields {
                    Fields::Unit => quote!(Self::#ident),
                    Fields::Named(fields) => {
                        let case = match attributes.case {
                            Case::Same => container.case_of_fields,
                            case => case,
                        };
                        let body = object(&quote!(Self::#ident), fields, case, &container)?;
                        quote!({ #body }?)
                    }
                    Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                        quote!(Self::#ident(shared::json::Read::read(json)?))
                    }
                    Fields::Unnamed(fields) => {
                        let items = (0..fields.unnamed.len()).map(|index| quote!(json.item(#index)?));
                        quote!(Self::#ident(#(#items),*))
                    }
                };
                arms.push(quote!(#written => #value));
                names.push(written);
            }
            let holds = data.variants.iter().any(|variant| !matches!(variant.fields, Fields::Unit));
            let tag = if holds {
                quote!(let (tag, json) = json.tagged()?;)
            } else {
                quote!(let tag = json.tag()?;)
            };
            quote! {
                #tag
                Ok(match tag {
                    #(#arms,)*
                    _ => return Err(shared::json::Wrong::one_of(&[#(#names),*])),
                })
            }
        }
        Data::Union(_) => return Err(Error::new_spanned(&input.ident, "a union cannot be read")),
    };
    Ok(quote! {
        impl shared::json::Read for #name {
            fn read(json: &shared::json::Json) -> Result<Self, shared::json::Wrong> {
                #body
            }
        }
    })
}

/// An expression that reads an object's members and makes of them what is asked for.
fn object(
    made: &TokenStream,
    fields: &FieldsNamed,
    case: Case,
    container: &Attributes,
) -> Result<TokenStream> {
    let mut names = Vec::new();
    let mut values = Vec::new();
    for field in &fields.named {
        let attributes = Attributes::of(&field.attrs)?;
        let ident = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
        let written = attributes.name(ident.trim_start_matches("r#"), case);
        let ident = &field.ident;
        if attributes.skip {
            values.push(quote!(#ident: Default::default()));
            continue;
        }
        let value = quote!(json.known(#written)?);
        values.push(match (&attributes.fallback, &container.fallback) {
            (Fallback::Function(function), _) => quote!(#ident: #value.unwrap_or_else(#function)),
            (Fallback::Default, _) => quote!(#ident: #value.unwrap_or_default()),
            (_, Fallback::Default) => quote!(#ident: #value.unwrap_or(otherwise.#ident)),
            _ => quote!(#ident: json.field(#written)?),
        });
        names.push(written);
    }
    let known = if container.deny_unknown_fields { quote!(Some(&[#(#names),*])) } else { quote!(None) };
    let otherwise = match container.fallback {
        Fallback::Default => quote!(let otherwise = Self::default();),
        _ => quote!(),
    };
    Ok(quote! {
        json.object(#known)?;
        #otherwise
        Ok::<_, shared::json::Wrong>(#made { #(#values),* })
    })
}
