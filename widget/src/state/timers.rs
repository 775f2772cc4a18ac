//! What is to happen later. The browser keeps one alarm, for the earliest.

use alloc::vec::Vec;
/// What can be waited for. Each waits at most once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Send what waits in the outbox.
    Flush,
    /// Ask for a session again.
    Session,
    /// Ask for missing messages again.
    Sync,
    /// Open the socket again.
    Reconnect,
    /// Show the edge that we live, and see whether it does.
    Ping,
    /// Tell the visitor that the connection is gone.
    Banner,
    /// The visitor has paused in writing.
    Pause,
    /// Somebody else has been writing for too long without a word.
    Typists,
    /// The bot's next message is due.
    Reveal,
}

/// The timers that run.
#[derive(Debug, Default)]
pub struct Timers(Vec<(Timer, i64)>);

impl Timers {
    /// Sets a timer, or sets it anew.
    pub fn set(&mut self, timer: Timer, at: i64) {
        self.clear(timer);
        self.0.push((timer, at));
    }

    /// Stops a timer.
    pub fn clear(&mut self, timer: Timer) {
        self.0.retain(|(other, _)| *other != timer);
    }

    /// Whether it runs.
    pub fn runs(&self, timer: Timer) -> bool {
        self.0.iter().any(|(other, _)| *other == timer)
    }

    /// The time of the earliest.
    pub fn next(&self) -> Option<i64> {
        self.0.iter().map(|(_, at)| *at).min()
    }

    /// Takes those out whose time has come.
    pub fn take_due(&mut self, now: i64) -> Vec<Timer> {
        let due = self.0.iter().filter(|(_, at)| *at <= now).map(|(timer, _)| *timer).collect();
        self.0.retain(|(_, at)| *at > now);
        due
    }
}
