/** What a chat server asks of an account, and the files that it forwards. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { file, FORM, formOf } from '../support/files.mjs'
import { gateway, multipart, newSession, SPELLINGS, urlencoded } from '../support/gateway.mjs'
import { agent } from '../support/people.mjs'
import { rows, widget } from '../support/widgets.mjs'

const PNG = file('lamp.png')
const CLOSED = { timeZone: 'UTC', days: [] }
const [strict, away, ruled, leaving] = [
  widget({ heading: 'Strict', welcome: 'Hi!', locale: 'de', theme: { primary: '#123456' }, allowedDomains: ['shop.example', '*.shop.example'], blockedIps: ['203.0.113.0/24', '2001:db8::/32'], uploads: { enabled: true, maxBytes: 2_000 } }),
  widget({ heading: 'Away', officeHours: CLOSED, offline: { accept: false, message: 'We are out.' }, uploads: { enabled: false } }),
  widget({ heading: 'Ruled' }),
  widget({ heading: 'Leaving' }),
]
let own, dev, people, shop, out
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off' }, rows([strict, away, ruled, leaving]))
  dev = own.dev
  people = agent(dev)
  shop = await gateway(dev, { channelId: strict.id })
  out = await gateway(dev, { channelId: away.id })
})
after(() => own?.remove())

/** How visitors of a widget begin by the other APIs: `begin(headers)` gives the status. */
const elsewhere = ({ token }) => [
  [`/web-chat/${token}/sessions`, { mode: 'anonymous' }], [`/livechat/${token}/api/v1/livechat/visitor`, { visitor: { token: 'iNKE8a6k6cjbqWhWd' } }],
].map(([path, body]) => async (headers) => (await fetch(dev.baseUrl + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })).status)

const of = ({ server, account }) => ({ chatServer: server, chatAccountToken: account.token })

test('the configuration is the channel’s own, and says whether anybody is there', async () => {
  for (const spelling of Object.values(SPELLINGS)) {
    const { body } = await shop.chat('requestChatConfig', of(shop), { spelling })
    assert.deepEqual(body, { type: 'result', chatConfig: { name: 'Forwarded', enabled: true, online: true, language: 'de', color: '#123456', welcomeMessage: 'Hi!', offlineMessage: '', departments: [] } })
  }
  await shop.admin.post(`/organizations/${dev.organizationId}/departments`, { name: 'Sales' })
  const { body: { chatConfig } } = await out.chat('requestChatConfig', of(out))
  assert.deepEqual([chatConfig.online, chatConfig.offlineMessage, chatConfig.departments], [false, 'We are out.', ['Sales']])
})

test('the configuration of a channel that is switched off says so', async () => {
  const { data: channel } = await shop.admin.post(`/organizations/${dev.organizationId}/web-chat/channels`, { name: 'Off', settings: { locale: 'fr' } })
  const off = await gateway(dev, { channelId: channel.id })
  const { status } = await off.admin.ask('PATCH', `/organizations/${dev.organizationId}/web-chat/channels/${channel.id}`, { body: { enabled: false } })
  assert.equal(status, 200)
  const { body: { chatConfig } } = await off.chat('requestChatConfig', of(off))
  assert.deepEqual([chatConfig.enabled, chatConfig.online, chatConfig.language], [false, false, 'fr'])
  assert.equal((await off.chat('notifyUserNewChatMessage', { ...of(off), chatSessionID: newSession(), message: 'hello' })).status, 404)
})

test('nothing is taken where nobody is there and nothing may be left', async () => {
  const chatSessionID = newSession()
  const { status, body } = await out.chat('notifyUserNewChatMessage', { ...of(out), chatSessionID, message: 'hello' })
  assert.equal(status, 409)
  assert.match(body.message, /Nobody is there/)
  assert.deepEqual(await own.sql(`SELECT session FROM gateway_sessions WHERE session = '${chatSessionID}'`), [])
})

test('tickets are numbered one after the other, however much is said', async () => {
  const ticket = async () => {
    const chatSessionID = newSession()
    const said = []
    for (const message of ['one', 'two', 'three']) said.push((await shop.chat('notifyUserNewChatMessage', { ...of(shop), chatSessionID, message })).body.ticketID)
    assert.equal(new Set(said).size, 1)
    return said[0]
  }
  const first = await ticket()
  assert.equal(await ticket(), first + 1)
})

