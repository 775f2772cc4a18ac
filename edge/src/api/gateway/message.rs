//! `notifyUserNewChatMessage`: a visitor of a chat server has said something. The first message of a session begins a
//! conversation, which is what the document calls a ticket; what is said after the chat has ended begins another.

use super::Call;
use super::envelope::Refusal;
use super::params::{ADDRESS, DATA, MESSAGE, NAME, NEW_SESSION, PHONE, Params, SERVER, TOKEN, URL};
use crate::platform::{now, random};
use crate::store::config::Published;
use crate::store::gateway::{self as accounts, Session};
use crate::thread::client::Thread;
use crate::thread::command::attendance::Attendance;
use crate::thread::command::{Append, Command, Open, Opened, Profile, Sending, ThreadError, Writer};
use shared::id::{ClientId, ConversationId, MessageId, VisitorId};
use shared::json::{self, Json, Read};
use shared::text::LongText;

/// The most messages that a session numbers.
const MOST: u32 = 50;

/// Handles it.
pub async fn take(call: &Call<'_>) -> Result<String, Refusal> {
    let mut params = call.params().await?;
    let (server, token) = (params.required("chatServer", SERVER), params.required("chatAccountToken", TOKEN));
    let session = params.required("chatSessionID", NEW_SESSION);
    let message = params.required("message", MESSAGE);
    params.number("channelID", 1..=u32::MAX);
    params.truth("usedPredefinedUserInput");
    params.optional("externalAddressOverwrite", ADDRESS);
    let number = number(&mut params)?;
    let profile = profile(&mut params);
    let text = match LongText::parse(&message) {
        Ok(text) => Some(text),
        Err(error) => {
            params.refuse("message", error.to_string());
            None
        }
    };
    params.finish()?;
    let forwarded = begin(call, &token, &server, &session).await?;
    let said = forwarded.say(call, profile, text, None, number).await?;
    Ok(format!(r#""message":"Message sent.","ticketID":{},"messageID":"{}""#, said.ticket, said.message))
}

/// The name of a message that has a number, by which it is known again in its session.
pub fn number(params: &mut Params) -> Result<Option<ClientId>, Refusal> {
    let Some(number) = params.number("messageNumber", 1..=MOST) else { return Ok(None) };
    let id = ClientId::parse(&format!("gateway-{number}"));
    id.map(Some).map_err(|error| Refusal::Internal(error.to_string()))
}

/// What the server says of the visitor: all of it is claimed.
fn profile(params: &mut Params) -> Profile {
    let quoted = |name: &str, text: String| Json::Object(vec![(name.into(), Json::Text(text))]).json();
    let phone = params.optional("phoneNumber", PHONE);
    let name = params.optional("customerName", NAME);
    if phone.as_ref().is_some_and(|phone| !phone.starts_with('+')) {
        params.refuse("phoneNumber", "must begin with +");
    }
    Profile {
        // Its pattern takes spaces alone, which name nobody.
        name: name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        email: params.email("emailAddress").map(|email| email.to_string()),
        phone,
        context: params.page("url", URL).map(|url| quoted("url", url)),
        claimed: params.optional("additionalData", DATA).map(|data| quoted("additionalData", data)),
        ..Profile::default()
    }
}

/// A session that something is forwarded of.
pub struct Forwarded {
    widget: std::rc::Rc<Published>,
    /// The visitor that it is.
    pub visitor: VisitorId,
    /// Their Thread.
    pub thread: Thread,
    /// Who is there to read what is said.
    pub attendance: Attendance,
}

/// What was said.
pub struct Said {
    /// The number of the conversation.
    pub ticket: u32,
    /// The message.
    pub message: MessageId,
}

/// The session of this name, which begins now unless it has begun. Where nothing is taken now, nothing begins.
pub async fn begin(call: &Call<'_>, token: &str, name: &str, session: &str) -> Result<Forwarded, Refusal> {
    let organization = call.organization;
    let found = accounts::server(&call.db, organization, token, name).await?;
    let (account, server) = found.ok_or(Refusal::NotFound("chatAccountToken with this chatServer"))?;
    let widget = call.widget(&account).await?;
    let attendance = widget.attendance();
    let kept = if attendance == Attendance::Nobody {
        let known = accounts::session(&call.db, organization, session, name).await?;
        known.ok_or(ThreadError::NobodyThere)?
    } else {
        let visitor = VisitorId::new(now(), random()?);
        let new = Session { account: account.id, widget: account.widget, visitor };
        accounts::begin(&call.db, organization, session, &new, server, now()).await?
    };
    if kept.account != account.id {
        return Err(Refusal::NotFound("chatSessionID"));
    }
    let thread = Thread::of(&call.env, kept.widget, kept.visitor)?;
    Ok(Forwarded { widget, visitor: kept.visitor, thread, attendance })
}

impl Forwarded {
    /// The widget's configuration.
    pub fn widget(&self) -> &Published {
        &self.widget
    }

    /// Has the visitor say something.
    pub async fn say(
        &self,
        call: &Call<'_>,
        profile: Profile,
        text: Option<LongText>,
        file: Option<Sending>,
        client_id: Option<ClientId>,
    ) -> Result<Said, Refusal> {
        let widget = self.widget();
        let append = Command::Append(Append {
            author: Writer::Visitor {
                conversation: None,
                flow: widget.flow,
                at_pages: widget.at_pages.clone(),
                begins: text.as_ref().and_then(|text| widget.begun_by(text.as_str())),
                acknowledgement: widget.spoken(|rules| &rules.acknowledgement),
                attendance: self.attendance,
                claims: Some(Box::new(profile.clone())),
            },
            text,
            file,
            client_id,
            reply_to: None,
        });
        let said = match self.thread.ask(&append).await {
            Err(ThreadError::Unknown) => {
                self.open(call, profile).await?;
                self.thread.ask(&append).await?
            }
            said => said?,
        };
        #[derive(Read)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            id: MessageId,
            conversation_id: ConversationId,
        }
        let told: Told = json::read(&said.json)?;
        let ticket = accounts::ticket(&call.db, call.organization, told.conversation_id).await?;
        Ok(Said { ticket, message: told.id })
    }

    /// Makes the visitor.
    async fn open(&self, call: &Call<'_>, profile: Profile) -> Result<(), Refusal> {
        let widget = self.widget();
        let context = profile.context.as_deref().and_then(|json| Json::parse(json).ok());
        let page = context.as_ref().and_then(|it| it.get("url")).and_then(Json::text);
        let open = Open {
            organization: call.organization,
            widget: widget.widget,
            visitor: self.visitor,
            known: false,
            flow: widget.flow_on(page),
            welcome: widget.spoken(|rules| &rules.welcome),
            people: self.attendance.people(),
            profile,
        };
        let _: Opened = self.thread.tell(&Command::Open(Box::new(open))).await?;
        Ok(())
    }
}
