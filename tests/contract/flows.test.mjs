/** The flows API, as `bot-flows.txt` and the contract have it; and what a published flow does in the chat. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { flowServer } from '../support/flow-server.mjs'
import { key } from '../support/keys.mjs'
import { agent, visitor } from '../support/people.mjs'

const KEYS = { reader: key(['flows.read']), writer: key(['flows.write']), other: key(['conversations.read', 'admin']) }
let own, dev, bot, at, asked, server
before(async () => {
  server = await flowServer()
  asked = server.asked
  own = await ownDeployment({ RATE_LIMITS: 'off', TEST_SERVER: server.url }, Object.values(KEYS).map(({ sql }) => sql).join('\n'))
  dev = own.dev
  bot = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  at = `/organizations/${dev.organizationId}/bot/flows`
})
after(async () => {
  await own?.remove()
  server?.close()
})

const IMPORT = () => `/organizations/${dev.organizationId}/bot/import`
const HELLO = [{ id: 'hi', type: 'message', text: 'Hello' }, { id: 'q', type: 'question', text: 'Name?', saveAs: 'name' }, { id: 'bye', type: 'message', text: 'Bye {{name}}' }]
const make = async (body = {}) => {
  const { status, data, body: answer } = await bot.post(at, { name: 'A flow', steps: HELLO, ...body })
  assert.equal(status, 201, JSON.stringify(answer))
  return data
}
const change = (flow, body) => bot.ask('PATCH', `${at}/${flow.id}`, { body })
const publish = (flow) => bot.post(`${at}/${flow.id}/publish`)
const remove = (flow) => fetch(`${dev.baseUrl}${at}/${flow.id}`, { method: 'DELETE', headers: { 'x-api-key': dev.apiKey } })
/** A widget that this flow answers in. */
const widget = async (settings = {}) => (await bot.post(`/organizations/${dev.organizationId}/web-chat/channels`, { name: 'A shop', settings })).data
const visit = (made) => visitor({ ...dev, widgetToken: made.token })
const words = async (person) => (await person.history()).reverse().map(({ author, payload }) => `${author.kind}: ${payload.notice ?? payload.text}`)

test('a flow is made, read, listed last changed first, changed and deleted', async () => {
  const flow = await make({ description: 'Greets', phoneNumberId: 'a phone', triggerType: 'KEYWORD', triggerConfig: { keywords: ['hi'] }, wabaId: 'w' })
  assert.deepEqual(Object.keys(flow).sort(), ['createdAt', 'description', 'enabled', 'id', 'name', 'phoneNumberId', 'published', 'publishedAt', 'steps', 'triggerConfig', 'triggerType', 'updatedAt', 'version'])
  assert.deepEqual([flow.steps, flow.enabled, flow.published, flow.publishedAt, flow.version], [HELLO, true, false, null, 0])
  assert.deepEqual((await bot.get(`${at}/${flow.id}`)).data, flow)
  const later = await make({ name: 'Later' })
  const ids = async (query = '') => (await bot.get(at + query)).data.map(({ id }) => id)
  assert.deepEqual((await ids()).slice(0, 2), [later.id, flow.id])
  assert.deepEqual(await ids('?phoneNumberId=a%20phone'), [flow.id])
  assert.deepEqual(await ids('?phoneNumberId=a'), [])

  const { data: changed } = await change(flow, { name: 'Renamed', enabled: false, phoneNumberId: null, triggerType: 'MANUAL' })
  assert.deepEqual([changed.name, changed.enabled, changed.phoneNumberId, changed.triggerType, changed.steps, changed.description], ['Renamed', false, undefined, 'MANUAL', HELLO, 'Greets'])
  assert.equal((await ids())[0], flow.id)
  const gone = await remove(flow)
  assert.deepEqual([gone.status, await gone.text()], [204, ''])
  for (const [method, path] of [['GET', ''], ['PATCH', ''], ['POST', '/publish'], ['POST', '/unpublish'], ['POST', '/duplicate'], ['POST', '/test-run'], ['GET', '/versions'], ['GET', '/diff']]) {
    assert.equal((await bot.ask(method, `${at}/${flow.id}${path}`, { body: ['PATCH', 'POST'].includes(method) ? {} : undefined })).status, 404, `${method} ${path}`)
  }
})

