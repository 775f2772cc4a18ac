/** How a visitor begins a session, what is taken from them, and who comes back as whom. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, read, sign } from '../support/tokens.mjs'

const dev = await deployment()
const api = client(dev.baseUrl)
const path = `/web-chat/${dev.widgetToken}/sessions`
const DAY = 24 * 60 * 60

/** Begins a session, with a token or without. */
const begin = (body = { mode: 'anonymous' }, token) =>
  api.post(path, body, { headers: token ? { authorization: `Bearer ${token}` } : {} })

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('a session is begun with a token of a day for this visitor, this widget and nobody verified', async () => {
  const { status, data } = await begin()
  assert.equal(status, 201)
  const token = read(data.sessionToken)
  assert.match(data.visitorId, uuid7)
  assert.match(data.conversationId, uuid7)
  assert.match(token.jti, uuid7)
  assert.deepEqual([token.sub, token.ch, token.org, token.mode, token.ver], [data.visitorId, dev.widgetId, dev.organizationId, 'anonymous', false])
  assert.equal(token.exp - token.iat, DAY)
  assert.equal(Math.floor(Date.parse(data.expiresAt) / 1000), token.exp)
  assert.equal(data.identityVerified, false)
  assert.deepEqual(JSON.parse(Buffer.from(data.sessionToken.split('.')[0], 'base64url')), { alg: 'HS256', typ: 'JWT' })
})

