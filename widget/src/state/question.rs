//! The question that is open: what a bot asked last, as long as nobody has said anything since.

use super::Model;
use shared::model::message::{AuthorKind, Direction, Message, MessageType, Payload};
use shared::model::rich::{AnswerForm, Asks};

/// The newest question that is still open, with its place in the log; in the opening nobody has one.
pub fn question(model: &Model) -> Option<(u32, &Payload)> {
    if !model.outbox.is_empty() || model.log.waiting().is_some() {
        return None;
    }
    if !model.log.loaded {
        let opening = model.settings.get().filter(|_| model.session.is_none())?;
        let asking = opening.opening.iter().rfind(|message| message.kind == MessageType::Choice);
        return asking.map(|message| (0, &message.payload));
    }
    // What the visitor said, what happened, and a person's words all close the question.
    let open = |message: &&Message| {
        message.direction == Direction::Out
            && message.kind != MessageType::Notice
            && message.author.kind == AuthorKind::Bot
    };
    let mut recent = model.log.visible().rev().take_while(open);
    let asking = recent.find(|message| message.kind == MessageType::Choice)?;
    Some((asking.seq, &asking.payload))
}

/// The form of the answer that a question asks for.
pub fn asks(question: &Payload) -> Option<Asks> {
    question.rich.as_ref()?.asks
}

/// The form of the answer that is asked for now.
pub fn form(model: &Model) -> Option<AnswerForm> {
    asks(question(model)?.1).map(|asks| asks.form)
}
