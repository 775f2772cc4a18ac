/** The administrators' API: channels, their snippets and identity secrets, departments. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { signature } from '../support/widgets.mjs'

const dev = await deployment()
const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
const stranger = client(dev.baseUrl, { 'x-api-key': dev.other.apiKey })
const anyone = client(dev.baseUrl)
const CHANNELS = `/organizations/${dev.organizationId}/web-chat/channels`
const DEPARTMENTS = `/organizations/${dev.organizationId}/departments`

const create = async (more = {}) => {
  const { status, data } = await admin.post(CHANNELS, { name: 'A shop', ...more })
  assert.equal(status, 201)
  return data
}
const at = (channel) => `${CHANNELS}/${channel.id}`
const begin = (token, body = { mode: 'anonymous' }, headers = {}) => anyone.post(`/web-chat/${token}/sessions`, body, { headers })
const key = (text = randomUUID()) => ({ headers: { 'idempotency-key': text } })

test('a channel is made, read, listed, changed and deleted', async () => {
  const made = await create({ settings: { heading: 'Hello', theirs: { kept: [1] } }, allowedDomains: ['Shop.example', '*.shop.example'] })
  assert.deepEqual(Object.keys(made).sort(), ['allowedDomains', 'createdAt', 'enabled', 'hasIdentitySecret', 'id', 'identityRequired', 'name', 'settings', 'token', 'updatedAt'])
  assert.deepEqual([made.enabled, made.identityRequired, made.hasIdentitySecret, made.allowedDomains], [true, false, false, ['shop.example', '*.shop.example']])
  assert.deepEqual(made.settings, { heading: 'Hello', theirs: { kept: [1] }, allowedDomains: ['shop.example', '*.shop.example'] })
  assert.match(made.token, /^wt_[\w-]{24}$/)
  assert.deepEqual((await admin.get(at(made))).data, made)
  assert.deepEqual((await admin.get(CHANNELS)).data[0], made)

  const { status, data: changed } = await admin.ask('PATCH', at(made), { body: { name: 'Another', settings: { heading: null, subHeading: 'There', theirs: { more: true } } } })
  assert.equal(status, 200)
  assert.deepEqual([changed.name, changed.token, changed.createdAt], ['Another', made.token, made.createdAt])
  assert.deepEqual(changed.settings, { subHeading: 'There', theirs: { kept: [1], more: true }, allowedDomains: made.allowedDomains })
  assert.deepEqual((await admin.get(at(made))).data, changed)

  assert.equal((await admin.ask('DELETE', at(made))).status, 200)
  for (const [method, path] of [['GET', at(made)], ['DELETE', at(made)], ['PATCH', at(made)], ['GET', `${at(made)}/snippet`], ['POST', `${at(made)}/identity-secret`]]) {
    assert.equal((await admin.ask(method, path, { body: method === 'PATCH' ? { name: 'x' } : undefined })).status, 404, `${method} ${path}`)
  }
  assert.ok((await admin.get(CHANNELS)).data.every(({ id }) => id !== made.id))
})

test('channels are listed page by page, newest first', async () => {
  const made = []
  for (let n = 0; n < 5; n += 1) made.unshift(await create({ name: `Page ${n}` }))
  const first = await admin.get(`${CHANNELS}?limit=2`)
  assert.deepEqual(first.data.map(({ id }) => id), [made[0].id, made[1].id])
  const before = first.headers.get('x-next-before')
  assert.equal(before, made[1].id)
  assert.deepEqual((await admin.get(`${CHANNELS}?limit=2&before=${before}`)).data.map(({ id }) => id), [made[2].id, made[3].id])
  assert.equal((await admin.get(`${CHANNELS}?limit=0`)).status, 400)
  assert.equal((await admin.get(`${CHANNELS}?before=${randomUUID()}`)).status, 404)
})

test('what is changed is what visitors meet, at once', async () => {
  const made = await create({ settings: { heading: 'Before' } })
  const heading = async () => (await anyone.get(`/web-chat/${made.token}/config`)).data.heading
  assert.equal(await heading(), 'Before')
  await admin.ask('PATCH', at(made), { body: { settings: { heading: 'After' } } })
  assert.equal(await heading(), 'After')
  assert.equal((await begin(made.token)).status, 201)
  await admin.ask('PATCH', at(made), { body: { allowedDomains: ['shop.example'], identityRequired: true } })
  assert.equal((await begin(made.token, { mode: 'anonymous' }, { origin: 'https://other.example' })).status, 403)
  assert.equal((await begin(made.token, { mode: 'identified', name: 'Ada' }, { origin: 'https://shop.example' })).status, 403)
  await admin.ask('PATCH', at(made), { body: { enabled: false } })
  assert.equal((await begin(made.token, { mode: 'anonymous' }, { origin: 'https://shop.example' })).status, 404)
  await admin.ask('PATCH', at(made), { body: { enabled: true, allowedDomains: [] } })
  assert.equal((await begin(made.token)).status, 201)
  await admin.ask('DELETE', at(made))
  assert.equal((await begin(made.token)).status, 404)
})

test('what is wrong with a channel is named by its path, and changes nothing', async () => {
  const made = await create()
  const deep = (depth) => (depth === 0 ? 1 : { a: deep(depth - 1) })
  const wrong = [
    [{ name: '' }, 'name: must not be empty'],
    [{ name: 'x'.repeat(201) }, /^name: /],
    [{ name: 7 }, 'name: must be a text'],
    [{ enabled: 'yes' }, 'enabled: must be true or false'],
    [{ allowedDomains: ['https://x.example'] }, /^allowedDomains\[0\]: must be a domain/],
    [{ settings: [] }, 'settings: must be an object'],
    [{ settings: { theme: { primary: 'red' } } }, /^settings\.theme\.primary: /],
    [{ settings: { preChat: { fields: [{ id: 'a', label: 'A', type: 'text', required: true }, { id: 'b' }] } } }, /^settings\.preChat\.fields\[1\]: missing field/],
    [{ settings: { blockedIps: ['300.1.1.1'] } }, /^settings\.blockedIps\[0\]: /],
    [{ settings: deep(8) }, 'settings: must nest at most 8 deep'],
    [{ settings: { theme: { scheme: { dark: 1 } } } }, 'settings.theme.scheme: must be a text'],
    [{ settings: { preChat: { fields: [{ id: 'a', label: 'A', type: 'text', pattern: '(' }] } } }, /^settings\.preChat\.fields\[0\]\.pattern: /],
    [{ settings: { preChat: { fields: Array.from({ length: 51 }, (_, n) => ({ id: `f${n}`, label: 'A', type: 'text' })) } } }, 'settings.preChat.fields: must have at most 20 items'],
    [{ token: 'wt_mine' }, 'unknown field `token`'],
    [{ id: randomUUID() }, 'unknown field `id`'],
  ]
  for (const [body, sentence] of wrong) {
    for (const [method, path] of [['PATCH', at(made)], ['POST', CHANNELS]]) {
      const { status, body: answer } = await admin.ask(method, path, { body: { ...(method === 'POST' ? { name: 'B' } : {}), ...body } })
      assert.equal(status, 400, JSON.stringify(body))
      assert.match(answer.message[0], typeof sentence === 'string' ? new RegExp(`^${sentence.replaceAll(/[[\]`.]/g, '\\$&')}`) : sentence)
    }
  }
  assert.equal((await admin.post(CHANNELS, {})).status, 400)
  assert.equal((await admin.post(CHANNELS, { name: 'x', settings: { theirs: 'x'.repeat(65_500) } })).status, 413)
  assert.equal((await admin.post(CHANNELS, '{"name":', { headers: { 'content-type': 'text/plain' } })).status, 415)
  // Each change is small; together they are too much.
  for (let n = 0; n < 2; n += 1) await admin.ask('PATCH', at(made), { body: { settings: { [`k${n}`]: 'x'.repeat(30_000) } } })
  assert.equal((await admin.ask('PATCH', at(made), { body: { settings: { k2: 'x'.repeat(30_000) } } })).status, 400)
  assert.deepEqual(Object.keys((await admin.get(at(made))).data.settings), ['k0', 'k1'])
})

test('changes that come at once are all kept', async () => {
  const made = await create()
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => admin.ask('PATCH', at(made), { body: { settings: { [name]: name } } })))
  const kept = ['a', 'b', 'c'].filter((_, n) => answers[n].status === 200)
  assert.ok(answers.every(({ status }) => status === 200 || status === 409) && kept.length > 0)
  assert.deepEqual(Object.keys((await admin.get(at(made))).data.settings).sort(), kept)
})

test('a channel of another organization is not there', async () => {
  const made = await create()
  const theirs = `/organizations/${dev.other.organizationId}/web-chat/channels/${made.id}`
  for (const path of [theirs, `${theirs}/snippet`]) assert.equal((await stranger.get(path)).status, 404)
  assert.equal((await stranger.ask('PATCH', theirs, { body: { name: 'Mine' } })).status, 404)
  assert.equal((await stranger.ask('DELETE', theirs)).status, 404)
  assert.equal((await stranger.post(`${theirs}/identity-secret`)).status, 404)
  assert.equal((await stranger.get(at(made))).status, 403)
  assert.ok((await stranger.get(`/organizations/${dev.other.organizationId}/web-chat/channels`)).data.every(({ id }) => id !== made.id))
  assert.deepEqual((await admin.get(at(made))).data, made)
})

test('the snippet is the tag that the page needs', async () => {
  const made = await create()
  const { data } = await admin.get(`${at(made)}/snippet`)
  assert.equal(data.html, `<script async src="${dev.baseUrl}/porchlight.js" data-widget="${made.token}"></script>`)
  assert.equal((await fetch(`${dev.baseUrl}/porchlight.js`)).status, 200)
})

test('an identity secret is shown once; a new one voids what the old one signed; without one nothing is signed', async () => {
  const made = await create()
  const prove = async (secret) => (await begin(made.token, { mode: 'host-identified', userId: 'u1', hash: signature(secret, 'u1') })).status
  assert.equal(await prove('x'), 403)
  const first = await admin.post(`${at(made)}/identity-secret`)
  assert.equal(first.status, 201)
  assert.equal(first.headers.get('cache-control'), 'no-store')
  assert.match(first.data.secret, /^[0-9a-f]{64}$/)
  assert.equal(await prove(first.data.secret), 201)
  assert.equal((await admin.get(at(made))).data.hasIdentitySecret, true)
  assert.ok(!JSON.stringify((await admin.get(at(made))).body).includes(first.data.secret))
  const second = await admin.post(`${at(made)}/identity-secret`)
  assert.notEqual(second.data.secret, first.data.secret)
  assert.equal(await prove(first.data.secret), 401)
  assert.equal(await prove(second.data.secret), 201)
  assert.equal((await admin.ask('DELETE', `${at(made)}/identity-secret`)).status, 200)
  assert.equal(await prove(second.data.secret), 403)
  assert.equal((await admin.get(at(made))).data.hasIdentitySecret, false)
})

test('the demo has an identity secret, and what it signs is proved', async () => {
  const { status, data } = await begin(dev.widgetToken, { mode: 'host-identified', userId: `u-${randomUUID()}`, hash: 'x' })
  assert.equal(status, 401, JSON.stringify(data))
  const userId = `u-${randomUUID()}`
  assert.equal((await begin(dev.widgetToken, { mode: 'host-identified', userId, hash: signature(dev.identitySecret, userId) })).data.identityVerified, true)
})

test('a creating call that is made again is answered as it was, and done once', async () => {
  const once = key()
  const body = { name: `Once ${randomUUID()}` }
  const answers = await Promise.all(Array.from({ length: 4 }, () => admin.post(CHANNELS, body, once)))
  const again = await admin.post(CHANNELS, body, once)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  for (const { status, body: answer } of answers) assert.deepEqual([status, answer], [201, again.body])
  assert.equal(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1)
  assert.equal((await admin.get(CHANNELS)).data.filter(({ name }) => name === body.name).length, 1)
  assert.equal((await admin.post(CHANNELS, { name: 'Other' }, once)).status, 409)
  // The same key for another route, or by another caller, is another call.
  assert.equal((await admin.post(DEPARTMENTS, { name: `D ${randomUUID()}` }, once)).headers.get('idempotent-replayed'), null)
  assert.equal((await stranger.post(`/organizations/${dev.other.organizationId}/web-chat/channels`, body, once)).headers.get('idempotent-replayed'), null)
  assert.equal((await admin.post(CHANNELS, body, key('x'.repeat(129)))).status, 400)
  // A secret, too, is not made anew by a retry.
  const made = answers[0].data
  const [one, two] = [await admin.post(`${at(made)}/identity-secret`, undefined, once), await admin.post(`${at(made)}/identity-secret`, undefined, once)]
  assert.equal(one.data.secret, two.data.secret)
  assert.equal(two.headers.get('idempotent-replayed'), 'true')
})

test('departments have names of their own', async () => {
  const name = `Sales ${randomUUID()}`
  const { status, data: sales } = await admin.post(DEPARTMENTS, { name })
  assert.equal(status, 201)
  assert.deepEqual(Object.keys(sales).sort(), ['createdAt', 'id', 'name', 'updatedAt'])
  assert.equal((await admin.post(DEPARTMENTS, { name })).status, 409)
  assert.equal((await stranger.post(`/organizations/${dev.other.organizationId}/departments`, { name })).status, 201)
  const { data: renamed } = await admin.ask('PATCH', `${DEPARTMENTS}/${sales.id}`, { body: { name: `${name}!` } })
  assert.equal(renamed.name, `${name}!`)
  assert.deepEqual((await admin.get(DEPARTMENTS)).data.find(({ id }) => id === sales.id), renamed)
  assert.equal((await admin.post(DEPARTMENTS, { name: ' ' })).status, 400)
  assert.equal((await stranger.ask('DELETE', `/organizations/${dev.other.organizationId}/departments/${sales.id}`)).status, 404)
  assert.equal((await admin.ask('DELETE', `${DEPARTMENTS}/${sales.id}`)).status, 200)
  assert.equal((await admin.ask('DELETE', `${DEPARTMENTS}/${sales.id}`)).status, 404)
  assert.equal((await admin.ask('PATCH', `${DEPARTMENTS}/x`, { body: { name: 'x' } })).status, 404)
})
