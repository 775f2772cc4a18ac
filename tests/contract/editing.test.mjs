/** What was said can be said otherwise or taken back: by its author, for a while, in an open conversation; all are told. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)

const edit = (person, id, body) => person.api.ask('PATCH', `${person.path}/messages/${id}`, { body: typeof body === 'string' ? { text: body } : body })
const remove = (person, id) => person.api.ask('DELETE', `${person.path}/messages/${id}`)
const find = (messages, id) => messages.find((message) => message.id === id)

/** A visitor in a conversation that an agent answers in. */
async function talk() {
  const ada = await visitor(dev)
  const said = await ada.say('hello')
  await sam.find(ada.conversationId)
  const answer = await sam.answer(ada.conversationId, 'I am here')
  return { ada, said, answer, messages: `${sam.path}/conversations/${ada.conversationId}/messages` }
}

test('an edited message keeps its place and says when it was edited', async () => {
  const { ada, said } = await talk()
  const { status, data } = await edit(ada, said.id, '  hello, all\r\n')
  assert.equal(status, 200)
  const { editedAt, changed, ...rest } = data
  assert.ok(editedAt >= said.createdAt && changed > said.changed)
  const { changed: _, ...before } = said
  assert.deepEqual(rest, { ...before, payload: { text: 'hello, all' }, status: 'seen' })
  assert.deepEqual(find(await ada.history(), said.id), data)
})

test('a deleted message keeps its place and says nothing', async () => {
  const { ada, said } = await talk()
  const { status, data } = await remove(ada, said.id)
  assert.equal(status, 200)
  assert.deepEqual([data.id, data.seq, data.payload, data.type], [said.id, said.seq, { text: '' }, 'text'])
  assert.ok(data.deletedAt >= said.createdAt && data.changed > said.changed)
  assert.deepEqual(find(await ada.history(), said.id), data)
  assert.ok(!JSON.stringify(await ada.history()).includes('hello'))
})

test('the same edit again, and deleting twice, change nothing and give the same answer', async () => {
  const { ada, said } = await talk()
  const edits = [await edit(ada, said.id, 'once'), await edit(ada, said.id, 'once')]
  assert.deepEqual(edits.map(({ status }) => status), [200, 200])
  assert.deepEqual(edits[0].data, edits[1].data)
  const deletions = [await remove(ada, said.id), await remove(ada, said.id)]
  assert.deepEqual(deletions.map(({ status }) => status), [200, 200])
  assert.deepEqual(deletions[0].data, deletions[1].data)
})

test('a deleted message cannot be edited', async () => {
  const { ada, said } = await talk()
  await remove(ada, said.id)
  const { status, body } = await edit(ada, said.id, 'again')
  assert.deepEqual([status, body.message], [409, 'the message is deleted'])
  assert.deepEqual(find(await ada.history(), said.id).payload, { text: '' })
})

test('an edit needs a text of 1 to 4000 characters and nothing else', async () => {
  const { ada, said } = await talk()
  for (const body of [{}, { text: '' }, { text: ' \n' }, { text: 'x'.repeat(4001) }, { text: 7 }, { text: 'a', clientId: randomUUID() }, { text: null }]) {
    assert.equal((await edit(ada, said.id, body)).status, 400, JSON.stringify(body))
  }
  assert.equal(find(await ada.history(), said.id).payload.text, 'hello')
  assert.equal((await edit(ada, said.id, 'é'.repeat(4000))).status, 200)
})

test('nobody edits or deletes what another wrote: other visitors, agents, bots and notices are not there to be found', async () => {
  const { ada, answer, said } = await talk()
  const bob = await visitor(dev)
  const note = await sam.answer(ada.conversationId, 'a note', { private: true })
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  const history = await ada.history()
  const [bot, notice] = ['bot', 'system'].map((kind) => history.find(({ author }) => author.kind === kind))
  const before = await ada.history()
  const foreign = [[bob, said.id], [ada, answer.id], [ada, note.id], [ada, bot.id], [ada, notice.id], [ada, randomUUID()], [ada, 'x']]
  for (const [person, id] of foreign) {
    for (const { status, body } of [await edit(person, id, 'mine'), await remove(person, id)]) {
      assert.deepEqual([status, body.message], [404, 'message not found'])
    }
  }
  assert.deepEqual(await ada.history(), before)
})

test('no credential, a forged one or an agent’s key edits nothing on the visitor’s path', async () => {
  const { ada, said } = await talk()
  for (const headers of [{}, { authorization: `Bearer ${ada.token}x` }, { 'x-api-key': dev.apiKey }, { authorization: `Bearer ${dev.apiKey}` }]) {
    const stranger = { api: client(dev.baseUrl, headers), path: ada.path }
    assert.equal((await edit(stranger, said.id, 'mine')).status, 401)
    assert.equal((await remove(stranger, said.id)).status, 401)
  }
  assert.equal(find(await ada.history(), said.id).payload.text, 'hello')
})

test('in a closed conversation nothing is edited or deleted', async () => {
  const { ada, said } = await talk()
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  const refused = async () => {
    for (const { status, body } of [await edit(ada, said.id, 'late'), await remove(ada, said.id)]) {
      assert.deepEqual([status, body.message], [409, 'the conversation is closed'])
    }
  }
  await refused()
  // Another one beginning does not open the first.
  await ada.say('something else')
  await refused()
})

