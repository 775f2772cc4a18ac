//! `GET list`.

use super::Call;
use super::answer::{Refused, Success};
use super::one::told;
use crate::http::query::Query;
use crate::store::widgets::{self, CHAT_TYPES, Filter};

/// What `webChat` stands for where widgets are looked for.
const WEB_CHAT: [&str; 4] = ["facebookChat", "emailChat", "instagramChat", "waChat"];

/// Handles it.
pub async fn list(call: &Call<'_>) -> Result<Success, Refused> {
    let query = Query::of(call.request);
    let mut wrong = Vec::new();
    let mut number = |name: &str, bounds| {
        let given = query.get(name).map(|_| query.number(name, 0, bounds));
        match given {
            Some(Ok(number)) => number,
            Some(Err(sentence)) => {
                wrong.push(sentence);
                0
            }
            None => {
                wrong.push(format!("{name} should not be empty"));
                0
            }
        }
    };
    let (offset, limit) = (number("offset", 0..=u32::MAX), number("limit", 1..=100));
    let mut types = |name: &str, umbrella: bool| match query.get(name) {
        Some("webChat") if umbrella => WEB_CHAT.to_vec(),
        Some(text) => match CHAT_TYPES.iter().find(|known| **known == text) {
            Some(known) => vec![*known],
            None => {
                wrong.push(format!("{name} must be one of the following values: {}", CHAT_TYPES.join(", ")));
                Vec::new()
            }
        },
        None => Vec::new(),
    };
    let (asked, but) = (types("chatType", true), types("excludeChatType", false));
    let within = types("allInOneChatTypes", true);
    let any = asked.is_empty() && but.is_empty();
    let left = |kind: &&str| (asked.is_empty() || asked.contains(kind)) && !but.contains(kind);
    let filter = Filter {
        types: (!any).then(|| CHAT_TYPES.into_iter().filter(left).collect()),
        // It says what is within those that are all in one, and nothing of others.
        within: if query.get("chatType") == Some("allInOneChat") && !but.contains(&"allInOneChat") {
            within
        } else {
            Vec::new()
        },
        voice_agent: query.get("voiceAiAgentId").filter(|agent| !agent.is_empty()).map(str::to_owned),
    };
    if !wrong.is_empty() {
        return Err(Refused::Wrong(wrong));
    }
    let (found, total) = widgets::search(&call.db, call.location, &filter, offset, limit).await?;
    let found = found.into_iter().map(told).collect::<Result<Vec<_>, _>>()?;
    Ok(Success::ok(format!(r#"{{"chatWidgets":[{}],"totalCount":{total}}}"#, found.join(","))))
}
