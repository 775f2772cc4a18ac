//! Adding messages: the visitor's, the agents' and the bot's.

use super::command::attendance::Attendance;
use super::command::{Append, ThreadError, Writer};
use super::following::Following;
use super::head::{Bot, Head};
use super::listeners::Overheard;
use super::obey::{Due, Obeyed};
use super::object::Thread;
use super::turn::{self, Draft, Moment};
use crate::platform::{now, random};
use crate::store::served::{AtPages, FlowVersion};
use flow::run::Input;
use shared::id::MessageId;
use shared::json::{self, Json};
use shared::model::conversation::ConversationStatus;
use shared::model::media::Attachment;
use shared::model::message::{Author, AuthorKind, Direction, Message, MessageType, Payload, Status};
use shared::text::LongText;
use shared::time::Timestamp;
use shared::wire::frame::ServerFrame;

impl Thread {
    /// The flow that the bot follows from this message on, if it is the one that it begins with.
    pub(super) async fn opening_flow(&self, append: &Append) -> Result<Option<Following>, ThreadError> {
        match &append.author {
            Writer::Visitor { flow, begins, at_pages, claims, .. } => {
                let mut head = self.head()?;
                head.claim(claims.as_deref());
                let (flow, begins) = (self.flow_here(&head, *flow, at_pages)?, *begins);
                let version = match head.conversation.status {
                    ConversationStatus::Closed => begins.or(flow),
                    _ if begins.is_some() && self.nobody_answers(&head)? => begins,
                    _ => None,
                };
                let flow = self.following(head.organization, version).await?;
                match &flow {
                    Some(flow) => self.count_agents(head.organization, Some(&flow.graph)).await?,
                    None => self.count_agents_for(&head).await?,
                }
                Ok(flow)
            }
            Writer::Agent { .. } => Ok(None),
        }
    }

    /// The flow that answers on the page where the visitor is.
    pub(super) fn flow_here(
        &self,
        head: &Head,
        flow: Option<FlowVersion>,
        at_pages: &[AtPages],
    ) -> Result<Option<FlowVersion>, ThreadError> {
        if at_pages.is_empty() {
            return Ok(flow);
        }
        let context = head.profile.context.as_deref().and_then(|json| Json::parse(json).ok());
        let began = context.as_ref().and_then(|it| it.get("url")).and_then(Json::text).map(str::to_owned);
        let page = self.log()?.last_page()?.or(began);
        Ok(page.and_then(|url| AtPages::on(at_pages, &url)).map(|it| it.flow).or(flow))
    }

    /// See [`super::command::Command::Append`].
    pub(super) fn append(&self, append: Append, flow: Option<&Following>) -> Result<Obeyed, ThreadError> {
        if let Some(replay) = self.replay(&append)? {
            return Ok(replay);
        }
        self.admit(&append)?;
        if let Some(id) = append.reply_to
            && !self.log()?.has(id)?
        {
            return Err(ThreadError::UnknownMessage);
        }
        let attached = append.file.as_ref().map(|file| self.attach(file, &append.author)).transpose()?;
        let mut head = self.head()?;
        let before = (head.conversation.id, head.conversation.status, head.conversation.begun);
        let json = match append.author {
            Writer::Visitor { .. } => self.visitor_writes(&mut head, append, attached, flow)?,
            Writer::Agent { .. } => self.agent_writes(&mut head, append, attached)?,
        };
        self.keep(&head);
        let after = (head.conversation.id, head.conversation.status, head.conversation.begun);
        if after.1 != before.1 {
            self.broadcast(&ServerFrame::Status { status: after.1 }, None);
        }
        let due = if after == before { Due::Soon } else { Due::Now };
        Ok(Obeyed { due, ..json.into() })
    }

    /// What was answered to the message that bears this client's name already.
    fn replay(&self, append: &Append) -> Result<Option<Obeyed>, ThreadError> {
        let Some(id) = &append.client_id else { return Ok(None) };
        let Some(json) = self.log()?.by_client_id(id)? else { return Ok(None) };
        let before: Message = json::read(&json)?;
        let same_author = match &append.author {
            Writer::Visitor { conversation, .. } => {
                before.author.kind == AuthorKind::Visitor
                    && conversation.is_none_or(|id| id == before.conversation_id)
            }
            Writer::Agent { conversation, private, .. } => {
                before.author.kind == AuthorKind::Agent
                    && before.conversation_id == *conversation
                    && before.private == *private
            }
        };
        // What was sent under a name that has been edited or deleted since is no longer known: it is taken for the same.
        let text = append.text.as_ref().map(LongText::as_str).unwrap_or_default();
        let deleted = before.deleted_at.is_some();
        let same_text = before.edited_at.is_some() || deleted || before.payload.text == text;
        let (carried, file) =
            (before.payload.attachment.map(|it| it.id), append.file.as_ref().map(|it| it.id));
        if same_author && same_text && (deleted || carried == file) && before.reply_to == append.reply_to {
            Ok(Some(Obeyed { replayed: true, ..json.into() }))
        } else {
            Err(ThreadError::Conflict)
        }
    }

