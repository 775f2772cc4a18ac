//! The words of Rocket.Chat's websocket: DDP, version 1 (<https://github.com/meteor/meteor/blob/devel/packages/ddp/DDP.md>),
//! as far as livechat clients speak it.

mod told;

pub use told::{activity, changed, connected, done, ended, failed, not_done, pong, ready, refused, wrong};

use serde::Serialize;
use shared::json::{Json, Read};

/// The longest frame that a client may send, in bytes.
pub const LONGEST: usize = 16 * 1024;
/// The longest id of a subscription or a call, in bytes.
const LONGEST_ID: usize = 128;
/// Answered by the platform itself, while the object sleeps.
pub const PING: &str = r#"{"msg":"ping"}"#;
/// The answer to it.
pub const PONG: &str = r#"{"msg":"pong"}"#;

/// What can be listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Read)]
pub enum Stream {
    /// Messages of a room: `stream-room-messages`, by the room.
    Messages,
    /// Who writes in it: `stream-notify-room`, by `<room>/typing`.
    Typing,
    /// The same in newer words: `<room>/user-activity`.
    Activity,
    /// Which of its messages are taken back: `<room>/deleteMessage`.
    Deletions,
    /// Other events of a room, of which none happens here.
    Other,
    /// Who answers in it: `stream-livechat-room`, by the room.
    Room,
}

impl Stream {
    /// Its collection.
    fn collection(self) -> &'static str {
        match self {
            Self::Messages => "stream-room-messages",
            Self::Room => "stream-livechat-room",
            Self::Typing | Self::Activity | Self::Deletions | Self::Other => "stream-notify-room",
        }
    }
}

/// What a client says.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// It begins, and may speak this version.
    Connect {
        /// Whether it speaks the first version.
        known: bool,
    },
    /// It asks whether anybody is there, by this id.
    Ping(Option<String>),
    /// It is there.
    Pong,
    /// It wants to listen.
    Subscribe(Subscribe),
    /// It does not any more.
    Unsubscribe(String),
    /// It has something done.
    Call {
        /// By which name it knows the answer.
        id: String,
        /// What.
        method: Method,
    },
}

/// A wish to listen.
#[derive(Debug, PartialEq)]
pub struct Subscribe {
    /// By which name it knows the answer.
    pub id: String,
    /// To what, of which room; none where there is no such thing.
    pub to: Option<(Stream, String)>,
    /// The visitor's token.
    pub token: Option<String>,
}

/// What a client has done.
#[derive(Debug, PartialEq)]
pub enum Method {
    /// `livechat:setUpConnection`: it is a livechat client.
    SetUp,
    /// `stream-notify-room`: the visitor writes in a room, or stopped.
    Typing {
        /// The room.
        rid: String,
        /// Whether they write now.
        on: bool,
        /// Their token.
        token: Option<String>,
    },
    /// `stream-notify-room` of anything else, which nobody needs to hear.
    Notice,
    /// Something that nobody does here.
    Unknown(String),
}

/// Reads a frame; none where it is none.
pub fn read(text: &str) -> Option<Said> {
    let frame = Json::parse(text).ok()?;
    let word = |name: &str| frame.get(name).and_then(Json::text);
    let id = || word("id").filter(|id| (1..=LONGEST_ID).contains(&id.len())).map(str::to_owned);
    let params = frame.get("params");
    let param = |at: usize| match params {
        Some(Json::List(items)) => items.get(at),
        _ => None,
    };
    Some(match word("msg")? {
        "connect" => {
            let supports = |list: &Json| matches!(list, Json::List(items) if items.iter().any(|it| it.text() == Some("1")));
            Said::Connect {
                known: word("version") == Some("1") || frame.get("support").is_some_and(supports),
            }
        }
        "ping" => Said::Ping(id()),
        "pong" => Said::Pong,
        "sub" => {
            let event = param(0).and_then(Json::text).unwrap_or_default();
            let to = word("name").and_then(|name| stream(name, event));
            // Older clients have the visitor's token in a list within an object, others the object itself.
            let options = param(1);
            let given = options.and_then(|it| it.at_path("args[0]")).or(options);
            Said::Subscribe(Subscribe { id: id()?, to, token: given.and_then(token) })
        }
        "unsub" => Said::Unsubscribe(id()?),
        "method" => {
            let method = match word("method")? {
                "livechat:setUpConnection" => Method::SetUp,
                "stream-notify-room" => {
                    let event = param(0).and_then(Json::text).unwrap_or_default();
                    typing(event, param(2), param(3).and_then(token)).unwrap_or(Method::Notice)
                }
                other => Method::Unknown(other.chars().take(LONGEST_ID).collect()),
            };
            Said::Call { id: id()?, method }
        }
        _ => return None,
    })
}

