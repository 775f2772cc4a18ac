//! What the widgets API says of itself.

use super::Operation;
use super::one::ChatWidget;
use crate::openapi::{Described, QueryParameter, Success, named};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;
use shared::model::settings::WidgetSettings;

/// Describes an operation.
pub fn describe(operation: Operation, generator: &mut SchemaGenerator) -> Described {
    let described = Described::usually(
        Success::Plain(200, named::<ChatWidget>(generator)),
        &[400, 401, 403, 404],
        "bearer",
    );
    let writing: &[u16] = &[400, 401, 403, 404, 409, 413, 415, 422];
    match operation {
        Operation::List => Described {
            summary: "Lists chat widgets, newest first.",
            query: list_parameters(),
            success: Success::Plain(
                200,
                object(&[
                    ("chatWidgets", named::<Vec<ChatWidget>>(generator)),
                    ("totalCount", json_schema!({ "type": "integer" })),
                ]),
            ),
            errors: &[400, 401, 403, 422],
            ..described
        },
        Operation::Create => Described {
            summary: "Makes a chat widget. The first of a location is its default.",
            body: Some(body(generator, &["version", "chatType", "name", "locationId"])),
            success: Success::Plain(201, named::<ChatWidget>(generator)),
            errors: writing,
            ..described
        },
        Operation::Clone => Described {
            summary: "Copies a chat widget within its location.",
            body: Some(json_schema!({
                "type": "object",
                "properties": { "locationId": { "type": "string" }, "chatWidgetId": { "type": "string" }, "name": { "type": "string" } },
                "required": ["locationId", "chatWidgetId"],
            })),
            success: Success::Plain(201, named::<ChatWidget>(generator)),
            errors: writing,
            ..described
        },
        Operation::Read => Described { summary: "Reads a chat widget.", ..described },
        Operation::Replace => Described {
            summary: "Writes a chat widget anew: the settings as a whole, what else is left out stays.",
            body: Some(body(generator, &[])),
            errors: writing,
            ..described
        },
        Operation::Patch => Described {
            summary: "Changes a chat widget by a merge patch.",
            body: Some(body(generator, &[])),
            errors: writing,
            ..described
        },
        Operation::Delete => Described {
            summary: "Deletes a chat widget. Where it was the default, the oldest that remains is.",
            success: Success::Plain(
                200,
                object(&[
                    ("success", json_schema!({ "const": true })),
                    ("traceId", json_schema!({ "type": "string" })),
                ]),
            ),
            ..described
        },
        Operation::PublicConfig => Described {
            summary: "What everybody may know of a chat widget.",
            success: Success::Plain(
                200,
                object(&[
                    ("config", json_schema!({ "type": "object" })),
                    ("traceId", json_schema!({ "type": "string" })),
                ]),
            ),
            errors: &[400, 404],
            security: None,
            ..described
        },
    }
}

fn object(members: &[(&str, Schema)]) -> Schema {
    let properties: serde_json::Map<_, _> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone().to_value())).collect();
    let names: Vec<_> = members.iter().map(|(name, _)| *name).collect();
    json_schema!({ "type": "object", "properties": properties, "required": names })
}

fn body(generator: &mut SchemaGenerator, required: &[&str]) -> Schema {
    let settings = named::<WidgetSettings>(generator);
    let mut properties = json!({
        "version": { "type": "number" },
        "chatType": { "enum": crate::store::widgets::CHAT_TYPES },
        "name": { "type": "string", "minLength": 1, "maxLength": 200 },
        "default": { "type": "boolean" },
        "settings": settings,
    });
    if let (false, Some(properties)) = (required.is_empty(), properties.as_object_mut()) {
        properties.insert("locationId".into(), json!({ "type": "string", "format": "uuid" }));
        properties.insert("deleted".into(), json!({ "const": false }));
    }
    json_schema!({ "type": "object", "properties": properties, "required": required })
}

fn list_parameters() -> Vec<QueryParameter> {
    let types = json!({ "type": "string" });
    vec![
        QueryParameter {
            name: "locationId",
            description: "Whose.",
            schema: json!({ "type": "string", "format": "uuid" }),
        },
        QueryParameter {
            name: "offset",
            description: "How many to pass over.",
            schema: json!({ "type": "integer", "minimum": 0 }),
        },
        QueryParameter {
            name: "limit",
            description: "How many at most.",
            schema: json!({ "type": "integer", "minimum": 1, "maximum": 100 }),
        },
        QueryParameter {
            name: "chatType",
            description: "Only those of this type; `webChat` for facebookChat, emailChat, instagramChat and waChat.",
            schema: types.clone(),
        },
        QueryParameter {
            name: "excludeChatType",
            description: "Only those of other types.",
            schema: types.clone(),
        },
        QueryParameter {
            name: "allInOneChatTypes",
            description: "With chatType=allInOneChat, only those that hold this type within.",
            schema: types.clone(),
        },
        QueryParameter {
            name: "voiceAiAgentId",
            description: "Only those of this voice agent.",
            schema: types,
        },
    ]
}
