//! `POST sessions`: a visitor appears, or comes back, in one of four ways.

pub mod codes;
pub mod email;
pub mod host;
pub mod request;

use super::Call;
use crate::api::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::auth::visitor::{Claims, LIFETIME, VisitorProof, sign};
use crate::clock;
use crate::http::body;
use crate::platform::{now, random};
use crate::rate::{self, RateLimit};
use crate::store::Database;
use crate::store::identities::{self, Identity};
use crate::thread::client::Thread;
use crate::thread::command::{Command, Open, Opened, Profile, ThreadError};
use request::SessionRequest;
use shared::id::{TokenId, VisitorId};
use shared::json::Json;
use shared::model::settings::Mode;
use shared::wire::session::Session;

/// Handles it.
pub async fn create(call: Call<'_>) -> Result<Success, ApiError> {
    call.admit()?;
    let bearer = call.bearer()?;
    // Strangers are counted, and so is everybody who proves who they are: each try costs more than a message.
    if bearer.is_none() {
        call.limit("sessions", rate::SESSIONS).await?;
    }
    let body = SessionRequest::read(&body::json_text(call.request).await?)?;
    let proves = matches!(body.mode, Mode::VerifyOtp | Mode::HostIdentified);
    if proves && bearer.is_some() {
        call.limit("sessions", rate::SESSIONS).await?;
    }
    let known = bearer.is_some();
    let bearer = bearer.filter(|proof| body.visitor_id.is_none_or(|hint| hint == proof.visitor));
    // Who would be somebody else is a stranger.
    if known && bearer.is_none() && !proves {
        call.limit("sessions", rate::SESSIONS).await?;
    }
    let rules = &call.widget.rules;
    // Whoever is here already stays, by the way they came.
    if bearer.as_ref().is_none_or(|proof| proof.mode != body.mode) {
        call.open_to(body.mode)?;
    }
    call.check(&body, bearer.is_none() && !proves)?;
    match body.mode {
        Mode::Anonymous => call.begin(bearer, &body, body.context()).await,
        Mode::Identified => {
            if rules.identity_required {
                return Err(ApiError::NotAllowed("this chat takes no identity that is only claimed"));
            }
            // A token that has ended brings the visitor back, and changes nothing of who they are.
            let ended = bearer.as_ref().is_some_and(|proof| proof.expires_at <= now());
            let profile = if ended { body.context() } else { body.claims() };
            call.begin(bearer, &body, profile).await
        }
        Mode::VerifyOtp => codes::verify(&call, bearer, &body).await,
        Mode::HostIdentified => {
            let identity = host::prove(&call, &body).await?;
            let profile = Profile { identity: Some(identity.json()), ..body.vouched() };
            call.recognise(bearer, Mode::HostIdentified, &identity, profile).await
        }
    }
}

