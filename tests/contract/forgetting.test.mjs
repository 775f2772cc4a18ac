/** What is kept of a visitor is theirs: they can have it, and they can have it forgotten, all of it and for good. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, sign } from '../support/tokens.mjs'

let own, dev, sam
before(async () => {
  own = await ownDeployment()
  dev = own.dev
  sam = agent(dev)
})
after(() => own?.remove())

const forget = (person) => person.api.ask('DELETE', `${person.path}/me`)
const exported = (person) => person.api.get(`${person.path}/me/export`)

/** Words that nobody else says. */
const unheard = () => `w${randomUUID().replaceAll('-', '')}`

/** Somebody of whom all is known that can be: what each of it says is in `words`. */
async function wellKnown() {
  // The bot asks for a name: the last one stands.
  const words = Object.fromEntries(['name', 'said', 'answer', 'page', 'title', 'comment', 'later', 'edited', 'keyed', 'bot'].map((what) => [what, unheard()]))
  const ada = await visitor(dev, { mode: 'identified', name: words.name, email: `${words.name}@example.com`, url: `https://shop.example/${words.page}` })
  await ada.api.post(`${ada.path}/events`, { type: 'visited', url: `https://shop.example/${words.page}`, title: words.title })
  await ada.say('Talk to a person')
  await ada.say(words.bot)
  const said = await ada.say(words.said)
  await ada.api.ask('PATCH', `${ada.path}/messages/${said.id}`, { body: { text: words.edited } })
  await ada.api.post(`${ada.path}/messages`, { text: words.keyed }, { headers: { 'idempotency-key': randomUUID() } })
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, words.answer)
  await ada.api.post(`${ada.path}/rating`, { score: 3, comment: words.comment })
  await ada.api.post(`${ada.path}/sessions/end`)
  const later = await ada.say(words.later)
  await sam.find(later.conversationId)
  await eventually(() => sam.find(ada.conversationId), ({ rating }) => rating === 3)
  return { ada, words, later }
}

/** The Threads' and the Inboxes' databases as they lie on the disk; `metadata` is wrangler's own list of the objects there were. */
function objects() {
  const files = readdirSync(join(own.state, 'v3', 'do'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('metadata'))
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))))
}

/** All rows of all tables of D1 as text, the index of words among them, read from its file beside the server. */
function record() {
  const folder = join(own.state, 'v3', 'd1')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
  const rows = []
  for (const { parentPath, name } of files) {
    const db = new DatabaseSync(join(parentPath, name), { readOnly: true })
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) => row.name)
    for (const table of tables.filter((table) => !/^(sqlite_|_cf_)/.test(table))) {
      const kept = db.prepare(`SELECT * FROM "${table}"`).all().map((row) => Object.values(row).map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value)))
      rows.push(`${table} ${JSON.stringify(kept)}`)
    }
    db.close()
  }
  for (const table of ['messages', 'visits', 'identities']) assert.ok(rows.some((row) => row.startsWith(`${table} [`)), table)
  return rows.join('\n')
}

