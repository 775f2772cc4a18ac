/** Nobody is drowned: what comes faster than people type is refused, with when to try again. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { file, FORM, formOf } from '../support/files.mjs'
import { visitor } from '../support/people.mjs'

let own
before(async () => { own = await ownDeployment({}) })
after(() => own?.remove())

test('the 21st message within ten seconds is a 429 and is not kept; retries are let through, and so is who waits', async () => {
  const [ada, bob] = [await visitor(own.dev), await visitor(own.dev)]
  const send = (body) => ada.api.post(`${ada.path}/messages`, body)
  const first = { text: 'message 0', clientId: randomUUID() }
  assert.equal((await send(first)).status, 201)
  const rest = await Promise.all(Array.from({ length: 24 }, (_, n) => send({ text: `message ${n + 1}` })))
  assert.equal(rest.filter(({ status }) => status === 201).length, 19)
  const refused = rest.filter(({ status }) => status === 429)
  assert.equal(refused.length, 5)
  for (const { headers, body } of refused) {
    const wait = Number(headers.get('retry-after'))
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 10, `${wait}`)
    assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], ['20', '0'])
    assert.equal(body.message, `too many requests: try again in ${wait} s`)
  }
  const said = async () => (await ada.history('?limit=100')).filter(({ direction }) => direction === 'IN').length
  assert.equal(await said(), 20)
  // What is kept is answered again, what is asked is answered, and another visitor does not wait.
  assert.equal((await send(first)).headers.get('idempotent-replayed'), 'true')
  assert.ok((await bob.say('hello')).id)

  const late = { text: 'too soon', clientId: randomUUID() }
  const { status, headers } = await send(late)
  assert.equal(status, 429)
  await new Promise((resolve) => setTimeout(resolve, Number(headers.get('retry-after')) * 1000))
  assert.equal((await send(late)).status, 201)
  assert.equal(await said(), 21)
})

test('one address begins at most 30 visitors a minute, counted exactly, and another address does not wait', async () => {
  const begin = (ip) => client(own.dev.baseUrl).post(`/web-chat/${own.dev.widgetToken}/sessions`, { mode: 'anonymous' }, { headers: { 'cf-connecting-ip': ip } })
  const answers = await Promise.all(Array.from({ length: 35 }, (_, n) => begin(n % 2 ? '203.0.113.5' : '::ffff:203.0.113.5')))
  const refused = answers.filter(({ status }) => status === 429)
  assert.equal(refused.length, 5)
  for (const { headers } of refused) {
    const wait = Number(headers.get('retry-after'))
    assert.ok(wait >= 1 && wait <= 60, `${wait}`)
    assert.deepEqual(['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`)), ['30', '0', String(wait)])
  }
  assert.equal((await begin('203.0.113.6')).status, 201)
})

test('a visitor uploads at most 20 files in ten minutes, and another does not wait', async () => {
  const [ada, bob] = [await visitor(own.dev), await visitor(own.dev)]
  const upload = (person) => person.api.ask('POST', `${person.path}/upload`, { body: formOf(file('lamp.png')), headers: { 'content-type': FORM } })
  const answers = await Promise.all(Array.from({ length: 23 }, () => upload(ada)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 20)
  const refused = answers.filter(({ status }) => status === 429)
  assert.equal(refused.length, 3)
  for (const { headers } of refused) {
    const wait = Number(headers.get('retry-after'))
    assert.ok(wait >= 1 && wait <= 600, `${wait}`)
    assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], ['20', '0'])
  }
  assert.equal((await own.sql(`SELECT count(*) AS files FROM media WHERE visitor_id = '${ada.id}'`))[0].files, 20)
  assert.equal((await upload(bob)).status, 201)
})

test('whoever asks to be somebody else is counted as a stranger, and so is who was forgotten', async () => {
  const begin = (headers, body = {}) => client(own.dev.baseUrl).post(`/web-chat/${own.dev.widgetToken}/sessions`, { mode: 'anonymous', ...body }, { headers: { 'cf-connecting-ip': '203.0.113.77', ...headers } })
  const { data } = await begin({})
  const bearer = { authorization: `Bearer ${data.sessionToken}` }
  const others = await Promise.all(Array.from({ length: 33 }, () => begin(bearer, { visitorId: randomUUID() })))
  assert.equal(others.filter(({ status }) => status === 201).length, 29)
  // As themselves they come back.
  assert.equal((await begin(bearer)).data.visitorId, data.visitorId)
  await client(own.dev.baseUrl, bearer).ask('DELETE', `/web-chat/${own.dev.widgetToken}/me`)
  assert.equal((await begin(bearer)).status, 429)
})

test('a visitor reads no faster than any widget does', async () => {
  const ada = await visitor(own.dev)
  const answers = await Promise.all(Array.from({ length: 140 }, () => ada.api.get(`${ada.path}/history?limit=1`)))
  assert.ok(answers.some(({ status }) => status === 429) && answers.filter(({ status }) => status === 200).length >= 110)
})
