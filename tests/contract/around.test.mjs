/** What a visitor does besides writing: pages, the panel, ending, rating. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)

const tell = (person, event) => person.api.post(`${person.path}/events`, event)
const read = async ({ conversationId }) => (await sam.api.get(`${sam.path}/conversations/${conversationId}`)).data

/** A visitor in a conversation that an agent answers in. */
async function talk() {
  const ada = await visitor(dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  return ada
}

test('the pages a visitor has been to are shown to the agents, newest first', async () => {
  const ada = await visitor(dev)
  // Before the first word, too.
  assert.deepEqual((await tell(ada, { type: 'visited', url: 'https://shop.example/', title: 'Shop' })).data, { ok: true })
  await ada.say('hello')
  await sam.find(ada.conversationId)
  assert.equal((await tell(ada, { type: 'visited', url: 'https://shop.example/lamp?x=1#y' })).status, 201)
  // Staying is no visit.
  await tell(ada, { type: 'visited', url: 'https://shop.example/lamp?x=1#y' })
  await tell(ada, { type: 'visited', url: 'http://shop.example/desk', title: '  A “desk”\n ' })
  const { pages } = await read(ada)
  assert.deepEqual(pages.map(({ at, ...page }) => page), [
    { url: 'http://shop.example/desk', title: 'A “desk”' },
    { url: 'https://shop.example/lamp?x=1#y', title: null },
    { url: 'https://shop.example/', title: 'Shop' },
  ])
  assert.ok(pages[0].at >= pages[2].at)
})

test('of many pages the agents see the last ten', async () => {
  const ada = await talk()
  for (let n = 0; n < 12; n += 1) await tell(ada, { type: 'visited', url: `https://shop.example/${n}` })
  assert.deepEqual((await read(ada)).pages.map(({ url }) => Number(url.split('/').at(-1))), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
})

test('a page needs an http or https address of at most 500 characters', async () => {
  const ada = await talk()
  const long = `https://shop.example/${'x'.repeat(479)}`
  assert.equal(long.length, 500)
  const wrong = [{}, { url: '' }, { url: 'javascript:alert(1)' }, { url: 'data:text/html,x' }, { url: '//shop.example' }, { url: 'ftp://shop.example' }, { url: ' javascript:x' },
    { url: `${long}x` }, { url: 7 }, { url: long, title: 'x'.repeat(501) }, { url: long, on: true }, { url: long, referer: long }]
  for (const event of wrong) assert.equal((await tell(ada, { type: 'visited', ...event })).status, 400, JSON.stringify(event).slice(0, 100))
  assert.equal((await tell(ada, { type: 'visited', url: `https://shop.example/${'x'.repeat(1_000_000)}` })).status, 413)
  assert.deepEqual((await read(ada)).pages, [])
  assert.equal((await tell(ada, { type: 'visited', url: long })).status, 201)
})

test('agents are told of pages and of the panel at once, in a conversation they know', async () => {
  const live = await sam.live()
  const [quiet, ada] = [await visitor(dev), await talk()]
  await tell(quiet, { type: 'opened' })
  await tell(quiet, { type: 'visited', url: 'https://shop.example/quiet' })
  assert.deepEqual((await tell(ada, { type: 'opened' })).data, { ok: true })
  assert.deepEqual(await live.next(({ t }) => t === 'panel'), { t: 'panel', conversationId: ada.conversationId, open: true })
  await tell(ada, { type: 'visited', url: 'https://shop.example/', title: 'Shop' })
  assert.deepEqual(await live.next(({ t }) => t === 'visited'), { t: 'visited', conversationId: ada.conversationId, url: 'https://shop.example/', title: 'Shop' })
  await tell(ada, { type: 'minimized' })
  assert.equal((await live.next(({ t }) => t === 'panel')).open, false)
  assert.ok(!JSON.stringify(live.frames).includes(quiet.conversationId))
  for (const event of [{ type: 'opened', on: true }, { type: 'minimized', url: 'https://shop.example/' }]) assert.equal((await tell(ada, event)).status, 400)
  live.close()
})

test('an agent visits nothing and opens nothing', async () => {
  const ada = await talk()
  const path = `${sam.path}/conversations/${ada.conversationId}/events`
  for (const event of [{ type: 'visited', url: 'https://shop.example/' }, { type: 'opened' }, { type: 'minimized' }]) {
    assert.equal((await sam.api.post(path, event)).status, 400, event.type)
  }
  assert.deepEqual((await read(ada)).pages, [])
})

test('ending closes the conversation, and what is said next begins another', async () => {
  const ada = await talk()
  const live = await ada.live()
  const end = () => ada.api.post(`${ada.path}/sessions/end`)
  const ended = await end()
  assert.deepEqual([ended.status, ended.data], [201, { ok: true }])
  assert.equal((await live.next(({ t }) => t === 'status')).status, 'closed')
  assert.equal((await ada.history())[0].payload.notice, 'closed')
  assert.equal((await read(ada)).status, 'closed')
  await eventually(() => sam.find(ada.conversationId), ({ status }) => status === 'closed')
  // Twice is once.
  assert.equal((await end()).status, 201)
  assert.equal((await ada.history()).filter(({ payload }) => payload.notice === 'closed').length, 1)
  // The token is still good.
  const next = await ada.say('one more thing')
  assert.notEqual(next.conversationId, ada.conversationId)
  live.close()
})

test('ending what has not begun changes nothing', async () => {
  const ada = await visitor(dev)
  const before = await ada.history('?after=0')
  assert.equal((await ada.api.post(`${ada.path}/sessions/end`)).status, 201)
  assert.deepEqual(await ada.history('?after=0'), before)
  assert.equal((await ada.say('hello')).conversationId, ada.conversationId)
})

test('a rating is kept with the last conversation, and another takes its place', async () => {
  const ada = await talk()
  const rate = (body) => ada.api.post(`${ada.path}/rating`, body)
  const first = await rate({ score: 2, comment: '  slow,\r\nbut kind ' })
  assert.equal(first.status, 201)
  assert.deepEqual({ ...first.data, at: null }, { score: 2, comment: 'slow,\nbut kind', at: null })
  await ada.api.post(`${ada.path}/sessions/end`)
  const again = await rate({ score: 5 })
  assert.deepEqual([again.data.score, again.data.comment], [5, null])
  assert.deepEqual((await read(ada)).rating, again.data)
  await eventually(() => sam.find(ada.conversationId), ({ rating }) => rating === 5)
  // The next conversation has one of its own.
  const next = await ada.say('one more thing')
  assert.equal((await rate({ score: 1 })).status, 201)
  await sam.find(next.conversationId)
  await eventually(() => sam.find(next.conversationId), ({ rating }) => rating === 1)
  assert.equal((await read(ada)).rating.score, 5)
})

test('a rating is 1 to 5 with a comment of at most 1000 characters, of something that was said', async () => {
  const [ada, quiet] = [await talk(), await visitor(dev)]
  for (const body of [{}, { score: 0 }, { score: 6 }, { score: 2.5 }, { score: '5' }, { score: -1 }, { score: 256 }, { score: null }, { score: 5, comment: 'x'.repeat(1001) }, { score: 5, more: 1 }]) {
    assert.equal((await ada.api.post(`${ada.path}/rating`, body)).status, 400, JSON.stringify(body).slice(0, 60))
  }
  assert.equal((await read(ada)).rating, null)
  assert.equal((await ada.api.post(`${ada.path}/rating`, { score: 5, comment: 'é'.repeat(1000) })).status, 201)
  assert.equal((await quiet.api.post(`${quiet.path}/rating`, { score: 5 })).status, 409)
})

test('ending and rating under an Idempotency-Key are done once', async () => {
  const ada = await talk()
  const headers = { 'idempotency-key': randomUUID() }
  const first = await ada.api.post(`${ada.path}/rating`, { score: 4 }, { headers })
  await ada.api.post(`${ada.path}/rating`, { score: 1 })
  const again = await ada.api.post(`${ada.path}/rating`, { score: 4 }, { headers })
  assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [first.body, 'true'])
  assert.equal((await read(ada)).rating.score, 1)
  assert.equal((await ada.api.post(`${ada.path}/sessions/end`, undefined, { headers })).status, 201)
  const next = await ada.say('one more thing')
  const ended = await ada.api.post(`${ada.path}/sessions/end`, undefined, { headers })
  assert.equal(ended.headers.get('idempotent-replayed'), 'true')
  await sam.find(next.conversationId)
  assert.notEqual((await read(next)).status, 'closed')
})
