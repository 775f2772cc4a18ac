//! Telling other people's servers: what is kept in the outbox is posted, signed, one after the other within a session, again
//! after a while where it failed, and given up at last.

use crate::auth::{sealed, secret};
use crate::media::address;
use crate::platform::now;
use crate::queue;
use crate::server::{Destination, Question, SIGNATURE, Unanswered, signature};
use crate::store::deliveries::sending::{self, Failure, Held};
use crate::store::deliveries::{Hint, Target};
use crate::store::webhooks::{self, Endpoint};
use crate::store::{Database, StoreError, gateway_accounts};
use core::pin::pin;
use core::time::Duration;
use futures_util::future::{Either, LocalBoxFuture, join_all, select};
use shared::json;
use wasm_bindgen::JsValue;
use worker::{Context, Delay, Env, MessageBatch, MessageExt, RawMessage, console_error};

/// When a delivery is sent again that has failed so often, in seconds; after that it is dead.
const AGAIN_IN: [i64; 6] = [10, 30, 2 * 60, 10 * 60, 60 * 60, 6 * 60 * 60];
/// How many deliveries of one session are sent before others have their turn.
const IN_A_ROW: usize = 20;
/// For how long the queue waits for one session, in milliseconds. It brings nothing else meanwhile.
const TURN: u32 = 300;
/// When a session that took longer is looked after again, in seconds: nobody holds anything of it by then.
const LOOKED_AFTER_IN: u32 = 70;
/// How long a server has to answer, in seconds.
const PATIENCE: f64 = 5.0;
/// How many bytes of its answer are read: they say nothing, but a server may want to be heard out.
const MOST: u32 = 16_384;
/// How many sessions are found at a time.
const FOUND: u32 = 1_000;
/// How long what was delivered is kept, and what is dead, in seconds.
const DELIVERED_KEPT: i64 = 30 * 24 * 60 * 60;
const DEAD_KEPT: i64 = 90 * 24 * 60 * 60;

/// Follows hints, all at once.
pub async fn follow(env: &Env, batch: &MessageBatch<JsValue>, context: &Context) {
    join_all(batch.raw_iter().map(|message| follow_one(env, message, context))).await;
}

/// Follows a hint. A server that is slow keeps nobody else waiting: what is sent to it goes on beside the queue, and is looked
/// after again in case that came to nothing.
async fn follow_one(env: &Env, message: RawMessage, context: &Context) {
    let hint = match json::read::<Hint>(&message.body().as_string().unwrap_or_default()) {
        Ok(hint) => hint,
        Err(error) => {
            console_error!("the queue carries what is no hint: {error}");
            return message.ack();
        }
    };
    let sending = send_all_later(env.clone(), hint.clone());
    let turn = pin!(Delay::from(Duration::from_millis(TURN.into())));
    match select(sending, turn).await {
        Either::Left((Ok(()), _)) => message.ack(),
        Either::Left((Err(error), _)) => {
            console_error!("a hint is followed again: {error}");
            message.retry();
        }
        Either::Right(((), sending)) => {
            queue::send(env, vec![hint.json()], LOOKED_AFTER_IN).await;
            message.ack();
            context.wait_until(async {
                if let Err(error) = sending.await {
                    console_error!("what was slow is looked after later: {error}");
                }
            });
        }
    }
}

/// See [`send_all`]: of the second part, though the platform itself goes on with it.
#[inline(never)]
fn send_all_later(env: Env, hint: Hint) -> LocalBoxFuture<'static, Result<(), StoreError>> {
    Box::pin(async move { send_all(env, hint).await })
}

/// Sends what a hint leads to, until nothing is left, one has failed or its turn is over.
async fn send_all(env: Env, hint: Hint) -> Result<(), StoreError> {
    let (env, hint) = (&env, &hint);
    let db = Database::of(env, hint.organization)?;
    let until = now().millis() + i64::from(TURN);
    for _ in 0..IN_A_ROW {
        if now().millis() > until {
            break;
        }
        let Some(held) = sending::hold(&db, hint, now()).await? else { return Ok(()) };
        let endpoint = match hint.target {
            Target::Webhook(id) => webhooks::endpoint(&db, hint.organization, id).await?,
            Target::Gateway(id) => gateway_accounts::endpoint(&db, hint.organization, id).await?,
        };
        let sent = match &endpoint {
            Some(endpoint) => send(env, hint, endpoint, &held).await,
            None => Err(NotSent::Nobody),
        };
        let error = match sent {
            Ok(status) => {
                sending::delivered(&db, hint, &held, status, now()).await?;
                continue;
            }
            Err(error) => error,
        };
        match error.again_in(held.attempts) {
            Some(seconds) => {
                let next = now().plus_seconds(seconds);
                sending::failed(&db, hint, &held, &error.failure(), next).await?;
                // A second more: clocks of two places are not the same, and nothing is sent before its time.
                let delay = u32::try_from(seconds + 1).unwrap_or(u32::MAX);
                queue::send(env, vec![hint.json()], delay).await;
                return Ok(());
            }
            None => sending::died(&db, hint, &held, &error.failure(), now()).await?,
        }
    }
    queue::send(env, vec![hint.json()], 0).await;
    Ok(())
}

