//! Our visitors, conversations and messages in Rocket.Chat's words. What our own messages say passes through as the JSON
//! it is: a page of history is cut and put together anew, not read.

use crate::auth::livechat::LivechatToken;
use crate::http::fields::quoted;
use crate::thread::command::within::Standing;
use quick::members;
use shared::id::VisitorId;
use shared::json::{Json, Read};
use shared::model::conversation::ConversationStatus;
use shared::model::media::{Attachment, MediaKind};
use shared::model::message::{Notice, Payload};
use shared::time::Timestamp;
use std::borrow::Cow;

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// As `"2026-01-01T00:00:00.000Z"`.
    Iso,
    /// As `{"$date":1767225600000}`, in frames of the socket (<https://docs.meteor.com/api/ejson.html>).
    Ejson,
}

impl Times {
    /// A time, given as the JSON of our own.
    fn write(self, time: &str) -> Cow<'_, str> {
        let millis = || Timestamp::parse(time.trim_matches('"')).ok().map(Timestamp::millis);
        match self {
            Self::Iso => time.into(),
            Self::Ejson => format!(r#"{{"$date":{}}}"#, millis().unwrap_or_default()).into(),
        }
    }
}

/// Whose messages they are, in words that are put into each: with a comma before them, and up to the time that follows.
#[derive(Debug)]
pub struct Reader {
    /// Of what the visitor wrote: the name they go by, and their own token where they are the ones who read.
    visitor: String,
    /// Who edited what they edited.
    editor: String,
    /// Of what the bot wrote, which goes by the name of the site.
    bot: String,
    times: Times,
}

