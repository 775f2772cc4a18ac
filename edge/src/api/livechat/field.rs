//! `POST custom.field` and `custom.fields`: what a visitor answers about themselves. It is kept as what they claim.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, fault, missing};
use crate::http::fields::quoted;
use crate::thread::command::rare::Rare;
use crate::thread::command::within::Claim;
use shared::json::Json;
use shared::text::Line;

/// The most fields of one call.
const MOST: usize = 20;

/// `POST custom.field`.
pub async fn one(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "key", "value", "overwrite"]).await?;
    let claim = claim(&params)?;
    let told = told(&claim, "key");
    keep(&call, &params, vec![claim]).await?;
    Ok(format!(r#""field":{told}"#))
}

/// `POST custom.fields`.
pub async fn several(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "customFields"]).await?;
    let Some(Json::List(fields)) = params.get("customFields") else { return Err(missing("customFields")) };
    if fields.len() > MOST {
        return Err(fault(&format!("customFields must NOT have more than {MOST} items")));
    }
    let read = |field: &Json| claim(&Params::of(field.clone(), &["key", "value", "overwrite"])?);
    let claims = fields.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let told: Vec<String> = claims.iter().map(|claim| told(claim, "Key")).collect();
    keep(&call, &params, claims).await?;
    Ok(format!(r#""fields":[{}]"#, told.join(",")))
}

/// The fields that a visitor is registered with: an object of texts.
pub fn of_visitor(fields: Option<&Json>) -> Result<Vec<Claim>, Refusal> {
    let members = match fields {
        None => return Ok(Vec::new()),
        Some(Json::Object(members)) if members.len() <= MOST => members,
        Some(Json::Object(_)) => {
            return Err(fault(&format!("customFields must NOT have more than {MOST} properties")));
        }
        // Some clients have a list of what `custom.fields` takes.
        Some(Json::List(fields)) if fields.len() <= MOST => {
            let read = |field: &Json| claim(&Params::of(field.clone(), &["key", "value", "overwrite"])?);
            return fields.iter().map(read).collect();
        }
        Some(_) => return Err(fault("customFields must be object")),
    };
    let read = |(key, value): &(String, Json)| match value {
        Json::Text(value) => made(key, value, true),
        _ => Err(fault(&format!("customFields/{key} must be string"))),
    };
    members.iter().map(read).collect()
}

fn claim(params: &Params) -> Result<Claim, Refusal> {
    made(params.required("key")?, params.required("value")?, params.boolean("overwrite")?.unwrap_or(true))
}

fn made(key: &str, value: &str, overwrite: bool) -> Result<Claim, Refusal> {
    let refused = |name: &str, error| fault(&format!("{name} {error}"));
    let key = Line::<64>::parse(key).map_err(|error| refused("key", error))?;
    let value = Line::<500>::parse(value).map_err(|error| refused("value", error))?;
    let key = key.as_option().ok_or_else(|| fault("key must NOT have fewer than 1 characters"))?;
    Ok(Claim { key: key.into(), value: value.to_string(), overwrite })
}

fn told(claim: &Claim, key: &str) -> String {
    let Claim { key: name, value, overwrite } = claim;
    format!(r#"{{"{key}":{},"value":{},"overwrite":{overwrite}}}"#, quoted(name), quoted(value))
}

async fn keep(call: &Call<'_>, params: &Params, claims: Vec<Claim>) -> Result<(), Refusal> {
    let visitor = call.visitor(params.token()?)?;
    visitor.thread.ask_rarely(&Rare::Claim(claims)).await?;
    Ok(())
}
