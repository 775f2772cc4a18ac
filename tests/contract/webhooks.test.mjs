/** Webhooks are made, changed and deleted by administrators, and told of what they have subscribed to. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { receiver } from '../support/receiver.mjs'
import { rows, signature, widget } from '../support/widgets.mjs'

const EVENTS = ['message.created', 'message.updated', 'message.deleted', 'conversation.created', 'conversation.assigned', 'conversation.closed', 'conversation.rated', 'visitor.identified']
/** A widget where no bot speaks. */
const quiet = widget({}, { identitySecret: 'a secret of the host' })

let own, dev, api, path, server
before(async () => {
  server = await receiver()
  own = await ownDeployment({ RATE_LIMITS: 'off', TEST_SERVER: server.url }, rows([quiet]))
  dev = own.dev
  api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  path = `/organizations/${dev.organizationId}/webhooks`
})
after(async () => {
  await own?.remove()
  server?.close()
})

const subscribe = async (where, events = EVENTS, more = {}) => {
  const { status, data, body } = await api.post(path, { name: 'A hook', url: `https://shop.test${where}`, events, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  return data
}
const unsubscribe = ({ id }) => api.ask('DELETE', `${path}/${id}`)

test('a webhook is made, read, changed by merging and deleted; who did it stands in the audit', async () => {
  const made = await subscribe('/crud', ['message.created', 'message.created', 'conversation.closed'])
  const { secret, ...webhook } = made
  assert.match(secret, /^whsec_[0-9a-f]{64}$/)
  assert.deepEqual(webhook, {
    id: made.id, name: 'A hook', url: 'https://shop.test/crud', events: ['message.created', 'conversation.closed'], enabled: true, disabledReason: null, createdAt: made.createdAt, updatedAt: made.createdAt,
  })
  assert.deepEqual((await api.get(`${path}/${made.id}`)).data, webhook)
  const second = await subscribe('/second', ['visitor.identified'], { enabled: false })
  const list = await api.get(path)
  assert.deepEqual(list.data.map(({ id }) => id), [second.id, made.id])
  assert.ok(!JSON.stringify(list.body).includes('whsec_'))

  const { data: changed } = await api.ask('PATCH', `${path}/${made.id}`, { body: { name: 'Orders' } })
  assert.deepEqual({ ...changed, updatedAt: '' }, { ...webhook, name: 'Orders', updatedAt: '' })
  assert.ok(changed.updatedAt > webhook.updatedAt)
  const { data: disabled } = await api.ask('PATCH', `${path}/${made.id}`, { body: { enabled: false, events: EVENTS } })
  assert.deepEqual([disabled.enabled, disabled.events, disabled.url], [false, EVENTS, webhook.url])
  const rotated = (await api.post(`${path}/${made.id}/secret`)).data
  assert.ok(/^whsec_/.test(rotated.secret) && rotated.secret !== secret)
  assert.equal((await unsubscribe(made)).status, 200)
  for (const [method, more] of [['GET', ''], ['PATCH', ''], ['DELETE', ''], ['POST', '/secret'], ['POST', '/test'], ['GET', '/deliveries']]) {
    for (const id of [made.id, randomUUID(), 'x']) assert.equal((await api.ask(method, `${path}/${id}${more}`, { body: method === 'PATCH' ? {} : undefined })).status, 404, `${method} ${more}`)
  }
  const { data: audit } = await api.get(`/organizations/${dev.organizationId}/audit?target=${made.id}`)
  assert.deepEqual(audit.map(({ action }) => action), ['webhook.deleted', 'webhook.secret.rotated', 'webhook.changed', 'webhook.changed', 'webhook.created'])
  assert.deepEqual(audit[3].changes.filter(({ path }) => path === 'name'), [{ path: 'name', before: 'A hook', after: 'Orders' }])
  assert.ok(!JSON.stringify(audit).includes('whsec_'))
  await unsubscribe(second)
})

test('a secret is told once, to whoever asks again under the same key too, and is sealed where it is kept', async () => {
  const headers = { 'idempotency-key': randomUUID() }
  const body = { name: 'Once', url: 'https://shop.test/once', events: ['message.created'] }
  const [first, again] = [await api.post(path, body, { headers }), await api.post(path, body, { headers })]
  assert.deepEqual([again.data, again.headers.get('idempotent-replayed')], [first.data, 'true'])
  assert.equal((await api.post(path, { ...body, name: 'Other' }, { headers })).status, 409)
  const rotating = { headers: { 'idempotency-key': randomUUID() } }
  const rotated = [await api.post(`${path}/${first.data.id}/secret`, undefined, rotating), await api.post(`${path}/${first.data.id}/secret`, undefined, rotating)]
  assert.deepEqual(rotated[0].data, rotated[1].data)
  const [row] = await own.sql(`SELECT * FROM webhooks WHERE id = '${first.data.id}'`)
  assert.match(row.secret, /^v1\./)
  const all = JSON.stringify(await own.sql('SELECT * FROM webhooks')) + JSON.stringify(await own.sql('SELECT json FROM answers'))
  assert.ok(!all.includes('whsec_'))
  await unsubscribe(first.data)
})

test('what is no public https address, no event or no webhook is refused in a sentence', async () => {
  const good = { name: 'A hook', url: 'https://shop.example/hook', events: ['message.created'] }
  const urls = [
    'http://shop.example/', 'https://localhost/', 'https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/', 'https://10.0.0.1/', 'https://169.254.169.254/latest',
    'https://metadata.google.internal/', 'https://nas.local/', 'https://shop/', 'https://shop.example:8443/', 'https://a:b@shop.example/', 'https://shop.example\\@127.0.0.1/', 'ftp://shop.example/', 'javascript:alert(1)', '',
    `https://shop.example/${'x'.repeat(2048)}`, 'https://shop.example/a b', 'https://shop.example/\n', 'https://shop.example/\t/hook', 'https://shop.example/\u0000', 'https://shop.example/..\\hook', 'https://shop..example/', `https://${'x'.repeat(64)}.example/`,
  ]
  const wrong = [
    ...urls.map((url) => [{ ...good, url }, /^url: must/]),
    [{ ...good, name: ' ' }, /^name: /], [{ ...good, name: 'x'.repeat(201) }, /^name: /], [{ ...good, events: [] }, /^events: /], [{ ...good, events: ['message.sent'] }, /events/], [{ ...good, events: 'message.created' }, /events/],
    [{ ...good, enabled: 'yes' }, /enabled/], [{ ...good, secret: 'mine' }, /secret/], [{ url: good.url, events: good.events }, /`name`/], [{ name: 'x', events: good.events }, /`url`/], [{ name: 'x', url: good.url }, /`events`/], ['[]', /object/], ['{', /./],
  ]
  const before = await api.get(path)
  for (const [body, sentence] of wrong) {
    const { status, body: refusal } = await api.post(path, body)
    assert.equal(status, 400, JSON.stringify(body))
    assert.match([refusal.message].flat().join(), sentence)
  }
  assert.equal((await api.ask('POST', path, { body: 'name=x', headers: { 'content-type': 'text/plain' } })).status, 415)
  assert.deepEqual((await api.get(path)).data, before.data)
  const made = await subscribe('/kept')
  assert.equal((await api.ask('PATCH', `${path}/${made.id}`, { body: { url: 'https://10.0.0.1/' } })).status, 400)
  assert.equal((await api.get(`${path}/${made.id}`)).data.url, made.url)
  for (const query of ['limit=0', 'limit=101', 'before=x', 'status=lost', 'status=']) assert.equal((await api.get(`${path}/${made.id}/deliveries?${query}`)).status, 400, query)
  await unsubscribe(made)
})

test('an organization has at most 20 webhooks', async () => {
  const there = (await api.get(path)).data.length
  const made = await Promise.all(Array.from({ length: 20 - there }, (_, n) => subscribe(`/n${n}`, ['conversation.rated'], { enabled: false })))
  assert.equal((await api.post(path, { name: 'x', url: 'https://shop.test/x', events: EVENTS })).status, 409)
  // However many are made at once.
  await Promise.all(made.slice(0, 5).map(unsubscribe))
  const headers = () => ({ 'idempotency-key': randomUUID() })
  const raced = await Promise.all(Array.from({ length: 30 }, (_, n) => api.post(path, { name: 'x', url: `https://shop.test/x${n}`, events: EVENTS, enabled: false }, { headers: headers() })))
  assert.deepEqual(raced.map(({ status }) => status).toSorted(), [...Array(5).fill(201), ...Array(25).fill(409)])
  const { data: all } = await api.get(path)
  assert.equal(all.length, 20)
  await Promise.all(all.map(unsubscribe))
})

test("another organization's webhooks and deliveries are not there, and it is told of nothing", async () => {
  const made = await subscribe('/mine', ['message.created'])
  const theirs = client(dev.baseUrl, { 'x-api-key': dev.other.apiKey })
  const other = `/organizations/${dev.other.organizationId}`
  const { data: spy } = await theirs.post(`${other}/webhooks`, { name: 'Spy', url: 'https://spy.test/spy', events: EVENTS })
  const ada = await visitor(dev)
  await ada.say('a secret')
  const [{ body }] = await server.got('/mine', 1, ada.conversationId)
  for (const [method, more] of [['GET', `/webhooks/${made.id}`], ['PATCH', `/webhooks/${made.id}`], ['DELETE', `/webhooks/${made.id}`], ['POST', `/webhooks/${made.id}/secret`], ['POST', `/webhooks/${made.id}/test`], ['GET', `/webhooks/${made.id}/deliveries`], ['GET', `/deliveries/${body.id}`], ['POST', `/deliveries/${body.id}/replay`]]) {
    assert.equal((await theirs.ask(method, other + more, { body: method === 'PATCH' ? { name: 'x' } : undefined })).status, 404, `${method} ${more}`)
    assert.equal((await theirs.ask(method, `/organizations/${dev.organizationId}${more}`, { body: method === 'PATCH' ? { name: 'x' } : undefined })).status, 403)
  }
  assert.deepEqual((await theirs.get(`${other}/webhooks`)).data.map(({ id }) => id), [spy.id])
  assert.deepEqual((await theirs.get(`${other}/webhooks/${spy.id}/deliveries`)).data, [])
  assert.ok(!server.received.some((call) => call.path === '/spy'))
  await unsubscribe(made)
})

test('each of the eight events is told once, in order, in the words of the agents’ API', async () => {
  const made = await subscribe('/all')
  const host = { mode: 'host-identified', userId: 'u-7', email: 'ada@example.com', name: 'Ada', hash: signature(quiet.identitySecret, 'u-7') }
  const ada = await visitor(quiet.of(dev), host)
  const sam = agent(dev)
  const first = await ada.say('hello')
  await sam.find(ada.conversationId)
  const told = (count) => server.got('/all', count, ada.conversationId)
  await told(3)
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })
  await told(4)
  await ada.api.ask('PATCH', `${ada.path}/messages/${first.id}`, { body: { text: 'good day' } })
  await told(5)
  await ada.api.ask('DELETE', `${ada.path}/messages/${first.id}`)
  await told(6)
  const { data: nia } = await sam.api.post(`${sam.path}/agents`, { name: 'Nia' })
  const assign = (agentId) => sam.api.post(`${sam.path}/conversations/${ada.conversationId}/assign`, { agentId })
  await assign(nia.id)
  await told(7)
  await assign(null)
  await told(8)
  await ada.api.post(`${ada.path}/rating`, { score: 5, comment: 'Lovely' })
  await told(9)
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  const calls = await told(11)
  assert.deepEqual(calls.map(({ body }) => body.event), [
    'conversation.created', 'visitor.identified', 'message.created', 'message.created', 'message.updated', 'message.deleted', 'conversation.assigned', 'conversation.assigned', 'conversation.rated', 'message.created', 'conversation.closed',
  ])
  for (const { body, headers } of calls) {
    const { id, event, createdAt, data, ...where } = body
    assert.deepEqual(where, { organizationId: dev.organizationId, channelId: quiet.id, conversationId: ada.conversationId, visitorId: ada.id })
    assert.deepEqual([headers['x-porchlight-delivery'], headers['x-porchlight-event']], [id, event])
    assert.ok(Math.abs(Date.now() - new Date(createdAt)) < 60_000 && data)
  }
  assert.equal(new Set(calls.map(({ body }) => body.id)).size, calls.length)
  assert.deepEqual(calls.map(({ body }) => body.id), calls.map(({ body }) => body.id).toSorted())
  const data = calls.map(({ body }) => body.data)
  const { status, ...said } = first
  assert.deepEqual(data[2], said)
  assert.deepEqual([data[3].id, data[3].private, data[3].payload.text], [note.id, true, 'a note'])
  assert.deepEqual([data[4].id, data[4].payload.text, typeof data[4].editedAt], [first.id, 'good day', 'string'])
  assert.deepEqual([data[5].id, data[5].payload.text, typeof data[5].deletedAt], [first.id, '', 'string'])
  assert.deepEqual([data[6].assignee, data[7].assignee], [{ id: nia.id, name: 'Nia' }, null])
  assert.deepEqual([data[8].rating, data[8].status], [5, 'open'])
  assert.deepEqual([data[9].type, data[9].payload.notice, data[10].status, data[10].closedAt], ['notice', 'closed', 'closed', calls[10].body.createdAt])
  // What is told of a conversation and of a visitor is what agents are told.
  const { data: conversation } = await sam.list(`?channel=${quiet.id}`)
  assert.deepEqual({ ...data[10], updatedAt: '' }, { ...conversation[0], updatedAt: '' })
  assert.deepEqual(data[1], conversation[0].visitor)
  assert.deepEqual(data[1].identity, { kind: 'host:uid', value: 'u-7' })
  const { data: log } = await api.get(`${path}/${made.id}/deliveries`)
  assert.deepEqual(log.map(({ id }) => id), calls.map(({ body }) => body.id).toReversed())
  assert.ok(log.every(({ status, attempts, lastStatus, nextAt }) => status === 'delivered' && attempts === 1 && lastStatus === 204 && nextAt === null))
  await unsubscribe(made)
})

