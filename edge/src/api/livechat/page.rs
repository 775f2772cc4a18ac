//! `POST page.visited`: the visitor came to a page.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, Room, fault, missing};
use crate::thread::command::Command;
use crate::thread::command::within::{Standing, Within};
use shared::json::Json;
use shared::text::Line;

/// Handles it. The token has to be a visitor's, and the room theirs where one is named.
pub async fn visited(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid", "pageInfo"]).await?;
    let page = params.get("pageInfo").ok_or_else(|| missing("pageInfo"))?;
    let info = Params::of(page.clone(), &["change", "title", "location"])?;
    let location = info.get("location").and_then(|it| it.get("href")).and_then(Json::text);
    let href = location.ok_or_else(|| missing("pageInfo/location/href"))?;
    let line = |name, text: &str| {
        Line::<500>::parse(text).map_err(|error| fault(&format!("pageInfo/{name} {error}")))
    };
    let (href, title) =
        (line("location/href", href)?, line("title", info.text("title")?.unwrap_or_default())?);
    info.text("change")?;
    let url = href.to_string();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(fault("pageInfo/location/href must begin with https:// or http://"));
    }
    let room = params.text("rid")?.filter(|rid| !rid.is_empty()).map(Room::parse);
    let visitor = call.visitor(params.token()?)?;
    if let Some(room) = room {
        call.told::<Standing>(&visitor, room, Within::Standing).await?;
    }
    let title = title.as_option().map(str::to_owned);
    visitor.thread.ask(&Command::Visit(url, title.clone())).await?;
    let said = Json::Text(format!("{} - {href}", title.unwrap_or_default())).json();
    let token = visitor.token.as_str();
    Ok(format!(r#""page":{{"msg":{said},"navigation":{{"page":{},"token":"{token}"}}}}"#, page.json()))
}