test('what was taken while somebody was there is known again when nobody is', async () => {
  const late = await gateway(dev, { channelId: leaving.id })
  const settings = (settings) => late.admin.ask('PATCH', `/organizations/${dev.organizationId}/web-chat/channels/${leaving.id}`, { body: { settings } })
  const chatSessionID = newSession()
  const send = (messageNumber) => late.chat('notifyUserNewChatMessage', { ...of(late), chatSessionID, message: 'hello', messageNumber })
  const add = (messageNumber) => late.chat('addAttachment', {}, { spelling: () => ({ body: formOf(PNG), type: FORM }), query: `?${new URLSearchParams({ ...of(late), chatSessionID, messageNumber })}` })
  const [said, added] = [await send(1), await add(2)]
  assert.deepEqual([said.status, added.status], [200, 200])
  await settings({ officeHours: CLOSED, offline: { accept: false } })
  assert.deepEqual([(await send(1)).body, (await add(2)).body], [said.body, added.body])
  assert.deepEqual([(await send(3)).status, (await add(4)).status], [409, 409])
  await settings({ officeHours: null })
  assert.equal((await send(3)).status, 200)
})

test('who may chat is told by the rules that the visitors’ own APIs keep to', async () => {
  const check = async (origin, ip) => {
    const { body: { type, allowed, reason } } = await shop.chat('checkOriginAndIP', { ...of(shop), origin, ip })
    assert.equal(type, 'result')
    return [allowed, reason]
  }
  assert.deepEqual(await check('shop.example', '198.51.100.7'), [true, null])
  assert.deepEqual(await check('WWW.Shop.Example', '198.51.100.7'), [true, null])
  for (const origin of ['other.example', 'notshop.example', 'shop.example.evil.example', 'www.notshop.example']) assert.deepEqual(await check(origin, '198.51.100.7'), [false, 'origin'], origin)
  for (const ip of ['203.0.113.9', '::ffff:203.0.113.9', '::ffff:cb00:7109', '2001:db8::1']) assert.deepEqual(await check('shop.example', ip), [false, 'ip'], ip)
  for (const [name, value] of [['ip', 'x.y.z'], ['ip', '1.2.3'], ['ip', '::1'], ['ip', 'fe80::1%eth0'], ['ip', '1.2.3.4:80'], ['origin', 'https://shop.example'], ['origin', 'shop.example/']]) {
    const { status, body } = await shop.chat('checkOriginAndIP', { ...of(shop), origin: 'shop.example', ip: '198.51.100.7', [name]: value })
    assert.deepEqual([status, Object.keys(body.errors)], [400, [name]])
    if (name === 'origin') assert.match(body.errors.origin, /a host alone, like shop\.example\.com/)
  }
  const { body } = await shop.chat('whitelistedDomainsAndBlacklistedIPs', undefined, { method: 'GET' })
  assert.deepEqual(body, { type: 'result', whitelistedDomains: ['*.shop.example', 'shop.example'], blacklistedIPs: ['2001:db8::/32', '203.0.113.0/24'] })
  // The same rules, elsewhere.
  for (const begin of elsewhere(strict)) {
    assert.equal(await begin({ origin: 'https://other.example' }), 403)
    assert.equal(await begin({ origin: 'https://shop.example', 'cf-connecting-ip': '203.0.113.9' }), 403)
  }
})

test('an account’s rules are set at the account, are its channel’s, and hold for all APIs', async () => {
  const account = await gateway(dev, { channelId: ruled.id })
  const change = (body) => account.admin.ask('PATCH', account.path, { body })
  const rules = { allowedDomains: ['lamp.example'], blockedIps: ['198.51.100.0/24'] }
  const { status, data } = await change(rules)
  assert.deepEqual([status, data.name, data.allowedDomains, data.blockedIps], [200, 'Forwarded', rules.allowedDomains, rules.blockedIps])
  assert.deepEqual((await account.admin.get(account.path)).data, data)
  const channel = async () => (await account.admin.get(`/organizations/${dev.organizationId}/web-chat/channels/${ruled.id}`)).data.settings
  assert.deepEqual(await channel(), { heading: 'Ruled', ...rules })
  const check = async (origin, ip) => (await account.chat('checkOriginAndIP', { ...of(account), origin, ip })).body.reason
  assert.deepEqual([await check('lamp.example', '203.0.113.1'), await check('a.example', '203.0.113.1'), await check('lamp.example', '198.51.100.1')], [null, 'origin', 'ip'])
  for (const begin of elsewhere(ruled)) {
    assert.equal(await begin({ origin: 'https://a.example' }), 403)
    assert.equal(await begin({ origin: 'https://lamp.example', 'cf-connecting-ip': '198.51.100.1' }), 403)
    assert.ok(await begin({ origin: 'https://lamp.example' }) < 300)
  }
  // One of them alone, with a name; what is left out stays.
  const next = (await change({ name: 'Lamps', allowedDomains: [] })).data
  assert.deepEqual([next.name, next.allowedDomains, next.blockedIps], ['Lamps', [], rules.blockedIps])
  assert.deepEqual(await channel(), { heading: 'Ruled', allowedDomains: [], blockedIps: rules.blockedIps })
  for (const [body, wrong] of [
    [{ blockedIps: ['300.1.1.1'] }, /^blockedIps\[0\]: /], [{ name: 'Other', allowedDomains: ['https://a.example/b'] }, /^allowedDomains\[0\]: /],
    [{ name: 'Other', blockedIps: Array(501).fill('203.0.113.1') }, /^blockedIps: must have at most 500 items/], [{ allowedDomains: 'a.example' }, /^allowedDomains: /], [{ token: 'x' }, /token/],
  ]) {
    const { status, body: { message } } = await change(body)
    assert.equal(status, 400)
    assert.match(message[0], wrong)
  }
  assert.deepEqual((await account.admin.get(account.path)).data, next)
})

