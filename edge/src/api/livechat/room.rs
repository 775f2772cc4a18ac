//! Rooms, which are conversations: `GET room` and `POST room.close`.

use super::envelope::Refusal;
use super::params::{Params, Room};
use super::{Call, shape};
use crate::thread::command::rare::Rare;
use crate::thread::command::within::{Begin, Standing, Within};
use shared::json::Json;
use shared::model::conversation::ConversationStatus;

/// `GET room`: the visitor's open room, or a new one; with `rid`, that one, which has to be open. `agentId` is passed over,
/// for a visitor does not choose who they speak to.
pub async fn have(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_query(call.request, &["token", "rid", "agentId", "department"])?;
    let (token, rid) = (params.token()?, params.text("rid")?.filter(|rid| !rid.is_empty()));
    let visitor = call.visitor(token)?;
    if let Some(rid) = rid {
        let standing: Standing = call.told(&visitor, Room::parse(rid), Within::Standing).await?;
        return match standing.status {
            ConversationStatus::Closed => Err(Refusal::Named("invalid-room")),
            _ => Ok(answer(&shape::room(&standing, &visitor.token), false)),
        };
    }
    let begin = Begin {
        flow: call.widget.flow,
        at_pages: call.widget.at_pages.clone(),
        welcome: call.widget.spoken(|rules| &rules.welcome),
        people: call.taken()?.people(),
    };
    let standing: Standing = visitor.thread.tell_rarely(&Rare::Begin(begin)).await?;
    Ok(answer(&shape::room(&standing, &visitor.token), !standing.begun))
}

fn answer(room: &str, new: bool) -> String {
    format!(r#""room":{room},"newRoom":{new}"#)
}

/// `POST room.close`.
pub async fn close(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid"]).await?;
    let (token, room) = params.room()?;
    let visitor = call.visitor(token)?;
    call.within(&visitor, room, Within::Close).await?;
    let rid = Json::Text(room.0.to_string()).json();
    Ok(format!(r#""rid":{rid},"comment":"Closed by visitor""#))
}
