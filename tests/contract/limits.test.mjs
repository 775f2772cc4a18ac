/** What one visitor, or one mishap, may not do to the others. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { client, eventually, socket } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, sign } from '../support/tokens.mjs'

// With limits as they are in production.
const own = await ownDeployment({})
after(() => own.remove())
const { dev } = own
const sam = agent(dev)
const is = (kind) => (frame) => frame.t === kind

/** A visitor whose conversation the agents know of. */
async function known() {
  const ada = await visitor(dev)
  await ada.say('Talk to a person')
  await sam.find(ada.conversationId)
  return ada
}

test('typing that the agents know of is not told again', async () => {
  const ada = await known()
  const agents = await sam.live()
  const live = await ada.live()
  for (let n = 0; n < 20; n += 1) live.send({ t: 'typing', on: true })
  live.send({ t: 'typing', on: false })
  await agents.next((frame) => frame.t === 'typing' && !frame.on)
  assert.equal(agents.frames.filter((frame) => frame.t === 'typing' && frame.on).length, 1)
  live.close()
  agents.close()
})

test('a socket that says more than anybody would is closed, and the visitor goes on', async () => {
  const ada = await known()
  const live = await ada.live()
  for (let n = 0; n < 61; n += 1) live.send('garbage')
  assert.deepEqual(await live.closed, { code: 1008, reason: 'too many frames' })
  assert.equal(live.frames.filter((frame) => frame.code === 'too-many-frames').length, 1)
  const refused = await ada.api.post(`${ada.path}/events`, { type: 'typing', on: true })
  assert.equal(refused.status, 429)
  assert.equal((await ada.say('still here')).payload.text, 'still here')
})

test('a visitor has at most 200 sockets', async () => {
  const ada = await known()
  const all = await Promise.all(Array.from({ length: 200 }, () => ada.live()))
  await assert.rejects(ada.live(), { status: 429 })
  for (const live of all) live.close()
})

test('a token that has ended brings its visitor back, and changes nothing of who they say they are', async () => {
  const { id, token } = await visitor(dev)
  const now = Math.floor(Date.now() / 1000)
  const path = `/web-chat/${dev.widgetToken}/sessions`
  const fresh = client(dev.baseUrl, { authorization: `Bearer ${token}` })
  assert.equal((await fresh.post(path, { mode: 'identified', name: 'Ada', email: 'ada@example.com' })).data.name, 'Ada')
  const ended = client(dev.baseUrl, { authorization: `Bearer ${sign(claims(dev, id, { exp: now - 1 }))}` })
  const back = await ended.post(path, { mode: 'identified', name: 'Mallory', email: 'mallory@example.com' })
  assert.deepEqual([back.status, back.data.visitorId, back.data.name, back.data.email], [201, id, 'Ada', 'ada@example.com'])
})

test('what the bot learns becomes a claim only where it has the form of one', async () => {
  const own = (await visitor(dev)).api
  const path = `/web-chat/${dev.widgetToken}`
  const session = (await own.post(`${path}/sessions`, { mode: 'anonymous' })).data
  await own.post(`${path}/messages`, { text: 'Talk to a person' })
  await own.post(`${path}/messages`, { text: `Ada\nBcc: all@example.com ${'x'.repeat(300)}` })
  assert.equal((await sam.find(session.conversationId)).visitor.name, null)
})

test('an agent who sees or types in a closed conversation does so in that one alone', async () => {
  const own = (await visitor(dev)).api
  const path = `/web-chat/${dev.widgetToken}`
  const first = (await own.post(`${path}/sessions`, { mode: 'anonymous' })).data
  await own.post(`${path}/messages`, { text: 'one' })
  await sam.find(first.conversationId)
  await sam.api.post(`${sam.path}/conversations/${first.conversationId}/close`)
  const second = (await own.post(`${path}/messages`, { text: 'two' })).data
  assert.notEqual(second.conversationId, first.conversationId)
  const live = await socket(`${dev.baseUrl}${path}/live`, ['porchlight.v1', first.sessionToken])
  const events = `${sam.path}/conversations/${first.conversationId}/events`
  await sam.api.post(events, { type: 'typing', on: true })
  await sam.api.post(events, { type: 'seen', seq: 4294967295 })
  const seen = await live.next(is('seen'))
  assert.ok(seen.seq < second.seq, `saw ${seen.seq} of the next conversation, which begins at ${second.seq}`)
  assert.ok(!live.frames.some(is('typing')))
  live.close()
})

test('a record that failed halfway is completed when it can be', async () => {
  const ada = await known()
  await own.sql("CREATE TRIGGER halfway BEFORE INSERT ON messages WHEN NEW.seq > 60 BEGIN SELECT RAISE(ABORT, 'no'); END")
  const api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  for (let n = 0; n < 120; n += 1) await api.post(`${sam.path}/conversations/${ada.conversationId}/messages`, { text: `answer ${n}` })
  await eventually(() => own.log.length, () => own.log.some((line) => line.includes('thread:')), 10_000)
  await own.sql('DROP TRIGGER halfway')
  const told = await ada.api.get(`${ada.path}/history?limit=1`)
  const count = async () => (await own.sql(`SELECT count(*) AS n, max(seq) AS last FROM messages WHERE conversation_id = '${ada.conversationId}'`))[0]
  const record = await eventually(count, ({ last }) => last === told.data[0].seq, 60_000)
  assert.equal(record.n, told.data[0].seq)
})

// The last, for it leaves this address without sessions for a minute.
test('sessions that strangers begin from one address are limited, and those of known visitors are not', async () => {
  const ada = await visitor(dev)
  const path = `/web-chat/${dev.widgetToken}/sessions`
  const stranger = client(dev.baseUrl)
  const statuses = []
  for (let n = 0; n < 40; n += 1) statuses.push((await stranger.post(path, { mode: 'anonymous' })).status)
  assert.ok(statuses.includes(429), `never refused: ${statuses}`)
  const renewed = await ada.api.post(path, { mode: 'anonymous' })
  assert.deepEqual([renewed.status, renewed.data.visitorId], [201, ada.id])
})
