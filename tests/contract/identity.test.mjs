/** Who a visitor has proved to be, and what nobody becomes by saying so. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, read, sign } from '../support/tokens.mjs'
import { rows, signature, widget } from '../support/widgets.mjs'

const SECRET = 'what the host signs with'
const signed = widget({}, { identitySecret: SECRET })
const other = widget({}, { identitySecret: 'another host signs with this' })
const bare = widget()
const strict = widget({ identityRequired: true }, { identitySecret: SECRET })
const own = await ownDeployment({ RATE_LIMITS: 'off' }, rows([signed, other, strict, bare]))
after(() => own.remove())
const dev = signed.of(own.dev)
const sam = agent(own.dev)
const api = client(dev.baseUrl)
const DAY = 24 * 60 * 60

/** Begins a session at a widget, with a token or without. */
const begin = (body, token, at = signed) =>
  api.post(`/web-chat/${at.token}/sessions`, { mode: 'host-identified', ...body }, { headers: token ? { authorization: `Bearer ${token}` } : {} })
const hash = (text) => signature(SECRET, text)
/** What agents see of somebody who has written. */
const seen = async (session, at = signed) => {
  const own = client(dev.baseUrl, { authorization: `Bearer ${session.sessionToken}` })
  await own.post(`/web-chat/${at.token}/messages`, { text: 'hello', clientId: randomUUID() })
  return (await sam.find(session.conversationId)).visitor
}
const fresh = () => `user-${randomUUID()}`
const address = () => `${randomUUID()}@example.com`

test('host-identified with a userId is verified, and its attributes stay under visitor.metadata.host', async () => {
  const userId = fresh()
  const { status, data } = await begin({ userId, hash: hash(userId), name: 'Ada', email: 'ada@example.com', attributes: { plan: 'pro', seats: 3, trial: false, note: null } })
  assert.equal(status, 201)
  assert.equal(data.identityVerified, true)
  const token = read(data.sessionToken)
  assert.deepEqual([token.mode, token.ver, token.exp - token.iat], ['host-identified', true, DAY])
  const ada = await seen(data)
  assert.deepEqual([ada.verified, ada.identity], [true, { kind: 'host:uid', value: userId }])
  assert.deepEqual(ada.metadata, { host: { plan: 'pro', seats: 3, trial: false, note: null } })
  // The e-mail beside a signed userId is a claim.
  assert.equal(ada.email, 'ada@example.com')
})

test('attributes count as trusted in host-identified alone', async () => {
  const { data } = await begin({ mode: 'identified', name: 'Mallory', attributes: { plan: 'enterprise' } })
  const mallory = await seen(data)
  assert.deepEqual([mallory.verified, mallory.identity, mallory.metadata], [false, null, { claimed: { plan: 'enterprise' } }])
  const anonymous = await begin({ mode: 'anonymous', attributes: { plan: 'enterprise' } })
  assert.deepEqual((await seen(anonymous.data)).metadata, {})
})

test('with a userId the hash signs the userId, and swapping the e-mail beside it verifies no e-mail', async () => {
  const [userId, victim] = [fresh(), address()]
  const theirs = (await begin({ email: victim, hash: hash(victim) })).data
  const mine = await begin({ userId, email: victim, hash: hash(userId) })
  assert.equal(mine.status, 201)
  assert.notEqual(mine.data.visitorId, theirs.visitorId)
  assert.deepEqual((await seen(mine.data)).identity, { kind: 'host:uid', value: userId })
  // The hash of the e-mail does not sign a userId beside it.
  assert.equal((await begin({ userId, email: victim, hash: hash(victim) })).status, 401)
})

test('without a userId the hash signs the exact bytes of the e-mail; an empty userId counts as absent', async () => {
  const email = address()
  const first = await begin({ email, hash: hash(email) })
  assert.deepEqual([first.status, first.data.email], [201, email])
  assert.equal((await begin({ email, userId: '', hash: hash(email) })).data.visitorId, first.data.visitorId)
  for (const otherwise of [email.toUpperCase(), `${email.replace('@', '+x@')}`]) {
    assert.equal((await begin({ email: otherwise, hash: hash(email) })).status, 401, otherwise)
  }
  assert.equal((await begin({ email: ` ${email}`, hash: hash(email) })).status, 400)
  assert.equal((await begin({ userId: '', hash: hash('') })).status, 400)
})

