/** The people who answer: what they see, what they say, what they keep among themselves. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)

/** A visitor who has written, in a conversation that agents know of; and how to ask about it. */
async function known(text = 'hello') {
  const ada = await visitor(dev)
  const said = await ada.say(text)
  await sam.find(ada.conversationId)
  const path = `${sam.path}/conversations/${ada.conversationId}`
  return {
    ada, said, path, id: ada.conversationId,
    read: async () => (await sam.api.get(path)).data,
    post: (name, body) => sam.api.post(`${path}/${name}`, body),
    messages: async (query = '') => (await sam.api.get(`${path}/messages${query}`)).data,
  }
}

/** Goes through the pages of a list until all of `wanted` have come by; every id that did. */
async function walk(query, limit, wanted) {
  const seen = []
  for (let after = ''; ;) {
    const { data, pageInfo } = await sam.list(`?limit=${limit}${query}${after}`)
    assert.ok(data.length <= limit)
    seen.push(...data)
    assert.equal(pageInfo.hasNextPage, pageInfo.endCursor !== null)
    if (!pageInfo.hasNextPage || wanted.every((id) => seen.some((item) => item.id === id))) return seen
    assert.equal(data.length, limit)
    after = `&after=${encodeURIComponent(pageInfo.endCursor)}`
  }
}

test('conversations are listed by their last change, a page at a time, without gap or double', async () => {
  const began = []
  for (let n = 0; n < 8; n += 1) began.push(await known(`number ${n}`))
  // The first one moves to the front.
  await began[0].ada.say('once more')
  const expected = [began[0], ...began.slice(1).toReversed()].map(({ id }) => id)
  const last = await sam.find(began.at(-1).id)
  await eventually(() => sam.find(began[0].id), ({ updatedAt }) => updatedAt > last.updatedAt)
  for (const limit of [1, 3, 100]) {
    const seen = await walk('', limit, expected)
    const times = seen.map(({ updatedAt }) => updatedAt)
    assert.deepEqual(times, times.toSorted().toReversed())
    assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length)
    assert.deepEqual(seen.map(({ id }) => id).filter((id) => expected.includes(id)), expected, `limit ${limit}`)
  }
})

test('the list can be narrowed to a status', async () => {
  const [pending, open, closed] = [await known(), await known(), await known()]
  await sam.answer(open.id, 'I am here')
  await closed.post('close')
  const wanted = { pending, open, closed }
  for (const [status, { id }] of Object.entries(wanted)) {
    const found = await eventually(() => walk(`&status=${status}`, 100, [id]), (seen) => seen.some((item) => item.id === id))
    assert.ok(found.every((item) => item.status === status))
    assert.ok(Object.entries(wanted).every(([other, { id }]) => other === status || found.every((item) => item.id !== id)))
  }
})

test('a list that cannot be is a 400', async () => {
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'status=', 'status=done', 'status=OPEN', 'after=', 'after=x', 'after=_', `after=2026-01-01T00:00:00.000Z_x`, `after=x_${randomUUID()}`]) {
    assert.equal((await sam.api.get(`${sam.path}/conversations?${query}`)).status, 400, query)
  }
})

test('a conversation is read as it stands at this moment, with the bot’s last turn', async () => {
  const { ada, said, read, id } = await known('Talk to a person')
  const now = await read()
  assert.deepEqual([now.id, now.status, now.unread, now.assignee, now.closedAt], [id, 'pending', 1, null, null])
  assert.deepEqual([now.visitor.id, now.channel], [ada.id, { id: dev.widgetId, name: 'Demo shop' }])
  assert.equal(now.lastMessage.payload.text, 'May I have your name first?')
  assert.equal(now.trace[0].input, 'Talk to a person')
  // No waiting: the Thread answers, not the record.
  const next = await ada.say('Ada')
  const later = await read()
  assert.deepEqual([later.status, later.unread, later.lastMessage.payload.notice], ['open', 2, 'handoff'])
  assert.ok(later.updatedAt >= now.updatedAt && next.seq > said.seq)
})

test('a note is for agents alone: no history, socket or last message of the visitor’s has it', async () => {
  const { ada, id, messages, read } = await known()
  const live = await ada.live()
  const note = await sam.answer(id, 'a private matter', { private: true })
  assert.equal(note.private, true)
  assert.deepEqual((await messages()).find((message) => message.id === note.id), note)
  const answer = await sam.answer(id, 'I am here')
  await live.next((frame) => frame.message?.id === answer.id)
  assert.ok(!JSON.stringify(live.frames).includes('private'))
  await sam.answer(id, 'another private matter', { private: true })
  for (const query of ['', '?after=0', `?after=${note.changed - 1}`, `?before=9999-01-01T00:00:00Z`, '?limit=100']) {
    assert.ok(!JSON.stringify(await ada.history(query)).includes('private'), query)
  }
  assert.equal((await read()).lastMessage.id, answer.id)
  const listed = await eventually(() => sam.find(id), ({ lastMessage }) => lastMessage.id === answer.id)
  assert.ok(!JSON.stringify(listed).includes('private'))
  live.close()
})

