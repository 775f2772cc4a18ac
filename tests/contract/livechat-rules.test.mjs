/** What a widget's owner says holds for livechat's clients, too: from where, with what, when, and how often. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { client } from '../support/api.mjs'
import { deployment, ownDeployment } from '../support/deployment.mjs'
import { bigPicture, file, form, FORM, formOf } from '../support/files.mjs'
import { calls, coded, fine, guest, invalid, newToken, quiet, refused } from '../support/livechat.mjs'

const dev = await deployment()
const never = { timeZone: 'UTC', days: [] }

/** Every call there is, by somebody with a room. */
const everything = ({ token, rid }, { get, post, put, del }) => [
  get('config'), post('visitor', { visitor: { token } }), get(`visitor/${token}`), post('visitor.status', { token, status: 'online' }), get('room', { token }),
  post('message', { token, rid, msg: 'hello' }), get(`message/${randomUUID()}`, { token, rid }), put(`message/${randomUUID()}`, { token, rid, msg: 'a' }), del(`message/${randomUUID()}`, { token, rid }),
  get(`messages.history/${rid}`, { token }), post('page.visited', { token, pageInfo: { location: { href: 'https://a.example/' } } }), post('custom.field', { token, key: 'a', value: 'b' }), post('custom.fields', { token, customFields: [] }),
  post('transcript', { token, rid, email: 'a@example.com' }), get(`agent.info/${rid}/${token}`), get(`agent.next/${token}`), post('room.survey', { token, rid, data: [] }),
  post(`upload/${rid}`, formOf(file('lamp.png')), { headers: { 'content-type': FORM, 'x-visitor-token': token } }), post('room.close', { token, rid }), del(`visitor/${token}`),
]

test('a site that is not on the list is a 403 on every call, and does nothing', async () => {
  const at = await quiet(dev, {}, { allowedDomains: ['shop.example', '*.fern.example'] })
  for (const origin of ['https://shop.example', 'http://shop.example:8080', 'https://a.fern.example']) await guest(at, { headers: { origin } })
  const ada = await guest(at, { headers: { origin: 'https://shop.example' } })
  for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null']) {
    for (const { status, body, headers } of await Promise.all(everything(ada, calls(at, { origin })))) {
      assert.deepEqual([status, body.errorType, headers.get('access-control-allow-origin')], [403, 'error-not-allowed', origin])
    }
  }
  assert.deepEqual([(await ada.history()).length, (await ada.have())._id], [0, ada.rid])
})

test('an address that is blocked is a 403 on every call, and only CF-Connecting-IP says which it is', async () => {
  const at = await quiet(dev, { blockedIps: ['203.0.113.7', '198.51.100.0/24'] })
  const ada = await guest(at, { headers: { 'cf-connecting-ip': '203.0.113.8', 'x-forwarded-for': '203.0.113.7' } })
  for (const ip of ['203.0.113.7', '::ffff:203.0.113.7', '198.51.100.255']) {
    const headers = { 'cf-connecting-ip': ip, 'x-forwarded-for': '203.0.113.8' }
    for (const { status, body } of await Promise.all(everything(ada, calls(at, headers)))) assert.deepEqual([status, body.errorType], [403, 'error-not-allowed'], ip)
  }
  assert.deepEqual([(await ada.history()).length, (await ada.have())._id], [0, ada.rid])
})

test('a widget that is switched off or gone is a 404, and back again when it is', async () => {
  const at = await quiet(dev)
  const ada = await guest(at)
  await at.change({ enabled: false })
  for (const { status, body } of await Promise.all(everything(ada, calls(at)))) assert.deepEqual([status, body], [404, { success: false, error: 'Resource not found' }])
  await at.change({ enabled: true })
  assert.equal((await ada.have())._id, ada.rid)
})