impl Reader {
    /// For a visitor who has asked with their own token, or for nobody's eyes in particular.
    pub fn new(
        visitor: VisitorId,
        name: Option<&str>,
        site: &str,
        token: Option<&LivechatToken>,
        times: Times,
    ) -> Self {
        let username = username(visitor);
        let name = quoted(name.unwrap_or(&username));
        let token = token.map(|token| format!(r#","token":"{}""#, token.as_str())).unwrap_or_default();
        Self {
            visitor: format!(
                r#"{token},"alias":{name},"u":{{"_id":"{visitor}","username":"{username}","name":{name}}},"ts":"#
            ),
            editor: format!(r#","editedBy":{{"_id":"{visitor}","username":"{username}"}}"#),
            bot: format!(r#","u":{{"_id":"bot","username":"bot","name":{}}},"ts":"#, quoted(site)),
            times,
        }
    }

    /// A message, given as the JSON of our own; none where it cannot be told.
    pub fn message(&self, json: &str) -> Option<String> {
        let (parts, _) = Parts::take(json)?;
        let mut out = String::with_capacity(json.len() + 320);
        self.tell(&parts, &mut out)?;
        Some(out)
    }

    /// A list of messages, given as the JSON of our own.
    pub fn messages(&self, json: &str, out: &mut String) {
        out.push('[');
        let mut rest = json.strip_prefix('[').unwrap_or_default();
        let first = out.len();
        while let Some((parts, after)) = Parts::take(rest) {
            let told = out.len();
            if told > first {
                out.push(',');
            }
            if self.tell(&parts, out).is_none() {
                out.truncate(told);
            }
            rest = after.strip_prefix(',').unwrap_or_default();
        }
        out.push(']');
    }

    fn tell(&self, parts: &Parts<'_>, out: &mut String) -> Option<()> {
        let is_visitor = parts.author_kind == r#""visitor""#;
        let id = if is_visitor && !parts.client_id.is_empty() { parts.client_id } else { parts.id };
        push(out, &[r#"{"_id":"#, id, r#","rid":"#, parts.conversation]);
        match plain(parts.payload) {
            Some(text) => push(out, &[r#","msg":"#, text]),
            None => self.rich(out, parts.payload)?,
        }
        match (is_visitor, parts.author_kind) {
            (true, _) => out.push_str(&self.visitor),
            (_, r#""agent""#) => out.push_str(&agent(parts.author_name)),
            _ => out.push_str(&self.bot),
        }
        let created = self.times.write(parts.created_at);
        push(out, &[&created, r#","mentions":[],"channels":[],"urls":[],"_updatedAt":"#]);
        if parts.edited_at.is_empty() {
            out.push_str(&created);
        } else {
            let edited = self.times.write(parts.edited_at);
            push(out, &[&edited, r#","editedAt":"#, &edited]);
            if is_visitor {
                out.push_str(&self.editor);
            }
        }
        out.push('}');
        Some(())
    }

    /// What a message says that is more than words: files are attachments, cards and buttons are lines, and what happened
    /// is a message of its own type.
    fn rich(&self, out: &mut String, payload: &str) -> Option<()> {
        let payload = Payload::read(&Json::parse(payload).ok()?).ok()?;
        if let Some(notice) = payload.notice {
            let kind = match notice {
                Notice::Closed => r#","t":"livechat-close""#,
                Notice::Reopened => r#","t":"livechat-started""#,
                Notice::Handoff => {
                    r#","t":"livechat_transfer_history","transferData":{"scope":"queue","transferredBy":{"_id":"bot","username":"bot"}}"#
                }
            };
            push(out, &[r#","msg":"","groupable":false"#, kind]);
            return Some(());
        }
        let mut said = payload.plain();
        for button in &payload.buttons {
            said.push_str("\n- ");
            said.push_str(&button.label);
            if let Some(url) = &button.url {
                said.push_str(": ");
                said.push_str(url);
            }
        }
        push(out, &[r#","msg":"#, &quoted(said.trim_start())]);
        if let Some(file) = &payload.attachment {
            push(out, &[",", &attached(file)]);
        }
        Some(())
    }
}

/// What is needed of a message of our own.
#[derive(Debug)]
struct Parts<'a> {
    id: &'a str,
    conversation: &'a str,
    client_id: &'a str,
    author_kind: &'a str,
    author_name: &'a str,
    payload: &'a str,
    created_at: &'a str,
    edited_at: &'a str,
}

impl<'a> Parts<'a> {
    /// Those of the message that JSON begins with, and what follows it.
    fn take(json: &'a str) -> Option<(Self, &'a str)> {
        let names = ["id", "conversationId", "clientId", "author", "payload", "createdAt", "editedAt"];
        let mut values = [""; 7];
        let rest = quick::take(json, &names, &mut values)?;
        let [id, conversation, client_id, author, payload, created_at, edited_at] = values;
        let mut values = [""; 2];
        quick::take(author, &["kind", "name"], &mut values)?;
        let [author_kind, author_name] = values;
        let parts =
            Self { id, conversation, client_id, author_kind, author_name, payload, created_at, edited_at };
        Some((parts, rest))
    }
}

/// The words of what says nothing else, as JSON.
fn plain(payload: &str) -> Option<&str> {
    let mut all = members(payload);
    match (all.next(), all.next()) {
        (Some(("text", text)), None) => Some(text),
        _ => None,
    }
}

/// A person, by the JSON of their name: `,"u":{…},"ts":`.
fn agent(name: &str) -> String {
    let read = Json::parse(name).ok();
    let name = read.as_ref().and_then(Json::text).unwrap_or("Agent");
    let handle = handle(name);
    format!(r#","u":{{"_id":{handle},"username":{handle},"name":{}}},"ts":"#, quoted(name))
}

/// What a person is called where a name has no spaces, as JSON.
pub fn handle(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '.' };
    quoted(&name.to_lowercase().chars().map(plain).collect::<String>())
}

fn attached(file: &Attachment) -> String {
    let (name, url, mime) = (quoted(&file.filename), quoted(&file.url), quoted(&file.mime_type));
    let described = format!(r#"{{"_id":"{}","name":{name},"type":{mime},"size":{}}}"#, file.id, file.size);
    let as_media = |kind: &str| {
        let size = file.size;
        format!(r#","{kind}_url":{url},"{kind}_type":{mime},"{kind}_size":{size}"#)
    };
    let mut shown = match file.kind {
        MediaKind::Image => as_media("image"),
        MediaKind::Video => as_media("video"),
        MediaKind::Audio => as_media("audio"),
        MediaKind::Document => String::new(),
    };
    if let (Some(width), Some(height)) = (file.width, file.height) {
        shown.push_str(&format!(r#","image_dimensions":{{"width":{width},"height":{height}}}"#));
    }
    format!(
        r#""file":{described},"files":[{described}],"attachments":[{{"title":{name},"type":"file","title_link":{url},"title_link_download":true{shown}}}]"#
    )
}

/// What a visitor is called who may have no name.
pub fn username(visitor: VisitorId) -> String {
    let id = visitor.to_string();
    format!("guest-{}", id.get(..8).unwrap_or(&id))
}

/// A visitor, for whoever sent their token: an object.
pub fn visitor(standing: &Standing, token: &LivechatToken) -> String {
    let id = standing.visitor;
    let mut out = format!(r#"{{"_id":"{id}","username":"{}","token":"{}""#, username(id), token.as_str());
    if let Some(name) = &standing.name {
        push(&mut out, &[r#","name":"#, &quoted(name)]);
    }
    if let Some(email) = &standing.email {
        push(&mut out, &[r#","visitorEmails":[{"address":"#, &quoted(email), "}]"]);
    }
    if let Some(phone) = &standing.phone {
        push(&mut out, &[r#","phone":[{"phoneNumber":"#, &quoted(phone), "}]"]);
    }
    if let Some(department) = &standing.department {
        push(&mut out, &[r#","department":"#, &quoted(department)]);
    }
    if let Some(claimed) = &standing.claimed {
        push(&mut out, &[r#","livechatData":"#, claimed]);
    }
    push(&mut out, &[r#","status":"online","ts":""#, &standing.created_at.to_string(), r#""}"#]);
    out
}

/// A conversation as the room that it is, for whoever sent their token: an object.
pub fn room(standing: &Standing, token: &LivechatToken) -> String {
    let Standing { conversation, visitor, created_at, updated_at, .. } = standing;
    let open = standing.status != ConversationStatus::Closed;
    let (username, token) = (username(*visitor), token.as_str());
    let fname = quoted(standing.name.as_deref().unwrap_or(&username));
    let mut out = format!(
        r#"{{"_id":"{conversation}","t":"l","fname":{fname},"v":{{"_id":"{visitor}","username":"{username}","token":"{token}","status":"online"}},"ts":"{created_at}","lm":"{updated_at}","_updatedAt":"{updated_at}""#
    );
    if open {
        out.push_str(r#","open":true"#);
    }
    if let Some(at) = standing.closed_at.filter(|_| !open) {
        push(&mut out, &[r#","closedAt":""#, &at.to_string(), "\""]);
    }
    if let Some(department) = &standing.department {
        push(&mut out, &[r#","departmentId":"#, &quoted(department)]);
    }
    if let Some(agent) = served_by(standing) {
        push(&mut out, &[r#","servedBy":"#, &agent]);
    }
    out.push('}');
    out
}

/// The agent who answers, if one does: an object.
pub fn served_by(standing: &Standing) -> Option<String> {
    standing.assignee.as_ref().map(|agent| served(&agent.name))
}

/// An agent of this name, as those are told whom they serve: an object.
pub fn served(name: &str) -> String {
    let handle = handle(name);
    let name = quoted(name);
    format!(r#"{{"_id":{handle},"username":{handle},"name":{name},"status":"online","livechat":{{}}}}"#)
}

fn push(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}
