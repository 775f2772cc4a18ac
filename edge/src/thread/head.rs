//! What a Thread keeps at hand of itself: a copy of the few rows that every command needs.

use super::command::Profile;
use super::turn::Pending;
use serde::Serialize;
use shared::flow::run::Run;
use shared::flow::step::StepId;
use shared::flow::trace::TraceEntry;
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::json::Read;
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;

/// The Thread as a whole, with the visitor's newest conversation.
#[derive(Debug, Clone)]
pub struct Head {
    /// Whose visitor it is.
    pub organization: OrganizationId,
    /// The widget.
    pub widget: WidgetId,
    /// The visitor.
    pub visitor: VisitorId,
    /// What they claim of themselves.
    pub profile: Profile,
    /// The count of changes to messages, and so the last `seq` given out.
    pub changed: u32,
    /// The `seq` up to which the visitor has seen.
    pub visitor_seen: u32,
    /// The `seq` up to which the agents have seen.
    pub agent_seen: u32,
    /// The newest conversation.
    pub conversation: Conversation,
}

/// One conversation of the visitor.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Where it stands.
    pub status: ConversationStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was closed, if it is.
    pub closed_at: Option<Timestamp>,
    /// Whether the visitor has said anything: before that, nobody else is told of it.
    pub begun: bool,
    /// The bot's part; none where there is no bot.
    pub bot: Option<Bot>,
}

/// A bot's part in a conversation. It is silent when its run waits for nothing: it has come to its end, or a person has
/// taken over.
#[derive(Debug, Clone, Serialize, Read)]
pub struct Bot {
    /// How far it has come.
    pub run: Run,
    /// Its last turn.
    pub trace: Vec<TraceEntry>,
    /// What it waits for besides the visitor.
    #[serde(default)]
    pub pending: Option<Pending>,
    /// Where it waited when a person took over, for when they give the conversation back.
    #[serde(default)]
    pub left_at: Option<StepId>,
    /// Whether people are there, as far as is known.
    #[serde(default)]
    pub people: Option<bool>,
}

impl Bot {
    /// One that has not spoken yet.
    pub fn new(people: bool) -> Self {
        Self { run: Run::default(), trace: Vec::new(), pending: None, left_at: None, people: Some(people) }
    }
}

impl Conversation {
    /// Whether the bot waits for the visitor's answer.
    pub fn bot_listens(&self) -> bool {
        self.bot.as_ref().is_some_and(|bot| bot.run.waiting_at.is_some())
    }

    /// Silences the bot: a person has taken over.
    pub fn mute_bot(&mut self) {
        if let Some(bot) = &mut self.bot {
            bot.left_at = bot.run.waiting_at.take().or(bot.left_at.take());
            bot.pending = None;
        }
    }
}
