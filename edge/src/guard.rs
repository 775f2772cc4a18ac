//! The Guard: a Durable Object that counts exactly what strangers do, and keeps the codes that were mailed to them. There
//! is one for each address of the network and for each address of mail, of each widget, and one for the widget: two that try at once are
//! answered one after the other, wherever they are.
#![allow(missing_docs, reason = "the methods that #[durable_object] writes have none")]

use crate::auth::secret::same;
use crate::platform::now;
use crate::rate::{self, CODES, NEXT_CODE, RateLimit, TooMany};
use crate::store::StoreError;
use crate::store::guard::{Code, GuardLog};
use crate::stub::Object;
use shared::id::WidgetId;
use shared::time::Timestamp;
use worker::{
    DurableObject, Env, Error, Request, Response, ResponseBuilder, Result, State, console_error,
    durable_object,
};

/// How soon what has ended is forgotten, in seconds: a Guard wakes up for it no more often.
const SWEEP: i64 = 60 * 60;

/// A Guard, as the Worker speaks to it.
#[derive(Debug)]
pub struct Client(Object);

impl Client {
    /// The Guard of an address of the network.
    pub fn of_address(env: &Env, widget: WidgetId, household: &str) -> Result<Self> {
        Self::named(env, &format!("ip:{widget}:{household}"))
    }

    /// The Guard of an address of mail, however it is written.
    pub fn of_email(env: &Env, widget: WidgetId, email: &str) -> Result<Self> {
        Self::named(env, &format!("mail:{widget}:{}", email.to_ascii_lowercase()))
    }

    /// The Guard of a widget as a whole.
    pub fn of_widget(env: &Env, widget: WidgetId) -> Result<Self> {
        Self::named(env, &format!("widget:{widget}"))
    }

    fn named(env: &Env, name: &str) -> Result<Self> {
        Ok(Self(env.durable_object("GUARD")?.get_by_name(name)?.into()))
    }

    /// Counts one of a name that may pass so often.
    pub async fn pass(&self, name: &str, rate: RateLimit) -> Result<core::result::Result<(), TooMany>> {
        let (limit, seconds) = (rate.limit.to_string(), rate.seconds.to_string());
        Ok(verdict(&self.ask(&["pass", name, &limit, &seconds]).await?))
    }

    /// Keeps a code, unless too many were sent.
    pub async fn keep(&self, code: &Code) -> Result<core::result::Result<(), TooMany>> {
        let expires = code.expires.millis().to_string();
        let Code { visitor, email, code, link, page, language, .. } = code;
        Ok(verdict(&self.ask(&["keep", visitor, email, code, link, page, language, &expires]).await?))
    }

    /// The visitor, page and language of the code that was sent last and can still be typed.
    pub async fn waiting(&self, email: &str) -> Result<Option<[String; 3]>> {
        let said = self.ask(&["waiting", email]).await?;
        let mut lines = said.split('\n').map(Into::into);
        Ok((|| Some([lines.next()?, lines.next()?, lines.next()?]))())
    }

    /// Tries a visitor's code, given as its HMAC: it is counted in any case, and spent if it is right.
    pub async fn try_code(&self, visitor: &str, email: &str, code: &str) -> Result<bool> {
        Ok(self.ask(&["try", visitor, email, code]).await? == YES)
    }

    /// Follows a link, given as its hash: it is spent if it was sent.
    pub async fn follow(&self, email: &str, link: &str) -> Result<bool> {
        Ok(self.ask(&["follow", email, link]).await? == YES)
    }

    /// A question is a line a word: none of them has a line end, for what people type has been read as one line.
    async fn ask(&self, words: &[&str]) -> Result<String> {
        let said = self.0.post(&words.join("\n")).await?;
        match said.status {
            200 => Ok(said.text),
            status => Err(Error::RustError(format!("the guard answered {status}"))),
        }
    }
}

const YES: &str = "yes";

