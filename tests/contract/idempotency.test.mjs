/** A call that bears an Idempotency-Key is performed once, however often it is made, also when the server dies between. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

let own, dev, sam
before(async () => {
  own = await ownDeployment()
  dev = own.dev
  sam = agent(dev)
})
after(() => own?.remove())

const send = (person, key, body = { text: 'hello' }) => person.api.post(`${person.path}/messages`, body, { headers: { 'idempotency-key': key } })
const replayed = ({ headers }) => headers.get('idempotent-replayed')
const count = async (person, text) => (await person.history('?limit=100')).filter(({ payload }) => payload.text === text).length

/** A visitor in a conversation that an agent answers in. */
async function talk() {
  const ada = await visitor(dev)
  await ada.say('good morning')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  return ada
}

test('the same body under the same key has the same answer, to the letter, and is said once', async () => {
  const ada = await visitor(dev)
  const key = randomUUID()
  const first = await send(ada, key)
  assert.deepEqual([first.status, replayed(first)], [201, null])
  for (let n = 0; n < 3; n += 1) {
    const again = await send(ada, key)
    assert.deepEqual([again.status, replayed(again)], [201, 'true'])
    assert.deepEqual(again.body, first.body)
  }
  assert.equal(await count(ada, 'hello'), 1)
})

test('another body under the same key is a 409 and changes nothing', async () => {
  const ada = await visitor(dev)
  const key = randomUUID()
  await send(ada, key)
  const before = await ada.history('?after=0')
  for (const body of [{ text: 'good-bye' }, { text: 'hello ' }, { text: 'hello', clientId: randomUUID() }]) {
    const { status, body: refusal } = await send(ada, key, body)
    assert.deepEqual([status, refusal.message], [409, 'another request has this Idempotency-Key already'])
  }
  assert.deepEqual(await ada.history('?after=0'), before)
})

test('a key has 1 to 128 characters', async () => {
  const ada = await visitor(dev)
  for (const key of ['x', 'x'.repeat(128), 'a key, with "signs"']) assert.equal((await send(ada, key)).status, 201, key)
  for (const key of ['', 'x'.repeat(129)]) assert.equal((await send(ada, key)).status, 400, key)
  assert.equal(await count(ada, 'hello'), 3)
})

test('keys are each visitor’s own, and each route’s', async () => {
  const [ada, bob] = [await visitor(dev), await visitor(dev)]
  const key = randomUUID()
  const answers = [await send(ada, key), await send(bob, key, { text: 'another' })]
  assert.deepEqual(answers.map(({ status }) => status), [201, 201])
  assert.equal((await bob.history())[0].direction, 'OUT')
  assert.equal(await count(bob, 'hello'), 0)
  const event = await ada.api.post(`${ada.path}/events`, { type: 'seen', seq: 1 }, { headers: { 'idempotency-key': key } })
  assert.deepEqual([event.status, replayed(event), event.data], [201, null, { ok: true }])
})

test('twenty calls at once under one key are one message with one answer', async () => {
  const ada = await talk()
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(ada, key)))
  assert.deepEqual(answers.map(({ status }) => status), Array(20).fill(201))
  assert.equal(answers.filter((answer) => replayed(answer) === null).length, 1)
  for (const { body } of answers) assert.deepEqual(body, answers[0].body)
  assert.equal(await count(ada, 'hello'), 1)
})

test('twenty calls at once of what begins a conversation are one message and one conversation', async () => {
  const ada = await talk()
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(ada, key)))
  assert.equal(new Set(answers.map(({ data }) => data.id)).size, 1)
  assert.equal(await count(ada, 'hello'), 1)
  assert.equal(new Set((await ada.history('?limit=100')).map(({ conversationId }) => conversationId)).size, 2)
})

test('what was refused is not kept: the same key may try again', async () => {
  const ada = await visitor(dev)
  const key = randomUUID()
  assert.equal((await send(ada, key, { text: '' })).status, 400)
  assert.equal((await send(ada, key, { text: 'to what?', replyTo: randomUUID() })).status, 404)
  assert.deepEqual([(await send(ada, key)).status, replayed(await send(ada, key))], [201, 'true'])
})

test('a key and a clientId do not get into each other’s way', async () => {
  const ada = await visitor(dev)
  const body = { text: 'hello', clientId: randomUUID() }
  const [one, other] = [randomUUID(), randomUUID()]
  const first = await send(ada, one, body)
  const second = await send(ada, other, body)
  assert.equal(first.data.id, second.data.id)
  assert.equal(replayed(second), 'true')
  assert.equal(await count(ada, 'hello'), 1)
})

test('what was taken back is not told again to who asks again', async () => {
  const ada = await visitor(dev)
  const key = randomUUID()
  const { data } = await send(ada, key, { text: 'a secret' })
  const deleted = (await ada.api.ask('DELETE', `${ada.path}/messages/${data.id}`)).data
  const again = await send(ada, key, { text: 'a secret' })
  assert.deepEqual([again.status, replayed(again), again.data], [201, 'true', deleted])
})

test('agents’ calls are known again by key and conversation', async () => {
  const [ada, bob] = [await talk(), await talk()]
  const headers = { 'idempotency-key': randomUUID() }
  const path = (person, name) => `${sam.path}/conversations/${person.conversationId}/${name}`
  const post = (person, name, body) => sam.api.post(path(person, name), body, { headers })
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(ada, 'messages', { text: 'once' })))
  for (const { status, body } of answers) assert.deepEqual([status, body], [201, answers[0].body])
  assert.equal(answers.filter((answer) => replayed(answer) === 'true').length, 4)
  assert.equal(await count(ada, 'once'), 1)
  assert.equal((await post(ada, 'messages', { text: 'twice' })).status, 409)
  assert.equal((await post(bob, 'messages', { text: 'twice' })).status, 201)
  const closed = await post(ada, 'close')
  await sam.api.post(path(ada, 'reopen'))
  const again = await post(ada, 'close')
  assert.deepEqual([again.status, replayed(again), again.body], [201, 'true', closed.body])
  assert.equal((await sam.api.get(path(ada, '').slice(0, -1))).data.status, 'open')
})

test('across a kill and a restart the answers are the same', async () => {
  const ada = await talk()
  const keys = Array.from({ length: 40 }, () => randomUUID())
  const answered = new Map()
  let killed
  await Promise.all(keys.map(async (key, n) => {
    const answer = await send(ada, key, { text: `message ${n}` }).catch(() => null)
    if (answer === null) return
    answered.set(key, answer.body)
    if (answered.size === 15) killed = own.stop('SIGKILL')
  }))
  await killed
  await own.start()
  for (const [n, key] of keys.entries()) {
    const again = await send(ada, key, { text: `message ${n}` })
    assert.equal(again.status, 201)
    if (answered.has(key)) assert.deepEqual([again.body, replayed(again)], [answered.get(key), 'true'])
    assert.equal(await count(ada, `message ${n}`), 1)
  }
})
