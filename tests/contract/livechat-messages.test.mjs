/** Messages by livechat: known again by the names that clients give them, and changed by nobody but their author. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { calls, fine, guest, invalid, newToken, refused } from '../support/livechat.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)
const anyone = calls(dev)
const mine = (messages) => messages.filter(({ token }) => token !== undefined).map(({ msg }) => msg)

/** Somebody whom an agent has answered, and the answer's id. */
async function answered() {
  const ada = await guest(dev)
  const { _id } = await ada.say('Talk to a person')
  await sam.find(ada.rid)
  const { id } = await sam.answer(ada.rid, 'I am here')
  return { ada, _id, answer: id }
}

test('a message is told as it is kept, to its author with their token', async () => {
  const ada = await guest(dev, { name: 'Ada' })
  const { status, body } = await ada.send('hello', { _id: 'client-1' })
  assert.equal(status, 200)
  const { ts, _updatedAt, ...rest } = body.message
  const author = { _id: ada.id, username: ada.visitor.username, name: 'Ada' }
  assert.deepEqual(rest, { _id: 'client-1', rid: ada.rid, msg: 'hello', token: ada.token, alias: 'Ada', u: author, mentions: [], channels: [], urls: [] })
  assert.match(ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.ok(_updatedAt === ts && Math.abs(Date.parse(ts) - Date.now()) < 60_000)
  assert.deepEqual(fine(await ada.read('client-1')).message, body.message)
  assert.deepEqual((await ada.history()).find(({ _id }) => _id === 'client-1'), body.message)
})

test('a name has 8 to 64 letters, digits, _ or -; one that is made up has 17 letters, and no two are the same', async () => {
  const ada = await guest(dev)
  for (const _id of ['', 'seven77', 'x'.repeat(65), 'with space', 'with.dots', 'über-long', 'a/b/c/d/e', '12345678\n', '%41%41%41%41', '-------\u0000']) {
    invalid(await ada.send('hello', { _id }), '_id must match pattern "^[A-Za-z0-9_-]{8,64}$"', _id)
  }
  for (const _id of ['12345678', 'x'.repeat(64), '__proto__', 'constructor', 'toString', 'hasOwnProperty', '--------', '________', 'null-null']) {
    assert.equal(fine(await ada.send('hello', { _id })).message._id, _id)
    assert.equal(fine(await ada.read(_id)).message._id, _id)
  }
  const made = await Promise.all(Array.from({ length: 50 }, () => ada.send('hello')))
  const ids = made.map((answer) => fine(answer).message._id)
  for (const id of ids) assert.match(id, /^[2-9A-HJ-NP-Za-km-z]{17}$/)
  assert.equal(new Set(ids).size, 50)
})

test('the same message again is answered as before and is one message; anything else under its name is refused', async () => {
  const ada = await guest(dev)
  const _id = randomUUID()
  const first = fine(await ada.send('hello', { _id }))
  assert.deepEqual(fine(await ada.send('hello', { _id })), first)
  assert.deepEqual(fine(await ada.send(' hello\u0007 ', { _id })), first)
  for (const other of ['Hello', 'hello.', 'hello hello']) refused(await ada.send(other, { _id }), 'error-duplicated-message', other)
  assert.deepEqual(mine(await ada.history()), ['hello'])
  // The name is the visitor's: another has it, too.
  const bob = await guest(dev)
  assert.equal(fine(await bob.send('of Bob', { _id })).message.msg, 'of Bob')
  assert.deepEqual([fine(await ada.read(_id)).message.msg, fine(await bob.read(_id)).message.msg], ['hello', 'of Bob'])
  // A retry that comes after the room was closed was taken before it was.
  fine(await ada.close())
  assert.deepEqual(fine(await ada.send('hello', { _id })), first)
  const { _id: rid } = await ada.have()
  assert.notEqual(rid, ada.rid)
  refused(await ada.send('hello', { _id, rid }), 'error-duplicated-message', 'in another room')
  refused(await ada.read(_id, { rid }), 'invalid-message')
  assert.deepEqual(mine(await ada.history({}, rid)), [])
})

test('the id of a message that is there is no name for another', async () => {
  const { ada, answer } = await answered()
  refused(await ada.send('I said that', { _id: answer }), 'error-duplicated-message')
  assert.deepEqual([fine(await ada.read(answer)).message.msg, mine(await ada.history())], ['I am here', ['Talk to a person']])
})

test('a message is read in its own room, by whom it belongs to', async () => {
  const { ada, _id, answer } = await answered()
  const bob = await guest(dev)
  const his = (await bob.say('of Bob'))._id
  assert.equal(fine(await ada.read(answer)).message.u.username, 'sam')
  // Somebody else's and nobody's are answered alike.
  for (const id of [his, randomUUID(), 'x', '__proto__', "' OR '1'='1", '%', '_', '%25', '..%2f', 'x'.repeat(2000), '%F0%9F%98%80', '%00']) {
    refused(await ada.read(encodeURIComponent(id)), 'invalid-message', id)
    refused(await ada.edit(encodeURIComponent(id), 'forged'), 'invalid-message', id)
    refused(await ada.remove(encodeURIComponent(id)), 'invalid-message', id)
  }
  for (const more of [{ rid: bob.rid }, { rid: randomUUID() }]) refused(await ada.read(_id, more), 'invalid-room')
  refused(await bob.read(_id), 'invalid-message')
  for (const more of [{ token: bob.token }, { token: bob.token, rid: randomUUID() }]) refused(await ada.read(_id, more), 'invalid-room')
  refused(await ada.read(_id, { token: newToken() }), 'invalid-token')
})

test('an edited message says when and by whom; saying the same again changes nothing', async () => {
  const ada = await guest(dev)
  const sent = await ada.say('one')
  const { message } = fine(await ada.edit(sent._id, ' two '))
  assert.deepEqual([message.msg, message._id, message.ts, message.editedBy], ['two', sent._id, sent.ts, { _id: ada.id, username: ada.visitor.username }])
  assert.ok(message.editedAt >= sent.ts && message._updatedAt === message.editedAt)
  assert.deepEqual(fine(await ada.edit(sent._id, 'two', { _id: sent._id })).message, message)
  assert.deepEqual(fine(await ada.read(sent._id)).message, message)
  invalid(await ada.edit(sent._id, 'three', { _id: randomUUID() }), "_id must be the message's")
  assert.deepEqual(mine(await ada.history()), ['two'])
})

test('nobody but its author edits or deletes a message, and they only in its own open room', async () => {
  const { ada, _id, answer } = await answered()
  const bob = await guest(dev)
  const bot = (await ada.history()).find(({ u }) => u.username === 'bot')._id
  const before = await ada.history()
  for (const id of [answer, bot]) {
    refused(await ada.edit(id, 'forged'), 'error-action-not-allowed')
    refused(await ada.remove(id), 'error-action-not-allowed')
  }
  for (const more of [{ token: bob.token }, { rid: bob.rid }, { rid: randomUUID() }]) {
    refused(await ada.edit(_id, 'forged', more), 'invalid-room')
    refused(await ada.remove(_id, more), 'invalid-room')
  }
  refused(await bob.edit(_id, 'forged'), 'invalid-message')
  refused(await bob.remove(_id), 'invalid-message')
  for (const more of [{ token: newToken() }, { token: newToken(), rid: bob.rid }]) {
    refused(await ada.edit(_id, 'forged', more), 'invalid-token')
    refused(await ada.remove(_id, more), 'invalid-token')
  }
  assert.deepEqual(await ada.history(), before)
  fine(await ada.close())
  const { _id: rid } = await ada.have()
  for (const id of [_id, answer, randomUUID()]) {
    refused(await ada.edit(id, 'late'), 'room-closed')
    refused(await ada.remove(id), 'room-closed')
    refused(await ada.edit(id, 'late', { rid }), 'invalid-message')
    refused(await ada.remove(id, { rid }), 'invalid-message')
  }
  assert.deepEqual((await ada.history()).slice(1), before)
})

test('a DELETE that does not say whose message it is, as the document has it, is refused and deletes nothing', async () => {
  const ada = await guest(dev)
  const { _id } = await ada.say('mine')
  const at = `message/${_id}`
  for (const query of [undefined, {}, { rid: ada.rid }]) invalid(await anyone.del(at, undefined, query), query?.rid ? "must have required property 'token'" : "must have required property 'rid'")
  for (const body of [{}, { token: ada.token }, { rid: ada.rid }, { token: '', rid: '' }]) assert.equal((await anyone.del(at, body)).status, 400)
  // What stands in the query does not make up for what a body lacks.
  invalid(await anyone.del(at, {}, { token: ada.token, rid: ada.rid }))
  assert.deepEqual(mine(await ada.history()), ['mine'])
  const { message } = fine(await anyone.del(at, undefined, { token: ada.token, rid: ada.rid }))
  assert.deepEqual([message._id, Math.abs(Date.parse(message.ts) - Date.now()) < 60_000], [_id, true])
  assert.deepEqual(mine(await ada.history()), [])
})

test('a deleted message is gone for its author and the agents, and deleting it again is the same', async () => {
  const { ada, _id } = await answered()
  const conversation = async () => (await sam.api.get(`${sam.path}/conversations/${ada.rid}/messages`)).data
  const { message } = fine(await ada.remove(_id))
  assert.deepEqual(fine(await ada.remove(_id)).message, message)
  refused(await ada.read(_id), 'invalid-message')
  refused(await ada.edit(_id, 'back again'), 'invalid-message')
  assert.ok(!(await ada.history()).some((it) => it._id === _id))
  const theirs = (await conversation()).find(({ clientId }) => clientId === _id)
  assert.deepEqual([theirs.payload, theirs.deletedAt], [{ text: '' }, message.ts])
  // A retry of what was sent finds it taken back, and says nothing again.
  assert.equal(fine(await ada.send('Talk to a person', { _id })).message.msg, '')
  assert.deepEqual(mine(await ada.history()), [])
})

test('what an agent changes or takes back is so for the visitor', async () => {
  const { ada, answer } = await answered()
  const at = `${sam.path}/conversations/${ada.rid}/messages/${answer}`
  assert.equal((await sam.api.ask('PATCH', at, { body: { text: 'I was there' } })).status, 200)
  const { message } = fine(await ada.read(answer))
  assert.deepEqual([message.msg, typeof message.editedAt, message.editedBy, message.token], ['I was there', 'string', undefined, undefined])
  assert.equal((await sam.api.ask('DELETE', at)).status, 200)
  refused(await ada.read(answer), 'invalid-message')
  assert.ok(!(await ada.history()).some(({ _id }) => _id === answer))
})

test('who is served reads of it, and the agent’s answer is there at once', async () => {
  const { ada } = await answered()
  const [newest] = await ada.history({ limit: 1 })
  assert.deepEqual([newest.msg, newest.u], ['I am here', { _id: 'sam', username: 'sam', name: 'Sam' }])
  const told = await eventually(() => sam.find(ada.rid), ({ lastMessage }) => lastMessage?.payload.text === 'I am here')
  assert.equal(told.visitor.id, ada.id)
})