test('what is wrong is refused and changes nothing: 400, 401, 403, 404', async () => {
  const flow = await make()
  const before = (await bot.get(at)).data
  for (const [body, sentence] of [
    [{}, /missing field `name`/], [{ name: '' }, /name: must have 1 to 120/], [{ name: 'x'.repeat(121) }, /name/], [{ name: 7 }, /name/], [{ name: 'x', steps: {} }, /steps: must be a list/],
    [{ name: 'x', steps: ['a'] }, /steps: each must be an object/], [{ name: 'x', steps: Array(201).fill({}) }, /steps: must have at most 200/], [{ name: 'x', triggerType: 'NEVER' }, /triggerType: must be one of/],
    [{ name: 'x', triggerConfig: [] }, /triggerConfig: must be an object/], [{ name: 'x', more: 1 }, /unknown field `more`/], [{ name: 'x', json: {} }, /json: nodes must be a list/],
    [{ name: 'x', steps: [{ text: 'x'.repeat(262_200) }] }, /steps: must have at most 262144 bytes/], [{ name: 'x', enabled: 'yes' }, /enabled/],
  ]) {
    const { status, body: answer } = await bot.post(at, body)
    assert.deepEqual([status, sentence.test([answer.message].flat().join())], [400, true], `${JSON.stringify(body).slice(0, 80)}: ${answer.message}`)
    if ('name' in body) assert.equal((await change(flow, body)).status, 400)
  }
  assert.equal((await bot.post(at, { name: 'x', description: 'x'.repeat(600_000) })).status, 413)
  for (const path of [`${at}/x`, `${at}/x/publish`, '/organizations/x/bot/flows']) assert.equal((await bot.ask(path.endsWith('publish') ? 'POST' : 'GET', path)).status, 400, path)
  assert.equal((await client(dev.baseUrl).get(at)).status, 401)
  const asKey = (name) => client(dev.baseUrl, { 'x-api-key': KEYS[name].text })
  assert.equal((await asKey('other').get(at)).status, 403)
  assert.equal((await asKey('reader').get(at)).status, 200)
  assert.equal((await asKey('reader').post(at, { name: 'x' })).status, 403)
  assert.equal((await asKey('writer').post(`${at}/${flow.id}/publish`)).status, 201)
  const stranger = client(dev.baseUrl, { 'x-api-key': dev.other.apiKey })
  assert.equal((await stranger.get(`${at}/${flow.id}`)).status, 403)
  assert.equal((await stranger.get(`/organizations/${dev.other.organizationId}/bot/flows/${flow.id}`)).status, 404)
  assert.deepEqual((await bot.get(at)).data.length, before.length)
})

test('a draft may be incomplete; publishing looks it over and tells all that is wrong', async () => {
  const flow = await make({ steps: [{ id: 'a', type: 'message', text: '{{nmae}}', next: 'b' }, { type: 'dance' }] })
  const refused = await publish(flow)
  assert.equal(refused.status, 422)
  assert.deepEqual(refused.body.message, ['steps[1]: missing field `id`'])
  await change(flow, { steps: [{ id: 'a', type: 'message', text: '{{nmae}}', next: 'b' }] })
  assert.deepEqual((await publish(flow)).body.message, ['step a: leads to b, which is not a step'])
  await change(flow, { steps: [{ id: 'a', type: 'message', text: '{{nmae}}' }] })
  assert.deepEqual((await publish(flow)).body.message, ['step a: nothing sets the variable nmae; set it, or mend its name'])
  assert.equal((await bot.get(`${at}/${flow.id}`)).data.published, false)
})

