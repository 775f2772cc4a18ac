//! The description of the APIs (OpenAPI 3.1, <https://spec.openapis.org/oas/v3.1.1>). Each API describes its own
//! operations beside its routes; this puts them together.

use crate::api::envelope::ErrorBody;
use crate::api::gateway::describe::GatewayRefusal;
use crate::api::livechat::describe::LivechatRefusal;
use crate::api::widgets::answer::RefusedBody;
use crate::api::{admin, agent, flows, gateway, livechat, media, visitor, widgets};
use crate::inbox::InboxFrame;
use crate::router::Route;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};
use shared::wire::frame::{ClientFrame, ServerFrame};

/// What there is to say of an operation beyond its route.
#[derive(Debug)]
pub struct Described {
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// The parameters of its query string.
    pub query: Vec<QueryParameter>,
    /// The JSON body it takes.
    pub body: Option<Schema>,
    /// Whether it takes a form with a file instead.
    pub takes_file: bool,
    /// How it succeeds.
    pub success: Success,
    /// The statuses it refuses by, beside 500.
    pub errors: &'static [u16],
    /// The credential it asks for; none where it asks for none.
    pub security: Option<&'static str>,
}

impl Described {
    /// What the operations of an API have in common: how they usually succeed, are refused, and who may ask.
    pub fn usually(success: Success, errors: &'static [u16], security: &'static str) -> Self {
        Self {
            summary: "",
            query: Vec::new(),
            body: None,
            takes_file: false,
            success,
            errors,
            security: Some(security),
        }
    }
}

/// How an operation succeeds.
#[derive(Debug)]
pub enum Success {
    /// By this status, with `data` of this schema.
    Data(u16, Schema),
    /// By this status, with a body of this schema and nothing around it.
    Plain(u16, Schema),
    /// By this status, without a body.
    Nothing(u16),
    /// By becoming a WebSocket.
    Socket,
    /// With the bytes of a file, all or some.
    File,
}

/// A parameter of a query string.
#[derive(Debug)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// Its schema.
    pub schema: Value,
}

impl QueryParameter {
    /// How long a page is: up to 100, and so many where nobody says.
    pub fn limit(usual: u32) -> Self {
        Self {
            name: "limit",
            description: "How many at most.",
            schema: json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": usual }),
        }
    }
}

/// The whole description.
pub fn description() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    add(&mut paths, "visitor", visitor::ROUTES, |operation| {
        visitor::describe::describe(operation, &mut generator)
    });
    add(&mut paths, "agent", agent::ROUTES, |operation| agent::describe::describe(operation, &mut generator));
    add(&mut paths, "admin", admin::operation::ROUTES, |operation| {
        admin::describe::describe(operation, &mut generator)
    });
    add(&mut paths, "widgets", widgets::ROUTES, |operation| {
        widgets::describe::describe(operation, &mut generator)
    });
    add(&mut paths, "flows", flows::ROUTES, |operation| flows::describe::describe(operation, &mut generator));
    add(&mut paths, "gateway", gateway::ROUTES, gateway::describe::describe);
    add(&mut paths, "livechat", livechat::ROUTES, |operation| {
        livechat::describe::describe(operation, &mut generator)
    });
    add(&mut paths, "media", media::ROUTES, media::describe);
    for schema in [
        named::<ErrorBody>,
        named::<RefusedBody<'_>>,
        named::<LivechatRefusal>,
        named::<GatewayRefusal>,
        named::<ClientFrame>,
        named::<ServerFrame>,
        named::<InboxFrame>,
    ] {
        schema(&mut generator);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Porchlight",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Live chat for any website. Frames of the sockets are the schemas ClientFrame, ServerFrame and InboxFrame.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "visitor": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
                "bearer": { "type": "http", "scheme": "bearer" },
                "chat": { "type": "apiKey", "in": "header", "name": "apiKey" },
                "key": { "type": "apiKey", "in": "header", "name": "X-Api-Key" },
            },
        },
    })
}

/// The schema of a type, by reference.
pub fn named<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schema of `{"ok": true}`.
pub fn done() -> Schema {
    schemars::json_schema!({ "type": "object", "properties": { "ok": { "const": true } }, "required": ["ok"] })
}

