//! Finding conversations by what was said in them, and by who visitors say they are.

use crate::store::{Database, StoreError, text};
use shared::id::OrganizationId;
use shared::json::Read;

/// The most messages that are looked at: the newest that have the words.
const MOST: u32 = 1000;
/// The most words that are looked for.
const WORDS: usize = 12;

/// How many messages are taken into the index at once: those that came last.
const BATCH: u32 = 5000;

/// Takes an organization's new messages into the index of words.
pub async fn catch_up(db: &Database, organization: OrganizationId) -> Result<(), StoreError> {
    let newest = format!("FROM unsearched WHERE organization_id = ?1 ORDER BY message DESC LIMIT {BATCH}");
    let index = format!(
        "INSERT INTO message_search (rowid, organization, text) SELECT m.rowid, m.organization, m.text
        FROM (SELECT message {newest}) JOIN messages m ON m.rowid = message"
    );
    let done =
        format!("DELETE FROM unsearched WHERE organization_id = ?1 AND message IN (SELECT message {newest})");
    let whose = [text(organization)];
    db.batch(vec![db.statement(&index, &whose)?, db.statement(&done, &whose)?]).await
}

/// Takes new messages into the index, of an organization that has some; whether there was one.
pub async fn sweep(db: &Database) -> Result<bool, StoreError> {
    #[derive(Read)]
    struct Row {
        organization_id: OrganizationId,
    }
    match db.first::<Row>("SELECT organization_id FROM unsearched LIMIT 1", &[]).await? {
        Some(row) => catch_up(db, row.organization_id).await.map(|()| true),
        None => Ok(false),
    }
}

/// The conversations with the words that the fifth and the sixth parameter ask for, each once. It is the words that are
/// looked up, and the conversations by what is found: their number does not matter.
pub fn hits() -> String {
    format!(
        "SELECT conversation_id AS hit FROM (SELECT m.conversation_id FROM message_search s JOIN messages m ON m.rowid = s.rowid
            WHERE message_search MATCH ?5 ORDER BY s.rowid DESC LIMIT {MOST})
        UNION SELECT c.id FROM (SELECT v.id FROM visitor_search s JOIN visitors v ON v.rowid = s.rowid
            WHERE visitor_search MATCH ?6 ORDER BY s.rowid DESC LIMIT {MOST}) v
            JOIN conversations c ON c.organization_id = ?1 AND c.visitor_id = v.id"
    )
}

/// What somebody looks for, in the language of the index: all of its words, the last of which may go on. First for what
/// was said, then for who visitors are. Nothing where there are no words.
pub fn matches(organization: OrganizationId, typed: &str) -> Option<[String; 2]> {
    let words = typed.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(WORDS);
    // Only letters and digits are left, so none of them can end the quotes.
    let words: Vec<String> = words.map(|word| format!("\"{word}\"")).collect();
    if words.is_empty() {
        return None;
    }
    let words = words.join(" AND ");
    let owner = organization.to_string().replace('-', "");
    let all = |columns: &str| format!("organization : \"{owner}\" AND {{{columns}}} : ({words} *)");
    Some([all("text"), all("name email")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::Timestamp;

    #[test]
    fn what_is_looked_for_is_words_and_nothing_else() {
        let organization = OrganizationId::new(Timestamp::from_millis(0), [1; 10]);
        let [said, who] = matches(organization, " Brass-lamp\" OR text:* (ä").unwrap();
        assert!(
            said.ends_with("AND {text} : (\"Brass\" AND \"lamp\" AND \"OR\" AND \"text\" AND \"ä\" *)"),
            "{said}"
        );
        assert!(who.contains("{name email} : "));
        assert!(!said.contains('-'));
        for nothing in ["", " ", "\"*", "—"] {
            assert!(matches(organization, nothing).is_none(), "{nothing}");
        }
    }
}
