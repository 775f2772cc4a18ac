//! Identifiers. A value of one of these types is well formed: it was parsed, or made from a time and random bytes.
//!
//! Ids are UUIDs of version 7 (RFC 9562, section 5.7): they sort by the time they were made, which keeps indexes
//! compact, and carry 74 random bits.

use crate::time::Timestamp;
use alloc::string::String;
use core::fmt;

/// What is wrong with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be a UUID")
    }
}

/// Makes a UUIDv7 from the time and ten random bytes.
fn uuid7(now: Timestamp, random: [u8; 10]) -> uuid::Uuid {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id from the present time and ten random bytes.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                Self(uuid7(now, random))
            }

            /// Reads the hyphenated form of a UUID of any version, in either case.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                match text.len() {
                    36 => uuid::Uuid::try_parse(text).map(Self).map_err(|_| InvalidId),
                    _ => Err(InvalidId),
                }
            }

            /// The id as text, without the formatting machinery, which the widget does not carry.
            pub fn text(&self) -> String {
                self.0.as_hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()).into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        #[cfg(feature = "serde")]
        crate::text_like!($name, { "type": "string", "format": "uuid" });
    )+};
}

ids! {
    /// A tenant: the owner of widgets, keys, agents, flows and conversations.
    OrganizationId,
    /// One chat on one site; what other APIs call a channel.
    WidgetId,
    /// The person who visits a site and writes in its chat.
    VisitorId,
    /// The person who answers.
    AgentId,
    /// One exchange between a visitor and the people of an organization.
    ConversationId,
    /// One message of a conversation, as the Thread named it.
    MessageId,
    /// A message that somebody left without a chat.
    OfflineMessageId,
    /// A file that was uploaded.
    MediaId,
    /// A part of an organization that conversations can be for.
    DepartmentId,
    /// A bot flow.
    FlowId,
    /// A run that is kept as a test of a flow.
    TestId,
    /// A widget, as chat servers know it that forward their visitors.
    GatewayAccountId,
    /// A chat server that forwards its visitors.
    GatewayServerId,
    /// An API key.
    KeyId,
    /// An entry of the record of who changed what.
    AuditId,
    /// A subscription to what happens, by which a server of the organization's is told.
    WebhookId,
    /// One thing that a server is told.
    DeliveryId,
    /// One issued session token (the JWT's `jti`).
    TokenId,
}

impl VisitorId {
    /// The visitor whom a client knows by a secret of its own: sixteen bytes of what that secret is hashed to, as a UUID of
    /// version 8 (RFC 9562, section 5.8).
    pub fn of_hash(hash: [u8; 16]) -> Self {
        Self(uuid::Builder::from_custom_bytes(hash).into_uuid())
    }
}

/// The name a client gives a message before sending it, so that a retry is recognised: 8 to 64 characters of
/// `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// What is wrong with a [`ClientId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidClientId;

impl fmt::Display for InvalidClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be 8 to 64 characters of A-Z a-z 0-9 _ -")
    }
}

impl ClientId {
    /// Reads a client's id.
    pub fn parse(text: &str) -> Result<Self, InvalidClientId> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (8..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidClientId)
        }
    }

    /// A new one, as the widget makes it: a UUIDv7.
    pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
        let mut buffer = uuid::Uuid::encode_buffer();
        Self(uuid7(now, random).as_hyphenated().encode_lower(&mut buffer).into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(feature = "serde")]
crate::text_like!(ClientId, { "type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let earlier = MessageId::new(Timestamp::from_millis(1_000), [255; 10]);
        let later = MessageId::new(Timestamp::from_millis(1_001), [0; 10]);
        assert!(earlier < later);
        assert_eq!(earlier.0.get_version_num(), 7);
        assert_eq!(MessageId::parse(&earlier.to_string()), Ok(earlier));
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        assert!(VisitorId::parse("00000000-0000-0000-0000-000000000000").is_ok());
        for wrong in ["", "x", "00000000000000000000000000000000", "{00000000-0000-0000-0000-000000000000}"] {
            assert_eq!(VisitorId::parse(wrong), Err(InvalidId), "{wrong}");
        }
    }

    #[test]
    fn client_ids_have_a_length_and_an_alphabet() {
        assert!(ClientId::parse("abcd-EF_9").is_ok());
        for wrong in ["short", &"x".repeat(65), "eight ch", "ünïcödé-"] {
            assert!(ClientId::parse(wrong).is_err(), "{wrong}");
        }
    }
}
