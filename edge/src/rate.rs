//! Rate limits that are exact, because one object counts.

use shared::time::Timestamp;
use worker::Env;

/// So many in a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many are let through in a window.
    pub limit: u32,
    /// How long a window lasts, in seconds.
    pub seconds: u32,
}

/// In seconds.
const DAY: u32 = 24 * 60 * 60;

/// What a visitor may send: faster than anybody types.
pub const MESSAGES: RateLimit = RateLimit { limit: 20, seconds: 10 };

/// How many sessions strangers may begin from one address.
pub const SESSIONS: RateLimit = RateLimit { limit: 30, seconds: 60 };

/// How many codes are sent to one address of mail, and for one address of the network.
pub const CODES: RateLimit = RateLimit { limit: 5, seconds: 60 * 60 };

/// How soon a code is sent after the last one.
pub const NEXT_CODE: RateLimit = RateLimit { limit: 1, seconds: 60 };

/// How many letters of one kind one widget sends, to whomever: who finds a way around the other limits stops here.
pub const LETTERS: RateLimit = RateLimit { limit: 500, seconds: 60 * 60 };

/// How many transcripts are sent for one address of the network.
pub const TRANSCRIPTS_ASKED: RateLimit = RateLimit { limit: 10, seconds: 60 * 60 };

/// How soon another offline message is taken from one address of the network.
pub const NEXT_OFFLINE: RateLimit = RateLimit { limit: 1, seconds: 5 };

/// How many offline messages are taken from one address of the network.
pub const OFFLINE: RateLimit = RateLimit { limit: 20, seconds: DAY };

/// How many offline messages one widget takes, from whomever.
pub const OFFLINE_TAKEN: RateLimit = RateLimit { limit: 500, seconds: DAY };

/// How often a visitor may read, or say again who they are: more than any widget does.
pub const READS: RateLimit = RateLimit { limit: 120, seconds: 10 };

/// How many transcripts are sent to one address of mail, whoever asks for them.
pub const TRANSCRIPTS: RateLimit = RateLimit { limit: 3, seconds: 60 * 60 };

/// What a visitor may tell besides: typing, seeing.
pub const EVENTS: RateLimit = RateLimit { limit: 60, seconds: 10 };

/// Files a visitor may upload.
pub const UPLOADS: RateLimit = RateLimit { limit: 20, seconds: 600 };

/// One is too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// How many are let through in a window.
    pub limit: u32,
    /// Seconds until the window ends, at least 1.
    pub retry_after: u32,
}

/// Counts within windows that begin with the first of them.
#[derive(Debug)]
pub struct Window {
    rate: Option<RateLimit>,
    began: Timestamp,
    passed: u32,
}

impl Window {
    /// A counter of its own; counts nothing where the deployment says `RATE_LIMITS=off`.
    pub fn new(env: &Env, rate: RateLimit) -> Self {
        Self::counting(are_on(env).then_some(rate))
    }

    fn counting(rate: Option<RateLimit>) -> Self {
        Self { rate, began: Timestamp::from_millis(0), passed: 0 }
    }

    /// Lets one through, or refuses it.
    pub fn pass(&mut self, now: Timestamp) -> Result<(), TooMany> {
        let Some(rate) = self.rate else { return Ok(()) };
        let ends = self.began.plus_seconds(rate.seconds.into());
        if now >= ends {
            (self.began, self.passed) = (now, 0);
        } else if self.passed >= rate.limit {
            let left = (ends.millis() - now.millis() + 999) / 1000;
            return Err(TooMany { limit: rate.limit, retry_after: u32::try_from(left).unwrap_or(1).max(1) });
        }
        self.passed += 1;
        Ok(())
    }
}

/// Whether this deployment limits rates; tests that send fast switch it off.
pub fn are_on(env: &Env) -> bool {
    env.var("RATE_LIMITS").map_or(true, |value| value.to_string() != "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_its_limit_through_and_then_says_when_it_ends() {
        let at = |ms: i64| Timestamp::from_millis(1_000_000 + ms);
        let mut window = Window::counting(Some(RateLimit { limit: 2, seconds: 10 }));
        assert_eq!((window.pass(at(0)), window.pass(at(1))), (Ok(()), Ok(())));
        assert_eq!(window.pass(at(2_500)), Err(TooMany { limit: 2, retry_after: 8 }));
        assert_eq!(window.pass(at(9_999)), Err(TooMany { limit: 2, retry_after: 1 }));
        assert_eq!(window.pass(at(10_000)), Ok(()));
        let mut off = Window::counting(None);
        assert!((0..100).all(|_| off.pass(at(0)).is_ok()));
    }
}
