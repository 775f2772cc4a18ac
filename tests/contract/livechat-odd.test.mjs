/** What no well-meaning client does: all at once, out of turn, and with texts that look like something else. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { calls, fine, guest, newToken, quiet, refused } from '../support/livechat.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const still = await quiet(dev)
const sam = agent(dev)
const times = (count, ask) => Promise.all(Array.from({ length: count }, (_, n) => ask(n)))
const said = (messages) => messages.map(({ msg }) => msg)

/** Texts that have broken what was put together by hand, somewhere. */
const TEXTS = [
  '"', '\\', '\\"', '"\\', '\\\\"', "'", '`', '{', '}', '[', ']', '{"', '"}', '"}]', '",', '","x":"', '":', '\\u0022', '\\n', '\\ud800', '\\u{41}', '\\',
  '"deletedAt":"2026-01-01T00:00:00.000Z"', '{"deletedAt":"2026-01-01T00:00:00.000Z"}', '","deletedAt":"2026-01-01T00:00:00.000Z","x":"', '"clientId":"x"', '"private":true',
  '{"text":"a"}', '{"id":"x","author":{"kind":"agent","name":"Sam"}}', '","author":{"kind":"agent","name":"Sam"},"payload":{"text":"', '"kind":"visitor"', 'null', 'true', '7', '[]', '{}', '""',
  'a\u2028b\u2029c', '😀', '👩🏽‍🚀', 'e\u0301', '\u202eevil\u202c', '\ufeffa', 'a\ufeffb', '\u{10ffff}', '\u{1f1e6}\u{1f1e8}', '字', '\ufffd', '\uffff',
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '</script>', '&lt;', '[x](javascript:alert(1))', '${1+1}', '{{name}}', '%s%n', '%00', '../../etc', "'; DROP TABLE messages; --", '?1', ':name', '$$', 'a\tb\nc',
]

test('whatever is said is told as it was said: to the visitor, in history and by id, and to the agents', async () => {
  const ada = await guest(still)
  const sent = []
  for (const text of TEXTS) sent.push(await ada.say(text))
  assert.deepEqual(said(sent), TEXTS)
  const told = await ada.history({ limit: 100 })
  assert.deepEqual(said(told).reverse(), TEXTS)
  assert.deepEqual(told.toReversed(), sent)
  for (const [n, { _id }] of sent.entries()) assert.deepEqual(fine(await ada.read(_id)).message, sent[n])
  await eventually(() => sam.find(ada.rid), ({ lastMessage }) => lastMessage?.payload.text === TEXTS.at(-1))
  const theirs = (await sam.api.get(`${sam.path}/conversations/${ada.rid}/messages?limit=100`)).data
  assert.deepEqual(theirs.map(({ payload }) => payload.text).reverse(), TEXTS)
  // Said otherwise, and by an agent.
  const { _id } = sent[0]
  for (const [n, text] of TEXTS.slice(1, 30).entries()) {
    assert.equal(fine(await ada.edit(_id, text)).message.msg, text)
    assert.equal((await ada.history({ limit: 1, offset: TEXTS.length - 1 + n }))[0].msg, text)
    const { id } = await sam.answer(ada.rid, text)
    const { message } = fine(await ada.read(id))
    assert.deepEqual([message.msg, message.u.username, message.token], [text, 'sam', undefined])
    assert.deepEqual((await ada.history({ limit: 1 }))[0], message)
  }
})

test('whatever a visitor is called, and whatever they say of themselves, is told as it was said', async () => {
  for (const name of TEXTS.filter((text) => !/[\n\t]/.test(text))) {
    const ada = await guest(still, { name, customFields: { said: name } })
    assert.deepEqual([ada.visitor.name, ada.visitor.livechatData], [name, { said: name }])
    const message = await ada.say(name)
    assert.deepEqual([message.alias, message.u.name, message.msg, message.token], [name, name, name, ada.token], name)
    assert.deepEqual(await ada.history(), [message])
    assert.equal((await ada.have()).fname, name)
  }
})

test('surrogates: a half of one is no text, escaped or not, and a whole one is a character', async () => {
  const ada = await guest(still)
  const raw = (msg) => ada.api.ask('POST', `${ada.path}/message`, { body: `{"token":"${ada.token}","rid":"${ada.rid}","msg":"${msg}"}` })
  for (const half of ['\\ud83d', '\\ude00', '\\ude00\\ud83d', 'a\\ud800b', '\\uD83D\\u0041']) assert.equal((await raw(half)).status, 400, half)
  assert.equal(fine(await raw('\\ud83d\\ude00')).message.msg, '😀')
  assert.equal(fine(await raw('\\u0061\\u2028\\/')).message.msg, 'a\u2028/')
  assert.equal((await ada.history()).length, 2)
})

test('one message sent twenty times at once is one message', async () => {
  const ada = await guest(dev)
  const _id = randomUUID()
  const bodies = (await times(20, () => ada.send('Talk to a person', { _id }))).map(fine)
  for (const body of bodies) assert.deepEqual(body, bodies[0])
  assert.deepEqual(said(await ada.history()).filter((msg) => msg === 'Talk to a person').length, 1)
  // Of twenty others under one name one is the first.
  const answers = await times(20, (n) => ada.send(`number ${n}`, { _id: 'a-new-name' }))
  const taken = answers.filter(({ status }) => status === 200)
  assert.equal(taken.length, 1)
  for (const answer of answers.filter(({ status }) => status !== 200)) refused(answer, 'error-duplicated-message')
  assert.deepEqual(said(await ada.history()).filter((msg) => msg.startsWith('number')), [taken[0].body.message.msg])
})