impl Call<'_> {
    /// The visitor whose token the call bears, be it ended a while ago.
    fn bearer(&self) -> Result<Option<VisitorProof>, ApiError> {
        let signer = secret::visitor_tokens(&self.env)?;
        Ok(VisitorProof::renewable(&self.request.headers, &signer, self.widget.widget, now()).ok())
    }

    /// Whether strangers may come this way.
    pub(super) fn open_to(&self, mode: Mode) -> Result<(), ApiError> {
        let modes = &self.widget.rules.identity_modes;
        if modes.is_empty() || modes.contains(&mode) {
            return Ok(());
        }
        Err(ApiError::NotAllowed("this chat takes no identity in this mode"))
    }

    /// Looks at what was answered before the chat, and what was said besides.
    fn check(&self, body: &SessionRequest, is_new: bool) -> Result<(), ApiError> {
        let rules = &self.widget.rules;
        let online = clock::presence(rules.office_hours.as_ref(), now()).online;
        body.check(&rules.questions(online), is_new).map_err(ApiError::Invalid)
    }

    /// Counts what comes from one address.
    pub(super) async fn limit(&self, name: &str, rate: RateLimit) -> Result<(), ApiError> {
        if !rate::are_on(&self.env) {
            return Ok(());
        }
        Ok(self.guard()?.pass(name, rate).await??)
    }

    /// Begins or renews a session in which nothing is proved that was not proved before.
    async fn begin(
        &self,
        bearer: Option<VisitorProof>,
        body: &SessionRequest,
        profile: Profile,
    ) -> Result<Success, ApiError> {
        let mode = body.mode;
        if let Some(proof) = bearer {
            match self.open(proof.visitor, true, profile.clone()).await {
                Ok(opened) => {
                    let mode = if proof.verified { proof.mode } else { mode };
                    return self.session(proof.visitor, opened, mode, proof.verified);
                }
                // They were forgotten, at their own wish: nobody comes back as them, and a stranger comes instead.
                Err(ThreadError::Unknown) => {
                    self.limit("sessions", rate::SESSIONS).await?;
                    self.open_to(mode)?;
                    self.check(body, true)?;
                }
                Err(error) => return Err(error.into()),
            }
        }
        let visitor = VisitorId::new(now(), random()?);
        let opened = self.open(visitor, false, profile).await?;
        self.session(visitor, opened, mode, false)
    }

    /// Begins a session for somebody who has proved who they are: as the visitor who is known as that; else as the bearer,
    /// who keeps their conversation, unless they are known as somebody else; else as a new visitor.
    async fn recognise(
        &self,
        bearer: Option<VisitorProof>,
        mode: Mode,
        identity: &Identity,
        profile: Profile,
    ) -> Result<Success, ApiError> {
        let (organization, widget) = (self.widget.organization, self.widget.widget);
        let db = Database::of(&self.env, organization)?;
        let mut own = bearer.filter(|proof| !proof.verified).map(|proof| proof.visitor);
        // Each turn ends it, or takes away what stood in the way: a claimant, a visitor who was forgotten.
        for _ in 0..4 {
            let (visitor, known) = match identities::visitor(&db, organization, widget, identity).await? {
                Some(visitor) => (visitor, true),
                None => {
                    let (claimant, known) = match own.take() {
                        Some(visitor) => (visitor, true),
                        None => (VisitorId::new(now(), random()?), false),
                    };
                    match identities::claim(&db, organization, widget, identity, claimant, now()).await? {
                        Some(visitor) if visitor == claimant => (visitor, known),
                        _ => continue,
                    }
                }
            };
            match self.open(visitor, known, profile.clone()).await {
                Ok(opened) => return self.session(visitor, opened, mode, true),
                Err(ThreadError::Unknown) => identities::forget(&db, organization, widget, visitor).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Err(ApiError::Internal("nobody could be recognised".into()))
    }

    async fn open(&self, visitor: VisitorId, known: bool, profile: Profile) -> Result<Opened, ThreadError> {
        let context = profile.context.as_deref().and_then(|json| Json::parse(json).ok());
        let page = context.as_ref().and_then(|it| it.get("url")).and_then(Json::text);
        let open = Open {
            organization: self.widget.organization,
            widget: self.widget.widget,
            visitor,
            known,
            flow: self.widget.flow_on(page),
            welcome: self.widget.spoken(|rules| &rules.welcome),
            people: self.widget.attendance().people(),
            profile,
        };
        Thread::of(&self.env, self.widget.widget, visitor)?.tell(&Command::Open(Box::new(open))).await
    }

    /// The answer: a new token, and how things stand.
    fn session(
        &self,
        visitor: VisitorId,
        opened: Opened,
        mode: Mode,
        verified: bool,
    ) -> Result<Success, ApiError> {
        let now = now();
        let expires_at = now.plus_seconds(LIFETIME);
        let claims = Claims {
            sub: visitor,
            ch: self.widget.widget,
            org: self.widget.organization,
            mode,
            ver: verified,
            jti: TokenId::new(now, random()?),
            iat: now.seconds(),
            exp: expires_at.seconds(),
        };
        let presence = clock::presence(self.widget.rules.office_hours.as_ref(), now);
        let session = Session {
            session_token: sign(&claims, &secret::visitor_tokens(&self.env)?)?,
            visitor_id: visitor,
            identity_verified: verified,
            expires_at,
            conversation_id: opened.conversation,
            name: opened.name,
            email: opened.email,
            online: presence.online,
            back_at: presence.back_at,
        };
        Ok(Success::created(serde_json::to_string(&session)?))
    }
}