    /// Whether this may be written now.
    fn admit(&self, append: &Append) -> Result<(), ThreadError> {
        match &append.author {
            Writer::Visitor { conversation, attendance, .. } => {
                if let Some(id) = conversation {
                    self.with_head(|head| {
                        let here = head.conversation.id == *id;
                        here && head.conversation.status != ConversationStatus::Closed
                    })?
                    .then_some(())
                    .ok_or(ThreadError::Closed)?;
                }
                if *attendance == Attendance::Nobody {
                    return Err(ThreadError::NobodyThere);
                }
                let passed = self.messages.borrow_mut().pass(now());
                passed.map_err(|no| ThreadError::TooMany { limit: no.limit, retry_after: no.retry_after })
            }
            Writer::Agent { conversation, .. } => {
                let found = self.log()?.conversation(Some(*conversation))?.ok_or(ThreadError::Unknown)?;
                match found.status {
                    ConversationStatus::Closed => Err(ThreadError::Closed),
                    _ => Ok(()),
                }
            }
        }
    }

    fn visitor_writes(
        &self,
        head: &mut Head,
        append: Append,
        attached: Option<Attachment>,
        flow: Option<&Following>,
    ) -> Result<String, ThreadError> {
        let at = now();
        let begins = head.conversation.status == ConversationStatus::Closed;
        let Writer::Visitor { acknowledgement, attendance, claims, .. } = append.author else {
            return Err(ThreadError::Unknown);
        };
        let people = attendance.people();
        if head.claim(claims.as_deref()) {
            self.log()?.save_profile(&head.profile)?;
        }
        if begins {
            head.conversation = self.begin(head.changed + 1, flow, people, at)?;
        }
        // Meanwhile somebody may have come to answer.
        let flow = flow.filter(|_| begins || self.nobody_answers(head).unwrap_or_default());
        if let Some(flow) = flow.filter(|_| !begins) {
            self.log()?.set_flow(head.conversation.id, &flow.json)?;
            self.drop_graph();
            head.conversation.bot = Some(Bot::new(people));
            head.conversation.status = ConversationStatus::Pending;
        }
        if let Some(bot) = &mut head.conversation.bot {
            bot.people = Some(people);
        }
        let quiet = flow.is_none() && !begins && head.conversation.begun && !head.conversation.bot_listens();
        let settled = quiet && head.conversation.status == ConversationStatus::Open;
        let first = begins || !head.conversation.begun;
        head.conversation.begun = true;

        let acknowledgement = acknowledgement.filter(|_| first && head.conversation.bot.is_none());
        let draft = said(Author { kind: AuthorKind::Visitor, name: None }, append.text, attached);
        // A bot is told of a file that comes without words by its name.
        let said = match &draft.payload.attachment {
            Some(file) if draft.payload.text.is_empty() => file.filename.clone(),
            _ => draft.payload.text.clone(),
        };
        let file = draft.payload.attachment.as_ref().map(|file| self.address_of(file)).transpose()?;
        let mut message = self.message(head, draft, at)?;
        message.client_id = append.client_id;
        message.reply_to = append.reply_to;
        let json = self.add(head, &message)?;

        if settled {
            return Ok(json);
        }
        let claimed = head.profile.clone();
        if flow.is_some() {
            self.bot_turn(head, Input::Start, at)?;
        } else if head.conversation.bot_listens() {
            let input = match &file {
                Some(file) => Input::Sent { file, said: &said },
                None => Input::Said(&said),
            };
            self.bot_turn(head, input, at)?;
        } else {
            turn::without_bot(&mut head.conversation);
        }
        if let Some(text) = acknowledgement {
            self.say(head, Draft::bot(text), at)?;
        }
        if head.profile != claimed {
            self.log()?.save_profile(&head.profile)?;
        }
        self.log()?.save_conversation(&head.conversation, at)?;
        Ok(json)
    }

    /// Whether neither a bot nor a person answers in the newest conversation, and none was ever asked to.
    fn nobody_answers(&self, head: &Head) -> Result<bool, ThreadError> {
        let conversation = &head.conversation;
        let waits = conversation.bot.is_none() || conversation.status == ConversationStatus::Pending;
        Ok(waits
            && !conversation.bot_listens()
            && self.log()?.is_assigned(conversation.id, None)?
            && !self.log()?.agent_spoke(conversation.id)?)
    }

