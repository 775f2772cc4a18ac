/** Codes by mail: what proves that an address is one's own, and what does not. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { client } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { mailed, mails } from '../support/mail.mjs'
import { agent, visitor } from '../support/people.mjs'
import { read } from '../support/tokens.mjs'
import { rows, widget } from '../support/widgets.mjs'

const SITE = 'https://shop.example'
const plain = widget({ heading: 'Fern\r\nBcc: all@example.com & <b>Co</b>' })
const other = widget()
const named = widget({ allowedDomains: ['shop.example'] })
const own = await ownDeployment({ RATE_LIMITS: 'off' }, rows([plain, other, named]))
const limited = await ownDeployment({}, rows([plain]))
after(() => Promise.all([own.remove(), limited.remove()]))
const dev = plain.of(own.dev)
const api = client(dev.baseUrl)
const address = () => `${randomUUID()}@example.com`

const ask = (body, { token, at = plain, headers = {}, using = api } = {}) =>
  using.post(`/web-chat/${at.token}/sessions`, { mode: 'verify-otp', ...body }, { headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) } })
const codeIn = (mail) => mail.text.match(/\b\d{6}\b/)[0]
/** Has a code sent, and reads it. */
async function code(email, more = {}, options = {}) {
  const before = (await mails(own.dev, email)).length
  assert.equal((await ask({ email, ...more }, options)).status, 201)
  const found = await mailed(own.dev, email, before + 1)
  return codeIn(found.toSorted((a, b) => b.sentAt.localeCompare(a.sentAt))[0])
}
const wrong = (right) => String((Number(right) + 1) % 1_000_000).padStart(6, '0')

test('verify-otp without a code sends one and gives no token; with it the visitor is verified', async () => {
  const email = `a${address()}`
  const before = Date.now()
  const { status, data } = await ask({ email, lang: 'de-AT' })
  assert.equal(status, 201)
  assert.deepEqual(Object.keys(data).sort(), ['email', 'expiresAt', 'otpRequired'])
  assert.deepEqual([data.otpRequired, data.email], [true, 'a***@example.com'])
  const minutes = (Date.parse(data.expiresAt) - before) / 60_000
  assert.ok(minutes > 9.9 && minutes < 10.1, `${minutes}`)
  const [mail] = await mailed(own.dev, email)
  assert.match(mail.text, /10 Minuten/)
  assert.match(mail.html, /lang="de"/)
  const { data: session } = await ask({ email, otp: codeIn(mail) })
  assert.deepEqual([session.identityVerified, session.email], [true, email])
  assert.deepEqual([read(session.sessionToken).mode, read(session.sessionToken).ver], ['verify-otp', true])
})

test('a mail has one line in each header, no markup of anybody, and no code in the log', async () => {
  const email = address()
  const otp = await code(email)
  const [mail] = await mails(own.dev, email)
  assert.deepEqual(mail.to, [email])
  for (const header of [mail.subject, mail.from]) assert.ok(!/[\r\n]/.test(header), header)
  assert.ok(!mail.html.includes('<b>Co</b>') && mail.html.includes('&lt;b&gt;Co&lt;/b&gt;'))
  assert.equal(mail.cc ?? mail.bcc, undefined)
  const said = own.log.join('\n')
  assert.ok(!new RegExp(`\\b${otp}\\b`).test(said), 'the code is in the log')
})

test('an e-mail that is none is a 400, and nothing is sent', async () => {
  for (const email of ['', 'ada', 'ada@example.com\r\nBcc: all@example.com', 'ada@example.com, bob@example.com', '"ada"@example.com', '<ada@example.com>', 7]) {
    assert.equal((await ask({ email })).status, 400, String(email))
  }
  assert.equal((await ask({})).status, 400)
})

test('wrong, expired and used up are one 401 with one message', async () => {
  const email = address()
  const right = await code(email)
  const messages = new Set()
  const refused = async (body, options) => {
    const { status, body: answer } = await ask(body, options)
    assert.equal(status, 401, JSON.stringify(body))
    messages.add(answer.message)
  }
  await refused({ email, otp: wrong(right) })
  await refused({ email, otp: 'abcdef' })
  await refused({ email, otp: right.slice(1) })
  await refused({ email: address(), otp: right })
  assert.equal((await ask({ email, otp: ` ${right.slice(0, 3)} ${right.slice(3)} ` })).status, 201)
  await refused({ email, otp: right })
  assert.equal(messages.size, 1)
})

