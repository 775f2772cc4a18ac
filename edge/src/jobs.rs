//! What is done by the clock.

use crate::deliveries;
use crate::offline;
use crate::platform::now;
use crate::store::conversations::search;
use crate::store::media::Unsent;
use crate::store::objects::Objects;
use crate::store::{Database, StoreError, answers, keys, media};
use crate::thread::client::Thread;
use crate::thread::command::{Command, ThreadError};
use worker::{Env, console_error};

/// How long a key that was revoked or has ended is still kept, in seconds, for whoever asks what it was.
const KEYS_KEPT: i64 = 30 * 24 * 60 * 60;
/// How long a file that was not sent is kept, in seconds.
const UNSENT_KEPT: i64 = 24 * 60 * 60;
/// How many files are swept in an hour: each is asked for in its own Thread.
const FILES: u32 = 300;

/// The most batches of new messages that one sweep takes into the index of words.
const BATCHES: usize = 20;

/// When only what was to be sent and was forgotten is looked for, for visitors wait for it (`wrangler.toml`).
const OFTEN: &str = "*/5 * * * *";

/// Does what is to be done at a time.
pub async fn do_by_clock(env: &Env, cron: &str) {
    if cron != OFTEN {
        sweep(env).await;
    }
    if let Err(error) = deliveries::find_forgotten(env).await {
        console_error!("what was to be sent will be looked for again in five minutes: {error}");
    }
}

/// The hourly sweep.
async fn sweep(env: &Env) {
    let swept = async {
        let db = Database::directory(env)?;
        keys::sweep(&db, now().plus_seconds(-KEYS_KEPT)).await?;
        answers::sweep(&db, now().plus_seconds(-answers::KEPT)).await
    };
    if let Err(error) = swept.await {
        console_error!("the sweep failed and will be tried again in an hour: {error}");
    }
    if let Err(error) = index(env).await {
        console_error!("new messages are not in the index yet: {error}");
    }
    if let Err(error) = sweep_files(env).await {
        console_error!("the sweep of files failed and will be tried again in an hour: {error}");
    }
    if let Err(error) = offline::sweep(env).await {
        console_error!("offline messages were not mailed and will be tried again in an hour: {error}");
    }
    if let Err(error) = deliveries::sweep(env).await {
        console_error!("the sweep of deliveries failed and will be tried again in an hour: {error}");
    }
}

/// Takes new messages into the index of words, where nobody has searched for a while.
async fn index(env: &Env) -> Result<(), StoreError> {
    let db = Database::directory(env)?;
    for _ in 0..BATCHES {
        if !search::sweep(&db).await? {
            break;
        }
    }
    Ok(())
}

/// Removes what was uploaded and never sent. Their Threads are asked, for the record may be behind.
async fn sweep_files(env: &Env) -> Result<(), StoreError> {
    let before = now().plus_seconds(-UNSENT_KEPT);
    for file in media::unsent(&Database::directory(env)?, before, FILES).await? {
        if let Err(error) = sweep_file(env, &file).await {
            console_error!("the file {} was not swept: {error}", file.id);
        }
    }
    Ok(())
}

async fn sweep_file(env: &Env, file: &Unsent) -> Result<(), StoreError> {
    let db = Database::of(env, file.organization_id)?;
    let thread = Thread::of(env, file.widget_id, file.visitor_id).map_err(failed)?;
    let answer = thread.ask(&Command::DropUpload(file.id)).await.map_err(failed)?;
    if answer.json != r#"{"ok":true}"# {
        return media::was_sent(&db, file, now()).await;
    }
    Objects::of(env)?.delete(vec![file.object_key.clone()]).await?;
    media::delete(&db, file.organization_id, file.id).await
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err gives")]
fn failed(error: ThreadError) -> StoreError {
    worker::Error::RustError(format!("{error:?}")).into()
}
