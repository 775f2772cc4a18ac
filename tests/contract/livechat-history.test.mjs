/** The history of a room: what is in it, in which order, and how it is asked for page by page and time by time. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { fine, guest, invalid, newToken, quiet, refused } from '../support/livechat.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const still = await quiet(dev)
const sam = agent(dev)
const said = (messages) => messages.map(({ msg }) => msg)
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** A visitor who has said so many things, `0` first, each at a time of its own. */
async function talker(count, more = {}) {
  const ada = await guest(still, more)
  const messages = []
  for (let n = 0; n < count; n += 1) {
    messages.push(await ada.say(String(n)))
    await pause(2)
  }
  return { ...ada, messages }
}

const count = (from, to) => Array.from({ length: Math.abs(to - from) + 1 }, (_, n) => String(from < to ? from + n : from - n))

test('a history is told newest first: 20 messages, or from 1 to 100, past as many as are asked for', async () => {
  const ada = await guest(still)
  for (let n = 0; n < 105; n += 1) await ada.say(String(n))
  const cases = [
    [{}, count(104, 85)], [{ limit: 1 }, ['104']], [{ limit: 100 }, count(104, 5)], [{ count: 3 }, count(104, 102)], [{ limit: 2, count: 5 }, count(104, 103)],
    [{ offset: 0 }, count(104, 85)], [{ offset: 3, limit: 2 }, count(101, 100)], [{ offset: 100 }, count(4, 0)], [{ offset: 104 }, ['0']], [{ offset: 105 }, []],
    [{ offset: 4_294_967_295 }, []], [{ limit: '', count: '', offset: '', ts: '', end: '', ls: '' }, count(104, 85)], [{ rid: ada.rid }, undefined],
  ]
  for (const [query, expected] of cases) {
    if (expected) assert.deepEqual(said(await ada.history(query)), expected, JSON.stringify(query))
  }
  // Page by page it is all of it, once.
  const pages = []
  for (let offset = 0; offset < 120; offset += 20) pages.push(...await ada.history({ offset, count: 20 }))
  assert.deepEqual(said(pages), count(104, 0))
  for (const limit of ['0', '101', '-1', '1.5', '1e1', '0x10', 'ten', ' 5', 'NaN', '99999999999', '{"$gt":0}', '5;']) {
    for (const name of ['limit', 'count']) invalid(await ada.load({ [name]: limit }), `${name} must be integer from 1 to 100`, limit)
  }
  for (const offset of ['-1', '1.5', 'x', '4294967296', '9999999999999999999999', ' 1']) invalid(await ada.load({ offset }), 'offset must be integer from 0 to 4294967295', offset)
})

test('what a history is not asked by is refused: clients are better told than answered something else', async () => {
  const ada = await talker(1)
  for (const name of ['searchText', 'sort', 'fields', 'query', '__proto__', 'limit[]', '']) invalid(await ada.load({ [name]: '1' }), `must NOT have additional properties: '${name}'`)
})

test('`ts` is the first time that is told, `end` the first that is not, in ISO 8601 or in milliseconds', async () => {
  const ada = await talker(6)
  const at = (n) => ada.messages[n].ts
  const ms = (n) => String(Date.parse(at(n)))
  for (const time of [at, ms, (n) => JSON.stringify(at(n))]) {
    assert.deepEqual(said(await ada.history({ ts: time(2) })), count(5, 2))
    assert.deepEqual(said(await ada.history({ end: time(2) })), count(1, 0))
    assert.deepEqual(said(await ada.history({ ts: time(1), end: time(4) })), count(3, 1))
    assert.deepEqual(said(await ada.history({ ts: time(1), end: time(4), limit: 1, offset: 1 })), ['2'])
    assert.deepEqual(said(await ada.history({ ts: time(3), end: time(3) })), [])
    assert.deepEqual(said(await ada.history({ ts: time(4), end: time(1) })), [])
  }
  const after = (n) => String(Number(ms(n)) + 1)
  assert.deepEqual(said(await ada.history({ ts: after(2) })), count(5, 3))
  assert.deepEqual(said(await ada.history({ end: after(2) })), count(2, 0))
  assert.deepEqual(said(await ada.history({ ts: '0', end: '253402300799999' })), count(5, 0))
  assert.deepEqual(said(await ada.history({ end: '0' })), [])
  for (const time of ['yesterday', 'now', '-1', '253402300800000', '1e12', '12.5', '2026-13-01T00:00:00Z', '2026-01-01T25:00:00Z', '{"$date":1}', '{"$gt":""}', "' OR 1=1", '99999999999999999999']) {
    for (const name of ['ts', 'end', 'ls']) invalid(await ada.load({ [name]: time }), `${name} must be a date-time, or milliseconds since 1970`, time)
  }
})

test('with `ls` it is counted what came since and is not told, and the first of it is told besides', async () => {
  const ada = await talker(10)
  const ls = ada.messages[2].ts
  const ask = async (query) => {
    const { messages, unreadNotLoaded, firstUnread } = fine(await ada.load(query))
    return [said(messages), unreadNotLoaded, firstUnread?.msg]
  }
  assert.deepEqual(await ask({ ls, limit: 3 }), [count(9, 7), 4, '3'])
  assert.deepEqual(await ask({ ls: String(Date.parse(ls)), limit: 3 }), [count(9, 7), 4, '3'])
  assert.deepEqual(await ask({ ls, limit: 6 }), [count(9, 4), 1, '3'])
  assert.deepEqual(await ask({ ls, limit: 7 }), [count(9, 3), 0, undefined])
  assert.deepEqual(await ask({ limit: 3 }), [count(9, 7), 0, undefined])
  assert.deepEqual(await ask({ ls: '0', limit: 1 }), [['9'], 9, '0'])
  assert.deepEqual(await ask({ ls: String(Date.now() + 60_000) }), [count(9, 0), 0, undefined])
  // Past everything there is nothing that something could be older than.
  assert.deepEqual(await ask({ ls: '0', offset: 50 }), [[], 0, undefined])
  const { firstUnread } = fine(await ada.load({ ls, limit: 3 }))
  assert.deepEqual(firstUnread, fine(await ada.read(ada.messages[3]._id)).message)
  // What was taken back is not unread.
  fine(await ada.remove(ada.messages[3]._id))
  assert.deepEqual(await ask({ ls, limit: 3 }), [count(9, 7), 3, '4'])
})

