//! Asking as a flow's `http` step does, for ten seconds and 64 KiB at most. Secrets that a flow names are filled in here and
//! nowhere else.

use super::{Answer, Destination, Question, SIGNATURE, signature};
use crate::platform::now;
use crate::store::secrets;
use flow::run::Fetch;
use flow::template::Filled;
use shared::id::OrganizationId;
use worker::{Env, console_error};

/// The most bytes of an answer.
const MOST: u32 = 65_536;

/// What a server answers: its status and body; none where it does not, must not be asked, sends us elsewhere, or a secret is
/// not there.
pub async fn ask_server(env: &Env, organization: OrganizationId, fetch: &Fetch) -> Option<(u16, String)> {
    let texts = [&fetch.url].into_iter().chain(&fetch.body).chain(fetch.headers.iter().map(|it| &it.value));
    let names: Vec<&str> = texts.flat_map(Filled::secrets).chain(fetch.sign.as_deref()).collect();
    let secrets = match names.is_empty() {
        true => Vec::new(),
        false => secrets::opened(env, organization, &names).await.ok()?,
    };
    let known = |name: &str| secrets.iter().find(|secret| secret.0 == name).map(|secret| secret.1.clone());
    if let Some(missing) = names.iter().find(|name| known(name).is_none()) {
        console_error!("a flow names the secret {missing}, which is not there: its server was not asked");
        return None;
    }
    let destination = Destination::parse(env, &fetch.url.with(known)).ok()?;
    let body = fetch.body.as_ref().map(|body| body.with(known));
    let mut headers: Vec<(String, String)> =
        fetch.headers.iter().map(|it| (it.name.clone(), it.value.with(known))).collect();
    if let Some(secret) = fetch.sign.as_deref().and_then(known) {
        let signature = signature(&secret, now().seconds(), body.as_deref().unwrap_or_default())?;
        headers.push((SIGNATURE.into(), signature));
    }
    let question = Question {
        method: fetch.method.name(),
        headers: &headers,
        body: body.as_deref(),
        patience: f64::from(fetch.patience),
        most: MOST,
    };
    match question.ask(env, &destination).await {
        Ok(Answer { status, body: Some(body) }) if !(300..400).contains(&status) => Some((status, body)),
        _ => None,
    }
}
