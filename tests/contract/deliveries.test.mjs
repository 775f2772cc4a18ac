/** What webhooks are told reaches servers that fail, stall, send us elsewhere and recover: in order, once, and visibly. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { visitor } from '../support/people.mjs'
import { isSigned, receiver } from '../support/receiver.mjs'
import { rows, widget } from '../support/widgets.mjs'

/** A widget where no bot speaks. */
const quiet = widget()
const PAST = '2026-01-01T00:00:00.000Z'

let own, dev, api, path, server
before(async () => {
  server = await receiver()
  own = await ownDeployment({ RATE_LIMITS: 'off', TEST_SERVER: server.url }, rows([quiet]))
  dev = own.dev
  api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  path = `/organizations/${dev.organizationId}`
})
after(async () => {
  await own?.remove()
  server?.close()
})

/** A webhook that is told of messages at a path of the server, until the test ends. */
async function hook(t, where, url = `https://shop.test${where}`) {
  const { data } = await api.post(`${path}/webhooks`, { name: where, url, events: ['message.created'] })
  t.after(() => api.ask('DELETE', `${path}/webhooks/${data.id}`))
  const log = async (query = '') => (await api.get(`${path}/webhooks/${data.id}/deliveries${query}`)).data
  return { ...data, log, until: (found) => eventually(log, found, 20_000) }
}
const texts = (calls) => calls.map(({ body }) => body.data.payload.text).filter((text) => /^\d+$/.test(text))
const sweep = async (cron = '17 * * * *') => assert.equal((await fetch(`${dev.baseUrl}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron })}`)).status, 200)
/** Has the time come at which what has failed is sent again. */
const due = async ({ id }, more = '') => {
  await own.sql(`UPDATE deliveries SET next_at = '${PAST}'${more} WHERE target_id = '${id}' AND status = 'pending'`)
  await sweep()
}
/** A visitor of whom the webhook at `where` knows. */
async function person(where) {
  const ada = await visitor(quiet.of(dev))
  await ada.say('hi')
  await server.got(where, 1, ada.conversationId)
  return ada
}

test('what is sent is signed over time and body, by the secret that holds', async (t) => {
  const made = await hook(t, '/signed')
  const ada = await visitor(quiet.of(dev))
  await ada.say('hällo 😀')
  const calls = await server.got('/signed', 1, ada.conversationId)
  for (const call of calls) {
    isSigned(call, made.secret)
    assert.deepEqual([call.method, call.headers['user-agent'], call.headers['content-type'], call.headers['x-porchlight-event']], ['POST', 'Porchlight', 'application/json', 'message.created'])
    assert.throws(() => isSigned({ ...call, text: `${call.text} ` }, made.secret))
    assert.throws(() => isSigned({ ...call, headers: { ...call.headers, 'x-porchlight-signature': call.headers['x-porchlight-signature'].replace(/\d,/, (end) => `${(Number(end[0]) + 1) % 10},`) } }, made.secret))
  }
  const { data: { secret } } = await api.post(`${path}/webhooks/${made.id}/secret`)
  const before = calls.length
  await ada.say('again')
  const [call] = (await server.got('/signed', before + 1, ada.conversationId)).slice(before)
  isSigned(call, secret)
  assert.throws(() => isSigned(call, made.secret))
})

test('while a server fails, what comes later in the conversation waits and others go on; once it recovers all comes in order', async (t) => {
  const made = await hook(t, '/order')
  const [ada, bob] = [await person('/order'), await person('/order')]
  server.answers('/order', ({ body }) => (body.conversationId === ada.conversationId ? 503 : 200))
  for (const text of ['1', '2', '3']) await ada.say(text)
  const failed = await made.until((log) => log.some(({ lastStatus }) => lastStatus === 503))
  await bob.say('7')
  await eventually(() => texts(server.received.filter(({ body }) => body.conversationId === bob.conversationId)), (said) => said.join() === '7', 10_000)
  const waiting = failed.find(({ lastStatus }) => lastStatus === 503)
  assert.deepEqual([waiting.status, waiting.attempts, waiting.lastError, waiting.deliveredAt], ['pending', 1, 'the server answered 503', null])
  const wait = new Date(waiting.nextAt) - Date.now()
  assert.ok(wait > 0 && wait <= 10_000, `${wait}`)
  assert.deepEqual(texts(server.received.filter(({ body }) => body.conversationId === ada.conversationId)).filter((text) => text !== '1'), [])

  // It comes back by itself, ten seconds later; what is said meanwhile stands in line.
  await ada.say('4')
  // While it is being sent it counts already, and is due as it was.
  const isTwice = ({ attempts, nextAt }) => attempts === 2 && new Date(nextAt) > Date.now()
  const again = (await made.until((log) => log.some(isTwice))).find(isTwice)
  assert.equal(again.id, waiting.id)
  assert.ok(new Date(again.nextAt) - Date.now() > 15_000)
  server.answers('/order', 200)
  await due(made)
  await eventually(() => texts(server.received.filter((call) => call.body.conversationId === ada.conversationId && call.status === 200)), (said) => said.join() === '1,2,3,4', 15_000)
  const tries = server.received.filter(({ headers }) => headers['x-porchlight-delivery'] === waiting.id)
  assert.equal(tries.length, 3)
  assert.deepEqual(tries[2].body, tries[0].body)
  assert.ok(server.received.every(({ alone }) => alone))
})