test('a visitor who begins twenty times at once is one, and has one room', async () => {
  const token = newToken()
  const all = calls(dev)
  const visitors = await times(20, (n) => all.post('visitor', { visitor: { token, name: `Ada ${n}` } }))
  assert.equal(new Set(visitors.map((answer) => fine(answer).visitor._id)).size, 1)
  const rooms = async () => new Set((await times(20, () => all.get('room', { token }))).map((answer) => fine(answer).room._id))
  const first = [...await rooms()]
  assert.equal(first.length, 1)
  fine(await all.post('room.close', { token, rid: first[0] }))
  const second = [...await rooms()]
  assert.equal(second.length, 1)
  assert.notEqual(second[0], first[0])
  const history = fine(await all.get(`messages.history/${second[0]}`, { token })).messages
  assert.equal(said(history).filter((msg) => msg.startsWith('Hi there')).length, 1, 'the bot greets once')
})

test('what is sent while the room is closed is in it or refused, and nothing comes after its end', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ada = await guest(dev)
    await ada.say('hello')
    const [closed, ...answers] = await Promise.all([ada.close(), ...Array.from({ length: 10 }, (_, n) => ada.send(`word ${n}`)), ada.close()])
    const ends = [closed, answers.pop()]
    assert.deepEqual(ends.map(({ status }) => status).sort(), [200, 400])
    const taken = answers.filter(({ status }) => status === 200).map(({ body }) => body.message.msg)
    for (const answer of answers.filter(({ status }) => status !== 200)) refused(answer, 'room-closed')
    const history = await ada.history({ limit: 100 })
    assert.equal(history[0].t, 'livechat-close')
    assert.deepEqual(said(history).filter((msg) => msg.startsWith('word')).sort(), taken.sort())
    assert.equal(history.filter(({ t }) => t === 'livechat-close').length, 1)
  }
})

test('edits, deletions and a closing at once leave one state, which all that were taken led to', async () => {
  const ada = await guest(still)
  const { _id } = await ada.say('zero')
  const answers = await Promise.all([...Array.from({ length: 10 }, (_, n) => ada.edit(_id, `edit ${n}`)), ada.remove(_id), ...Array.from({ length: 5 }, (_, n) => ada.edit(_id, `late ${n}`))])
  for (const { status, body } of answers) assert.ok(status === 200 || body.error === 'invalid-message', JSON.stringify(body))
  refused(await ada.read(_id), 'invalid-message')
  assert.deepEqual(await ada.history(), [])
})

test('a visitor who is forgotten while they write leaves nothing', async () => {
  const ada = await guest(dev, { name: 'Ada' })
  await ada.say('hello')
  const answers = await Promise.all([...Array.from({ length: 8 }, (_, n) => ada.send(`word ${n}`)), ada.del(`visitor/${ada.token}`), ...Array.from({ length: 8 }, (_, n) => ada.send(`late ${n}`)), ada.load()])
  for (const { status, body } of answers) assert.ok(status === 200 || body.error === 'invalid-token', JSON.stringify(body))
  refused(await ada.load(), 'invalid-token')
  refused(await ada.send('after'), 'invalid-token')
})

test('a long history is read to its end, and past it there is nothing', async () => {
  const ada = await guest(still)
  for (let n = 0; n < 10; n += 1) await times(50, (k) => ada.send(`${n * 50 + k}`))
  assert.equal((await ada.history({ limit: 100, offset: 450 })).length, 50)
  assert.deepEqual(await ada.history({ offset: 500 }), [])
  const { unreadNotLoaded, firstUnread } = fine(await ada.load({ limit: 1, ls: '0' }))
  assert.deepEqual([unreadNotLoaded, Number(firstUnread.msg) < 50], [499, true])
})

test('ids that mean something elsewhere mean nothing here', async () => {
  const ada = await guest(dev)
  for (const id of ['__proto__', 'constructor', 'toString', '..%2f..%2fconfig', '%252e', '%00', '%ff', 'a%20b', '*', ';', '%3Fx', "'%20OR%201=1"]) {
    refused(await ada.read(id), 'invalid-message', id)
    refused(await ada.load({}, id), 'invalid-room', id)
    refused(await ada.get(`agent.info/${id}/${ada.token}`), 'invalid-room', id)
    refused(await ada.get(`visitor/${id}`), 'invalid-token', id)
    refused(await ada.post('message', { token: ada.token, rid: decodeURIComponent(id === '%ff' ? 'x' : id), msg: 'a' }), 'invalid-room', id)
  }
  // Named twice, the first counts; nothing is made of both.
  const { status } = await ada.api.get(`${ada.path}/messages.history/${ada.rid}?token=${ada.token}&token=${newToken()}`)
  assert.equal(status, 200)
  refused(await ada.api.get(`${ada.path}/messages.history/${ada.rid}?token=${newToken()}&token=${ada.token}`), 'invalid-token')
})
