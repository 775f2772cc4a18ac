//! A file that comes in, piece by piece: it is looked at and written to R2 as it comes. At most one part of it is held in
//! memory, and nothing stays of what breaks off.

use super::disposition;
use super::receive::{Owner, UploadError};
use crate::auth::secret::hex;
use crate::platform::random;
use crate::store::media::{self, Row};
use crate::store::objects::{Objects, Parts};
use crate::store::{Database, StoreError};
use shared::id::MediaId;
use shared::model::media::{Attachment, MediaType, UploadPolicy};
use shared::rules::sniff::{ARCHIVE_END, Refused, Sniffed, ends_as_archive, is_text, sniff};
use shared::text::FileName;
use shared::time::Timestamp;
use worker::{Env, HttpMetadata};

/// How much of a file is held at a time: the least that R2 takes as a part.
const PART: usize = 5 * 1024 * 1024;

/// A file of which some has come.
pub(super) struct Incoming {
    owner: Owner,
    policy: UploadPolicy,
    objects: Objects,
    db: Database,
    pub(super) id: MediaId,
    key: String,
    at: Timestamp,
    /// The name the client gave the file, once it has begun.
    pub(super) name: Option<FileName>,
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

impl Incoming {
    /// One of which nothing has come yet.
    pub(super) fn new(
        env: &Env,
        owner: Owner,
        policy: UploadPolicy,
        id: MediaId,
        at: Timestamp,
    ) -> Result<Self, UploadError> {
        Ok(Self {
            owner,
            policy,
            objects: Objects::of(env)?,
            db: Database::of(env, owner.organization)?,
            id,
            // Nobody can guess it.
            key: hex(&random::<16>()?),
            at,
            name: None,
            held: Vec::new(),
            tail: Vec::new(),
            size: 0,
            known: None,
            parts: None,
            has_row: false,
            has_object: false,
        })
    }

    /// The next bytes of it.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.size += bytes.len() as u64;
        if self.size > self.policy.max_bytes.into() {
            return Err(UploadError::TooLarge(self.policy.max_bytes));
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
    pub(super) async fn finish(&mut self) -> Result<Attachment, UploadError> {
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
    pub(super) async fn forget(&mut self) -> Result<(), StoreError> {
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
