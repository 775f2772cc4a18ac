//! `GET messages.history/:rid`: what was said in a room, newest first.

use super::Call;
use super::envelope::Refusal;
use super::params::{Params, Room, fault};
use crate::thread::command::within::{Excerpt, Within};

/// How many messages are told where nothing is asked.
const USUAL: u32 = 20;
/// The most.
const MOST: u32 = 100;

/// Handles it. `count` is another word for `limit`, `ls` when the visitor looked last. What was searched or sorted by is
/// not: clients are better told than answered something else.
pub async fn read(call: Call<'_>, rid: &str) -> Result<String, Refusal> {
    let params =
        Params::of_query(call.request, &["token", "rid", "limit", "count", "offset", "ts", "end", "ls"])?;
    if params.text("rid")?.is_some_and(|it| it != rid) {
        return Err(fault("rid must be the room's"));
    }
    let count = params.number("count", 1..=MOST)?;
    let excerpt = Excerpt {
        from: params.time("ts")?,
        until: params.time("end")?,
        skip: params.number("offset", 0..=u32::MAX)?.unwrap_or(0),
        limit: params.number("limit", 1..=MOST)?.or(count).unwrap_or(USUAL),
        seen_at: params.time("ls")?,
    };
    let visitor = call.visitor(params.token()?)?;
    let (told, reader) = call.within(&visitor, Room::parse(rid), Within::Excerpt(excerpt)).await?;
    let mut lines = told.rsplitn(3, '\n');
    let (first, unread) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let messages = lines.next().unwrap_or_default();
    let mut out = String::with_capacity(messages.len() * 3 / 2 + 1024);
    out.push_str(r#""messages":"#);
    reader.messages(messages, &mut out);
    out.push_str(r#","unreadNotLoaded":"#);
    out.push_str(unread);
    if let Some(first) = reader.message(first) {
        out.push_str(r#","firstUnread":"#);
        out.push_str(&first);
    }
    Ok(out)
}