test('what changed is told to the visitor’s sockets and to the agents, and is brought by after', async () => {
  const { ada, said, answer } = await talk()
  const [live, inbox] = [await ada.live(), await sam.live()]
  const top = (await ada.history())[0].changed
  const edited = (await edit(ada, said.id, 'hello, all')).data
  assert.deepEqual((await live.next(({ message }) => message?.id === said.id)).message, edited)
  assert.ok(edited.changed > top)
  const about = (wanted) => (frame) => frame.t === 'conversation' && frame.messages.some(wanted)
  await inbox.next(about(({ id, payload }) => id === said.id && payload.text === 'hello, all'))
  const next = await ada.say('and more')
  const deleted = (await remove(ada, said.id)).data
  assert.deepEqual((await live.next(({ message }) => message?.id === said.id)).message, deleted)
  await inbox.next(about(({ id, deletedAt }) => id === said.id && deletedAt))
  // Once, in its last form, after what came before it.
  const since = await ada.history(`?after=${answer.changed}`)
  assert.deepEqual(since.map(({ id }) => id), [next.id, said.id])
  assert.deepEqual(since.at(-1), deleted)
  assert.deepEqual((await ada.history(`?after=${next.changed}`)).map(({ id }) => id), [said.id])
  assert.deepEqual(await ada.history(`?after=${deleted.changed}`), [])
  // A page at a time, too.
  const pages = []
  for (let from = 0; ;) {
    const page = await ada.history(`?after=${from}&limit=2`)
    if (page.length === 0) break
    pages.push(...page)
    from = page.at(-1).changed
  }
  assert.deepEqual(pages, await ada.history('?after=0'))
  assert.equal(new Set(pages.map(({ id }) => id)).size, (await ada.history('?limit=100')).length)
  live.close()
  inbox.close()
})

test('the record follows: what agents list no longer has what was taken back', async () => {
  const { ada } = await talk()
  const secret = `a secret ${randomUUID()}`
  const said = await ada.say(secret)
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.id === said.id)
  await edit(ada, said.id, 'no secret')
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.payload.text === 'no secret' && lastMessage.editedAt)
  await remove(ada, said.id)
  await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.deletedAt && lastMessage.payload.text === '')
})

test('what follows an edit has a place of its own', async () => {
  const { ada, said } = await talk()
  for (let n = 0; n < 3; n += 1) await edit(ada, said.id, `edit ${n}`)
  const next = await ada.say('next')
  const all = await ada.history('?limit=100')
  assert.equal(all[0].id, next.id)
  assert.equal(next.seq, next.changed)
  assert.equal(new Set(all.map(({ seq }) => seq)).size, all.length)
  assert.equal(new Set(all.map(({ changed }) => changed)).size, all.length)
})

test('an edit that races a deletion: one order or the other, and deleted in the end', async () => {
  const { ada, said } = await talk()
  for (let round = 0; round < 5; round += 1) {
    const target = round === 0 ? said : await ada.say(`message ${round}`)
    const answers = await Promise.all([edit(ada, target.id, 'edited'), remove(ada, target.id), edit(ada, target.id, 'edited too')])
    assert.equal(answers[1].status, 200)
    for (const { status } of [answers[0], answers[2]]) assert.ok([200, 409].includes(status), `${status}`)
    const now = find(await ada.history(), target.id)
    assert.deepEqual(now.payload, { text: '' })
    assert.deepEqual(now, answers[1].data)
  }
})

test('a message that was sent again after it was edited is the same message, as it is now', async () => {
  const { ada } = await talk()
  const body = { text: 'first', clientId: randomUUID() }
  const { data } = await ada.api.post(`${ada.path}/messages`, body)
  const edited = (await edit(ada, data.id, 'second')).data
  const again = await ada.api.post(`${ada.path}/messages`, body)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
  assert.deepEqual(again.data, edited)
})

test('agents edit and delete what agents said, notes too, and nothing else', async () => {
  const { ada, said, answer, messages } = await talk()
  const live = await ada.live()
  const path = (id) => `${messages}/${id}`
  const note = await sam.answer(ada.conversationId, 'a private matter', { private: true })
  const edited = await sam.api.ask('PATCH', path(answer.id), { body: { text: 'I am there' } })
  assert.equal(edited.status, 200)
  assert.deepEqual((await live.next(({ message }) => message?.id === answer.id)).message, edited.data)
  assert.equal((await sam.api.ask('PATCH', path(note.id), { body: { text: 'another private matter' } })).status, 200)
  assert.equal((await sam.api.ask('DELETE', path(note.id))).status, 200)
  assert.equal((await sam.api.ask('DELETE', path(answer.id))).status, 200)
  await live.next(({ message }) => message?.id === answer.id && message.deletedAt)
  // Not a word of the note, before, between or after.
  assert.ok(!JSON.stringify(live.frames).includes('private') && !live.frames.some(({ message }) => message?.id === note.id))
  assert.ok(!JSON.stringify(await ada.history('?after=0')).includes(note.id))
  const bot = (await ada.history()).find(({ author }) => author.kind === 'bot')
  const elsewhere = await talk()
  for (const id of [said.id, bot.id, elsewhere.answer.id, randomUUID(), 'x']) {
    assert.equal((await sam.api.ask('PATCH', path(id), { body: { text: 'mine' } })).status, 404, id)
    assert.equal((await sam.api.ask('DELETE', path(id))).status, 404, id)
  }
  assert.equal(find(await ada.history(), said.id).payload.text, 'hello')
  const outsider = agent(dev, dev.other.apiKey, dev.other.organizationId)
  for (const [api, base] of [[outsider.api, messages], [outsider.api, messages.replace(dev.organizationId, dev.other.organizationId)]]) {
    assert.ok([403, 404].includes((await api.ask('DELETE', `${base}/${elsewhere.answer.id}`)).status))
  }
  live.close()
})
