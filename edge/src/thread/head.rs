//! What a Thread keeps at hand of itself: a copy of the few rows that every command needs.

use super::command::Profile;
use serde::Serialize;
use shared::id::{ConversationId, OrganizationId, VisitorId, WidgetId};
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;
use std::rc::Rc;

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

impl Head {
    /// Takes the claims of now over those of before. Whether that changes anything.
    pub fn claim(&mut self, claims: Option<&Profile>) -> bool {
        let Some(now) = claims.cloned() else { return false };
        let before = self.profile.clone();
        let profile = Profile {
            name: now.name.or(before.name),
            email: now.email.or(before.email),
            phone: now.phone.or(before.phone),
            context: now.context.or(before.context),
            identity: before.identity.or(now.identity),
            host: now.host.or(before.host),
            claimed: now.claimed.or(before.claimed),
            prechat: now.prechat.or(before.prechat),
            utm: now.utm.or(before.utm),
            accept_offline: now.accept_offline.or(before.accept_offline),
            department: now.department.or(before.department),
            variables: before.variables,
        };
        let changes = profile != self.profile;
        self.profile = profile;
        changes
    }
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

/// A bot's part in a conversation. It is silent when it waits for nothing: it has come to its end, or a person has taken
/// over.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Bot {
    /// The step that waits for the visitor, for time to pass, or for a server.
    pub waiting_at: Option<String>,
    /// Where it waited when a person took over, for when they give the conversation back.
    pub left_at: Option<String>,
    /// When it goes on by itself, in milliseconds since 1970; at once where that is past.
    pub due: Option<i64>,
    /// Whether people are there, as far as is known.
    pub people: Option<bool>,
    /// What its turns remember, as JSON: most commands only carry it along.
    #[serde(skip)]
    pub memory: Rc<str>,
}

impl Bot {
    /// One that has not spoken yet.
    pub fn new(people: bool) -> Self {
        Self { people: Some(people), memory: "{}".into(), ..Self::default() }
    }

    /// It as JSON, with what it remembers as `memory`.
    pub fn json(&self) -> serde_json::Result<String> {
        let mut json = serde_json::to_string(self)?;
        json.pop();
        json.push_str(",\"memory\":");
        json.push_str(&self.memory);
        json.push('}');
        Ok(json)
    }
}

impl Conversation {
    /// Whether the bot waits for the visitor's answer.
    pub fn bot_listens(&self) -> bool {
        self.bot.as_ref().is_some_and(|bot| bot.waiting_at.is_some())
    }

    /// Silences the bot: a person has taken over.
    pub fn mute_bot(&mut self) {
        if let Some(bot) = &mut self.bot {
            bot.left_at = bot.waiting_at.take().or(bot.left_at.take());
            bot.due = None;
        }
    }
}
