/** Livechat's websocket: what happens in a visitor's rooms is heard there as it happens, by nobody else. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { client } from '../support/api.mjs'
import { ddp } from '../support/ddp.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const BASE = `${dev.baseUrl}/livechat/${dev.widgetToken}`
const SOCKET = `${BASE}/websocket`
const people = agent(dev)

/** A visitor with a room. */
async function visitor(name) {
  const token = randomBytes(16).toString('hex')
  const api = client(dev.baseUrl)
  const path = `/livechat/${dev.widgetToken}/api/v1/livechat`
  const ask = async (method, rest, body) => {
    const { status, body: told } = await api.ask(method, `${path}/${rest}`, { body })
    assert.equal(status, 200, JSON.stringify(told))
    return told
  }
  const { visitor: { _id } } = await ask('POST', 'visitor', { visitor: { token, ...(name ? { name } : {}) } })
  const { room } = await ask('GET', `room?token=${token}`)
  const say = (msg) => ask('POST', 'message', { token, rid: room._id, msg }).then(({ message }) => message)
  return { token, rid: room._id, id: _id, ask, say }
}

/** A visitor who listens to all there is to hear of their room. */
async function listener(name) {
  const ada = await visitor(name)
  const socket = await ddp(SOCKET)
  const streams = [['stream-room-messages', ada.rid], ['stream-notify-room', `${ada.rid}/typing`], ['stream-notify-room', `${ada.rid}/user-activity`],
    ['stream-notify-room', `${ada.rid}/deleteMessage`], ['stream-livechat-room', ada.rid]]
  const answers = await Promise.all(streams.map(([stream, event]) => socket.subscribe(stream, event, ada.token)))
  assert.ok(answers.every(({ msg }) => msg === 'ready'), JSON.stringify(answers))
  return { ...ada, socket }
}

test('a client is greeted, and answered when it asks whether anybody is there', async () => {
  const socket = await ddp(SOCKET)
  assert.match(socket.frames[0].session, /^[0-9a-f]{64}$/)
  socket.send({ msg: 'ping' })
  assert.deepEqual(await socket.heard(({ msg, id }) => msg === 'pong' && id === undefined), { msg: 'pong' })
  socket.send({ msg: 'ping', id: 'a "b"' })
  assert.deepEqual(await socket.heard(({ msg, id }) => msg === 'pong' && id), { msg: 'pong', id: 'a "b"' })
  assert.deepEqual(await socket.call('livechat:setUpConnection', { token: 'x' }), { msg: 'result', id: 'call-1' })
  assert.deepEqual(await socket.heard(({ msg }) => msg === 'updated'), { msg: 'updated', methods: ['call-1'] })
  await socket.close()
})

test('messages come as they are said, by whomever, as the history tells them', async () => {
  const ada = await listener('Ada')
  const own = await ada.say('hello "there"')
  const [heard] = await ada.socket.changed('stream-room-messages', ada.rid, ({ msg }) => msg === 'hello "there"')
  assert.deepEqual(heard.ts, { $date: Date.parse(own.ts) })
  assert.equal(heard._id, own._id)
  assert.equal(heard.alias, 'Ada')
  assert.equal(heard.token, undefined, 'a token is in no stream')
  await ada.socket.changed('stream-room-messages', ada.rid, ({ u }) => u.username === 'bot')

  const answered = await people.answer(ada.rid, 'Good day!')
  const [said] = await ada.socket.changed('stream-room-messages', ada.rid, ({ msg }) => msg === 'Good day!')
  assert.equal(said._id, answered.id)
  const { messages } = await ada.ask('GET', `messages.history/${ada.rid}?token=${ada.token}`)
  const told = messages.find(({ _id }) => _id === answered.id)
  assert.deepEqual({ ...said, ts: told.ts, _updatedAt: told._updatedAt }, told)
  await ada.socket.close()
})

test('edits come as the message that they made, deletions by name, notes never', async () => {
  const ada = await listener()
  const { _id } = await ada.say('helo')
  await ada.ask('PUT', `message/${_id}`, { token: ada.token, rid: ada.rid, msg: 'hello' })
  const [edited] = await ada.socket.changed('stream-room-messages', ada.rid, (message) => message._id === _id && message.msg === 'hello')
  assert.ok(edited.editedAt.$date > 0)
  await ada.ask('DELETE', `message/${_id}`, { token: ada.token, rid: ada.rid })
  assert.deepEqual(await ada.socket.changed('stream-notify-room', `${ada.rid}/deleteMessage`), [{ _id }])
  await people.answer(ada.rid, 'between us', { private: true })
  await people.answer(ada.rid, 'to you')
  await ada.socket.changed('stream-room-messages', ada.rid, ({ msg }) => msg === 'to you')
  assert.ok(!JSON.stringify(ada.socket.frames).includes('between us'))
  await ada.socket.close()
})

