//! What clients are told.

use super::{PONG, Stream};
use crate::http::fields::quoted;

/// The client may go on.
pub fn connected(session: &str) -> String {
    format!(r#"{{"msg":"connected","session":"{session}"}}"#)
}

/// The client speaks no version that is spoken here.
pub fn failed() -> String {
    r#"{"msg":"failed","version":"1"}"#.into()
}

/// Somebody is here.
pub fn pong(id: Option<&str>) -> String {
    id.map_or_else(|| PONG.into(), |id| format!(r#"{{"msg":"pong","id":{}}}"#, quoted(id)))
}

/// A subscription holds from now on.
pub fn ready(id: &str) -> String {
    format!(r#"{{"msg":"ready","subs":[{}]}}"#, quoted(id))
}

/// A subscription has ended at the client's own wish.
pub fn ended(id: &str) -> String {
    format!(r#"{{"msg":"nosub","id":{}}}"#, quoted(id))
}

/// A subscription is refused.
pub fn refused(id: &str, code: &str, reason: &str) -> String {
    format!(r#"{{"msg":"nosub","id":{},"error":{}}}"#, quoted(id), error(&quoted(code), code, reason))
}

/// A call has succeeded.
pub fn done(id: &str) -> [String; 2] {
    let id = quoted(id);
    [format!(r#"{{"msg":"result","id":{id}}}"#), format!(r#"{{"msg":"updated","methods":[{id}]}}"#)]
}

/// A call was refused.
pub fn not_done(id: &str, code: &str, reason: &str) -> [String; 2] {
    let id = quoted(id);
    let value = if code.bytes().all(|b| b.is_ascii_digit()) { code.into() } else { quoted(code) };
    let error = error(&value, code, reason);
    [
        format!(r#"{{"msg":"result","id":{id},"error":{error}}}"#),
        format!(r#"{{"msg":"updated","methods":[{id}]}}"#),
    ]
}

fn error(value: &str, code: &str, reason: &str) -> String {
    let message = quoted(&format!("{reason} [{code}]"));
    format!(
        r#"{{"isClientSafe":true,"error":{value},"reason":{},"message":{message},"errorType":"Meteor.Error"}}"#,
        quoted(reason)
    )
}

/// A frame could not be used; nothing was changed.
pub fn wrong(reason: &str) -> String {
    format!(r#"{{"msg":"error","reason":{}}}"#, quoted(reason))
}

/// Something has happened in a room; the arguments are JSON.
pub fn changed(stream: Stream, rid: &str, args: &str) -> String {
    let suffix = match stream {
        Stream::Typing => "/typing",
        Stream::Activity => "/user-activity",
        Stream::Deletions => "/deleteMessage",
        Stream::Messages | Stream::Room | Stream::Other => "",
    };
    let event = quoted(&format!("{rid}{suffix}"));
    let collection = stream.collection();
    format!(
        r#"{{"msg":"changed","collection":"{collection}","id":"id","fields":{{"eventName":{event},"args":[{args}]}}}}"#
    )
}

/// Who writes, as the arguments of an event.
pub fn activity(stream: Stream, username: &str, on: bool) -> String {
    match stream {
        Stream::Activity => format!(r#"{username},{}"#, if on { r#"["user-typing"]"# } else { "[]" }),
        _ => format!("{username},{on}"),
    }
}
