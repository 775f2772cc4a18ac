/** What flows do beyond words, questions and conditions: in the chat, and before they are published. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { flowServer } from '../support/flow-server.mjs'
import { key } from '../support/keys.mjs'
import { agent, visitor } from '../support/people.mjs'

const KEYS = { reader: key(['flows.read']), writer: key(['flows.write']) }
let own, dev, bot, at, secrets, server
before(async () => {
  server = await flowServer()
  own = await ownDeployment({ RATE_LIMITS: 'off', TEST_SERVER: server.url }, Object.values(KEYS).map(({ sql }) => sql).join('\n'))
  dev = own.dev
  bot = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  at = `/organizations/${dev.organizationId}/bot/flows`
  secrets = `/organizations/${dev.organizationId}/bot/secrets`
})
after(async () => {
  await own?.remove()
  server?.close()
})

const make = async (steps, body = {}) => {
  const { status, data, body: answer } = await bot.post(at, { name: 'A flow', steps, ...body })
  assert.equal(status, 201, JSON.stringify(answer))
  return data
}
const change = (flow, body) => bot.ask('PATCH', `${at}/${flow.id}`, { body })
const publish = (flow) => bot.post(`${at}/${flow.id}/publish`)
const published = async (steps, body) => {
  const flow = await make(steps, body)
  const { status, body: answer } = await publish(flow)
  assert.equal(status, 201, JSON.stringify(answer))
  return flow
}
const widget = async (settings = {}) => (await bot.post(`/organizations/${dev.organizationId}/web-chat/channels`, { name: 'A shop', settings })).data
const visit = (made, body) => visitor({ ...dev, widgetToken: made.token }, body)
/** A widget that a flow with these steps answers in. */
const answering = async (steps, body) => widget({ flowId: (await published(steps, body)).id })
const words = async (person) => (await person.history()).reverse().map(({ author, payload }) => `${author.kind}: ${payload.notice ?? payload.text}`)
const said = (person, text) => eventually(() => words(person), (lines) => lines.includes(text))

test('messages carry formatting, pictures, files, cards and links, and questions the form of their answer', async () => {
  const made = await answering([
    { id: 'hi', type: 'message', text: '**Hello** {{name|default:\'you\'}}', markdown: true, image: { url: 'https://shop.example/a.png', alt: 'A lamp' }, buttons: [{ label: 'Shop', url: 'https://shop.example/' }] },
    { id: 'cards', type: 'message', cards: [{ title: 'Heron', text: '90', buttons: [{ label: 'Buy' }] }, { title: 'Finch' }] },
    { id: 'q', type: 'question', text: 'How was it?', saveAs: 'stars', validate: 'rating', most: 5 },
    { id: 'if', type: 'condition', cases: [{ when: { variable: 'stars', op: 'gte', value: 4 }, next: 'good' }] },
    { id: 'sorry', type: 'message', text: 'Sorry.' }, { id: 'end', type: 'end' },
    { id: 'good', type: 'message', text: 'Lovely.' },
  ])
  const person = await visit(made)
  const [hello, cards, question] = (await person.history()).reverse()
  assert.deepEqual(hello.payload, { text: '**Hello** you', buttons: [{ label: 'Shop', value: 'Shop', url: 'https://shop.example/' }], rich: { markdown: true, linked: { kind: 'image', url: 'https://shop.example/a.png', name: 'A lamp' } } })
  assert.deepEqual(cards.payload.rich, { cards: [{ title: 'Heron', text: '90', buttons: [{ label: 'Buy', value: 'Buy' }] }, { title: 'Finch' }] })
  assert.deepEqual([question.type, question.payload.rich], ['choice', { asks: { form: 'rating', most: 5 } }])
  // What is shown before anybody has come is the same.
  const { data } = await client(dev.baseUrl).get(`/web-chat/${made.token}/config`)
  assert.deepEqual(data.opening.map(({ payload }) => payload), [hello, cards, question].map(({ payload }) => payload))
  await person.say('5')
  await said(person, 'bot: Lovely.')
})

