//! `POST room.survey`: how the visitor found it.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, fault, missing};
use crate::thread::command::within::Within;
use shared::json::Json;
use shared::text::Lines;

/// The question that is answered from 1 to 5.
const SATISFACTION: &str = "satisfaction";
/// What is added in words.
const FEEDBACK: &str = "additionalFeedback";

/// Handles it. Of the questions of older clients one is ours; the others are answered by the same scale, and passed over.
pub async fn take(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid", "data"]).await?;
    let Some(Json::List(answers)) = params.get("data") else { return Err(missing("data")) };
    let (mut score, mut comment) = (None, None);
    for answer in answers {
        let answer = Params::of(answer.clone(), &["name", "value"])?;
        let value = answer.required("value")?;
        match answer.required("name")? {
            SATISFACTION => score = value.parse::<u8>().ok().filter(|score| (1..=5).contains(score)),
            FEEDBACK => {
                let said = Lines::parse(value).map_err(|error| fault(&format!("{FEEDBACK} {error}")))?;
                comment = Some(said);
            }
            _ => {}
        }
    }
    let score = score.ok_or(Refusal::Named("invalid-data"))?;
    let (token, room) = params.room()?;
    let visitor = call.visitor(token)?;
    call.within(&visitor, room, Within::Rate(score, comment)).await?;
    let data = params.get("data").map(Json::json).unwrap_or_default();
    Ok(format!(r#""rid":"{}","data":{data}"#, room.0))
}
