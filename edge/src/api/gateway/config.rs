//! `requestChatConfig`: how an account's chat looks, and whether anybody is there.

use super::Call;
use super::envelope::Refusal;
use super::params::{SERVER, TOKEN};
use crate::clock;
use crate::platform::now;
use crate::store::{departments, widgets};
use shared::json::{self, Json};
use shared::model::settings::WidgetSettings;

/// Handles it.
pub async fn read(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let (server, token) = (params.required("chatServer", SERVER), params.required("chatAccountToken", TOKEN));
    params.finish()?;
    let account = call.account(&token, &server).await?;
    // Whoever asks wants to know of a channel that is switched off, too: that it is.
    let widget = widgets::find(&call.db, call.organization, account.widget).await?;
    let widget = widget.ok_or(Refusal::NotFound("chatAccountToken"))?;
    let rules: WidgetSettings = json::read(&widget.settings)?;
    let enabled = widget.enabled == 1;
    let online = enabled && clock::presence(rules.office_hours.as_ref(), now()).online;
    let departments = departments::list(&call.db, call.organization).await?;
    let text = |text: &str| Json::Text(text.into());
    let config = [
        ("name", text(&account.name)),
        ("enabled", Json::Boolean(enabled)),
        ("online", Json::Boolean(online)),
        ("language", text(&rules.locale)),
        ("color", Json::Text(rules.theme.theme().primary.to_string())),
        ("welcomeMessage", text(&rules.welcome)),
        ("offlineMessage", text(&rules.offline.message)),
        ("departments", Json::List(departments.iter().map(|it| Json::Text(it.name.to_string())).collect())),
    ];
    let config = Json::Object(config.into_iter().map(|(name, value)| (name.into(), value)).collect());
    Ok(format!(r#""chatConfig":{}"#, config.json()))
}
