//! Files are what their bytes say; what is two things, or a page in disguise, is nothing that is taken.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its files has failed")]

use shared::model::media::{MediaKind, MediaType};
use shared::rules::sniff::{ARCHIVE_END, Refused, ends_as_archive, is_text, sniff};

/// A file that a browser, an encoder or a format's own document made.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn kind(bytes: &[u8]) -> Result<MediaType, Refused> {
    sniff(bytes).map(|sniffed| sniffed.kind)
}

#[test]
fn real_files_are_known_with_the_size_of_pictures() {
    let lamp = Some((7, 5));
    for (name, wanted, size) in [
        ("lamp.png", MediaType::Png, lamp),
        ("lamp.jpg", MediaType::Jpeg, lamp),
        ("lamp.webp", MediaType::Webp, lamp),
        ("plain.webp", MediaType::Webp, lamp),
        ("lossless.webp", MediaType::Webp, lamp),
        ("lamp.gif", MediaType::Gif, Some((1, 1))),
        ("film.mp4", MediaType::Mp4, None),
        ("film.webm", MediaType::Webm, None),
        ("voice.mp4", MediaType::M4a, None),
        ("voice.webm", MediaType::WebmAudio, None),
        ("silence.mp3", MediaType::Mp3, None),
        ("head.ogg", MediaType::Ogg, None),
        ("tone.wav", MediaType::Wav, None),
        ("page.pdf", MediaType::Pdf, None),
    ] {
        let sniffed = sniff(&file(name)).unwrap_or_else(|refused| panic!("{name}: {refused:?}"));
        assert_eq!((sniffed.kind, sniffed.size), (wanted, size), "{name}");
        assert!(!ends_as_archive(&file(name)), "{name}");
    }
    let mut avif = b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf\0\0\0\x14ispe".to_vec();
    avif.extend([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2]);
    assert_eq!(sniff(&avif).map(|it| (it.kind, it.size)), Ok((MediaType::Avif, Some((256, 2)))));
    assert_eq!(MediaType::Avif.kind(), MediaKind::Image);
}

#[test]
fn a_cut_file_never_panics_and_is_known_or_not() {
    for name in [
        "lamp.png",
        "lamp.jpg",
        "lamp.webp",
        "plain.webp",
        "lossless.webp",
        "film.mp4",
        "film.webm",
        "silence.mp3",
        "page.pdf",
    ] {
        let whole = file(name);
        for end in 0..whole.len() {
            let _ = sniff(whole.get(..end).unwrap());
        }
    }
}

#[test]
fn text_is_text_in_utf_8_without_control_characters() {
    for text in ["hello", "ünïcödé\r\n\t", "a;b;c\n1;2;3\n", "1 < 2 and <b>", "\u{feff}with a mark"] {
        assert_eq!(kind(text.as_bytes()), Ok(MediaType::Text), "{text}");
    }
    // A letter that the head cuts off in the middle.
    assert_eq!(kind(b"caf\xc3"), Ok(MediaType::Text));
    for other in [&b"caf\xc3(\n"[..], b"a\0b", b"\xff\xfeh\0i\0", b"\x1b[31m", b""] {
        assert_eq!(kind(other), Err(Refused::Unknown), "{other:?}");
    }
    assert!(is_text("more text".as_bytes()) && !is_text(b"MZ\x90\0"));
}

#[test]
fn pages_drawings_and_xml_are_refused_whatever_they_are_called() {
    for markup in [
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "<?xml version='1.0'?><svg/>",
        "\u{feff}  \r\n<!DOCTYPE html>",
        "<!-- a comment --><html>",
        "<x:anything/>",
        "text before <SCRIPT>alert(1)</SCRIPT>",
        "text before <Svg onload=alert(1)>",
        "\t<a href=javascript:alert(1)>",
    ] {
        assert_eq!(kind(markup.as_bytes()), Err(Refused::Markup), "{markup}");
    }
}

#[test]
fn a_page_within_a_picture_or_a_document_is_refused() {
    for name in ["lamp.gif", "lamp.png", "lamp.jpg", "film.webm", "page.pdf", "silence.mp3"] {
        for tag in ["<script>", "<HTML>", "<svg ", "<iframe src="] {
            let mut bytes = file(name);
            bytes.extend(format!("x{tag}alert(1)").bytes());
            assert_eq!(kind(&bytes), Err(Refused::Markup), "{name} {tag}");
        }
    }
    assert_eq!(kind(b"GIF89a=1;/*<html><script>*/alert(1)"), Err(Refused::Markup));
}

#[test]
fn what_is_two_things_is_neither() {
    let mut picture = file("lamp.gif");
    picture.extend(file("page.pdf"));
    assert_eq!(kind(&picture), Err(Refused::TwoThings));
    for name in ["lamp.gif", "page.pdf", "lamp.jpg"] {
        let mut both = file(name);
        both.extend(file("archive.zip"));
        assert!(ends_as_archive(&both), "{name}");
        both.extend([0; 9]);
        assert!(ends_as_archive(&both), "{name} with something behind");
    }
    assert!(!ends_as_archive(b"PK\x05\x06"), "a signature alone is none");
    assert!(!ends_as_archive(&vec![b'P'; ARCHIVE_END]));
}

#[test]
fn archives_programs_and_what_nobody_knows_are_refused() {
    for bytes in [
        file("archive.zip"),
        b"MZ\x90\0\x03\0\0\0".to_vec(),
        b"\x7fELF\x02\x01\x01\0".to_vec(),
        b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec(),
        b"RIFF\x04\0\0\0AVI LIST".to_vec(),
        b"\0\0\0\x14ftypqt  \0\0\0\0qt  ".to_vec(),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
        b"\x1a\x45\xdf\xa3matroska V_VP8".to_vec(),
        b"OggS\0\x02theora".to_vec(),
        b"\xff\xfb\x90\0 and no second frame".to_vec(),
    ] {
        assert_eq!(kind(&bytes), Err(Refused::Unknown), "{bytes:?}");
    }
}

#[test]
fn a_picture_that_lies_about_its_size_tells_none() {
    let mut png = file("lamp.png");
    png.splice(16..24, [0xff; 8]);
    assert_eq!(sniff(&png).unwrap().size, None);
    png.splice(16..24, [0; 8]);
    assert_eq!(sniff(&png).unwrap().size, None);
}
