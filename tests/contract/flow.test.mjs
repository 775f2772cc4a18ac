/** The bot greets, asks and hands over; a person who answers silences it at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)

/** What was said to a visitor since a message of theirs, oldest first. */
const since = async (person, message) => person.history(`?after=${message.changed}`)
const words = (messages) => messages.map(({ payload }) => payload.text)
const status = async (id) => (await sam.api.get(`${sam.path}/conversations/${id}`)).data.status

test('the bot greets before the visitor has spoken, with buttons that can be pressed', async () => {
  const ada = await visitor(dev)
  const [hello, topic, ...rest] = (await ada.history()).toReversed()
  assert.deepEqual(rest, [])
  assert.deepEqual([hello.type, hello.author, hello.direction], ['text', { kind: 'bot' }, 'OUT'])
  assert.equal(topic.type, 'choice')
  assert.deepEqual(topic.payload.buttons.map(({ label }) => label), ['Where is my order?', 'Help me choose a lamp', 'Talk to a person'])
})

test('an answer leads on: by its label, by its value, in any case', async () => {
  for (const pressed of ['Help me choose a lamp', 'advice', ' ADVICE ']) {
    const ada = await visitor(dev)
    assert.deepEqual(words(await since(ada, await ada.say(pressed))), ['Lovely. Which room is it for?'])
    const next = words(await since(ada, await ada.say('desk')))
    assert.match(next[0], /^For a (desk|Desk) we like warm light/)
    assert.equal(next[1], 'May I have your name first?')
  }
})

test('nonsense is asked again twice, then people are called', async () => {
  const ada = await visitor(dev)
  for (const nonsense of ['what?', 'blue']) {
    const again = await since(ada, await ada.say(nonsense))
    assert.deepEqual(again.map(({ author, type }) => [author.kind, type]), [['bot', 'choice']])
    assert.equal(again[0].payload.buttons.length, 3)
  }
  const third = await since(ada, await ada.say('enough'))
  assert.deepEqual(third.map(({ author, payload }) => [author.kind, payload.notice]), [['system', 'handoff']])
  await sam.find(ada.conversationId)
  assert.equal(await status(ada.conversationId), 'open')
  // Nobody but people answers from now on.
  assert.deepEqual(await since(ada, await ada.say('order')), [])
})

test('the name that was asked for is what agents see as the visitor’s claim', async () => {
  const ada = await visitor(dev)
  assert.deepEqual(words(await since(ada, await ada.say('Talk to a person'))), ['May I have your name first?'])
  assert.equal((await sam.find(ada.conversationId)).status, 'pending')
  const last = await since(ada, await ada.say('Ada <b>{{topic}}</b>'))
  assert.deepEqual(words(last).slice(0, 1), ['Thank you, Ada <b>{{topic}}</b>. I am calling someone from the workshop.'])
  assert.equal(last.at(-1).payload.notice, 'handoff')
  const seen = await eventually(() => sam.find(ada.conversationId), ({ visitor }) => visitor.name !== null)
  assert.deepEqual([seen.visitor.name, seen.visitor.verified, seen.status], ['Ada <b>{{topic}}</b>', false, 'open'])
})

test('an agent’s answer silences the bot at once; a note does not', async () => {
  const [ada, bob] = [await visitor(dev), await visitor(dev)]
  for (const person of [ada, bob]) await person.say('Talk to a person')
  for (const person of [ada, bob]) await sam.find(person.conversationId)
  await sam.answer(ada.conversationId, 'Sam here, what is it?')
  assert.equal(await status(ada.conversationId), 'open')
  assert.deepEqual(await since(ada, await ada.say('My name is Ada')), [])

  await sam.answer(bob.conversationId, 'somebody should look', { private: true })
  assert.equal(await status(bob.conversationId), 'pending')
  assert.match(words(await since(bob, await bob.say('Bob')))[0], /^Thank you, Bob\./)
})

test('after a conversation is closed the next message begins another, with a fresh bot', async () => {
  const ada = await visitor(dev)
  await ada.say('Talk to a person')
  await sam.find(ada.conversationId)
  await sam.api.post(`${sam.path}/conversations/${ada.conversationId}/close`)
  assert.equal((await ada.history('?limit=1'))[0].payload.notice, 'closed')
  const next = await ada.say('one more thing')
  assert.notEqual(next.conversationId, ada.conversationId)
  const fresh = await since(ada, next)
  assert.ok(fresh.every(({ conversationId }) => conversationId === next.conversationId))
  assert.equal(fresh[0].payload.text, 'Hi there 👋 Welcome to Fern & Filament.')
  assert.equal(fresh[1].type, 'choice')
  assert.equal((await sam.find(next.conversationId)).status, 'pending')
  assert.equal(await status(ada.conversationId), 'closed')
  // One history for the visitor, two conversations for agents.
  const both = await ada.history('?limit=100')
  assert.deepEqual([...new Set(both.map(({ conversationId }) => conversationId))], [next.conversationId, ada.conversationId])
  assert.ok((await sam.api.get(`${sam.path}/conversations/${ada.conversationId}/messages`)).data.every(({ conversationId }) => conversationId === ada.conversationId))
})

test('a conversation is pending with the bot, open with people, closed, and open again', async () => {
  const ada = await visitor(dev)
  const live = await ada.live()
  assert.equal((await live.next(({ t }) => t === 'hello')).status, 'pending')
  await ada.say('hello')
  assert.equal((await sam.find(ada.conversationId)).status, 'pending')
  const path = `${sam.path}/conversations/${ada.conversationId}`
  await sam.answer(ada.conversationId, 'I am here')
  assert.equal(await status(ada.conversationId), 'open')
  const closed = (await sam.api.post(`${path}/close`)).data
  assert.equal(closed.status, 'closed')
  assert.ok(Date.parse(closed.closedAt) <= Date.now())
  const reopened = (await sam.api.post(`${path}/reopen`)).data
  assert.deepEqual([reopened.status, reopened.closedAt], ['open', null])
  for (const expected of ['open', 'closed', 'open']) assert.equal((await live.next(({ t }) => t === 'status')).status, expected)
  // What the visitor writes now goes on here, to people.
  const next = await ada.say('still there?')
  assert.equal(next.conversationId, ada.conversationId)
  assert.deepEqual(await since(ada, next), [])
  live.close()
})
