//! What is done by the clock.

use crate::platform::now;
use crate::store::{Database, keys};
use worker::{Env, console_error};

/// How long a key that was revoked or has ended is still kept, in seconds, for whoever asks what it was.
const KEYS_KEPT: i64 = 30 * 24 * 60 * 60;

/// The hourly sweep.
pub async fn sweep(env: &Env) {
    let swept = async { keys::sweep(&Database::directory(env)?, now().plus_seconds(-KEYS_KEPT)).await };
    if let Err(error) = swept.await {
        console_error!("the sweep failed and will be tried again in an hour: {error}");
    }
}
