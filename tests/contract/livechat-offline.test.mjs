/** Rocket.Chat's `offline.message`: what somebody leaves is kept, and mailed to whom the widget's owner has named alone. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { mailed, mails } from '../support/mail.mjs'
import { rows, widget } from '../support/widgets.mjs'

const RECIPIENT = `${randomUUID()}@shop.example`
const [mailing, silent] = [widget({ heading: 'Fern & Filament', offline: { recipient: RECIPIENT } }), widget({ heading: 'Quiet' })]

// With limits as they are in production.
let own, dev, api
before(async () => {
  own = await ownDeployment({}, rows([mailing, silent]))
  dev = own.dev
  api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
})
after(() => own?.remove())

let asked = 0
/** Each from an address of the network of its own, unless told which. */
async function post(body, { to = mailing, address = `198.51.100.${asked += 1}` } = {}) {
  const response = await fetch(`${dev.baseUrl}/livechat/${to.token}/api/v1/livechat/offline.message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': address },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const message = (more = {}) => ({ name: 'Ada', email: 'ada@example.com', message: `said ${randomUUID()}`, ...more })
const list = async () => (await api.get(`/organizations/${dev.organizationId}/offline-messages?limit=100`)).data
const find = async ({ message }) => (await list()).find((it) => it.message === message)
const SENT = { message: 'Livechat offline message sent', success: true }

test('a message is kept and mailed, with the way to answer it', async () => {
  const department = (await api.post(`/organizations/${dev.organizationId}/departments`, { name: 'Sales & Co' })).data
  const left = message({ department: department.id, host: 'https://shop.example/lamps?a=1&b=<2>' })
  const { status, body } = await post(left)
  assert.deepEqual([status, body], [200, SENT])
  const kept = await find(left)
  assert.deepEqual({ ...kept, id: '', createdAt: '', mailedAt: '' }, {
    id: '', channel: { id: mailing.id, name: 'Test & Co' }, name: 'Ada', email: 'ada@example.com', message: left.message, department: department.id, host: left.host, createdAt: '', mailedAt: '',
  })
  assert.ok(kept.mailedAt >= kept.createdAt)
  const [mail, ...others] = (await mailed(dev, RECIPIENT)).filter(({ text }) => text.includes(left.message))
  assert.deepEqual(others, [])
  assert.equal(mail.subject, 'Message left at Fern & Filament: Ada')
  assert.equal(mail.replyTo, 'ada@example.com')
  assert.match(mail.text, /Ada \(20\d\d-\d\d-\d\d \d\d:\d\d UTC, Sales & Co, https:\/\/shop\.example\/lamps\?a=1&b=<2>\)\nsaid /)
  assert.ok(mail.text.includes('write to ada@example.com.'))
  assert.ok(mail.html.includes('b=&lt;2&gt;') && !mail.html.includes('<a '))
  assert.deepEqual(await mails(dev, 'ada@example.com'), [])
})

test('what is written is words, in headers and in HTML; line ends go from a name', async () => {
  const left = message({ name: '<b>Eve</b>\r\nBcc: all@example.com', message: `<script>alert(1)</script> ${randomUUID()}\r\nTo: others@example.com`, host: 'a\r\nCc: b@c.de' })
  assert.equal((await post(left)).status, 200)
  const kept = (await list())[0]
  assert.deepEqual([kept.name, kept.host], ['<b>Eve</b>Bcc: all@example.com', 'aCc: b@c.de'])
  assert.equal(kept.message, left.message.replace('\r\n', '\n'))
  const mail = (await mailed(dev, RECIPIENT)).find(({ subject }) => subject.includes('Eve'))
  assert.equal(mail.subject, 'Message left at Fern & Filament: <b>Eve</b>Bcc: all@example.com')
  assert.deepEqual([mail.to].flat(), [RECIPIENT])
  assert.ok(!mail.html.includes('<script') && !mail.html.includes('<b>Eve'))
  for (const address of ['all@example.com', 'others@example.com', 'b@c.de']) assert.deepEqual(await mails(dev, address), [], address)
})

test('where the owner has named nobody it is kept, and no mail is sent', async () => {
  const left = message()
  assert.equal((await post(left, { to: silent })).status, 200)
  const kept = await find(left)
  assert.deepEqual([kept.mailedAt, kept.channel.id], [null, silent.id])
  assert.ok(!(await mails(dev, RECIPIENT)).some(({ text }) => text.includes(left.message)))
})

test('an address that not every mail server takes is answered by hand', async () => {
  const left = message({ email: 'ünï@exämple.de' })
  assert.equal((await post(left)).status, 200)
  const mail = (await mailed(dev, RECIPIENT)).find(({ text }) => text.includes(left.message))
  assert.ok(mail.text.includes('write to ünï@exämple.de.'))
  assert.equal(mail.replyTo, undefined)
  assert.notEqual((await find(left)).mailedAt, null)
})

test('no visitor learns where it is mailed to', async () => {
  for (const path of [`/web-chat/${mailing.token}/config`, `/chat-widget/public/config/${mailing.id}`]) {
    const text = await (await fetch(dev.baseUrl + path, { headers: { version: 'v3' } })).text()
    assert.ok(text.includes('Fern') && !text.includes(RECIPIENT) && !text.includes('recipient'), text)
  }
  assert.ok(!JSON.stringify((await post(message())).body).includes(RECIPIENT))
  const channel = (await api.get(`/organizations/${dev.organizationId}/web-chat/channels/${mailing.id}`)).data
  assert.equal(channel.settings.offline.recipient, RECIPIENT)
})

test('what is wrong is a 400 that says so, is not kept and uses up nobody’s turn', async () => {
  const before = (await list()).length
  const good = message()
  const without = (name) => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name))
  const wrong = [
    {}, without('name'), without('email'), without('message'),
    { ...good, name: '' }, { ...good, name: ' \r\n' }, { ...good, name: 'x'.repeat(201) }, { ...good, name: 7 }, { ...good, name: null }, { ...good, name: ['Ada'] }, { ...good, name: { $ne: '' } },
    { ...good, email: '' }, { ...good, email: 'ada' }, { ...good, email: 'ada@example.com\r\nBcc: b@c.de' }, { ...good, email: 'ada@example.com, b@c.de' }, { ...good, email: 'Ada <ada@example.com>' }, { ...good, email: ['ada@example.com'] },
    { ...good, message: '' }, { ...good, message: ' \n ' }, { ...good, message: 'x'.repeat(4001) }, { ...good, message: true },
    { ...good, host: 'x'.repeat(501) }, { ...good, host: 7 }, { ...good, department: 7 },
    { ...good, to: 'b@c.de' }, { ...good, recipient: 'b@c.de' }, { ...good, __proto__x: 1 }, '[]', '{', '',
  ]
  const address = '203.0.113.50'
  for (const body of wrong) {
    const { status, body: refused } = await post(body, { address })
    assert.equal(status, 400, JSON.stringify(body))
    assert.deepEqual([refused.success, refused.errorType], [false, 'invalid-params'])
    assert.match(refused.error, / \[invalid-params\]$/)
  }
  assert.equal((await list()).length, before)
  assert.equal((await post(good, { address })).status, 200)
})

test('one address leaves one in five seconds, however it is written, and another does not wait', async () => {
  const answers = await Promise.all(['203.0.113.60', '::ffff:203.0.113.60', '203.0.113.60'].map((address) => post(message(), { address })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429, 429])
  const { headers, body } = answers.find(({ status }) => status === 429)
  assert.equal(body.success, false)
  assert.match(body.error, /\[error-too-many-requests\]$/)
  const wait = Number(headers.get('retry-after'))
  assert.ok(wait >= 1 && wait <= 5, `${wait}`)
  assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], ['1', '0'])
  const reset = Number(headers.get('x-ratelimit-reset'))
  assert.ok(reset > Date.now() - 6000 && reset < Date.now() + 6000, `${reset}`)
  assert.equal((await post(message(), { address: '203.0.113.61' })).status, 200)
  await new Promise((resolve) => setTimeout(resolve, wait * 1000))
  assert.equal((await post(message(), { address: '203.0.113.60' })).status, 200)
})