test('files: who sends them is in a header, and what is taken is the widget’s to say', async () => {
  const at = await quiet(dev, { uploads: { maxBytes: 2000, types: ['image/png'] } })
  const ada = await guest(at)
  const upload = (body, headers = { 'x-visitor-token': ada.token }, rid = ada.rid) => ada.post(`upload/${rid}`, body, { headers: { 'content-type': FORM, ...headers } })
  const png = formOf(file('lamp.png'))
  const { body } = await upload(png)
  assert.deepEqual([body.success, body.rid, body.msg, body.token, body.file.size, body.attachments[0].image_dimensions], [true, ada.rid, '', ada.token, 111, { width: 7, height: 5 }])
  const bob = await guest(at)
  const strangers = [{}, { 'x-visitor-token': '' }, { 'x-visitor-token': 'short' }, { 'x-visitor-token': newToken() }, { 'x-visitor-token': bob.token }, { authorization: `Bearer ${ada.token}` }]
  for (const headers of strangers) {
    const answer = await upload(png, headers)
    assert.deepEqual([answer.status, answer.body], [401, { success: false, error: 'unauthorized' }], JSON.stringify(headers))
  }
  for (const rid of [randomUUID(), 'x', bob.rid]) assert.equal((await upload(png, undefined, rid)).status, 401)
  // In no body or query does a token count.
  assert.equal((await ada.api.ask('POST', `${ada.path}/upload/${ada.rid}?token=${ada.token}`, { body: png, headers: { 'content-type': FORM } })).status, 401)
  const refusal = async (bytes, name) => (await upload(formOf(bytes, name))).body
  assert.deepEqual(await refusal(bigPicture(2001)), { success: false, reason: 'error-size-not-allowed', sizeAllowed: '2000 B' })
  assert.equal((await upload(formOf(bigPicture(2000)))).status, 200)
  for (const bytes of [file('lamp.gif'), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), Buffer.from('MZ\0\0'), Buffer.from('<!doctype html><script>alert(1)</script>')]) assert.deepEqual(await refusal(bytes, 'lamp.png'), { success: false, reason: 'error-type-not-allowed' })
  assert.deepEqual(await refusal(Buffer.alloc(0)), { success: false, reason: 'error-file-empty' })
  invalid(await upload('{}', { 'x-visitor-token': ada.token, 'content-type': 'application/json' }), 'must be multipart/form-data with a field named file')
  invalid(await upload(form(['name="other"', 'text'])), undefined)
  fine(await ada.close())
  refused(await upload(png), 'room-closed')
  const sent = (await ada.history()).filter(({ files }) => files)
  assert.deepEqual(sent.map(({ file: { size, name, type } }) => [size, name, type]), [[2000, 'lamp.png', 'image/png'], [111, 'lamp.png', 'image/png']])
  const off = await quiet(dev, { uploads: { enabled: false } })
  const eve = await guest(off)
  const answer = await eve.post(`upload/${eve.rid}`, png, { headers: { 'content-type': FORM, 'x-visitor-token': eve.token } })
  assert.deepEqual([answer.status, answer.body], [400, { success: false, reason: 'error-file-upload-disabled' }])
  assert.equal(fine(await eve.get('config')).config.settings.fileUpload, false)
})

test('where identities have to be proved, none is claimed; who claims none may come', async () => {
  const at = await quiet(dev, {}, { identityRequired: true })
  const all = calls(at)
  for (const claim of [{ name: 'Ada' }, { email: 'ada@example.com' }, { phone: '123' }]) coded(await all.post('visitor', { visitor: { token: newToken(), ...claim } }), 'error-not-allowed')
  const ada = await guest(at)
  coded(await ada.post('visitor', { visitor: { token: ada.token, name: 'Eve' } }), 'error-not-allowed')
  assert.equal(fine(await ada.get(`visitor/${ada.token}`)).visitor.name, undefined)
})

test('strangers come by the ways that the owner has opened', async () => {
  const come = async (identityModes, visitor) => calls(await quiet(dev, { identityModes })).post('visitor', { visitor: { token: newToken(), ...visitor } })
  fine(await come(['anonymous'], {}))
  fine(await come(['identified'], { name: 'Ada' }))
  coded(await come(['identified'], {}), 'error-not-allowed')
  coded(await come(['anonymous'], { name: 'Ada' }), 'error-not-allowed')
  for (const visitor of [{}, { name: 'Ada' }]) coded(await come(['verify-otp'], visitor), 'error-not-allowed')
})

test('when nobody is there and nothing is taken, nothing begins and nothing is said; what was said is still read', async () => {
  const at = await quiet(dev)
  const ada = await guest(at)
  const { _id } = await ada.say('before')
  await at.change({ settings: { officeHours: never, offline: { accept: false, message: 'Back on Monday' } } })
  const { config } = fine(await ada.get('config'))
  assert.deepEqual([config.online, config.messages.offlineMessage], [false, 'Back on Monday'])
  const none = (answer) => coded(answer, 'no-agent-online', 'Sorry, no online agents')
  none(await ada.send('hello'))
  // What was taken before is still known by its name.
  assert.equal(fine(await ada.post('message', { token: ada.token, rid: ada.rid, _id, msg: 'before' })).message._id, _id)
  none(await ada.get('room', { token: ada.token }))
  none(await ada.post(`upload/${ada.rid}`, formOf(file('lamp.png')), { headers: { 'content-type': FORM, 'x-visitor-token': ada.token } }))
  assert.deepEqual((await ada.history()).map(({ msg }) => msg), ['before'])
  fine(await ada.edit(_id, 'after'))
  fine(await ada.close())
  await at.change({ settings: { offline: { accept: true } } })
  assert.equal((await ada.have()).open, true)
})

