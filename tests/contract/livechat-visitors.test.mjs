/** Livechat's visitors and rooms are visitors and conversations; nobody is taken for another, and no token is told. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { client, eventually, socket } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { calls, fine, guest, invalid, newToken, quiet, refused } from '../support/livechat.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, sign } from '../support/tokens.mjs'

let own, dev, sam, anyone
before(async () => {
  own = await ownDeployment()
  dev = own.dev
  sam = agent(dev)
  anyone = calls(dev)
})
after(() => own?.remove())

const conversation = async (rid) => (await sam.api.get(`${sam.path}/conversations/${rid}`)).data
const act = async (rid, name, body) => assert.equal((await sam.api.post(`${sam.path}/conversations/${rid}/${name}`, body)).status, 201, name)
const register = async (visitor) => fine(await anyone.post('visitor', { visitor })).visitor

test('a token has 16 to 128 letters, digits, _ or -', async () => {
  for (const token of ['x'.repeat(16), 'y'.repeat(128), '_-_-_-_-_-_-_-_-', randomUUID()]) assert.equal((await register({ token })).token, token)
  for (const token of ['', 'short', 'x'.repeat(15), 'x'.repeat(129), 'with a space in it', 'with.dots.in.it.all', 'über-long-token-it-is', `${'x'.repeat(16)}\n`, `${'x'.repeat(16)}/../y`]) {
    invalid(await anyone.post('visitor', { visitor: { token } }), 'visitor/token must match pattern "^[A-Za-z0-9_-]{16,128}$"', token)
  }
})

test('a visitor is who knows the token: they come back to themselves, and say more of themselves', async () => {
  const token = newToken()
  const first = await register({ token })
  assert.deepEqual([first.name, first.visitorEmails, first.phone], [undefined, undefined, undefined])
  assert.deepEqual([first.username, first.status, typeof first.ts], [`guest-${first._id.slice(0, 8)}`, 'online', 'string'])
  const named = await register({ token, name: ' Ada\nLovelace ', email: 'ADA@example.com', phone: { number: '123' }, customFields: { plan: 'pro' } })
  assert.deepEqual([named._id, named.name, named.phone, named.livechatData], [first._id, 'AdaLovelace', [{ phoneNumber: '123' }], { plan: 'pro' }])
  const again = await register({ token, name: '', customFields: [{ key: 'shoe', value: '38', overwrite: true }] })
  assert.deepEqual(again, { ...named, livechatData: { plan: 'pro', shoe: '38' } })
  assert.deepEqual(fine(await anyone.get(`visitor/${token}`)).visitor, again)
})

test("with somebody's phone or e-mail and a token of one's own one is nobody but oneself", async () => {
  const [email, phone] = [`${randomUUID()}@example.com`, '+44 20 7946 0018']
  const ada = await guest(dev, { name: 'Ada', email, phone, customFields: { id: 'A-1' } })
  await ada.say('my secret')
  await sam.find(ada.rid)
  for (const claim of [{ email }, { phone }, { email, phone }, { phone: { number: phone } }, { email: email.toUpperCase(), name: 'Ada' }, { customFields: { id: 'A-1' } }, { username: ada.visitor.username }, { id: ada.id }, { username: ada.visitor.username, id: ada.id, email, phone }]) {
    const token = newToken()
    const answer = await anyone.post('visitor', { visitor: { token, ...claim } })
    const { visitor } = fine(answer)
    assert.equal(visitor.token, token)
    assert.notEqual(visitor._id, ada.id)
    assert.ok(!JSON.stringify(answer.body).includes(ada.token), 'nobody is told another’s token')
    const { room } = fine(await anyone.get('room', { token }))
    assert.notEqual(room._id, ada.rid)
    refused(await anyone.get(`messages.history/${ada.rid}`, { token }), 'invalid-room')
    assert.ok(!JSON.stringify(fine(await anyone.get(`messages.history/${room._id}`, { token }))).includes('my secret'))
  }
  // And nothing was taken from who they are.
  assert.deepEqual(fine(await anyone.get(`visitor/${ada.token}`)).visitor, { ...ada.visitor, livechatData: { id: 'A-1' } })
  assert.deepEqual(said(await ada.history()).includes('my secret'), true)
  // What is claimed is told to agents as a claim.
  const { visitor } = await conversation(ada.rid)
  assert.deepEqual([visitor.id, visitor.email, visitor.verified], [ada.id, email, false], JSON.stringify(visitor))
})

const said = (messages) => messages.map(({ msg }) => msg)

test('the same token at two widgets is two visitors, who know nothing of each other', async () => {
  const other = await quiet(dev)
  const token = newToken()
  const here = await guest(dev, { token, name: 'Here' })
  refused(await calls(other).get(`visitor/${token}`), 'invalid-token')
  const there = await guest(other, { token })
  assert.notEqual(here.id, there.id)
  assert.equal(there.visitor.name, undefined)
  await here.say('said here')
  refused(await there.load({}, here.rid), 'invalid-room')
  refused(await here.load({}, there.rid), 'invalid-room')
  assert.deepEqual(said(await there.history()), [])
  fine(await there.del(`visitor/${token}`))
  assert.equal((await here.have())._id, here.rid)
})

test('a room is a conversation: its bot answers, agents see and answer it, close it and open it again', async () => {
  const agents = await sam.live()
  const ada = await guest(dev, { name: 'Ada' })
  assert.deepEqual(said(await ada.history()).at(-1), 'Hi there 👋 Welcome to Fern & Filament.')
  await ada.say('Where is my order?')
  assert.ok(said(await ada.history()).some((msg) => msg.startsWith('Orders leave our workshop')))
  await ada.say('Countess')
  await agents.next((frame) => frame.id === ada.rid && frame.unread > 0)
  const listed = await sam.find(ada.rid)
  assert.deepEqual([listed.status, listed.visitor.id], ['open', ada.id])
  // What a bot learns is who they are by now, and their messages say so.
  assert.equal((await ada.history())[0].u.username, 'bot')
  assert.equal((await ada.history()).find(({ token }) => token)?.alias, 'Countess')
  await sam.answer(ada.rid, 'Hello')
  assert.deepEqual(said(await ada.history({ limit: 1 })), ['Hello'])
  await act(ada.rid, 'close')
  refused(await ada.send('are you there?'), 'room-closed')
  refused(await ada.close(), 'room-closed')
  assert.equal((await ada.history())[0].t, 'livechat-close')
  await act(ada.rid, 'reopen')
  assert.equal((await ada.history())[0].t, 'livechat-started')
  assert.equal((await ada.say('still me')).rid, ada.rid)
  assert.equal((await ada.have()).open, true)
  agents.close()
})

test('there is one open room, a new one when it is closed, and what was said in the old one stays there', async () => {
  const ada = await guest(dev)
  assert.equal((await ada.have())._id, ada.rid)
  await ada.say('one')
  const { room, newRoom } = fine(await ada.get('room', { token: ada.token }))
  assert.deepEqual([room._id, newRoom], [ada.rid, false])
  assert.deepEqual(fine(await ada.close()), { rid: ada.rid, comment: 'Closed by visitor', success: true })
  refused(await ada.close(), 'room-closed')
  refused(await ada.get('room', { token: ada.token, rid: ada.rid }), 'invalid-room')
  const next = fine(await ada.get('room', { token: ada.token }))
  assert.deepEqual([next.newRoom, next.room._id === ada.rid, next.room.open], [true, false, true])
  assert.deepEqual(said(await ada.history({}, next.room._id)), ['What can we help you with?\n- Where is my order?\n- Help me choose a lamp\n- Talk to a person', 'Hi there 👋 Welcome to Fern & Filament.'])
  assert.equal((await ada.have())._id, next.room._id)
  const bob = await guest(dev)
  for (const more of [{ token: bob.token, rid: ada.rid }, { token: ada.token, rid: bob.rid }]) refused(await anyone.post('room.close', more), 'invalid-room')
  fine(await bob.say('still open') && await bob.load())
})

test('who answers is told to whom they answer', async () => {
  const ada = await guest(dev)
  const bob = await guest(dev)
  await ada.say('Talk to a person')
  await sam.find(ada.rid)
  refused(await ada.get(`agent.info/${ada.rid}/${ada.token}`), 'invalid-agent')
  const [{ id }] = (await sam.api.get(`${sam.path}/agents`)).data
  await act(ada.rid, 'assign', { agentId: id })
  const { agent } = fine(await ada.get(`agent.info/${ada.rid}/${ada.token}`))
  assert.deepEqual(agent, { _id: 'sam', username: 'sam', name: 'Sam', status: 'online', livechat: {} })
  assert.deepEqual(fine(await ada.get('config', { token: ada.token })).config.agent, agent)
  assert.deepEqual((await ada.have()).servedBy, agent)
  refused(await bob.get(`agent.info/${ada.rid}/${bob.token}`), 'invalid-room')
  refused(await bob.get(`agent.next/${bob.token}`), 'agent-not-found')
})

test('the pages, the answers and the rating of a visitor are there for the agents', async () => {
  const ada = await guest(dev)
  const page = (href, more = {}) => ada.post('page.visited', { token: ada.token, rid: ada.rid, pageInfo: { change: 'url', title: 'A lamp', location: { href } }, ...more })
  const { page: told } = fine(await page('https://shop.example/lamp'))
  assert.deepEqual([told.msg, told.navigation.token], ['A lamp - https://shop.example/lamp', ada.token])
  for (const href of ['javascript:alert(1)', 'data:text/html,x', '//shop.example', '', `https://shop.example/${'x'.repeat(500)}`, ' javascript:x']) invalid(await page(href), undefined, href)
  refused(await page('https://shop.example/', { rid: randomUUID() }), 'invalid-room')
  refused(await page('https://shop.example/', { token: newToken() }), 'invalid-token')
  await ada.say('Talk to a person')
  await sam.find(ada.rid)
  assert.deepEqual((await conversation(ada.rid)).pages.map(({ url, title }) => [url, title]), [['https://shop.example/lamp', 'A lamp']])
  const survey = (data) => ada.post('room.survey', { token: ada.token, rid: ada.rid, data })
  for (const data of [[], [{ name: 'agentKnowledge', value: '5' }], [{ name: 'satisfaction', value: '6' }], [{ name: 'satisfaction', value: '0' }], [{ name: 'satisfaction', value: 'good' }]]) refused(await survey(data), 'invalid-data', JSON.stringify(data))
  for (const data of [{}, 'a', [1], [{ name: 'satisfaction' }], [{ name: 'satisfaction', value: 5 }], [{ name: 'satisfaction', value: '5', more: 1 }]]) invalid(await survey(data), undefined, JSON.stringify(data))
  fine(await survey([{ name: 'satisfaction', value: '2' }, { name: 'agentKnowledge', value: '5' }]))
  const rated = await eventually(() => conversation(ada.rid), ({ rating }) => rating !== null)
  assert.deepEqual([rated.rating.score, rated.rating.comment ?? null], [2, null])
})

test('what a visitor says of themselves is bounded, and what was said first stands where it is asked to', async () => {
  const ada = await guest(dev)
  const field = (key, value, overwrite) => ada.post('custom.field', { token: ada.token, key, value, overwrite })
  for (const [key, value, overwrite] of [['a', '1', true], ['a', '2', false], ['__proto__', 'x', true], ['constructor', 'y', false], ['"}', '"\\\u2028x', true]]) assert.deepEqual(fine(await field(key, value, overwrite)).field, { key, value, overwrite })
  const data = fine(await ada.get(`visitor/${ada.token}`)).visitor.livechatData
  assert.deepEqual(Object.entries(data), [['a', '1'], ['__proto__', 'x'], ['constructor', 'y'], ['"}', '"\\\u2028x']])
  for (const [key, value] of [['', 'a'], [' ', 'a'], ['x'.repeat(65), 'a'], ['a', 'x'.repeat(501)]]) invalid(await field(key, value, true))
  const many = Array.from({ length: 17 }, (_, n) => ({ key: `k${n}`, value: 'v', overwrite: true }))
  const answer = await ada.post('custom.fields', { token: ada.token, customFields: many })
  assert.deepEqual([answer.status, answer.body.errorType], [400, 'error-too-many-custom-fields'])
  assert.deepEqual(fine(await ada.get(`visitor/${ada.token}`)).visitor.livechatData, data)
  fine(await ada.post('custom.fields', { token: ada.token, customFields: many.slice(1) }))
  refused(await anyone.post('custom.field', { token: newToken(), key: 'a', value: 'b' }), 'invalid-token')
})

test('who is forgotten is nobody, with all their rooms; with the same token somebody else begins', async () => {
  const ada = await guest(dev, { name: 'Ada' })
  await ada.say('remember this')
  await sam.find(ada.rid)
  assert.equal(fine(await ada.del(`visitor/${ada.token}`)).visitor._id, ada.id)
  for (const answer of [await ada.get(`visitor/${ada.token}`), await ada.get('room', { token: ada.token }), await ada.send('hello'), await ada.load(), await ada.del(`visitor/${ada.token}`)]) refused(answer, 'invalid-token')
  await eventually(async () => (await sam.api.get(`${sam.path}/conversations/${ada.rid}`)).status, (status) => status === 404)
  const again = await eventually(() => anyone.post('visitor', { visitor: { token: ada.token } }), ({ status }) => status === 200)
  assert.equal(again.body.visitor.name, undefined)
  const { room } = fine(await anyone.get('room', { token: ada.token }))
  assert.notEqual(room._id, ada.rid)
  assert.ok(!said(await ada.history({}, room._id)).includes('remember this'))
})

/** All that the deployment keeps in D1, KV, R2 and objects, as it lies on its disk; beside it wrangler keeps traces of its own. */
function kept() {
  const stores = readdirSync(join(own.state, 'v3')).filter((name) => name !== 'observability')
  const files = stores.flatMap((name) => readdirSync(join(own.state, 'v3', name), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))))
}