test('the two namespaces never meet: what signs a userId signs no e-mail, and an e-mail-shaped userId is a 400', async () => {
  const email = address()
  await begin({ email, hash: hash(email) })
  for (const userId of [email, ` ${email}`, `${email} `]) {
    const { status, body } = await begin({ userId, hash: hash(userId) })
    assert.equal(status, 400, userId)
    assert.match(body.message[0], /^userId: /)
  }
  const userId = fresh()
  assert.equal((await begin({ userId, hash: hash(userId) })).status, 201)
  // A hash for a userId, used for something that is an e-mail.
  assert.equal((await begin({ email: `${userId}@example.com`, hash: hash(userId) })).status, 401)
})

test('no hash is a 400; one that is not 64 hex digits, or wrong, is a 401', async () => {
  const userId = fresh()
  const right = hash(userId)
  for (const none of [{}, { hash: '' }]) {
    const { status, body } = await begin({ userId, ...none })
    assert.deepEqual([status, body.message], [400, ['hash: must be given']])
  }
  assert.equal((await begin({ userId, hash: 'a'.repeat(129) })).status, 400)
  const wrong = [right.slice(1), `${right}0`, right.slice(0, 62), `${right}${right}`, 'x'.repeat(64), '0'.repeat(64), ` ${right.slice(1)}`, signature('', userId), signature('another', userId), hash(`${userId} `), hash(userId.toUpperCase())]
  const messages = new Set()
  for (const hash of wrong) {
    const { status, body } = await begin({ userId, hash })
    assert.equal(status, 401, hash)
    messages.add(body.message)
  }
  assert.equal(messages.size, 1)
  // Hex is hex in either case.
  assert.equal((await begin({ userId, hash: right.toUpperCase() })).status, 201)
  for (const body of [{ hash: right }, { hash: right, userId: 7 }, { hash: 7, userId }, { hash: right, userId: `${userId}\r\n` }, { hash: right, userId: 'x'.repeat(201) }]) {
    assert.equal((await begin(body)).status, 400, JSON.stringify(body))
  }
})

test('without a secret nothing can be verified: 403, and an empty key signs nothing', async () => {
  const path = `/web-chat/${bare.token}/sessions`
  for (const claimed of [signature('', 'me'), hash('me'), '0'.repeat(64)]) {
    assert.equal((await api.post(path, { mode: 'host-identified', userId: 'me', hash: claimed })).status, 403)
  }
})

test("another widget's secret and another widget's visitor are another's", async () => {
  const userId = fresh()
  const mine = await begin({ userId, hash: hash(userId) })
  assert.equal((await begin({ userId, hash: hash(userId) }, undefined, other)).status, 401)
  const theirs = await begin({ userId, hash: signature(other.identitySecret, userId) }, undefined, other)
  assert.notEqual(theirs.data.visitorId, mine.data.visitorId)
  // A token of the one is none at the other.
  const there = client(dev.baseUrl, { authorization: `Bearer ${mine.data.sessionToken}` })
  assert.equal((await there.get(`/web-chat/${other.token}/history`)).status, 401)
  const again = await begin({ mode: 'anonymous', visitorId: mine.data.visitorId }, mine.data.sessionToken, other)
  assert.notEqual(again.data.visitorId, mine.data.visitorId)
  assert.equal(again.data.identityVerified, false)
})

test('a secret that was sealed for another widget opens nothing', async () => {
  await own.sql(`UPDATE widgets SET identity_secret = (SELECT identity_secret FROM widgets WHERE id = '${signed.id}') WHERE id = '${strict.id}'`)
  const userId = fresh()
  assert.equal((await begin({ userId, hash: hash(userId) }, undefined, strict)).status, 500)
})

