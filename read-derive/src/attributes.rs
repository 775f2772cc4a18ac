//! serde's attributes, as far as they say how something is read.

use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Path, Result};

/// What stands in for a member that is not there.
#[derive(Default)]
pub(crate) enum Fallback {
    /// Nothing; it must be there, unless its type can do without.
    #[default]
    None,
    /// The type's default.
    Default,
    /// What this function gives.
    Function(Path),
}

/// How names in Rust are written in JSON.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Case {
    #[default]
    Same,
    Camel,
    Lower,
    Kebab,
}

/// The attributes of a type, a variant or a field.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) case: Case,
    pub(crate) case_of_fields: Case,
    pub(crate) deny_unknown_fields: bool,
    pub(crate) skip: bool,
    pub(crate) fallback: Fallback,
    rename: Option<String>,
}

impl Attributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        for attribute in attributes.iter().filter(|it| it.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| read.take(&meta))?;
        }
        Ok(read)
    }

    fn take(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
        match name.as_str() {
            "rename" => self.rename = Some(meta.value()?.parse::<LitStr>()?.value()),
            "rename_all" => self.case = case(meta)?,
            "rename_all_fields" => self.case_of_fields = case(meta)?,
            "skip" => self.skip = true,
            "deny_unknown_fields" => self.deny_unknown_fields = true,
            // A type of one field without a name is read so in any case.
            "transparent" => {}
            "default" if meta.input.peek(syn::Token![=]) => {
                self.fallback = Fallback::Function(meta.value()?.parse::<LitStr>()?.parse()?);
            }
            "default" => self.fallback = Fallback::Default,
            // How it is written is no concern of this one's.
            "skip_serializing_if" => {
                meta.value()?.parse::<LitStr>()?;
            }
            _ => return Err(meta.error("this is not known to the reading of JSON")),
        }
        Ok(())
    }

    /// How something of this name in Rust is written in JSON.
    pub(crate) fn name(&self, ident: &str, case: Case) -> String {
        if let Some(name) = &self.rename {
            return name.clone();
        }
        if case == Case::Same {
            return ident.into();
        }
        let mut written = String::new();
        let mut upper = false;
        for c in ident.chars() {
            match c {
                '_' => upper = true,
                c if upper && case == Case::Camel => {
                    upper = false;
                    written.extend(c.to_uppercase());
                }
                c if case == Case::Kebab && c.is_uppercase() && !written.is_empty() => {
                    written.push('-');
                    written.extend(c.to_lowercase());
                }
                c if case == Case::Lower || written.is_empty() => written.extend(c.to_lowercase()),
                c => written.push(c),
            }
        }
        written
    }
}

fn case(meta: &ParseNestedMeta<'_>) -> Result<Case> {
    match meta.value()?.parse::<LitStr>()?.value().as_str() {
        "camelCase" => Ok(Case::Camel),
        "lowercase" => Ok(Case::Lower),
        "kebab-case" => Ok(Case::Kebab),
        _ => Err(meta.error("only camelCase, lowercase and kebab-case are known")),
    }
}