test('publishing and unpublishing twice is as once; versions are numbered, kept, compared and restored', async () => {
  const flow = await make()
  const first = (await publish(flow)).data
  assert.deepEqual([first.published, first.version], [true, 1])
  assert.ok(first.publishedAt)
  assert.deepEqual((await publish(flow)).data, first)
  await change(flow, { steps: [HELLO[1], { ...HELLO[2], text: 'Bye' }, { ...HELLO[0], text: 'Welcome' }] })
  const diff = (query = '') => bot.get(`${at}/${flow.id}/diff${query}`)
  assert.deepEqual((await diff()).data, [
    { path: 'hi.text', before: 'Hello', after: 'Welcome' }, { path: 'bye.text', before: 'Bye {{name}}', after: 'Bye' },
    { path: 'order', before: 'hi q bye', after: 'q bye hi' },
  ])
  const second = (await publish(flow)).data
  assert.equal(second.version, 2)
  assert.deepEqual((await bot.get(`${at}/${flow.id}/versions`)).data.map(({ version }) => version), [2, 1])
  assert.deepEqual((await diff('?from=1&to=2')).data.length, 3)
  assert.deepEqual((await diff('?from=2&to=draft')).data, [])
  for (const [query, wanted] of [['?from=9', 404], ['?from=x', 400], ['?to=-1', 400]]) assert.equal((await diff(query)).status, wanted, query)
  const restored = (await bot.post(`${at}/${flow.id}/versions/1/restore`)).data
  assert.deepEqual([restored.steps, restored.version, restored.published], [HELLO, 2, true])
  for (const path of ['unpublish', 'unpublish']) assert.equal((await bot.post(`${at}/${flow.id}/${path}`)).data.published, false)
  assert.equal((await publish(flow)).data.version, 3)
  const copy = (await bot.post(`${at}/${flow.id}/duplicate`)).data
  assert.deepEqual([copy.name, copy.published, copy.version, copy.steps], ['A flow (copia)', false, 0, HELLO])
  const told = (await bot.get(`/organizations/${dev.organizationId}/audit?target=${flow.id}`)).data.map(({ action }) => action)
  assert.deepEqual(told, ['flow.published', 'flow.unpublished', 'flow.restored', 'flow.published', 'flow.changed', 'flow.published', 'flow.created'])
})

test('several changes and publications at once: none is lost, and no version is there twice', async () => {
  const flow = await make()
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? publish(flow) : change(flow, { steps: [{ ...HELLO[0], text: `Hello ${n}` }] }))))
  assert.ok(answers.every(({ status }) => [200, 201, 409].includes(status)), answers.map(({ status }) => status).join())
  const versions = (await bot.get(`${at}/${flow.id}/versions`)).data.map(({ version }) => version)
  assert.deepEqual(versions, [...new Set(versions)])
  assert.equal((await bot.get(`${at}/${flow.id}`)).data.version, versions[0] ?? 0)
})

test('nodes and edges are another spelling of steps', async () => {
  const json = {
    nodes: [{ id: 'ask', type: 'choice', data: { text: '?', options: [{ label: 'A', value: 'a' }, { label: 'B' }] } }, { id: 'one', type: 'message', data: { text: 'One' } }],
    edges: [{ source: 'ask', target: 'one', sourceHandle: 'a' }],
  }
  const flow = await make({ steps: undefined, json })
  assert.deepEqual(flow.steps.map(({ id, next }) => [id, next]), [['ask', 'end-0'], ['one', 'end-0'], ['end-0', undefined]])
  assert.equal(flow.steps[0].options[0].next, 'one')
  assert.equal((await publish(flow)).status, 201)
})

test('a published flow answers in its channel from now on, and a running conversation stays on its version', async () => {
  const made = await widget()
  const flow = await make({ phoneNumberId: made.id })
  assert.deepEqual(await words(await visit(made)), [])
  await publish(flow)
  const config = async () => (await client(dev.baseUrl).get(`/web-chat/${made.token}/config`)).data.opening.map(({ payload }) => payload.text)
  assert.deepEqual(await config(), ['Hello', 'Name?'])
  const ada = await visit(made)
  await change(flow, { steps: [{ id: 'new', type: 'message', text: 'Quite new' }] })
  await publish(flow)
  assert.deepEqual(await config(), ['Quite new'])
  await ada.say('Ada')
  assert.deepEqual(await words(ada), ['bot: Hello', 'bot: Name?', 'visitor: Ada', 'bot: Bye Ada'])
  const bob = await visit(made)
  assert.deepEqual(await words(bob), ['bot: Quite new'])
  await change(flow, { enabled: false })
  assert.deepEqual(await config(), [])
  await change(flow, { enabled: true })
  assert.deepEqual(await config(), ['Quite new'])
  await remove(flow)
  assert.deepEqual(await config(), [])
})

test('two flows of one channel do not begin by the same trigger', async () => {
  const made = await widget()
  const [one, two] = await Promise.all([make({ phoneNumberId: made.id }), make({ phoneNumberId: made.id })])
  const answers = await Promise.all([publish(one), publish(two)])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409], JSON.stringify(answers.map(({ body }) => body.message)))
  const words = (keywords) => ({ phoneNumberId: made.id, triggerType: 'KEYWORD', triggerConfig: { keywords } })
  const [three, four, five] = await Promise.all([make(words(['Price', 'cost'])), make(words(['price '])), make(words(['hours']))])
  assert.equal((await publish(three)).status, 201)
  assert.equal((await publish(four)).status, 409)
  assert.equal((await publish(five)).status, 201)
  assert.equal((await change(five, { triggerConfig: { keywords: ['COST'] } })).status, 409)
  assert.equal((await change(five, { triggerConfig: { keywords: ['times'] } })).status, 200)
})