/// Why something was not delivered.
#[derive(Debug)]
enum NotSent {
    /// There is nobody to tell any more.
    Nobody,
    /// The address is not one that may be asked.
    Refused,
    /// The secret to sign with could not be opened.
    NoSecret,
    /// The server answered something else than that it was.
    Answered(u16),
    /// The server did not answer.
    Unanswered(Unanswered),
}

impl NotSent {
    /// In how many seconds it is tried again after so many attempts, if it is.
    fn again_in(&self, attempts: u32) -> Option<i64> {
        let failures = usize::try_from(attempts).ok()?.checked_sub(1)?;
        match self {
            Self::Nobody => None,
            _ => AGAIN_IN.get(failures).copied(),
        }
    }

    fn failure(&self) -> Failure {
        let (status, error) = match self {
            Self::Nobody => (None, "there is nobody to tell any more".into()),
            Self::Refused => (None, "this address may not be asked".into()),
            Self::NoSecret => (None, "the secret could not be opened: make a new one".into()),
            Self::Answered(status) if (300..400).contains(status) => {
                (Some(*status), "the server sends us elsewhere, which is not followed".into())
            }
            Self::Answered(status) => (Some(*status), format!("the server answered {status}")),
            Self::Unanswered(why) => (None, why.to_string()),
        };
        Failure { status, error }
    }
}

/// Posts a delivery once; gives the status, which is one of success.
async fn send(env: &Env, hint: &Hint, endpoint: &Endpoint, held: &Held) -> Result<u16, NotSent> {
    let destination = Destination::parse(env, &endpoint.url).map_err(|_| NotSent::Refused)?;
    let sealed_for = match hint.target {
        Target::Webhook(id) => webhooks::of(id),
        Target::Gateway(id) => gateway_accounts::of(id),
    };
    let secret = sealed::open(env, &sealed_for, &endpoint.secret).await.map_err(|_| NotSent::NoSecret)?;
    let at = now();
    let files = secret::media_addresses(env).map_err(|_| NotSent::NoSecret)?;
    let body = address::sign_all(&held.body, &endpoint.origin, &files, at);
    let headers = [
        (SIGNATURE.into(), signature(&secret, at.seconds(), &body).ok_or(NotSent::NoSecret)?),
        ("x-porchlight-event".into(), held.event.clone()),
        ("x-porchlight-delivery".into(), held.id.to_string()),
    ];
    let question =
        Question { method: "POST", headers: &headers, body: Some(&body), patience: PATIENCE, most: MOST };
    match question.ask(env, &destination).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(answer.status),
        Ok(answer) => Err(NotSent::Answered(answer.status)),
        Err(unanswered) => Err(NotSent::Unanswered(unanswered)),
    }
}

/// Has what is due and was forgotten sent: the queue failed, or this place went down before it could tell it.
pub async fn find_forgotten(env: &Env) -> Result<(), StoreError> {
    queue::send(env, sending::due(&Database::directory(env)?, now(), FOUND).await?, 0).await;
    Ok(())
}

/// Removes what is old.
pub async fn sweep(env: &Env) -> Result<(), StoreError> {
    let at = now();
    let db = Database::directory(env)?;
    sending::sweep(&db, at.plus_seconds(-DELIVERED_KEPT), at.plus_seconds(-DEAD_KEPT)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_seven_times_within_eight_hours() {
        let failed = NotSent::Answered(500);
        let waits: Vec<i64> = (1..).map_while(|attempts| failed.again_in(attempts)).collect();
        assert_eq!(waits, AGAIN_IN);
        assert!(waits.iter().sum::<i64>() < 8 * 60 * 60);
        assert_eq!(NotSent::Nobody.again_in(1), None);
    }

    #[test]
    fn a_hint_is_read_as_it_is_written() {
        let text = r#"{"organization":"0190a000-0000-7000-8000-000000000001","target":"webhook","id":"0190a000-0000-7000-8000-000000000002","session":"x \"y\""}"#;
        let hint: Hint = json::read(text).unwrap();
        assert_eq!(hint.json(), text);
        assert!(json::read::<Hint>(&text.replace("webhook", "pigeon")).is_err());
    }
}