test('a token is told to whoever sent it and to nobody else, and is kept nowhere', async () => {
  const agents = await sam.live()
  const word = `w${randomUUID().replaceAll('-', '')}`
  const ada = await guest(dev, { name: 'Ada', email: `${word}@example.com`, customFields: { word } })
  const session = sign(claims(dev, ada.id))
  const bearer = client(dev.baseUrl, { authorization: `Bearer ${session}` })
  const live = await socket(`${dev.baseUrl}/web-chat/${dev.widgetToken}/live`, ['porchlight.v1', session])
  await ada.say(word)
  await ada.say('Talk to a person')
  fine(await ada.post('page.visited', { token: ada.token, rid: ada.rid, pageInfo: { change: 'url', title: word, location: { href: `https://shop.example/${word}` } } }))
  fine(await ada.post('visitor.status', { token: ada.token, status: 'online' }))
  await sam.find(ada.rid)
  await sam.answer(ada.rid, 'Hello')
  const { _id } = await ada.say('and more')
  fine(await ada.edit(_id, 'and less'))
  await agents.next((frame) => frame.id === ada.rid)
  await live.next((frame) => frame.t === 'message' && frame.message.payload.text === 'Hello')
  const told = {
    list: await sam.list(), search: await sam.list(`?search=${word}`), conversation: await conversation(ada.rid),
    messages: (await sam.api.get(`${sam.path}/conversations/${ada.rid}/messages`)).data,
    export: (await bearer.get(`/web-chat/${dev.widgetToken}/me/export`)).data,
    history: (await bearer.get(`/web-chat/${dev.widgetToken}/history`)).data,
    sockets: [...agents.frames, ...live.frames], log: own.log,
  }
  for (const [what, answer] of Object.entries(told)) assert.ok(!JSON.stringify(answer).includes(ada.token), what)
  // They tell of the visitor all the same.
  for (const what of ['list', 'conversation', 'messages', 'export', 'history']) assert.ok(JSON.stringify(told[what]).includes(ada.rid), what)
  const rows = await own.sql(`SELECT json_group_array(id || coalesce(email, '')) AS dump FROM visitors`)
  assert.ok(rows[0].dump.includes(word))
  await eventually(kept, (bytes) => bytes.includes(word) && bytes.includes('and less'))
  assert.ok(!kept().includes(ada.token), 'it lies on the disk')
  assert.ok(!kept().includes(ada.token.slice(0, 12)))
  for (const { close } of [agents, live]) close()
})