test('the sixth try of a code is refused, be it the right one', async () => {
  const email = address()
  const right = await code(email)
  for (let n = 0; n < 5; n += 1) assert.equal((await ask({ email, otp: wrong(right) })).status, 401)
  assert.equal((await ask({ email, otp: right })).status, 401)
  const fifth = address()
  const good = await code(fifth)
  for (let n = 0; n < 4; n += 1) assert.equal((await ask({ email: fifth, otp: wrong(good) })).status, 401)
  assert.equal((await ask({ email: fifth, otp: good })).status, 201)
})

test('of twenty tries at once at most five are compared, and a right code is taken once', async () => {
  const email = address()
  const right = await code(email)
  const guesses = Array.from({ length: 20 }, (_, n) => String((Number(right) + n + 1) % 1_000_000).padStart(6, '0'))
  const answers = await Promise.all(guesses.map((otp) => ask({ email, otp })))
  assert.ok(answers.every(({ status }) => status === 401))
  assert.equal((await ask({ email, otp: right })).status, 401, 'all tries were spent')
  const again = address()
  const good = await code(again)
  const same = await Promise.all(Array.from({ length: 20 }, () => ask({ email: again, otp: good })))
  assert.equal(same.filter(({ status }) => status === 201).length, 1)
})

test('a code is bound to its e-mail, its visitor and its widget', async () => {
  const email = address()
  const ada = await visitor(dev)
  const otp = await code(email, {}, { token: ada.token })
  const bob = await visitor(dev)
  for (const [body, options] of [
    [{ email: address() }, { token: ada.token }], [{ email }, { token: bob.token }], [{ email }, {}], [{ email, visitorId: randomUUID() }, {}],
    [{ email }, { at: other }], [{ email: email.toUpperCase() }, { token: ada.token }],
  ]) assert.equal((await ask({ ...body, otp }, options)).status, 401, JSON.stringify(body))
  const { status, data } = await ask({ email, otp }, { token: ada.token })
  assert.deepEqual([status, data.visitorId], [201, ada.id])
  const hinted = address()
  const hint = randomUUID()
  const theirs = await code(hinted, { visitorId: hint })
  assert.equal((await ask({ email: hinted, otp: theirs })).status, 401)
  const minted = await ask({ email: hinted, otp: theirs, visitorId: hint })
  assert.equal(minted.status, 201)
  assert.notEqual(minted.data.visitorId, hint)
})

test('who proves an address is the visitor who proved it before, on any device; who claims it is not', async () => {
  const email = address()
  const first = (await ask({ email, otp: await code(email) })).data
  const phone = client(dev.baseUrl, { authorization: `Bearer ${first.sessionToken}` })
  await phone.post(`/web-chat/${plain.token}/messages`, { text: 'a secret' })
  const second = (await ask({ email, otp: await code(email) })).data
  assert.deepEqual([second.visitorId, second.conversationId], [first.visitorId, first.conversationId])
  const claimed = (await api.post(`/web-chat/${plain.token}/sessions`, { mode: 'identified', email })).data
  assert.notEqual(claimed.visitorId, first.visitorId)
  const seen = (await agent(own.dev).find(first.conversationId)).visitor
  assert.deepEqual([seen.verified, seen.identity], [true, { kind: 'code:email', value: email }])
})

test('a code sent again voids the last, and resend-otp says the same of everybody', async () => {
  const email = address()
  const first = await code(email)
  const resend = (email) => api.post(`/web-chat/${plain.token}/sessions/resend-otp`, { email })
  const known = await resend(email)
  const unknown = await resend(address())
  assert.deepEqual([known.status, known.data], [201, { ok: true }])
  assert.deepEqual([unknown.status, unknown.data], [201, { ok: true }])
  const found = await mailed(own.dev, email, 2)
  const second = found.map(codeIn).find((otp) => otp !== first)
  assert.equal((await ask({ email, otp: first })).status, 401)
  assert.equal((await ask({ email, otp: second })).status, 201)
  // Nobody waits any more: nothing is sent.
  assert.deepEqual((await resend(email)).data, { ok: true })
  assert.equal((await mails(own.dev, email)).length, 2)
  for (const body of [{}, { email: 'x' }, { email, visitorId: randomUUID() }]) {
    assert.equal((await api.post(`/web-chat/${plain.token}/sessions/resend-otp`, body)).status, 400)
  }
})

test('known and unknown e-mails behave alike', async () => {
  const known = address()
  await ask({ email: known, otp: await code(known) })
  const [left, right] = [await ask({ email: known }), await ask({ email: address() })]
  assert.deepEqual([left.status, Object.keys(left.data)], [right.status, Object.keys(right.data)])
})

