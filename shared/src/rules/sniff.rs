//! What a file is, told by its bytes. Neither its name nor what its sender calls it has a say.
//!
//! What begins as one thing and goes on as another is refused: a picture with a page in it, a document with an archive
//! behind it. The signatures are those of <https://mimesniff.spec.whatwg.org/>, and of each format's own document.

use crate::model::media::MediaType;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sniffed {
    /// What it is made of.
    pub kind: MediaType,
    /// A picture's width and height, where they are told.
    pub size: Option<(u32, u32)>,
}

/// Why a file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It is none of the types that are taken.
    Unknown,
    /// It is a page or a drawing that a browser would run, or holds one.
    Markup,
    /// It is two things at once.
    TwoThings,
}

/// How far a browser looks for what a file is, and more (the specification says 1445 bytes).
const LOOKED_AT: usize = 4096;
/// How far the readers of documents look for one's beginning.
const DOCUMENT_BEGINS: usize = 1024;
/// How far back from its end an archive's directory can end: its 22 bytes and the longest comment.
pub const ARCHIVE_END: usize = 22 + 65_535;

/// Says what a file is from its beginning: all of it, or its first few megabytes.
pub fn sniff(head: &[u8]) -> Result<Sniffed, Refused> {
    if holds_markup(first(head, LOOKED_AT)) {
        return Err(Refused::Markup);
    }
    let found = signature(head).ok_or(Refused::Unknown)?;
    if found.kind != MediaType::Pdf && holds(first(head, DOCUMENT_BEGINS), b"%PDF-") {
        return Err(Refused::TwoThings);
    }
    Ok(found)
}

/// Whether a file whose last [`ARCHIVE_END`] bytes are these is an archive to those who read it from its end (APPNOTE
/// 6.3.10, section 4.3.16).
pub fn ends_as_archive(tail: &[u8]) -> bool {
    let mut rest = tail;
    while let Some(at) = find(rest, b"PK\x05\x06") {
        let record = rest.get(at..).unwrap_or_default();
        // One disk, and a comment that the file has room for.
        let one_disk = record.get(4..8) == Some(&[0, 0, 0, 0]);
        let comment = little16(record, 20).and_then(|length| usize::try_from(length).ok());
        if one_disk && comment.is_some_and(|length| record.len() >= 22 + length) {
            return true;
        }
        rest = record.get(4..).unwrap_or_default();
    }
    false
}

/// Whether bytes in the midst of a text could be of a text: there is nothing but letters and white space.
pub fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
}

fn signature(head: &[u8]) -> Option<Sniffed> {
    if let Some(picture) = picture(head) {
        return Some(picture);
    }
    let kind = if head.starts_with(b"%PDF-") {
        MediaType::Pdf
    } else if head.starts_with(b"RIFF") && head.get(8..12)? == b"WAVE" {
        MediaType::Wav
    } else if head.get(4..8) == Some(b"ftyp") {
        film(head)?
    } else if head.starts_with(b"\x1a\x45\xdf\xa3") {
        matroska(first(head, LOOKED_AT))?
    } else if head.starts_with(b"OggS") {
        let sounds: [&[u8]; 4] = [b"OpusHead", b"\x01vorbis", b"\x7fFLAC", b"Speex   "];
        sounds.iter().any(|codec| holds(first(head, 256), codec)).then_some(MediaType::Ogg)?
    } else if head.starts_with(b"ID3") || is_mp3(head) {
        MediaType::Mp3
    } else if !head.is_empty() && is_text(head) && is_utf8(head) {
        MediaType::Text
    } else {
        return None;
    };
    Some(Sniffed { kind, size: None })
}

fn picture(head: &[u8]) -> Option<Sniffed> {
    let (kind, size) = if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        (MediaType::Png, png(head))
    } else if head.starts_with(b"\xff\xd8\xff") {
        (MediaType::Jpeg, jpeg(head))
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        (MediaType::Gif, little16(head, 6).zip(little16(head, 8)))
    } else if head.starts_with(b"RIFF") && head.get(8..12)? == b"WEBP" {
        (MediaType::Webp, webp(head))
    } else if head.get(4..8) == Some(b"ftyp") && is_avif(head) {
        (MediaType::Avif, avif(first(head, LOOKED_AT)))
    } else {
        return None;
    };
    // A picture that says it has no dots, or more than any screen, tells nothing to make room by.
    let side = 1..=65_535;
    Some(Sniffed { kind, size: size.filter(|(width, height)| side.contains(width) && side.contains(height)) })
}

/// The width and height of the header chunk (<https://www.w3.org/TR/png-3/#11IHDR>).
fn png(head: &[u8]) -> Option<(u32, u32)> {
    (head.get(12..16)? == b"IHDR").then_some((big32(head, 16)?, big32(head, 20)?))
}

/// The width and height of the first frame (ITU-T T.81, annex B.2.2); what comes before it is passed over.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2_usize;
    loop {
        while head.get(at)? == &0xff && head.get(at + 1)? == &0xff {
            at += 1;
        }
        (head.get(at)? == &0xff).then_some(())?;
        match head.get(at + 1)? {
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big16(head, at + 7)?, big16(head, at + 5)?));
            }
            0xd8..=0xda => return None,
            _ => at += 2 + usize::try_from(big16(head, at + 2)?.max(2)).ok()?,
        }
    }
}

