//! What the gateway API says of itself.

use super::Operation;
use crate::openapi::{Described, QueryParameter, Success};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A refusal.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema matters")]
pub struct GatewayRefusal {
    /// Always `error`.
    status: String,
    /// What is wrong, in a sentence.
    message: String,
    /// The fields that are wrong, with what is wrong with each.
    errors: Option<BTreeMap<String, String>>,
}

/// Describes an operation.
pub fn describe(operation: Operation) -> Described {
    let described = |summary, properties: Value| Described {
        summary,
        query: Vec::new(),
        body: None,
        takes_file: false,
        success: Success::Plain(200, result(&properties)),
        errors: &[400, 401, 403, 404, 409, 413, 415, 429],
        security: Some("chat"),
    };
    let with = |properties: Value, required: &[&str], described| Described {
        body: Some(json_schema!({ "type": "object", "properties": properties, "required": required })),
        ..described
    };
    let (string, whole) = (|| json!({ "type": "string" }), || json!({ "type": "integer" }));
    let number = || json!({ "type": "integer", "minimum": 1, "maximum": 50 });
    let truth = || json!({ "type": "boolean" });
    let list = |of: &Value| json!({ "type": "array", "items": of });
    let message = || json!({ "message": string() });
    match operation {
        Operation::Config => with(
            json!({ "chatServer": string(), "chatAccountToken": string() }),
            &["chatServer", "chatAccountToken"],
            described(
                "Reads how an account's chat looks, and whether anybody is there.",
                json!({ "chatConfig": object(&json!({
                    "name": string(), "enabled": truth(), "online": truth(), "language": string(), "color": string(),
                    "welcomeMessage": string(), "offlineMessage": string(), "departments": list(&string()),
                })) }),
            ),
        ),
        Operation::Message => with(
            json!({
                "chatServer": string(), "chatAccountToken": string(), "chatSessionID": string(),
                "message": { "type": "string", "minLength": 1, "maxLength": 10000 },
                "messageNumber": number(), "channelID": whole(), "url": string(),
                "usedPredefinedUserInput": truth(), "additionalData": string(), "externalAddressOverwrite": string(),
                "customerName": string(), "emailAddress": string(), "phoneNumber": string(),
            }),
            &["chatServer", "chatAccountToken", "chatSessionID", "message"],
            described(
                "Hands on what a visitor has said: the first message of a session begins a conversation, and so does one after its end.",
                json!({ "message": string(), "ticketID": whole(), "messageID": string() }),
            ),
        ),
        Operation::Event => with(
            json!({
                "chatServer": string(), "chatSessionID": string(),
                "event": { "enum": ["startedtyping", "stoppedtyping", "expandedchat", "minimizedchat"] },
            }),
            &["chatServer", "chatSessionID", "event"],
            described("Hands on what a visitor does besides writing.", message()),
        ),
        Operation::Visited => with(
            json!({ "chatServer": string(), "chatSessionID": string(), "url": string() }),
            &["chatServer", "chatSessionID", "url"],
            described("Hands on that a visitor came to a page.", message()),
        ),
        Operation::EndChat => with(
            json!({ "chatServer": string(), "chatSessionID": string() }),
            &["chatServer", "chatSessionID"],
            described("Ends a session's conversation.", message()),
        ),
        Operation::Attachment => Described {
            query: [
                ("chatServer", "Needed.", string()),
                ("chatAccountToken", "Needed.", string()),
                ("chatSessionID", "Needed: a session that has begun.", string()),
                ("messageNumber", "What it is known again by in its session.", number()),
                ("phoneNumber", "Not read.", string()),
            ]
            .map(|(name, description, schema)| QueryParameter { name, description, schema })
            .into(),
            takes_file: true,
            ..with(
                json!({ "file": { "type": "string", "contentEncoding": "base64" } }),
                &["file"],
                described(
                    "Hands on a file, which is a part of a form, or a text in base64.",
                    json!({ "message": string(), "attachmentID": string(), "ticketID": whole() }),
                ),
            )
        },
        Operation::CheckOrigin => with(
            json!({ "chatServer": string(), "chatAccountToken": string(), "origin": string(), "ip": string() }),
            &["chatServer", "chatAccountToken", "origin", "ip"],
            described(
                "Tells whether a page and an address may chat.",
                json!({ "allowed": truth(), "reason": { "enum": ["origin", "ip", null] } }),
            ),
        ),
        Operation::Rules => described(
            "Reads which sites may chat, and which addresses may not.",
            json!({ "whitelistedDomains": list(&string()), "blacklistedIPs": list(&string()) }),
        ),
        Operation::Queue => with(
            json!({ "chatAccountToken": string() }),
            &["chatAccountToken"],
            described(
                "Reads who waits for a person, and how many people are there.",
                json!({ "queue": list(&object(&json!({
                    "chatSessionID": string(), "position": whole(), "waitingSince": { "type": "string", "format": "date-time" },
                }))), "length": whole(), "agentsOnline": whole() }),
            ),
        ),
    }
}

fn result(properties: &Value) -> Schema {
    let mut all = properties.clone();
    if let Some(all) = all.as_object_mut() {
        all.insert("type".into(), json!({ "const": "result" }));
    }
    let Value::Object(object) = object(&all) else { return Schema::default() };
    object.into()
}

/// An object that has all of these and nothing else.
fn object(properties: &Value) -> Value {
    let required: Vec<&String> = properties.as_object().map(|all| all.keys().collect()).unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
