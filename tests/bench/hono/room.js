/**
 * The same room as one would write it in JavaScript: an object with a database of its own, whose sockets sleep, and which
 * tells D1 once a second what was said, for those who list and search.
 */
import { DurableObject } from 'cloudflare:workers'

const TELLS_MS = 1_000

export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env)
    this.sql = ctx.storage.sql
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
    this.sql.exec('CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, client_id TEXT UNIQUE, text TEXT NOT NULL, created_at TEXT NOT NULL)')
    this.told = this.sql.exec('SELECT coalesce(max(seq), 0) AS seq FROM messages').one().seq
    this.due = false
  }

  /** Takes a socket in, until its token ends. */
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    server.serializeAttachment(Number(request.headers.get('x-expires-at')))
    return new Response(null, { status: 101, webSocket: client, headers: { 'sec-websocket-protocol': 'porchlight.v1' } })
  }

  /** Adds a message and tells everybody; sent again under the same `clientId`, it is the message of before. */
  append(conversationId, { text, clientId = null }) {
    const [known] = clientId ? this.sql.exec('SELECT * FROM messages WHERE client_id = ?', clientId) : []
    if (known) return { message: message(conversationId, known), replayed: true }
    const [row] = this.sql.exec('INSERT INTO messages (id, client_id, text, created_at) VALUES (?, ?, ?, ?) RETURNING *', crypto.randomUUID(), clientId, text, new Date().toISOString())
    const said = message(conversationId, row)
    this.tell(JSON.stringify({ t: 'message', message: said }))
    if (!this.due) {
      this.due = true
      this.ctx.storage.setAlarm(Date.now() + TELLS_MS)
    }
    return { message: said, replayed: false }
  }

  async alarm() {
    this.due = false
    const rows = [...this.sql.exec('SELECT seq, id, text, created_at FROM messages WHERE seq > ? ORDER BY seq', this.told)]
    const sql = "INSERT OR IGNORE INTO room_messages SELECT ?1, value ->> 'seq', value ->> 'id', value ->> 'text', value ->> 'created_at' FROM json_each(?2)"
    await this.env.DB.prepare(sql).bind(this.ctx.id.toString(), JSON.stringify(rows)).run()
    this.told = rows.at(-1)?.seq ?? this.told
  }

  tell(text) {
    const now = Date.now()
    for (const socket of this.ctx.getWebSockets()) {
      if (socket.deserializeAttachment() <= now) socket.close(4401, 'proof ended')
      else socket.send(text)
    }
  }
}

const message = (conversationId, row) => ({
  id: row.id,
  conversationId,
  seq: row.seq,
  changed: row.seq,
  clientId: row.client_id ?? undefined,
  direction: 'IN',
  author: { kind: 'visitor' },
  type: 'text',
  payload: { text: row.text },
  createdAt: row.created_at,
  status: 'sent',
})