    fn agent_writes(
        &self,
        head: &mut Head,
        append: Append,
        attached: Option<Attachment>,
    ) -> Result<String, ThreadError> {
        let Writer::Agent { name, private, .. } = append.author else { return Err(ThreadError::Unknown) };
        let at = now();
        let author = Author { kind: AuthorKind::Agent, name: Some(name) };
        let mut message = self.message(head, said(author, append.text, attached), at)?;
        message.private = private;
        message.client_id = append.client_id;
        message.reply_to = append.reply_to;
        if !private {
            // A person has taken over, and has read what they answer.
            head.conversation.mute_bot();
            head.conversation.status = ConversationStatus::Open;
            head.agent_seen = head.changed;
            self.log()?.save_seen(head)?;
            let seen = ServerFrame::Seen { by: AuthorKind::Agent, seq: head.agent_seen };
            self.broadcast(&seen, None);
        }
        let json = self.add(head, &message)?;
        self.log()?.save_conversation(&head.conversation, at)?;
        Ok(json)
    }

    /// Has the bot take its turn, and adds what it says.
    pub(super) fn bot_turn(
        &self,
        head: &mut Head,
        input: Input<'_>,
        at: Timestamp,
    ) -> Result<(), ThreadError> {
        if head.conversation.bot.is_none() {
            return Ok(());
        }
        let Some(graph) = self.graph(head.conversation.id)? else { return Ok(()) };
        let moment = Moment { now: at, random: random()?, agents: self.agents_online.get() };
        let taken = turn::take_later(&graph, head, input, moment)?;
        for draft in taken.drafts {
            self.say(head, draft, at)?;
        }
        if let Some(department) = taken.department {
            self.log()?.set_department(head.conversation.id, &department)?;
        }
        if let Some(agent) = &taken.assignee {
            let conversation = head.conversation.id;
            self.log()?.assign(conversation, Some(agent))?;
            self.overhear(&Overheard::Assigned { conversation, agent: Some(agent) });
        }
        if !taken.tags.is_empty() {
            self.log()?.add_tags(head.conversation.id, &taken.tags)?;
        }
        if taken.waits {
            let by = AuthorKind::Bot;
            self.broadcast(&ServerFrame::Typing { by, name: None, on: true }, None);
            let conversation = head.conversation.id;
            self.overhear(&Overheard::Typing { conversation, by, name: None, on: true });
        }
        Ok(())
    }

    /// Adds a message.
    pub(super) fn say(&self, head: &mut Head, draft: Draft, at: Timestamp) -> Result<(), ThreadError> {
        let message = self.message(head, draft, at)?;
        self.add(head, &message).map(drop)
    }

    /// A draft in the next place of the newest conversation.
    fn message(&self, head: &Head, draft: Draft, at: Timestamp) -> Result<Message, ThreadError> {
        let place = head.changed + 1;
        Ok(Message {
            id: MessageId::new(at, random()?),
            conversation_id: head.conversation.id,
            seq: place,
            changed: place,
            client_id: None,
            direction: match draft.author.kind {
                AuthorKind::Visitor => Direction::In,
                _ => Direction::Out,
            },
            author: draft.author,
            kind: draft.kind,
            payload: draft.payload,
            reply_to: None,
            private: false,
            created_at: at,
            edited_at: None,
            deleted_at: None,
            status: None,
        })
    }

    /// Keeps a message and tells everybody who may see it; gives it as it is told.
    fn add(&self, head: &mut Head, message: &Message) -> Result<String, ThreadError> {
        let kept = self.log()?.append(message)?;
        head.changed = message.changed;
        let told = with_status(kept, Status::Sent);
        if let Some(file) = &message.payload.attachment {
            self.log()?.send_file(file.id, message.seq)?;
            self.has_files.set(Some(true));
        }
        if !message.private {
            self.tell_message(&told)?;
        }
        Ok(told)
    }
}

/// What somebody says, with a file or without.
fn said(author: Author, text: Option<LongText>, attached: Option<Attachment>) -> Draft {
    Draft {
        author,
        kind: attached.as_ref().map_or(MessageType::Text, |file| file.kind.into()),
        payload: Payload {
            text: text.map(LongText::into_string).unwrap_or_default(),
            attachment: attached.map(Box::new),
            ..Payload::default()
        },
    }
}

/// A message's JSON with its status, as the log tells it too.
fn with_status(mut json: String, status: Status) -> String {
    json.pop();
    json.push_str(",\"status\":\"");
    json.push_str(status.tag());
    json.push_str("\"}");
    json
}
