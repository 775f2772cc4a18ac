/** Reading what was said: pages that meet without a gap, what changed since, and how far each message has come. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)

/** A visitor who has said so many things to an agent; and all of it, newest first. */
async function talk(count) {
  const ada = await visitor(dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  for (let n = 0; n < count; n += 1) await ada.say(`message ${n}`)
  return { ada, all: await ada.history('?limit=100') }
}

const ids = (messages) => messages.map(({ id }) => id)

/** All pages of so many from `path`, by following the cursor. */
async function walk(api, path, limit) {
  const pages = []
  for (let before = ''; ;) {
    const { status, data, headers } = await api.get(`${path}?limit=${limit}${before}`)
    assert.equal(status, 200)
    if (data.length > 0) pages.push(data)
    const next = headers.get('x-next-before')
    if (next === null) return pages
    assert.equal(next, data.at(-1).id)
    before = `&before=${next}`
  }
}

test('a history is told newest first, and a message is in its place by seq', async () => {
  const { all } = await talk(5)
  const seqs = all.map(({ seq }) => seq)
  assert.deepEqual(seqs, seqs.toSorted((a, b) => b - a))
  assert.equal(seqs.at(-1), 1)
})

test('pages of any length meet without a gap, nothing twice, and the last has no cursor', async () => {
  const { ada, all } = await talk(8)
  for (const limit of [1, 3, all.length - 1, all.length, all.length + 1, 100]) {
    const pages = await walk(ada.api, `${ada.path}/history`, limit)
    assert.deepEqual(ids(pages.flat()), ids(all), `limit ${limit}`)
    assert.ok(pages.slice(0, -1).every((page) => page.length === limit))
    const path = `${sam.path}/conversations/${ada.conversationId}/messages`
    assert.deepEqual(ids((await walk(sam.api, path, limit)).flat()), ids(all), `the agent's, limit ${limit}`)
  }
})

test('before takes a message or a time, and neither includes it', async () => {
  const { ada, all } = await talk(5)
  const [, , third] = all
  assert.deepEqual(ids(await ada.history(`?before=${third.id}`)), ids(all.slice(3)))
  const earlier = all.filter(({ createdAt }) => createdAt < third.createdAt)
  assert.deepEqual(ids(await ada.history(`?before=${third.createdAt}`)), ids(earlier))
  // The same moment, told in another zone.
  const local = new Date(Date.parse(third.createdAt) + 2 * 3600_000).toISOString().replace('Z', '+02:00')
  assert.deepEqual(ids(await ada.history(`?before=${encodeURIComponent(local)}`)), ids(earlier))
  assert.deepEqual(await ada.history('?before=2020-01-01T00:00:00Z'), [])
  assert.deepEqual(await ada.history(`?before=${randomUUID()}`), [])
  assert.deepEqual(ids(await ada.history('?before=9999-01-01T00:00:00Z')), ids(all))
})

test('limits are 1 to 100, and 50 where none is given', async () => {
  const { ada } = await talk(52)
  assert.equal((await ada.history()).length, 50)
  assert.equal((await ada.history('?limit=1')).length, 1)
  assert.ok((await ada.history('?limit=100')).length > 52)
  for (const limit of ['0', '101', '-1', '1.5', '1e1', 'ten', '', ' 5', '0x10', '99999999999999999999']) {
    const { status, body } = await ada.api.get(`${ada.path}/history?limit=${encodeURIComponent(limit)}`)
    assert.equal(status, 400, limit)
    assert.deepEqual(body.message, ['limit must be a whole number from 1 to 100'])
  }
})

test('after tells what came since, oldest first, a page at a time', async () => {
  const { ada, all } = await talk(6)
  const forward = all.toReversed()
  assert.deepEqual(ids(await ada.history('?after=0')), ids(forward))
  const fourth = forward[3]
  const { data, headers } = await ada.api.get(`${ada.path}/history?after=${fourth.changed}&limit=3`)
  assert.deepEqual(ids(data), ids(forward.slice(4, 7)))
  assert.equal(headers.get('x-next-before'), null)
  assert.deepEqual(ids(await ada.history(`?after=${data.at(-1).changed}`)), ids(forward.slice(7)))
  assert.deepEqual(await ada.history(`?after=${forward.at(-1).changed}`), [])
  assert.deepEqual(await ada.history('?after=4294967295'), [])
})

test('what cannot be read from is a 400', async () => {
  const { ada, all } = await talk(0)
  const wrong = ['before=', 'before=yesterday', 'before=2026-05-01', 'before=1700000000000', 'before=2026-13-01T00:00:00Z',
    'after=', 'after=-1', 'after=x', 'after=4294967296', `after=${all[0].id}`, `before=${all[0].id}&after=1`]
  for (const query of wrong) {
    for (const [api, path] of [[ada.api, `${ada.path}/history`], [sam.api, `${sam.path}/conversations/${ada.conversationId}/messages`]]) {
      assert.equal((await api.get(`${path}?${query}`)).status, 400, query)
    }
  }
})

test("a visitor's message is sent until an agent has seen it, and an agent's until the visitor has", async () => {
  const ada = await visitor(dev)
  const said = await ada.say('hello')
  await sam.find(ada.conversationId)
  const events = `${sam.path}/conversations/${ada.conversationId}/events`
  const statuses = async () => Object.fromEntries((await ada.history()).map(({ id, status }) => [id, status]))
  assert.equal((await statuses())[said.id], 'sent')
  assert.equal((await sam.api.post(events, { type: 'seen', seq: said.seq })).status, 201)
  assert.equal((await statuses())[said.id], 'seen')

  const answer = await sam.answer(ada.conversationId, 'I am here')
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })
  const next = await ada.say('good')
  let now = await statuses()
  assert.deepEqual([now[answer.id], now[next.id]], ['sent', 'sent'])
  assert.equal((await ada.api.post(`${ada.path}/events`, { type: 'seen', seq: answer.seq })).status, 201)
  now = await statuses()
  assert.deepEqual([now[answer.id], now[next.id], now[note.id]], ['seen', 'sent', undefined])
  // Seeing less again unsees nothing, and seeing what is not there yet sees no further than there is.
  await ada.api.post(`${ada.path}/events`, { type: 'seen', seq: 1 })
  await sam.api.post(events, { type: 'seen', seq: 4_000_000_000 })
  now = await statuses()
  assert.deepEqual([now[answer.id], now[next.id]], ['seen', 'seen'])
  const later = await ada.say('later')
  assert.equal((await statuses())[later.id], 'sent')
})
