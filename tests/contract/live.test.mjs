/** The visitor's live socket: it tells all tabs what happens, and nothing that is thrown at it breaks it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { client, socket } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'
import { claims, sign } from '../support/tokens.mjs'

const dev = await deployment()
const sam = agent(dev)
const open = []

/** A visitor's socket that is closed when its test is over. */
async function tab(person) {
  const live = await person.live()
  open.push(live)
  return live
}
test.afterEach(() => open.splice(0).forEach(({ ws }) => ws.terminate()))

/** A visitor in a conversation that agents know of. */
async function known() {
  const ada = await visitor(dev)
  const said = await ada.say('hello')
  await sam.find(ada.conversationId)
  return { ada, said, path: `${sam.path}/conversations/${ada.conversationId}` }
}

const is = (kind, more = {}) => (frame) => frame.t === kind && Object.entries(more).every(([key, value]) => frame[key] === value)

/** What a socket hears of a message that is sent now: proof that it lives, and that nothing came before. */
async function hears(live, ada, text) {
  const [, { message }] = await Promise.all([ada.say(text), live.next((frame) => frame.t === 'message' && frame.message.payload.text === text)])
  return message
}

test('a socket is greeted with where the Thread stands', async () => {
  const { ada } = await known()
  const last = (await ada.history())[0]
  const live = await tab(ada)
  const hello = await live.next(() => true)
  assert.deepEqual(hello, { t: 'hello', protocol: 1, changed: last.changed, status: 'pending', agentSeen: 0, visitorSeen: 0 })
  assert.equal(live.ws.protocol, 'porchlight.v1')
})

test('a message is told to all tabs, the sender’s too, as the history tells it', async () => {
  const { ada } = await known()
  const tabs = [await tab(ada), await tab(ada)]
  const said = await ada.say('to both')
  for (const live of tabs) assert.deepEqual((await live.next(is('message'))).message, said)
  assert.deepEqual((await ada.history()).find(({ id }) => id === said.id), said)
})

test('an agent’s answer arrives within two seconds', async () => {
  const { ada } = await known()
  const live = await tab(ada)
  const began = Date.now()
  const [answer, { message }] = await Promise.all([sam.answer(ada.conversationId, 'I am here'), live.next((frame) => frame.message?.author.kind === 'agent')])
  assert.ok(Date.now() - began < 2000)
  assert.deepEqual(message, answer)
  assert.deepEqual(message.author, { kind: 'agent', name: 'Sam' })
})

test('another visitor hears nothing of it', async () => {
  const [{ ada }, { ada: bob }] = [await known(), await known()]
  const live = await tab(bob)
  await ada.say('a secret')
  await sam.answer(ada.conversationId, 'yours alone')
  await hears(live, bob, 'the end')
  assert.ok(!JSON.stringify(live.frames).includes('a secret') && !JSON.stringify(live.frames).includes('yours alone'))
})

test('typing is told both ways, under the agent’s name, and not to the one who types', async () => {
  const { ada, path } = await known()
  const [live, agents] = [await tab(ada), await sam.live()]
  open.push(agents)
  await sam.api.post(`${path}/events`, { type: 'typing', on: true })
  assert.deepEqual(await live.next(is('typing')), { t: 'typing', by: 'agent', name: 'Sam', on: true })
  const mine = is('typing', { conversationId: ada.conversationId })
  live.send({ t: 'typing', on: true })
  assert.deepEqual(await agents.next(mine), { t: 'typing', conversationId: ada.conversationId, on: true })
  await ada.api.post(`${ada.path}/events`, { type: 'typing', on: false })
  assert.equal((await agents.next(mine)).on, false)
  await hears(live, ada, 'done')
  assert.ok(!live.frames.some(is('typing')))
})

test('seeing is told both ways, and to the visitor’s other tab', async () => {
  const { ada, said, path } = await known()
  const [one, two] = [await tab(ada), await tab(ada)]
  await sam.api.post(`${path}/events`, { type: 'seen', seq: said.seq })
  for (const live of [one, two]) assert.deepEqual(await live.next(is('seen')), { t: 'seen', by: 'agent', seq: said.seq })
  one.send({ t: 'seen', seq: 2 })
  assert.deepEqual(await two.next(is('seen')), { t: 'seen', by: 'visitor', seq: 2 })
  assert.equal((await sam.api.get(path)).data.visitorSeen, 2)
  // The same again, or less, is nothing new.
  one.send({ t: 'seen', seq: 2 })
  one.send({ t: 'seen', seq: 1 })
  await hears(two, ada, 'the end')
  assert.ok(!two.frames.some(is('seen')))
})

test('ping is answered with pong', async () => {
  const { ada } = await known()
  const live = await tab(ada)
  live.send('ping')
  assert.equal(await live.next((frame) => frame === 'pong'), 'pong')
})

