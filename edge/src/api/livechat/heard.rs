//! What a Thread has said, in the frames of those who listen to it.

use super::connection::{Kept, Subscription};
use super::ddp::{self, Stream};
use super::shape::{Reader, Times, handle, served};
use crate::http::fields::quoted;
use crate::socket::{FORGOTTEN, close};
use quick::{items, members};
use shared::id::VisitorId;
use shared::json::Json;
use worker::WebSocket;

/// Tells a client what it wants to hear of what a Thread has said.
pub(super) fn pass_on(socket: &WebSocket, kept: &Kept, heard: &str) {
    let Some(visitor) = kept.visitor.as_deref().and_then(|id| VisitorId::parse(id).ok()) else { return };
    let (mut name, mut all) = ("null", "[]");
    for (key, value) in members(heard) {
        match key {
            "name" => name = value,
            _ => all = value,
        }
    }
    let name = Json::parse(name).ok();
    let reader = Reader::new(visitor, name.as_ref().and_then(Json::text), &kept.site, None, Times::Ejson);
    for item in items(all) {
        let Ok(told) = Json::parse(item) else { continue };
        if told.get("t").and_then(Json::text) == Some("forgotten") {
            close(socket, FORGOTTEN, "forgotten");
            return;
        }
        for frame in frames(&told, item, &reader, &kept.subscriptions) {
            // A socket that is closing refuses; its client reads the history when it is back.
            let _ = socket.send_with_str(frame);
        }
    }
}

/// The frames by which something is told to those who listen.
fn frames(told: &Json, item: &str, reader: &Reader, subscriptions: &[Subscription]) -> Vec<String> {
    let text = |path: &str| told.at_path(path).and_then(Json::text);
    let kind = text("t").unwrap_or_default();
    let rid =
        text(if kind == "message" { "message.conversationId" } else { "conversation" }).unwrap_or_default();
    let here = subscriptions.iter().filter(|it| it.rid == rid);
    // What is said ends the writing of whoever says it.
    let (author, writes) = match kind {
        "message" => ((text("message.author.kind"), text("message.author.name")), false),
        _ => ((text("by"), text("name")), told.get("on") == Some(&Json::Boolean(true))),
    };
    let username = match author {
        (Some("agent"), name) => handle(name.unwrap_or("Agent")),
        (Some("bot"), _) => quoted("bot"),
        _ => String::new(),
    };
    let message =
        || members(item).find(|(name, _)| *name == "message").and_then(|(_, json)| reader.message(json));
    let deleted = text("message.deletedAt").is_some();
    let arguments = |stream: Stream| match (kind, stream) {
        ("message", Stream::Messages) if !deleted => message(),
        ("message", Stream::Deletions) if deleted => {
            let own = text("message.author.kind") == Some("visitor");
            let id = text("message.clientId").filter(|_| own).or(text("message.id"))?;
            Some(format!(r#"{{"_id":{}}}"#, quoted(id)))
        }
        ("message" | "typing", Stream::Typing | Stream::Activity) if !deleted && !username.is_empty() => {
            Some(ddp::activity(stream, &username, writes))
        }
        ("assigned", Stream::Room) => {
            let agent = told.get("agent").and_then(|agent| agent.get("name")).and_then(Json::text);
            let data = agent.map_or_else(|| "null".into(), served);
            Some(format!(r#"{{"type":"agentData","data":{data}}}"#))
        }
        _ => None,
    };
    here.filter_map(|it| Some(ddp::changed(it.stream, &it.rid, &arguments(it.stream)?))).collect()
}
