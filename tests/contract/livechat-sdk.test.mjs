/** Rocket.Chat's own client, unchanged: it is only told where the host is. */
import LivechatClient from '@rocket.chat/sdk/lib/clients/Livechat.js'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { file } from '../support/files.mjs'
import { mailed } from '../support/mail.mjs'
import { agent } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)
/** A host for every widget, and that of the deployment itself, which is the default widget. */
const HOSTS = { 'of a widget': `${dev.baseUrl}/livechat/${dev.widgetToken}`, 'of the deployment': dev.baseUrl }

/** A client of its own, and the token that it chose. */
function begin(host) {
  return { client: new LivechatClient.default({ host }), token: randomUUID() }
}

/** What a promise was refused with, as the client hands it on. */
const refusal = async (promise) => {
  const { status, data } = await promise.then(() => assert.fail('it was not refused'), (refused) => refused)
  return [status, data.error]
}

for (const [what, host] of Object.entries(HOSTS)) {
  test(`a whole conversation by @rocket.chat/sdk, at the host ${what}`, async () => {
    const { client, token } = begin(host)
    const config = await client.config({ token })
    assert.deepEqual([config.enabled, config.online, config.settings.fileUpload, config.settings.limitTextLength], [true, true, true, 5000])
    assert.deepEqual([config.guest, config.room, config.agent], [undefined, undefined, undefined])
    assert.equal(config.theme.title, 'Fern & Filament')

    const visitor = await client.grantVisitor({ visitor: { token, name: 'Ada Lovelace', email: 'ada@example.com', phone: '+44 20 7946 0018', customFields: { plan: 'pro' } } })
    assert.equal(client.credentials.token, token)
    assert.deepEqual([visitor.token, visitor.name, visitor.visitorEmails, visitor.phone, visitor.livechatData], [token, 'Ada Lovelace', [{ address: 'ada@example.com' }], [{ phoneNumber: '+44 20 7946 0018' }], { plan: 'pro' }])
    assert.equal((await client.visitor()).visitor._id, visitor._id)
    assert.equal(await client.updateVisitorStatus('online'), 'online')

    const { _id: rid, ...room } = await client.room()
    assert.deepEqual([room.t, room.open, room.v._id, room.v.token, room.servedBy], ['l', true, visitor._id, token, undefined])
    assert.equal((await client.room({ rid }))._id, rid)

    // What is said is said in the visitor's name, under the client's own id or one that is made up.
    const { message: sent } = await client.sendMessage({ rid, msg: 'Talk to a person' })
    assert.match(sent._id, /^[23456789A-HJ-NP-Za-km-z]{17}$/)
    assert.deepEqual([sent.rid, sent.msg, sent.token, sent.alias, sent.u], [rid, 'Talk to a person', token, 'Ada Lovelace', { _id: visitor._id, username: visitor.username, name: 'Ada Lovelace' }])
    const _id = randomUUID()
    assert.equal((await client.sendMessage({ rid, msg: 'My name is Ada', _id })).message._id, _id)
    assert.equal((await client.message(_id, { rid })).msg, 'My name is Ada')
    const { message: edited } = await client.editMessage(_id, { token, rid, msg: 'I am Ada' })
    assert.deepEqual([edited._id, edited.msg, edited.editedBy, edited.ts < edited.editedAt], [_id, 'I am Ada', { _id: visitor._id, username: visitor.username }, true])

    const loaded = await client.loadMessages(rid)
    assert.deepEqual(loaded.filter((it) => it.token === token).map(({ msg }) => msg), ['I am Ada', 'Talk to a person'])
    assert.equal(loaded.at(-1).msg, 'Hi there 👋 Welcome to Fern & Filament.')
    assert.deepEqual((await client.loadMessages(rid, { limit: 1, offset: 1 })).map((it) => it._id), [loaded[1]._id])

    // An agent takes the conversation over.
    assert.deepEqual(await refusal(client.agent({ rid })), [400, 'invalid-agent'])
    assert.deepEqual(await refusal(client.nextAgent()), [400, 'agent-not-found'])
    await sam.find(rid)
    const at = `${sam.path}/conversations/${rid}`
    assert.equal((await sam.api.post(`${at}/assign`, { agentId: (await sam.api.get(`${sam.path}/agents`)).data[0].id })).status, 201)
    await sam.answer(rid, 'Hello Ada')
    assert.deepEqual([(await client.agent({ rid })).name, (await client.nextAgent()).username], ['Sam', 'sam'])
    assert.deepEqual((await client.room()).servedBy, await client.agent({ rid }))
    const [answer] = await client.loadMessages(rid)
    assert.deepEqual([answer.msg, answer.u, answer.token, answer.alias], ['Hello Ada', { _id: 'sam', username: 'sam', name: 'Sam' }, undefined, undefined])

    const picture = new File([file('lamp.png')], 'lamp.png', { type: 'image/png' })
    const uploaded = await client.uploadFile({ rid, file: picture })
    assert.deepEqual([uploaded.file.name, uploaded.file.type, uploaded.files.length, uploaded.attachments[0].image_type], ['lamp.png', 'image/png', 1, 'image/png'])
    assert.deepEqual(Buffer.from(await (await fetch(uploaded.attachments[0].image_url)).arrayBuffer()), file('lamp.png'))
    assert.equal((await client.loadMessages(rid))[0]._id, uploaded._id)

    const pageInfo = { change: 'url', title: 'A lamp', location: { href: 'https://shop.example/lamp' } }
    assert.equal((await client.sendVisitorNavigation({ token, rid, pageInfo })).page.navigation.page.title, 'A lamp')
    assert.deepEqual((await client.sendCustomField({ token, key: 'plan', value: 'gold', overwrite: true })).field, { key: 'plan', value: 'gold', overwrite: true })
    const several = [{ key: 'shoe', value: '38', overwrite: false }, { key: 'plan', value: 'tin', overwrite: false }]
    assert.equal((await client.sendCustomFields({ token, customFields: several })).fields.length, 2)
    assert.deepEqual((await client.visitor()).visitor.livechatData, { plan: 'gold', shoe: '38' })
    const seen = await eventually(async () => (await sam.api.get(at)).data, ({ pages }) => pages.length > 0)
    assert.equal(seen.pages[0].url, pageInfo.location.href)

    const { message: gone } = await client.deleteMessage(_id, { rid })
    assert.deepEqual([gone._id, typeof gone.ts], [_id, 'string'])
    assert.ok(!(await client.loadMessages(rid)).some((it) => it._id === _id))
    assert.deepEqual(await refusal(client.message(_id, { rid })), [400, 'invalid-message'])

    const email = `${randomUUID()}@example.com`
    assert.equal(typeof (await client.requestTranscript(email, { rid })).message, 'string')
    const [letter] = await mailed(dev, email)
    assert.ok(letter.text.includes('Hello Ada') && !letter.text.includes('I am Ada'))

    assert.deepEqual(await client.closeChat({ rid }), { rid, comment: 'Closed by visitor', success: true })
    assert.deepEqual(await refusal(client.sendMessage({ rid, msg: 'late' })), [400, 'room-closed'])
    assert.equal((await client.loadMessages(rid))[0].t, 'livechat-close')
    const data = [{ name: 'satisfaction', value: '5' }, { name: 'additionalFeedback', value: 'Kind' }]
    assert.deepEqual((await client.chatSurvey({ rid, data })).data, data)
    const rated = await eventually(async () => (await sam.api.get(at)).data, ({ rating }) => rating !== null)
    assert.deepEqual([rated.status, rated.rating.score, rated.rating.comment], ['closed', 5, 'Kind'])

    const next = await client.room()
    assert.notEqual(next._id, rid)
    assert.equal((await client.config({ token })).room, undefined)
    await client.sendMessage({ rid: next._id, msg: 'And another thing' })
    assert.equal((await client.config({ token })).room._id, next._id)

    assert.equal((await client.deleteVisitor())._id, visitor._id)
    assert.deepEqual(await refusal(client.visitor()), [400, 'invalid-token'])
    assert.deepEqual(await refusal(client.loadMessages(rid)), [400, 'invalid-token'])
  })
}