test('a verified visitor is found again from a second device, and by nobody who only claims to be them', async () => {
  const userId = fresh()
  const phone = (await begin({ userId, hash: hash(userId) })).data
  await seen(phone)
  const laptop = (await begin({ userId, hash: hash(userId), visitorId: randomUUID() })).data
  assert.deepEqual([laptop.visitorId, laptop.conversationId, laptop.identityVerified], [phone.visitorId, phone.conversationId, true])
  const history = await client(dev.baseUrl, { authorization: `Bearer ${laptop.sessionToken}` }).get(`/web-chat/${signed.token}/history`)
  assert.ok(history.data.some(({ payload }) => payload.text === 'hello'))
  for (const body of [{ mode: 'identified', userId, name: 'x' }, { mode: 'anonymous', userId, visitorId: phone.visitorId }, { mode: 'identified', email: userId.concat('@example.com') }]) {
    const { data } = await begin(body)
    assert.notEqual(data.visitorId, phone.visitorId)
    assert.equal(data.identityVerified, false)
  }
})

test('an anonymous visitor who proves an identity unknown so far keeps their conversation', async () => {
  const ada = await visitor(dev)
  await ada.say('before')
  const userId = fresh()
  const { data } = await begin({ userId, hash: hash(userId) }, ada.token)
  assert.deepEqual([data.visitorId, data.conversationId, data.identityVerified], [ada.id, ada.conversationId, true])
  const shown = await eventually(() => seen(data), ({ verified }) => verified)
  assert.deepEqual(shown.identity, { kind: 'host:uid', value: userId })
})

test('a visitor who is verified never becomes another: a new one is minted, or the other is found', async () => {
  const [first, second] = [fresh(), fresh()]
  const ada = (await begin({ userId: first, hash: hash(first) })).data
  const minted = (await begin({ userId: second, hash: hash(second) }, ada.sessionToken)).data
  assert.notEqual(minted.visitorId, ada.visitorId)
  assert.notEqual(minted.conversationId, ada.conversationId)
  // Also with a token of theirs from before they were verified.
  const stale = sign(claims(dev, ada.visitorId))
  const third = fresh()
  const again = (await begin({ userId: third, hash: hash(third) }, stale)).data
  assert.ok(![ada.visitorId, minted.visitorId].includes(again.visitorId))
  // Whoever is at this browser now, the conversation is theirs who proved it.
  const back = (await begin({ userId: first, hash: hash(first) }, minted.sessionToken)).data
  assert.equal(back.visitorId, ada.visitorId)
})

test('an anonymous visitor who proves a known identity becomes that visitor, and nothing is merged', async () => {
  const userId = fresh()
  const known = (await begin({ userId, hash: hash(userId) })).data
  const guest = await visitor(dev)
  await guest.say('as a guest')
  const { data } = await begin({ userId, hash: hash(userId) }, guest.token)
  assert.equal(data.visitorId, known.visitorId)
  const history = await client(dev.baseUrl, { authorization: `Bearer ${data.sessionToken}` }).get(`/web-chat/${signed.token}/history`)
  assert.ok(!JSON.stringify(history.data).includes('as a guest'))
})

test('twenty who prove the same at once are one', async () => {
  const userId = fresh()
  const all = await Promise.all(Array.from({ length: 20 }, () => begin({ userId, hash: hash(userId) })))
  assert.ok(all.every(({ status }) => status === 201))
  assert.equal(new Set(all.map(({ data }) => data.visitorId)).size, 1)
})

test('a renewed token keeps what was verified', async () => {
  const userId = fresh()
  const { data } = await begin({ userId, hash: hash(userId) })
  const renewed = (await begin({ mode: 'anonymous' }, data.sessionToken)).data
  assert.deepEqual([renewed.visitorId, renewed.identityVerified], [data.visitorId, true])
  assert.deepEqual([read(renewed.sessionToken).mode, read(renewed.sessionToken).ver], ['host-identified', true])
  const claimed = (await begin({ mode: 'identified', name: 'Ada' }, renewed.sessionToken)).data
  assert.equal(read(claimed.sessionToken).ver, true)
})