test('the link in the mail brings its reader back, once, and only to the page of the site that asked', async () => {
  const email = address()
  const headers = { origin: SITE }
  await code(email, { url: `${SITE}/lamps?a=1#top` }, { at: named, headers })
  const [mail] = await mails(own.dev, email)
  const link = mail.text.match(/https:\/\/\S+/)[0]
  assert.ok(link.startsWith(`${SITE}/lamps?a=1#porchlight=`), link)
  const token = link.split('#porchlight=')[1]
  const resume = (token, at = named) => api.post(`/web-chat/${at.token}/sessions/resume`, { token }, { headers })
  for (const forged of ['', 'x', 'x.y', `${token}x`, token.split('.')[0], `.${token.split('.')[1]}`]) {
    assert.equal((await resume(forged)).status, 401, forged)
  }
  assert.equal((await resume(token, plain)).status, 401)
  const { status, data } = await resume(token)
  assert.deepEqual([status, data.identityVerified, data.email], [201, true, email])
  assert.equal((await resume(token)).status, 401)
  // And the code of the same mail is spent with it.
  assert.equal((await ask({ email, otp: codeIn(mail) }, { at: named, headers })).status, 401)
})

test('no mail leads to a page that the owner has not named, or that the request does not come from', async () => {
  const cases = [
    [named, SITE, 'https://evil.example/'], [named, SITE, `${SITE}.evil.example/`], [named, SITE, `${SITE}@evil.example/`], [named, SITE, 'javascript:alert(1)'],
    [plain, 'https://evil.example', 'https://evil.example/'], [plain, SITE, `${SITE}/`], [named, undefined, `${SITE}/`],
  ]
  for (const [at, origin, url] of cases) {
    const email = address()
    await code(email, { url }, { at, headers: origin ? { origin } : {} })
    const [mail] = await mails(own.dev, email)
    assert.ok(!/porchlight=|evil\.example|javascript:/.test(mail.text + mail.html), url)
  }
})

test('a link does not make its reader the visitor who had it sent', async () => {
  const email = address()
  const headers = { origin: SITE }
  const mallory = (await api.post(`/web-chat/${named.token}/sessions`, { mode: 'anonymous' }, { headers })).data
  await code(email, { url: `${SITE}/` }, { at: named, headers, token: mallory.sessionToken })
  const [mail] = await mails(own.dev, email)
  const token = mail.text.match(/#porchlight=(\S+)/)[1]
  const { data } = await api.post(`/web-chat/${named.token}/sessions/resume`, { token }, { headers })
  assert.notEqual(data.visitorId, mallory.visitorId)
})

test('60 seconds lie between two codes and an hour has five, for an e-mail and for an address', async () => {
  const using = client(limited.dev.baseUrl)
  const from = (ip) => ({ using, headers: { 'cf-connecting-ip': ip } })
  const email = address()
  assert.equal((await ask({ email }, from('198.51.100.1'))).status, 201)
  const { status, headers } = await ask({ email }, from('198.51.100.2'))
  assert.equal(status, 429)
  const wait = Number(headers.get('retry-after'))
  assert.ok(wait >= 55 && wait <= 60, `${wait}`)
  assert.deepEqual(['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`)), ['1', '0', String(wait)])
  // However the address is written, the mailbox is one.
  assert.equal((await ask({ email: email.toUpperCase() }, from('198.51.100.3'))).status, 429)
  const resend = await using.post(`/web-chat/${plain.token}/sessions/resend-otp`, { email }, { headers: { 'cf-connecting-ip': '198.51.100.4' } })
  assert.deepEqual([resend.status, resend.data], [201, { ok: true }])
  assert.equal((await mails(limited.dev, email)).length, 1)

  const one = from('198.51.100.9')
  for (let n = 0; n < 5; n += 1) assert.equal((await ask({ email: address() }, one)).status, 201)
  const sixth = await ask({ email: address() }, { ...one, headers: { ...one.headers, 'x-forwarded-for': '203.0.113.99', 'x-real-ip': '203.0.113.98' } })
  assert.equal(sixth.status, 429)
  assert.ok(Number(sixth.headers.get('retry-after')) > 3500)
  assert.equal((await ask({ email: address() }, from('::ffff:198.51.100.9'))).status, 429)
  assert.equal((await ask({ email: address() }, from('198.51.100.10'))).status, 201)
})

test('what was counted outlives the server', async () => {
  const using = client(limited.dev.baseUrl)
  const headers = { 'cf-connecting-ip': '198.51.100.77' }
  const email = address()
  assert.equal((await ask({ email }, { using, headers })).status, 201)
  await limited.stop('SIGKILL')
  await limited.start()
  assert.equal((await ask({ email }, { using, headers })).status, 429)
})