test('a client that is refused is handed the status and the name of what is wrong', async () => {
  const { client, token } = begin(HOSTS['of a widget'])
  assert.deepEqual(await refusal(client.room({ token })), [400, 'invalid-token'])
  await client.grantVisitor({ visitor: { token } })
  assert.deepEqual(await refusal(client.loadMessages(randomUUID())), [400, 'invalid-room'])
  const { _id: rid } = await client.room()
  const { status, data } = await client.sendMessage({ rid, msg: 7 }).catch((refused) => refused)
  assert.deepEqual([status, data], [400, { success: false, error: 'msg must be string [invalid-params]', errorType: 'invalid-params' }])
  const wrong = new File(['MZ\u0000\u0001'], 'lamp.exe')
  assert.equal((await client.uploadFile({ rid, file: wrong }).catch((refused) => refused)).data.reason, 'error-type-not-allowed')
})

test('what is left where nobody is there is kept for the agents', async () => {
  const { client } = begin(HOSTS['of the deployment'])
  const left = { name: 'Ada', email: 'ada@example.com', message: `call me back ${randomUUID()}` }
  assert.equal(await client.sendOfflineMessage(left), 'Livechat offline message sent')
  const kept = (await sam.api.get(`${sam.path}/offline-messages`)).data.find(({ message }) => message === left.message)
  assert.deepEqual([kept.name, kept.email], [left.name, left.email])
})

for (const [what, host] of Object.entries(HOSTS)) {
  test(`the client hears by its own socket, at the host ${what}`, async () => {
    const { client, token } = begin(host)
    const { username } = await client.grantVisitor({ visitor: { token, name: 'Ada' } })
    const { _id: rid } = await client.room()
    await client.connect({})
    try {
      const [messages, typing, agents] = [[], [], []]
      await client.onMessage((message) => messages.push(message))
      await client.onTyping((name, on) => typing.push([name, on]))
      await client.subscribeRoom(rid)
      await client.onAgentChange(rid, (agent) => agents.push(agent))
      await client.sendMessage({ rid, msg: 'Talk to a person' })
      await sam.find(rid)
      const at = `${sam.path}/conversations/${rid}`
      await sam.api.post(`${at}/assign`, { agentId: (await sam.api.get(`${sam.path}/agents`)).data[0].id })
      await sam.api.post(`${at}/events`, { type: 'typing', on: true })
      await eventually(() => typing, (all) => all.some(([name, on]) => name === 'sam' && on))
      await sam.answer(rid, 'Hello Ada')
      const heard = await eventually(() => messages.find(({ msg }) => msg === 'Hello Ada'), Boolean)
      assert.ok(heard.ts instanceof Date && Math.abs(heard.ts - Date.now()) < 60_000)
      await eventually(() => typing, (all) => all.some(([name, on]) => name === 'sam' && !on))
      await eventually(() => agents, (all) => all.some(({ name }) => name === 'Sam'))
      const inbox = await sam.live()
      await client.notifyVisitorTyping(rid, username, true)
      await inbox.next((frame) => frame.t === 'typing' && frame.conversationId === rid && frame.on)
      await inbox.close()
      await sam.api.post(`${at}/close`, {})
      await eventually(() => messages, (all) => all.some(({ t }) => t === 'livechat-close'))
    } finally {
      await client.disconnect()
    }
  })
}
