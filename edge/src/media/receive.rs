//! A file comes in: a form is read as it comes, and written to R2 as it comes. At most one part of it is held in memory,
//! and nothing stays of what breaks off.

use super::disposition;
use crate::auth::secret::hex;
use crate::http::multipart::{Multipart, Part, Piece};
use crate::http::request::Request;
use crate::platform::{now, random};
use crate::store::media::{self, Row};
use crate::store::objects::{Objects, Parts};
use crate::store::{Database, StoreError};
use crate::thread::client::Thread;
use crate::thread::command::once::Once;
use crate::thread::command::{Command, ThreadError};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use js_sys::futures::{JsFuture, future_to_promise};
use sha2::{Digest, Sha256};
use shared::id::{MediaId, OrganizationId, VisitorId, WidgetId};
use shared::json;
use shared::model::media::{Attachment, MediaType, UploadPolicy};
use shared::model::message::AuthorKind;
use shared::rules::sniff::{ARCHIVE_END, Refused, Sniffed, ends_as_archive, is_text, sniff};
use shared::text::FileName;
use shared::time::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{ByteStream, Context, Env, HttpMetadata, console_error};

/// How much of a file is held at a time: the least that R2 takes as a part.
const PART: usize = 5 * 1024 * 1024;
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
    let upload = Upload {
        owner,
        policy: UploadPolicy { max_bytes: limit, ..policy.clone() },
        seen: once.as_ref().map(|_| Sha256::new()),
        once,
        objects: Objects::of(env)?,
        db: Database::of(env, owner.organization)?,
        id,
        key: key()?,
        at,
        name: None,
        held: Vec::new(),
        tail: Vec::new(),
        size: 0,
        known: None,
        parts: None,
        has_row: false,
        has_object: false,
    };
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

/// A key that nobody can guess.
fn key() -> Result<String, UploadError> {
    Ok(hex(&random::<16>()?))
}

