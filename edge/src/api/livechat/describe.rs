//! What the livechat API says of itself.

use super::Operation;
use crate::openapi::{Described, QueryParameter, Success, named};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

/// A refusal.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema matters")]
pub struct LivechatRefusal {
    /// Always `false`.
    success: bool,
    /// What is wrong, by a name that clients know or in a sentence with one.
    error: Option<String>,
    /// The name alone, where the error is a sentence.
    error_type: Option<String>,
    /// What is wrong with a file.
    reason: Option<String>,
    /// How large a file may be.
    size_allowed: Option<String>,
}

/// A message. What the visitor did not write has no `token` and no `alias`.
#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema matters")]
pub struct LivechatMessage {
    /// The name that the client gave it, or our id.
    #[schemars(rename = "_id")]
    id: String,
    /// The room.
    rid: String,
    /// What it says.
    msg: String,
    /// What kind of notice it is, if it is one.
    t: Option<String>,
    /// The reader's own token.
    token: Option<String>,
    /// The visitor's name.
    alias: Option<String>,
    /// Who wrote it.
    u: LivechatAuthor,
    /// When.
    ts: String,
    /// When it last changed.
    #[schemars(rename = "_updatedAt")]
    updated_at: String,
    /// When it was edited.
    edited_at: Option<String>,
    /// The file that goes with it.
    attachments: Option<Vec<Value>>,
}