test('a widget that says identityRequired takes no claim, and still anonymous and verified visitors', async () => {
  const path = `/web-chat/${strict.token}`
  for (const body of [{ name: 'Ada' }, { email: 'ada@example.com' }, { phone: '+44 20 7946 0018' }, {}]) {
    assert.equal((await begin({ mode: 'identified', ...body }, undefined, strict)).status, 403)
  }
  const { status, data } = await begin({ mode: 'anonymous' }, undefined, strict)
  assert.equal(status, 201)
  const own = client(dev.baseUrl, { authorization: `Bearer ${data.sessionToken}` })
  assert.equal((await own.post(`${path}/messages`, { text: 'hello' })).status, 201)
  assert.equal((await api.get(`${path}/config`)).data.identityRequired, true)
})

test('a visitor whose Thread is gone does not come back by their token: a new one is minted', async () => {
  const ghost = randomUUID()
  const token = sign(claims(dev, ghost, { ver: true, mode: 'host-identified' }))
  const { status, data } = await begin({ mode: 'anonymous', visitorId: ghost }, token)
  assert.equal(status, 201)
  assert.notEqual(data.visitorId, ghost)
  assert.deepEqual([data.identityVerified, read(data.sessionToken).ver], [false, false])
  // Nor by their identity, which leads to nobody then.
  const userId = fresh()
  await own.sql(`INSERT INTO identities (organization_id, widget_id, kind, value, visitor_id, created_at) VALUES ('${dev.organizationId}', '${signed.id}', 'host:uid', '${userId}', '${ghost}', '2026-01-01T00:00:00.000Z')`)
  const anew = (await begin({ userId, hash: hash(userId) })).data
  assert.notEqual(anew.visitorId, ghost)
  assert.equal((await begin({ userId, hash: hash(userId) })).data.visitorId, anew.visitorId)
})