test('a try runs the draft by a script, and touches nothing', async () => {
  const flow = await make({ steps: [
    { id: 'q', type: 'question', text: 'Order?', saveAs: 'order' }, { id: 'w', type: 'delay', seconds: 5 },
    { id: 'ask', type: 'http', url: 'https://flow-server.test/orders/{{order|url}}', map: { state: 'order.state' }, onError: 'sorry' },
    { id: 'tell', type: 'message', text: 'It is {{state}}', next: 'people' }, { id: 'sorry', type: 'message', text: 'Sorry' }, { id: 'people', type: 'handoff' },
  ] })
  const run = async (script) => (await bot.post(`${at}/${flow.id}/test-run`, script)).data
  const before = asked.length
  const report = await run({ messages: ['7'], mocks: { ask: { status: 200, body: { order: { state: 'sent' } } } }, now: '2026-05-01T00:00:00.000Z' })
  assert.deepEqual([report.status, report.finalVariables, report.warnings], ['completed', { order: '7', state: 'sent' }, []])
  assert.deepEqual(report.steps.map(({ stepId, type, ms }) => `${stepId} ${type} ${ms}`), ['q question 0', 'q question 0', 'w delay 5000', 'w delay 0', 'ask http 0', 'ask http 0', 'tell message 0', 'people handoff 0'])
  assert.deepEqual(report.steps.at(-2).output, ['It is sent'])
  assert.equal((await run({ messages: [] })).status, 'waiting')
  assert.equal((await run({ messages: ['7'] })).status, 'error')
  assert.equal(asked.length, before, 'nothing was asked')
  const broken = await make({ steps: [{ id: 'a', type: 'message', text: 'x', next: 'b' }] })
  const failed = (await bot.post(`${at}/${broken.id}/test-run`, {})).data
  assert.deepEqual([failed.status, failed.warnings], ['error', ['step a: leads to b, which is not a step']])
  for (const script of [{ messages: 'x' }, { more: 1 }, { mocks: { a: {} } }, { now: 'x' }, { messages: Array(201).fill('x') }]) {
    assert.equal((await bot.post(`${at}/${flow.id}/test-run`, script)).status, 400, JSON.stringify(script).slice(0, 50))
  }
})

test('a flow waits, asks a server, tags and hands over, in the chat', async () => {
  const made = await widget()
  const flow = await make({ phoneNumberId: made.id, steps: [
    { id: 'q', type: 'question', text: 'Order?', saveAs: 'order' }, { id: 'tag', type: 'tag', tags: ['order {{order}}', 'shop'] }, { id: 'w', type: 'delay', seconds: 1 },
    { id: 'ask', type: 'http', method: 'POST', url: 'https://flow-server.test/orders/{{order|url}}', headers: { 'x-shop': 'fern' }, body: '{"q":"{{order}}"}', map: { state: 'order.state', item: 'order.items[0].name' }, onError: 'sorry' },
    { id: 'tell', type: 'message', text: '{{item}} is {{state}}.', next: 'people' }, { id: 'sorry', type: 'message', text: 'Sorry.' }, { id: 'people', type: 'handoff', department: 'orders' },
  ] })
  assert.equal((await publish(flow)).status, 201)
  const ada = await visit(made)
  const live = await ada.live()
  await ada.say('7 a')
  await live.next((frame) => frame.t === 'typing' && frame.by === 'bot')
  await ada.say('Are you there?')
  const said = await eventually(() => words(ada), (said) => said.length === 5)
  assert.deepEqual(said, ['bot: Order?', 'visitor: 7 a', 'visitor: Are you there?', 'bot: Heron is sent.', 'system: handoff'])
  live.close()
  const [call] = asked.filter(({ url }) => url === '/orders/7%20a')
  assert.deepEqual([call.method, call.headers['x-shop'], call.headers['content-type'], call.body], ['POST', 'fern', 'application/json', '{"q":"7 a"}'])
  const seen = await eventually(() => agent(dev).find(ada.conversationId), ({ status }) => status === 'open')
  assert.deepEqual([seen.tags, seen.department], [['order 7 a', 'shop'], 'orders'])
  assert.deepEqual((await agent(dev).api.get(`/organizations/${dev.organizationId}/conversations/${ada.conversationId}`)).data.tags, ['order 7 a', 'shop'])
})

