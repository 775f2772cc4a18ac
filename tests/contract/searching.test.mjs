/** Conversations are found by what was said in them and by who visitors say they are, in one's own organization. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment, ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)
const outsider = agent(dev, dev.other.apiKey, dev.other.organizationId)

/** A word that nobody else says. */
const unheard = () => `w${randomUUID().replaceAll('-', '')}`
const search = async (text, more = '') => (await sam.list(`?limit=100&search=${encodeURIComponent(text)}${more}`)).data.map(({ id }) => id)

/** A visitor who has said this, once agents can find it. */
async function said(text, session) {
  const ada = await visitor(dev, session)
  await ada.say('hello')
  const message = await ada.say(text)
  await sam.find(ada.conversationId)
  await eventually(() => search(text), (ids) => ids.includes(ada.conversationId))
  return { ada, message, id: ada.conversationId }
}

test('what was said is found by its words, in any order and case, and by how the last one begins', async () => {
  const [brass, lamp] = [unheard(), unheard()]
  const { id } = await said(`Is the ${brass} desk-${lamp} in stock? Größe`)
  const other = await said(`Is the ${brass} chair in stock?`)
  assert.deepEqual((await search(brass)).toSorted(), [id, other.id].toSorted())
  for (const text of [`${lamp} ${brass}`, `${lamp.toUpperCase()} ${brass}`, `${brass} ${lamp.slice(0, 20)}`, `"${lamp}" (stock)`, `${lamp} große`]) assert.deepEqual(await search(text), [id], text)
  for (const text of [`${lamp.slice(0, 20)} ${brass}`, `${lamp} chair`, lamp.slice(1)]) assert.deepEqual(await search(text), [], text)
})

test('a visitor is found by name and e-mail, as they are now', async () => {
  const name = unheard()
  const { ada, id } = await said('good morning', { mode: 'identified', name: `Ada ${name}`, email: `${name}@mail.example` })
  for (const text of [name, `ada ${name}`, `${name}@mail.example`, `${name}@mail`]) assert.deepEqual(await search(text), [id], text)
  const next = unheard()
  await ada.api.post(`${ada.path}/sessions`, { mode: 'identified', name: next })
  await eventually(() => search(next), (ids) => ids.includes(id))
  assert.deepEqual(await search(`ada ${name}`), [])
  // Of one visitor, all conversations.
  await ada.api.post(`${ada.path}/sessions/end`)
  const later = await ada.say('once more')
  await eventually(() => search(next), (ids) => ids.length === 2 && ids[0] === later.conversationId && ids[1] === id)
})

test('agents’ words are found, notes too, and no longer when they are taken back or said otherwise', async () => {
  const { id } = await said(unheard())
  const [note, answer, edited] = [unheard(), unheard(), unheard()]
  await sam.answer(id, note, { private: true })
  const message = await sam.answer(id, answer)
  await eventually(() => search(answer), (ids) => ids.includes(id))
  assert.deepEqual(await search(note), [id])
  const path = `${sam.path}/conversations/${id}/messages/${message.id}`
  await sam.api.ask('PATCH', path, { body: { text: edited } })
  await eventually(() => search(edited), (ids) => ids.includes(id))
  assert.deepEqual(await search(answer), [])
  await sam.api.ask('DELETE', path)
  await eventually(() => search(edited), (ids) => ids.length === 0)
})

test('a search goes together with the other filters, and page by page', async () => {
  const word = unheard()
  const all = []
  for (let n = 0; n < 5; n += 1) all.push(await said(`${word} number${n}`))
  await sam.api.post(`${sam.path}/conversations/${all[1].id}/close`)
  await eventually(() => search(word, '&status=closed'), (ids) => ids.length === 1 && ids[0] === all[1].id)
  assert.equal((await search(word, '&status=pending')).length, 4)
  assert.deepEqual(await search(word, `&channel=${randomUUID()}`), [])
  const seen = []
  for (let after = ''; ;) {
    const { data, pageInfo } = await sam.list(`?limit=2&search=${word}${after}`)
    seen.push(...data.map(({ id }) => id))
    if (!pageInfo.hasNextPage) break
    after = `&after=${encodeURIComponent(pageInfo.endCursor)}`
  }
  assert.deepEqual(seen, await search(word))
  assert.equal(new Set(seen).size, 5)
})

test('nobody finds what is another organization’s, and what is searched for is words, never a language', async () => {
  const word = unheard()
  const { id } = await said(word)
  const elsewhere = async (text) => (await outsider.list(`?search=${encodeURIComponent(text)}`)).data
  const [mine] = [dev.organizationId.replaceAll('-', '')]
  for (const text of [word, mine, `${mine} OR ${word}`, `organization:${mine}`, `") OR text : ("${word}`, `* OR ${word}`, `${word}*`, `NOT x OR ${word}`]) assert.deepEqual(await elsewhere(text), [], text)
  assert.deepEqual(await search(`${word} OR zzz`), [])
  assert.deepEqual(await search(`text:${word}`), [])
  assert.deepEqual(await search(`-${word}'--`), [id])
  for (const text of ['', ' ', '"', '***', 'x'.repeat(201)]) {
    assert.equal((await sam.api.get(`${sam.path}/conversations?search=${encodeURIComponent(text)}`)).status, 400, text)
  }
})

test('of who is forgotten no word is found', async () => {
  const [word, name] = [unheard(), unheard()]
  const { ada } = await said(word, { mode: 'identified', name })
  assert.equal((await search(name)).length, 1)
  await ada.api.ask('DELETE', `${ada.path}/me`)
  for (const text of [word, name]) assert.deepEqual(await search(text), [], text)
})

test('what nobody has searched for is taken into the index by the sweep, and found', async () => {
  const own = await ownDeployment()
  try {
    const ada = await visitor(own.dev)
    const word = unheard()
    await ada.say(word)
    const eve = agent(own.dev)
    await eve.find(ada.conversationId)
    const waiting = async () => (await own.sql('SELECT count(*) AS count FROM unsearched'))[0].count
    assert.ok((await waiting()) > 0)
    await fetch(`${own.dev.baseUrl}/cdn-cgi/handler/scheduled?cron=17+*+*+*+*`)
    await eventually(waiting, (count) => count === 0)
    assert.deepEqual((await eve.list(`?search=${word}`)).data.map(({ id }) => id), [ada.conversationId])
  } finally {
    await own.remove()
  }
})