test('a server that stalls is left after five seconds, and one that sends us elsewhere is not followed', async (t) => {
  const [stalls, moved] = [await hook(t, '/stalls'), await hook(t, '/moved')]
  server.answers('/stalls', 'stall')
  server.answers('/moved', 'redirect')
  const ada = await visitor(quiet.of(dev))
  await ada.say('1')
  const [left] = await stalls.until((log) => log.some(({ lastError }) => lastError)).then((log) => log.filter(({ lastError }) => lastError))
  assert.deepEqual([left.status, left.lastStatus, left.lastError], ['pending', null, 'the server did not answer in time'])
  const [sent] = await moved.until((log) => log.some(({ lastError }) => lastError)).then((log) => log.filter(({ lastError }) => lastError))
  assert.deepEqual([sent.status, sent.lastStatus, sent.lastError], ['pending', 307, 'the server sends us elsewhere, which is not followed'])
  assert.ok(!server.received.some(({ path }) => path === '/elsewhere'))
})

test('a status of success is taken, whatever becomes of what a server says besides', async (t) => {
  for (const way of ['endless', 'broken']) {
    const made = await hook(t, `/${way}`)
    server.answers(`/${way}`, way)
    await api.post(`${path}/webhooks/${made.id}/test`)
    const [ping] = await made.until(([ping]) => ping.lastStatus !== null || ping.lastError !== null)
    assert.deepEqual([ping.status, ping.lastStatus, ping.attempts], ['delivered', 200, 1], way)
  }
})

test('a server that answers nobody keeps no other waiting', async (t) => {
  const [never, fine] = [await hook(t, '/never'), await hook(t, '/fine')]
  server.answers('/never', 'stall')
  const people = await Promise.all(Array.from({ length: 25 }, () => visitor(quiet.of(dev))))
  const began = Date.now()
  await Promise.all(people.map((ada) => ada.say('1')))
  await eventually(() => texts(server.received.filter((call) => call.path === '/fine')), (said) => said.length === people.length, 15_000)
  const took = Date.now() - began
  assert.ok(took < 8_000, `${took} ms`)
  // What took too long is noted nevertheless.
  await never.until((log) => log.length === people.length && log.every(({ lastError }) => lastError === 'the server did not answer in time'))
  await fine.until((log) => log.every(({ status, attempts }) => status === 'delivered' && attempts === 1))
})