test('a server that does not answer as it should leads to onError, and a private address is never asked', async () => {
  const made = await widget()
  const to = (url) => [{ id: 'ask', type: 'http', url, onError: 'sorry' }, { id: 'tell', type: 'message', text: 'Well.', next: 'end' }, { id: 'sorry', type: 'message', text: 'Sorry.' }, { id: 'end', type: 'end' }]
  const flow = await make({ phoneNumberId: made.id })
  for (const [url, wanted] of [['https://flow-server.test/orders', 'Well.'], ['https://flow-server.test/gone', 'Sorry.'], ['https://flow-server.test/moved', 'Sorry.'], ['https://flow-server.test/huge', 'Sorry.'],
    ['https://localhost/', 'Sorry.'], [`https://127.0.0.1:${new URL(server.url).port}/`, 'Sorry.'], ['https://169.254.169.254/latest', 'Sorry.'], ['https://[::1]/', 'Sorry.']]) {
    await change(flow, { steps: to(url) })
    assert.equal((await publish(flow)).status, 201)
    const ada = await visit(made)
    assert.deepEqual(await eventually(() => words(ada), (said) => said.length > 0), [`bot: ${wanted}`], url)
  }
})

test('a person who takes over while the bot waits silences it for good', async () => {
  const made = await widget()
  const flow = await make({ phoneNumberId: made.id, steps: [{ id: 'q', type: 'question', text: 'What?', saveAs: 'w' }, { id: 'wait', type: 'delay', seconds: 1 }, { id: 'late', type: 'message', text: 'Too late' }] })
  await publish(flow)
  const ada = await visit(made)
  await ada.say('hello')
  await agent(dev).find(ada.conversationId)
  await agent(dev).answer(ada.conversationId, 'I am here')
  await new Promise((resolve) => setTimeout(resolve, 1_800))
  assert.deepEqual(await words(ada), ['bot: What?', 'visitor: hello', 'agent: I am here'])
})

test('a delay outlives the server', async () => {
  const made = await widget()
  const flow = await make({ phoneNumberId: made.id, steps: [{ id: 'q', type: 'question', text: 'What?', saveAs: 'w' }, { id: 'wait', type: 'delay', seconds: 3 }, { id: 'late', type: 'message', text: 'Here I am' }] })
  await publish(flow)
  const ada = await visit(made)
  await ada.say('hello')
  await own.stop('SIGKILL')
  await own.start()
  assert.deepEqual(await eventually(() => words(ada), (said) => said.length === 3, 15_000), ['bot: What?', 'visitor: hello', 'bot: Here I am'])
})

test('while nobody is there, a handoff goes another way', async () => {
  const made = await widget({ officeHours: { timeZone: 'UTC', days: [] } })
  const flow = await make({ phoneNumberId: made.id, steps: [{ id: 'q', type: 'question', text: 'What?', saveAs: 'w' }, { id: 'people', type: 'handoff', ifOffline: 'later' }, { id: 'later', type: 'message', text: 'Tomorrow.' }] })
  await publish(flow)
  const ada = await visit(made)
  await ada.say('hello')
  assert.deepEqual(await words(ada), ['bot: What?', 'visitor: hello', 'bot: Tomorrow.'])
})

test('a keyword or a phrase that means the same begins a flow, where nobody answers yet', async () => {
  const made = await widget({ acknowledgement: 'We have it.' })
  const listening = async (triggerType, triggerConfig, text) => {
    const flow = await make({ phoneNumberId: made.id, triggerType, triggerConfig, steps: [{ id: 'say', type: 'message', text }, { id: 'q', type: 'question', text: 'Which?', saveAs: 'which' }, { id: 'bye', type: 'message', text: 'The {{which}}.' }] })
    assert.equal((await publish(flow)).status, 201)
  }
  await listening('KEYWORD', { keywords: ['price', 'price list'] }, 'Prices:')
  await listening('INTENT', { phrases: ['where is my order', 'track my parcel'] }, 'Your order:')
  const ada = await visit(made)
  await ada.say('Hello')
  await ada.say('What is the PRICE?')
  await ada.say('Heron')
  assert.deepEqual(await words(ada), ['visitor: Hello', 'bot: We have it.', 'visitor: What is the PRICE?', 'bot: Prices:', 'bot: Which?', 'visitor: Heron', 'bot: The Heron.'])
  const bob = await visit(made)
  await bob.say('where are my orders?')
  assert.deepEqual((await words(bob)).slice(1), ['bot: Your order:', 'bot: Which?'])
  // While a flow waits it is answered, and begins no other.
  await bob.say('price')
  assert.deepEqual((await words(bob)).at(-1), 'bot: The price.')
  const eve = await visit(made)
  await eve.say('Hello')
  await agent(dev).find(eve.conversationId)
  await agent(dev).answer(eve.conversationId, 'I am here')
  await eve.say('the price list, please')
  assert.deepEqual((await words(eve)).slice(2), ['agent: I am here', 'visitor: the price list, please'])
})

