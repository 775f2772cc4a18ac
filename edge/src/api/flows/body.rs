//! What a flow's author may say of it.

use crate::api::envelope::ApiError;
use crate::http::fields::Fields;
use crate::store::flows::Flow;
use flow::declared;
#[cfg(feature = "schema")]
use flow::declared::Declared;
use flow::graph::MAX_STEPS;
use imports::canvas;
use shared::json::Json;

/// The most bytes of a flow's steps, as JSON.
const MAX_BYTES: usize = 256 * 1024;
/// The most bytes of a body: steps in another spelling take more.
pub const MAX_BODY: usize = 2 * MAX_BYTES;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 120;
/// The longest description, channel and configuration of a trigger, in characters.
const LONGEST_TEXT: usize = 1_000;
const LONGEST_CHANNEL: usize = 200;
const LONGEST_CONFIG: usize = 16 * 1024;

/// When flows begin.
pub const TRIGGERS: [&str; 4] = ["KEYWORD", "INTENT", "MANUAL", "AUTO_REPLY"];

/// What is said of a flow; what is left out stays as it is.
#[derive(Debug, Default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "camelCase", deny_unknown_fields))]
pub struct FlowRequest {
    /// Its name, 1 to 120 characters; needed for a new one.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The steps: at most 200, 256 KiB together. A draft may be incomplete.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")
    )]
    pub steps: Option<Json>,
    /// The steps in another spelling: `{nodes, edges}`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, serde_json::Value>>"))]
    pub json: Option<Json>,
    /// The variables it declares, at most 100: `{name, type?, scope?, default?}`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Declared>>"))]
    pub variables: Option<Json>,
    /// The channel it answers in: a widget's id, or any text; null for none.
    pub phone_number_id: Option<String>,
    /// When it begins: `KEYWORD`, `INTENT`, `MANUAL` or `AUTO_REPLY`.
    pub trigger_type: Option<String>,
    /// More of that: `{keywords, match}`, `{phrases}`; of `AUTO_REPLY` `{urls}`, the pages it answers on, with `*` for
    /// anything.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, serde_json::Value>>"))]
    pub trigger_config: Option<Json>,
    /// Whether it may answer.
    pub enabled: Option<bool>,
    /// Of clients for telephones; it means nothing here.
    pub waba_id: Option<String>,
    #[cfg_attr(feature = "schema", schemars(skip))]
    takes_channel_away: bool,
}

impl FlowRequest {
    /// Reads a body; all that is wrong is told at once.
    pub fn read(text: &str) -> Result<Self, ApiError> {
        let takes_channel_away =
            Json::parse(text).is_ok_and(|json| json.get("phoneNumberId") == Some(&Json::Null));
        let mut fields = Fields::read(text)?;
        let bounded = |fields: &mut Fields, key: &str, most: usize| {
            let text = fields.string(key)?;
            if text.chars().count() <= most {
                Some(text)
            } else {
                fields.refuse(key, &format!("must have at most {most} characters"))
            }
        };
        let name = fields.string("name").and_then(|name| match name.trim() {
            name if (1..=LONGEST_NAME).contains(&name.chars().count()) => Some(name.to_owned()),
            _ => fields.refuse("name", &format!("must have 1 to {LONGEST_NAME} characters")),
        });
        let description = bounded(&mut fields, "description", LONGEST_TEXT);
        let steps = fields.take("steps").and_then(|steps| match fault_of(&steps) {
            None => Some(steps),
            Some(why) => fields.refuse("steps", &why),
        });
        let json = fields.take("json").and_then(|drawn| match canvas::steps(&drawn) {
            Ok(steps) => match fault_of(&steps) {
                None => Some(steps),
                Some(why) => fields.refuse("json", &format!("its steps {why}")),
            },
            Err(wrong) => fields.refuse("json", &wrong.sentence()),
        });
        let variables = fields.take("variables").and_then(|variables| match declared::read(&variables) {
            Ok(_) => Some(variables),
            Err(wrong) => fields.refuse("variables", &wrong.join("; ")),
        });
        let trigger_type =
            fields.string("triggerType").and_then(|kind| match TRIGGERS.contains(&kind.as_str()) {
                true => Some(kind),
                false => fields.refuse("triggerType", &format!("must be one of {}", TRIGGERS.join(", "))),
            });
        let trigger_config = fields.take("triggerConfig").and_then(|config| match &config {
            Json::Object(_) if config.get("urls").is_some_and(|urls| !are_pages(urls)) => fields
                .refuse("triggerConfig.urls", "must be a list of at most 50 texts of 1 to 500 characters"),
            Json::Object(_) if config.json().len() <= LONGEST_CONFIG => Some(config),
            Json::Object(_) => fields.refuse("triggerConfig", "is too large"),
            _ => fields.refuse("triggerConfig", "must be an object"),
        });
        let request = Self {
            name,
            description,
            json,
            steps,
            variables,
            phone_number_id: bounded(&mut fields, "phoneNumberId", LONGEST_CHANNEL),
            trigger_type,
            trigger_config,
            enabled: fields.boolean("enabled"),
            waba_id: fields.string("wabaId"),
            takes_channel_away,
        };
        match fields.finish() {
            wrong if wrong.is_empty() => Ok(request),
            wrong => Err(ApiError::Invalid(wrong)),
        }
    }

    /// The flow that comes of one there was.
    pub fn applied(self, before: &Flow) -> Flow {
        let channel = if self.takes_channel_away {
            None
        } else {
            self.phone_number_id.or_else(|| before.channel.clone())
        };
        let steps = self.steps.or(self.json);
        Flow {
            name: self.name.unwrap_or_else(|| before.name.clone()),
            description: self.description.or_else(|| before.description.clone()),
            steps: steps.map_or_else(|| before.steps.clone(), |steps| steps.json()),
            variables: self.variables.map_or_else(|| before.variables.clone(), |it| it.json()),
            channel,
            trigger_type: self.trigger_type.unwrap_or_else(|| before.trigger_type.clone()),
            trigger_config: self
                .trigger_config
                .map(|config| config.json())
                .or_else(|| before.trigger_config.clone()),
            enabled: self.enabled.map_or(before.enabled, u8::from),
            ..before.clone()
        }
    }
}

fn are_pages(urls: &Json) -> bool {
    let is_page = |url: &Json| url.text().is_some_and(|url| (1..=500).contains(&url.chars().count()));
    matches!(urls, Json::List(items) if items.len() <= 50 && items.iter().all(is_page))
}

/// What keeps a value from being steps, be they incomplete ones.
pub(super) fn fault_of(steps: &Json) -> Option<String> {
    let Json::List(items) = steps else { return Some("must be a list".into()) };
    if items.len() > MAX_STEPS {
        return Some(format!("must have at most {MAX_STEPS} items"));
    }
    if !items.iter().all(|item| matches!(item, Json::Object(_))) {
        return Some("each must be an object".into());
    }
    (steps.json().len() > MAX_BYTES).then(|| format!("must have at most {MAX_BYTES} bytes"))
}
