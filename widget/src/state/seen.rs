//! What the visitor has seen: what was before their eyes, not merely what arrived.

use super::command::Command;
use super::live::Stage;
use super::log::Log;
use super::{Model, Turn};
use shared::model::message::{Direction, Message};
use shared::wire::frame::ClientFrame;

/// Works out, after every event, what is seen and what is not.
pub fn look(model: &mut Model, turn: &mut Turn) {
    let newest =
        model.log.visible().rfind(|message| message.direction == Direction::Out).map_or(0, |m| m.seq);
    let known = model.visitor_seen.unwrap_or(0);
    // As long as the socket is about to tell what was seen elsewhere, nothing is certain.
    let certain = model.visitor_seen.is_some() || model.link.stage == Stage::Off;
    if model.open && model.visible && model.at_end && certain && model.log.loaded && newest > known {
        model.visitor_seen = Some(newest);
        match (&model.session, model.link.stage) {
            (_, Stage::Open) => turn.perform(Command::Say(ClientFrame::Seen { seq: newest })),
            (Some(_), _) => turn.perform(Command::PostSeen(newest)),
            (None, _) => {}
        }
    }
    let unseen = |message: &&Message| {
        Log::is_read(message) && model.visitor_seen.is_some_and(|seen| message.seq > seen)
    };
    let first = model.log.visible().find(unseen).map(|message| message.seq);
    let unread = u32::try_from(model.log.visible().filter(unseen).count()).unwrap_or(u32::MAX);
    // A gap that is filled may bring unread messages from before the mark.
    if let Some(first) = first.filter(|first| model.fresh_from.is_none_or(|mark| *first < mark)) {
        model.fresh_from = Some(first);
    }
    if unread != model.unread {
        model.unread = unread;
        turn.perform(Command::TellUnread(unread));
    }
}
