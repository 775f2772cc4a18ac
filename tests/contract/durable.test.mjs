/** What was acknowledged is kept, though the server dies the moment after; the record follows, and nothing is told to the log. */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment, SECRET_KEY } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const bodies = Array.from({ length: 60 }, (_, n) => ({ text: `message ${n}`, clientId: randomUUID() }))
/** What was answered, by the name it was sent under. */
const answered = new Map()
let own, sam, ada, bob, asked

before(async () => {
  own = await ownDeployment()
  sam = agent(own.dev)
  ada = await visitor(own.dev)
  bob = await visitor(own.dev)
  asked = await bob.say('Talk to a person')
  await ada.say('hello')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  await sam.answer(ada.conversationId, 'a note', { private: true })
  for (const enough of [15, 30]) {
    await sendUntilKilled(enough)
    await own.start()
  }
})
after(() => own?.remove())

/** Sends all of them, those answered before too, and kills the server while it is at it. */
async function sendUntilKilled(enough) {
  let count = 0
  let killed
  await Promise.all(bodies.map(async (body) => {
    const answer = await send(body).catch(() => null)
    if (answer === null) return
    const { status, data, headers } = answer
    assert.equal(status, 201)
    const earlier = answered.get(body.clientId)
    if (earlier) assert.deepEqual([data, headers.get('idempotent-replayed')], [earlier, 'true'])
    answered.set(body.clientId, data)
    count += 1
    if (count === enough) killed = own.stop('SIGKILL')
  }))
  await killed
}

const send = (body) => ada.api.post(`${ada.path}/messages`, body)

test('after a kill the record follows by itself', async () => {
  // Nobody has written since: what the record says it was told by the alarm that was set before the kill.
  const last = Math.max(...[...answered.values()].map(({ seq }) => seq))
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.seq >= last, 10_000)
})

test('what was answered before a kill is there, and a retry is recognised', async () => {
  assert.ok(answered.size >= 30)
  const kept = new Map((await ada.history('?limit=100')).map((message) => [message.id, message]))
  for (const message of answered.values()) assert.deepEqual(kept.get(message.id), message)
  for (const body of bodies) {
    const { status, data, headers } = await send(body)
    assert.equal(status, 201)
    const earlier = answered.get(body.clientId)
    if (earlier) assert.deepEqual([data, headers.get('idempotent-replayed')], [earlier, 'true'])
  }
  const all = (await ada.history('?limit=100')).toReversed()
  for (const { clientId } of bodies) assert.equal(all.filter((message) => message.clientId === clientId).length, 1)
  assert.equal((await ada.say('the last')).seq, all.at(-1).seq + 1)
})

test('the record has every message once, notes too, as it was told', async () => {
  const path = `${sam.path}/conversations/${ada.conversationId}/messages?limit=100`
  const told = (await sam.api.get(path)).data.toReversed()
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.id === told.at(-1).id)
  const rows = await own.sql(`SELECT seq, id, text, direction, author_kind, json FROM messages WHERE conversation_id = '${ada.conversationId}' ORDER BY seq`)
  assert.ok(rows.some(({ text }) => text === 'a note'))
  assert.deepEqual(
    rows.map(({ json, ...columns }) => columns),
    told.map(({ seq, id, payload, direction, author }) => ({ seq, id, text: payload.text, direction, author_kind: author.kind })),
  )
  assert.deepEqual(rows.map(({ json }) => JSON.parse(json)), told.map(({ status, ...message }) => message))
})

test('a session survives the server: the token goes on, a socket is greeted with all there is, and the bot knows what it asked', async () => {
  const live = await bob.live()
  assert.equal((await live.next(({ t }) => t === 'hello')).changed, (await bob.history())[0].changed)
  live.close()
  const answer = await bob.say('Lord Bob')
  assert.equal(answer.conversationId, asked.conversationId)
  const [thanks] = await bob.history(`?after=${answer.changed}`)
  assert.match(thanks.payload.text, /^Thank you, Lord Bob\./)
})

test('neither the log nor anything that is kept has a key, a token or the deployment’s secret', async () => {
  const { dev } = own
  // Refusals and failures are what loggers like to be chatty about.
  for (const headers of [{ 'x-api-key': `${dev.apiKey}x` }, { authorization: `Bearer ${ada.token}x` }, { authorization: `Bearer ${dev.apiKey}` }]) {
    const api = client(dev.baseUrl, headers)
    await api.get(`${ada.path}/history`)
    await api.get(`/organizations/${dev.organizationId}/conversations`)
    await api.ask('POST', `${ada.path}/messages`, { body: '{"text":' })
  }
  await ada.api.ask('POST', `${ada.path}/messages`, { body: '[]' })
  const told = await eventually(() => own.log.join('\n'), (log) => log.includes(`${ada.path}/messages`))
  const secrets = { secret: SECRET_KEY, key: dev.apiKey.split('.')[1], 'other key': dev.other.apiKey.split('.')[1], token: ada.token.split('.')[2], claims: ada.token.split('.')[1] }
  // D1, KV and the Threads' own databases, as they lie on the disk.
  const kept = Buffer.concat(readdirSync(own.state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.startsWith(join(own.state, 'v3'))).map((entry) => readFileSync(join(entry.parentPath, entry.name))))
  assert.ok(kept.includes(ada.conversationId) && kept.includes(createHash('sha256').update(secrets.key).digest('hex')))
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(!told.includes(secret), `the log has the ${what}`)
    assert.ok(!kept.includes(secret), `the ${what} is kept`)
  }
})