fn stream(name: &str, event: &str) -> Option<(Stream, String)> {
    let (rid, what) = event.split_once('/').unwrap_or((event, ""));
    let stream = match (name, what) {
        ("stream-room-messages", "") => Stream::Messages,
        ("stream-livechat-room", "") => Stream::Room,
        ("stream-notify-room", "typing") => Stream::Typing,
        ("stream-notify-room", "user-activity") => Stream::Activity,
        ("stream-notify-room", "deleteMessage") => Stream::Deletions,
        ("stream-notify-room", "webrtc") => Stream::Other,
        _ => return None,
    };
    Some((stream, rid.into()))
}

fn token(options: &Json) -> Option<String> {
    let text = |name: &str| options.get(name).and_then(Json::text);
    text("token").or_else(|| text("visitorToken")).map(str::to_owned)
}

fn typing(event: &str, state: Option<&Json>, token: Option<String>) -> Option<Method> {
    let (rid, what) = event.split_once('/')?;
    let on = match (what, state?) {
        ("typing", Json::Boolean(on)) => *on,
        ("user-activity", Json::List(doing)) => doing.iter().any(|it| it.text() == Some("user-typing")),
        _ => return None,
    };
    Some(Method::Typing { rid: rid.into(), on, token })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_say_is_understood() {
        let is = |text: &str, said: Said| assert_eq!(read(text), Some(said), "{text}");
        is(r#"{"msg":"connect","version":"1","support":["1","pre2","pre1"]}"#, Said::Connect { known: true });
        is(r#"{"msg":"connect","version":"pre1","support":["pre1"]}"#, Said::Connect { known: false });
        is(PING, Said::Ping(None));
        is(r#"{"msg":"ping","id":"7"}"#, Said::Ping(Some("7".into())));
        is(r#"{"msg":"pong","id":"ddp-3"}"#, Said::Pong);
        is(r#"{"msg":"unsub","id":"ddp-3"}"#, Said::Unsubscribe("ddp-3".into()));
        let subscribe = |to, token: Option<&str>| {
            Said::Subscribe(Subscribe { id: "1".into(), to, token: token.map(str::to_owned) })
        };
        is(
            r#"{"msg":"sub","id":"1","name":"stream-room-messages","params":["r",{"useCollection":false,"args":[{"token":"t","visitorToken":"t"}]}]}"#,
            subscribe(Some((Stream::Messages, "r".into())), Some("t")),
        );
        is(
            r#"{"msg":"sub","id":"1","name":"stream-notify-room","params":["r/deleteMessage",{"visitorToken":"t"}]}"#,
            subscribe(Some((Stream::Deletions, "r".into())), Some("t")),
        );
        is(
            r#"{"msg":"sub","id":"1","name":"stream-notify-all","params":["r",false]}"#,
            subscribe(None, None),
        );
        let typing = |on| Said::Call {
            id: "2".into(),
            method: Method::Typing { rid: "r".into(), on, token: Some("t".into()) },
        };
        is(
            r#"{"msg":"method","id":"2","method":"stream-notify-room","params":["r/typing","guest",true,{"token":"t"}]}"#,
            typing(true),
        );
        is(
            r#"{"msg":"method","id":"2","method":"stream-notify-room","params":["r/user-activity","guest",[],{"token":"t"}]}"#,
            typing(false),
        );
        is(
            r#"{"msg":"method","id":"2","method":"livechat:setUpConnection","params":[{"token":"t"}]}"#,
            Said::Call { id: "2".into(), method: Method::SetUp },
        );
        is(
            r#"{"msg":"method","id":"2","method":"login","params":[]}"#,
            Said::Call { id: "2".into(), method: Method::Unknown("login".into()) },
        );
        for wrong in
            ["", "[]", "{}", r#"{"msg":7}"#, r#"{"msg":"sub","name":"x"}"#, r#"{"msg":"method","id":"1"}"#]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_answered_is_json() {
        let frames = [
            connected("s"),
            failed(),
            pong(Some("\"")),
            ready("\""),
            ended("1"),
            refused("1", "not-allowed", "Not \"allowed\""),
            wrong("Bad request"),
            changed(Stream::Activity, "r", &activity(Stream::Activity, "\"a\"", true)),
        ];
        for frame in frames.iter().chain(&done("1")).chain(&not_done("1", "404", "Method 'x' not found")) {
            assert!(Json::parse(frame).is_ok(), "{frame}");
        }
        assert_eq!(
            changed(Stream::Typing, "r", &activity(Stream::Typing, "\"a\"", false)),
            r#"{"msg":"changed","collection":"stream-notify-room","id":"id","fields":{"eventName":"r/typing","args":["a",false]}}"#
        );
    }
}
