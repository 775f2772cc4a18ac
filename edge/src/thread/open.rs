//! Beginning to serve a visitor, and beginning conversations.

use super::command::{Open, Opened, ThreadError};
use super::following::Following;
use super::head::{Bot, Conversation, Head};
use super::obey::{Due, Obeyed};
use super::object::Thread;
use super::turn::Draft;
use crate::platform::{now, random};
use flow::run::Input;
use shared::id::ConversationId;
use shared::model::conversation::ConversationStatus;
use shared::time::Timestamp;

impl Thread {
    /// See [`super::command::Command::Open`].
    pub(super) async fn open(&self, open: Open) -> Result<Obeyed, ThreadError> {
        let flow = match self.head() {
            Err(ThreadError::Unknown) if open.known => return Err(ThreadError::Unknown),
            Err(ThreadError::Unknown) => self.following(open.organization, open.flow).await?,
            _ => None,
        };
        self.count_agents(open.organization, flow.as_ref().map(|flow| &*flow.graph)).await?;
        // While the flow was fetched, another call may have opened the Thread.
        let mut head = match self.head() {
            // One who is just being forgotten is not made again, either.
            Err(ThreadError::Unknown) if self.log()?.forgotten()?.is_some() => {
                return Err(ThreadError::Unknown);
            }
            Err(ThreadError::Unknown) => self.create(&open, flow.as_ref())?,
            known => known?,
        };
        let mut due = Due::Never;
        if let Some(department) = &open.profile.department
            && !head.conversation.begun
        {
            self.log()?.set_department(head.conversation.id, department)?;
        }
        if head.claim(Some(&open.profile)) {
            self.log()?.save_profile(&head.profile)?;
            self.keep(&head);
            if head.conversation.begun {
                due = Due::Soon;
            }
        }
        let (name, email) = (head.profile.name, head.profile.email);
        let opened = Opened { conversation: head.conversation.id, name, email };
        Ok(Obeyed { due, ..serde_json::to_string(&opened)?.into() })
    }

    fn create(&self, open: &Open, flow: Option<&Following>) -> Result<Head, ThreadError> {
        self.log()?.create(open.organization, open.widget, open.visitor)?;
        let at = now();
        let mut head = Head {
            organization: open.organization,
            widget: open.widget,
            visitor: open.visitor,
            profile: open.profile.clone(),
            changed: 0,
            visitor_seen: 0,
            agent_seen: 0,
            conversation: self.begin(1, flow, open.people, at)?,
        };
        self.bot_turn(&mut head, Input::Start, at)?;
        if let (None, Some(text)) = (flow, &open.welcome) {
            self.say(&mut head, Draft::bot(text.clone()), at)?;
        }
        self.log()?.save_profile(&head.profile)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(&head);
        Ok(head)
    }

    /// Begins a conversation, whose first message will have the place `first_seq`; its bot, if it has one, has not spoken
    /// yet.
    pub(super) fn begin(
        &self,
        first_seq: u32,
        flow: Option<&Following>,
        people: bool,
        at: Timestamp,
    ) -> Result<Conversation, ThreadError> {
        let conversation = Conversation {
            id: ConversationId::new(at, random()?),
            status: ConversationStatus::Pending,
            created_at: at,
            closed_at: None,
            begun: false,
            bot: flow.map(|_| Bot::new(people)),
        };
        self.log()?.create_conversation(&conversation, first_seq, flow.map(|flow| flow.json.as_str()))?;
        Ok(conversation)
    }
}
