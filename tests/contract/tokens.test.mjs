/** Only a whole, living token of this very widget speaks for a visitor; all others are told the same nothing. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { client, socket } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { visitor } from '../support/people.mjs'
import { claims, read, sign } from '../support/tokens.mjs'

const dev = await deployment()
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = Math.floor(Date.now() / 1000)

const ada = await visitor(dev)
const secret = await ada.say('a secret')
const before = await ada.history('?after=0')
const [head, payload, signature] = ada.token.split('.')
const mine = claims(dev, ada.id)

/** What is no proof, each for a reason of its own. */
const WRONG = {
  'none at all': undefined,
  'an empty one': '',
  garbage: 'garbage',
  'three dots of garbage': 'a.b.c',
  'an API key': dev.apiKey,
  'no signature': `${head}.${payload}.`,
  'alg none': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
  'alg none with the signature': `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.${signature}`,
  'alg HS512, well signed': sign(mine, { header: { alg: 'HS512', typ: 'JWT' }, hash: 'sha512' }),
  'alg HS512 over HS256': sign(mine, { header: { alg: 'HS512', typ: 'JWT' } }),
  'alg RS256': sign(mine, { header: { alg: 'RS256', typ: 'JWT' } }),
  'another header': sign(mine, { header: { alg: 'HS256', typ: 'JWT', kid: '../../x' } }),
  'a changed payload': `${head}.${encode({ ...read(ada.token), sub: randomUUID() })}.${signature}`,
  'a longer life': `${head}.${encode({ ...read(ada.token), exp: now + 1e6 })}.${signature}`,
  'a changed signature': `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
  'a shorter signature': `${head}.${payload}.${signature.slice(0, 40)}`,
  'a key of another purpose': sign(mine, { purpose: 'codes' }),
  'a key of no purpose': sign(mine, { purpose: '' }),
  'another secret': sign(mine, { secret: 'another secret of quite enough length' }),
  'one that ended a second ago': sign({ ...mine, exp: now - 1 }),
  'one that ends now': sign({ ...mine, exp: now }),
  'one without an end': sign({ ...mine, exp: undefined }),
  'one whose end is a text': sign({ ...mine, exp: String(now + 3600) }),
  'one of another widget': sign({ ...mine, ch: randomUUID() }),
  'one of no widget': sign({ ...mine, ch: undefined }),
  'one of a visitor who never came': sign(claims(dev, randomUUID())),
  'one of no visitor': sign({ ...mine, sub: 'everybody' }),
}

const CALLS = [
  ['GET', 'history'],
  ['GET', `history?before=${secret.id}`],
  ['POST', 'messages', { text: 'forged' }],
  ['POST', 'messages', { text: 'forged', replyTo: secret.id }],
  ['POST', 'events', { type: 'seen', seq: 1 }],
]

test('a token as the tests sign them is a good one', async () => {
  const api = client(dev.baseUrl, { authorization: `Bearer ${sign(mine)}` })
  assert.ok((await api.get(`${ada.path}/history`)).data.some(({ id }) => id === secret.id))
  const lower = client(dev.baseUrl, { authorization: `bearer ${sign(mine)}` })
  assert.equal((await lower.get(`${ada.path}/history`)).status, 200)
})

for (const [what, token] of Object.entries(WRONG)) {
  test(`${what} is a 401 on every call that wants a token`, async () => {
    const api = client(dev.baseUrl, token === undefined ? {} : { authorization: `Bearer ${token}` })
    await Promise.all(CALLS.map(async ([method, name, body]) => {
      const answer = await api.ask(method, `${ada.path}/${name}`, { body })
      assert.equal(answer.status, 401, name)
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
      const { timestamp, path, ...rest } = answer.body
      assert.deepEqual(rest, { statusCode: 401, error: 'Unauthorized', message: 'the credential is missing, wrong or expired' })
    }))
    // As a subprotocol only what can stand in a header at all.
    const offered = token && /^[\w.-]+$/.test(token) ? ['porchlight.v1', token] : ['porchlight.v1']
    await assert.rejects(socket(`${dev.baseUrl}${ada.path}/live`, offered), { status: 401 })
  })
}

test('and none of that has changed anything', async () => {
  assert.deepEqual(await ada.history('?after=0'), before)
})

test('a token in another scheme, in a cookie, in a query string or in a body is none', async () => {
  const api = client(dev.baseUrl)
  const history = `${ada.path}/history`
  for (const authorization of [ada.token, `Basic ${ada.token}`, `Token ${ada.token}`, `Bearer${ada.token}`, `Bearer x ${ada.token}`]) {
    assert.equal((await api.get(history, { headers: { authorization } })).status, 401, authorization.slice(0, 10))
  }
  for (const name of ['token', 'access_token', 'sessionToken', 'authorization']) {
    assert.equal((await api.get(`${history}?${name}=${ada.token}`)).status, 401, name)
  }
  assert.equal((await api.get(history, { headers: { cookie: `token=${ada.token}`, 'x-visitor-token': ada.token } })).status, 401)
  assert.equal((await api.get(history, { headers: { 'x-api-key': dev.apiKey } })).status, 401)
})

test("one visitor's token shows one visitor's history", async () => {
  const bob = await visitor(dev)
  assert.ok(!JSON.stringify(await bob.history()).includes('a secret'))
  // A message of somebody else's, as a place to read from, shows nothing of theirs.
  assert.deepEqual(await bob.history(`?before=${secret.id}`), [])
  const { status } = await bob.api.post(`${bob.path}/messages`, { text: 'a', replyTo: secret.id })
  assert.equal(status, 404)
})
