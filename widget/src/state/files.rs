//! Files: those that stand beside the composer, and those on their way.

use super::command::Command;
use super::event::Answer;
use super::outbox::{self, Fate, Outgoing};
use super::{Model, Turn};
use alloc::{boxed::Box, string::String, vec::Vec};
use shared::id::ClientId;
use shared::model::media::{MediaKind, MediaType, UploadPolicy};
use shared::text::MessageText;
use shared::time::Timestamp;
use shared::wire::source::Tag;

/// The most characters beside a file; more go in a message of their own.
const CAPTION: usize = 1024;
/// The most files at once.
const MOST: usize = 10;

/// A file of the visitor's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What the browser knows it by, for as long as the page lives.
    pub key: u32,
    /// Its name.
    pub name: String,
    /// What the browser takes it for.
    pub mime: String,
    /// How many bytes it has.
    pub size: u32,
    /// Where the browser shows it, if it is a picture.
    pub preview: String,
    /// A picture's width and height.
    pub measure: Option<(u32, u32)>,
    /// How much of it the edge has, in hundredths.
    pub progress: u32,
    /// What the edge knows it by, and what it is, once it is there.
    pub asset: Option<(String, MediaKind)>,
}

impl File {
    /// What it is to a reader, as far as its name and type tell.
    pub fn kind(&self) -> MediaKind {
        match &self.asset {
            Some((_, kind)) => *kind,
            None if !self.preview.is_empty() => MediaKind::Image,
            None => MediaKind::Document,
        }
    }
}

/// Why a file cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is too large.
    Large,
    /// There is nothing in it.
    Empty,
    /// Its type is not taken.
    Type,
}

/// Whether a file can be sent, as far as can be told before the edge has seen it.
pub fn unfit(file: &File, policy: &UploadPolicy) -> Option<Unfit> {
    let extension = file.name.rsplit('.').next().unwrap_or_default();
    let is_taken = |kind: &MediaType| {
        if file.mime.is_empty() {
            kind.extensions().iter().any(|known| known.eq_ignore_ascii_case(extension))
        } else {
            kind.tag() == file.mime
        }
    };
    match file.size {
        0 => Some(Unfit::Empty),
        size if size > policy.max_bytes => Some(Unfit::Large),
        _ if !policy.types.iter().any(is_taken) => Some(Unfit::Type),
        _ => None,
    }
}

/// The visitor chose a file.
pub fn picked(model: &mut Model, turn: &mut Turn, file: File) {
    if model.tray.len() < MOST {
        model.tray.push((file, None));
        judge(model, turn);
        if model.at_end {
            // It takes room from the log.
            turn.perform(Command::ScrollToEnd);
        }
    } else {
        turn.perform(Command::DropFile(file.key));
    }
}

/// Says of each file beside the composer whether it can be sent, as soon as that is known.
pub fn judge(model: &mut Model, turn: &mut Turn) {
    let Some(config) = model.settings.get() else { return };
    let policy = config.uploads.clone();
    if !policy.enabled {
        return clear(model, turn);
    }
    for (file, verdict) in &mut model.tray {
        *verdict = unfit(file, &policy);
    }
}

/// A picture's size is known.
pub fn measured(model: &mut Model, key: u32, width: u32, height: u32) {
    let tray = model.tray.iter_mut().map(|(file, _)| file);
    let sent = model.outbox.entries_mut().iter_mut().filter_map(|entry| entry.file.as_deref_mut());
    if let Some(file) = tray.chain(sent).find(|file| file.key == key) {
        file.measure = Some((width, height));
    }
}

/// The visitor thought better of a file.
pub fn unpicked(model: &mut Model, turn: &mut Turn, key: u32) {
    model.tray.retain(|(file, _)| file.key != key);
    turn.perform(Command::DropFile(key));
    turn.perform(Command::FocusComposer);
}

/// What was to be sent stands beside the composer again.
pub fn take_back(model: &mut Model) {
    let files: Vec<_> = model
        .outbox
        .entries_mut()
        .iter_mut()
        .filter_map(|entry| entry.file.take())
        .map(|file| (*file, None))
        .collect();
    model.tray.extend(files);
}

/// Nothing stands beside the composer any more.
pub fn clear(model: &mut Model, turn: &mut Turn) {
    for (file, _) in core::mem::take(&mut model.tray) {
        turn.perform(Command::DropFile(file.key));
    }
}

/// Whether something beside the composer can be sent.
pub fn are_ready(model: &Model) -> bool {
    model.tray.iter().any(|(_, unfit)| unfit.is_none())
}

/// Makes messages of the files beside the composer, the first with what was typed as its caption. Answers with what
/// has to go in a message of its own.
pub fn submit<'a>(model: &mut Model, turn: &mut Turn, typed: &'a str) -> &'a str {
    let caption = MessageText::parse(typed).map(MessageText::into_string).unwrap_or_default();
    let fits = caption.chars().map(|_| 1_usize).sum::<usize>() <= CAPTION;
    let mut caption = Some(caption).filter(|_| fits);
    let mut sent: Vec<File> = Vec::new();
    model.tray.retain(|(file, unfit)| {
        if unfit.is_none() {
            sent.push(file.clone());
        }
        unfit.is_some()
    });
    let nothing = sent.is_empty();
    for (n, file) in (1_u8..).zip(sent) {
        let mut random = turn.tick.random;
        if let Some(last) = random.last_mut() {
            *last = last.wrapping_add(n);
        }
        let now = turn.now();
        let id = ClientId::new(Timestamp::from_millis(now), random);
        let text = caption.take().unwrap_or_default();
        let entry =
            Outgoing { id, text, at: now, fate: Fate::Queued, not_before: 0, file: Some(Box::new(file)) };
        model.outbox.push(entry);
    }
    if nothing || !fits { typed } else { "" }
}

/// More of a file has gone.
pub fn uploading(model: &mut Model, id: &ClientId, progress: u32) {
    if let Some(file) = model.outbox.find(id).and_then(|entry| entry.file.as_deref_mut()) {
        file.progress = progress;
    }
}

/// The edge has a file, or will not have it. Only now does the message outlive the page.
pub fn uploaded(model: &mut Model, turn: &mut Turn, id: &ClientId, answer: Answer<(String, String)>) {
    match answer {
        Ok((asset, mime)) => {
            let kind = MediaType::from_tag(&mime).map_or(MediaKind::Document, MediaType::kind);
            if let Some(file) = model.outbox.find(id).and_then(|entry| entry.file.as_deref_mut()) {
                file.asset = Some((asset, kind));
                turn.perform(Command::KeepOutgoing(id.clone()));
            }
            outbox::passed(model, turn, id);
        }
        Err(failure) => outbox::failed(model, turn, id, failure),
    }
}
