/**
 * The other side of the bench: the same endpoints as one would write them in Hono over D1. Middleware for what several
 * endpoints share, one statement of SQL where one is enough, an index for every query.
 */
import { env } from 'cloudflare:workers'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { jwt, sign, verify } from 'hono/jwt'
import { validator } from 'hono/validator'
import { messageRequest, sessionRequest } from './requests.js'
import { tryOut } from './flow.js'
import * as store from './store.js'

export { Room } from './room.js'

const LIFETIME = 24 * 60 * 60
const RENEWABLE = 30 * 24 * 60 * 60
const NAMES = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found', 409: 'Conflict', 500: 'Internal Server Error' }

const app = new Hono()

app.use(cors({ origin: (origin) => origin, exposeHeaders: ['x-next-before', 'idempotent-replayed'] }))

/** Which widget it is about. */
app.use('/web-chat/:token/*', async (c, next) => {
  const widget = await store.widgetByToken(c.env.DB, c.req.param('token'))
  if (!widget) throw new HTTPException(404, { message: 'widget not found' })
  c.set('widget', widget)
  await next()
})

/** Who is asking: a visitor with a token, which must be of this widget. */
const token = jwt({ secret: env.SECRET_KEY, alg: 'HS256' })
const ofThisWidget = async (c, next) => {
  if (c.get('jwtPayload').ch !== c.get('widget').id) throw new HTTPException(401)
  await next()
}

const body = (parse) => validator('json', (value) => {
  const { error, data } = parse(value)
  if (error) throw new HTTPException(400, { message: error })
  return data
})

const answer = (c, data, status = 200, headers = {}) =>
  c.json({ data, timestamp: new Date().toISOString() }, status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })

app.get('/web-chat/:token/config', (c) => answer(c, c.get('widget').config, 200, { 'cache-control': 'public, max-age=60' }))

app.post('/web-chat/:token/sessions', body(sessionRequest), async (c) => {
  const widget = c.get('widget')
  const request = c.req.valid('json')
  const known = await bearer(c)
  const visitorId = known?.ch === widget.id && (request.visitorId ?? known.sub) === known.sub ? known.sub : crypto.randomUUID()
  const opened = await store.open(c.env.DB, widget.id, visitorId, request)
  const now = Math.floor(Date.now() / 1000)
  const claims = { sub: visitorId, ch: widget.id, org: widget.organizationId, mode: request.mode, ver: false, jti: crypto.randomUUID(), iat: now, exp: now + LIFETIME }
  const session = {
    sessionToken: await sign(claims, c.env.SECRET_KEY, 'HS256'),
    visitorId,
    identityVerified: false,
    online: true,
    backAt: null,
    expiresAt: new Date(claims.exp * 1000).toISOString(),
    ...opened,
  }
  return answer(c, session, 201)
})

app.get('/web-chat/:token/history', token, ofThisWidget, async (c) => {
  const limit = Number(c.req.query('limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw new HTTPException(400, { message: 'limit must be a whole number from 1 to 100' })
  const messages = await store.history(c.env.DB, c.get('jwtPayload').sub, c.req.query('before'), limit)
  return answer(c, messages, 200, messages.length === limit ? { 'x-next-before': messages.at(-1).id } : {})
})

app.post('/web-chat/:token/messages', token, ofThisWidget, body(messageRequest), async (c) => {
  const request = c.req.valid('json')
  const { message, replayed } = await store.append(c.env.DB, c.get('jwtPayload').sub, request)
  if (!message) throw new HTTPException(401)
  if (replayed && message.payload.text !== request.text) throw new HTTPException(409, { message: 'another message has this clientId already' })
  return answer(c, message, 201, replayed ? { 'idempotent-replayed': 'true' } : {})
})

/** The room of a visitor, whose token a browser offers as a subprotocol. */
const roomOf = (c, visitorId) => c.env.ROOM.get(c.env.ROOM.idFromName(`${c.get('widget').id} ${visitorId}`))

app.get('/web-chat/:token/live', async (c) => {
  const [, offered] = (c.req.header('sec-websocket-protocol') ?? '').split(/, */)
  const claims = await verify(offered, c.env.SECRET_KEY, { alg: 'HS256' })
  if (claims.ch !== c.get('widget').id) throw new HTTPException(401)
  return roomOf(c, claims.sub).fetch(c.req.raw.url, { headers: { upgrade: 'websocket', 'x-expires-at': String(claims.exp * 1000) } })
})

app.post('/web-chat/:token/room/messages', token, ofThisWidget, body(messageRequest), async (c) => {
  const request = c.req.valid('json')
  const { sub } = c.get('jwtPayload')
  const { message, replayed } = await roomOf(c, sub).append(sub, request)
  if (replayed && message.payload.text !== request.text) throw new HTTPException(409, { message: 'another message has this clientId already' })
  return answer(c, message, 201, replayed ? { 'idempotent-replayed': 'true' } : {})
})

app.post('/organizations/:orgId/bot/flows/:id/test-run', async (c) => {
  const [prefix, secret] = (c.req.header('x-api-key') ?? '').replace('mk_live_', '').split('.')
  const key = await store.keyByPrefix(c.env.DB, prefix)
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret))
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (!key || key.secret_hash !== hash) throw new HTTPException(401)
  if (key.organization_id !== c.req.param('orgId') || !JSON.parse(key.scopes).includes('flows.read')) throw new HTTPException(403)
  const steps = await store.flowSteps(c.env.DB, c.req.param('orgId'), c.req.param('id'))
  if (!steps) throw new HTTPException(404, { message: 'flow not found' })
  return answer(c, tryOut(steps, await c.req.json()), 201)
})

/** What the bearer's token says, if it was ours up to thirty days ago. */
async function bearer(c) {
  const text = c.req.header('authorization')?.replace(/^bearer /i, '')
  if (!text) return undefined
  const claims = await verify(text, env.SECRET_KEY, { alg: 'HS256', exp: false }).catch(() => undefined)
  return claims && claims.exp > Date.now() / 1000 - RENEWABLE ? claims : undefined
}

const refuse = (c, statusCode, message) =>
  c.json({ statusCode, error: NAMES[statusCode], message, timestamp: new Date().toISOString(), path: c.req.path }, statusCode)

app.notFound((c) => refuse(c, 404, 'path not found'))

app.onError((error, c) => {
  if (!(error instanceof HTTPException)) {
    console.error(error)
    return refuse(c, 500, 'something went wrong on our side: try again')
  }
  const message = error.status === 401 ? 'the credential is missing, wrong or expired' : error.message
  return refuse(c, error.status, error.status === 400 ? [message] : message)
})

export default app
