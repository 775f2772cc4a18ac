/** The way back: what agents and bots answer is told to the chat server that a session came by, in its order, signed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { gateway, newSession } from '../support/gateway.mjs'
import { agent } from '../support/people.mjs'
import { isSigned, receiver } from '../support/receiver.mjs'
import { rows, widget } from '../support/widgets.mjs'

const quiet = widget({ heading: 'Quiet' })
let own, dev, people, server
before(async () => {
  server = await receiver()
  own = await ownDeployment({ RATE_LIMITS: 'off', TEST_SERVER: server.url }, rows([quiet]))
  dev = own.dev
  people = agent(dev)
})
after(async () => {
  await own?.remove()
  server?.close()
})

let count = 0
/** A chat server with a path of its own, and a session that has begun. */
async function forwarded(more = {}) {
  const base = `/hook-${count += 1}`
  const shop = await gateway(dev, { channelId: quiet.id, callbackUrl: `https://chat.test${base}`, ...more })
  const say = async (session, message, fields = {}) => (await shop.chat('notifyUserNewChatMessage', { chatServer: shop.server, chatAccountToken: shop.account.token, chatSessionID: session, message, ...fields })).body
  const begin = async () => {
    const session = newSession()
    const customerName = session.slice(0, 8)
    const { ticketID } = await say(session, 'hello', { customerName })
    const found = await eventually(async () => (await people.list('?limit=100')).data.find(({ visitor }) => visitor.name === customerName), Boolean)
    return { session, ticketID, id: found.id }
  }
  return { ...shop, base, hook: `${base}/messageForCustomer`, say, begin, deliveries: async (query = '') => (await shop.admin.get(`${shop.path}/servers/${shop.registered.id}/deliveries${query}`)).data }
}

/** Whether a delivery has been tried so often, and waits for the next time. */
const hasFailed = (tries) => ({ attempts, nextAt }) => attempts === tries && Date.parse(nextAt) > Date.now()

/** Makes all that waits due, and has it looked after. */
async function sweep() {
  await own.sql("UPDATE deliveries SET next_at = '2026-01-01T00:00:00.000Z', held_until = NULL WHERE status = 'pending'")
  await fetch(`${dev.baseUrl}/cdn-cgi/handler/scheduled?cron=17+*+*+*+*`)
}

test('an agent’s answer is told to the server, signed over time and body; a note and the visitor’s own words are not', async () => {
  const shop = await forwarded()
  const { session, ticketID, id } = await shop.begin()
  await people.answer(id, 'between us', { private: true })
  const { id: messageID } = await people.answer(id, 'Good day, "Ada" 🙂')
  const [call] = await server.got(shop.hook, 1)
  isSigned(call, shop.secret)
  assert.equal(call.headers['x-porchlight-event'], 'messageForCustomer')
  const { createdAt, ...body } = call.body
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000)
  assert.deepEqual(body, {
    chatServer: shop.server, chatAccountToken: shop.account.token, chatSessionID: session, ticketID, messageID, conversationId: id,
    message: 'Good day, "Ada" 🙂', agentName: 'Sam', bot: false, payload: { text: 'Good day, "Ada" 🙂' },
  })
  await shop.say(session, 'thanks')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.equal((await server.got(shop.hook, 1)).length, 1)
  const [told] = await shop.deliveries()
  assert.deepEqual([told.target, told.session, told.status, told.attempts, told.lastStatus], ['gateway', session, 'delivered', 1, 204])
})

test('a bot’s answers are told in the order they were said', async () => {
  const shop = await forwarded({ channelId: dev.widgetId })
  const { id } = await shop.begin()
  const said = (await people.api.get(`${people.path}/conversations/${id}/messages`)).data.filter(({ author }) => author.kind === 'bot').reverse()
  assert.ok(said.length >= 2)
  const calls = await server.got(shop.hook, said.length)
  assert.ok(calls.every(({ body }) => body.bot && body.agentName === null))
  assert.deepEqual(calls.map(({ body }) => body.messageID), said.map((message) => message.id))
  assert.ok(calls.some(({ body }) => body.payload.buttons?.length > 0))
})

test('a server that fails, stalls or sends elsewhere is told again, in order; other sessions go on', async () => {
  const shop = await forwarded()
  const [one, other] = [await shop.begin(), await shop.begin()]
  const ways = [500, 'redirect', 'stall']
  server.answers(shop.hook, ({ body }) => (body.conversationId === one.id ? ways.shift() : 200))
  for (const text of ['first', 'second', 'third']) await people.answer(one.id, text)
  await people.answer(other.id, 'elsewhere')
  await server.got(shop.hook, 1, other.id)
  for (let tries = 1; tries <= 3; tries += 1) {
    await server.got(shop.hook, tries, one.id)
    await eventually(() => shop.deliveries('?status=pending'), (list) => list.some(hasFailed(tries)), 15_000)
    await sweep()
  }
  const calls = await server.got(shop.hook, 6, one.id)
  assert.deepEqual(calls.map(({ body }) => body.message), ['first', 'first', 'first', 'first', 'second', 'third'])
  assert.ok(!server.received.some(({ path }) => path === '/elsewhere'))
  await eventually(() => shop.deliveries(), (list) => list.every(({ status }) => status === 'delivered'))
})

