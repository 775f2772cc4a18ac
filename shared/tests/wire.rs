//! The edge writes with serde and the widget reads through `Source`: the two must agree.

use proptest::prelude::*;
use serde_json::Value as Json;
use shared::colour::HexColor;
use shared::id::{ClientId, ConversationId, MediaId, MessageId, VisitorId};
use shared::model::conversation::ConversationStatus;
use shared::model::media::{Attachment, MediaKind, MediaType, UploadPolicy};
use shared::model::message::{
    Author, AuthorKind, Button, Direction, Message, MessageType, Notice, Payload, Status,
};
use shared::model::rich::{AnswerForm, Asks, Card, Linked, Rich};
use shared::model::settings::{ColorScheme, Position, Theme};
use shared::rules::pre_chat::{Field, FieldType, PreChat, ShowIf};
use shared::time::Timestamp;
use shared::wire::config::{OpeningMessage, WidgetConfig};
use shared::wire::frame::{ClientFrame, ServerFrame};
use shared::wire::session::Session;
use shared::wire::source::{Source, Tag};

/// Parsed JSON as `serde_json` holds it; the widget's own is the browser's.
#[derive(Clone)]
struct Parsed(Json);

impl Source for Parsed {
    fn get(&self, key: &str) -> Option<Self> {
        self.0.get(key).filter(|value| !value.is_null()).cloned().map(Self)
    }
    fn string(&self) -> Option<String> {
        self.0.as_str().map(Into::into)
    }
    fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }
    fn boolean(&self) -> Option<bool> {
        self.0.as_bool()
    }
    fn time(&self) -> Option<Timestamp> {
        Timestamp::parse(self.0.as_str()?).ok()
    }
    fn items(&self) -> Vec<Self> {
        self.0.as_array().map(|items| items.iter().cloned().map(Self).collect()).unwrap_or_default()
    }
}

fn any_tag<T: Tag + std::fmt::Debug>() -> impl Strategy<Value = T> {
    let values: Vec<T> = T::ALL.iter().map(|(value, _)| *value).collect();
    prop::sample::select(values)
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (0..4_102_444_800_000_i64).prop_map(Timestamp::from_millis)
}

fn any_payload() -> impl Strategy<Value = Payload> {
    let parts = (any::<String>(), any_buttons(), prop::option::of(any_tag::<Notice>()));
    (parts, prop::option::of(any_attachment()), any_rich()).prop_map(
        |((text, buttons, notice), attachment, rich)| Payload {
            text,
            attachment: attachment.map(Box::new),
            buttons,
            notice,
            rich: rich.boxed(),
        },
    )
}

fn any_buttons() -> impl Strategy<Value = Vec<Button>> {
    let button = any::<(String, String, Option<String>)>();
    prop::collection::vec(button.prop_map(|(label, value, url)| Button { label, value, url }), 0..4)
}

fn any_rich() -> impl Strategy<Value = Rich> {
    let card = (any::<[String; 3]>(), any::<Option<String>>(), any_buttons())
        .prop_map(|([title, text, alt], image, buttons)| Card { title, text, image, alt, buttons });
    let linked = (any_tag::<MediaKind>(), any::<[String; 2]>()).prop_map(|(kind, [url, name])| Linked {
        kind,
        url,
        name,
    });
    let asks = (any_tag::<AnswerForm>(), any::<u8>()).prop_map(|(form, most)| Asks { form, most });
    let parts = (prop::collection::vec(card, 0..3), prop::option::of(linked), prop::option::of(asks));
    (any::<bool>(), parts).prop_map(|(markdown, (cards, linked, asks))| Rich {
        markdown,
        linked,
        cards,
        asks,
    })
}

fn any_attachment() -> impl Strategy<Value = Attachment> {
    let size = (any::<u32>(), any::<Option<u32>>(), any::<Option<u32>>());
    (any::<[String; 3]>(), any::<[u8; 10]>(), any_tag::<MediaKind>(), size).prop_map(
        |([url, filename, mime_type], random, kind, (size, width, height))| Attachment {
            url,
            id: MediaId::new(Timestamp::from_millis(0), random),
            kind,
            filename,
            mime_type,
            size,
            width,
            height,
        },
    )
}

fn any_policy() -> impl Strategy<Value = UploadPolicy> {
    (any::<bool>(), any::<u32>(), prop::collection::vec(any_tag::<MediaType>(), 0..4))
        .prop_map(|(enabled, max_bytes, types)| UploadPolicy { enabled, max_bytes, types })
}

fn any_message() -> impl Strategy<Value = Message> {
    let numbers = (any::<[u8; 10]>(), any::<u32>(), any::<u32>(), any_time());
    let tags = (any_tag::<Direction>(), any_tag::<AuthorKind>(), any_tag::<MessageType>(), any::<bool>());
    let optional = (any::<Option<String>>(), any::<bool>(), prop::option::of(any_tag::<Status>()));
    (numbers, tags, optional, any_payload()).prop_map(|(numbers, tags, (name, named, status), payload)| {
        let (random, seq, changed, created_at) = numbers;
        let (direction, author, kind, private) = tags;
        Message {
            id: MessageId::new(created_at, random),
            conversation_id: ConversationId::new(created_at, random),
            seq,
            changed,
            client_id: named.then(|| ClientId::new(created_at, random)),
            direction,
            author: Author { kind: author, name },
            kind,
            payload,
            reply_to: named.then(|| MessageId::new(created_at, random)),
            private,
            created_at,
            edited_at: private.then_some(created_at),
            deleted_at: named.then_some(created_at),
            status,
        }
    })
}

