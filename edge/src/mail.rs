//! Mail to one person: a letter in their language, as plain text and as HTML, through the `EMAIL` binding.

pub mod letter;
pub mod words;

use letter::{Letter, one_line};
use shared::text::Email;
use worker::{EmailAddress, Env, SendEmailBuilder};

/// The variable that holds the address mail is sent from; its domain has to be one that this account may send for.
pub const MAIL_FROM: &str = "MAIL_FROM";
/// What is sent from where nothing is set: a name that is nobody's (RFC 6761, section 6.5), for local runs.
const USUAL_FROM: &str = "no-reply@porchlight.example";

/// A mail could not be sent. The reason is the platform's, and never holds what the mail says.
#[derive(Debug)]
pub struct NotSent(String);

impl core::fmt::Display for NotSent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "mail: {}", self.0)
    }
}

/// Sends a letter in the name of `site`.
pub async fn send(env: &Env, site: &str, to: &Email, letter: &Letter) -> Result<(), NotSent> {
    let failed = |error: worker::Error| NotSent(error.to_string());
    let address = env.var(MAIL_FROM).map_or_else(|_| USUAL_FROM.into(), |from| from.to_string());
    let from = EmailAddress::new(&one_line(site), &address);
    let mut message = SendEmailBuilder::builder_with_email_address_and_str(
        &from,
        &to.to_string(),
        &one_line(&letter.subject),
    )
    .text(&letter.text())
    .html(&letter.html());
    if let Some(reply_to) = &letter.reply_to {
        message = message.reply_to(&reply_to.to_string());
    }
    let message = message.build();
    let sender = env.send_email("EMAIL").map_err(failed)?;
    let sent = sender.send_with_builder(&message).await;
    sent.map(drop).map_err(|error| NotSent(String::from(error.message())))
}