/// Nothing, or how many may pass and when the next may.
fn verdict(said: &str) -> core::result::Result<(), TooMany> {
    let refused = said.split_once('\n').and_then(|(limit, retry_after)| {
        Some(TooMany { limit: limit.parse().ok()?, retry_after: retry_after.parse().ok()? })
    });
    refused.map_or(Ok(()), Err)
}

/// The Durable Object.
#[durable_object(alarm)]
pub struct Guard {
    state: State,
    env: Env,
    log: core::result::Result<GuardLog, StoreError>,
}

impl Guard {
    async fn answer(&self, question: &str) -> core::result::Result<String, StoreError> {
        let log = self.log.as_ref().map_err(|error| Error::RustError(error.to_string()))?;
        let now = now();
        let words: Vec<&str> = question.split('\n').collect();
        let yes = |is: bool| String::from(if is { YES } else { "" });
        let answer = match *words.as_slice() {
            ["pass", name, limit, seconds] => {
                let (limit, seconds) = (limit.parse().unwrap_or(0), seconds.parse().unwrap_or(0));
                self.pass(log, &[(name, RateLimit { limit, seconds })], now)?
            }
            ["keep", visitor, email, code, link, page, language, expires] => {
                let refused = self.pass(log, &[("next", NEXT_CODE), ("codes", CODES)], now)?;
                if refused.is_empty() {
                    let expires = Timestamp::from_millis(expires.parse().unwrap_or(0));
                    let [visitor, email, code, link, page, language] =
                        [visitor, email, code, link, page, language].map(String::from);
                    log.keep(Code { visitor, email, code, link, page, language, expires })?;
                }
                refused
            }
            ["waiting", email] => log.waiting(email, now)?.unwrap_or_default(),
            ["try", visitor, email, code] => {
                let kept = log.try_code(visitor, email, now)?;
                let good = kept.is_some_and(|kept| same(&kept, code));
                if good {
                    log.spend_code(visitor)?;
                }
                yes(good)
            }
            ["follow", email, link] => yes(log.spend_link(link, email, now)?),
            _ => return Err(Error::RustError("not a question".into()).into()),
        };
        // What has been counted is forgotten when it counts no more; what counts for a day holds up nothing else.
        let soon = now.plus_seconds(SWEEP).millis();
        if self.state.storage().get_alarm().await?.is_none_or(|at| at > soon) {
            self.state.storage().set_alarm(SWEEP * 1000).await?;
        }
        Ok(answer)
    }

    /// Nothing, or the first that refuses.
    fn pass(
        &self,
        log: &GuardLog,
        counters: &[(&str, RateLimit)],
        now: Timestamp,
    ) -> core::result::Result<String, StoreError> {
        if rate::are_on(&self.env) {
            for (name, rate) in counters {
                if let Err(TooMany { limit, retry_after }) = log.pass(name, *rate, now)? {
                    return Ok(format!("{limit}\n{retry_after}"));
                }
            }
        }
        Ok(String::new())
    }
}

impl DurableObject for Guard {
    fn new(state: State, env: Env) -> Self {
        Self { log: GuardLog::open(state.storage().sql()), state, env }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match self.answer(&request.text().await?).await {
            Ok(said) => Ok(ResponseBuilder::new().fixed(said.into_bytes())),
            Err(error) => {
                console_error!("guard: {error}");
                Ok(ResponseBuilder::new().with_status(500).empty())
            }
        }
    }

    async fn alarm(&self) -> Result<Response> {
        let log = self.log.as_ref().map_err(|error| Error::RustError(error.to_string()))?;
        let now = now();
        let next = log.sweep(now).map_err(|error| Error::RustError(error.to_string()))?;
        if let Some(next) = next {
            let wait = (next.millis() - now.millis()).max(SWEEP * 1000);
            self.state.storage().set_alarm(wait).await?;
        }
        Response::empty()
    }
}
