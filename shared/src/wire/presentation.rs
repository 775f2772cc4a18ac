//! A widget's configuration as the widgets API publishes it: what its visitors' browsers know, and what its owner's other
//! tools have set of its looks, in `kebab-case`. What is not named here stays at home.

use crate::json::Json;

/// What of the settings other widgets show, beside what ours knows.
const SHOWN: [&str; 38] = [
    "acknowledgementDetails",
    "agencyName",
    "agencyWebsite",
    "allowAvatarImage",
    "autoCountryCode",
    "chatIcon",
    "countryCode",
    "customLegalMsg",
    "dimensions",
    "enableRevisitMessage",
    "legalMsg",
    "liveChatAckMsg",
    "liveChatEndedMsg",
    "liveChatFeedbackMsg",
    "liveChatFeedbackNote",
    "liveChatIntroMsg",
    "liveChatUserInactiveMsg",
    "liveChatUserInactiveTime",
    "liveChatVisitorInactiveMsg",
    "liveChatVisitorInactiveTime",
    "promptAvatar",
    "promptAvatarAltText",
    "promptMsg",
    "promptType",
    "revisitPromptMsg",
    "sendActionText",
    "sendLabel",
    "showAgencyBranding",
    "showConsentCheckbox",
    "showLiveChatWelcomeMsg",
    "showPrompt",
    "successMsg",
    "supportContact",
    "thankYouMsg",
    "useEmailField",
    "welcomeMessage",
    "widgetPlacement",
    "widgetPrimaryColor",
];

/// The configuration, from what a visitor's browser knows, the settings and the type of the chat.
pub fn presentation(config: &Json, settings: &Json, chat_type: Json) -> Json {
    let mut shown: Vec<(String, Json)> = vec![("chat-type".into(), chat_type)];
    if let Json::Object(members) = config {
        // Whether people are there is nothing that can be published.
        let lasting = members.iter().filter(|(name, _)| name != "online");
        shown.extend(lasting.map(|(name, value)| (kebab(name), kebab_keys(value))));
    }
    for name in SHOWN {
        if let Some(value) = settings.get(name) {
            shown.push((kebab(name), kebab_keys(value)));
        }
    }
    // The owner's other tools name colours that ours does not know.
    if let (Some(Json::Object(theme)), Some(other)) =
        (shown.iter_mut().find(|(name, _)| name == "theme").map(|(_, value)| value), settings.get("theme"))
    {
        for name in ["name", "colors"] {
            if let Some(value) = other.get(name) {
                theme.push((name.into(), kebab_keys(value)));
            }
        }
    }
    Json::Object(shown)
}

fn kebab(name: &str) -> String {
    let mut written = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !written.is_empty() {
            written.push('-');
        }
        written.push(c.to_ascii_lowercase());
    }
    written
}

fn kebab_keys(json: &Json) -> Json {
    match json {
        Json::List(items) => Json::List(items.iter().map(kebab_keys).collect()),
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (kebab(name), kebab_keys(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_named_and_the_rest_stays_at_home() {
        let read = |text: &str| Json::parse(text).unwrap();
        let config =
            read(r##"{"subHeading":"x","theme":{"primary":"#fff"},"preChat":{"fields":[{"showIf":1}]}}"##);
        let settings = read(
            r##"{"legalMsg":"l","theme":{"colors":{"headerColor":"#000"},"own":1},"flowId":"f","blockedIps":[],"offline":{"recipient":"a@b.co"},"secret":"s"}"##,
        );
        assert_eq!(
            presentation(&config, &settings, Json::Text("liveChat".into())).json(),
            r##"{"chat-type":"liveChat","sub-heading":"x","theme":{"primary":"#fff","colors":{"header-color":"#000"}},"pre-chat":{"fields":[{"show-if":1}]},"legal-msg":"l"}"##
        );
    }
}