test('link-email stores a claim, never merges and never grants history', async () => {
  const email = address()
  const owner = (await begin({ email, hash: hash(email) })).data
  await seen(owner)
  const mallory = await visitor(dev)
  const { status, data } = await mallory.api.post(`${mallory.path}/sessions/link-email`, { email, name: 'M\r\nBcc: x' })
  assert.equal(status, 201)
  assert.deepEqual([data.visitorId, data.conversationId, data.email, data.identityVerified], [mallory.id, mallory.conversationId, email, false])
  assert.equal(read(data.sessionToken).ver, false)
  assert.ok(!JSON.stringify(await mallory.history()).includes('hello'))
  const shown = await seen(data)
  assert.deepEqual([shown.name, shown.email, shown.verified, shown.identity], ['MBcc: x', email, false, null])
  const post = (body, api = mallory.api) => api.post(`${mallory.path}/sessions/link-email`, body)
  for (const body of [{}, { email: 'x' }, { email, name: 'x'.repeat(201) }, { email, visitorId: owner.visitorId }, { email: `${email}\r\nBcc: x@example.com` }]) {
    assert.equal((await post(body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await post({ email }, api)).status, 401)
  assert.equal((await post({ email }, api.with({ authorization: `Bearer ${sign({ ...claims(dev, mallory.id), exp: Math.floor(Date.now() / 1000) - 1 })}` }))).status, 401)
})

test('an e-mail that a verified visitor claims is told as a claim, not as what they proved', async () => {
  const email = `${fresh()}@example.com`
  const { data } = await begin({ email, hash: hash(email) })
  const there = client(dev.baseUrl, { authorization: `Bearer ${data.sessionToken}` })
  await there.post(`/web-chat/${signed.token}/messages`, { text: 'hello' })
  const seen = async () => (await sam.find(data.conversationId)).visitor
  assert.deepEqual([(await seen()).verified, (await seen()).emailVerified, (await seen()).email], [true, true, email])
  await there.post(`/web-chat/${signed.token}/sessions/link-email`, { email: 'ceo@bank.example' })
  await eventually(seen, ({ email }) => email === 'ceo@bank.example')
  assert.deepEqual([(await seen()).verified, (await seen()).emailVerified, (await seen()).identity.value], [true, false, email])
})

test('attributes and prechat have at most 20 keys, scalars of at most 500 characters, and 8 KiB together', async () => {
  const userId = fresh()
  const ask = (more) => begin({ userId, hash: hash(userId), ...more })
  const keys = (count) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, n]))
  for (const name of ['attributes', 'prechat']) {
    assert.equal((await ask({ [name]: keys(20) })).status, 201)
    assert.deepEqual((await ask({ [name]: keys(21) })).body.message, [`${name}: must have at most 20 keys`])
    assert.equal((await ask({ [name]: { a: 'é'.repeat(500) } })).status, 201)
    assert.equal((await ask({ [name]: { a: 'é'.repeat(501) } })).status, 400)
    for (const nested of [{ a: {} }, { a: [] }, { a: { b: 1 } }, { a: ['x'] }]) {
      const { status, body } = await ask({ [name]: nested })
      assert.equal(status, 400)
      assert.match(body.message[0], new RegExp(`^${name}\\.a: must be`))
    }
    for (const other of [[], 'x', 7]) assert.equal((await ask({ [name]: other })).status, 400)
    assert.equal((await ask({ [name]: { [''.padEnd(65, 'k')]: 1 } })).status, 400)
    assert.equal((await ask({ [name]: { '': 1 } })).status, 400)
  }
  // One message a field.
  assert.equal((await ask({ attributes: { a: {}, b: [], c: 1 } })).body.message.length, 2)
  const full = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${String(n).padStart(2, '0')}`, 'x'.repeat(n < 16 ? 500 : 1)]))
  const left = 8192 - JSON.stringify(full).length
  assert.ok(left > 0 && left < 490)
  full.k19 = 'x'.repeat(1 + left)
  assert.equal(JSON.stringify(full).length, 8192)
  assert.equal((await ask({ attributes: full })).status, 201)
  assert.equal((await ask({ attributes: { ...full, k19: `${full.k19}x` } })).status, 400)
  assert.equal((await ask({ attributes: full, prechat: { a: 1 } })).status, 400)
})

test('what comes with a session has limits, and an unknown key is a 400', async () => {
  const wrong = [
    { utm: { source: 'x', medium: 'y', other: 'z' } }, { utm: 'x' }, { utm: { source: 7 } }, { utm: { source: 'x'.repeat(501) } },
    { departmentId: 'x'.repeat(41) }, { acceptOffline: 'yes' }, { plan: 'pro' }, { metadata: { host: {} } }, { ver: true }, { __proto__x: 1 },
  ]
  for (const body of wrong) assert.equal((await begin({ mode: 'anonymous', ...body })).status, 400, JSON.stringify(body))
  const campaign = { source: 'news', medium: 'mail', campaign: 'spring', term: 'lamp', content: 'a' }
  const { status, data } = await begin({ mode: 'anonymous', utm: campaign, departmentId: 'sales', acceptOffline: true })
  assert.equal(status, 201)
  assert.deepEqual((await seen(data)).metadata, { utm: campaign, acceptOffline: true })
  assert.equal((await sam.find(data.conversationId)).department, 'sales')
})

test('unicode and bidi names stay what they are, a million-character URL is refused, and text stays text', async () => {
  const name = '‮محمد\u2066 👩‍👩‍👧 <b>Ada</b>'
  const { data } = await begin({ mode: 'identified', name, attributes: { 'ключ 🔑': '"}]<script>' } })
  assert.equal(data.name, name)
  const shown = await seen(data)
  assert.deepEqual([shown.name, shown.metadata], [name, { claimed: { 'ключ 🔑': '"}]<script>' } }])
  assert.equal((await begin({ mode: 'anonymous', url: `https://a.example/${'x'.repeat(1_000_000)}` })).status, 413)
  assert.equal((await begin({ mode: 'anonymous', url: `https://a.example/${'x'.repeat(50_000)}` })).status, 400)
})