test('a file answers a question that asks for one, and a server can fetch it', async () => {
  const made = await answering([
    { id: 'q', type: 'question', text: 'A picture?', saveAs: 'picture', validate: 'file' },
    { id: 'tell', type: 'message', text: '{{picture}}' },
  ])
  const person = await visit(made)
  await person.say('which?')
  await said(person, 'bot: A picture?')
  const form = new FormData()
  form.set('file', new Blob([Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')], { type: 'image/png' }), 'lamp.png')
  const sent = await fetch(`${dev.baseUrl}${person.path}/upload`, { method: 'POST', headers: { authorization: `Bearer ${person.token}` }, body: form })
  const { data: file } = await sent.json()
  const { status, body } = await person.api.post(`${person.path}/messages`, { attachment: { mediaAssetId: file.id, kind: 'image' } })
  assert.equal(status, 201, JSON.stringify(body))
  const told = await eventually(() => words(person), (lines) => /^bot: http.*\/media\//.test(lines.at(-1)))
  const url = told.at(-1).replace('bot: ', '')
  assert.equal((await fetch(url)).headers.get('content-type'), 'image/png')
})

test('a flow calls another in the version that was published when it was, and goes on after it', async () => {
  const ask = await published([{ id: 'q', type: 'question', text: 'Which lamp?', saveAs: 'lamp' }, { id: 'end', type: 'end' }])
  const steps = [{ id: 'call', type: 'call', flow: ask.id }, { id: 'after', type: 'message', text: 'You want {{lamp}}.' }]
  const made = await answering(steps)
  const other = await make([{ id: 'a', type: 'call', flow: '00000000-0000-7000-8000-000000000001' }])
  assert.match((await publish(other)).body.message[0], /calls the flow 0{8}.*, which is not published/)
  await change(other, { steps: [{ id: 'a', type: 'call', flow: other.id }] })
  assert.match((await publish(other)).body.message.join(), /cannot call itself/)
  const asks = [{ id: 'q', type: 'question', text: 'Which one?', saveAs: 'lamp' }]
  await change(ask, { steps: asks })
  await publish(ask)
  const person = await visit(made)
  assert.deepEqual(await words(person), ['bot: Which lamp?'])
  await person.say('Heron')
  await said(person, 'bot: You want Heron.')
  // Published anew, it calls what is published now; a try does at once.
  const trial = await bot.post(`${at}/${(await make(steps)).id}/test-run`, { messages: ['Finch'] })
  assert.deepEqual(trial.data.steps.flatMap(({ output = [] }) => output), ['Which one?', 'You want Finch.'])
  assert.equal(trial.data.steps[1].flow, ask.id)
  // Two that call each other come back to themselves.
  const one = await published([{ id: 'x', type: 'message', text: 'x' }])
  const two = await published([{ id: 'c', type: 'call', flow: one.id }])
  await change(one, { steps: [{ id: 'c', type: 'call', flow: two.id }] })
  assert.match((await publish(one)).body.message.join(), /calls? itself|comes back to itself/)
})

test('nobody answers in time, something goes wrong, a word jumps: each has its way', async () => {
  const made = await answering([
    { id: 'q', type: 'question', text: 'Order?', saveAs: 'order', timeout: { seconds: 1, next: 'late' } },
    { id: 'ask', type: 'http', url: 'https://flow-server.test/gone' },
    { id: 'end', type: 'end' },
    { id: 'late', type: 'message', text: 'Are you there?', next: 'again' },
    { id: 'again', type: 'question', text: 'Order, please?', saveAs: 'order', next: 'ask' },
    { id: 'wrong', type: 'onError', next: 'sorry' },
    { id: 'sorry', type: 'message', text: 'I cannot see it.', next: 'again' },
    { id: 'human', type: 'jump', keywords: ['human'], match: 'contains', next: 'people' },
    { id: 'people', type: 'handoff' },
  ])
  const person = await visit(made)
  await said(person, 'bot: Order, please?')
  await person.say('7')
  await said(person, 'bot: I cannot see it.')
  await person.say('a human, please')
  await said(person, 'system: handoff')
})

test('an answer in time is not told that it came too late', async () => {
  const made = await answering([
    { id: 'q', type: 'question', text: 'Name?', saveAs: 'n', timeout: { seconds: 2, next: 'late' } },
    { id: 'next', type: 'question', text: 'Order?', saveAs: 'o' },
    { id: 'end', type: 'end' },
    { id: 'late', type: 'message', text: 'Too late.' },
  ])
  const person = await visit(made)
  await person.say('Ada')
  await new Promise((resolve) => setTimeout(resolve, 3_500))
  assert.deepEqual(await words(person), ['bot: Name?', 'visitor: Ada', 'bot: Order?'])
})

test('what is declared for the visitor lasts beyond a conversation, and is of its type', async () => {
  const made = await answering([
    { id: 'n', type: 'set', variable: 'visits', op: 'increment' },
    { id: 'hi', type: 'question', text: 'Visit {{visits}}, {{plan}}', saveAs: 'plan' },
  ], { variables: [{ name: 'visits', type: 'number', scope: 'visitor', default: 0 }, { name: 'plan', type: 'text', default: 'free' }] })
  const person = await visit(made)
  assert.deepEqual(await words(person), ['bot: Visit 1, free'])
  await person.say('pro')
  await person.api.post(`${person.path}/sessions/end`)
  await person.say('back')
  await said(person, 'bot: Visit 2, free')
  for (const [variables, sentence] of [[{}, /variables/], [[{ name: 'a b' }], /a name has 1 to 64/], [[{ name: 'a', type: 'number', default: 'x' }], /default is not of its type/], [[{ name: 'a', scope: 'world' }], /scope/]]) {
    const { status, body } = await bot.post(at, { name: 'x', steps: [], variables })
    assert.equal(status, 400)
    assert.match(String(body.message), sentence)
  }
  const { data } = await bot.get(`${at}/${(await make([], { variables: [{ name: 'a' }] })).id}`)
  assert.deepEqual(data.variables, [{ name: 'a' }])
})

test('a flow assigns to an agent and goes on, and knows how many are online', async () => {
  const { data: sam } = await bot.post(`/organizations/${dev.organizationId}/agents`, { name: 'Sam' })
  const made = await answering([
    { id: 'who', type: 'condition', cases: [{ when: { variable: 'agents.online', op: 'gt', value: 0 }, next: 'there' }] },
    { id: 'none', type: 'message', text: 'Nobody is online.' },
    { id: 'to', type: 'assign', agent: sam.id },
    { id: 'q', type: 'question', text: 'Leave a word?', saveAs: 'word' },
    { id: 'end', type: 'end' },
    { id: 'there', type: 'message', text: '{{agents.online}} online.', next: 'q' },
  ])
  const person = await visit(made)
  assert.deepEqual(await words(person), ['bot: Nobody is online.', 'bot: Leave a word?'])
  await person.say('hello')
  const desk = agent(dev)
  const found = await desk.find(person.conversationId)
  assert.deepEqual(found.assignee, { id: sam.id, name: 'Sam' })
  const socket = await desk.live()
  assert.equal((await words(await visit(made)))[0], 'bot: 1 online.')
  socket.close()
  const nobody = await make([{ id: 'to', type: 'assign', agent: '00000000-0000-7000-8000-000000000001' }])
  assert.match((await publish(nobody)).body.message[0], /step to: there is no agent/)
})

test('a flow answers on some pages, another on the rest', async () => {
  const shop = await widget()
  const say = (text, triggerConfig) => make([{ id: 'a', type: 'question', text, saveAs: 'x' }], { phoneNumberId: shop.id, triggerConfig })
  const [everywhere, pricing, twice] = [await say('Hello'), await say('About prices?', { urls: ['/pricing*', 'https://shop.example/offers'] }), await say('Again', { urls: ['/pricing*'] })]
  assert.equal((await publish(everywhere)).status, 201)
  assert.equal((await publish(pricing)).status, 201)
  assert.equal((await publish(twice)).status, 409)
  const first = async (url) => (await words(await visit(shop, { mode: 'anonymous', url })))[0]
  await eventually(() => first('https://shop.example/pricing/eu?x=1'), (words) => words === 'bot: About prices?')
  assert.equal(await first('https://shop.example/offers'), 'bot: About prices?')
  assert.equal(await first('https://shop.example/'), 'bot: Hello')
  assert.equal(await first(undefined), 'bot: Hello')
  const { status, body } = await bot.post(at, { name: 'x', steps: [], triggerConfig: { urls: [7] } })
  assert.deepEqual([status, /triggerConfig.urls/.test(body.message)], [400, true])
})

test('a secret is filled in where a server is asked, told to nobody, and signs', async () => {
  const set = (name, value) => bot.ask('PUT', `${secrets}/${name}`, { body: { value } })
  assert.deepEqual(Object.keys((await set('API_KEY', 's3cret-one')).data), ['name', 'updatedAt'])
  assert.equal((await set('HOOK', 'signing')).status, 200)
  assert.deepEqual((await bot.get(secrets)).data.map(({ name }) => name), ['API_KEY', 'HOOK'])
  const made = await answering([
    { id: 'q', type: 'question', text: 'Word?', saveAs: 'word' },
    { id: 'ask', type: 'http', method: 'POST', url: 'https://flow-server.test/orders?k={{secret.API_KEY}}', headers: { authorization: 'Bearer {{secret.API_KEY}}' }, body: '{"word":"{{word}}"}', sign: 'HOOK', map: { state: 'order.state' } },
    { id: 'tell', type: 'message', text: '{{state}} {{secret_KEY|default:\'-\'}}' },
  ])
  const person = await visit(made)
  await person.say('{{secret.API_KEY}}')
  await said(person, 'bot: sent -')
  const { url, headers, body } = server.asked.at(-1)
  assert.deepEqual([url, headers.authorization, body], ['/orders?k=s3cret-one', 'Bearer s3cret-one', '{"word":"{{secret.API_KEY}}"}'])
  const [, time, signature] = headers['x-porchlight-signature'].match(/^t=(\d+),v1=([0-9a-f]{64})$/)
  assert.equal(createHmac('sha256', 'signing').update(`${time}.${body}`).digest('hex'), signature)
  const desk = agent(dev)
  await desk.find(person.conversationId)
  const trace = JSON.stringify((await bot.get(`/organizations/${dev.organizationId}/conversations/${person.conversationId}`)).data)
  assert.ok(!trace.includes('s3cret-one'))
  const audit = JSON.stringify((await bot.get(`/organizations/${dev.organizationId}/audit`)).data)
  assert.ok(audit.includes('secret.set') && !audit.includes('s3cret-one'))

  const leaking = await make([{ id: 'a', type: 'message', text: '{{secret.API_KEY}}' }])
  assert.match((await publish(leaking)).body.message[0], /the secret API_KEY is for http steps alone/)
  assert.equal((await fetch(`${dev.baseUrl}${secrets}/API_KEY`, { method: 'DELETE', headers: { 'x-api-key': dev.apiKey } })).status, 204)
  const count = server.asked.length
  const late = await visit(made)
  await late.say('x')
  await said(late, 'bot:  -')
  assert.equal(server.asked.length, count)

  for (const [method, name, body, status] of [['PUT', 'a b', { value: 'x' }, 400], ['PUT', 'A', {}, 400], ['PUT', 'A', { value: '' }, 400], ['PUT', 'A', { value: 'x'.repeat(4_097) }, 400], ['PUT', 'A', { value: 'x', more: 1 }, 400], ['DELETE', 'NONE', undefined, 404]]) {
    assert.equal((await bot.ask(method, `${secrets}/${encodeURIComponent(name)}`, { body })).status, status, `${method} ${name}`)
  }
  const as = (who) => client(dev.baseUrl, { 'x-api-key': KEYS[who].text })
  assert.deepEqual([(await as('reader').get(secrets)).status, (await as('reader').ask('PUT', `${secrets}/A`, { body: { value: 'x' } })).status, (await as('writer').ask('PUT', `${secrets}/A`, { body: { value: 'x' } })).status], [200, 403, 200])
})

test('a run that was kept has to come out the same, or nothing is published', async () => {
  const steps = [
    { id: 'q', type: 'question', text: 'How many?', saveAs: 'count', validate: 'number' },
    { id: 'id', type: 'set', variable: 'one', op: 'id' }, { id: 'at', type: 'set', variable: 'at', op: 'now' },
    { id: 'if', type: 'condition', cases: [{ when: { variable: 'count', op: 'gt', value: 10 }, next: 'many' }] },
    { id: 'few', type: 'message', text: 'A few.' }, { id: 'end', type: 'end' }, { id: 'many', type: 'message', text: 'Many!' },
  ]
  const flow = await make(steps)
  const tests = `${at}/${flow.id}/tests`
  const { status, data: kept } = await bot.post(tests, { name: 'Many are many', script: { messages: ['no number', '11'] } })
  assert.equal(status, 201)
  assert.deepEqual([kept.expected.status, kept.expected.output, kept.expected.steps], ['completed', ['How many?', 'How many?', 'Many!'], ['q', 'q', 'q', 'id', 'at', 'if', 'many']])
  assert.deepEqual((await bot.get(tests)).data, [kept])
  assert.equal((await publish(flow)).status, 201)
  await change(flow, { steps: steps.map((step) => (step.id === 'if' ? { ...step, cases: [{ when: { variable: 'count', op: 'gt', value: 11 }, next: 'many' }] } : step)) })
  const refused = await publish(flow)
  assert.deepEqual([refused.status, refused.body.message], [422, ['test Many are many: step 7 was "many" and is now "few"; mend the flow, or keep the run anew']])
  assert.equal((await bot.get(`${at}/${flow.id}`)).data.version, 1)
  assert.equal((await fetch(`${dev.baseUrl}${tests}/${kept.id}`, { method: 'DELETE', headers: { 'x-api-key': dev.apiKey } })).status, 204)
  assert.equal((await publish(flow)).status, 201)
  for (const [body, wanted] of [[{}, 400], [{ name: 'x' }, 400], [{ name: 'x', script: { messages: 'a' } }, 400], [{ name: 'x', script: { messages: Array(201).fill('a') } }, 400]]) {
    assert.equal((await bot.post(tests, body)).status, wanted, JSON.stringify(body))
  }
  assert.equal((await bot.post(`${at}/${(await make([])).id}/tests`, { name: 'x', script: {} })).status, 422)
})

test('a try sends files and lets time go by', async () => {
  const flow = await make([
    { id: 'q', type: 'question', text: 'A file?', saveAs: 'file', validate: 'file', timeout: { seconds: 60, next: 'late' } },
    { id: 'got', type: 'message', text: 'Got {{file}}', next: 'q' },
    { id: 'late', type: 'message', text: 'Bye' },
  ])
  const { data } = await bot.post(`${at}/${flow.id}/test-run`, { messages: [{ wait: 59 }, { file: 'a.png' }, { wait: 30 }, { wait: 31 }] })
  assert.deepEqual([data.status, data.steps.flatMap(({ output = [] }) => output)], ['completed', ['A file?', 'Got a.png', 'A file?', 'Bye']])
  assert.equal((await bot.post(`${at}/${flow.id}/test-run`, { messages: [{ sleep: 1 }] })).status, 400)
})

test('steps of one name in two flows are two: a server is asked once, and patience ends', async () => {
  const asking = await published([{ id: 'ask', type: 'question', text: 'Still there?', saveAs: 'x', timeout: { seconds: 1, next: 'late' } }, { id: 'end', type: 'end' }, { id: 'late', type: 'message', text: 'Late.' }])
  const made = await answering([
    { id: 'q', type: 'question', text: 'Order?', saveAs: 'order' },
    { id: 'ask', type: 'http', method: 'POST', url: 'https://flow-server.test/once' },
    { id: 'call', type: 'call', flow: asking.id },
  ])
  const person = await visit(made)
  await person.say('7')
  await said(person, 'bot: Late.')
  assert.equal(server.asked.filter(({ url }) => url === '/once').length, 1)
})

test('what a visitor says is no more than that to a server', async () => {
  const made = await answering([
    { id: 'q', type: 'question', text: 'Word?', saveAs: 'word' },
    { id: 'ask', type: 'http', method: 'POST', url: 'https://flow-server.test/orders/{{word}}', headers: { 'x-word': '{{word}}' }, body: '{"word":"{{word}}","role":"guest"}' },
    { id: 'tell', type: 'message', text: 'Done.' },
  ])
  const person = await visit(made)
  const word = 'a","role":"admin\n../x?y#'
  await person.say(word)
  await said(person, 'bot: Done.')
  const { url, headers, body } = server.asked.at(-1)
  assert.deepEqual([url, headers['x-word'], JSON.parse(body)], [`/orders/${encodeURIComponent(word)}`, 'a","role":"admin ../x?y#', { word, role: 'guest' }])
})

test('a turn that would keep more than there is room for keeps what matters, and ends', async () => {
  const long = Array(20).fill('{{x}}'.repeat(16))
  const made = await answering([
    { id: 'q', type: 'question', text: 'Word?', saveAs: 'x' },
    { id: 'ask', type: 'http', method: 'POST', url: 'https://flow-server.test/long', headers: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`x-${n}`, '{{x}}'.repeat(16)])) },
    ...Array.from({ length: 12 }, (_, n) => ({ id: `t${n}`, type: 'tag', tags: long })),
    { id: 'again', type: 'question', text: 'Again?', saveAs: 'y' },
  ])
  const person = await visit(made)
  const { status } = await person.api.post(`${person.path}/messages`, { text: 'a'.repeat(3_990) })
  assert.equal(status, 201)
  await said(person, 'bot: Again?')
  await agent(dev).find(person.conversationId)
})

test('a conversation is there for agents while its bot waits for a server', async () => {
  const made = await answering([
    { id: 'q', type: 'question', text: 'Word?', saveAs: 'x' },
    { id: 'ask', type: 'http', url: 'https://flow-server.test/slow', timeout: 4 },
    { id: 'tell', type: 'message', text: 'Done.' },
  ])
  const person = await visit(made)
  await person.say('x')
  const started = Date.now()
  await agent(dev).find(person.conversationId)
  assert.ok(Date.now() - started < 3_500, `${Date.now() - started} ms`)
})

test('a trigger that nothing can meet is not published, nor more of them than are asked', async () => {
  const say = (more) => make([{ id: 'a', type: 'message', text: 'x' }], more)
  for (const more of [{ triggerType: 'KEYWORD' }, { triggerType: 'KEYWORD', triggerConfig: { keywords: 'price' } }, { triggerType: 'KEYWORD', triggerConfig: { keywords: ['?'] } }, { triggerType: 'INTENT', triggerConfig: { phrases: [] } }]) {
    const { status, body } = await publish(await say(more))
    assert.deepEqual([status, /^triggerConfig: /.test(body.message[0])], [422, true], JSON.stringify(more))
  }
  const { status, body } = await bot.post(at, { name: 'x', json: { nodes: Array.from({ length: 201 }, (_, n) => ({ id: `n${n}`, type: 'end' })) } })
  assert.deepEqual([status, /json: its steps must have at most 200/.test(body.message)], [400, true])
  const shop = await widget()
  const flows = []
  for (let n = 0; n < 21; n += 1) flows.push(await say({ phoneNumberId: shop.id, triggerConfig: { urls: [`/page-${n}`] } }))
  for (const [n, flow] of flows.entries()) assert.equal((await publish(flow)).status, n < 20 ? 201 : 409, `${n}`)
})
