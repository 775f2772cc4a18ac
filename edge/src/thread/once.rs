//! Performing a call once, however often it is made: what was answered is kept with what was done, all or nothing.

use super::command::ThreadError;
use super::command::once::Once;
use super::obey::Obeyed;
use super::object::Thread;
use crate::platform::now;

/// How long an answer is kept for those who ask again, in seconds.
const KEPT: i64 = 24 * 60 * 60;

impl Thread {
    /// What was answered to this call already.
    pub(super) fn answered(&self, once: &Once) -> Result<Option<Obeyed>, ThreadError> {
        let Some(kept) = self.log()?.answered(once, now().plus_seconds(-KEPT))? else { return Ok(None) };
        if kept.body != once.body {
            return Err(ThreadError::OtherBody);
        }
        Ok(Some(Obeyed { replayed: true, answered_at: Some(kept.at), ..kept.json.into() }))
    }

    /// Keeps what is being answered. Nothing may be waited for between what was done and this.
    pub(super) fn keep_answer(&self, once: &Once, answer: &mut Obeyed) -> Result<(), ThreadError> {
        let at = now();
        answer.answered_at = Some(at);
        self.log()?.keep_answer(once, at, &answer.json, at.plus_seconds(-KEPT))
    }
}
