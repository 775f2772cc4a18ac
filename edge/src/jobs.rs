//! What is done by the clock.

use crate::platform::now;
use crate::store::conversations::search;
use crate::store::{Database, StoreError, keys};
use worker::{Env, console_error};

/// How long a key that was revoked or has ended is still kept, in seconds, for whoever asks what it was.
const KEYS_KEPT: i64 = 30 * 24 * 60 * 60;

/// The most batches of new messages that one sweep takes into the index of words.
const BATCHES: usize = 20;

/// The hourly sweep.
pub async fn sweep(env: &Env) {
    let swept = async { keys::sweep(&Database::directory(env)?, now().plus_seconds(-KEYS_KEPT)).await };
    if let Err(error) = swept.await {
        console_error!("the sweep failed and will be tried again in an hour: {error}");
    }
    if let Err(error) = index(env).await {
        console_error!("new messages are not in the index yet: {error}");
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
