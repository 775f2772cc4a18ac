//! Saying otherwise what was said, or taking it back.

use super::Party;
use serde::Serialize;
use shared::id::MessageId;
use shared::json::Read;
use shared::text::LongText;

/// See [`super::Command::Amend`].
#[derive(Debug, Serialize, Read)]
pub struct Amend {
    /// Who asks: a visitor may amend what they wrote themselves, an agent what agents wrote in their conversation.
    pub by: Party,
    /// The message.
    pub message: MessageId,
    /// What it says from now on; none takes it back.
    pub text: Option<LongText>,
}
