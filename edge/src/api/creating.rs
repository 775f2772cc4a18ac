//! Creating calls that may be made again: under the same `Idempotency-Key` they are answered as they were, and what they
//! did is done once. What is done and that it was are written together.

use crate::api::envelope::{ApiError, Success};
use crate::api::once::read_within;
use crate::auth::sealed;
use crate::http::body::MAX_JSON;
use crate::http::request::Request;
use crate::platform::now;
use crate::store::answers::{self, Answered, KEPT};
use crate::store::{Database, Statement, StoreError};
use crate::thread::command::ThreadError;
use crate::thread::command::once::Once;
use shared::id::OrganizationId;
use worker::Env;

/// Whose calls are known again, and where that is kept.
#[derive(Debug)]
pub struct Caller<'a> {
    /// What is asked.
    pub request: &'a Request,
    /// The deployment.
    pub env: &'a Env,
    /// Where it is kept.
    pub db: &'a Database,
    /// For which organization it is kept.
    pub organization: OrganizationId,
    /// Who asks, among those of it.
    pub name: &'a str,
}

/// A call that creates something.
#[derive(Debug)]
pub struct Creating {
    /// Its body.
    pub text: String,
    once: Option<Once>,
}

/// What there is to do, unless it was done already and is only answered.
#[derive(Debug)]
pub enum Begun {
    /// To be done.
    Creating(Creating),
    /// What it was answered.
    Answered(Success),
}

/// Reads a call, which has a JSON body.
pub async fn begin(caller: &Caller<'_>, route: &str) -> Result<Begun, ApiError> {
    begin_within(caller, route, MAX_JSON).await
}

/// Reads a call, which has a JSON body of at most so many bytes.
pub async fn begin_within(caller: &Caller<'_>, route: &str, most: usize) -> Result<Begun, ApiError> {
    let (text, once) = read_within(caller.request, &format!("{route} {}", caller.name), most).await?;
    go_on(caller, Creating { text, once }).await
}

/// Reads a call that has no body.
pub async fn begin_bare(caller: &Caller<'_>, route: &str) -> Result<Begun, ApiError> {
    let once = crate::api::once::bare(caller.request, &format!("{route} {}", caller.name))?;
    go_on(caller, Creating { text: String::new(), once }).await
}

async fn go_on(caller: &Caller<'_>, creating: Creating) -> Result<Begun, ApiError> {
    match replay(caller, &creating).await? {
        Some(success) => Ok(Begun::Answered(success)),
        None => Ok(Begun::Creating(creating)),
    }
}

/// Does it, and answers 201 with this JSON.
pub async fn finish(
    caller: &Caller<'_>,
    creating: Creating,
    mut statements: Vec<Statement>,
    json: String,
) -> Result<Success, ApiError> {
    let at = now();
    if let Some(once) = &creating.once {
        let sealed = sealed::seal(caller.env, &place(once), &json).await?;
        let answer = Answered { body: once.body.clone(), at, json: sealed };
        statements.extend(answers::keep(
            caller.db,
            caller.organization,
            once,
            &answer,
            at.plus_seconds(-KEPT),
        )?);
    }
    match caller.db.batch(statements).await {
        Ok(()) => Ok(Success { at: Some(at), ..Success::created(json) }),
        Err(error) => lost(caller, &creating, error).await,
    }
}

/// Two calls at once: one is done, and the other is answered as it was. Else it is the store's fault.
async fn lost(caller: &Caller<'_>, creating: &Creating, error: StoreError) -> Result<Success, ApiError> {
    match replay(caller, creating).await? {
        Some(success) => Ok(success),
        None => Err(error.into()),
    }
}

async fn replay(caller: &Caller<'_>, creating: &Creating) -> Result<Option<Success>, ApiError> {
    let Some(once) = &creating.once else { return Ok(None) };
    let since = now().plus_seconds(-KEPT);
    let Some(answered) = answers::find(caller.db, caller.organization, once, since).await? else {
        return Ok(None);
    };
    if answered.body != once.body {
        return Err(ThreadError::OtherBody.into());
    }
    let json = sealed::open(caller.env, &place(once), &answered.json).await?;
    let success = Success { at: Some(answered.at), ..Success::created(json) };
    Ok(Some(success.with("idempotent-replayed", "true")))
}

/// What an answer is sealed for.
fn place(once: &Once) -> String {
    format!("answer {} {}", once.route, once.key)
}