fn any_frame() -> impl Strategy<Value = ServerFrame> {
    prop_oneof![
        any_message().prop_map(|message| ServerFrame::Message { message }),
        (any_tag(), any::<u32>()).prop_map(|(by, seq)| ServerFrame::Seen { by, seq }),
        any_tag().prop_map(|status| ServerFrame::Status { status }),
        (any_tag(), any::<Option<String>>(), any::<bool>()).prop_map(|(by, name, on)| ServerFrame::Typing {
            by,
            name,
            on
        }),
        (any::<String>(), any::<String>()).prop_map(|(code, message)| ServerFrame::Error { code, message }),
        (any::<[u32; 4]>(), any_tag()).prop_map(|([protocol, changed, agent_seen, visitor_seen], status)| {
            ServerFrame::Hello { protocol, changed, status, agent_seen, visitor_seen }
        }),
    ]
}

proptest! {
    #[test]
    fn frames_are_read_as_they_were_written(frame in any_frame()) {
        let json = serde_json::to_value(&frame).unwrap();
        prop_assert_eq!(ServerFrame::decode(&Parsed(json)), Some(frame));
    }

    #[test]
    fn reading_never_panics(text in "[\\[{\"tmhelo:,}\\]0-9 ]{0,60}") {
        if let Ok(json) = serde_json::from_str::<Json>(&text) {
            let source = Parsed(json);
            let _ = (ServerFrame::decode(&source), Session::decode(&source), WidgetConfig::decode(&source));
        }
    }

    #[test]
    fn configurations_are_read_as_they_were_written(
        texts in any::<[String; 4]>(),
        (scheme, position) in (any_tag::<ColorScheme>(), any_tag::<Position>()),
        opening in prop::collection::vec((any_tag::<MessageType>(), any_payload()), 0..3),
        (kind, required, pattern) in (any_tag::<FieldType>(), any::<bool>(), any::<Option<String>>()),
        uploads in any_policy(),
    ) {
        let [heading, sub_heading, placeholder, locale] = texts;
        let opening = opening.into_iter().map(|(kind, payload)| OpeningMessage { kind, payload }).collect();
        let theme = Theme { primary: HexColor::parse("#abcdef").unwrap(), scheme, position };
        let show_if = pattern.clone().map(|is| ShowIf { field: heading.clone(), is });
        let options = pattern.clone().into_iter().collect();
        let field =
            Field { id: heading.clone(), label: locale.clone(), kind, required, options, pattern, show_if };
        let config = WidgetConfig {
            offline_message: heading.clone(),
            size: heading.clone(),
            legal_text: heading.clone(),
            legal_url: heading.clone(),
            online: false,
            back_at: Some(Timestamp::from_millis(1_700_000_000_000)),
            heading,
            sub_heading,
            placeholder,
            locale,
            theme,
            opening,
            pages: Vec::new(),
            pre_chat: PreChat { fields: vec![field] },
            identity_required: required,
            uploads,
        };
        prop_assert_eq!(WidgetConfig::decode(&Parsed(serde_json::to_value(&config).unwrap())), config);
    }

    #[test]
    fn sessions_are_read_as_they_were_written(random in any::<[u8; 10]>(), at in any_time(), name in any::<Option<String>>()) {
        let session = Session {
            session_token: "a.b.c".into(),
            visitor_id: VisitorId::new(at, random),
            identity_verified: false,
            expires_at: at,
            conversation_id: ConversationId::new(at, random),
            email: name.clone(),
            online: name.is_none(),
            back_at: name.is_some().then_some(at),
            name,
        };
        prop_assert_eq!(Session::decode(&Parsed(serde_json::to_value(&session).unwrap())), Some(session));
    }
}

#[test]
fn a_session_token_is_one_that_a_header_can_carry() {
    let read = |token: &str| {
        let json = serde_json::json!({
            "sessionToken": token,
            "visitorId": VisitorId::new(Timestamp::from_millis(0), [0; 10]).text(),
            "identityVerified": false,
            "expiresAt": "2026-01-01T00:00:00.000Z",
            "conversationId": ConversationId::new(Timestamp::from_millis(0), [0; 10]).text(),
        });
        Session::decode(&Parsed(json)).is_some()
    };
    for token in ["a", "eyJh.bGci-_.09AZ", &"a".repeat(4096)] {
        assert!(read(token), "{token}");
    }
    for token in ["", "a\nb", "a b", "a,b", "a\u{e9}", "a\u{1f4a1}", "a\0", &"a".repeat(4097)] {
        assert!(!read(token), "{token:?}");
    }
}

#[test]
fn what_the_widget_says_is_what_the_edge_reads() {
    for frame in [ClientFrame::Typing { on: true }, ClientFrame::Seen { seq: u32::MAX }] {
        assert_eq!(shared::json::read::<ClientFrame>(&frame.encode()).unwrap(), frame);
    }
    assert!(shared::json::read::<ClientFrame>(r#"{"t":"seen","seq":1,"x":1}"#).is_err());
}

#[test]
fn a_newer_edge_does_not_break_an_older_widget() {
    let read = |text: &str| Parsed(serde_json::from_str(text).unwrap());
    assert_eq!(ServerFrame::decode(&read(r#"{"t":"fireworks"}"#)), None);
    let closed = ServerFrame::Status { status: ConversationStatus::Closed };
    assert_eq!(ServerFrame::decode(&read(r#"{"t":"status","status":"closed","why":"spam"}"#)), Some(closed));
    assert_eq!(WidgetConfig::decode(&read("{}")).theme, Theme::default());
    assert!(
        !WidgetConfig::decode(&read("{}")).uploads.enabled,
        "an edge that tells nothing of files takes none"
    );
    let newer = read(r#"{"uploads":{"enabled":true,"maxBytes":5,"types":["image/png","image/holo"]}}"#);
    assert_eq!(WidgetConfig::decode(&newer).uploads.types, [MediaType::Png]);
}