/// The parameters of a page of messages.
pub fn page_parameters() -> Vec<QueryParameter> {
    vec![
        QueryParameter::limit(50),
        QueryParameter {
            name: "before",
            description: "A message's id or a time: what came before it, newest first.",
            schema: json!({ "type": "string" }),
        },
        QueryParameter {
            name: "after",
            description: "A count of changes (`changed`): what came or changed after it, oldest change first.",
            schema: json!({ "type": "integer", "minimum": 0 }),
        },
    ]
}

fn add<Operation: Copy + core::fmt::Debug>(
    paths: &mut Map<String, Value>,
    tag: &str,
    routes: &[Route<Operation>],
    mut describe: impl FnMut(Operation) -> Described,
) {
    for route in routes {
        let (path, names) = template(route.path);
        let operation = operation(tag, route, &names, describe(route.operation));
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(route.method.as_ref().to_lowercase(), operation);
        }
    }
}

/// A route's path as OpenAPI writes it, and the names in it.
fn template(path: &str) -> (String, Vec<&str>) {
    let names = path.split('/').filter_map(|part| part.strip_prefix(':')).collect();
    let parts =
        path.split('/').map(|part| part.strip_prefix(':').map_or(part.into(), |name| format!("{{{name}}}")));
    (parts.collect::<Vec<_>>().join("/"), names)
}

fn operation<Operation: core::fmt::Debug>(
    tag: &str,
    route: &Route<Operation>,
    names: &[&str],
    described: Described,
) -> Value {
    let in_path = names
        .iter()
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }));
    let in_query = described.query.into_iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": "query",
            "description": parameter.description,
            "schema": parameter.schema,
        })
    });
    let mut value = json!({
        "operationId": format!("{tag}{:?}", route.operation),
        "tags": [tag],
        "summary": described.summary,
        "parameters": in_path.chain(in_query).collect::<Vec<_>>(),
        "responses": responses(tag, described.success, described.errors),
        "security": described.security.map_or_else(|| json!([{}]), |name| json!([{ name: [] }])),
    });
    let mut content = Map::new();
    if let Some(body) = described.body {
        let kinds: &[_] = match tag {
            "gateway" => &["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
            _ => &["application/json"],
        };
        content.extend(kinds.iter().map(|kind| ((*kind).into(), json!({ "schema": body }))));
    }
    if described.takes_file {
        content.insert(
            "multipart/form-data".into(),
            json!({ "schema": {
                "type": "object",
                "properties": { "file": { "type": "string", "contentMediaType": "application/octet-stream" } },
                "required": ["file"],
            } }),
        );
    }
    if let Some(object) = value.as_object_mut().filter(|_| !content.is_empty()) {
        object.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    value
}

fn responses(tag: &str, success: Success, errors: &[u16]) -> Value {
    let refusal = match success {
        _ if tag == "livechat" => "LivechatRefusal",
        _ if tag == "gateway" => "GatewayRefusal",
        Success::Plain(..) => "RefusedBody",
        _ => "ErrorBody",
    };
    let mut responses = Map::new();
    match success {
        Success::Data(status, data) => {
            let envelope = json!({
                "type": "object",
                "properties": { "data": data, "timestamp": { "type": "string", "format": "date-time" } },
                "required": ["data", "timestamp"],
                "additionalProperties": false,
            });
            responses.insert(status.to_string(), answer("Done.", &envelope));
        }
        Success::Plain(status, schema) => {
            responses.insert(status.to_string(), answer("Done.", &schema.to_value()));
        }
        Success::Nothing(status) => {
            responses.insert(status.to_string(), json!({ "description": "Done." }));
        }
        Success::Socket => {
            responses.insert("101".into(), json!({ "description": "The connection becomes a WebSocket." }));
        }
        Success::File => {
            let bytes = json!({ "application/octet-stream": { "schema": {} } });
            for (status, description) in [("200", "All of it."), ("206", "The range that was asked for.")] {
                responses.insert(status.into(), json!({ "description": description, "content": bytes }));
            }
            responses.insert("304".into(), json!({ "description": "It has not changed." }));
            responses.insert("416".into(), json!({ "description": "It has no such range." }));
        }
    }
    for status in errors.iter().chain(&[500]) {
        let refused = answer(
            "Refused; `message` says why.",
            &json!({ "$ref": format!("#/components/schemas/{refusal}") }),
        );
        responses.insert(status.to_string(), refused);
    }
    Value::Object(responses)
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}
