/** Nothing is lost and nothing doubled: a message is known by the name its sender gave it. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()

/** How a visitor sends. */
const sender = (person) => (body) => person.api.post(`${person.path}/messages`, body)
const texts = (messages) => messages.map(({ payload }) => payload.text)

test('a message is answered with its place, its author and its time', async () => {
  const ada = await visitor(dev)
  const greeting = (await ada.history())[0]
  const clientId = randomUUID()
  const { status, data, headers } = await sender(ada)({ text: 'hello', clientId })
  assert.equal(status, 201)
  assert.equal(headers.get('idempotent-replayed'), null)
  const { id, createdAt, ...rest } = data
  assert.match(id, /^[0-9a-f-]{36}$/)
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000)
  assert.deepEqual(rest, {
    conversationId: ada.conversationId, seq: greeting.seq + 1, changed: greeting.seq + 1, clientId, direction: 'IN',
    author: { kind: 'visitor' }, type: 'text', payload: { text: 'hello' }, status: 'sent',
  })
  assert.deepEqual((await ada.history()).find((message) => message.id === id), data)
})

test('the same message sent again is the same message', async () => {
  const ada = await visitor(dev)
  const send = sender(ada)
  const body = { text: 'hello', clientId: randomUUID() }
  const first = await send(body)
  const before = await ada.history('?after=0')
  for (const again of [body, { ...body, text: '  hello\r\n' }]) {
    const { status, data, headers } = await send(again)
    assert.equal(status, 201)
    assert.equal(headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(data, first.data)
  }
  assert.deepEqual(await ada.history('?after=0'), before)
})

test('another message under the same name is a 409, and the first stays as it was', async () => {
  const ada = await visitor(dev)
  const send = sender(ada)
  const greeting = (await ada.history())[0]
  const clientId = randomUUID()
  await send({ text: 'hello', clientId })
  const before = await ada.history('?after=0')
  for (const other of [{ text: 'good-bye' }, { text: 'Hello' }, { text: 'hello', replyTo: greeting.id }]) {
    const { status, body } = await send({ ...other, clientId })
    assert.equal(status, 409)
    assert.equal(body.message, 'another message has this clientId already')
  }
  assert.deepEqual(await ada.history('?after=0'), before)
})

test('names are each visitor’s own, and without one the same text is two messages', async () => {
  const [ada, bob] = [await visitor(dev), await visitor(dev)]
  const clientId = randomUUID()
  const [first, second] = [await ada.say('hello', { clientId }), await bob.say('hello', { clientId })]
  assert.notEqual(first.id, second.id)
  const twice = [await sender(ada)({ text: 'again' }), await sender(ada)({ text: 'again' })]
  assert.notEqual(twice[0].data.id, twice[1].data.id)
  assert.equal(texts(await ada.history()).filter((text) => text === 'again').length, 2)
})

test('twenty retries at once are one message', async () => {
  const ada = await visitor(dev)
  const body = { text: 'only once', clientId: randomUUID() }
  const answers = await Promise.all(Array.from({ length: 20 }, () => sender(ada)(body)))
  assert.deepEqual(answers.map(({ status }) => status), Array(20).fill(201))
  assert.equal(new Set(answers.map(({ data }) => data.id)).size, 1)
  assert.equal(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null).length, 1)
  assert.equal(texts(await ada.history('?limit=100')).filter((text) => text === 'only once').length, 1)
})

test('twenty retries at once of what begins a conversation are one message and one conversation', async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  const sam = agent(dev)
  await sam.find(ada.conversationId)
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  const body = { text: 'once more', clientId: randomUUID() }
  const answers = await Promise.all(Array.from({ length: 20 }, () => sender(ada)(body)))
  assert.equal(new Set(answers.map(({ data }) => data.id)).size, 1)
  const history = await ada.history('?limit=100')
  assert.equal(texts(history).filter((text) => text === 'once more').length, 1)
  assert.equal(new Set(history.map(({ conversationId }) => conversationId)).size, 2)
})

test('fifty messages at once are all kept, each in a place of its own, in the order they were answered', async () => {
  const ada = await visitor(dev)
  const sam = agent(dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  // With an agent in the conversation no bot speaks in between.
  await sam.answer(ada.conversationId, 'I am here')
  const start = (await ada.history())[0].seq
  const sent = Array.from({ length: 50 }, (_, n) => `message ${n}`)
  const answers = await Promise.all(sent.map((text) => ada.say(text)))
  const seqs = answers.map(({ seq }) => seq)
  assert.deepEqual(seqs.toSorted((a, b) => a - b), Array.from({ length: 50 }, (_, n) => start + 1 + n))
  const kept = (await ada.history(`?after=${start}&limit=100`)).map(({ id }) => id)
  assert.deepEqual(kept, answers.toSorted((a, b) => a.seq - b.seq).map(({ id }) => id))
})

test('a message may answer another that is there, and none that is not', async () => {
  const ada = await visitor(dev)
  const first = await ada.say('hello')
  assert.equal((await ada.say('to that', { replyTo: first.id })).replyTo, first.id)
  const before = await ada.history('?after=0')
  const { status, body } = await sender(ada)({ text: 'to what?', replyTo: randomUUID(), clientId: randomUUID() })
  assert.equal(status, 404)
  assert.equal(body.message, 'message not found')
  assert.deepEqual(await ada.history('?after=0'), before)
})

test('a visitor cannot answer a note they cannot see', async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  const sam = agent(dev)
  await sam.find(ada.conversationId)
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })
  assert.equal((await sender(ada)({ text: 'about that', replyTo: note.id })).status, 404)
})

test('a name that agents and visitors both choose is a conflict, and shows neither what the other wrote', async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  const sam = agent(dev)
  await sam.find(ada.conversationId)
  const clientId = randomUUID()
  await sam.answer(ada.conversationId, 'the same', { clientId, private: true })
  const { status, body } = await sender(ada)({ text: 'the same', clientId })
  assert.equal(status, 409)
  assert.ok(!JSON.stringify(body).includes('the same'))
})
