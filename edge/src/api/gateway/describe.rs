//! What the gateway API says of itself.

use super::Operation;
use crate::openapi::{Described, Success};
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

/// Describes an operation. A body may be JSON, `application/x-www-form-urlencoded` or `multipart/form-data`.
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
    let message = || json!({ "message": string() });
    match operation {
        Operation::Config => with(
            json!({ "chatServer": string(), "chatAccountToken": string() }),
            &["chatServer", "chatAccountToken"],
            described(
                "Reads how an account's chat looks, and whether anybody is there.",
                json!({ "chatConfig": { "type": "object" } }),
            ),
        ),
        Operation::Message => with(
            json!({
                "chatServer": string(), "chatAccountToken": string(), "chatSessionID": string(),
                "message": { "type": "string", "minLength": 1, "maxLength": 10000 },
                "messageNumber": { "type": "integer", "minimum": 1, "maximum": 50 }, "channelID": whole(), "url": string(),
                "usedPredefinedUserInput": string(), "additionalData": string(), "externalAddressOverwrite": string(),
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
            takes_file: true,
            ..described(
                "Hands on a file. `chatServer`, `chatSessionID` and `chatAccountToken` stand in the query; `file` is a part of a form, or base64.",
                json!({ "message": string(), "attachmentID": string(), "ticketID": whole() }),
            )
        },
        Operation::CheckOrigin => with(
            json!({ "chatServer": string(), "chatAccountToken": string(), "origin": string(), "ip": string() }),
            &["chatServer", "chatAccountToken", "origin", "ip"],
            described(
                "Tells whether a page and an address may chat.",
                json!({ "allowed": { "type": "boolean" }, "reason": { "enum": ["origin", "ip", null] } }),
            ),
        ),
        Operation::Rules => described(
            "Reads which sites may chat, and which addresses may not.",
            json!({ "whitelistedDomains": { "type": "array" }, "blacklistedIPs": { "type": "array" } }),
        ),
        Operation::Queue => with(
            json!({ "chatAccountToken": string() }),
            &["chatAccountToken"],
            described(
                "Reads who waits for a person, and how many people are there.",
                json!({ "queue": { "type": "array" }, "length": whole(), "agentsOnline": whole() }),
            ),
        ),
    }
}

fn result(properties: &Value) -> Schema {
    let mut all = properties.clone();
    let mut required: Vec<String> =
        all.as_object().map(|all| all.keys().cloned().collect()).unwrap_or_default();
    required.push("type".into());
    if let Some(all) = all.as_object_mut() {
        all.insert("type".into(), json!({ "const": "result" }));
    }
    json_schema!({ "type": "object", "properties": all, "required": required, "additionalProperties": false })
}
