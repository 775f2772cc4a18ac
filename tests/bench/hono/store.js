/** What the endpoints ask of D1. */

const WIDGET_MS = 10_000
const widgets = new Map()

/** A widget by its public token; an isolate trusts its own copy for ten seconds, as the edge does. */
export async function widgetByToken(db, token) {
  const copy = widgets.get(token)
  if (copy && copy.until > Date.now()) return copy.widget
  const row = await db.prepare('SELECT id, organization_id, config FROM widgets WHERE token = ? AND enabled = 1').bind(token).first()
  if (!row) return undefined
  const widget = { id: row.id, organizationId: row.organization_id, config: JSON.parse(row.config) }
  widgets.set(token, { widget, until: Date.now() + WIDGET_MS })
  return widget
}

/** Keeps a visitor and their conversation; what they claimed before stays where nothing new is claimed. */
export async function open(db, widgetId, visitorId, request) {
  const now = new Date().toISOString()
  const { name, email, phone } = request.mode === 'identified' ? request : {}
  const { url, referer, title, lang } = request
  const context = url || referer || title || lang ? JSON.stringify({ url, referer, title, lang }) : null
  const [visitor, conversation] = await db.batch([
    db.prepare(`INSERT INTO visitors (id, widget_id, name, email, phone, context, created_at)
      VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, '{}'), ?7)
      ON CONFLICT (id) DO UPDATE SET name = coalesce(?3, name), email = coalesce(?4, email), phone = coalesce(?5, phone), context = coalesce(?6, context)
      RETURNING name, email`).bind(visitorId, widgetId, name ?? null, email ?? null, phone ?? null, context, now),
    db.prepare(`INSERT INTO conversations (id, visitor_id, created_at) VALUES (?1, ?2, ?3)
      ON CONFLICT (visitor_id) DO UPDATE SET visitor_id = visitor_id RETURNING id`).bind(crypto.randomUUID(), visitorId, now),
  ])
  return { conversationId: conversation.results[0].id, ...visitor.results[0] }
}

/** Adds a message; sent again under the same `clientId`, it is the message of before. */
export async function append(db, visitorId, { text, clientId = null, replyTo = null }) {
  const id = crypto.randomUUID()
  const row = await db.prepare(`INSERT INTO messages (conversation_id, seq, id, client_id, direction, author_kind, type, text, reply_to, created_at)
    SELECT c.id, (SELECT coalesce(max(seq), 0) + 1 FROM messages WHERE conversation_id = c.id), ?2, ?3, 'IN', 'visitor', 'text', ?4, ?5, ?6
    FROM conversations c WHERE c.visitor_id = ?1
    ON CONFLICT (conversation_id, client_id) DO UPDATE SET client_id = client_id
    RETURNING *`).bind(visitorId, id, clientId, text, replyTo, new Date().toISOString()).first()
  return row ? { message: message(row, 'sent'), replayed: row.id !== id } : {}
}

/** A page of what was said, newest first. */
export async function history(db, visitorId, before, limit) {
  const { results } = await db.prepare(`SELECT m.*, c.visitor_seen, c.agent_seen FROM conversations c JOIN messages m ON m.conversation_id = c.id
    WHERE c.visitor_id = ?1 AND (?2 IS NULL OR m.seq < (SELECT seq FROM messages WHERE id = ?2))
    ORDER BY m.seq DESC LIMIT ?3`).bind(visitorId, before ?? null, limit).all()
  return results.map((row) => message(row, row.seq <= (row.direction === 'IN' ? row.agent_seen : row.visitor_seen) ? 'seen' : 'sent'))
}

const message = (row, status) => ({
  id: row.id,
  conversationId: row.conversation_id,
  seq: row.seq,
  changed: row.seq,
  clientId: row.client_id ?? undefined,
  direction: row.direction,
  author: { kind: row.author_kind, name: row.author_name ?? undefined },
  type: row.type,
  payload: { text: row.text },
  replyTo: row.reply_to ?? undefined,
  createdAt: row.created_at,
  status,
})

/** A key by what it begins with, unless it was revoked or has ended. */
export function keyByPrefix(db, prefix) {
  const sql = 'SELECT organization_id, secret_hash, scopes FROM api_keys WHERE prefix = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)'
  return db.prepare(sql).bind(prefix, new Date().toISOString()).first()
}

/** A flow's draft. */
export async function flowSteps(db, organization, id) {
  const row = await db.prepare('SELECT steps FROM flows WHERE organization_id = ? AND id = ?').bind(organization, id).first()
  return row && JSON.parse(row.steps)
}