test('the queue has who waits, in the order they came, and how many agents are there', async () => {
  const asked = async () => (await shop.chat('requestChatQueue', { chatAccountToken: shop.account.token })).body
  const before = await asked()
  assert.deepEqual([before.queue.length, before.length, before.agentsOnline], [before.length, before.length, 0])
  const sessions = [newSession(), newSession()]
  for (const chatSessionID of sessions) await shop.chat('notifyUserNewChatMessage', { ...of(shop), chatSessionID, message: 'hello' })
  const queue = await eventually(asked, ({ length }) => length === before.length + 2)
  assert.deepEqual(queue.queue.slice(-2).map(({ chatSessionID, position }) => [chatSessionID, position]), sessions.map((id, n) => [id, before.length + n + 1]))
  assert.ok(Math.abs(Date.parse(queue.queue.at(-1).waitingSince) - Date.now()) < 60_000)
  const inbox = await people.live()
  assert.equal((await asked()).agentsOnline, 1)
  const list = (await people.list('?limit=100')).data
  const [first] = list.filter(({ channel }) => channel.id === strict.id).slice(-1)
  await people.answer(first.id, 'Good day!')
  await eventually(asked, ({ length }) => length === queue.length - 1)
  await inbox.close()
  assert.equal((await out.chat('requestChatQueue', { chatAccountToken: 'abcdefghijkl' })).status, 404)
})

test('a file is forwarded as a part of a form or in base64, and is a message', async () => {
  const chatSessionID = newSession()
  const ticket = (await shop.chat('notifyUserNewChatMessage', { ...of(shop), chatSessionID, message: 'see here' })).body.ticketID
  const add = (spelling, more = {}) => shop.chat('addAttachment', {}, { spelling, query: `?${new URLSearchParams({ ...of(shop), chatSessionID, ...more })}` })
  const part = (bytes, name) => () => ({ body: formOf(bytes, name), type: FORM })
  const base64 = (bytes, type = 'application/json') => () => ({ body: JSON.stringify({ file: Buffer.from(bytes).toString('base64') }), type })
  const ids = new Set()
  const text = PNG.toString('base64')
  const broken = () => ({ body: JSON.stringify({ file: text.replace(/.{76}/g, '$&\r\n') }), type: 'application/json' })
  for (const spelling of [part(PNG), base64(PNG), base64(PNG, 'multipart/form-data'), base64(PNG, 'multipart/form-data; boundary=b'), () => multipart({ file: text }), () => urlencoded({ file: text }), broken]) {
    const { status, body } = await add(spelling)
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual({ ...body, attachmentID: '' }, { type: 'result', message: 'Attachment added.', attachmentID: '', ticketID: ticket })
    ids.add(body.attachmentID)
  }
  assert.equal(ids.size, 7)
  const { id } = (await people.list('?limit=100')).data.find(({ channel }) => channel.id === strict.id)
  const told = (await people.api.get(`${people.path}/conversations/${id}/messages`)).data.filter(({ type }) => type === 'image')
  assert.equal(told.length, 7)
  const bytes = Buffer.from(await (await fetch(told[0].payload.attachment.url)).arrayBuffer())
  assert.ok(bytes.equals(PNG))

  const numbered = await add(part(PNG), { messageNumber: 9 })
  assert.deepEqual((await add(part(PNG), { messageNumber: 9 })).body, numbered.body)

  const refused = [
    [part(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'x.svg'), {}, 415], [part(Buffer.alloc(3_000, 65), 'x.txt'), {}, 413], [base64(Buffer.alloc(3_000, 65)), {}, 413],
    [() => ({ body: '{"file":"***"}', type: 'application/json' }), {}, 400], [() => multipart({ file: '***' }), {}, 400], [() => ({ body: `{"file":"${text}","file":"${text}"}`, type: 'application/json' }), {}, 400], [() => ({ body: '{}', type: 'application/json' }), {}, 400], [part(PNG), { chatSessionID: newSession() }, 404],
    [part(PNG), { chatAccountToken: 'abcdefghijkl' }, 404], [part(PNG), { messageNumber: '51' }, 400], [part(PNG), { phoneNumber: 'x' }, 400],
  ]
  for (const [spelling, more, expected] of refused) {
    const { status, body } = await add(spelling, more)
    assert.equal(status, expected, `${JSON.stringify(more)}: ${JSON.stringify(body)}`)
    if (status === 413) assert.match(body.message, /2000 bytes at most|too long/)
  }
})