test('an answer sent again is the same answer; another under its name is a 409', async () => {
  const { id, post, messages } = await known()
  const body = { text: 'I am here', clientId: randomUUID() }
  const first = await post('messages', body)
  const again = await post('messages', body)
  assert.deepEqual([first.status, first.headers.get('idempotent-replayed')], [201, null])
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
  assert.deepEqual(again.data, first.data)
  const before = await messages()
  for (const other of [{ text: 'I am gone' }, { private: true }, { replyTo: before[0].id }]) assert.equal((await post('messages', { ...body, ...other })).status, 409, JSON.stringify(other))
  const elsewhere = await known()
  assert.equal((await elsewhere.post('messages', body)).status, 201)
  assert.deepEqual(await messages(), before)
  assert.equal((await post('messages', { text: 'to what?', replyTo: randomUUID() })).status, 404)
  assert.equal(before.filter(({ conversationId }) => conversationId !== id).length, 0)
})

test('closing and reopening twice is as once, and says so to the visitor once', async () => {
  const { ada, post } = await known()
  const notices = async () => (await ada.history()).map(({ payload }) => payload.notice).filter(Boolean)
  const closed = [await post('close'), await post('close')]
  assert.deepEqual(closed.map(({ status, data }) => [status, data.status]), [[201, 'closed'], [201, 'closed']])
  assert.equal(closed[0].data.closedAt, closed[1].data.closedAt)
  assert.deepEqual(await notices(), ['closed'])
  const reopened = [await post('reopen'), await post('reopen')]
  assert.deepEqual(reopened.map(({ status, data }) => [status, data.status, data.closedAt]), [[201, 'open', null], [201, 'open', null]])
  assert.deepEqual(await notices(), ['reopened', 'closed'])
})

test('in a closed conversation nothing is said, not even a note, until it is open again', async () => {
  const { ada, post, messages } = await known()
  await post('close')
  const before = await messages()
  for (const body of [{ text: 'too late' }, { text: 'too late', private: true }]) {
    const { status, body: refusal } = await post('messages', body)
    assert.equal(status, 409)
    assert.equal(refusal.message, 'the conversation is closed')
  }
  assert.deepEqual(await messages(), before)
  await post('reopen')
  assert.equal((await post('messages', { text: 'in time' })).status, 201)
  assert.equal((await ada.history())[0].payload.text, 'in time')
})

test('an older conversation stays closed once the visitor writes in another', async () => {
  const { ada, post, read, messages } = await known()
  await post('close')
  const next = await ada.say('something else')
  assert.notEqual(next.conversationId, ada.conversationId)
  const before = [await read(), await messages()]
  assert.equal((await post('reopen')).status, 409)
  assert.equal((await post('messages', { text: 'too late' })).status, 409)
  assert.equal((await post('close')).status, 201)
  assert.deepEqual([await read(), await messages()], before)
  assert.equal((await sam.find(next.conversationId)).status, 'pending')
})

test('what is unread goes to nothing when an agent has seen or answered it, in older conversations too', async () => {
  const { ada, id, post, read } = await known()
  assert.equal((await read()).unread, 1)
  await post('close')
  const next = await ada.say('something else')
  await sam.find(next.conversationId)
  await sam.api.post(`${sam.path}/conversations/${next.conversationId}/events`, { type: 'seen', seq: next.seq })
  assert.equal((await read()).unread, 0)
  await eventually(async () => [await sam.find(id), await sam.find(next.conversationId)], (both) => both.every(({ unread }) => unread === 0))
  await ada.say('and more')
  await eventually(() => sam.find(next.conversationId), ({ unread }) => unread === 1)
  await sam.answer(next.conversationId, 'I am here')
  await eventually(() => sam.find(next.conversationId), ({ unread }) => unread === 0)
})

test('a conversation that is not there, or is no id, is a 404 on every path', async () => {
  for (const id of [randomUUID(), 'x', '0', dev.widgetId]) {
    const path = `${sam.path}/conversations/${id}`
    const calls = [['GET', ''], ['GET', '/messages'], ['POST', '/messages', { text: 'a' }], ['POST', '/events', { type: 'seen', seq: 1 }], ['POST', '/close'], ['POST', '/reopen']]
    for (const [method, name, body] of calls) {
      const { status, body: refusal } = await sam.api.ask(method, path + name, { body })
      assert.deepEqual([status, refusal.message], [404, 'conversation not found'], `${id}${name}`)
    }
  }
})

test('the live view tells of each conversation that began or changed, notes included, and of typing', async () => {
  const live = await sam.live()
  assert.equal(live.ws.protocol, 'porchlight.v1')
  const ada = await visitor(dev)
  const about = (wanted) => (frame) => frame.t === 'conversation' && frame.id === ada.conversationId && wanted(frame)
  const said = await ada.say('hello')
  const began = await live.next(about(() => true))
  assert.deepEqual([began.status, began.unread], ['pending', 1])
  assert.ok(began.messages.some(({ id }) => id === said.id))
  // Told means recorded.
  assert.ok((await sam.list('?limit=100')).data.some(({ id }) => id === ada.conversationId))
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })
  await live.next(about(({ messages }) => messages.some(({ id, private: hidden }) => id === note.id && hidden)))
  await sam.answer(ada.conversationId, 'I am here')
  assert.equal((await live.next(about(({ status }) => status === 'open'))).unread, 0)
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  await live.next(about(({ status }) => status === 'closed'))
  // It only tells; what it is told is refused, and it goes on.
  for (const frame of ['{"t":"typing","on":true}', 'garbage', Buffer.from([1]), 'x'.repeat(1_000_000)]) {
    live.send(frame)
    assert.equal((await live.next(({ t }) => t === 'error')).code, 'invalid-frame')
  }
  live.send('ping')
  await live.next((frame) => frame === 'pong')
  live.close()
})
