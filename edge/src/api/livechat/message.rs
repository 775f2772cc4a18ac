//! Messages: `POST message`, and `GET`, `PUT` and `DELETE message/:id`, which is the name that the client gave one, or our
//! own id. What is done to one is bound to its room and its author.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, Room, fault, missing};
use crate::auth::livechat::LivechatToken;
use crate::http::request::Request;
use crate::platform::random;
use crate::thread::command::within::{Standing, Within};
use crate::thread::command::{Append, Writer};
use shared::id::ClientId;
use shared::json::Json;
use shared::model::conversation::ConversationStatus;
use shared::text::{InvalidText, LongText, Words};

/// What a message says, in at most 5000 characters.
type Said = Words<5000>;

/// The letters of an id that is made up here (<https://docs.meteor.com/packages/random>): none looks like another.
const LETTERS: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

/// `POST message`.
pub async fn send(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid", "msg", "_id", "agent"]).await?;
    check_agent(&params)?;
    let id = match params.text("_id")? {
        Some(id) => {
            ClientId::parse(id).map_err(|_| fault(r#"_id must match pattern "^[A-Za-z0-9_-]{8,64}$""#))?
        }
        None => made_up()?,
    };
    let text = text(&params)?;
    let (token, room) = params.room()?;
    let text = call.short(token.clone(), room, text).await?;
    let visitor = call.visitor(token)?;
    let widget = &call.widget;
    let append = Append {
        author: Writer::Visitor {
            conversation: Some(room.0),
            flow: widget.flow,
            at_pages: widget.at_pages.clone(),
            begins: widget.begun_by(text.as_str()),
            acknowledgement: widget.spoken(|rules| &rules.acknowledgement),
            attendance: widget.attendance(),
            claims: None,
        },
        text: Some(text),
        file: None,
        client_id: Some(id),
        reply_to: None,
    };
    let (message, reader) = call.within(&visitor, room, Within::Append(append)).await?;
    told(reader.message(&message))
}

/// `GET message/:id`.
pub async fn read(call: Call<'_>, id: &str) -> Result<String, Refusal> {
    let (token, room) = Params::of_query(call.request, &["token", "rid"])?.room()?;
    let visitor = call.visitor(token)?;
    let (message, reader) = call.within(&visitor, room, Within::Message(id.into())).await?;
    told(reader.message(&message))
}

/// `PUT message/:id`. The document's payload has `_id` too, which says again what the path says.
pub async fn edit(call: Call<'_>, id: &str) -> Result<String, Refusal> {
    let params = Params::of_body(call.request, &["token", "rid", "msg", "_id"]).await?;
    if params.text("_id")?.is_some_and(|it| it != id) {
        return Err(fault("_id must be the message's"));
    }
    let text = text(&params)?;
    let (token, room) = params.room()?;
    let text = call.short(token.clone(), room, text).await?;
    let visitor = call.visitor(token)?;
    let (message, reader) = call.within(&visitor, room, Within::Amend(id.into(), Some(text))).await?;
    told(reader.message(&message))
}

/// `DELETE message/:id`, with token and room in the body or the query: the document's own form, which has neither, would
/// let anybody delete anything.
pub async fn delete(call: Call<'_>, id: &str) -> Result<String, Refusal> {
    let known = ["token", "rid", "_id"];
    let params = match has_body(call.request) {
        true => Params::of_body(call.request, &known).await?,
        false => Params::of_query(call.request, &known)?,
    };
    let (token, room) = params.room()?;
    let visitor = call.visitor(token)?;
    let (message, _) = call.within(&visitor, room, Within::Amend(id.into(), None)).await?;
    let at = quick::members(&message).find(|(name, _)| *name == "deletedAt").map(|(_, at)| at);
    let at = at.ok_or_else(|| Refusal::Internal("a message was not deleted".into()))?;
    Ok(format!(r#""message":{{"_id":{},"ts":{at}}}"#, Json::Text(id.into()).json()))
}

/// Whether a request says that it has a body.
fn has_body(request: &Request) -> bool {
    let length = request.header("content-length").and_then(|length| length.parse::<u64>().ok());
    length.map_or_else(|| request.header("transfer-encoding").is_some(), |length| length > 0)
}

fn told(message: Option<String>) -> Result<String, Refusal> {
    let message = message.ok_or_else(|| Refusal::Internal("a message could not be told".into()))?;
    Ok(format!(r#""message":{message}"#))
}

/// What is said; too much of it is refused later, as the order of checks wants it.
fn text(params: &Params) -> Result<Result<Said, InvalidText>, Refusal> {
    match params.text("msg")?.map(Said::parse) {
        None => Err(missing("msg")),
        Some(Err(InvalidText::Empty)) => Err(fault("msg must NOT have fewer than 1 characters")),
        Some(text) => Ok(text),
    }
}

/// Whom the client would like to be answered by: read for its form alone, for a visitor does not choose who they speak to.
fn check_agent(params: &Params) -> Result<(), Refusal> {
    let Some(agent) = params.get("agent") else { return Ok(()) };
    let agent = Params::of(agent.clone(), &["agentId", "username"])?;
    agent.required("agentId")?;
    agent.required("username").map(drop)
}

/// A name for a message that came without: 17 letters.
fn made_up() -> Result<ClientId, Refusal> {
    let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len()).copied().map(char::from);
    let letters: String = random::<17>()?.into_iter().filter_map(letter).collect();
    ClientId::parse(&letters).map_err(|error| Refusal::Internal(error.to_string()))
}

impl Call<'_> {
    /// What is said, where it is not too long. Who may not say anything there is told that first.
    async fn short(
        &self,
        token: LivechatToken,
        room: Room,
        text: Result<Said, InvalidText>,
    ) -> Result<LongText, Refusal> {
        let Ok(text) = text else {
            let standing: Standing = self.told(&self.visitor(token)?, room, Within::Standing).await?;
            return Err(Refusal::Named(match standing.status {
                ConversationStatus::Closed => "room-closed",
                _ => "message-length-exceeds-character-limit",
            }));
        };
        Ok(text.widen())
    }
}