test('what is given up is seen, and sent again on demand', async () => {
  const shop = await forwarded()
  const { id } = await shop.begin()
  server.answers(shop.hook, 500)
  await people.answer(id, 'never')
  for (let tries = 1; tries <= 6; tries += 1) {
    await eventually(() => shop.deliveries(), (list) => list.some(hasFailed(tries)), 15_000)
    await sweep()
  }
  const [dead] = await eventually(() => shop.deliveries('?status=dead'), (list) => list.length === 1, 15_000)
  assert.deepEqual([dead.attempts, dead.lastStatus], [7, 500])
  server.answers(shop.hook, 200)
  const replayed = await shop.admin.post(`/organizations/${dev.organizationId}/deliveries/${dead.id}/replay`, undefined)
  assert.equal(replayed.status, 201)
  await eventually(() => shop.deliveries('?status=delivered'), (list) => list.length === 1)
})

test('an address that is nobody’s in public is never registered, and a request cannot choose one', async () => {
  const shop = await forwarded()
  const register = (callbackUrl) => shop.admin.post(`${shop.path}/servers`, { server: 'other.example.com', callbackUrl })
  for (const url of ['http://chat.test/', 'https://127.0.0.1/', 'https://localhost/', 'https://[::1]/', 'https://2130706433/', 'https://chat.internal/', 'https://chat.example.com:8443/', 'https://u@chat.example.com/', 'ftp://x.example/', 'https://chat.example.com/?to=', 'https://chat.example.com/#', 'https://chat.example.com/a b', `https://chat.example.com/${'x'.repeat(2_048)}`]) {
    assert.equal((await register(url)).status, 400, url)
  }
  const { id, session } = await shop.begin()
  const { status } = await shop.chat('notifyUserNewChatMessage', { chatServer: 'evil.example.com', chatAccountToken: shop.account.token, chatSessionID: session, message: 'x' })
  assert.equal(status, 404)
  // What is registered no more is told nothing.
  await shop.admin.ask('DELETE', `${shop.path}/servers/${shop.registered.id}`)
  await people.answer(id, 'hello?')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.ok(!server.received.some(({ path }) => path === shop.hook))
})

test('what a server that is registered no more was told is not sent again', async () => {
  const shop = await forwarded()
  const { id } = await shop.begin()
  await people.answer(id, 'once')
  await server.got(shop.hook, 1)
  const [told] = await eventually(() => shop.deliveries(), ([it]) => it?.status === 'delivered')
  await shop.admin.ask('DELETE', `${shop.path}/servers/${shop.registered.id}`)
  const one = `/organizations/${dev.organizationId}/deliveries/${told.id}`
  assert.equal((await shop.admin.post(`${one}/replay`)).status, 404)
  assert.equal((await shop.admin.get(one)).data.status, 'delivered')
})

test('an account has at most 20 servers, each once, however many are registered at the same moment', async () => {
  const shop = await forwarded()
  const register = (server) => shop.admin.post(`${shop.path}/servers`, { server, callbackUrl: 'https://chat.test/' })
  const same = await Promise.all(Array.from({ length: 5 }, () => register('same.example.com')))
  assert.deepEqual(same.map(({ status }) => status).toSorted(), [201, 409, 409, 409, 409])
  const raced = await Promise.all(Array.from({ length: 25 }, (_, n) => register(`n${n}.example.com`)))
  assert.deepEqual(raced.map(({ status }) => status).toSorted(), [...Array(18).fill(201), ...Array(7).fill(409)])
  assert.equal((await shop.admin.get(shop.path)).data.servers.length, 20)
})

test('with several servers, the one that the session came by last is told', async () => {
  const shop = await forwarded()
  const { data: second } = await shop.admin.post(`${shop.path}/servers`, { server: 'second.example.com', callbackUrl: `https://second.test${shop.base}/` })
  const { id, session } = await shop.begin()
  await people.answer(id, 'to the first')
  await server.got(shop.hook, 1)
  await shop.say(session, 'by another', { chatServer: 'second.example.com' })
  await people.answer(id, 'to the second')
  const [, call] = await server.got(shop.hook, 2)
  isSigned(call, second.secret)
  assert.equal(call.body.chatServer, 'second.example.com')
})
