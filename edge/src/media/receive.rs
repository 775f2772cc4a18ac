//! A form with a file is read as it comes, and the Thread is told once all of the file is kept.

use super::incoming::Incoming;
use crate::auth::secret::hex;
use crate::http::multipart::{Multipart, Part, Piece};
use crate::http::request::Request;
use crate::platform::{now, random};
use crate::store::StoreError;
use crate::thread::client::Thread;
use crate::thread::command::once::Once;
use crate::thread::command::{Command, ThreadError};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use js_sys::futures::{JsFuture, future_to_promise};
use sha2::{Digest, Sha256};
use shared::id::{MediaId, OrganizationId, VisitorId, WidgetId};
use shared::json;
use shared::model::media::{Attachment, UploadPolicy};
use shared::model::message::AuthorKind;
use shared::text::FileName;
use shared::time::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{ByteStream, Context, Env, console_error};

/// How many bytes a form may have beside its file.
const FORM: u64 = 64 * 1024;
/// How long a body may take to begin, in milliseconds.
const BEGINS_WITHIN: i64 = 15_000;
/// How fast it must come from then on, in bytes a millisecond: 32 kbit/s, slower than any phone.
const BYTES_PER_MS: i64 = 4;
/// The longest any body may take, in milliseconds.
const LONGEST: i64 = 10 * 60 * 1000;