/** Everything under R2 as it lies on the disk. */
function media() {
  const folder = join(own.state, 'v3', 'r2')
  try {
    return Buffer.concat(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name))))
  } catch (error) {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

test('all that is kept of a visitor can be had: who they are, conversations, messages, pages', async () => {
  const { ada, words, later } = await wellKnown()
  const note = await sam.answer(later.conversationId, 'a private matter', { private: true })
  const { status, data, headers } = await exported(ada)
  assert.equal(status, 200)
  assert.match(headers.get('content-disposition'), /^attachment; filename="[\w.-]+\.json"$/)
  assert.deepEqual([data.visitor.id, data.visitor.name, data.visitor.email], [ada.id, words.bot, `${words.name}@example.com`])
  assert.deepEqual(data.conversations.map(({ id, status, rating }) => [id, status, rating?.comment]), [[ada.conversationId, 'closed', words.comment], [later.conversationId, 'pending', undefined]])
  assert.deepEqual(data.visits.map(({ url, title }) => [url, title]), [[`https://shop.example/${words.page}`, words.title]])
  assert.deepEqual(data.messages, await ada.history('?after=0&limit=100').then((all) => all.toSorted((a, b) => a.seq - b.seq)))
  for (const word of ['edited', 'keyed', 'answer', 'later', 'bot']) assert.ok(JSON.stringify(data).includes(words[word]), word)
  assert.ok(!JSON.stringify(data).includes(words.said) && !JSON.stringify(data).includes(note.id))
})

test('nobody has what is kept of another, or has another forgotten', async () => {
  const { ada } = await wellKnown()
  const strangers = [{}, { 'x-api-key': dev.apiKey }, { authorization: `Bearer ${ada.token}x` }, { authorization: `Bearer ${sign(claims(dev, ada.id, { ch: randomUUID() }))}` }]
  for (const headers of strangers) {
    const stranger = { api: client(dev.baseUrl, headers), path: ada.path }
    assert.equal((await exported(stranger)).status, 401)
    assert.equal((await forget(stranger)).status, 401)
  }
  const bob = await visitor(dev)
  await forget(bob)
  assert.ok((await ada.history()).length > 5)
})

test('of a forgotten visitor nothing remains: not in D1, not in R2, not in what objects keep on the disk', async () => {
  const { ada, words } = await wellKnown()
  const bob = await visitor(dev)
  const kept = unheard()
  await bob.say(kept)
  await sam.find(bob.conversationId)
  const everything = Object.entries({ ...words, id: ada.id, conversation: ada.conversationId })
  // What is searched for is in the index of words, too.
  await sam.list(`?search=${words.later}`)
  // It was there: a search that could not find it would prove nothing.
  for (const [what, word] of everything.filter(([what]) => what !== 'said')) assert.ok(objects().includes(word), `${what} before`)
  const before = record()
  for (const what of ['name', 'edited', 'page', 'title', 'comment', 'later', 'answer']) assert.ok(before.includes(words[what]), `${what} before`)
  // An index keeps of a word what the word before it has not.
  const indexed = (text, word) => text.split('\n').some((row) => /^(message|visitor)_search_data/.test(row) && row.includes(word.slice(12)))
  for (const what of ['later', 'answer', 'bot']) assert.ok(indexed(before, words[what]), `${what} before, in the index`)

  const { status, data } = await forget(ada)
  assert.deepEqual([status, data], [200, { ok: true }])
  await eventually(objects, (bytes) => everything.every(([, word]) => !bytes.includes(word)), 10_000)
  const after = record()
  for (const [what, word] of everything) {
    assert.ok(!after.includes(word), `D1 has the ${what}`)
    if (!['id', 'conversation'].includes(what)) assert.ok(!indexed(after, word), `D1's index has the ${what}`)
    assert.ok(!media().includes(word), `R2 has the ${what}`)
    assert.ok(!own.log.join('\n').includes(word) || ['id', 'conversation'].includes(what), `the log has the ${what}`)
  }
  // Others are left alone.
  assert.ok(after.includes(kept) && objects().includes(kept))
  assert.ok((await bob.history()).some(({ payload }) => payload.text === kept))
})

test('after that the token proves nothing, and a session with it is another visitor’s', async () => {
  const { ada, words } = await wellKnown()
  await forget(ada)
  const path = ada.path
  const calls = [
    ['GET', '/history'], ['POST', '/messages', { text: 'a' }], ['POST', '/events', { type: 'typing', on: true }], ['POST', '/sessions/end'],
    ['POST', '/rating', { score: 5 }], ['GET', '/me/export'], ['DELETE', '/me'], ['PATCH', `/messages/${randomUUID()}`, { text: 'a' }], ['DELETE', `/messages/${randomUUID()}`],
  ]
  for (const [method, name, body] of calls) assert.equal((await ada.api.ask(method, path + name, { body })).status, 401, `${method} ${name}`)
  const keyed = await ada.api.post(`${path}/messages`, { text: 'a' }, { headers: { 'idempotency-key': 'x' } })
  assert.equal(keyed.status, 401)
  await assert.rejects(ada.live(), { status: 401 })
  for (const body of [{ mode: 'anonymous' }, { mode: 'anonymous', visitorId: ada.id }]) {
    const { status, data } = await ada.api.post(`${path}/sessions`, body)
    assert.equal(status, 201)
    assert.notEqual(data.visitorId, ada.id)
    assert.deepEqual([data.name, data.email], [null, null])
    const history = (await client(dev.baseUrl, { authorization: `Bearer ${data.sessionToken}` }).get(`${path}/history`)).data
    assert.ok(history.every(({ direction }) => direction === 'OUT') && !JSON.stringify(history).includes(words.later))
  }
  assert.equal((await ada.api.get(`${path}/history`)).status, 401)
})

test('the visitor’s sockets are closed by a code of their own, and the agents are told', async () => {
  const { ada, later } = await wellKnown()
  const [one, other, inbox] = [await ada.live(), await ada.live(), await sam.live()]
  await forget(ada)
  assert.deepEqual([await one.closed, await other.closed], Array(2).fill({ code: 4410, reason: 'forgotten' }))
  const frame = await inbox.next(({ t }) => t === 'forgotten')
  assert.deepEqual(frame, { t: 'forgotten', visitorId: ada.id, conversationIds: [ada.conversationId, later.conversationId] })
  const listed = (await sam.list('?limit=100')).data.map(({ id }) => id)
  assert.ok(!listed.includes(ada.conversationId) && !listed.includes(later.conversationId))
  for (const [method, name, body] of [['GET', ''], ['GET', '/messages'], ['POST', '/messages', { text: 'a' }], ['POST', '/close']]) {
    assert.equal((await sam.api.ask(method, `${sam.path}/conversations/${ada.conversationId}${name}`, { body })).status, 404, name)
  }
  inbox.close()
})

test('forgetting while messages are being sent forgets them, too', async () => {
  const ada = await visitor(dev)
  const word = unheard()
  await ada.say(word)
  await sam.find(ada.conversationId)
  const sent = Array.from({ length: 60 }, (_, n) => new Promise((resolve) => setTimeout(resolve, n * 10)).then(() => ada.api.post(`${ada.path}/messages`, { text: `${word} ${n}` })))
  await new Promise((resolve) => setTimeout(resolve, 300))
  const gone = await forget(ada)
  assert.equal(gone.status, 200)
  const statuses = (await Promise.all(sent)).map(({ status }) => status)
  assert.ok(statuses.every((status) => [201, 401].includes(status)), statuses.join())
  assert.ok(statuses.includes(201) && statuses.includes(401), 'the one or the other did not happen')
  // What was on its way to the record has had time to come.
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await eventually(objects, (bytes) => !bytes.includes(word), 10_000)
  assert.ok(!(record()).includes(word))
  assert.equal((await ada.api.get(`${ada.path}/history`)).status, 401)
})

test('who forgets twenty times at once is forgotten once, and nobody is told anything else', async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  const answers = await Promise.all(Array.from({ length: 20 }, () => forget(ada)))
  assert.ok(answers.some(({ status }) => status === 200))
  assert.ok(answers.every(({ status }) => [200, 401].includes(status)), answers.map(({ status }) => status).join())
  await eventually(() => sam.list('?limit=100'), ({ data }) => data.every(({ id }) => id !== ada.conversationId))
})

test('what broke off when the server died is gone on with', async () => {
  const { ada, words } = await wellKnown()
  const going = forget(ada).catch(() => null)
  await own.stop('SIGKILL')
  await going
  await own.start()
  // Either it had begun, and goes on by itself, or it had not, and can be asked for again.
  await forget(ada)
  await eventually(objects, (bytes) => !bytes.includes(words.later), 20_000)
  await eventually(record, (text) => !text.includes(words.later) && !text.includes(words.name), 20_000)
})