test('a welcome is said where no bot speaks, in every room', async () => {
  const at = await quiet(dev, { welcome: 'Hello "you"', acknowledgement: 'We have it.' })
  const ada = await guest(at)
  await ada.say('one')
  await ada.say('two')
  assert.deepEqual((await ada.history()).map(({ msg }) => msg), ['two', 'We have it.', 'one', 'Hello "you"'])
  fine(await ada.close())
  const { _id } = await ada.have()
  assert.deepEqual((await ada.history({}, _id)).map(({ msg }) => msg), ['Hello "you"'])
})

test('what comes too fast is a 429 that says when to try again, in the words of Rocket.Chat', async (t) => {
  const own = await ownDeployment({})
  after(() => own.remove())
  const limited = ({ status, headers, body }, limit, seconds) => {
    const wait = Number(headers.get('retry-after'))
    assert.ok(status === 429 && wait >= 1 && wait <= seconds, `${status} ${wait}`)
    assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], [String(limit), '0'])
    // When, in milliseconds since 1970.
    assert.ok(Math.abs(Number(headers.get('x-ratelimit-reset')) - Date.now() - wait * 1000) < 5000, headers.get('x-ratelimit-reset'))
    assert.deepEqual([body.errorType, body.error], ['error-too-many-requests', `Error, too many requests. Please slow down. You must wait ${wait} seconds before trying this endpoint again. [error-too-many-requests]`])
  }
  const split = (answers) => [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status !== 200)]
  const times = (count, ask) => Promise.all(Array.from({ length: count }, (_, n) => ask(n)))

  await t.test('messages: 20 in ten seconds, and retries are let through', async () => {
    const ada = await guest(own.dev)
    const first = await ada.say('first', { _id: 'the-first-one' })
    const [taken, others] = split(await times(24, (n) => ada.send(`message ${n}`)))
    assert.deepEqual([taken.length, others.length], [19, 5])
    for (const answer of others) limited(answer, 20, 10)
    assert.deepEqual(await ada.say('first', { _id: 'the-first-one' }), first)
    await (await guest(own.dev)).say('another does not wait')
  })
  await t.test('visitors: 30 a minute from one address', async () => {
    const from = (ip) => calls(own.dev, { 'cf-connecting-ip': ip }).post('visitor', { visitor: { token: newToken() } })
    const [taken, others] = split(await times(33, (n) => from(n % 2 ? '203.0.113.5' : '::ffff:203.0.113.5')))
    assert.deepEqual([taken.length, others.length], [30, 3])
    for (const answer of others) limited(answer, 30, 60)
    fine(await from('203.0.113.6'))
  })
  await t.test('reading: 120 in ten seconds', async () => {
    const ada = await guest(own.dev)
    const [taken, others] = split(await times(140, () => ada.load({ limit: 1 })))
    assert.ok(taken.length >= 110 && others.length >= 10, `${taken.length}`)
    for (const answer of others) limited(answer, 120, 10)
  })
  await t.test('what else a visitor tells: 60 in ten seconds', async () => {
    const ada = await guest(own.dev)
    const [, others] = split(await times(70, () => ada.post('custom.field', { token: ada.token, key: 'a', value: 'b' })))
    assert.ok(others.length >= 9 && others.length <= 11, `${others.length}`)
    for (const answer of others) limited(answer, 60, 10)
  })
  await t.test('files: 20 in ten minutes', async () => {
    const ada = await guest(own.dev)
    const upload = () => ada.post(`upload/${ada.rid}`, formOf(file('lamp.png')), { headers: { 'content-type': FORM, 'x-visitor-token': ada.token } })
    const [taken, others] = split(await times(22, upload))
    assert.ok(taken.length <= 20 && others.length >= 2)
    for (const { status } of others) assert.equal(status, 429)
  })
  await t.test('letters: 3 an hour to one address of mail', async () => {
    const email = `${randomUUID()}@example.com`
    const ada = await guest(own.dev)
    await ada.say('hello')
    const answers = []
    for (let n = 0; n < 5; n += 1) answers.push(await ada.post('transcript', { token: ada.token, rid: ada.rid, email }))
    const [taken, others] = split(answers)
    assert.deepEqual([taken.length, others.length], [3, 2])
    for (const { status } of others) assert.equal(status, 429)
  })
  await t.test('what nobody may say costs nobody their share', async () => {
    const ada = await guest(own.dev)
    for (let n = 0; n < 30; n += 1) invalid(await ada.send(7))
    await ada.say('hello')
    const api = client(own.dev.baseUrl)
    for (let n = 0; n < 30; n += 1) refused(await api.post(`${ada.path}/message`, { token: newToken(), rid: ada.rid, msg: 'a' }), 'invalid-token')
    await ada.say('hello again')
  })
})