/// The width and height of the first chunk (RFC 9649, section 2).
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8 " => {
            (head.get(23..26)? == b"\x9d\x01\x2a").then_some(())?;
            Some((little16(head, 26)? & 0x3fff, little16(head, 28)? & 0x3fff))
        }
        b"VP8L" => {
            (head.get(20)? == &0x2f).then_some(())?;
            let bits = little16(head, 21)? | little16(head, 23)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let little24 = |at| Some(little16(head, at)? | u32::from(*head.get(at + 2)?) << 16);
            Some((little24(24)? + 1, little24(27)? + 1))
        }
        _ => None,
    }
}

/// Whether one of the brands of an ISO base media file says AVIF.
fn is_avif(head: &[u8]) -> bool {
    let brands = brands(head).unwrap_or_default();
    match brands.first_chunk::<4>() {
        Some(b"avif" | b"avis") => true,
        Some(b"mif1" | b"msf1") => brands.chunks(4).any(|brand| brand == b"avif"),
        _ => false,
    }
}

/// The width and height of the first picture's extents (ISO/IEC 23008-12, section 6.5.3).
fn avif(head: &[u8]) -> Option<(u32, u32)> {
    let at = find(head, b"ispe")?;
    Some((big32(head, at + 8)?, big32(head, at + 12)?))
}

/// The brands that an ISO base media file begins with (ISO/IEC 14496-12, section 4.3).
fn brands(head: &[u8]) -> Option<&[u8]> {
    let end = usize::try_from(big32(head, 0)?).ok()?.clamp(16, 256);
    head.get(8..end.min(head.len()))
}

/// What the first brand of an ISO base media file stands for; one without a track that is seen only sounds.
fn film(head: &[u8]) -> Option<MediaType> {
    match brands(head)?.first_chunk::<4>()? {
        b"M4A " | b"M4B " => Some(MediaType::M4a),
        b"isom" | b"iso2" | b"iso3" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"dash"
        | b"M4V " | b"MSNV" => {
            let (heard, seen) =
                (holds(first(head, LOOKED_AT), b"soun"), holds(first(head, LOOKED_AT), b"vide"));
            Some(if heard && !seen { MediaType::M4a } else { MediaType::Mp4 })
        }
        _ => None,
    }
}

/// What is in a WebM file: its tracks name their codecs (RFC 9559, section 27).
fn matroska(head: &[u8]) -> Option<MediaType> {
    let has = |codec: &[u8]| holds(head, codec);
    has(b"webm").then_some(())?;
    if has(b"V_VP8") || has(b"V_VP9") || has(b"V_AV1") {
        return Some(MediaType::Webm);
    }
    (has(b"A_OPUS") || has(b"A_VORBIS")).then_some(MediaType::WebmAudio)
}

/// Whether a frame of layer III stands here, and another behind it, if the bytes go so far.
fn is_mp3(head: &[u8]) -> bool {
    let Some(length) = frame(head) else { return false };
    match head.get(length..) {
        Some(next) if next.len() >= 4 => frame(next).is_some(),
        _ => head.len() >= length,
    }
}

/// How long the frame is that begins here, of MPEG 1 or 2, layer III (ISO/IEC 11172-3, section 2.4.1.3).
fn frame(head: &[u8]) -> Option<usize> {
    const KILOBITS: [[usize; 14]; 2] = [
        [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    const RATES: [usize; 3] = [44_100, 48_000, 32_000];
    let [sync, second, third] = *head.first_chunk::<3>()?;
    // Twelve bits of synchronisation, and layer III.
    (sync == 0xff && second & 0xf6 == 0xf2).then_some(())?;
    let older = second & 0x08 == 0;
    let kilobits = KILOBITS.get(usize::from(older))?.get(usize::from(third >> 4).checked_sub(1)?)?;
    let rate = RATES.get(usize::from(third >> 2 & 3))? / if older { 2 } else { 1 };
    let samples = if older { 72 } else { 144 };
    Some(samples * kilobits * 1000 / rate + usize::from(third >> 1 & 1))
}

/// Whether bytes are UTF-8, but for a last letter that may be cut off.
fn is_utf8(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).err().is_none_or(|error| error.error_len().is_none())
}

/// Whether a browser that looked for itself would find a page, a drawing or XML here; whatever else begins with a
/// bracket is not taken for text either.
fn holds_markup(seen: &[u8]) -> bool {
    const TAGS: [&[u8]; 12] = [
        b"<!doctype",
        b"<html",
        b"<head",
        b"<body",
        b"<script",
        b"<iframe",
        b"<svg",
        b"<object",
        b"<embed",
        b"<style",
        b"<meta",
        b"<?xml",
    ];
    let marked = seen.strip_prefix(b"\xef\xbb\xbf").unwrap_or(seen);
    if marked.trim_ascii_start().starts_with(b"<") {
        return true;
    }
    let mut rest = seen;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        let from = rest.get(at..).unwrap_or_default();
        if TAGS.iter().any(|tag| first(from, tag.len()).eq_ignore_ascii_case(tag)) {
            return true;
        }
        rest = from.get(1..).unwrap_or_default();
    }
    false
}

fn first(bytes: &[u8], count: usize) -> &[u8] {
    bytes.get(..count).unwrap_or(bytes)
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    find(bytes, wanted).is_some()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn big16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(*bytes.get(at)?) << 8 | u32::from(*bytes.get(at + 1)?))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(big16(bytes, at)? << 16 | big16(bytes, at + 2)?)
}

fn little16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(*bytes.get(at)?) | u32::from(*bytes.get(at + 1)?) << 8)
}
