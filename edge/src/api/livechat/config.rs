//! `GET config`: all that a client needs to know of the widget, in the words of Rocket.Chat's own settings.

use super::envelope::Refusal;
use super::params::Params;
use super::{Call, shape};
use crate::store::{Database, departments};
use crate::thread::command::ThreadError;
use crate::thread::command::rare::Rare;
use crate::thread::command::within::Standing;
use shared::json::Json;
use shared::model::conversation::ConversationStatus;
use shared::model::settings::{Deed, Position, Trigger};
use shared::rules::pre_chat::{Field, FieldType, PreChat};

/// The longest message, as the client's composer counts.
const LONGEST: f64 = 5000.0;

/// The sound of a message: none, for the widget is the site's guest. Clients play whatever is here, and fail at nothing.
const SILENCE: &str =
    "data:audio/wav;base64,UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQQAAAAAAAAA";

/// Handles it. With a visitor's token it tells of them and their room as well; one that is unknown is nobody's yet.
pub async fn read(call: Call<'_>) -> Result<String, Refusal> {
    let params = Params::of_query(call.request, &["token", "department", "businessUnit"])?;
    params.text("department")?;
    let token =
        params.text("token")?.filter(|token| !token.is_empty()).map(super::visitor::named).transpose()?;
    let mut config = general(&call).await?;
    if let Some(visitor) = token.map(|token| call.visitor(token)).transpose()? {
        match visitor.thread.tell_rarely::<Standing>(&Rare::Standing).await {
            Ok(standing) => {
                config.push_str(r#","guest":"#);
                config.push_str(&shape::visitor(&standing, &visitor.token));
                if standing.begun && standing.status != ConversationStatus::Closed {
                    config.push_str(r#","room":"#);
                    config.push_str(&shape::room(&standing, &visitor.token));
                    if let Some(agent) = shape::served_by(&standing) {
                        config.push_str(r#","agent":"#);
                        config.push_str(&agent);
                    }
                }
            }
            Err(ThreadError::Unknown) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(format!(r#""config":{{{config}}}"#))
}

/// What is the same for everybody.
async fn general(call: &Call<'_>) -> Result<String, Refusal> {
    let (organization, rules) = (call.widget.organization, &call.widget.rules);
    let online = call.widget.attendance().people();
    let asked = rules.questions(online);
    let departments = departments::list(&Database::of(&call.env, organization)?, organization).await?;
    let department = |it: &departments::Department| {
        object([
            ("_id", text(it.id.to_string())),
            ("name", text(it.name.to_string())),
            ("showOnRegistration", Json::Boolean(true)),
            ("showOnOfflineForm", Json::Boolean(true)),
        ])
    };
    let theme = rules.theme.theme();
    let color = text(theme.primary.to_string());
    let site = text(call.widget.site.clone());
    let settings = object([
        ("registrationForm", Json::Boolean(!asked.fields.is_empty())),
        ("nameFieldRegistrationForm", Json::Boolean(asks_name(&asked))),
        ("emailFieldRegistrationForm", Json::Boolean(asks(&asked, FieldType::Email))),
        ("displayOfflineForm", Json::Boolean(true)),
        ("fileUpload", Json::Boolean(rules.uploads.enabled)),
        ("language", text(rules.locale.clone())),
        ("transcript", Json::Boolean(true)),
        ("historyMonitorType", text("url")),
        ("limitTextLength", Json::Number(LONGEST)),
        ("forceAcceptDataProcessingConsent", Json::Boolean(rules.legal.consent)),
        ("showConnecting", Json::Boolean(false)),
        ("agentHiddenInfo", Json::Boolean(false)),
        ("allowSwitchingDepartments", Json::Boolean(false)),
        ("clearLocalStorageWhenChatEnded", Json::Boolean(false)),
        ("videoCall", Json::Boolean(false)),
    ]);
    let position = match theme.position {
        Position::Left => "left",
        Position::Right => "right",
    };
    let away = text(rules.offline.message.clone());
    let config = object([
        ("enabled", Json::Boolean(true)),
        ("online", Json::Boolean(online)),
        ("settings", settings),
        (
            "theme",
            object([
                ("title", site.clone()),
                ("color", color.clone()),
                ("offlineTitle", site),
                ("offlineColor", color),
                ("position", text(position)),
                ("actionLinks", object([("webrtc", list([])), ("jitsi", list([]))])),
            ]),
        ),
        (
            "messages",
            object([
                ("offlineMessage", away.clone()),
                ("offlineSuccessMessage", text("")),
                ("offlineUnavailableMessage", away),
                ("conversationFinishedMessage", text("")),
                ("conversationFinishedText", text("")),
                ("transcriptMessage", text("")),
                ("registrationFormMessage", text("")),
                ("dataProcessingConsentText", text(rules.legal.text.clone())),
            ]),
        ),
        (
            "survey",
            object([
                ("items", list([text("satisfaction")])),
                ("values", list(["1", "2", "3", "4", "5"].map(text))),
            ]),
        ),
        ("triggers", Json::List(rules.triggers.iter().enumerate().filter_map(trigger).collect())),
        ("departments", Json::List(departments.iter().map(department).collect())),
        ("resources", object([("sound", text(SILENCE)), ("emojis", list([]))])),
        ("customFields", Json::List(asked.fields.iter().filter_map(custom_field).collect())),
    ]);
    let json = config.json();
    Ok(json.strip_prefix('{').and_then(|json| json.strip_suffix('}')).unwrap_or_default().into())
}

fn asks(asked: &PreChat, kind: FieldType) -> bool {
    asked.fields.iter().any(|field| field.kind == kind)
}

fn asks_name(asked: &PreChat) -> bool {
    asked.fields.iter().any(is_name)
}

fn is_name(field: &Field) -> bool {
    field.kind == FieldType::Text && field.id.eq_ignore_ascii_case("name")
}

/// A question that has no field of its own in a client's form.
fn custom_field(field: &Field) -> Option<Json> {
    let kind = match field.kind {
        FieldType::Email | FieldType::Phone | FieldType::Checkbox => return None,
        _ if is_name(field) => return None,
        FieldType::Select => "select",
        FieldType::Text | FieldType::Number | FieldType::Textarea => "input",
    };
    Some(object([
        ("_id", text(field.id.clone())),
        ("label", text(field.label.clone())),
        ("type", text(kind)),
        ("required", Json::Boolean(field.required)),
        ("regexp", text(field.pattern.clone().unwrap_or_default())),
        ("defaultValue", text("")),
        ("options", text(field.options.join(","))),
        ("scope", text("visitor")),
        ("visibility", text("visible")),
        ("public", Json::Boolean(true)),
        ("searchable", Json::Boolean(true)),
    ]))
}

/// A greeting. Clients fire a trigger when any of its conditions is met, so only what has one condition can be told.
fn trigger((number, trigger): (usize, &Trigger)) -> Option<Json> {
    let condition = |name, value| object([("name", text(name)), ("value", value)]);
    let condition = match (trigger.url.as_str(), trigger.after) {
        (_, _) if trigger.deed != Deed::Greet => return None,
        ("", seconds) => condition("time-on-site", Json::Number(seconds.into())),
        (url, 0) => condition("page-url", text(pattern(url))),
        _ => return None,
    };
    let said = [("sender", text("custom")), ("name", text("bot")), ("msg", text(trigger.message.clone()))];
    Some(object([
        ("_id", text(format!("trigger-{}", number + 1))),
        ("enabled", Json::Boolean(true)),
        ("runOnce", Json::Boolean(true)),
        ("conditions", list([condition])),
        ("actions", list([object([("name", text("send-message")), ("params", object(said))])])),
    ]))
}

/// An address with `*` in it as the regular expression that clients compare with all of the page's.
fn pattern(url: &str) -> String {
    let mut out = String::from(if url.starts_with('/') { "^https?://[^/]+" } else { "^" });
    for c in url.chars() {
        match c {
            '*' => out.push_str(".*"),
            c if c.is_alphanumeric() || c == '/' || c == '-' => out.push(c),
            c => out.extend(['\\', c]),
        }
    }
    out.push('$');
    out
}

fn text(text: impl Into<String>) -> Json {
    Json::Text(text.into())
}

fn list<const COUNT: usize>(items: [Json; COUNT]) -> Json {
    Json::List(items.into())
}

fn object<const COUNT: usize>(members: [(&str, Json); COUNT]) -> Json {
    Json::Object(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn an_address_becomes_a_pattern() {
        assert_eq!(pattern("/pricing*"), "^https?://[^/]+/pricing.*$");
        assert_eq!(pattern("https://a.example/?x"), r"^https\://a\.example/\?x$");
    }
}