test('a person gives the conversation back, and the bot goes on where it was', async () => {
  const made = await widget()
  const flow = await make({ phoneNumberId: made.id })
  await publish(flow)
  const ada = await visit(made)
  await ada.say('Ada')
  const sam = agent(dev)
  await sam.find(ada.conversationId)
  const give = (person, on) => sam.api.post(`${sam.path}/conversations/${person.conversationId}/bot`, { on })
  assert.equal((await give(ada, true)).status, 409, 'its flow has ended')

  const two = await widget()
  await publish(await make({ phoneNumberId: two.id, steps: [...HELLO.slice(0, 2), { id: 'q2', type: 'question', text: 'City?', saveAs: 'city' }, { id: 'bye', type: 'message', text: 'Bye {{name}} of {{city}}' }] }))
  const kim = await visit(two)
  await kim.say('Kim')
  await sam.find(kim.conversationId)
  await sam.answer(kim.conversationId, 'A moment')
  await kim.say('Ghent')
  assert.deepEqual((await words(kim)).slice(-2), ['agent: A moment', 'visitor: Ghent'])
  const back = await give(kim, true)
  assert.deepEqual([back.status, back.data.status, back.data.botListens], [201, 'pending', true])
  assert.equal((await words(kim)).at(-1), 'bot: City?')
  await kim.say('Ghent')
  assert.equal((await words(kim)).at(-1), 'bot: Bye Kim of Ghent')
  assert.equal((await give(kim, false)).status, 201)
  for (const body of [{}, { on: 'yes' }, { on: true, more: 1 }]) assert.equal((await sam.api.post(`${sam.path}/conversations/${kim.conversationId}/bot`, body)).status, 400)
})

test('a Typebot export becomes a flow, with a report of what is not carried over', async () => {
  const typebot = {
    version: '6', name: 'Leads', variables: [{ id: 'v1', name: 'First name' }],
    events: [{ id: 'start', type: 'start', outgoingEdgeId: 'e0', graphCoordinates: { x: 0, y: 0 } }],
    groups: [
      { id: 'g1', title: 'Hello', blocks: [
        { id: 'b1', type: 'text', content: { richText: [{ type: 'p', children: [{ text: 'Hi there!' }] }] } },
        { id: 'b2', type: 'video', content: { url: 'https://video.example/1' } },
        { id: 'b3', type: 'text input', options: { variableId: 'v1' }, outgoingEdgeId: 'e1' },
      ] },
      { id: 'g2', title: 'Bye', blocks: [{ id: 'b4', type: 'text', content: { richText: [{ type: 'p', children: [{ text: 'Bye {{First name}}' }] }] } }] },
    ],
    edges: [{ id: 'e0', from: { eventId: 'start' }, to: { groupId: 'g1' } }, { id: 'e1', from: { blockId: 'b3' }, to: { groupId: 'g2' } }],
  }
  const { status, data, body } = await bot.post(IMPORT(), { typebot })
  assert.equal(status, 201, JSON.stringify(body))
  assert.deepEqual([data.flow.name, data.flow.published], ['Leads', false])
  assert.ok(data.report.some((sentence) => /Hello.*video/.test(sentence)), JSON.stringify(data.report))
  const report = (await bot.post(`${at}/${data.flow.id}/test-run`, { messages: ['Ada'] })).data
  assert.equal(report.status, 'completed')
  assert.ok(report.steps.some(({ output }) => output?.includes('Bye Ada')), JSON.stringify(report.steps))
  assert.equal((await publish(data.flow)).status, 201)
  for (const wrong of [{}, { typebot: 7 }, { typebot: {} }, { typebot: { groups: 'x' } }, { typebot, more: 1 }]) assert.equal((await bot.post(IMPORT(), wrong)).status, 400, JSON.stringify(wrong).slice(0, 60))
})
