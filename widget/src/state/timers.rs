//! What is to happen later. The browser keeps one alarm, for the earliest.

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
    /// A second has passed until another code can be asked for.
    Countdown,
}

impl Timer {
    const ALL: [Self; 10] = [
        Self::Flush,
        Self::Session,
        Self::Sync,
        Self::Reconnect,
        Self::Ping,
        Self::Banner,
        Self::Pause,
        Self::Typists,
        Self::Reveal,
        Self::Countdown,
    ];
}

const NEVER: i64 = i64::MAX;

/// The timers: when each goes off.
#[derive(Debug)]
pub struct Timers([i64; Timer::ALL.len()]);

impl Default for Timers {
    fn default() -> Self {
        Self([NEVER; Timer::ALL.len()])
    }
}

impl Timers {
    /// Sets a timer, or sets it anew.
    pub fn set(&mut self, timer: Timer, at: i64) {
        if let Some(place) = self.0.get_mut(timer as usize) {
            *place = at;
        }
    }

    /// Stops a timer.
    pub fn clear(&mut self, timer: Timer) {
        self.set(timer, NEVER);
    }

    /// Whether it runs.
    pub fn runs(&self, timer: Timer) -> bool {
        self.0.get(timer as usize).is_some_and(|at| *at != NEVER)
    }

    /// The time of the earliest.
    pub fn next(&self) -> Option<i64> {
        self.0.iter().copied().min().filter(|at| *at != NEVER)
    }

    /// Takes one out whose time has come.
    pub fn take_due(&mut self, now: i64) -> Option<Timer> {
        let place = self.0.iter().position(|at| *at <= now)?;
        let timer = Timer::ALL.get(place).copied()?;
        self.clear(timer);
        Some(timer)
    }
}