struct Upload {
    owner: Owner,
    policy: UploadPolicy,
    /// What the call is known again by, once all that it sends is known.
    once: Option<Once>,
    /// What has come, as a hash, where that is needed.
    seen: Option<Sha256>,
    objects: Objects,
    db: Database,
    id: MediaId,
    key: String,
    at: Timestamp,
    /// The name the client gave the file, once it has begun.
    name: Option<FileName>,
    /// What has come and is not in R2 yet.
    held: Vec<u8>,
    /// The last bytes of what is in R2.
    tail: Vec<u8>,
    size: u64,
    /// What the file is, once enough of it has come.
    known: Option<(Sniffed, String)>,
    parts: Option<Parts>,
    has_row: bool,
    has_object: bool,
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
            let file = self.finish().await?;
            let told = Command::Uploaded { file: Box::new(file), origin };
            let answer = thread.ask(&self.known_again(told)).await?;
            let file = json::read(&answer.json).map_err(ThreadError::failed)?;
            if answer.replayed {
                thread.ask(&Command::DropUpload(self.id)).await?;
            }
            let at = answer.answered_at.unwrap_or(self.at);
            Ok(Received { file, at, replayed: answer.replayed })
        };
        let result = read.await;
        if result.as_ref().map_or(true, |received: &Received| received.replayed)
            && let Err(error) = self.forget().await
        {
            // The row is still there, and so the sweep will find it.
            console_error!("an upload that failed was not removed: {error}");
        }
        result
    }

    /// The same, to be done once where the call has a name: it is the same call if it sends the same file.
    fn known_again(&mut self, told: Command) -> Command {
        let (Some(once), Some(seen)) = (self.once.take(), self.seen.take()) else { return told };
        let name = self.name.as_ref().map(ToString::to_string).unwrap_or_default();
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
                Some(Piece::Bytes(bytes)) if within => self.take(&bytes).await?,
                Some(Piece::Bytes(_)) => {}
                Some(Piece::PartEnds) => within = false,
                Some(Piece::End) => return Ok(()),
                None => {
                    let allowed = (BEGINS_WITHIN + came.cast_signed() / BYTES_PER_MS).min(LONGEST);
                    let left = began + allowed - now().millis();
                    let chunk = within_ms(left, &mut body).await?;
                    came += chunk.len() as u64;
                    if came > u64::from(self.policy.max_bytes) + FORM {
                        return Err(UploadError::TooLarge(self.policy.max_bytes));
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
        if self.name.is_some() {
            return Err(UploadError::SeveralFiles);
        }
        // A field without a name for its file is text that somebody typed.
        let name = part.filename.ok_or(UploadError::NoFile)?;
        self.name = Some(FileName::parse(&name).map_err(|_| UploadError::NoFile)?);
        Ok(true)
    }

    async fn take(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.size += bytes.len() as u64;
        if self.size > self.policy.max_bytes.into() {
            return Err(UploadError::TooLarge(self.policy.max_bytes));
        }
        if let Some(seen) = &mut self.seen {
            seen.update(bytes);
        }
        // By itself a vector would double beyond a part; and room is made for what has come alone, whatever was announced.
        if self.held.capacity() < self.held.len() + bytes.len() {
            let more = self.held.len().min(PART.saturating_sub(self.held.len()));
            self.held.reserve_exact(more.max(bytes.len()));
        }
        self.held.extend_from_slice(bytes);
        while self.held.len() > PART {
            let rest = self.held.split_off(PART);
            let part = core::mem::replace(&mut self.held, rest);
            self.send(part).await?;
        }
        Ok(())
    }

    /// Sends a whole part, and there will be another.
    async fn send(&mut self, part: Vec<u8>) -> Result<(), UploadError> {
        self.check(&part)?;
        if self.parts.is_none() {
            self.write_row(None).await?;
            self.parts = Some(self.objects.begin(&self.key, self.told()).await?);
        }
        self.tail = part.get(part.len().saturating_sub(ARCHIVE_END)..).unwrap_or_default().to_vec();
        if let Some(parts) = &mut self.parts {
            parts.add(part).await?;
        }
        Ok(())
    }

    /// All has come: what is still held goes to R2, and the file is there.
    async fn finish(&mut self) -> Result<Attachment, UploadError> {
        if self.name.is_none() {
            return Err(UploadError::NoFile);
        }
        if self.size == 0 {
            return Err(UploadError::Empty);
        }
        let last = core::mem::take(&mut self.held);
        self.check(&last)?;
        self.tail.extend_from_slice(last.get(last.len().saturating_sub(ARCHIVE_END)..).unwrap_or_default());
        if ends_as_archive(&self.tail) {
            return Err(UploadError::Refused("the file is two things at once: it is an archive, too"));
        }
        match self.parts.take() {
            Some(mut parts) => {
                // From here on there is an object, or it is not known that there is none.
                self.has_object = true;
                parts.add(last).await?;
                parts.complete().await?;
                media::complete(&self.db, self.owner.organization, self.id, self.size).await?;
            }
            None => {
                self.write_row(Some(self.size)).await?;
                self.has_object = true;
                self.objects.put(&self.key, last, self.told()).await?;
            }
        }
        let (sniffed, filename) = self.known.clone().ok_or(UploadError::Empty)?;
        Ok(Attachment {
            url: self.key.clone(),
            id: self.id,
            kind: sniffed.kind.kind(),
            filename,
            mime_type: sniffed.kind.tag().into(),
            size: u32::try_from(self.size).unwrap_or(u32::MAX),
            width: sniffed.size.map(|(width, _)| width),
            height: sniffed.size.map(|(_, height)| height),
        })
    }

    /// Finds out from the first part what the file is, and whether it may be; later ones must go on as it began.
    fn check(&mut self, part: &[u8]) -> Result<(), UploadError> {
        if let Some((sniffed, _)) = &self.known {
            let is_texts = matches!(sniffed.kind, MediaType::Text | MediaType::Csv);
            return match is_texts && !is_text(part) {
                true => Err(UploadError::Refused("the file begins as a text and does not go on as one")),
                false => Ok(()),
            };
        }
        let mut sniffed = sniff(part).map_err(|refused| {
            UploadError::Refused(match refused {
                Refused::Unknown => "the file is of no type that is taken here",
                Refused::Markup => "pages, drawings and XML are not taken, in whatever file they are",
                Refused::TwoThings => "the file is two things at once",
            })
        })?;
        let name = self.name.as_ref().ok_or(UploadError::NoFile)?;
        // Their bytes look alike; both are harmless.
        if sniffed.kind == MediaType::Text && name.ends("csv") {
            sniffed.kind = MediaType::Csv;
        }
        if !self.policy.types.contains(&sniffed.kind) {
            return Err(UploadError::Refused("files of this type are not taken in this chat"));
        }
        self.known = Some((sniffed, name.of_type(sniffed.kind.extensions())));
        Ok(())
    }

    async fn write_row(&mut self, size: Option<u64>) -> Result<(), UploadError> {
        let Some((sniffed, filename)) = &self.known else { return Err(UploadError::Empty) };
        // What fails here may have been done all the same.
        self.has_row = true;
        let row = Row {
            organization: self.owner.organization,
            widget: self.owner.widget,
            visitor: self.owner.visitor,
            id: self.id,
            key: &self.key,
            by: self.owner.by,
            mime_type: sniffed.kind.tag(),
            filename,
            size,
            created_at: self.at,
        };
        Ok(media::create(&self.db, &row).await?)
    }

    /// What a browser will be told of the object.
    fn told(&self) -> HttpMetadata {
        let known = self.known.as_ref();
        HttpMetadata {
            content_type: known.map(|(sniffed, _)| match sniffed.kind {
                MediaType::Text | MediaType::Csv => format!("{}; charset=utf-8", sniffed.kind.tag()),
                other => other.tag().into(),
            }),
            content_disposition: known.map(|(sniffed, filename)| disposition::header(sniffed.kind, filename)),
            ..HttpMetadata::default()
        }
    }

    /// Removes what there is of the file: its bytes, then its row.
    async fn forget(&mut self) -> Result<(), StoreError> {
        if let Some(parts) = self.parts.take() {
            parts.abort().await?;
        }
        if self.has_object {
            self.objects.delete(vec![self.key.clone()]).await?;
        }
        if self.has_row {
            media::delete(&self.db, self.owner.organization, self.id).await?;
        }
        Ok(())
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