test('typing is heard both ways', async () => {
  const ada = await listener()
  await ada.say('hello')
  const inbox = await people.live()
  const typing = async (on) => {
    await people.api.post(`${people.path}/conversations/${ada.rid}/events`, { type: 'typing', on })
    const [username, state] = await ada.socket.changed('stream-notify-room', `${ada.rid}/typing`, (name, state) => name !== 'bot' && state === on)
    assert.match(username, /^[\w.]+$/)
    assert.equal(state, on)
    await ada.socket.changed('stream-notify-room', `${ada.rid}/user-activity`, (name, doing) => name !== 'bot' && doing.includes('user-typing') === on)
  }
  await typing(true)
  await typing(false)

  const username = `guest-${ada.id.slice(0, 8)}`
  const result = await ada.socket.call('stream-notify-room', `${ada.rid}/typing`, username, true, { token: ada.token })
  assert.equal(result.error, undefined)
  await inbox.next((frame) => frame.t === 'typing' && frame.conversationId === ada.rid && frame.on)
  await ada.socket.call('stream-notify-room', `${ada.rid}/user-activity`, username, [], { token: ada.token })
  await inbox.next((frame) => frame.t === 'typing' && frame.conversationId === ada.rid && !frame.on)
  await inbox.close()
  await ada.socket.close()
})

test('who answers is heard, and that the room was closed', async () => {
  const ada = await listener()
  await ada.say('hello')
  await people.answer(ada.rid, 'Good day!')
  const { id: agentId, name } = (await people.api.get(`${people.path}/agents`)).data[0]
  await people.api.post(`${people.path}/conversations/${ada.rid}/assign`, { agentId })
  const [{ type, data }] = await ada.socket.changed('stream-livechat-room', ada.rid)
  assert.equal(type, 'agentData')
  assert.equal(data.name, name)
  const { agent: told } = await ada.ask('GET', `agent.info/${ada.rid}/${ada.token}`)
  assert.deepEqual(data, told)
  await people.api.post(`${people.path}/conversations/${ada.rid}/close`, {})
  const [closed] = await ada.socket.changed('stream-room-messages', ada.rid, ({ t }) => t === 'livechat-close')
  assert.equal(closed.msg, '')
  await ada.socket.close()
})

test('nobody hears of a room that is not theirs', async () => {
  const [ada, bob] = [await visitor(), await visitor()]
  const socket = await ddp(SOCKET)
  const refusals = [
    ['stream-room-messages', ada.rid, bob.token], ['stream-room-messages', ada.rid, 'iNKE8a6k6cjbqWhWd'], ['stream-room-messages', ada.rid, 'x'],
    ['stream-room-messages', ada.rid, undefined], ['stream-room-messages', ada.rid, { $ne: 1 }], ['stream-room-messages', 'r', ada.token],
    ['stream-room-messages', '__my_messages__', ada.token], ['stream-notify-all', 'updateAvatar', ada.token], ['stream-notify-user', `${ada.id}/message`, ada.token],
    ['stream-notify-room', `${ada.rid}/secret`, ada.token],
  ]
  for (const [stream, event, token] of refusals) {
    const { msg, error } = await socket.subscribe(stream, event, token)
    assert.equal(msg, 'nosub', `${stream} ${event}`)
    assert.equal(error.error, 'not-allowed')
  }
  const { error } = await socket.call('stream-notify-room', `${ada.rid}/typing`, 'x', true, { token: bob.token })
  assert.equal(error.error, 'not-allowed')
  await bob.say('from Bob')
  await ada.say('from Ada')
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(!socket.frames.some(({ msg }) => msg === 'changed'))

  // Who was let in as one of them hears of the other no more when they become the other.
  await socket.subscribe('stream-room-messages', ada.rid, ada.token)
  await socket.subscribe('stream-room-messages', bob.rid, bob.token)
  await ada.say('for Ada alone')
  await bob.say('for Bob alone')
  await socket.changed('stream-room-messages', bob.rid, ({ msg }) => msg === 'for Bob alone')
  assert.ok(!JSON.stringify(socket.frames).includes('for Ada alone'))
  await socket.close()
})

