//! Creating calls that may be made again: under the same `Idempotency-Key` they are answered as they were, and what they
//! did is done once. What is done and that it was are written together.

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::api::once::read;
use crate::auth::sealed;
use crate::platform::now;
use crate::store::answers::{self, Answered, KEPT};
use crate::store::{Statement, StoreError};
use crate::thread::command::ThreadError;
use crate::thread::command::once::Once;

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
pub async fn begin(call: &Call<'_>, route: &str) -> Result<Begun, ApiError> {
    let (text, once) = read(call.request, &format!("{route} {}", call.key.prefix)).await?;
    go_on(call, Creating { text, once }).await
}

/// Reads a call that has no body.
pub async fn begin_bare(call: &Call<'_>, route: &str) -> Result<Begun, ApiError> {
    let once = crate::api::once::bare(call.request, &format!("{route} {}", call.key.prefix))?;
    go_on(call, Creating { text: String::new(), once }).await
}

async fn go_on(call: &Call<'_>, creating: Creating) -> Result<Begun, ApiError> {
    match replay(call, &creating).await? {
        Some(success) => Ok(Begun::Answered(success)),
        None => Ok(Begun::Creating(creating)),
    }
}

/// Does it, and answers 201 with this JSON.
pub async fn finish(
    call: &Call<'_>,
    creating: Creating,
    mut statements: Vec<Statement>,
    json: String,
) -> Result<Success, ApiError> {
    let at = now();
    if let Some(once) = &creating.once {
        let sealed = sealed::seal(&call.env, &place(once), &json).await?;
        let answer = Answered { body: once.body.clone(), at, json: sealed };
        statements.extend(answers::keep(
            &call.db,
            call.organization(),
            once,
            &answer,
            at.plus_seconds(-KEPT),
        )?);
    }
    match call.db.batch(statements).await {
        Ok(()) => Ok(Success { at: Some(at), ..Success::created(json) }),
        Err(error) => lost(call, &creating, error).await,
    }
}

/// Two calls at once: one is done, and the other is answered as it was. Else it is the store's fault.
async fn lost(call: &Call<'_>, creating: &Creating, error: StoreError) -> Result<Success, ApiError> {
    match replay(call, creating).await? {
        Some(success) => Ok(success),
        None => Err(error.into()),
    }
}

async fn replay(call: &Call<'_>, creating: &Creating) -> Result<Option<Success>, ApiError> {
    let Some(once) = &creating.once else { return Ok(None) };
    let since = now().plus_seconds(-KEPT);
    let Some(answered) = answers::find(&call.db, call.organization(), once, since).await? else {
        return Ok(None);
    };
    if answered.body != once.body {
        return Err(ThreadError::OtherBody.into());
    }
    let json = sealed::open(&call.env, &place(once), &answered.json).await?;
    let success = Success { at: Some(answered.at), ..Success::created(json) };
    Ok(Some(success.with("idempotent-replayed", "true")))
}

/// What an answer is sealed for.
fn place(once: &Once) -> String {
    format!("answer {} {}", once.route, once.key)
}
