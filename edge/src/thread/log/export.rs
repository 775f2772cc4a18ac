//! All that the Thread knows of its visitor.

use super::Log;
use super::messages::MESSAGE_JSON;
use crate::thread::command::ThreadError;

impl Log {
    /// All that is known, as a JSON object.
    pub fn export(&self) -> Result<String, ThreadError> {
        let sql = "SELECT json_object('visitor', json((SELECT json_patch(profile, json_object('id', visitor)) FROM thread)),
            'conversations', json((SELECT json_group_array(json(one)) FROM (SELECT json_object('id', c.id, 'status',
                c.status, 'createdAt', c.created_at, 'updatedAt', c.updated_at, 'closedAt', c.closed_at,
                'department', d.json ->> 'department', 'rating', json(d.json -> 'rating'), 'answers', json(coalesce(c.bot -> '$.memory.run.variables', c.bot -> '$.run.variables', '{}')))
                AS one FROM conversations c LEFT JOIN details d ON d.conversation = c.id ORDER BY c.number))),
            'visits', json((SELECT json_group_array(json_object('url', url, 'title', title, 'at', at))
                FROM (SELECT * FROM visits ORDER BY number))))";
        let rest = self.scalar(sql, vec![])?.ok_or(ThreadError::Unknown)?;
        let said = format!(
            "SELECT '[' || coalesce(group_concat(json, ','), '') || ']' FROM
            (SELECT {MESSAGE_JSON} AS json FROM messages m WHERE m.private = 0 ORDER BY m.seq)"
        );
        let messages = self.scalar(&said, vec![])?.ok_or(ThreadError::Unknown)?;
        let rest = rest.strip_suffix('}').unwrap_or(&rest);
        Ok(format!("{rest},\"messages\":{messages}}}"))
    }
}