test('what has failed seven times is dead, is seen, lets the next go on, and is sent again when somebody asks', async (t) => {
  const made = await hook(t, '/dead')
  const ada = await person('/dead')
  server.answers('/dead', ({ body }) => (body.data.payload.text === '1' ? 500 : 200))
  await ada.say('1')
  await ada.say('2')
  await made.until((log) => log.some(({ attempts, lastError }) => attempts === 1 && lastError))
  await due(made, ', attempts = 6')
  const [dead] = await eventually(() => made.log('?status=dead'), (log) => log.length === 1, 15_000)
  assert.deepEqual([dead.attempts, dead.lastStatus, dead.nextAt, dead.event], [7, 500, null, 'message.created'])
  await eventually(() => texts(server.received.filter((call) => call.path === '/dead' && call.status === 200)), (said) => said.includes('2'), 10_000)
  assert.deepEqual(await made.log('?status=pending'), [])
  // A page of one, and what comes before it.
  const page = await api.get(`${path}/webhooks/${made.id}/deliveries?limit=1`)
  assert.equal(page.headers.get('x-next-before'), page.data[0].id)
  assert.deepEqual((await made.log(`?before=${page.data[0].id}`)).map(({ id }) => id), (await made.log()).slice(1).map(({ id }) => id))

  server.answers('/dead', 200)
  const { status, data: replayed } = await api.post(`${path}/deliveries/${dead.id}/replay`)
  assert.deepEqual([status, replayed.id, JSON.parse(replayed.body).data.payload.text], [201, dead.id, '1'])
  const whole = await eventually(async () => (await api.get(`${path}/deliveries/${dead.id}`)).data, ({ status }) => status === 'delivered', 15_000)
  assert.deepEqual([whole.attempts, whole.lastStatus, whole.lastError], [1, 200, null])
  // What was delivered is sent again, too.
  const before = server.received.length
  await api.post(`${path}/deliveries/${dead.id}/replay`)
  await eventually(() => server.received.length, (count) => count === before + 1, 15_000)
  const { data: audit } = await api.get(`${path}/audit?target=${dead.id}`)
  assert.deepEqual(audit.map(({ action }) => action), ['delivery.replayed', 'delivery.replayed'])
  // Where there is no webhook any more, nothing is sent again.
  await api.ask('DELETE', `${path}/webhooks/${made.id}`)
  assert.equal((await api.post(`${path}/deliveries/${dead.id}/replay`)).status, 404)
  assert.equal((await api.get(`${path}/deliveries/${dead.id}`)).data.status, 'delivered')
})

test('however often it is woken, nothing is sent twice, nor while the one before is on its way', async (t) => {
  const made = await hook(t, '/slow')
  const ada = await person('/slow')
  server.answers('/slow', () => new Promise((resolve) => setTimeout(resolve, 700, 200)))
  const said = ['1', '2', '3', '4', '5']
  for (const text of said) {
    await ada.say(text)
    await Promise.all([sweep(), sweep(), sweep()])
  }
  const log = await made.until((log) => log.length >= 6 && log.every(({ status }) => status === 'delivered'))
  assert.ok(log.every(({ attempts }) => attempts === 1))
  const calls = server.received.filter((call) => call.path === '/slow')
  assert.deepEqual(texts(calls), said)
  assert.ok(calls.every(({ alone }) => alone))
  assert.equal(new Set(calls.map(({ headers }) => headers['x-porchlight-delivery'])).size, calls.length)
})

test('what a sender held that went down is sent by the next, and what is forgotten by all is found by the sweep', async (t) => {
  const made = await hook(t, '/held')
  const ada = await person('/held')
  server.answers('/held', 500)
  await ada.say('1')
  await made.until((log) => log.some(({ lastError }) => lastError))
  server.answers('/held', 200)
  const hold = (until) => own.sql(`UPDATE deliveries SET next_at = '${PAST}', held_until = '${until}' WHERE target_id = '${made.id}' AND status = 'pending'`)
  await hold(new Date(Date.now() + 3_600_000).toISOString())
  await sweep()
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  assert.equal((await made.log('?status=pending')).length, 1)
  await hold(PAST)
  await sweep('*/5 * * * *')
  await made.until((log) => log.every(({ status }) => status === 'delivered'))
})

test('a webhook of which fifty deliveries died in a row is told no more, and the audit says so', async (t) => {
  const made = await hook(t, '/broken')
  const ada = await person('/broken')
  server.answers('/broken', 410)
  await ada.say('1')
  await ada.say('2')
  await made.until((log) => log.some(({ lastStatus }) => lastStatus === 410))
  await own.sql(`UPDATE webhooks SET died = 49 WHERE id = '${made.id}'`)
  await due(made, ', attempts = 6')
  const { data } = await eventually(() => api.get(`${path}/webhooks/${made.id}`), ({ data }) => !data.enabled, 15_000)
  assert.match(data.disabledReason, /^50 deliveries in a row/)
  const dead = await made.log('?status=dead')
  assert.deepEqual(dead.map(({ lastError }) => lastError), ['the webhook was disabled or deleted', 'the server answered 410'])
  const { data: [entry] } = await api.get(`${path}/audit?target=${made.id}`)
  assert.deepEqual([entry.action, entry.actor, entry.keyPrefix], ['webhook.disabled', 'Porchlight', ''])
  assert.equal((await api.post(`${path}/deliveries/${dead[0].id}/replay`)).status, 409)
  assert.equal((await api.post(`${path}/webhooks/${made.id}/test`)).status, 409)
  const enabled = await api.ask('PATCH', `${path}/webhooks/${made.id}`, { body: { enabled: true } })
  assert.deepEqual([enabled.data.enabled, enabled.data.disabledReason], [true, null])
  server.answers('/broken', 200)
  await api.post(`${path}/deliveries/${dead[0].id}/replay`)
  await made.until((log) => log.find(({ id }) => id === dead[0].id).status === 'delivered')
})