const GARBAGE = {
  'no JSON': '{', 'an empty frame': '', 'a text': '"hello"', null: 'null', 'an array': '["typing",true]', 'no kind': '{}',
  'an unknown kind': '{"t":"dance"}', 'a kind that is a number': '{"t":1}', "a server's frame": '{"t":"status","status":"closed"}',
  'a wrong type': '{"t":"typing","on":"yes"}', 'an unknown key': '{"t":"typing","on":true,"by":"agent"}', 'a missing key': '{"t":"seen"}',
  'a negative number': '{"t":"seen","seq":-1}', 'a number beyond all': '{"t":"seen","seq":1e400}', 'deep nesting': `${'['.repeat(2000)}${']'.repeat(2000)}`,
  'a zero': '\u0000', bytes: Buffer.from([0, 1, 2, 255]), 'JSON as bytes': Buffer.from('{"t":"typing","on":true}'),
}

test('a frame that cannot be used is answered with an error; it, and the other tab, go on', async () => {
  const { ada, path } = await known()
  const [bad, good] = [await tab(ada), await tab(ada)]
  const before = (await sam.api.get(path)).data
  for (const [what, frame] of Object.entries(GARBAGE)) {
    bad.send(frame)
    const error = await bad.next(is('error')).catch((failure) => assert.fail(`${what}: ${failure.message}`))
    assert.equal(error.code, 'invalid-frame', what)
    assert.match(error.message, /must be/)
  }
  assert.deepEqual((await sam.api.get(path)).data, before)
  const heard = await hears(bad, ada, 'still here')
  assert.deepEqual((await good.next(is('message'))).message, heard)
  assert.ok(!good.frames.some(is('error')) && !good.frames.some(is('typing')))
})

test('a frame of 4096 bytes is read; a longer one closes its own socket, with 1009, and no other', async () => {
  const { ada } = await known()
  const good = await tab(ada)
  const fits = `{"t":"typing","on":true}`.padEnd(4096)
  const live = await tab(ada)
  live.send(fits)
  await hears(live, ada, 'it fits')
  assert.ok(!live.frames.some(is('error')))
  for (const frame of [`${fits} `, 'é'.repeat(2049), Buffer.alloc(5000), 'x'.repeat(1_000_000), Buffer.alloc(1_000_000)]) {
    const bad = await tab(ada)
    bad.send(frame)
    assert.equal((await bad.next(is('error'))).code, 'frame-too-big')
    assert.equal((await bad.closed).code, 1009)
  }
  await hears(good, ada, 'still here')
  assert.ok(!good.frames.some(is('error')))
})

test('a request that is no WebSocket is a 426', async () => {
  const { ada } = await known()
  assert.equal((await ada.api.get(`${ada.path}/live`)).status, 426)
  assert.equal((await sam.api.get(`${sam.path}/live`)).status, 426)
})

test('the token comes as a subprotocol or in the header, and never in the query string', async () => {
  const { ada } = await known()
  const url = `${dev.baseUrl}${ada.path}/live`
  const authorization = { headers: { authorization: `Bearer ${ada.token}` } }
  const ways = [
    [['porchlight.v1', ada.token], {}, 'porchlight.v1'],
    [[ada.token, 'porchlight.v1'], {}, 'porchlight.v1'],
    [['porchlight.v1'], authorization, 'porchlight.v1'],
    // Who offers no subprotocol is given none.
    [[], authorization, ''],
  ]
  for (const [protocols, options, chosen] of ways) {
    const live = await socket(url, protocols, options)
    open.push(live)
    assert.equal(live.ws.protocol, chosen)
    await live.next(is('hello'))
  }
  for (const name of ['token', 'access_token', 'authorization']) {
    await assert.rejects(socket(`${url}?${name}=${ada.token}`, ['porchlight.v1']), { status: 401 })
  }
})

test('a socket outlives its token only until its next frame', async () => {
  const { ada } = await known()
  const exp = Math.ceil(Date.now() / 1000) + 2
  const token = sign(claims(dev, ada.id, { exp }))
  const live = await socket(`${dev.baseUrl}${ada.path}/live`, ['porchlight.v1', token])
  open.push(live)
  const good = await tab(ada)
  live.send({ t: 'seen', seq: 1 })
  assert.deepEqual(await good.next(is('seen')), { t: 'seen', by: 'visitor', seq: 1 })
  await new Promise((resolve) => setTimeout(resolve, exp * 1000 + 100 - Date.now()))
  live.send({ t: 'seen', seq: 2 })
  assert.equal((await live.next(is('error'))).code, 'token-expired')
  assert.deepEqual(await live.closed, { code: 4401, reason: 'token expired' })
  await hears(good, ada, 'still here')
  assert.ok(!good.frames.some(is('seen')))
  const api = client(dev.baseUrl, { authorization: `Bearer ${token}` })
  assert.equal((await api.get(`${ada.path}/history`)).status, 401)
})

test('a socket whose token has ended hears nothing more: it is closed instead', async () => {
  const { ada } = await known()
  const exp = Math.ceil(Date.now() / 1000) + 1
  const live = await socket(`${dev.baseUrl}${ada.path}/live`, ['porchlight.v1', sign(claims(dev, ada.id, { exp }))])
  open.push(live)
  await live.next(is('hello'))
  await new Promise((resolve) => setTimeout(resolve, exp * 1000 + 100 - Date.now()))
  await ada.say('for proven ears only')
  assert.equal((await live.closed).code, 4401)
  assert.ok(!live.frames.some(is('message')))
})
