//! `addAttachment`: a visitor of a chat server has sent a file. Whose it is stands in the query; the file is a part of a form,
//! or a text in base64.

use super::envelope::Refusal;
use super::message::{begin, number};
use super::params::{NEW_SESSION, PHONE, Params, SERVER, TOKEN};
use super::{Call, body};
use crate::auth::secret::sha256_hex;
use crate::http::multipart::{Malformed, Multipart, Piece};
use crate::http::request::Request;
use crate::media::receive::{Owner, receive};
use crate::store::gateway as accounts;
use crate::thread::command::attendance::Attendance;
use crate::thread::command::once::Once;
use crate::thread::command::{Profile, Sending, ThreadError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt;
use shared::model::media::UploadPolicy;
use shared::model::message::AuthorKind;
use worker::Context;

/// How many bytes a body in base64 may have beside its file.
const BESIDE: usize = 4 * 1024;
/// The longest file in base64, which is held as a whole, in several forms; one as a part of a form goes on as it comes.
const MOST_IN_BASE64: u32 = 10 * 1024 * 1024;
/// How much of a form is looked at for what its file is.
const LOOKED_AT: usize = 64 * 1024;
/// What stands between the parts of the form that is made of a file in base64.
const BOUNDARY: &str = "porchlight-file";

/// Handles it.
pub async fn take(call: &Call<'_>, context: &Context) -> Result<String, Refusal> {
    let query = form_urlencoded::parse(call.request.query.as_bytes()).into_owned().collect();
    let mut params = Params::of(query);
    let (server, token) = (params.required("chatServer", SERVER), params.required("chatAccountToken", TOKEN));
    let session = params.required("chatSessionID", NEW_SESSION);
    params.optional("phoneNumber", PHONE);
    let number = number(&mut params)?;
    params.finish()?;
    // A file begins no session.
    let known = accounts::session(&call.db, call.organization, &session, &server).await?;
    known.ok_or(Refusal::NotFound("chatSessionID with this chatServer"))?;
    let forwarded = begin(call, &token, &server, &session).await?;
    // What has no number is new, and its file need not come.
    if forwarded.attendance == Attendance::Nobody && number.is_none() {
        return Err(ThreadError::NobodyThere.into());
    }
    let widget = forwarded.widget();
    let policy = &widget.rules.uploads;
    if !policy.enabled {
        return Err(Refusal::NotTaken("This chat takes no files."));
    }
    let owner = Owner {
        organization: call.organization,
        widget: widget.widget,
        visitor: forwarded.visitor,
        by: AuthorKind::Visitor,
    };
    let once = number.as_ref().map(|number| Once {
        route: "gateway attachment".into(),
        key: number.to_string(),
        body: String::new(),
    });
    let rewritten = in_parts(call.request, policy).await?;
    let request = rewritten.as_ref().unwrap_or(call.request);
    let received = receive(request, &call.env, context, &forwarded.thread, owner, policy, once).await?;
    let file = Sending { id: received.file.id, kind: received.file.kind, filename: None };
    let said = forwarded.say(call, Profile::default(), None, Some(file), number).await?;
    Ok(format!(
        r#""message":"Attachment added.","attachmentID":"{}","ticketID":{}"#,
        received.file.id, said.ticket
    ))
}

/// The request with its file as a part of a form, where it came as a text in base64; none where it is a form already.
async fn in_parts(request: &Request, policy: &UploadPolicy) -> Result<Option<Request>, Refusal> {
    if has_file(request).await? {
        return Ok(None);
    }
    let most = policy.max_bytes.min(MOST_IN_BASE64) as usize;
    // Many break its lines, and so add two bytes to 76 or fewer.
    let fields = body::fields_within(request, most / 2 * 3 + BESIDE).await?;
    let mut files = fields.into_iter().filter(|(name, _)| name == "file").map(|(_, text)| text);
    let file = files.next().filter(|file| !file.is_empty());
    let mut file =
        file.ok_or_else(|| Refusal::field("file", "must be there, as a file of a form or in base64"))?;
    if files.next().is_some() {
        return Err(Refusal::field("file", "must be sent once"));
    }
    file.retain(|c| !"\r\n".contains(c));
    let bytes = BASE64.decode(&file).map_err(|_| Refusal::field("file", "must be base64"))?;
    let name = sha256_hex(&file).chars().take(12).collect::<String>();
    let head =
        format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let form = [head.as_bytes(), &bytes, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    Ok(Some(request.with_body(&content_type, &form)?))
}

/// Whether the body is a form in which the file is one, and not a text.
async fn has_file(request: &Request) -> Result<bool, Refusal> {
    let content_type = request.header("content-type").unwrap_or_default();
    let (Some(mut form), Some(mut body)) = (Multipart::of(&content_type), request.look()?) else {
        return Ok(false);
    };
    let mut left = LOOKED_AT;
    loop {
        match form.piece() {
            Ok(Some(Piece::Part(part))) if part.name == "file" => return Ok(part.filename.is_some()),
            Ok(Some(Piece::End)) | Err(Malformed) => return Ok(false),
            Ok(Some(_)) => {}
            // Who sends so much before it is not looked at any longer: as a form it is read within its limits.
            Ok(None) if left == 0 => return Ok(true),
            Ok(None) => match body.next().await {
                Some(Ok(chunk)) => {
                    left = left.saturating_sub(chunk.len());
                    form.feed(&chunk);
                }
                Some(Err(_)) | None => return Ok(false),
            },
        }
    }
}
