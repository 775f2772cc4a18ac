//! Files: who uploaded which, and which have been sent. Here it is decided, so that none is sent twice.

use super::command::{Sending, ThreadError, Writer};
use super::log::Log;
use super::obey::Obeyed;
use super::object::Thread;
use crate::auth::secret;
use crate::media::address::{self, MARK};
use crate::platform::now;
use crate::rate::{self, UPLOADS};
use shared::id::MediaId;
use shared::model::media::{Attachment, MediaType};
use shared::model::message::AuthorKind;
use shared::wire::source::Tag;
use worker::Env;

/// How long what is known of an upload that came to nothing is kept, in seconds.
const FAILED_KEPT: i64 = 24 * 60 * 60;

impl Thread {
    /// See [`super::command::Command::Upload`]. What a visitor uploads is counted here, not in memory: an object that
    /// nobody is connected to forgets within seconds.
    pub(super) fn upload(&self, id: MediaId, by: AuthorKind) -> Result<Obeyed, ThreadError> {
        self.head()?;
        let (log, at) = (self.log()?, now());
        log.forget_failed_files(at.plus_seconds(-FAILED_KEPT))?;
        if by == AuthorKind::Visitor && rate::are_on(&self.env) {
            let window = i64::from(UPLOADS.seconds);
            let (count, oldest) = log.files_since(at.plus_seconds(-window))?;
            if count >= UPLOADS.limit {
                let left = oldest.map_or(window, |oldest| oldest.seconds() + window - at.seconds());
                let retry_after = u32::try_from(left.max(1)).unwrap_or(1);
                return Err(ThreadError::TooMany { limit: UPLOADS.limit, retry_after });
            }
        }
        log.begin_file(id, by, at)?;
        Ok(done(true))
    }

    /// See [`super::command::Command::Uploaded`].
    pub(super) fn uploaded(&self, file: &Attachment, origin: &str) -> Result<Obeyed, ThreadError> {
        self.head()?;
        match self.log()?.keep_file(file, origin)? {
            true => Ok(serde_json::to_string(file)?.into()),
            false => Err(ThreadError::UnknownFile),
        }
    }

    /// See [`super::command::Command::DropUpload`]. Where nobody is known any more, there is no file either.
    pub(super) fn drop_upload(&self, id: MediaId) -> Result<Obeyed, ThreadError> {
        Ok(done(self.log()?.drop_file(id)?))
    }

    /// The file that somebody wants to send: their own, not sent yet, and of the kind they say.
    pub(super) fn attach(&self, file: &Sending, writer: &Writer) -> Result<Attachment, ThreadError> {
        let by = match writer {
            Writer::Visitor { .. } => AuthorKind::Visitor,
            Writer::Agent { .. } => AuthorKind::Agent,
        };
        let found = self.log()?.file(file.id, by)?.ok_or(ThreadError::UnknownFile)?;
        if found.sent {
            return Err(ThreadError::FileSent);
        }
        let mut attachment = found.attachment;
        if attachment.kind != file.kind {
            return Err(ThreadError::FileIs(attachment.kind));
        }
        if let (Some(name), Some(kind)) = (&file.filename, MediaType::from_tag(&attachment.mime_type)) {
            attachment.filename = name.of_type(kind.extensions());
        }
        Ok(attachment)
    }

    /// Where a file that is being sent can be fetched for an hour: what a flow is told of it.
    pub(super) fn address_of(&self, file: &Attachment) -> Result<String, ThreadError> {
        let origin = self.log()?.origin()?.unwrap_or_default();
        let signer =
            secret::media_addresses(&self.env).map_err(|_| ThreadError::failed("there is no secret"))?;
        Ok(address::sign(&file.url, &origin, &signer, now()))
    }

    /// Whether any file was sent here.
    pub(super) fn has_files(&self) -> Result<bool, ThreadError> {
        if let Some(known) = self.has_files.get() {
            return Ok(known);
        }
        let known = self.log()?.has_files()?;
        self.has_files.set(Some(known));
        Ok(known)
    }

    /// JSON as it is told, with the addresses of its attachments. Where no file was ever sent there is none to look for.
    pub(super) fn signed(&self, json: String) -> Result<String, ThreadError> {
        if self.has_files()? { signed(&self.env, self.log()?, json) } else { Ok(json) }
    }

    /// Tells all of the visitor's sockets, and whoever else listens, of a message, given as the log tells it.
    pub(super) fn tell_message(&self, json: &str) -> Result<(), ThreadError> {
        let signed = if self.has_files()? { Some(self.signed(json.into())?) } else { None };
        let json = signed.as_deref().unwrap_or(json);
        self.broadcast_message(json);
        self.overhear_message(json);
        Ok(())
    }
}

/// JSON with the addresses of its attachments, at the origin that the last file came to: sockets are told without being
/// asked, so another is not always known.
pub(super) fn signed(env: &Env, log: &Log, json: String) -> Result<String, ThreadError> {
    if !json.contains(MARK) {
        return Ok(json);
    }
    let signer = secret::media_addresses(env).map_err(|_| ThreadError::failed("there is no secret"))?;
    Ok(address::sign_all(&json, &log.origin()?.unwrap_or_default(), &signer, now()))
}

fn done(ok: bool) -> Obeyed {
    String::from(if ok { r#"{"ok":true}"# } else { r#"{"ok":false}"# }).into()
}
