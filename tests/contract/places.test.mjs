/** From where a widget may be asked, what it asks first, and when somebody is there. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { client, socket } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { agent } from '../support/people.mjs'
import { rows, widget } from '../support/widgets.mjs'

const FIELDS = [
  { id: 'name', label: 'Name', type: 'text', required: true },
  { id: 'mail', label: 'E-mail', type: 'email' },
  { id: 'phone', label: 'Phone', type: 'phone' },
  { id: 'count', label: 'How many?', type: 'number' },
  { id: 'topic', label: 'Topic', type: 'select', options: ['Lamps', 'Ferns'] },
  { id: 'order', label: 'Order', type: 'text', pattern: '[A-Z]{2}-[0-9]{4}', required: true, showIf: { field: 'customer', is: 'true' } },
  { id: 'customer', label: 'Are you a customer?', type: 'checkbox' },
]
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const always = { timeZone: 'Europe/Berlin', days: WEEK.map((day) => ({ day, from: '00:00', to: '24:00' })) }
// Once a week, for a minute, and not now: three days on.
const soon = new Date(Date.now() + 3 * 86_400_000)
const rarely = { timeZone: 'UTC', days: [{ day: WEEK[(soon.getUTCDay() + 6) % 7], from: '12:00', to: '12:01' }] }

const sites = widget({ allowedDomains: ['shop.example', '*.fern.example', 'localhost:3000'] })
const blocked = widget({ blockedIps: ['203.0.113.7', '198.51.100.0/24', '2001:db8::/32'] })
const asking = widget({ preChat: { fields: FIELDS } })
const open = widget({ officeHours: always, offline: { accept: false } })
const shut = widget({ officeHours: rarely, offline: { message: 'Back on Monday' } })
const deaf = widget({ officeHours: rarely, offline: { accept: false } })
const leaving = widget()
const nowhere = widget({ officeHours: { timeZone: 'Mars/Olympus', days: always.days } })
const own = await ownDeployment({ RATE_LIMITS: 'off' }, rows([sites, blocked, asking, open, shut, deaf, leaving, nowhere]))
after(() => own.remove())
const { baseUrl } = own.dev
const api = client(baseUrl)
const begin = (at, body = {}, headers = {}) => api.post(`/web-chat/${at.token}/sessions`, { mode: 'anonymous', ...body }, { headers })
const bearer = ({ data }) => ({ authorization: `Bearer ${data.sessionToken}` })

test('an origin that is not on the list is a 403 on every call that acts, which the page can read; others may ask', async () => {
  for (const origin of ['https://shop.example', 'http://shop.example:8080', 'https://a.fern.example', 'https://a.b.fern.example', 'http://localhost:3000']) {
    assert.equal((await begin(sites, {}, { origin })).status, 201, origin)
  }
  const good = await begin(sites, {}, { origin: 'https://shop.example' })
  const path = `/web-chat/${sites.token}`
  const refused = ['https://evil.example', 'https://shop.example.evil.example', 'https://notshop.example', 'https://www.shop.example', 'https://fern.example', 'https://evilfern.example', 'http://localhost:3001', 'null', 'https://shop.example.']
  for (const origin of refused) {
    const headers = { origin, ...bearer(good) }
    const calls = [['sessions', { mode: 'anonymous' }], ['sessions', { mode: 'verify-otp', email: 'a@example.com' }], ['sessions/resend-otp', { email: 'a@example.com' }], ['sessions/link-email', { email: 'a@example.com' }], ['sessions/resume', { token: 'x' }], ['messages', { text: 'hello' }], ['upload', {}]]
    for (const [name, body] of calls) {
      const answer = await api.post(`${path}/${name}`, body, { headers })
      assert.equal(answer.status, 403, `${origin} ${name}`)
      assert.equal(answer.headers.get('access-control-allow-origin'), origin)
      assert.match(answer.headers.get('vary'), /origin/i)
    }
    for (const [method, name, body] of [['GET', 'history'], ['POST', 'events', { type: 'opened' }], ['POST', 'rating', { score: 5 }], ['POST', 'transcript', {}], ['POST', 'sessions/end'], ['GET', 'me/export'], ['DELETE', 'me'], ['DELETE', `messages/${randomUUID()}`]]) {
      assert.equal((await api.ask(method, `${path}/${name}`, { body, headers })).status, 403, `${origin} ${name}`)
    }
    await assert.rejects(socket(`${baseUrl}${path}/live`, ['porchlight.v1', good.data.sessionToken], { headers: { origin } }), { status: 403 })
  }
  const live = await socket(`${baseUrl}${path}/live`, ['porchlight.v1', good.data.sessionToken], { headers: { origin: 'https://shop.example' } })
  live.close()
  // An empty list lets any ask.
  assert.equal((await api.post(`/web-chat/${own.dev.widgetToken}/sessions`, { mode: 'anonymous' }, { headers: { origin: 'https://any.example' } })).status, 201)
})

test('an address that is blocked may not ask, however it is written, and only CF-Connecting-IP says which it is', async () => {
  const from = (ip, more = {}) => begin(blocked, {}, { 'cf-connecting-ip': ip, ...more })
  for (const ip of ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107', '198.51.100.255', '2001:db8:1::1', '2001:0DB8::1']) assert.equal((await from(ip)).status, 403, ip)
  for (const ip of ['203.0.113.8', '198.51.101.0', '2001:db9::1', 'garbage']) assert.equal((await from(ip)).status, 201, ip)
  const elsewhere = { 'x-forwarded-for': '203.0.113.8', 'x-real-ip': '203.0.113.8', 'true-client-ip': '203.0.113.8', forwarded: 'for=203.0.113.8' }
  assert.equal((await from('203.0.113.7', elsewhere)).status, 403)
  assert.equal((await from('203.0.113.8', { 'x-forwarded-for': '203.0.113.7' })).status, 201)
  const good = await from('203.0.113.8')
  assert.equal((await api.post(`/web-chat/${blocked.token}/messages`, { text: 'hello' }, { headers: { ...bearer(good), 'cf-connecting-ip': '203.0.113.7' } })).status, 403)
  assert.equal((await api.post(`/web-chat/${blocked.token}/upload`, {}, { headers: { ...bearer(good), 'cf-connecting-ip': '203.0.113.7' } })).status, 403)
})

test('prechat answers are checked against the fields: 400 with one message a field', async () => {
  const refused = async (prechat) => {
    const { status, body } = await begin(asking, { prechat })
    assert.equal(status, 400, JSON.stringify(prechat))
    return body.message
  }
  assert.deepEqual(await refused(undefined), ['prechat.name: must be answered'])
  assert.deepEqual(await refused({ name: ' ' }), ['prechat.name: must be answered'])
  assert.deepEqual(await refused({ name: null, mail: 'x', phone: 'call me', count: 'many', topic: 'Cats', customer: 'perhaps' }), [
    'prechat.name: must be answered', 'prechat.mail: must be an e-mail address', 'prechat.phone: must be a phone number',
    'prechat.count: must be a number', 'prechat.topic: must be one of the options', 'prechat.customer: must be true or false',
  ])
  assert.deepEqual(await refused({ name: 'Ada', customer: true }), ['prechat.order: must be answered'])
  assert.deepEqual(await refused({ name: 'Ada', customer: true, order: 'xAB-1234' }), ['prechat.order: must have the form that is asked for'])
  const answers = { name: 'Ada', mail: 'ada@example.com', phone: '+44 20 7946 0018', count: 3, topic: 'Lamps', customer: true, order: 'AB-1234' }
  const ada = await begin(asking, { prechat: answers })
  assert.equal(ada.status, 201)
  assert.equal((await begin(asking, { prechat: { name: 'Ada', customer: false, order: 'not asked' } })).status, 201)
  await api.post(`/web-chat/${asking.token}/messages`, { text: 'hello', clientId: randomUUID() }, { headers: bearer(ada) })
  const { visitor } = await agent(own.dev).find(ada.data.conversationId)
  assert.deepEqual([visitor.metadata.prechat, visitor.email, visitor.verified], [answers, null, false])
  // Whoever comes back has answered.
  assert.equal((await begin(asking, {}, bearer(ada))).status, 201)
  assert.deepEqual((await api.get(`/web-chat/${asking.token}/config`)).data.preChat.fields.map(({ id }) => id), FIELDS.map(({ id }) => id))
})

test('a session says whether somebody is there, and else when', async () => {
  const now = Date.now()
  const there = (await begin(open)).data
  assert.deepEqual([there.online, there.backAt], [true, null])
  const { data: none } = await api.post(`/web-chat/${own.dev.widgetToken}/sessions`, { mode: 'anonymous' })
  assert.deepEqual([none.online, none.backAt], [true, null])
  const gone = (await begin(shut)).data
  const back = new Date(gone.backAt)
  assert.equal(gone.online, false)
  assert.equal(back.toISOString(), `${soon.toISOString().slice(0, 10)}T12:00:00.000Z`)
  assert.ok(back.getTime() > now)
  assert.equal((await api.get(`/web-chat/${shut.token}/config`)).data.offlineMessage, 'Back on Monday')
  // A place that nobody knows has the clock of UTC.
  assert.equal((await begin(nowhere)).data.online, true)
})

test('out of hours messages are kept, or refused where the owner says so', async () => {
  for (const [at, status] of [[shut, 201], [open, 201], [deaf, 409]]) {
    const session = await begin(at, { acceptOffline: true })
    assert.equal(session.status, 201)
    assert.equal((await api.post(`/web-chat/${at.token}/messages`, { text: 'hello' }, { headers: bearer(session) })).status, status)
  }
})

test('what was taken while somebody was there is known again when nobody is, and nothing else is taken', async () => {
  const admin = client(baseUrl, { 'x-api-key': own.dev.apiKey })
  const settings = (settings) => admin.ask('PATCH', `/organizations/${own.dev.organizationId}/web-chat/channels/${leaving.id}`, { body: { settings } })
  const session = await begin(leaving)
  const say = (body, more) => api.post(`/web-chat/${leaving.token}/messages`, body, { headers: { ...bearer(session), ...more } })
  const [named, keyed] = [{ text: 'hello', clientId: randomUUID() }, { 'idempotency-key': randomUUID() }]
  const before = [await say(named), await say({ text: 'again' }, keyed)]
  await settings({ officeHours: rarely, offline: { accept: false } })
  const after = [await say(named), await say({ text: 'again' }, keyed)]
  assert.deepEqual(after.map(({ status, data }) => [status, data.id]), before.map(({ data }) => [201, data.id]))
  assert.equal((await say({ text: 'new', clientId: randomUUID() })).status, 409)
  await settings({ officeHours: null })
  assert.equal((await say({ text: 'new' })).status, 201)
})
