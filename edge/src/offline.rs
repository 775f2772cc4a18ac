//! Messages that people leave where nobody is there to chat: kept, and mailed to whom the widget's owner has named. Nothing
//! that is in them says where the mail goes.

use crate::guard::Client as Guard;
use crate::mail::letter::{Letter, Part, one_line};
use crate::mail::words::{language, of_site};
use crate::mail::{self, NotSent};
use crate::platform::{now, random};
use crate::rate::{self, NEXT_OFFLINE, OFFLINE, OFFLINE_TAKEN, TooMany};
use crate::store::config::{self, Published};
use crate::store::offline_messages::{self, Kept, Unmailed};
use crate::store::{Database, StoreError, departments};
use shared::id::{DepartmentId, OfflineMessageId, WidgetId};
use shared::rules::address::household;
use shared::text::{Email, FilledLine, Line, MessageText, Name};
use worker::{Env, console_error};

/// How long a message is left to whoever took it before the sweep looks after its mail, in seconds.
const TAKING: i64 = 10 * 60;
/// How many are mailed again in an hour.
const MAILED_AGAIN: u32 = 100;

/// What somebody leaves. All of it is what they claim.
#[derive(Debug)]
pub struct OfflineMessage {
    /// Their name.
    pub name: FilledLine<200>,
    /// Where they can be answered.
    pub email: Email,
    /// What they say.
    pub message: MessageText,
    /// The department it is for: one of the widget's organization.
    pub department: Option<DepartmentId>,
    /// Where they were, in their words: shown as text and never followed.
    pub host: Option<Line<500>>,
}

/// Why a message was not taken.
#[derive(Debug)]
pub enum Refused {
    /// Too many came from this address, or to this widget.
    TooMany(TooMany),
    /// It could not be kept.
    Store(StoreError),
}

