/** The gateway API: chat servers forward what their visitors say. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { chat, gateway, json, newSession, SPELLINGS } from '../support/gateway.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const people = agent(dev)
const shop = await gateway(dev)
const said = (session, more = {}) => ({ chatServer: shop.server, chatAccountToken: shop.account.token, chatSessionID: session, message: 'hello', ...more })
const named = (session, more = {}) => ({ chatServer: shop.server, chatSessionID: session, ...more })
const conversation = (session) => eventually(async () => (await people.list('?limit=100')).data, (list) => list.some((it) => it.visitor.name === session))
  .then((list) => list.find((it) => it.visitor.name === session))
const messages = async (id) => (await people.api.get(`${people.path}/conversations/${id}/messages?limit=100`)).data

test('a message opens a ticket, by each of the four spellings', async () => {
  for (const [name, spelling] of Object.entries(SPELLINGS)) {
    const session = newSession()
    const customerName = `Ada ${session.slice(0, 8)}`
    const fields = said(session, { message: `hello, "${name}" 🙂`, customerName, emailAddress: 'ada@example.com', phoneNumber: '+49123', channelID: 8, usedPredefinedUserInput: false, messageNumber: 1, url: 'https://shop.example/a?b=c', additionalData: '' })
    const { status, body } = await shop.chat('notifyUserNewChatMessage', fields, { spelling })
    assert.equal(status, 200, name)
    assert.deepEqual({ ...body, ticketID: 0, messageID: '' }, { type: 'result', message: 'Message sent.', ticketID: 0, messageID: '' })
    assert.ok(Number.isInteger(body.ticketID) && body.ticketID > 0)
    const found = await conversation(customerName)
    assert.equal(found.visitor.email, 'ada@example.com')
    assert.equal(found.visitor.phone, '+49123')
    const told = await eventually(() => messages(found.id), (list) => list.some(({ id }) => id === body.messageID))
    const message = told.find(({ id }) => id === body.messageID)
    assert.deepEqual([message.author.kind, message.payload.text], ['visitor', `hello, "${name}" 🙂`])
    // The widget's bot answers as it answers anybody.
    assert.ok(told.some(({ author }) => author.kind === 'bot'))
  }
})

test('what is said next is of the same ticket, until the chat has ended', async () => {
  const session = newSession()
  const send = async (message) => (await shop.chat('notifyUserNewChatMessage', said(session, { message }))).body.ticketID
  const first = await send('one')
  assert.equal(await send('two'), first)
  for (let n = 0; n < 2; n += 1) {
    assert.deepEqual((await shop.chat('notifyUserEndChat', named(session))).body, { type: 'result', message: 'Chat ended.' })
  }
  const next = await send('three')
  assert.notEqual(next, first)
  assert.equal(await send('four'), next)
})

test('a message that has a number is the same message when it comes again', async () => {
  const session = newSession()
  const once = await shop.chat('notifyUserNewChatMessage', said(session, { messageNumber: 1 }))
  const again = await Promise.all(Array.from({ length: 5 }, () => shop.chat('notifyUserNewChatMessage', said(session, { messageNumber: '1' }))))
  for (const { status, body } of again) assert.deepEqual([status, body], [200, once.body])
  const other = await shop.chat('notifyUserNewChatMessage', said(session, { messageNumber: 1, message: 'good-bye' }))
  assert.equal(other.status, 409)
  const second = await shop.chat('notifyUserNewChatMessage', said(session, { messageNumber: 2 }))
  assert.notEqual(second.body.messageID, once.body.messageID)
  // Without a number, the same words are said twice.
  const [a, b] = [await shop.chat('notifyUserNewChatMessage', said(session)), await shop.chat('notifyUserNewChatMessage', said(session))]
  assert.notEqual(a.body.messageID, b.body.messageID)
})

test('many that begin one session at once begin one', async () => {
  const session = newSession()
  const told = await Promise.all(Array.from({ length: 10 }, (_, n) => shop.chat('notifyUserNewChatMessage', said(session, { message: `m${n}` }))))
  assert.equal(new Set(told.map(({ body }) => body.ticketID)).size, 1)
})

test('agents hear what a visitor does besides, and nothing of a session that is not there', async () => {
  const session = newSession()
  const customerName = `Bob ${session.slice(0, 8)}`
  await shop.chat('notifyUserNewChatMessage', said(session, { customerName }))
  const { id } = await conversation(customerName)
  const inbox = await people.live()
  const events = [
    ['startedtyping', (frame) => frame.t === 'typing' && frame.on], ['stoppedtyping', (frame) => frame.t === 'typing' && !frame.on],
    ['expandedchat', (frame) => frame.t === 'panel' && frame.open], ['minimizedchat', (frame) => frame.t === 'panel' && !frame.open],
  ]
  for (const [event, matches] of events) {
    assert.deepEqual((await shop.chat('notifyUserNewChatEvent', named(session, { event }))).body, { type: 'result', message: 'Event received.' })
    await inbox.next((frame) => matches(frame) && frame.conversationId === id)
  }
  assert.deepEqual((await shop.chat('notifyUserVisited', named(session, { url: 'https://shop.example/lamps' }))).body, { type: 'result', message: 'Visit received.' })
  await inbox.next((frame) => frame.t === 'visited' && frame.url === 'https://shop.example/lamps')
  for (const event of ['startedtypingx', 'xstartedtyping', 'Startedtyping', 'startedtyping|stoppedtyping', 'startedtyping\n']) {
    const { status, body } = await shop.chat('notifyUserNewChatEvent', named(session, { event }))
    assert.deepEqual([status, Object.keys(body.errors)], [400, ['event']], event)
  }
  for (const [name, more] of [['notifyUserNewChatEvent', { event: 'startedtyping' }], ['notifyUserVisited', { url: 'https://a.example/' }], ['notifyUserEndChat', {}]]) {
    for (const wrong of [named(newSession(), more), { ...named(session, more), chatServer: 'other.example.com' }]) {
      assert.equal((await shop.chat(name, wrong)).status, 404, name)
    }
  }
  await inbox.close()
})

test('fields are matched whole, and all that is wrong is told at once', async () => {
  const session = newSession()
  const wrong = {
    chatServer: ['a.b', 'x'.repeat(256), 'server.example.com\n', 'ser ver.example'], chatAccountToken: ['short', `${shop.account.token}!`, 'x'.repeat(129)],
    chatSessionID: ['123456789', 'x'.repeat(66), 'abc_def_ghi', `${session}\n`], message: ['', 'x'.repeat(10_001), ' \n '], messageNumber: ['0', '51', '1.5', 'one', '-1'],
    channelID: ['0', 'x'], usedPredefinedUserInput: ['yes'], customerName: ['Ädа', 'a'.repeat(101)], emailAddress: ['x', 'a@b'], phoneNumber: ['49123', '+', '+49 123'],
    url: ['javascript:alert(1)', 'x'.repeat(2_049)], additionalData: ['x'.repeat(4_097)],
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const { status, body } = await shop.chat('notifyUserNewChatMessage', said(session, { [name]: value }))
      assert.equal(status, 400, `${name}: ${JSON.stringify(value)}`)
      assert.deepEqual([body.status, Object.keys(body.errors)], ['error', [name]])
    }
  }
  const { body } = await shop.chat('notifyUserNewChatMessage', { message: '', messageNumber: 99 })
  assert.deepEqual(Object.keys(body.errors).sort(), ['chatAccountToken', 'chatServer', 'chatSessionID', 'message', 'messageNumber'])
  const twice = `${new URLSearchParams(said(session))}&message=again`
  assert.deepEqual(Object.keys((await shop.chat('notifyUserNewChatMessage', {}, { spelling: () => ({ body: twice, type: 'application/x-www-form-urlencoded' }) })).body.errors), ['message'])
  for (const [text, type, status] of [['{', 'application/json', 400], ['[]', 'application/json', 400], ['{"message":{"$ne":1}}', 'application/json', 400], ['x', 'text/plain', 415],
    ['--b\r\n', 'multipart/form-data; boundary=b', 400], ['x', 'multipart/form-data', 400], [JSON.stringify({ message: 'x'.repeat(300_000) }), 'application/json', 413], ['', '', 415]]) {
    const told = await shop.chat('notifyUserNewChatMessage', {}, { spelling: () => ({ body: text, type: type || undefined }) })
    assert.equal(told.status, status, `${type} ${text.slice(0, 20)}`)
  }
  // Nothing of it began a session.
  assert.equal((await shop.chat('notifyUserEndChat', named(session))).status, 404)
})

test('a number that is not exact names no session, and a text that is not UTF-8 says nothing', async () => {
  const fields = JSON.stringify(said('SESSION'))
  const send = async (body, type = 'application/json') => (await shop.chat('notifyUserNewChatMessage', {}, { spelling: () => ({ body, type }) }))
  // Read as numbers, both are 12345678901234568.
  for (const session of ['12345678901234567', '12345678901234568']) {
    const { status, body } = await send(fields.replace('"SESSION"', session))
    assert.deepEqual([status, Object.keys(body.errors)], [400, ['chatSessionID']])
  }
  assert.equal((await send(fields.replace('"SESSION"', '1234567890'))).status, 200)
  const { status, body } = await send(`${new URLSearchParams(said(newSession())).toString().replace('hello', 'gr%FCn')}`, 'application/x-www-form-urlencoded')
  assert.deepEqual([status, Object.keys(body.errors)], [400, ['body']])
})

test('the longest message is taken in every spelling, and one character more in none', async () => {
  for (const [name, spelling] of Object.entries(SPELLINGS)) {
    for (const [length, expected] of [[10_000, 200], [10_001, 400]]) {
      const { status } = await shop.chat('notifyUserNewChatMessage', said(newSession(), { message: '你'.repeat(length) }), { spelling })
      assert.equal(status, expected, `${length} characters as ${name}`)
    }
  }
  const escaped = JSON.stringify(said(newSession())).replace('hello', '\\ud83d\\ude00'.repeat(10_000))
  assert.equal((await shop.chat('notifyUserNewChatMessage', {}, { spelling: () => ({ body: escaped, type: 'application/json' }) })).status, 200)
})

test('what is said of the visitor is kept with the message it comes with, or not at all', async () => {
  const session = newSession()
  const [first, last] = ['One', 'Two'].map((name) => `${name} ${session.slice(0, 8)}`)
  const send = async (more) => (await shop.chat('notifyUserNewChatMessage', said(session, more))).status
  assert.equal(await send({ messageNumber: 1, customerName: first, emailAddress: 'one@example.com' }), 200)
  const { id } = await conversation(first)
  assert.equal(await send({ messageNumber: 1, message: 'other', customerName: 'Mallory', emailAddress: 'mallory@example.com', phoneNumber: '+49123' }), 409)
  assert.equal(await send({ messageNumber: 2, message: 'two', customerName: last }), 200)
  // The first comes again, late: what was said of them since stands. Spaces are no name.
  assert.equal(await send({ messageNumber: 1, customerName: first, emailAddress: 'one@example.com' }), 200)
  assert.equal(await send({ messageNumber: 3, message: 'three', customerName: '   ' }), 200)
  const { visitor } = await eventually(async () => (await people.list('?limit=100')).data.find((it) => it.id === id), (it) => it.unread === 3)
  assert.deepEqual([visitor.name, visitor.email, visitor.phone], [last, 'one@example.com', null])
})

test('a key opens what is its organization’s, with the permission alone', async () => {
  const call = (key, headers) => chat(dev.baseUrl, key)('requestChatConfig', { chatServer: shop.server, chatAccountToken: shop.account.token }, { headers })
  assert.equal((await call(dev.apiKey)).status, 200)
  assert.equal((await call(undefined, { authorization: `apikey ${dev.apiKey}` })).status, 200)
  assert.equal((await call(undefined, { authorization: `APIKEY ${dev.apiKey}` })).status, 200)
  for (const [key, headers] of [[undefined, {}], ['x', {}], [undefined, { authorization: `Bearer ${dev.apiKey}` }], [`${dev.apiKey}x`, {}]]) {
    const { status, body } = await call(key, headers)
    assert.deepEqual([status, body.status], [401, 'error'])
    assert.match(body.message, /header apiKey/)
  }
  const query = await chat(dev.baseUrl)('requestChatConfig', { chatServer: shop.server, chatAccountToken: shop.account.token }, { query: `?apiKey=${dev.apiKey}` })
  assert.equal(query.status, 401)
  const issue = async (scopes) => (await shop.admin.post(`/organizations/${dev.organizationId}/keys`, { name: 'k', scopes })).data.key
  assert.equal((await call(await issue(['conversations.read']))).status, 403)
  assert.equal((await call(await issue(['API_CHAT']))).status, 200)
})

test('another organization’s accounts and sessions are not there', async () => {
  const made = await shop.admin.post('/organizations', { name: 'Other' })
  const other = chat(dev.baseUrl, made.data.key?.key ?? made.data.key)
  const session = newSession()
  await shop.chat('notifyUserNewChatMessage', said(session))
  assert.equal((await other('notifyUserNewChatMessage', said(session))).status, 404)
  assert.equal((await other('notifyUserEndChat', named(session))).status, 404)
  assert.equal((await other('requestChatQueue', { chatAccountToken: shop.account.token })).status, 404)
  assert.deepEqual((await other('whitelistedDomainsAndBlacklistedIPs', undefined, { method: 'GET' })).body, { type: 'result', whitelistedDomains: [], blacklistedIPs: [] })

  // A session is the account's that began it.
  const second = await gateway(dev)
  const { status } = await shop.chat('notifyUserNewChatMessage', { chatServer: second.server, chatAccountToken: second.account.token, chatSessionID: session, message: 'mine' })
  assert.equal(status, 404)
  assert.equal((await shop.chat('notifyUserEndChat', named(session, { chatServer: second.server }))).status, 404)
})

test('other paths and methods are refused in the API’s words, and no page may ask', async () => {
  assert.equal((await shop.chat('nothing', {})).status, 404)
  assert.equal((await (await fetch(`${dev.baseUrl}/api/v2`)).json()).status, 'error')
  const { status, headers } = await shop.chat('requestChatConfig', undefined, { method: 'GET' })
  assert.deepEqual([status, headers.get('allow')], [405, 'POST'])
  const preflight = await shop.chat('requestChatConfig', undefined, { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } })
  assert.equal(preflight.status, 405)
})

test('a session whose account was deleted begins anew with another', async () => {
  const session = newSession()
  const send = async ({ chat, server, account }) => (await chat('notifyUserNewChatMessage', { chatServer: server, chatAccountToken: account.token, chatSessionID: session, message: 'hello' }))
  const one = await gateway(dev)
  const { body: { ticketID } } = await send(one)
  await one.admin.ask('DELETE', one.path)
  assert.equal((await send(one)).status, 404)
  const { status, body } = await send(await gateway(dev))
  assert.equal(status, 200)
  assert.notEqual(body.ticketID, ticketID)
})

test('an account is read, renamed and deleted, its servers moved and taken off, its secrets shown once', async () => {
  const own = await gateway(dev)
  const { data } = await own.admin.get(own.path)
  assert.equal(data.channelId, dev.widgetId)
  assert.match(data.token, /^[0-9a-f]{32}$/)
  assert.match(own.secret, /^[0-9a-f]{64}$/)
  assert.ok(!JSON.stringify(data).includes(own.secret))
  assert.equal((await own.admin.ask('PATCH', own.path, { body: { name: 'Renamed' } })).data.name, 'Renamed')
  const server = `${own.path}/servers/${own.registered.id}`
  assert.equal((await own.admin.ask('PATCH', server, { body: { callbackUrl: 'https://hooks.example.com/b' } })).data.callbackUrl, 'https://hooks.example.com/b')
  const rotated = await own.admin.post(`${server}/secret`, undefined)
  assert.notEqual(rotated.data.secret, own.secret)
  assert.equal((await own.admin.post(`${own.path}/servers`, { server: own.server, callbackUrl: 'https://hooks.example.com/' })).status, 409)
  for (const body of [{ server: 'x', callbackUrl: 'https://hooks.example.com/' }, { server: 'chat.example.com', callbackUrl: 'ftp://x.example/' }, { server: 'chat.example.com' }]) {
    assert.equal((await own.admin.post(`${own.path}/servers`, body)).status, 400)
  }
  // What is told goes below the address.
  for (const end of ['?a=b', '#a', ' a', '\r\na: b', '\\a', 'a'.repeat(2_048)]) {
    assert.equal((await own.admin.ask('PATCH', server, { body: { callbackUrl: `https://hooks.example.com/${end}` } })).status, 400, end)
  }
  const ask = () => own.chat('requestChatConfig', { chatServer: own.server, chatAccountToken: own.account.token })
  assert.equal((await ask()).status, 200)
  assert.equal((await own.admin.ask('DELETE', server)).status, 200)
  assert.equal((await ask()).status, 404)
  assert.equal((await own.admin.ask('DELETE', own.path)).status, 200)
  assert.equal((await own.admin.get(own.path)).status, 404)
  assert.equal((await own.admin.post(`/organizations/${dev.organizationId}/gateway-accounts`, { channelId: randomUUID(), name: 'x' })).status, 404)
})
