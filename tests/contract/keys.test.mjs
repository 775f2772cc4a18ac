/** A key opens its own organization's doors, as far as its scopes go, while it lives. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, description, socket } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { key } from '../support/keys.mjs'
import { agent, visitor } from '../support/people.mjs'
import { sign, claims } from '../support/tokens.mjs'

const in_ = (ms) => new Date(Date.now() + ms).toISOString()
const both = ['conversations.read', 'conversations.write']
const SCOPES = [...both, 'chat-widget.readonly', 'chat-widget.write', 'API_CHAT', 'flows.read', 'flows.write', 'admin']
const KEYS = {
  ...Object.fromEntries(SCOPES.map((scope) => [scope, key([scope])])),
  none: key([]),
  unknown: key(['admins', 'chat-widget', 'conversations', 'conversations.*', 'flows', 'CONVERSATIONS.READ']),
  revoked: key(both, { revoked_at: in_(-1000) }),
  ended: key(both, { expires_at: in_(-1000) }),
  living: key(both, { expires_at: in_(3600_000) }),
}

let own, dev, ada
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off' }, Object.values(KEYS).map(({ sql }) => sql).join('\n'))
  dev = own.dev
  BODIES['gateway-accounts'] = { channelId: dev.widgetId, name: 'Made' }
  ada = await visitor(dev)
  await ada.say('a secret')
  await agent(dev).find(ada.conversationId)
})
after(() => own?.remove())

/** Every operation under /organizations, as the description has it. */
const ROUTES = Object.entries(description.paths)
  .filter(([template]) => template.startsWith('/organizations/'))
  .flatMap(([template, methods]) => Object.keys(methods).map((method) => ({ template, method: method.toUpperCase() })))
const BODIES = { messages: { text: 'forged' }, events: { type: 'seen', seq: 1 }, assign: { agentId: null }, channels: { name: 'Made' }, departments: { name: 'Made' }, agents: { name: 'Made' }, keys: { name: 'Made', scopes: ['admin'] }, webhooks: { name: 'Made', url: 'https://shop.example/hook', events: ['message.created'] }, flows: { name: 'Made' }, 'test-run': {}, A_SECRET: { value: 'not told' }, bot: { on: false }, import: { typebot: { groups: [{ id: 'g', title: 'G', blocks: [{ id: 'b', type: 'text', content: { richText: [] } }] }], edges: [], variables: [] } } }

/** Asks all of them with some headers; `[route, status, body]` of each. */
async function everywhere(headers, organizationId, conversationId) {
  const api = client(dev.baseUrl, headers)
  return Promise.all(ROUTES.map(async ({ template, method }) => {
    const path = template.replace('{orgId}', organizationId).replace('{id}', conversationId).replace('{messageId}', randomUUID()).replace('{serverId}', randomUUID()).replace('{version}', '1').replace('{test}', randomUUID()).replace('{name}', 'A_SECRET')
    const route = `${method} ${template}`
    if (path.endsWith('/live')) {
      const refused = await socket(dev.baseUrl + path, ['porchlight.v1'], { headers, schema: 'InboxFrame' }).then(() => ({ status: 101 }), (error) => error)
      return [route, refused.status, '']
    }
    const { status, body } = await api.ask(method, path, { body: method === 'PATCH' ? (/(agents\/[^/]+|organizations\/[^/]+)$/.test(path) ? { name: 'Fern & Filament' } : BODIES.messages) : ['POST', 'PUT'].includes(method) ? BODIES[path.split('/').at(-1)] : undefined })
    return [route, status, JSON.stringify(body)]
  }))
}

/** The scope that an operation asks for. */
function scopeOf(route) {
  const reads = route.startsWith('GET ')
  if (route.includes('/bot/')) return reads || route.endsWith('/test-run') ? 'flows.read' : 'flows.write'
  if (route.includes('/web-chat/')) return reads ? 'chat-widget.readonly' : 'chat-widget.write'
  if (/\/(departments|agents)/.test(route)) return reads ? 'conversations.read' : 'admin'
  if (/\/(keys|audit|webhooks|deliveries|gateway-accounts)|\{orgId\}$/.test(route)) return 'admin'
  return reads ? 'conversations.read' : 'conversations.write'
}

test('the description has the routes that are walked here', () => {
  assert.ok(ROUTES.length >= 8, `${ROUTES.length}`)
  assert.ok(ROUTES.some(({ template }) => template.endsWith('/live')))
})

test('no key, no key of ours, or a living one no more: a 401 everywhere', async () => {
  const [prefix, secret] = dev.apiKey.replace('mk_live_', '').split('.')
  const otherSecret = dev.other.apiKey.split('.')[1]
  const wrong = [
    {}, { 'x-api-key': 'x' }, { 'x-api-key': 'mk_live_' }, { 'x-api-key': `mk_live_${prefix}` }, { 'x-api-key': `mk_live_${prefix}.` },
    { 'x-api-key': `mk_live_${prefix}.${secret}x` }, { 'x-api-key': `mk_live_${prefix}.${secret.slice(1)}` }, { 'x-api-key': `mk_live_${prefix}.${otherSecret}` },
    { 'x-api-key': `mk_test_${prefix}.${secret}` }, { 'x-api-key': `mk_live_%.${secret}` }, { 'x-api-key': `${prefix}.${secret}` },
    { authorization: `Bearer ${ada.token}` }, { authorization: `Basic ${dev.apiKey}` }, { authorization: dev.apiKey },
    { 'x-api-key': KEYS.revoked.text }, { 'x-api-key': KEYS.ended.text },
    { 'x-api-key': sign(claims(dev, ada.id)) },
  ]
  for (const headers of wrong) {
    for (const [route, status, body] of await everywhere(headers, dev.organizationId, ada.conversationId)) {
      assert.equal(status, 401, `${route} with ${JSON.stringify(headers)}`)
      assert.ok(!body.includes('a secret'))
    }
  }
})

