/** What was said can be had by mail: all of the last conversation, in the visitor's language, by nobody else. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { mailed, mails } from '../support/mail.mjs'
import { agent, visitor } from '../support/people.mjs'

let own, dev, sam
before(async () => {
  own = await ownDeployment({})
  dev = own.dev
  sam = agent(dev)
})
after(() => own?.remove())

const address = () => `${randomUUID()}@example.com`
let asked = 0
/** Each from an address of the network of its own, unless told which. */
const ask = (person, body = {}, headers = {}) => person.api.post(`${person.path}/transcript`, body, { headers: { 'cf-connecting-ip': `198.51.100.${asked += 1}`, ...headers } })

/** A visitor in a conversation that an agent answers in. */
async function talk(session = { mode: 'anonymous' }) {
  const ada = await visitor(dev, session)
  await ada.say('good morning')
  await sam.find(ada.conversationId)
  await sam.answer(ada.conversationId, 'I am here')
  return ada
}

test('all of the last conversation is sent to the address that was given, as text and as HTML, without notes and what was taken back', async () => {
  const ada = await talk()
  await ada.api.post(`${ada.path}/sessions/end`)
  await ada.say('a second matter')
  const markup = '<script>alert(1)</script> & "quotes" '
  const said = await ada.say(markup)
  const deleted = await ada.say('never mind this')
  await sam.find(said.conversationId)
  await sam.answer(said.conversationId, 'a private matter', { private: true })
  await sam.answer(said.conversationId, 'line one\nline two')
  await ada.api.ask('DELETE', `${ada.path}/messages/${deleted.id}`)
  const email = address()
  const { status, data } = await ask(ada, { email })
  assert.deepEqual([status, data], [201, { ok: true }])
  const [mail] = await mailed(dev, email)
  assert.equal(mail.subject, 'Your chat with Fern & Filament')
  for (const part of [mail.text, mail.html]) {
    for (const there of ['a second matter', 'Sam', 'line one', 'line two', 'Welcome to Fern']) assert.ok(part.includes(there), there)
    for (const absent of ['good morning', 'private', 'never mind']) assert.ok(!part.includes(absent), absent)
  }
  assert.ok(mail.text.includes(markup.trim()))
  assert.ok(mail.html.includes('&lt;script&gt;alert(1)&lt;/script&gt; &amp;') && !mail.html.includes('<script'))
  assert.ok(mail.text.indexOf('a second matter') < mail.text.indexOf('line one'))
  assert.match(mail.text, /You \(20\d\d-\d\d-\d\d \d\d:\d\d UTC\)\na second matter/)
})

test('without an address it goes to the one the visitor gave before, in their language; where none is known it is a 400', async () => {
  const email = address()
  const ada = await talk({ mode: 'identified', email, lang: 'de-AT' })
  assert.equal((await ask(ada)).status, 201)
  const [mail] = await mailed(dev, email)
  assert.equal(mail.subject, 'Ihr Chat mit Fern & Filament')
  assert.match(mail.html, /<html lang="de"/)
  const bob = await talk()
  const { status, body } = await ask(bob)
  assert.deepEqual([status, body.message], [400, ['email must be given: none is known']])
})

test('what is no address, or nothing to send, is refused', async () => {
  const [ada, quiet] = [await talk(), await visitor(dev)]
  for (const body of [{ email: 'x' }, { email: '' }, { email: 'a@b.co\r\nBcc: c@d.co' }, { email: ['a@b.co'] }, { to: 'a@b.co' }, { email: `a@b.co,${address()}` }]) {
    assert.equal((await ask(ada, body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await ask(quiet, { email: address() })).status, 409)
})

test('three an hour are sent and the fourth is a 429, after a restart, too', async () => {
  const ada = await talk()
  const email = address()
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(ada, { email })).status, 201)
  const refused = async () => {
    const { status, headers } = await ask(ada, { email })
    assert.equal(status, 429)
    const wait = Number(headers.get('retry-after'))
    assert.ok(wait > 3000 && wait <= 3600, `${wait}`)
    assert.equal(headers.get('x-ratelimit-limit'), '3')
  }
  await refused()
  await own.stop('SIGKILL')
  await own.start()
  await refused()
})

test('under an Idempotency-Key one letter is sent', async () => {
  const ada = await talk()
  const email = address()
  const key = { 'idempotency-key': randomUUID() }
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask(ada, { email }, key)))
  for (const { status, body } of answers) assert.deepEqual([status, body], [201, answers[0].body])
  await mailed(dev, email)
  await new Promise((resolve) => setTimeout(resolve, 500))
  assert.equal((await mails(dev, email)).length, 1)
  assert.equal((await ask(ada, { email: address() }, key)).status, 409)
})

test('one address is sent three an hour, whoever asks for them', async () => {
  const email = address()
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(await talk(), { email: n % 2 ? email : email.toUpperCase() })).status, 201)
  const { status, headers } = await ask(await talk(), { email })
  assert.equal(status, 429)
  assert.ok(Number(headers.get('retry-after')) > 3000)
  assert.equal((await mails(dev, email)).length + (await mails(dev, email.toUpperCase())).length, 3)
})

test('one address of the network has ten an hour sent, by however many visitors, and codes are still sent to others', async () => {
  const from = { 'cf-connecting-ip': '203.0.113.99' }
  const answers = []
  for (let n = 0; n < 12; n += 1) {
    const ada = await visitor(dev)
    await ada.say('good morning')
    answers.push(await ask(ada, { email: address() }, from))
  }
  assert.deepEqual(answers.map(({ status }) => status), [...Array(10).fill(201), 429, 429])
  const { status } = await client(dev.baseUrl).post(`/web-chat/${dev.widgetToken}/sessions`, { mode: 'verify-otp', email: address() }, { headers: { 'cf-connecting-ip': '203.0.113.98' } })
  assert.equal(status, 201)
})
