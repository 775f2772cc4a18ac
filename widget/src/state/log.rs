//! The messages we have, in the Thread's order.

use alloc::{string::String, vec::Vec};
use shared::model::message::{AuthorKind, Direction, Message, MessageType};

/// The messages we have.
#[derive(Debug, Default)]
pub struct Log {
    messages: Vec<Message>,
    /// Every change up to this one is in.
    pub cursor: u32,
    /// Where older messages begin, if there are any.
    pub older: Option<String>,
    /// Whether the newest page has come.
    pub loaded: bool,
    /// Messages after this one wait for their turn to be shown.
    pub shown: u32,
    /// Messages after this one came while the visitor was here.
    pub settled: u32,
    /// Whether every change after `cursor` will reach us over the socket.
    pub synced: bool,
    pub(super) fetching: bool,
    pub(super) fetching_older: bool,
    pub(super) again: bool,
    pub(super) target: u32,
    pub(super) failures: u32,
}

impl Log {
    /// All messages.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The messages whose turn has come.
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter().filter(|message| message.seq <= self.shown)
    }

    /// The `seq` of the newest message; 0 without one.
    pub fn newest(&self) -> u32 {
        self.messages.last().map_or(0, |message| message.seq)
    }

    /// The next message that waits for its turn.
    pub fn waiting(&self) -> Option<&Message> {
        self.messages.iter().find(|message| message.seq > self.shown)
    }

    /// Takes a message in, or the newer state of one we have. Answers whether it was new to us.
    pub fn merge(&mut self, message: Message) -> bool {
        // Between a message older than our oldest page and that page there may be others: it comes with its own page.
        let before_ours =
            self.older.is_some() && self.messages.first().is_some_and(|first| message.seq < first.seq);
        if message.private || before_ours {
            return false;
        }
        let place = self.messages.partition_point(|other| other.seq < message.seq);
        match self.messages.get_mut(place).filter(|other| other.seq == message.seq) {
            Some(known) => {
                if message.changed >= known.changed {
                    *known = message;
                }
                false
            }
            None => {
                self.messages.insert(place, message);
                true
            }
        }
    }

    /// Whether the last word was not the visitor's.
    pub fn ends_with_others(&self) -> bool {
        self.messages.last().is_some_and(|message| message.direction == Direction::Out)
    }

    /// Puts an older page before what we have; `next` is where still older ones begin.
    pub fn prepend(&mut self, older: Vec<Message>, next: Option<String>) {
        // For as long as it takes: nothing is too old to be taken in.
        self.older = None;
        for message in older {
            self.merge(message);
        }
        self.older = next;
    }

    /// Whether a machine said it, which takes a pause before each of its messages.
    pub fn is_bots(message: &Message) -> bool {
        matches!(message.author.kind, AuthorKind::Bot | AuthorKind::System)
    }

    /// Whether a message is one that a visitor reads, rather than wrote or is merely told of.
    pub fn is_read(message: &Message) -> bool {
        message.direction == Direction::Out && message.kind != MessageType::Notice
    }
}