test('a test is a ping, sent at once and kept as all that is sent', async (t) => {
  const made = await hook(t, '/ping')
  const headers = { 'idempotency-key': 'a-test-of-mine' }
  const [first, again] = [await api.post(`${path}/webhooks/${made.id}/test`, undefined, { headers }), await api.post(`${path}/webhooks/${made.id}/test`, undefined, { headers })]
  assert.deepEqual([first.status, first.data.status, again.data, again.headers.get('idempotent-replayed')], [201, 'pending', first.data, 'true'])
  const [call, ...more] = await server.got('/ping', 1)
  isSigned(call, made.secret)
  assert.deepEqual([call.body.event, call.body.id, call.body.data, more], ['ping', first.data.id, { webhookId: made.id }, []])
  assert.equal(call.text, first.data.body)
  await made.until(([ping]) => ping.status === 'delivered')
})

test('a name that leads into a private network, or nowhere, is not asked', async (t) => {
  const cases = {
    '10.0.0.7': 'the name of the server leads to an address that is not public',
    '127.0.0.1': 'the name of the server leads to an address that is not public',
    '169.254.169.254': 'the name of the server leads to an address that is not public',
    '::ffff:127.0.0.1': 'the name of the server leads to an address that is not public',
    'fd00:ec2::254': 'the name of the server leads to an address that is not public',
    nobody: 'the name of the server could not be resolved',
  }
  const hooks = []
  for (const [n, address] of Object.keys(cases).entries()) {
    if (address !== 'nobody') server.resolves(`h${n}.shop.example`, ['1.1.1.1', address])
    hooks.push(await hook(t, `/private${n}`, `https://h${n}.shop.example/private${n}`))
  }
  for (const [n, made] of hooks.entries()) {
    await api.post(`${path}/webhooks/${made.id}/test`)
    const [ping] = await made.until(([ping]) => ping.lastError !== null)
    assert.deepEqual([ping.status, ping.attempts, ping.lastStatus, ping.lastError], ['pending', 1, null, Object.values(cases)[n]])
  }
  assert.ok(!server.received.some(({ path }) => path.startsWith('/private')))
})

test('what was delivered is kept for thirty days, and what is dead for ninety', async (t) => {
  const made = await hook(t, '/old')
  for (const _ of Array(4)) await api.post(`${path}/webhooks/${made.id}/test`)
  const all = await made.until((log) => log.length === 4 && log.every(({ status }) => status === 'delivered'))
  const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString()
  const rows = [[29, 'delivered'], [31, 'delivered'], [89, 'dead'], [91, 'dead']]
  await own.sql(rows.map(([days, status], n) => `UPDATE deliveries SET created_at = '${ago(days)}', status = '${status}' WHERE id = '${all[n].id}';`).join('\n'))
  await sweep('*/5 * * * *')
  assert.equal((await made.log()).length, 4)
  await sweep()
  await eventually(made.log, (log) => log.length === 2, 10_000)
  assert.deepEqual((await made.log()).map(({ id }) => id), [all[0].id, all[2].id])
})

test('a deployment that people are served by refuses to start with a server of tests', async () => {
  for (const variables of [{ ENVIRONMENT: 'production', TEST_SERVER: server.url }, { TEST_SERVER: 'http://10.0.0.1:8080' }, { TEST_SERVER: 'http://127.0.0.1:80@10.0.0.1' }]) {
    await assert.rejects(ownDeployment({ RATE_LIMITS: 'off', ...variables }), (error) => error.output.some((line) => line.includes('refusing to start: TEST_SERVER')))
  }
  const sound = await ownDeployment({ RATE_LIMITS: 'off', ENVIRONMENT: 'production' })
  assert.equal((await fetch(`${sound.dev.baseUrl}/web-chat/${sound.dev.widgetToken}/config`)).status, 200)
  await sound.remove()
})
