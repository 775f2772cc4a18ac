//! Codes by mail: `verify-otp`, `POST sessions/resend-otp`, and `POST sessions/resume` for the link that stands in the
//! same mail. Whether an address is known is looked up only after it was proved.

use super::super::Call;
use super::request::SessionRequest;
use crate::api::envelope::{ApiError, Success};
use crate::auth::secret;
use crate::auth::visitor::VisitorProof;
use crate::guard::Client as Guard;
use crate::http::body;
use crate::http::fields::Fields;
use crate::mail;
use crate::mail::letter::{Letter, Part};
use crate::mail::words::{language, of_site};
use crate::platform::{now, random};
use crate::rate::{self, TooMany};
use crate::store::guard::Code;
use crate::store::identities::{Identity, Kind};
use crate::thread::command::Profile;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::Mac;
use serde::Serialize;
use shared::model::settings::Mode;
use shared::rules::origin;
use shared::text::{Email, Exact, Line};
use shared::time::Timestamp;
use worker::console_error;

/// How long a code and its link are good, in seconds.
const LIFETIME: i64 = 10 * 60;
/// What is said of every code that does not hold.
const NO_CODE: &str = "the code is wrong, used up or no longer good: ask for a new one";
/// What is said of every link that does not hold.
const NO_LINK: &str = "the link is wrong, used up or no longer good: ask for a new one";

/// The answer to a request for a code.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CodeSent {
    /// Always true: the code has to be sent back as `otp`.
    pub otp_required: bool,
    /// Where it was sent, in part.
    pub email: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// `verify-otp`: sends a code, or takes one.
pub async fn verify(
    call: &Call<'_>,
    bearer: Option<VisitorProof>,
    body: &SessionRequest,
) -> Result<Success, ApiError> {
    let email = body.email.as_ref().ok_or_else(|| ApiError::invalid("email: must be given"))?;
    let visitor = bearer.as_ref().map(|proof| proof.visitor).or(body.visitor_id);
    let visitor = visitor.map(|visitor| visitor.text()).unwrap_or_default();
    let Some(otp) = body.otp.as_ref().and_then(Line::as_option) else {
        call.limit("codes", rate::CODES).await?;
        let lang = body.lang.as_ref().and_then(Line::as_option).unwrap_or_default();
        let url = body.url.as_ref().and_then(Line::as_option);
        let page = url.filter(|url| call.leads_home(url)).unwrap_or_default();
        let wanted = Wanted { visitor: &visitor, email, page, lang };
        let expires_at = send(call, &wanted).await??;
        let sent = CodeSent { otp_required: true, email: email.masked(), expires_at };
        return Ok(Success::created(serde_json::to_string(&sent)?));
    };
    let typed: String = otp.chars().filter(|c| !c.is_whitespace()).collect();
    let mailbox = email.mailbox();
    let code = hashed(call, &visitor, &mailbox, &typed)?;
    let guard = Guard::of_email(&call.env, call.widget.widget, &mailbox)?;
    if !guard.try_code(&visitor, &mailbox, &code).await? {
        return Err(ApiError::NotProved(NO_CODE));
    }
    recognise(call, bearer, mailbox, body.claims()).await
}

async fn recognise(
    call: &Call<'_>,
    bearer: Option<VisitorProof>,
    mailbox: String,
    profile: Profile,
) -> Result<Success, ApiError> {
    let identity = Identity { kind: Kind::CodeEmail, value: mailbox.clone() };
    let profile = Profile { identity: Some(identity.json()), email: Some(mailbox), ..profile };
    call.recognise(bearer, Mode::VerifyOtp, &identity, profile).await
}

/// The body of `resend-otp`.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct ResendRequest {
    /// Where the last code was sent.
    pub email: Email,
}

/// Handles `resend-otp`: whoever waits for a code is sent a new one, and nobody is told whether somebody does.
pub async fn resend(call: Call<'_>) -> Result<Success, ApiError> {
    call.admit()?;
    let mut fields = Fields::read(&body::json_text(call.request).await?)?;
    let email = fields.text("email", Email::parse);
    let email = fields.demand("email", email);
    let wrong = fields.finish();
    let body = ResendRequest { email: email.filter(|_| wrong.is_empty()).ok_or(ApiError::Invalid(wrong))? };
    if let Err(ApiError::Internal(reason)) = again(&call, &body.email).await {
        // What the caller may not know, the log may: without the address, and without the code.
        console_error!("no code was sent again: {reason}");
    }
    Ok(Success::created(r#"{"ok":true}"#.into()))
}

async fn again(call: &Call<'_>, email: &Email) -> Result<(), ApiError> {
    let guard = Guard::of_email(&call.env, call.widget.widget, &email.mailbox())?;
    let Some([visitor, page, lang]) = guard.waiting(&email.mailbox()).await? else { return Ok(()) };
    if call.limit("codes", rate::CODES).await.is_err() {
        return Ok(());
    }
    let wanted = Wanted { visitor: &visitor, email, page: &page, lang: &lang };
    // One too many is no failure: it is what limits are for.
    let _: Result<Timestamp, TooMany> = send(call, &wanted).await?;
    Ok(())
}

/// The body of `resume`.
#[derive(Debug)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct ResumeRequest {
    /// What stood behind `#porchlight=` in the link.
    pub token: Exact<2000>,
}

/// Handles `resume`: whoever follows the link reads the address's mail, as whoever types the code does. They are not taken
/// for the visitor who had it sent: that may be somebody else, who would then hear all that they say.
pub async fn resume(call: Call<'_>) -> Result<Success, ApiError> {
    call.admit()?;
    call.limit("sessions", rate::SESSIONS).await?;
    let bearer = call.bearer()?;
    let mut fields = Fields::read(&body::json_text(call.request).await?)?;
    let token = fields.text("token", Exact::parse);
    let token = fields.demand("token", token);
    let wrong = fields.finish();
    let body = ResumeRequest { token: token.filter(|_| wrong.is_empty()).ok_or(ApiError::Invalid(wrong))? };
    let token = body.token.to_string();
    let mailbox = linked(&call, &token)?.ok_or(ApiError::NotProved(NO_LINK))?;
    let guard = Guard::of_email(&call.env, call.widget.widget, &mailbox)?;
    if !guard.follow(&mailbox, &secret::sha256_hex(&token)).await? {
        return Err(ApiError::NotProved(NO_LINK));
    }
    recognise(&call, bearer, mailbox, Profile::default()).await
}

/// A code that is wanted.
struct Wanted<'a> {
    visitor: &'a str,
    email: &'a Email,
    page: &'a str,
    lang: &'a str,
}

