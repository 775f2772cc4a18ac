//! `checkOriginAndIP` and `whitelistedDomainsAndBlacklistedIPs`: who may chat. What is answered is advice to the server;
//! the visitors' own APIs keep to the same rules.

use super::Call;
use super::envelope::Refusal;
use super::params::{HOST, IP, SERVER, TOKEN};
use crate::store::gateway as accounts;
use shared::json::Json;
use shared::rules::{address, origin};
use std::net::IpAddr;

/// Handles `checkOriginAndIP`.
pub async fn check(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let (server, token) = (params.required("chatServer", SERVER), params.required("chatAccountToken", TOKEN));
    let (host, ip) = (params.required("origin", HOST), params.required("ip", IP));
    if !ip.is_empty() && ip.parse::<IpAddr>().is_err() {
        params.refuse("ip", "must be an IP address");
    }
    params.finish()?;
    let widget = call.widget(&call.account(&token, &server).await?).await?;
    let rules = &widget.rules;
    let reason = if address::refuses(&rules.blocked_ips, &ip) {
        Some("ip")
    } else if !origin::allows(&rules.allowed_domains, Some(&format!("https://{host}"))) {
        Some("origin")
    } else {
        None
    };
    let told = reason.map_or_else(|| "null".into(), |reason| format!("\"{reason}\""));
    Ok(format!(r#""allowed":{},"reason":{told}"#, reason.is_none()))
}

/// Handles `whitelistedDomainsAndBlacklistedIPs`: those of all accounts of the key's organization, each once.
pub async fn rules(call: &Call<'_>) -> Result<String, Refusal> {
    let (mut domains, mut addresses) = (Vec::new(), Vec::new());
    for account in accounts::accounts(&call.db, call.organization).await? {
        let Ok(widget) = call.widget(&account).await else { continue };
        domains.extend(widget.rules.allowed_domains.iter().map(ToString::to_string));
        addresses.extend(widget.rules.blocked_ips.iter().map(ToString::to_string));
    }
    let list = |mut texts: Vec<String>| {
        texts.sort();
        texts.dedup();
        Json::List(texts.into_iter().map(Json::Text).collect()).json()
    };
    Ok(format!(r#""whitelistedDomains":{},"blacklistedIPs":{}"#, list(domains), list(addresses)))
}
