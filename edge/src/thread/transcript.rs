//! A conversation as a letter.

use super::command::ThreadError;
use super::obey::Obeyed;
use super::object::Thread;
use super::presence::too_many;
use crate::guard::Client as Guard;
use crate::mail::letter::{Letter, Part};
use crate::mail::words::{language, of_site};
use crate::mail::{self};
use crate::platform::now;
use crate::rate::{self, LETTERS, TRANSCRIPTS};
use shared::model::message::AuthorKind;
use shared::text::Email;
use shared::wire::source::Tag;

/// How many transcripts a visitor may have sent in an hour.
const MOST: u32 = 3;
const HOUR: i64 = 3600;

/// A letter on its way: it is sent once all is written, and before the answer leaves.
pub(super) struct Outgoing {
    site: String,
    to: Email,
    letter: Letter,
}

impl Thread {
    /// See [`super::command::Command::Transcript`].
    pub(super) fn transcript(&self, email: Option<Email>, site: String) -> Result<Obeyed, ThreadError> {
        let head = self.head()?;
        if !head.conversation.begun {
            return Err(ThreadError::NotBegun);
        }
        let read = |email: &str| Email::parse(email).ok();
        let verified = self.log()?.verified_email()?.as_deref().and_then(read);
        let claimed = || head.profile.email.as_deref().and_then(read);
        let to = verified.or(email).or_else(claimed).ok_or(ThreadError::NoAddress)?;
        self.pass_transcript()?;
        let language = language(&self.log()?.language()?);
        let mut parts = vec![Part::Text(of_site(language.words.transcript_intro, &site))];
        for line in self.log()?.lines(head.conversation.id)? {
            let who = match AuthorKind::from_tag(&line.kind) {
                Some(AuthorKind::Visitor) => language.words.you.into(),
                _ => line.name.unwrap_or_else(|| site.clone()),
            };
            parts.push(Part::Said { who, when: line.at, text: line.text });
        }
        let subject = of_site(language.words.transcript_subject, &site);
        let letter = Letter { subject, language, parts, reply_to: None };
        let told = String::from(r#"{"ok":true}"#);
        Ok(Obeyed { outgoing: Some(Outgoing { site, to, letter }), ..told.into() })
    }

    /// Sends a letter.
    pub(super) async fn send(&self, outgoing: &Outgoing) -> Result<(), ThreadError> {
        let Outgoing { site, to, letter } = outgoing;
        let widget = self.head()?.widget;
        let recipient = Guard::of_email(&self.env, widget, &to.mailbox())?;
        recipient.pass("transcripts", TRANSCRIPTS).await?.map_err(too_many)?;
        Guard::of_widget(&self.env, widget)?.pass("transcripts", LETTERS).await?.map_err(too_many)?;
        mail::send(&self.env, site, to, letter).await.map_err(ThreadError::failed)
    }

    fn pass_transcript(&self) -> Result<(), ThreadError> {
        if !rate::are_on(&self.env) {
            return Ok(());
        }
        let at = now();
        match self.log()?.count_transcript(at, at.plus_seconds(-HOUR), MOST)? {
            None => Ok(()),
            Some(first) => {
                let left = (first.plus_seconds(HOUR).millis() - at.millis() + 999) / 1000;
                let retry_after = u32::try_from(left).unwrap_or(1).max(1);
                Err(ThreadError::TooMany { limit: MOST, retry_after })
            }
        }
    }
}