test('an anonymous visitor gives no identity, even one they send along', async () => {
  const { data } = await begin({ mode: 'anonymous', name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0018' })
  assert.deepEqual([data.name, data.email], [null, null])
  const ada = await visitor(dev, { mode: 'anonymous', name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0018' })
  await ada.say('hello')
  const seen = await agent(dev).find(ada.conversationId)
  assert.deepEqual([seen.visitor.name, seen.visitor.email, seen.visitor.phone, seen.visitor.verified], [null, null, null, false])
})

test('an identified visitor claims a name, an e-mail and a phone, and none of it counts as verified', async () => {
  const grace = await visitor(dev, {
    mode: 'identified', name: ' Grace\r\nHopper ', email: 'grace@example.com', phone: '+1 555 0100', lang: 'en-GB',
    url: 'https://shop.example/lamps', referer: 'https://search.example/', title: 'Lamps',
  })
  assert.deepEqual([grace.session.name, grace.session.email, grace.session.identityVerified], ['GraceHopper', 'grace@example.com', false])
  assert.deepEqual([read(grace.token).mode, read(grace.token).ver], ['identified', false])
  await grace.say('hello')
  const { visitor: seen } = await agent(dev).find(grace.conversationId)
  assert.deepEqual(seen, {
    id: grace.id, name: 'GraceHopper', email: 'grace@example.com', phone: '+1 555 0100', verified: false, emailVerified: false,
    identity: null, metadata: {},
    context: { lang: 'en-GB', url: 'https://shop.example/lamps', referer: 'https://search.example/', title: 'Lamps' },
  })
})

test('two visitors who claim the same e-mail stay two', async () => {
  const body = { mode: 'identified', email: 'shared@example.com' }
  const [first, second] = [await visitor(dev, body), await visitor(dev, body)]
  assert.notEqual(first.id, second.id)
  assert.notEqual(first.conversationId, second.conversationId)
  await first.say('a secret')
  assert.ok(!JSON.stringify(await second.history()).includes('a secret'))
})

test('claims have limits, and a session over them is refused and begins nothing', async () => {
  const limits = { name: 200, phone: 40, url: 500, referer: 500, title: 500, lang: 20 }
  for (const [key, limit] of Object.entries(limits)) {
    assert.equal((await begin({ mode: 'identified', [key]: 'é'.repeat(limit) })).status, 201, key)
    const { status, body } = await begin({ mode: 'identified', [key]: 'é'.repeat(limit + 1) })
    assert.equal(status, 400, key)
    assert.deepEqual(body.message, [`${key}: must be at most ${limit} characters`])
  }
  const wrong = [
    {}, { mode: 'host' }, { mode: 7 }, { mode: null }, { mode: 'identified', email: 'ada' }, { mode: 'identified', email: `${'a'.repeat(250)}@b.co` },
    { mode: 'identified', name: 7 }, { mode: 'identified', name: ['Ada'] }, { mode: 'anonymous', visitorId: 'me' }, { mode: 'anonymous', verified: true },
  ]
  for (const body of wrong) assert.equal((await begin(body)).status, 400, JSON.stringify(body))
  for (const body of ['["anonymous"]', '[null,"anonymous"]']) assert.equal((await api.ask('POST', path, { body })).status, 400, body)
})

test("somebody else's visitor id is only a hint: without their token one is a fresh visitor", async () => {
  const ada = await visitor(dev)
  await ada.say('a secret')
  const [mallory, unknown] = [await visitor(dev), randomUUID()]
  for (const [hint, token] of [[ada.id], [unknown], [ada.id, mallory.token], [ada.id, 'garbage'], [ada.id, sign(claims(dev, ada.id), { purpose: 'x' })]]) {
    const { status, data } = await begin({ mode: 'anonymous', visitorId: hint }, token)
    assert.equal(status, 201)
    assert.ok(![ada.id, mallory.id, unknown].includes(data.visitorId))
    assert.notEqual(data.conversationId, ada.conversationId)
  }
  // And what Mallory had is still Mallory's.
  assert.equal((await begin({ mode: 'anonymous' }, mallory.token)).data.visitorId, mallory.id)
})

test('whoever holds their own token stays who they are, with or without the hint', async () => {
  const ada = await visitor(dev, { mode: 'identified', name: 'Ada' })
  await ada.say('hello')
  for (const hint of [{}, { visitorId: ada.id }, { visitorId: ada.id.toUpperCase() }]) {
    const { data } = await begin({ mode: 'anonymous', ...hint }, ada.token)
    assert.deepEqual([data.visitorId, data.conversationId, data.name], [ada.id, ada.conversationId, 'Ada'])
    assert.notEqual(data.sessionToken, ada.token)
  }
})

test("another widget's token renews nothing", async () => {
  const ada = await visitor(dev)
  for (const more of [{ ch: randomUUID() }, { ch: undefined }]) {
    const { status, data } = await begin({ mode: 'anonymous', visitorId: ada.id }, sign(claims(dev, ada.id, more)))
    assert.equal(status, 201)
    assert.notEqual(data.visitorId, ada.id)
  }
})

test('a token that ended within 30 days renews the session and does nothing else; after that it is nothing', async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  const now = Math.floor(Date.now() / 1000)
  const ended = (ago) => sign(claims(dev, ada.id, { iat: now - ago - DAY, exp: now - ago }))
  for (const ago of [1, DAY, 30 * DAY - 60]) {
    const token = ended(ago)
    const headers = { authorization: `Bearer ${token}` }
    assert.equal((await api.get(`${ada.path}/history`, { headers })).status, 401)
    assert.equal((await api.post(`${ada.path}/messages`, { text: 'a' }, { headers })).status, 401)
    const { data } = await begin({ mode: 'anonymous' }, token)
    assert.deepEqual([data.visitorId, data.conversationId], [ada.id, ada.conversationId])
    const renewed = client(dev.baseUrl, { authorization: `Bearer ${data.sessionToken}` })
    assert.ok((await renewed.get(`${ada.path}/history`)).data.some(({ payload }) => payload.text === 'hello'))
  }
  for (const ago of [30 * DAY, 31 * DAY]) {
    assert.notEqual((await begin({ mode: 'anonymous', visitorId: ada.id }, ended(ago))).data.visitorId, ada.id)
  }
})

test('a widget that is not there is a 404 on every path, and a token for it is not looked at', async () => {
  const ada = await visitor(dev)
  for (const token of ['wt_nobody_knows', 'x', 'a'.repeat(65), '%27%20OR%201=1', `${dev.widgetToken}x`, dev.widgetToken.toUpperCase()]) {
    const calls = [['POST', 'sessions', { mode: 'anonymous' }], ['GET', 'config'], ['GET', 'history'], ['POST', 'messages', { text: 'a' }], ['POST', 'events', { type: 'seen', seq: 1 }], ['GET', 'live']]
    for (const [method, name, body] of calls) {
      const answer = await ada.api.ask(method, `/web-chat/${token}/${name}`, { body })
      assert.equal(answer.status, 404, `${token} ${name}`)
      assert.equal(answer.body.message, 'widget not found')
    }
  }
})

test('nothing is known of a visitor until they write: a session alone is no conversation for agents', async () => {
  const ada = await visitor(dev)
  const bob = await visitor(dev)
  await bob.say('hello')
  const sam = agent(dev)
  // Bob's has arrived, so Ada's would have.
  await sam.find(bob.conversationId)
  assert.ok((await sam.list('?limit=100')).data.every(({ id }) => id !== ada.conversationId))
  assert.equal((await sam.api.get(`${sam.path}/conversations/${ada.conversationId}`)).status, 404)
})

test('the configuration says how the widget looks and what the bot says first, and nothing secret', async () => {
  const { data, headers } = await api.get(`/web-chat/${dev.widgetToken}/config`)
  assert.equal(headers.get('cache-control'), 'public, max-age=60')
  assert.equal(data.heading, 'Fern & Filament')
  const ada = await visitor(dev)
  const said = (await ada.history()).toReversed().map(({ type, payload }) => ({ type, payload }))
  assert.deepEqual(data.opening, said)
  assert.deepEqual(Object.keys(data).sort(), ['heading', 'identityRequired', 'legalText', 'legalUrl', 'locale', 'offlineMessage', 'online', 'opening', 'placeholder', 'preChat', 'size', 'subHeading', 'theme', 'uploads'])
})
