//! What is done for clients that name the conversation they mean. None of this is met on the way of our own widget, so it
//! is of the program's second part.

use super::command::amend::Amend;
use super::command::rare::Rare;
use super::command::within::{Begin, Claim, Standing, Within};
use super::command::{Append, Party, ThreadError};
use super::obey::{Due, Obeyed};
use super::object::Thread;
use super::presence::done;
use super::turn::Draft;
use crate::platform::now;
use flow::run::Input;
use futures_util::future::LocalBoxFuture;
use shared::id::{ConversationId, MessageId};
use shared::json::Json;
use shared::model::conversation::ConversationStatus;
use shared::text::{Email, LongText};
use shared::wire::frame::ServerFrame;

/// The most things that a visitor says of themselves.
const MOST_CLAIMS: usize = 20;
/// The most bytes of all of them, as JSON.
const MOST_CLAIMED: usize = 8 * 1024;

impl Thread {
    /// Obeys a rare command, given without its mark.
    #[inline(never)]
    pub(super) fn obey_rare_later<'a>(
        &'a self,
        text: &'a str,
    ) -> LocalBoxFuture<'a, Result<Obeyed, ThreadError>> {
        Box::pin(async move {
            match Rare::parse(text)? {
                Rare::Within(conversation, within) => {
                    let mut obeyed = self.within(conversation, within).await?;
                    obeyed.json.push('\n');
                    obeyed.json += &self.with_head(|head| serde_json::to_string(&head.profile.name))??;
                    Ok(obeyed)
                }
                Rare::Begin(begin) => self.begin_anew(begin).await,
                Rare::Standing => {
                    self.pass_read()?;
                    self.tell_standing(None)
                }
                Rare::Unlisten(listener) => self.unlisten(&listener),
                Rare::Claim(claims) => self.claim(claims),
            }
        })
    }

    async fn within(&self, conversation: ConversationId, within: Within) -> Result<Obeyed, ThreadError> {
        let (newest, status) =
            self.with_head(|head| (head.conversation.id == conversation, head.conversation.status))?;
        // One that is not the newest is closed, if it is there: of the newest there is a copy at hand.
        if !newest && self.log()?.conversation(Some(conversation))?.is_none() {
            return Err(ThreadError::UnknownConversation);
        }
        let open = match newest && status != ConversationStatus::Closed {
            true => Ok(()),
            false => Err(ThreadError::Closed),
        };
        match within {
            Within::Append(append) => self.append_here(append).await,
            Within::Amend(name, text) => open.and_then(|()| self.amend_here(conversation, &name, text)),
            Within::Message(name) => {
                self.pass_read()?;
                Ok(self.log()?.visible(conversation, &name)?.ok_or(ThreadError::UnknownMessage)?.into())
            }
            Within::Excerpt(excerpt) => {
                self.pass_read()?;
                Ok(self.log()?.excerpt(conversation, &excerpt)?.into())
            }
            Within::Close => {
                open?;
                self.pass_event(&Party::Visitor)?;
                self.close(conversation)
            }
            Within::Typing(on) => {
                open?;
                self.pass_event(&Party::Visitor)?;
                self.typing(&Party::Visitor, on, None).await
            }
            Within::Listen(listener) => self.listen(&listener),
            Within::Transcript { email, site } => self.mail_here(newest, email, site).await,
            Within::Rate(score, comment) => match newest {
                true => self.rate(score, comment.as_ref().and_then(|lines| lines.as_option())),
                false => Err(ThreadError::Closed),
            },
            Within::Standing => {
                self.pass_read()?;
                self.tell_standing(Some(conversation))
            }
        }
    }

    async fn append_here(&self, append: Append) -> Result<Obeyed, ThreadError> {
        // What a client calls a message may not be what another is called already.
        let named = append.client_id.as_ref().and_then(|name| MessageId::parse(name.as_str()).ok());
        if let Some(id) = named
            && self.log()?.has(id)?
        {
            return Err(ThreadError::Conflict);
        }
        let flow = self.opening_flow(&append).await?;
        self.append(append, flow.as_ref())
    }

    fn amend_here(
        &self,
        conversation: ConversationId,
        name: &str,
        text: Option<LongText>,
    ) -> Result<Obeyed, ThreadError> {
        let message: MessageId = self.log()?.named(conversation, name)?.ok_or(ThreadError::UnknownMessage)?;
        if self.log()?.written_by(message, &Party::Visitor)?.is_none() {
            return Err(ThreadError::NotTheirs);
        }
        self.amend(Amend { by: Party::Visitor, message, text })
    }

    /// Only the newest conversation is sent. The letter is on its way before this is answered.
    async fn mail_here(&self, newest: bool, email: Email, site: String) -> Result<Obeyed, ThreadError> {
        if !newest {
            return Err(ThreadError::Closed);
        }
        let obeyed = self.transcript(Some(email), site)?;
        if let Some(outgoing) = &obeyed.outgoing {
            self.send(outgoing).await?;
        }
        Ok(done())
    }

    /// See [`Rare::Begin`].
    async fn begin_anew(&self, begin: Begin) -> Result<Obeyed, ThreadError> {
        self.pass_read()?;
        let mut head = self.head()?;
        if head.conversation.status != ConversationStatus::Closed {
            return self.tell_standing(None);
        }
        let version = self.flow_here(&head, begin.flow, &begin.at_pages)?;
        let flow = self.following(head.organization, version).await?;
        self.count_agents(head.organization, flow.as_ref().map(|flow| &*flow.graph)).await?;
        // While the flow was fetched, another call may have begun it.
        head = self.head()?;
        if head.conversation.status != ConversationStatus::Closed {
            return self.tell_standing(None);
        }
        let at = now();
        head.conversation = self.begin(head.changed + 1, flow.as_ref(), begin.people, at)?;
        self.drop_graph();
        self.bot_turn(&mut head, Input::Start, at)?;
        if let (None, Some(text)) = (&flow, begin.welcome) {
            self.say(&mut head, Draft::bot(text), at)?;
        }
        self.log()?.save_conversation(&head.conversation, at)?;
        self.keep(&head);
        let status = head.conversation.status;
        self.broadcast(&ServerFrame::Status { status }, None);
        Ok(Obeyed { due: Due::Soon, ..self.tell_standing(None)? })
    }

    /// See [`Rare::Claim`].
    fn claim(&self, claims: Vec<Claim>) -> Result<Obeyed, ThreadError> {
        self.pass_event(&Party::Visitor)?;
        let mut head = self.head()?;
        let said = head.profile.claimed.as_deref().and_then(|json| Json::parse(json).ok());
        let Json::Object(mut members) = said.unwrap_or(Json::Object(Vec::new())) else {
            return Err(ThreadError::failed("what a visitor claims is no object"));
        };
        for Claim { key, value, overwrite } in claims {
            match members.iter_mut().find(|(name, _)| *name == key) {
                Some((_, said)) if overwrite => *said = Json::Text(value),
                Some(_) => {}
                None => members.push((key, Json::Text(value))),
            }
        }
        let count = members.len();
        let json = Json::Object(members).json();
        if count > MOST_CLAIMS || json.len() > MOST_CLAIMED {
            return Err(ThreadError::TooManyClaims);
        }
        let mut due = Due::Never;
        if head.profile.claimed.as_deref() != Some(&json) {
            head.profile.claimed = Some(json);
            self.log()?.save_profile(&head.profile)?;
            self.keep(&head);
            due = if head.conversation.begun { Due::Soon } else { due };
        }
        Ok(Obeyed { due, ..self.tell_standing(None)? })
    }

    fn tell_standing(&self, conversation: Option<ConversationId>) -> Result<Obeyed, ThreadError> {
        let head = self.head()?;
        let found = self.log()?.conversation(conversation)?.ok_or(ThreadError::UnknownConversation)?;
        let details = Json::parse(&self.log()?.details(found.id)?)?;
        let standing = Standing {
            visitor: head.visitor,
            name: head.profile.name,
            email: head.profile.email,
            phone: head.profile.phone,
            claimed: head.profile.claimed,
            department: details.field("department")?,
            conversation: found.id,
            status: found.status,
            begun: found.begun,
            created_at: found.created_at,
            updated_at: self.log()?.updated_at(found.id)?,
            closed_at: found.closed_at,
            assignee: details.field("assignee")?,
        };
        Ok(serde_json::to_string(&standing)?.into())
    }
}
