/** What was acknowledged is kept, though the server dies the moment after; the record follows, and nothing is told to the log. */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment, SECRET_KEY } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

let own
before(async () => { own = await ownDeployment() })
after(() => own?.remove())

/** Sends until the server dies: what was answered, by the name it was sent under. */
async function sendUntilKilled(person, bodies, enough) {
  const answered = new Map()
  let killed
  await Promise.all(bodies.map(async (body) => {
    const answer = await person.api.post(`${person.path}/messages`, body).catch(() => null)
    if (answer?.status !== 201) return
    answered.set(body.clientId, answer.data)
    if (answered.size >= enough) killed ??= own.stop('SIGKILL')
  }))
  await killed
  return answered
}

test('after a kill all that was answered is there, retries are recognised, and the record follows by itself', async () => {
  const sam = agent(own.dev)
  const ada = await visitor(own.dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })

  const bodies = Array.from({ length: 30 }, (_, n) => ({ text: `message ${n}`, clientId: randomUUID() }))
  const answered = await sendUntilKilled(ada, bodies, 10)
  assert.ok(answered.size >= 10)
  await own.start()

  // Nobody has written since, so what the record says it was told by the alarm that was set before the kill.
  const last = Math.max(...[...answered.values()].map(({ seq }) => seq))
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.seq >= last, 10_000)

  const kept = new Map((await ada.history('?limit=100')).map((message) => [message.id, message]))
  for (const message of answered.values()) assert.deepEqual(kept.get(message.id), message)
  for (const body of bodies) {
    const { status, data, headers } = await ada.api.post(`${ada.path}/messages`, body)
    assert.equal(status, 201)
    const before = answered.get(body.clientId)
    if (before) assert.deepEqual([data, headers.get('idempotent-replayed')], [before, 'true'])
  }
  const all = (await ada.history('?limit=100')).toReversed()
  for (const { clientId } of bodies) assert.equal(all.filter((message) => message.clientId === clientId).length, 1)
  const next = await ada.say('the last')
  assert.equal(next.seq, all.at(-1).seq + 1)

  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.id === next.id)
  const rows = await own.sql(`SELECT seq, id, text, direction, author_kind, json FROM messages WHERE conversation_id = '${ada.conversationId}' ORDER BY seq`)
  const path = `${sam.path}/conversations/${ada.conversationId}/messages?limit=100`
  const told = (await sam.api.get(path)).data.toReversed()
  assert.deepEqual(rows.map(({ seq, id, text }) => [seq, id, text]), told.map(({ seq, id, payload }) => [seq, id, payload.text]))
  assert.deepEqual(rows.map(({ direction, author_kind }) => [direction, author_kind]), told.map(({ direction, author }) => [direction, author.kind]))
  assert.deepEqual(rows.map(({ json }) => JSON.parse(json)), told.map(({ status, ...message }) => message))
  assert.ok(rows.some(({ id }) => id === note.id))
})

test('a message that is killed again and again arrives once', async () => {
  const ada = await visitor(own.dev)
  const body = { text: 'only once', clientId: randomUUID() }
  for (let round = 0; round < 2; round += 1) {
    const sent = ada.api.post(`${ada.path}/messages`, body).catch(() => null)
    // Somewhere between its way there and its answer's way back.
    await new Promise((resolve) => setTimeout(resolve, 4 + round * 8))
    await own.stop('SIGKILL')
    await sent
    await own.start()
  }
  const { status } = await ada.api.post(`${ada.path}/messages`, body)
  assert.equal(status, 201)
  assert.equal((await ada.history()).filter(({ clientId }) => clientId === body.clientId).length, 1)
  const sam = agent(own.dev)
  await sam.find(ada.conversationId)
  const [{ times }] = await eventually(
    () => own.sql(`SELECT count(*) AS times FROM messages WHERE conversation_id = '${ada.conversationId}' AND text = 'only once'`),
    ([row]) => row.times > 0,
    10_000,
  )
  assert.equal(times, 1)
})

test('a session survives the server: the same token goes on, and a socket is greeted with all that was said', async () => {
  const ada = await visitor(own.dev, { mode: 'identified', name: 'Ada' })
  const said = await ada.say('Talk to a person')
  const seq = (await ada.history())[0].changed
  await own.stop('SIGKILL')
  await own.start()
  const live = await ada.live()
  assert.equal((await live.next(({ t }) => t === 'hello')).changed, seq)
  live.close()
  // The bot remembers what it asked.
  const answer = await ada.say('Lady Ada')
  const [thanks] = await ada.history(`?after=${answer.changed}`)
  assert.match(thanks.payload.text, /^Thank you, Lady Ada\./)
  assert.equal(answer.conversationId, said.conversationId)
})

test('neither the log nor anything that is kept has a key, a token or the deployment’s secret', async () => {
  const { dev } = own
  const ada = await visitor(dev)
  await ada.say('hello')
  await agent(dev).find(ada.conversationId)
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
    .filter((entry) => entry.isFile() && /\bv3\b/.test(entry.parentPath)).map((entry) => readFileSync(join(entry.parentPath, entry.name))))
  assert.ok(kept.includes(ada.conversationId) && kept.includes(createHash('sha256').update(secrets.key).digest('hex')))
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(!told.includes(secret), `the log has the ${what}`)
    assert.ok(!kept.includes(secret), `the ${what} is kept`)
  }
})