test('what a bot says at one moment is counted as what it is', async () => {
  const ada = await guest(dev)
  await ada.say('Where is my order?')
  const all = await ada.history()
  const times = new Set(all.map(({ ts }) => ts))
  assert.ok(times.size < all.length, 'the bot answers in the same millisecond')
  for (let limit = 1; limit < all.length; limit += 1) {
    const { unreadNotLoaded, firstUnread } = fine(await ada.load({ limit, ls: '0' }))
    assert.deepEqual([unreadNotLoaded, firstUnread._id], [all.length - limit, all.at(-1)._id], `${limit} of ${all.length}`)
  }
})

test('a deleted message is in no history, and leaves no hole in a page', async () => {
  const ada = await talker(6)
  for (const n of [5, 3, 0]) fine(await ada.remove(ada.messages[n]._id))
  assert.deepEqual(said(await ada.history()), ['4', '2', '1'])
  assert.deepEqual(said(await ada.history({ limit: 2 })), ['4', '2'])
  assert.deepEqual(said(await ada.history({ limit: 2, offset: 1 })), ['2', '1'])
  fine(await ada.edit(ada.messages[2]._id, 'two'))
  assert.deepEqual(said(await ada.history()), ['4', 'two', '1'])
})

test('the agents’ notes among themselves are never told: in no history, by no id, in no count', async () => {
  const ada = await talker(2)
  await sam.find(ada.rid)
  const note = await sam.answer(ada.rid, 'She is difficult', { private: true })
  const shown = await sam.answer(ada.rid, 'Hello')
  const last = await sam.answer(ada.rid, 'Very difficult', { private: true })
  assert.deepEqual(said(await ada.history()), ['Hello', '1', '0'])
  assert.deepEqual(said(await ada.history({ limit: 1 })), ['Hello'])
  assert.deepEqual(said(await ada.history({ limit: 1, offset: 1 })), ['1'])
  for (const { id } of [note, last]) {
    refused(await ada.read(id), 'invalid-message')
    refused(await ada.edit(id, 'forged'), 'invalid-message')
    refused(await ada.remove(id), 'invalid-message')
  }
  const { unreadNotLoaded, firstUnread } = fine(await ada.load({ limit: 1, ls: ada.messages[1].ts }))
  assert.deepEqual([unreadNotLoaded, firstUnread], [0, undefined])
  assert.equal((await ada.history())[0]._id, shown.id)
  assert.ok(!JSON.stringify(await ada.history({ limit: 100 })).includes('difficult'))
})

test('every room has its own history, and a closed one is still read, by whom it belongs to', async () => {
  const ada = await talker(2)
  fine(await ada.close())
  const { _id: rid } = await ada.have()
  for (const msg of ['second 0', 'second 1']) fine(await ada.post('message', { token: ada.token, rid, msg }))
  assert.deepEqual(said(await ada.history({}, rid)), ['second 1', 'second 0'])
  const [closed, ...before] = await ada.history()
  assert.deepEqual([closed.t, closed.msg, closed.rid, said(before)], ['livechat-close', '', ada.rid, ['1', '0']])
  assert.equal(fine(await ada.read(ada.messages[0]._id)).message.msg, '0')
  assert.deepEqual(fine(await ada.load({ ls: '0', limit: 1 }, rid)).unreadNotLoaded, 1)
  const bob = await guest(still)
  const elsewhere = await guest(dev)
  for (const other of [bob, elsewhere]) {
    for (const room of [ada.rid, rid]) refused(await other.load({}, room), 'invalid-room')
    refused(await other.load({ token: newToken() }, ada.rid), 'invalid-token')
  }
  // What another's room answers is what no room answers.
  for (const room of [randomUUID(), 'x', '__proto__', '%00', "'--"]) refused(await bob.load({}, room), 'invalid-room')
})

test('a history is the conversation as our own API tells it', async () => {
  const ada = await guest(dev)
  await ada.say('Talk to a person')
  await sam.find(ada.rid)
  await sam.answer(ada.rid, 'Hello "Ada"')
  const own = (await client(dev.baseUrl, { 'x-api-key': dev.apiKey }).get(`${sam.path}/conversations/${ada.rid}/messages`)).data
  const theirs = await ada.history({ limit: 100 })
  assert.equal(theirs.length, own.length)
  for (const [n, message] of theirs.entries()) {
    const { id, clientId, author, createdAt, payload } = own[n]
    assert.deepEqual([message._id, message.ts, message.rid], [author.kind === 'visitor' ? clientId : id, createdAt, ada.rid])
    assert.ok(message.msg.startsWith(payload.text), message.msg)
    assert.equal(message.u.username, { visitor: ada.visitor.username, agent: 'sam', bot: 'bot' }[author.kind])
  }
  assert.ok(theirs.some(({ msg }) => msg.includes('\n- ')), 'buttons are told as lines')
})