/// Makes a code, keeps it hashed and mails it, unless too many were sent; when it ends.
async fn send(call: &Call<'_>, wanted: &Wanted<'_>) -> Result<Result<Timestamp, TooMany>, ApiError> {
    let expires = now().plus_seconds(LIFETIME);
    let mailbox = wanted.email.mailbox();
    let code = six_digits()?;
    let token = match wanted.page {
        "" => String::new(),
        _ => link_token(call, &mailbox, expires)?,
    };
    let kept = Code {
        visitor: wanted.visitor.into(),
        email: mailbox.clone(),
        code: hashed(call, wanted.visitor, &mailbox, &code)?,
        link: if token.is_empty() { String::new() } else { secret::sha256_hex(&token) },
        page: wanted.page.into(),
        language: wanted.lang.into(),
        expires,
    };
    if let Err(too_many) =
        Guard::of_widget(&call.env, call.widget.widget)?.pass("codes", rate::LETTERS).await?
    {
        return Ok(Err(too_many));
    }
    if let Err(too_many) = Guard::of_email(&call.env, call.widget.widget, &mailbox)?.keep(&kept).await? {
        return Ok(Err(too_many));
    }
    let site = &call.widget.site;
    let language = language(wanted.lang);
    let words = &language.words;
    let mut parts = vec![
        Part::Text(of_site(words.code_intro, site)),
        Part::Code(code),
        Part::Text(words.code_ends.into()),
    ];
    if !token.is_empty() {
        let page = wanted.page.split('#').next().unwrap_or(wanted.page);
        parts.push(Part::Link { label: words.resume.into(), url: format!("{page}#porchlight={token}") });
    }
    parts.push(Part::Text(words.not_you.into()));
    let letter = Letter { subject: of_site(words.code_subject, site), language, parts, reply_to: None };
    let sent = mail::send(&call.env, site, wanted.email, &letter).await;
    sent.map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(Ok(expires))
}

impl Call<'_> {
    /// Whether a page is one that a mail may lead to: of the very site that asks, and one that the owner has named.
    /// Where none is named anybody could ask for a mail that leads to a page of their own.
    fn leads_home(&self, url: &str) -> bool {
        let Some(own) = self.request.header("origin") else { return false };
        let domains = &self.widget.rules.allowed_domains;
        let on_it = url
            .strip_prefix(own.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
        !domains.is_empty()
            && origin::allows(domains, Some(&own))
            && on_it
            && !url.contains(char::is_whitespace)
    }
}

/// Six digits, each number of them as likely as the other.
fn six_digits() -> Result<String, worker::Error> {
    // The largest multiple of a million below 2^32: what lies above would favour the small numbers.
    const FAIR: u32 = 4_294_000_000;
    loop {
        let number = u32::from_le_bytes(random()?);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// A code as it is kept: an HMAC of it and of all that it is bound to.
fn hashed(call: &Call<'_>, visitor: &str, mailbox: &str, code: &str) -> Result<String, ApiError> {
    let bound = format!("{}\n{visitor}\n{mailbox}\n{code}", call.widget.widget);
    let signer = secret::signer(&call.env, b"codes")?;
    Ok(secret::hex(&signer.chain_update(bound.as_bytes()).finalize().into_bytes()))
}

/// What leads back here: the widget, the mailbox, when it ends and 128 random bits, signed.
fn link_token(call: &Call<'_>, mailbox: &str, expires: Timestamp) -> Result<String, ApiError> {
    let nonce = secret::hex(&random::<16>()?);
    let says = format!("{}\n{mailbox}\n{}\n{nonce}", call.widget.widget, expires.millis());
    let signer = secret::signer(&call.env, b"links")?;
    let signature = signer.chain_update(says.as_bytes()).finalize().into_bytes();
    Ok(format!("{}.{}", BASE64.encode(&says), BASE64.encode(signature)))
}

/// The mailbox a link was sent to, if it is one of ours, of this widget, and has not ended.
fn linked(call: &Call<'_>, token: &str) -> Result<Option<String>, ApiError> {
    let signer = secret::signer(&call.env, b"links")?;
    let read = || {
        let (says, signature) = token.split_once('.')?;
        let (says, signature) = (BASE64.decode(says).ok()?, BASE64.decode(signature).ok()?);
        signer.chain_update(&says).verify_slice(&signature).ok()?;
        let says = String::from_utf8(says).ok()?;
        let mut lines = says.split('\n');
        let (widget, mailbox, expires) = (lines.next()?, lines.next()?, lines.next()?.parse::<i64>().ok()?);
        (widget == call.widget.widget.text() && expires > now().millis()).then(|| mailbox.to_owned())
    };
    Ok(read())
}