/// Who wrote a message.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema matters")]
pub struct LivechatAuthor {
    /// The visitor's id, or a handle.
    #[schemars(rename = "_id")]
    id: String,
    /// A handle.
    username: String,
    /// A name.
    name: String,
}

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let message = named::<LivechatMessage>(generator);
    let any = || json_schema!({ "type": "object" });
    let text = || json_schema!({ "type": "string" });
    let told = |name: &str, schema: &Schema| {
        let succeeded = json_schema!({ "const": true });
        let mut properties = serde_json::Map::new();
        properties.insert(name.into(), schema.clone().to_value());
        properties.insert("success".into(), succeeded.to_value());
        json_schema!({ "type": "object", "properties": properties, "required": [name, "success"] })
    };
    let described = Described {
        summary: "",
        query: Vec::new(),
        body: None,
        takes_file: false,
        success: Success::Plain(200, any()),
        errors: &[400, 403, 404, 413, 415, 429],
        security: None,
    };
    let of = |summary, name: &str, schema: &Schema, described: Described| Described {
        summary,
        success: Success::Plain(200, told(name, schema)),
        ..described
    };
    let reading = |described| Described { errors: &[400, 403, 404, 429], ..described };
    let queried = |names: &[(&'static str, &'static str)], described| Described {
        query: names.iter().map(|(name, description)| parameter(name, description)).collect(),
        errors: &[400, 403, 404, 429],
        ..described
    };
    let posted = |properties: Value, required: &[&str], described| Described {
        body: Some(json_schema!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        })),
        ..described
    };
    let (token, rid) = (("token", "The visitor's token."), ("rid", "The room."));
    let string = || json!({ "type": "string" });
    let msg = json!({ "type": "string", "minLength": 1, "maxLength": 5000 });
    match operation {
        Operation::Config => queried(
            &[
                ("token", "A visitor's token: tells of them and their room as well."),
                ("department", "Passed over."),
            ],
            of("Reads all that a client needs to know of the widget.", "config", &any(), described),
        ),
        Operation::Register => posted(
            json!({ "visitor": {
                "type": "object",
                "properties": {
                    "token": { "type": "string", "pattern": "^[A-Za-z0-9_-]{16,128}$" },
                    "name": string(), "email": string(), "phone": string(), "department": string(),
                    "customFields": { "type": "object", "additionalProperties": string() },
                },
                "required": ["token"],
            } }),
            &["visitor"],
            of(
                "Makes a visitor, or says more of them; what they say of themselves is a claim.",
                "visitor",
                &any(),
                described,
            ),
        ),
        Operation::Visitor => reading(of("Reads what is known of a visitor.", "visitor", &any(), described)),
        Operation::Forget => {
            reading(of("Forgets a visitor, with all that they said.", "visitor", &any(), described))
        }
        Operation::Status => posted(
            json!({ "token": string(), "status": { "enum": ["online", "away", "busy", "offline"] } }),
            &["token", "status"],
            of("Tells whether the visitor looks at the chat.", "status", &text(), described),
        ),
        Operation::Room => queried(
            &[token, ("rid", "A room that has to be open."), ("agentId", "Passed over.")],
            of("Gives the visitor's open room, or a new one.", "room", &any(), described),
        ),
        Operation::Close => posted(
            json!({ "token": string(), "rid": string() }),
            &["token", "rid"],
            of("Closes a room.", "comment", &text(), described),
        ),
        Operation::Survey => posted(
            json!({ "token": string(), "rid": string(), "data": { "type": "array", "items": {
                "type": "object", "properties": { "name": string(), "value": string() }, "required": ["name", "value"],
            } } }),
            &["token", "rid", "data"],
            of(
                "Rates a room: `satisfaction` from 1 to 5, `additionalFeedback` in words.",
                "rid",
                &text(),
                described,
            ),
        ),
        Operation::Send => posted(
            json!({
                "token": string(), "rid": string(), "msg": msg,
                "_id": { "type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$" },
                "agent": { "type": "object", "properties": { "agentId": string(), "username": string() }, "required": ["agentId", "username"] },
            }),
            &["token", "rid", "msg"],
            of(
                "Sends a message; with the same `_id` again, it is the same message.",
                "message",
                &message,
                described,
            ),
        ),
        Operation::Message => {
            queried(&[token, rid], of("Reads a message of a room.", "message", &message, described))
        }
        Operation::Edit => posted(
            json!({ "token": string(), "rid": string(), "msg": msg, "_id": string() }),
            &["token", "rid", "msg"],
            of("Edits one of the visitor's own messages.", "message", &message, described),
        ),
        Operation::Delete => Described {
            query: vec![parameter(token.0, token.1), parameter(rid.0, rid.1)],
            ..of(
                "Deletes one of the visitor's own messages; token and room may stand in a JSON body instead.",
                "message",
                &any(),
                described,
            )
        },
        Operation::History => queried(
            &[
                token,
                ("limit", "How many at most: 1 to 100, usually 20. `count` is the same."),
                ("count", "See `limit`."),
                ("offset", "How many of the newest are left out."),
                ("ts", "None from before this time."),
                ("end", "None from this time on."),
                ("ls", "When the visitor looked last: what came since and is not told is counted."),
            ],
            of("Reads what was said in a room, newest first.", "messages", &list(&message), described),
        ),
        Operation::Upload => Described {
            summary: "Sends a file as a message; the visitor's token is in the header x-visitor-token.",
            takes_file: true,
            success: Success::Plain(200, message),
            errors: &[400, 401, 403, 404, 413, 415, 429],
            ..described
        },
        Operation::Page => posted(
            json!({ "token": string(), "rid": string(), "pageInfo": { "type": "object", "properties": {
                "change": string(), "title": string(),
                "location": { "type": "object", "properties": { "href": string() }, "required": ["href"] },
            }, "required": ["location"] } }),
            &["token", "pageInfo"],
            of("Tells of a page that the visitor came to.", "page", &any(), described),
        ),
        Operation::Field => posted(
            json!({ "token": string(), "key": string(), "value": string(), "overwrite": { "type": "boolean" } }),
            &["token", "key", "value"],
            of("Keeps something that the visitor says of themselves.", "field", &any(), described),
        ),
        Operation::Fields => posted(
            json!({ "token": string(), "customFields": { "type": "array", "maxItems": 20 } }),
            &["token", "customFields"],
            of(
                "Keeps several things that the visitor says of themselves.",
                "fields",
                &list(&any()),
                described,
            ),
        ),
        Operation::Transcript => posted(
            json!({ "token": string(), "rid": string(), "email": { "type": "string", "format": "email" } }),
            &["token", "rid", "email"],
            of("Sends the visitor's newest room by mail.", "message", &text(), described),
        ),
        Operation::Offline => posted(
            json!({
                "name": { "type": "string", "maxLength": 200 }, "email": { "type": "string", "format": "email" },
                "message": { "type": "string", "maxLength": 4000 }, "department": string(), "host": { "type": "string", "maxLength": 500 },
            }),
            &["name", "email", "message"],
            of(
                "Leaves a message where nobody is there: it is kept, and mailed to whom the widget's owner has named.",
                "message",
                &json_schema!({ "type": "string" }),
                described,
            ),
        ),
        Operation::Agent => reading(of("Reads who answers in a room.", "agent", &any(), described)),
        Operation::NextAgent => reading(of("Reads who serves the visitor.", "agent", &any(), described)),
        Operation::Live => Described {
            summary: "Opens the websocket, which speaks DDP: what happens in a visitor's rooms, and who writes.",
            success: Success::Socket,
            errors: &[403, 404, 426, 429],
            ..described
        },
    }
}

fn list(of: &Schema) -> Schema {
    json_schema!({ "type": "array", "items": of })
}

fn parameter(name: &'static str, description: &'static str) -> QueryParameter {
    QueryParameter { name, description, schema: json!({ "type": "string" }) }
}