test('a webhook is told of what it has subscribed to alone, from when it has, and of files by addresses that can be fetched', async () => {
  const ada = await visitor(quiet.of(dev))
  await ada.say('before')
  await agent(dev).find(ada.conversationId)
  const [made, silent] = [await subscribe('/some', ['message.created']), await subscribe('/silent', EVENTS, { enabled: false })]
  const form = new FormData()
  form.set('file', new Blob([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')], { type: 'image/png' }), 'lamp.png')
  const { data: file } = await (await fetch(`${dev.baseUrl}${ada.path}/upload`, { method: 'POST', headers: { authorization: `Bearer ${ada.token}` }, body: form })).json()
  await ada.api.post(`${ada.path}/messages`, { attachment: { mediaAssetId: file.id, kind: 'image' } })
  const [call] = await server.got('/some', 1, ada.conversationId)
  assert.equal(call.body.event, 'message.created')
  const url = call.body.data.payload.attachment.url
  assert.equal((await fetch(url)).headers.get('content-type'), 'image/png')
  const { data: delivery } = await api.get(`/organizations/${dev.organizationId}/deliveries/${call.body.id}`)
  assert.deepEqual([JSON.parse(delivery.body).data.id, delivery.session, delivery.target, delivery.targetId], [call.body.data.id, ada.conversationId, 'webhook', made.id])
  await sleep(1_000)
  assert.equal((await server.got('/some', 1, ada.conversationId)).length, 1)
  assert.ok(!server.received.some(({ path }) => path === '/silent'))
  for (const it of [made, silent]) await unsubscribe(it)
})

test('what was told of a visitor goes when they are forgotten', async () => {
  const made = await subscribe('/forgotten', ['message.created'])
  const ada = await visitor(dev)
  await ada.say('a secret of mine')
  const [{ body }] = await server.got('/forgotten', 1, ada.conversationId)
  assert.equal((await api.get(`/organizations/${dev.organizationId}/deliveries/${body.id}`)).status, 200)
  await ada.api.ask('DELETE', `${ada.path}/me`)
  await eventually(() => api.get(`/organizations/${dev.organizationId}/deliveries/${body.id}`), ({ status }) => status === 404)
  await unsubscribe(made)
})

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