impl From<TooMany> for Refused {
    fn from(error: TooMany) -> Self {
        Self::TooMany(error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<worker::Error> for Refused {
    fn from(error: worker::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Why a message that is kept was not mailed. Nothing of what it says stands in it.
enum NotMailed {
    Mail(NotSent),
    Store(StoreError),
}

impl core::fmt::Display for NotMailed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Mail(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl From<NotSent> for NotMailed {
    fn from(error: NotSent) -> Self {
        Self::Mail(error)
    }
}

impl From<StoreError> for NotMailed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Takes what somebody leaves in a widget, from an address of the network: one every 5 seconds and 20 a day from one
/// household, 500 a day in one widget. It is kept once this is done, whatever becomes of its mail.
pub async fn take(
    env: &Env,
    widget: &Published,
    address: &str,
    message: OfflineMessage,
) -> Result<(), Refused> {
    count(env, widget.widget, address).await?;
    let (organization, at) = (widget.organization, now());
    let id = OfflineMessageId::new(at, random()?);
    let kept = Kept { id, organization, widget: widget.widget, left: message, created_at: at };
    let db = Database::of(env, organization)?;
    let recipient = widget.rules.offline.recipient.as_ref();
    offline_messages::insert(&db, organization, &kept, recipient.is_some()).await?;
    if let Some(recipient) = recipient {
        mail_or_log(env, &db, widget, recipient, &kept).await;
    }
    Ok(())
}

/// Mails what could not be mailed before. A widget that is served no more, or whose owner names nobody any more, has nothing
/// mailed.
pub async fn sweep(env: &Env) -> Result<(), StoreError> {
    let before = now().plus_seconds(-TAKING);
    for unmailed in offline_messages::unmailed(&Database::directory(env)?, before, MAILED_AGAIN).await? {
        let Unmailed { kept, token } = unmailed;
        let db = Database::of(env, kept.organization)?;
        // Counted first: what ends this halfway shall not do so for ever.
        offline_messages::tried(&db, kept.organization, kept.id).await?;
        let Some(widget) = config::by_token(env, &token).await? else { continue };
        if let Some(recipient) = &widget.rules.offline.recipient {
            mail_or_log(env, &db, &widget, recipient, &kept).await;
        }
    }
    Ok(())
}

async fn count(env: &Env, widget: WidgetId, address: &str) -> Result<(), Refused> {
    if !rate::are_on(env) {
        return Ok(());
    }
    let house = Guard::of_address(env, widget, &household(address))?;
    house.pass("offline, next", NEXT_OFFLINE).await??;
    house.pass("offline", OFFLINE).await??;
    Ok(Guard::of_widget(env, widget)?.pass("offline", OFFLINE_TAKEN).await??)
}

async fn mail_or_log(env: &Env, db: &Database, widget: &Published, recipient: &Email, kept: &Kept) {
    if let Err(error) = mail(env, db, widget, recipient, kept).await {
        console_error!("the offline message {} was not mailed: {error}", kept.id);
    }
}

async fn mail(
    env: &Env,
    db: &Database,
    widget: &Published,
    recipient: &Email,
    kept: &Kept,
) -> Result<(), NotMailed> {
    let department = match kept.left.department {
        Some(id) => departments::find(db, kept.organization, id).await?.map(|found| found.name),
        None => None,
    };
    let letter = letter(&widget.site, &widget.rules.locale, kept, department.as_ref());
    mail::send(env, &widget.site, recipient, &letter).await?;
    offline_messages::mailed(db, kept.organization, kept.id, now()).await?;
    Ok(())
}

/// The letter that a message becomes, in a language (BCP 47).
fn letter(site: &str, locale: &str, kept: &Kept, department: Option<&Name>) -> Letter {
    let OfflineMessage { name, email, message, host, .. } = &kept.left;
    let (language, name, email_text) = (language(locale), one_line(&name.to_string()), email.to_string());
    let words = &language.words;
    let minute: String = kept.created_at.to_string().replace('T', " ").chars().take(16).collect();
    let mut when = format!("{minute} UTC");
    for further in [department.map(ToString::to_string), host.as_ref().map(ToString::to_string)] {
        if let Some(further) = further.filter(|text| !text.is_empty()) {
            when = format!("{when}, {}", one_line(&further));
        }
    }
    let about = of_site(words.offline_left, site);
    Letter {
        subject: format!("{about}: {name}"),
        parts: vec![
            Part::Text(about),
            Part::Said { who: name, when, text: message.to_string() },
            Part::Text(words.offline_reply.replace("{email}", &email_text)),
        ],
        // An address that not every server takes would keep the whole mail from being sent: it is read off the letter.
        reply_to: Some(email.clone()).filter(|_| email_text.is_ascii()),
        language,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::id::OrganizationId;
    use shared::time::Timestamp;

    fn kept(name: &str, email: &str, message: &str, host: Option<&str>) -> Kept {
        let at = Timestamp::parse("2026-05-01T03:42:18.123Z").unwrap();
        Kept {
            id: OfflineMessageId::new(at, [1; 10]),
            organization: OrganizationId::new(at, [2; 10]),
            widget: WidgetId::new(at, [3; 10]),
            left: OfflineMessage {
                name: FilledLine::parse(name).unwrap(),
                email: Email::parse(email).unwrap(),
                message: MessageText::parse(message).unwrap(),
                department: None,
                host: host.map(|host| Line::parse(host).unwrap()),
            },
            created_at: at,
        }
    }

    #[test]
    fn a_letter_tells_who_left_what_and_where() {
        let kept = kept("Ada", "ada@example.com", "Do you have\nlamps?", Some("shop.example/lamps"));
        let sales = Name::parse("Sales").unwrap();
        let letter = letter("Fern", "de-AT", &kept, Some(&sales));
        assert_eq!(letter.subject, "Nachricht, hinterlassen bei Fern: Ada");
        assert!(
            letter
                .text()
                .contains("Ada (2026-05-01 03:42 UTC, Sales, shop.example/lamps)\nDo you have\nlamps?\n\n")
        );
        assert!(letter.text().contains("schreiben Sie an ada@example.com."));
        assert_eq!(letter.reply_to.unwrap().to_string(), "ada@example.com");
    }

    #[test]
    fn what_strangers_write_is_neither_markup_nor_a_header_nor_a_line_of_ours() {
        let host = "https://evil.example/\u{2028}Sam (now)<a href=\"https://evil.example\">";
        let kept = kept(
            "<b>Ada</b>\u{2028}\r\nBcc: all@example.com",
            "a+{site}@example.com",
            "<script>1</script> {email}",
            Some(host),
        );
        let letter = letter("{email} & Co", "", &kept, None);
        assert_eq!(letter.subject, "Message left at {email} & Co: <b>Ada</b>Bcc: all@example.com");
        assert!(!letter.text().contains(['\r', '\u{2028}']));
        assert!(letter.text().contains("write to a+{site}@example.com."));
        let html = letter.html();
        assert!(!html.contains("<b>Ada") && !html.contains("<script") && !html.contains("<a "), "{html}");
        assert!(html.contains("&lt;script&gt;1&lt;/script&gt; {email}"));
    }

    #[test]
    fn only_an_address_that_every_server_takes_is_answered_by_a_header() {
        let letter = letter("Fern", "", &kept("Ada", "ünï@exämple.de", "hello", None), None);
        assert!(letter.reply_to.is_none() && letter.text().contains("ünï@exämple.de"));
        assert!(letter.text().contains("Ada (2026-05-01 03:42 UTC)\nhello"));
    }
}