test("another organization's key is a 403 on every path of this one", async () => {
  for (const [route, status, body] of await everywhere({ 'x-api-key': dev.other.apiKey }, dev.organizationId, ada.conversationId)) {
    assert.equal(status, 403, route)
    assert.ok(!body.includes('a secret'))
  }
})

test("this organization's conversations are not found under another's paths", async () => {
  for (const [route, status, body] of await everywhere({ 'x-api-key': dev.other.apiKey }, dev.other.organizationId, ada.conversationId)) {
    // Its own lists are there, and what it makes is its own; of a channel that is another's it makes nothing.
    const expected = route.includes('{id}') || route === 'POST /organizations/{orgId}/gateway-accounts' || route.startsWith('DELETE ') ? 404 : route.endsWith('/live') ? 101 : route.startsWith('POST ') ? 201 : 200
    assert.equal(status, expected, route)
    assert.ok(!body.includes('a secret') && !body.includes(ada.id), route)
  }
  const list = await agent(dev, dev.other.apiKey, dev.other.organizationId).list()
  assert.deepEqual(list, { data: [], pageInfo: { endCursor: null, hasNextPage: false } })
})

test('an organization that is not there is a 403, one that is no id a 404, or of bot flows a 400', async () => {
  for (const [, status] of await everywhere({ 'x-api-key': dev.apiKey }, randomUUID(), ada.conversationId)) assert.equal(status, 403)
  for (const [route, status] of await everywhere({ 'x-api-key': dev.apiKey }, 'demo', ada.conversationId)) assert.equal(status, route.includes('/bot/') ? 400 : 404, route)
})

test('a key may do what its scopes say and no more', async () => {
  const withKey = (name) => everywhere({ 'x-api-key': KEYS[name].text }, dev.organizationId, ada.conversationId)
  for (const name of ['none', 'unknown']) {
    for (const [route, status] of await withKey(name)) assert.equal(status, 403, `${route} with ${name}`)
  }
  for (const scope of SCOPES) {
    for (const [route, status] of await withKey(scope)) {
      // What is sent along is no message of this conversation and no file, and its id is nothing else's.
      const missing = /\{messageId\}|\/(channels|departments|agents|keys|flows|offline-messages|webhooks|deliveries|gateway-accounts)\/\{id\}/.test(route)
      const allowed = missing ? [404] : route.endsWith('/upload') ? [400, 415] : route.endsWith('/live') ? [101] : route === 'DELETE /organizations/{orgId}/bot/secrets/{name}' ? [204, 404] : /^GET |^PUT |^PATCH [^ ]+\{orgId\}$/.test(route) ? [200] : [201, 409]
      assert.ok((scopeOf(route) === scope ? allowed : [403]).includes(status), `${route} with ${scope}: ${status}`)
    }
    if (scope !== 'conversations.read') continue
    // All that was refused changed nothing.
    const texts = (await ada.history()).map(({ payload }) => payload.text)
    assert.ok(!texts.includes('forged'))
    assert.equal((await agent(dev).find(ada.conversationId)).status, 'pending')
  }
  // One that will end has not ended.
  assert.equal((await agent(dev, KEYS.living.text).list()).data[0].id, ada.conversationId)
})

test('a key is taken from its header, as a bearer token and as a subprotocol, never from the query', async () => {
  const path = `/organizations/${dev.organizationId}`
  const list = `${path}/conversations`
  assert.equal((await client(dev.baseUrl, { authorization: `Bearer ${dev.apiKey}` }).get(list)).status, 200)
  for (const name of ['apiKey', 'api_key', 'x-api-key', 'key']) assert.equal((await client(dev.baseUrl).get(`${list}?${name}=${dev.apiKey}`)).status, 401)
  for (const [protocols, headers] of [[['porchlight.v1', dev.apiKey], {}], [['porchlight.v1'], { authorization: `Bearer ${dev.apiKey}` }], [[], { 'x-api-key': dev.apiKey }]]) {
    const live = await socket(dev.baseUrl + path + '/live', protocols, { headers, schema: 'InboxFrame' })
    assert.equal(live.ws.protocol, protocols[0] ?? '')
    live.close()
  }
  for (const wrong of [dev.other.apiKey, KEYS.none.text]) await assert.rejects(socket(`${dev.baseUrl}${path}/live`, ['porchlight.v1', wrong]), { status: 403 })
})

test("another organization's agents hear nothing of a conversation", async () => {
  const spy = await agent(dev, dev.other.apiKey, dev.other.organizationId).live()
  const mine = await agent(dev).live()
  const bob = await visitor(dev)
  await bob.say('hello')
  await mine.next((frame) => frame.id === bob.conversationId)
  spy.send('ping')
  await spy.next((frame) => frame === 'pong')
  assert.deepEqual(spy.frames, [])
  for (const live of [spy, mine]) live.close()
})

test('an agent speaks under their name, and a key without one under the organization’s', async () => {
  const bob = await visitor(dev)
  await bob.say('hello')
  await agent(dev).find(bob.conversationId)
  assert.equal((await agent(dev).answer(bob.conversationId, 'a')).author.name, 'Sam')
  assert.equal((await agent(dev, KEYS.living.text).answer(bob.conversationId, 'b')).author.name, 'Fern & Filament')
})