/// Why a file was not taken.
#[derive(Debug)]
pub enum UploadError {
    /// The body is no form.
    NotAForm,
    /// The form has no file.
    NoFile,
    /// It has more than one.
    SeveralFiles,
    /// The file has no bytes.
    Empty,
    /// The body ended before the form did.
    BrokeOff,
    /// It came too slowly.
    TooSlow,
    /// The file has more bytes than these.
    TooLarge(u32),
    /// The file is of no type that is taken; the sentence says why.
    Refused(&'static str),
    /// It could not be kept.
    Store(StoreError),
    /// The Thread would not have it.
    Thread(ThreadError),
}

impl From<StoreError> for UploadError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<worker::Error> for UploadError {
    fn from(error: worker::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<ThreadError> for UploadError {
    fn from(error: ThreadError) -> Self {
        Self::Thread(error)
    }
}

/// Whose file it will be.
#[derive(Debug, Clone, Copy)]
pub struct Owner {
    /// The organization.
    pub organization: OrganizationId,
    /// The widget.
    pub widget: WidgetId,
    /// The visitor in whose Thread it is.
    pub visitor: VisitorId,
    /// Who uploads it.
    pub by: AuthorKind,
}

/// A file that has come.
#[derive(Debug)]
pub struct Received {
    /// As a message carries it, with its object's key for an address.
    pub file: Attachment,
    /// When it came.
    pub at: Timestamp,
    /// Whether it had come before, by the same call: what came now was not kept.
    pub replayed: bool,
}

/// Takes in the file of a request. Once begun, this is done to its end: a visitor who leaves would otherwise leave half a
/// file, and what is held of it, behind.
pub async fn receive(
    request: &Request,
    env: &Env,
    context: &Context,
    thread: &Thread,
    owner: Owner,
    policy: &UploadPolicy,
    once: Option<Once>,
) -> Result<Received, UploadError> {
    let form =
        request.header("content-type").and_then(|it| Multipart::of(&it)).ok_or(UploadError::NotAForm)?;
    let limit = policy.max_bytes.min(UploadPolicy::MOST);
    let announced = request.header("content-length").and_then(|text| text.parse::<u64>().ok());
    if announced.is_some_and(|length| length > u64::from(limit) + FORM) {
        return Err(UploadError::TooLarge(limit));
    }
    let body = request.stream()?.ok_or(UploadError::NotAForm)?;
    let at = now();
    let id = MediaId::new(at, random()?);
    thread.ask(&Command::Upload { id, by: owner.by }).await?;
    let policy = UploadPolicy { max_bytes: limit, ..policy.clone() };
    let file = Incoming::new(env, owner, policy, id, at)?;
    let upload = Upload { seen: once.as_ref().map(|_| Sha256::new()), once, limit, at, file };
    let (thread, origin) = (thread.clone(), request.origin());
    let done = Rc::new(RefCell::new(None));
    let place = done.clone();
    let promise = future_to_promise(async move {
        *place.borrow_mut() = Some(upload.run(form, body, &thread, origin).await);
        Ok(JsValue::UNDEFINED)
    });
    let kept_alive = promise.clone();
    context.wait_until(async move {
        let _ = JsFuture::from(kept_alive).await;
    });
    JsFuture::from(promise).await.map_err(worker::Error::from)?;
    done.take().unwrap_or(Err(UploadError::BrokeOff))
}

struct Upload {
    /// What the call is known again by, once all that it sends is known.
    once: Option<Once>,
    /// What has come, as a hash, where that is needed.
    seen: Option<Sha256>,
    /// The most bytes that the file may have.
    limit: u32,
    at: Timestamp,
    file: Incoming,
}

impl Upload {
    async fn run(
        mut self,
        form: Multipart,
        body: ByteStream,
        thread: &Thread,
        origin: String,
    ) -> Result<Received, UploadError> {
        let read = async {
            self.read(form, body).await?;
            let file = self.file.finish().await?;
            let told = Command::Uploaded { file: Box::new(file), origin };
            let answer = thread.ask(&self.known_again(told)).await?;
            let file = json::read(&answer.json).map_err(ThreadError::failed)?;
            if answer.replayed {
                thread.ask(&Command::DropUpload(self.file.id)).await?;
            }
            let at = answer.answered_at.unwrap_or(self.at);
            Ok(Received { file, at, replayed: answer.replayed })
        };
        let result = read.await;
        if result.as_ref().map_or(true, |received: &Received| received.replayed)
            && let Err(error) = self.file.forget().await
        {
            // The row is still there, and so the sweep will find it.
            console_error!("an upload that failed was not removed: {error}");
        }
        result
    }

    /// The same, to be done once where the call has a name: it is the same call if it sends the same file.
    fn known_again(&mut self, told: Command) -> Command {
        let (Some(once), Some(seen)) = (self.once.take(), self.seen.take()) else { return told };
        let name = self.file.name.as_ref().map(ToString::to_string).unwrap_or_default();
        let body = hex(&seen.chain_update(name).finalize());
        Command::Once(Once { body, ..once }, Box::new(told))
    }

    /// Reads the whole form.
    async fn read(&mut self, mut form: Multipart, mut body: ByteStream) -> Result<(), UploadError> {
        let (began, mut came) = (now().millis(), 0_u64);
        let mut within = false;
        loop {
            match form.piece().map_err(|_| UploadError::NotAForm)? {
                Some(Piece::Part(part)) => within = self.begins(part)?,
                Some(Piece::Bytes(bytes)) if within => {
                    if let Some(seen) = &mut self.seen {
                        seen.update(&bytes);
                    }
                    self.file.take(&bytes).await?;
                }
                Some(Piece::Bytes(_)) => {}
                Some(Piece::PartEnds) => within = false,
                Some(Piece::End) => return Ok(()),
                None => {
                    let allowed = (BEGINS_WITHIN + came.cast_signed() / BYTES_PER_MS).min(LONGEST);
                    let left = began + allowed - now().millis();
                    let chunk = within_ms(left, &mut body).await?;
                    came += chunk.len() as u64;
                    if came > u64::from(self.limit) + FORM {
                        return Err(UploadError::TooLarge(self.limit));
                    }
                    form.feed(&chunk);
                }
            }
        }
    }

    /// A part begins: whether it is the file.
    fn begins(&mut self, part: Part) -> Result<bool, UploadError> {
        if part.name != "file" {
            return Ok(false);
        }
        if self.file.name.is_some() {
            return Err(UploadError::SeveralFiles);
        }
        // A field without a name for its file is text that somebody typed.
        let name = part.filename.ok_or(UploadError::NoFile)?;
        self.file.name = Some(FileName::parse(&name).map_err(|_| UploadError::NoFile)?);
        Ok(true)
    }
}

/// The next bytes of a body, if they come in time.
async fn within_ms(milliseconds: i64, body: &mut ByteStream) -> Result<Vec<u8>, UploadError> {
    let Ok(milliseconds @ 1..) = u64::try_from(milliseconds) else { return Err(UploadError::TooSlow) };
    match select(body.next(), worker::Delay::from(Duration::from_millis(milliseconds))).await {
        Either::Left((Some(Ok(bytes)), _)) => Ok(bytes),
        Either::Left((Some(Err(_)) | None, _)) => Err(UploadError::BrokeOff),
        Either::Right(_) => Err(UploadError::TooSlow),
    }
}
