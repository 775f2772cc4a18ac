//! The tokens of livechat clients: secrets that the clients choose themselves. None is kept: a visitor *is* what their
//! token hashes to, under the deployment's own secret, so whoever knows the visitor's id knows nothing of the token.

use super::secret::Signer;
use hmac::Mac;
use shared::id::{VisitorId, WidgetId};

/// A token that may be a visitor's: 16 to 128 characters of `A-Z a-z 0-9 _ -`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivechatToken(String);

impl LivechatToken {
    /// Reads a token.
    pub fn parse(text: &str) -> Option<Self> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        ((16..=128).contains(&text.len()) && text.bytes().all(known)).then(|| Self(text.into()))
    }

    /// The visitor of a widget who is known by it.
    pub fn visitor(&self, signer: Signer, widget: WidgetId) -> VisitorId {
        let hash = signer.chain_update(format!("{widget}:{}", self.0)).finalize().into_bytes();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        VisitorId::of_hash(bytes)
    }

    /// It, for whoever sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::secret::derive;
    use shared::time::Timestamp;

    #[test]
    fn a_token_is_long_enough_to_be_a_secret() {
        for good in ["iNKE8a6k6cjbqWhW", &"a".repeat(128), "a-b_c-d_e-f_g-h_"] {
            assert!(LivechatToken::parse(good).is_some(), "{good}");
        }
        for wrong in [
            "",
            "iNKE8a6k6cjbqWh",
            &"a".repeat(129),
            "iNKE8a6k6cjbqWh ",
            "iNKE8a6k6cjbqWhé",
            "iNKE8a6k6cjbqWh:",
        ] {
            assert!(LivechatToken::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_visitor_is_the_same_by_the_same_token_of_the_same_widget_alone() {
        let signer = |secret: &str| derive(&secret.repeat(64), b"livechat tokens").unwrap();
        let widget = |n| WidgetId::new(Timestamp::from_millis(n), [1; 10]);
        let token = |text| LivechatToken::parse(text).unwrap();
        let visitor = token("iNKE8a6k6cjbqWhWd").visitor(signer("0"), widget(1));
        assert_eq!(visitor, token("iNKE8a6k6cjbqWhWd").visitor(signer("0"), widget(1)));
        assert_ne!(visitor, token("iNKE8a6k6cjbqWhWe").visitor(signer("0"), widget(1)));
        assert_ne!(visitor, token("iNKE8a6k6cjbqWhWd").visitor(signer("1"), widget(1)));
        assert_ne!(visitor, token("iNKE8a6k6cjbqWhWd").visitor(signer("0"), widget(2)));
    }
}
