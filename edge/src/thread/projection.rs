//! Bringing D1 up to what the Thread knows, behind the visitor's back, and telling the agents' Inbox and
//! whoever sends what other people's servers are told.

use super::command::{Profile, ThreadError};
use super::files;
use super::head::Head;
use super::log::Log;
use super::log::behind::{Behind, Unprojected};
use crate::inbox::{self, InboxFrame};
use crate::queue;
use crate::store::Database;
use crate::store::projection::{self as record, ProjectedVisitor, Projection};
use serde_json::value::RawValue;
use worker::Env;

/// How long changes are gathered before D1 is told, in milliseconds.
pub const DEBOUNCE: i64 = 250;
/// How often D1 is told at most while one change follows the other, in milliseconds.
pub const INTERVAL: i64 = 1_000;

/// How long to wait after D1 could not be told so often in a row, in milliseconds: 5 s, then twice as long each time, up
/// to a minute or so.
pub fn retry_in(failures: u32) -> i64 {
    5_000 << failures.min(4)
}

/// The most messages written in one batch.
const BATCH: u32 = 50;

/// Tells D1 all that it does not know yet. Where it fails, nothing is noted as told, and it can be begun again.
pub async fn bring_up_to_date(env: &Env, log: &Log, head: &Head) -> Result<(), ThreadError> {
    let db = Database::of(env, head.organization).map_err(ThreadError::failed)?;
    for conversation in log.unprojected()? {
        let details = log.details(conversation.id)?;
        loop {
            let messages = log.unprojected_messages(conversation.id, BATCH)?;
            let visits = log.unprojected_visits()?;
            let pages = (visits.last > 0).then_some(visits.json.as_str());
            let hints = project(&db, head, (&conversation, details.as_str()), &messages, pages).await?;
            if visits.last > 0 {
                log.projected_visits(visits.last)?;
            }
            // The row is told in full with the last of its messages only: what fails before that is begun again.
            let full = messages.count == BATCH;
            log.projected(conversation.id, if full { 0 } else { conversation.revision }, messages.changed)?;
            let frame = InboxFrame::Conversation {
                id: conversation.id,
                status: conversation.status,
                unread: conversation.unread,
                details: RawValue::from_string(details.clone())?,
                messages: RawValue::from_string(files::signed(env, log, messages.json)?)?,
            };
            inbox::tell(env, head.organization, &frame).await;
            queue::send(env, hints, 0).await;
            if !full {
                break;
            }
        }
    }
    Ok(())
}

async fn project(
    db: &Database,
    head: &Head,
    (conversation, details): (&Unprojected, &str),
    messages: &Behind,
    visits: Option<&str>,
) -> Result<Vec<String>, ThreadError> {
    let projection = Projection {
        organization: head.organization,
        widget: head.widget,
        visitor: head.visitor,
        conversation: conversation.id,
        status: conversation.status,
        created_at: conversation.created_at,
        updated_at: conversation.updated_at,
        closed_at: conversation.closed_at,
        last_message: conversation.last_message.as_deref(),
        unread: conversation.unread,
        details,
    };
    let metadata = metadata(&head.profile);
    let visitor = ProjectedVisitor {
        name: head.profile.name.as_deref(),
        email: head.profile.email.as_deref(),
        phone: head.profile.phone.as_deref(),
        context: head.profile.context.as_deref().unwrap_or("{}"),
        identity: head.profile.identity.as_deref(),
        metadata: &metadata,
    };
    let messages = (messages.count > 0).then_some(messages.json.as_str());
    record::project(db, &projection, visitor, messages, visits).await.map_err(ThreadError::failed)
}

/// What came with a visitor besides their claims, as JSON. Under `host` is what the host has signed for.
fn metadata(profile: &Profile) -> String {
    let accepts = profile.accept_offline.map(|accepts| accepts.to_string());
    let named = [
        ("host", &profile.host),
        ("claimed", &profile.claimed),
        ("prechat", &profile.prechat),
        ("utm", &profile.utm),
        ("acceptOffline", &accepts),
    ];
    let members = named.into_iter().filter_map(|(name, json)| Some(format!("\"{name}\":{}", json.as_ref()?)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}