test('what was unsubscribed is heard no more, and the rest still is', async () => {
  const ada = await listener()
  const id = ada.socket.frames.find(({ msg }) => msg === 'ready').subs[0]
  ada.socket.send({ msg: 'unsub', id })
  await ada.socket.heard((frame) => frame.msg === 'nosub' && frame.id === id)
  const before = ada.socket.frames.length
  const { _id } = await ada.say('hello')
  await ada.ask('DELETE', `message/${_id}`, { token: ada.token, rid: ada.rid })
  await ada.socket.changed('stream-notify-room', `${ada.rid}/deleteMessage`)
  assert.ok(!ada.socket.frames.slice(before).some(({ collection }) => collection === 'stream-room-messages'))
  await ada.socket.close()
})

test('what cannot be used is answered and changes nothing', async () => {
  const early = await ddp(SOCKET, { greets: false })
  early.send({ msg: 'sub', id: '1', name: 'stream-room-messages', params: [] })
  assert.equal((await early.heard(({ msg }) => msg === 'error')).reason, 'Must connect first')
  early.send({ msg: 'connect', version: 'pre1', support: ['pre1'] })
  assert.deepEqual(await early.heard(({ msg }) => msg === 'failed'), { msg: 'failed', version: '1' })
  await early.close()

  const socket = await ddp(SOCKET)
  for (const wrong of ['', 'x', '[]', '{}', '{"msg":1}', '{"msg":"sub"}', '{"msg":"method","id":"1"}', `{"msg":"sub","id":"${'x'.repeat(200)}"}`]) {
    const from = socket.frames.length
    socket.send(wrong)
    assert.deepEqual(await socket.heard(() => true, { from }), { msg: 'error', reason: 'Bad request' }, wrong)
  }
  const { error } = await socket.call('login', { user: 'x' })
  assert.equal(error.error, 404)
  assert.equal(error.errorType, 'Meteor.Error')
  socket.send(JSON.stringify({ msg: 'ping', id: 'x'.repeat(17_000) }))
  assert.equal((await socket.closed).code, 1009)
})

test('a visitor who is forgotten is heard of no more', async () => {
  const ada = await listener()
  await ada.say('hello')
  await ada.ask('DELETE', `visitor/${ada.token}`)
  assert.equal((await ada.socket.closed).code, 4410)
})

test('a socket is refused where the widget is not there, and where no socket is asked for', async () => {
  await assert.rejects(ddp(`${dev.baseUrl}/livechat/wt_nobody_at_all/websocket`), { status: 404 })
  const { status, body } = await client(dev.baseUrl).get(`/livechat/${dev.widgetToken}/websocket`)
  assert.equal(status, 426)
  assert.equal(body.success, false)
  // The deployment's own widget needs no name.
  const socket = await ddp(`${dev.baseUrl}/websocket`)
  await socket.close()
})

test('a socket is heard of again after both sides have slept', { timeout: 60_000 }, async () => {
  const ada = await listener()
  await ada.say('hello')
  await ada.socket.changed('stream-room-messages', ada.rid, ({ msg }) => msg === 'hello')
  // An object with nothing but sleeping sockets is gone after ten seconds.
  await new Promise((resolve) => setTimeout(resolve, 13_000))
  await people.answer(ada.rid, 'Still there?')
  await ada.socket.changed('stream-room-messages', ada.rid, ({ msg }) => msg === 'Still there?')
  await new Promise((resolve) => setTimeout(resolve, 13_000))
  ada.socket.send({ msg: 'ping' })
  await ada.socket.heard(({ msg }) => msg === 'pong')
  const { error } = await ada.socket.call('stream-notify-room', `${ada.rid}/typing`, 'guest', true, { token: ada.token })
  assert.equal(error, undefined)
  await ada.socket.close()
})

test('who writes has a letter for a picture, with nothing else of their name in it', async () => {
  for (const base of [BASE, dev.baseUrl]) {
    const response = await fetch(`${base}/avatar/ada.lovelace`)
    assert.deepEqual([response.status, response.headers.get('content-type'), response.headers.get('x-content-type-options')], [200, 'image/svg+xml; charset=utf-8', 'nosniff'])
    assert.match(response.headers.get('content-security-policy'), /default-src 'none'/)
    assert.match(await response.text(), />A<\/text><\/svg>$/)
  }
  const odd = await (await fetch(`${BASE}/avatar/${encodeURIComponent('"><script>alert(1)</script>')}`)).text()
  assert.ok(!odd.includes('script'))
})