test('a visitor of our own API is none of livechat’s, and their ids are no tokens', async () => {
  const bob = await visitor(dev)
  await bob.say('mine')
  for (const token of [bob.id, bob.token.slice(0, 128).replaceAll('.', '-'), bob.conversationId]) {
    refused(await anyone.get('room', { token }), 'invalid-token')
    refused(await anyone.get(`messages.history/${bob.conversationId}`, { token }), 'invalid-token')
  }
  const ada = await guest(dev)
  refused(await ada.load({}, bob.conversationId), 'invalid-room')
})

/** The Threads' databases, while nothing serves them. */
function threads() {
  const folder = join(own.state, 'v3', 'do')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(({ name }) => name.endsWith('.sqlite') && !name.startsWith('metadata'))
  return files.map(({ parentPath, name }) => new DatabaseSync(join(parentPath, name)))
    .filter((db) => db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'messages'").get() !== undefined)
}

test('what was said a quarter of an hour ago stands as it was said', async () => {
  const ada = await guest(dev)
  const [old, young] = [await ada.say('old'), await ada.say('young')]
  await own.stop()
  const made = (seconds) => new Date(Date.now() - seconds * 1000).toISOString()
  const changes = threads().map((db) => {
    const age = db.prepare("UPDATE messages SET created_at = ?1, json = json_set(json, '$.createdAt', ?1) WHERE client_id = ?2")
    const changed = age.run(made(15 * 60), old._id).changes + age.run(made(14 * 60), young._id).changes
    db.close()
    return changed
  })
  assert.equal(changes.reduce((sum, changed) => sum + changed), 2)
  await own.start()
  refused(await ada.edit(old._id, 'never said'), 'error-message-editing-blocked')
  refused(await ada.remove(old._id), 'error-message-editing-blocked')
  assert.equal(fine(await ada.read(old._id)).message.msg, 'old')
  // What changes nothing is no change.
  assert.equal(fine(await ada.edit(old._id, 'old')).message.msg, 'old')
  assert.equal(fine(await ada.edit(young._id, 'still young')).message.msg, 'still young')
  fine(await ada.remove(young._id))
})
