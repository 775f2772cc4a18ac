//! Forgetting a visitor: first here, so that nothing new comes to be known of them, then in the record, then for good.
//!
//! It is kept that they are being forgotten until all of it is done: what breaks off is gone on with by the alarm.

use super::command::ThreadError;
use super::listeners::Overheard;
use super::log::forgotten::Forgotten;
use super::obey::Obeyed;
use super::object::Thread;
use super::presence::done;
use crate::inbox::{self, InboxFrame};
use crate::socket;
use crate::store::objects::Objects;
use crate::store::{Database, media, visitors};
use std::time::Duration;
use worker::Delay;

/// How long to wait for what is being told to D1 at this moment.
const WAIT: Duration = Duration::from_millis(20);
/// When to go on where it broke off, in milliseconds.
const AGAIN: i64 = 10_000;

impl Thread {
    /// See [`super::command::Command::Forget`].
    pub(super) async fn forget(&self) -> Result<Obeyed, ThreadError> {
        if self.log()?.forgotten()?.is_none() {
            self.head()?;
            self.overhear(&Overheard::Forgotten);
            // From here on this Thread knows of no visitor, and refuses whatever else is asked of it.
            self.log()?.begin_to_forget()?;
            self.drop_copies();
            socket::close_all(&self.state, socket::FORGOTTEN, "forgotten");
        }
        self.state.storage().set_alarm(AGAIN).await?;
        self.go_on_forgetting().await?;
        Ok(done())
    }

    /// Does what is left to do of forgetting, if there is anything. Whether there was.
    pub(super) async fn go_on_forgetting(&self) -> Result<bool, ThreadError> {
        let Some(who) = self.log()?.forgotten()? else { return Ok(false) };
        if self.forgetting.replace(true) {
            return Ok(true);
        }
        let result = self.forget_elsewhere(&who).await;
        self.forgetting.set(false);
        result.map(|()| true)
    }

    async fn forget_elsewhere(&self, who: &Forgotten) -> Result<(), ThreadError> {
        // What is on its way to D1 would come after it was deleted there.
        while self.projecting.get() {
            Delay::from(WAIT).await;
        }
        let db = Database::of(&self.env, who.organization).map_err(ThreadError::failed)?;
        visitors::forget(&db, who.organization, who.visitor).await.map_err(ThreadError::failed)?;
        let objects = Objects::of(&self.env).map_err(ThreadError::failed)?;
        media::forget(&db, &objects, who.organization, who.visitor).await.map_err(ThreadError::failed)?;
        let frame = InboxFrame::Forgotten { visitor_id: who.visitor, conversation_ids: who.conversations()? };
        inbox::tell(&self.env, who.organization, &frame).await;
        let storage = self.state.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await?;
        self.alarm.set(None);
        self.log()?.begin_anew()
    }
}
