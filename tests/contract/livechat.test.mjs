/** The livechat API's manners: what is looked at first, how it refuses, and that nothing is done where it does. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { client, conforms, description } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { calls, coded, fine, guest, invalid, newToken, pathOf, refused } from '../support/livechat.mjs'

const dev = await deployment()
const anyone = calls(dev)
const ORIGIN = 'https://shop.example'

/** Every way to say a text that is none: numbers, lists, and what a database without schemas takes for a question. */
const NO_TEXTS = [7, 0, true, false, [], ['a'], {}, { $ne: null }, { $gt: '' }, { $regex: '.*' }, { $where: '1' }]

/** The calls that take a body, each with one that would be taken, for a visitor with an open room. */
const bodies = ({ token, rid }) => ({
  visitor: { visitor: { token } },
  'visitor.status': { token, status: 'online' },
  message: { token, rid, msg: 'hello' },
  'room.survey': { token, rid, data: [{ name: 'satisfaction', value: '3' }] },
  'page.visited': { token, rid, pageInfo: { change: 'url', title: 'A', location: { href: 'https://shop.example/' } } },
  'custom.field': { token, key: 'a', value: 'b', overwrite: true },
  'custom.fields': { token, customFields: [{ key: 'a', value: 'b', overwrite: true }] },
  transcript: { token, rid, email: 'ada@example.com' },
  'room.close': { token, rid },
})

test('what is asked is looked at in this order: its form, the token, the room, whether it is open, how long it is', async () => {
  const ada = await guest(dev)
  const shut = await guest(dev)
  await shut.say('hello')
  fine(await shut.close())
  const long = 'x'.repeat(5001)
  const nobody = newToken()
  const elsewhere = randomUUID()
  // Each has all the faults that are found later, too.
  invalid(await anyone.post('message', { rid: elsewhere, msg: long }), "must have required property 'token'")
  invalid(await anyone.post('message', { token: nobody, msg: long }), "must have required property 'rid'")
  invalid(await anyone.post('message', { token: nobody, rid: elsewhere }), "must have required property 'msg'")
  invalid(await anyone.post('message', { token: nobody, rid: elsewhere, msg: long, more: 1 }), "must NOT have additional properties: 'more'")
  invalid(await anyone.post('message', { token: 'short', rid: elsewhere, msg: long, _id: 'short' }), '_id must match pattern "^[A-Za-z0-9_-]{8,64}$"')
  for (const token of [nobody, 'short', '', 'x'.repeat(200), "' OR 1=1 --", '__proto__', 'constructor', shut.id]) {
    refused(await anyone.post('message', { token, rid: shut.rid, msg: long }), 'invalid-token', token)
  }
  for (const rid of [elsewhere, 'x', '', '__proto__', ada.id, ada.rid.replaceAll('-', ''), `${ada.rid} `, shut.rid]) {
    refused(await ada.post('message', { token: ada.token, rid, msg: long }), 'invalid-room', rid)
  }
  refused(await shut.send(long), 'room-closed')
  refused(await ada.send(long), 'message-length-exceeds-character-limit')
  assert.equal((await ada.say('x'.repeat(5000))).msg.length, 5000)
  // Editing is looked at in the same order.
  const { _id } = await ada.say('mine')
  invalid(await ada.put(`message/${_id}`, { token: nobody, rid: elsewhere }), "must have required property 'msg'")
  refused(await ada.edit(_id, long, { token: nobody, rid: elsewhere }), 'invalid-token')
  refused(await ada.edit(_id, long, { rid: elsewhere }), 'invalid-room')
  refused(await shut.edit(_id, long), 'room-closed')
  refused(await ada.edit(_id, long), 'message-length-exceeds-character-limit')
  assert.equal(fine(await ada.read(_id)).message.msg, 'mine')
})

test('characters are counted, not bytes, and white space alone is nothing', async () => {
  const ada = await guest(dev)
  for (const character of ['é', '😀', '字']) {
    refused(await ada.send(character.repeat(5001)), 'message-length-exceeds-character-limit', character)
    assert.equal(fine(await ada.send(character.repeat(5000))).message.msg, character.repeat(5000))
  }
  for (const msg of ['', ' ', '\n\t \r\n', '\u0000', '\u00a0\u2003']) invalid(await ada.send(msg), 'msg must NOT have fewer than 1 characters')
  assert.equal((await ada.say('  a\u0000b\r\nc\td\u0007 ')).msg, 'ab\nc\td')
})

test('a text is a text: nothing else is taken for one, in no call, and nothing is done', async () => {
  const ada = await guest(dev)
  await ada.say('hello')
  const before = await ada.history()
  for (const [name, whole] of Object.entries(bodies(ada))) {
    const places = Object.keys(whole).filter((key) => typeof whole[key] === 'string')
    for (const place of places) {
      for (const wrong of NO_TEXTS) invalid(await ada.post(name, { ...whole, [place]: wrong }), `${place} must be string`, `${name} ${place}`)
      // A page is told of before there is a room, too.
      if (name === 'page.visited' && place === 'rid') continue
      const { [place]: _, ...without } = whole
      for (const lacking of [without, { ...whole, [place]: null }]) invalid(await ada.post(name, lacking), `must have required property '${place}'`, `${name} ${place}`)
    }
    invalid(await ada.post(name, { ...whole, unknown: 1 }), "must NOT have additional properties: 'unknown'", name)
    invalid(await ada.post(name, { ...whole, __proto__: null, ['__proto__']: {} }), undefined, name)
  }
  for (const wrong of NO_TEXTS) {
    for (const place of ['token', 'name', 'email', 'department', 'username']) invalid(await ada.post('visitor', { visitor: { token: ada.token, [place]: wrong } }), `${place} must be string`)
    invalid(await ada.send('hello', { _id: wrong }), '_id must be string')
    invalid(await ada.edit(before[0]._id, wrong), 'msg must be string')
    for (const place of ['agentId', 'username']) invalid(await ada.send('hello', { agent: { agentId: 'a', username: 'b', [place]: wrong } }), `${place} must be string`)
    invalid(await ada.post('custom.fields', { token: ada.token, customFields: [{ key: wrong, value: 'a' }] }), 'key must be string')
    invalid(await ada.del(`message/${before[0]._id}`, { token: wrong, rid: ada.rid }), 'token must be string')
    invalid(await ada.del(`message/${before[0]._id}`, { token: ada.token, rid: wrong }), 'rid must be string')
  }
  for (const agent of ['a', 7, [], {}, { agentId: 'a' }, { username: 'a' }, { agentId: 'a', username: 'b', more: 1 }]) invalid(await ada.send('hello', { agent }))
  for (const visitor of ['a', 7, [], null]) invalid(await ada.post('visitor', { visitor }))
  for (const customFields of ['a', 7, true, { a: 1 }, { a: { $ne: 1 } }, [1], [{ key: 'a' }], Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`k${n}`, 'v']))]) {
    invalid(await ada.post('visitor', { visitor: { token: ada.token, customFields } }), undefined, JSON.stringify(customFields))
  }
  for (const overwrite of ['true', 1, {}]) invalid(await ada.post('custom.field', { token: ada.token, key: 'a', value: 'b', overwrite }), 'overwrite must be boolean')
  for (const status of ['', 'ONLINE', 'here']) invalid(await ada.post('visitor.status', { token: ada.token, status }))
  assert.deepEqual(await ada.history(), before)
  assert.deepEqual(fine(await ada.get(`visitor/${ada.token}`)).visitor.livechatData, {})
})

test('an agent that the client names is read for its form, and does not become the one who answers', async () => {
  const ada = await guest(dev)
  const [agent] = (await client(dev.baseUrl, { 'x-api-key': dev.apiKey }).get(`/organizations/${dev.organizationId}/agents`)).data
  fine(await ada.send('hello', { agent: { agentId: agent.id, username: 'sam' } }))
  fine(await ada.get('room', { token: ada.token, agentId: agent.id }))
  assert.equal((await ada.have()).servedBy, undefined)
})

test('what is no JSON, no object, in another encoding or too long is refused, in every call', async () => {
  const ada = await guest(dev)
  const wrong = ['', '{', '{"token":', 'token=a', '{"a":1}{', '{"token":"\\x"}', '{token:1}', "{'token':'a'}", '\ufeff{}', '{"msg":"\\ud800"}', '{"msg":"\\udc00\\ud800"}', '[]', '"a"', '7', 'null', '[{"token":"a"}]', `${'['.repeat(20_000)}`, `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`]
  const ways = [...Object.keys(bodies(ada)).map((name) => ['POST', name]), ['PUT', `message/${randomUUID()}`], ['DELETE', `message/${randomUUID()}`]]
  for (const [method, name] of ways) {
    const path = `${ada.path}/${name}`
    for (const body of wrong) {
      // A DELETE without a body is asked by its query.
      if (method === 'DELETE' && body === '') continue
      invalid(await ada.api.ask(method, path, { body }), undefined, `${name} ${body.slice(0, 40)}`)
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', '', 'multipart/form-data; boundary=x']) {
      const { status, body } = await ada.api.ask(method, path, { body: '{}', headers: { 'content-type': type } })
      assert.deepEqual([status, body.errorType], [415, 'error-unsupported-media-type'], `${name} ${type}`)
    }
    const { status, body } = await ada.api.ask(method, path, { body: `{"token":"${'a'.repeat(65_536)}"}` })
    assert.deepEqual([status, body.errorType], [413, 'error-body-too-large'], name)
  }
  fine(await ada.api.ask('POST', `${ada.path}/message`, { body: JSON.stringify({ token: ada.token, rid: ada.rid, msg: 'hello' }), headers: { 'content-type': 'Application/JSON; charset=utf-8' } }))
})

test('bytes that are no text, and bodies that do not say how long they are', async () => {
  const ada = await guest(dev)
  const send = (chunks, more = {}) => new Promise((resolve, reject) => {
    const sent = request(`${dev.baseUrl}${ada.path}/message`, { method: 'POST', headers: { 'content-type': 'application/json', ...more } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => { text += part }).on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }))
    })
    sent.on('error', reject)
    for (const chunk of chunks) sent.write(chunk)
    sent.end()
  })
  const begin = `{"token":"${ada.token}","rid":"${ada.rid}","msg":"`
  for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) invalid(await send([begin, Buffer.from(bytes), '"}']), 'the body must be UTF-8')
  fine(await send([begin, 'in ', 'chunks"}']))
  assert.equal((await send([begin, ...Array.from({ length: 70 }, () => 'x'.repeat(1000)), '"}'])).status, 413)
  const said = (await ada.history()).filter(({ token }) => token !== undefined)
  assert.deepEqual(said.map(({ msg }) => msg), ['in chunks'])
})

test('queries are refused as bodies are: what is unknown, what is missing, what is no number or time', async () => {
  const ada = await guest(dev)
  invalid(await ada.get('room', {}), "must have required property 'token'")
  invalid(await ada.get('room', { token: ada.token, $where: '1' }), "must NOT have additional properties: '$where'")
  invalid(await ada.get('config', { tokens: 'a' }), "must NOT have additional properties: 'tokens'")
  invalid(await ada.get(`message/${randomUUID()}`, { token: ada.token }), "must have required property 'rid'")
  invalid(await ada.get(`messages.history/${ada.rid}`, {}), "must have required property 'token'")
  // A name with brackets is another name, as it would be an object to others.
  invalid(await ada.get(`messages.history/${ada.rid}`, { 'token[$ne]': 'a' }), "must NOT have additional properties: 'token[$ne]'")
  for (const [name, query] of [['room', { token: 'x' }], ['config', { token: 'x' }], [`messages.history/${ada.rid}`, { token: newToken() }], [`message/${randomUUID()}`, { token: newToken(), rid: ada.rid }]]) refused(await ada.get(name, query), 'invalid-token', name)
  for (const name of ['visitor/short', `visitor/${newToken()}`, `agent.next/${newToken()}`, `agent.info/${ada.rid}/${newToken()}`, 'visitor/__proto__', 'visitor/%00', "visitor/'--", 'agent.info/x/y']) refused(await ada.get(name), 'invalid-token', name)
  refused(await ada.get('room', { token: ada.token, rid: randomUUID() }), 'invalid-room')
  refused(await ada.get(`agent.info/x/${ada.token}`), 'invalid-room')
  // A token that nobody has yet is nobody's configuration.
  const { config } = fine(await ada.get('config', { token: newToken(), department: 'any', businessUnit: 'any' }))
  assert.deepEqual([config.guest, config.room], [undefined, undefined])
})

const ROUTES = Object.entries(description.paths).filter(([template]) => template.startsWith('/livechat/'))

test('another method is a 405 that says which are taken, at both of the places where the API is', async () => {
  assert.ok(ROUTES.length >= 17, `${ROUTES.length}`)
  for (const [template, methods] of ROUTES) {
    const named = template.replace('{token}', dev.widgetToken)
    const taken = Object.keys(methods).map((method) => method.toUpperCase())
    for (const path of [named, named.replace(`/livechat/${dev.widgetToken}`, '')]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'PURGE'].filter((method) => !taken.includes(method))) {
        const response = await fetch(dev.baseUrl + path, { method, headers: { origin: ORIGIN } })
        const body = await response.json()
        assert.deepEqual([response.status, response.headers.get('allow').split(', ').sort()], [405, taken.sort()], `${method} ${path}`)
        assert.deepEqual([body.success, response.headers.get('access-control-allow-origin')], [false, ORIGIN])
        conforms(method, path, response, body)
      }
      const head = await fetch(dev.baseUrl + path, { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': taken[0], 'access-control-request-headers': 'content-type, x-visitor-token' } })
      assert.equal(head.status, 204, path)
      assert.ok(head.headers.get('access-control-allow-headers').includes('x-visitor-token'), path)
      assert.deepEqual(head.headers.get('access-control-allow-methods').split(', ').sort(), taken.sort(), path)
      assert.equal(head.headers.get('access-control-allow-origin'), ORIGIN)
    }
  }
})

test('paths that are not there and widgets that nobody has are a 404, whatever is asked', async () => {
  const path = pathOf(dev)
  const api = client(dev.baseUrl)
  const places = [`${path}/`, `${path}/nothing`, `${path}/message/a/b`, `${path}//message`, path, '/api/v1/livechat/nothing', `/livechat/${dev.widgetToken}/api/v1/livechat/message/`, `/livechat/${dev.widgetToken}/api/v1/channels.list`, '/api/v1/login']
  for (const place of places) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await api.ask(method, place, { body: method === 'POST' ? {} : undefined })
      assert.deepEqual([status, body], [404, { success: false, error: 'Resource not found' }], `${method} ${place}`)
    }
  }
  for (const widgetToken of ['wt_nobody', '-', '__proto__', dev.widgetId, `${dev.widgetToken}x`]) {
    const other = calls({ ...dev, widgetToken })
    for (const answer of [await other.get('config'), await other.post('visitor', { visitor: { token: newToken() } }), await other.post('message', {})]) {
      assert.deepEqual([answer.status, answer.body], [404, { success: false, error: 'Resource not found' }], widgetToken)
    }
  }
})

test('pages of any origin read answers and refusals, and nothing of them is kept', async () => {
  const ada = await guest(dev, { headers: { origin: ORIGIN } })
  const answers = [await ada.send('hello'), await ada.load(), await ada.send(7), await ada.load({}, randomUUID()), await ada.get('nothing'), await ada.get('config')]
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 400, 400, 404, 200])
  for (const { headers } of answers) {
    assert.equal(headers.get('access-control-allow-origin'), ORIGIN)
    assert.match(headers.get('vary'), /origin/i)
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.equal(headers.get('cache-control'), 'no-store')
    for (const name of ['retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']) assert.ok(headers.get('access-control-expose-headers').includes(name), name)
  }
})

test('a department has to be one of ours', async () => {
  const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  const name = `Sales ${randomUUID()}`
  const { data } = await admin.post(`/organizations/${dev.organizationId}/departments`, { name })
  for (const department of [data.id, name]) assert.equal((await guest(dev, { department })).visitor.department, data.id)
  coded(await anyone.post('visitor', { visitor: { token: newToken(), department: randomUUID() } }), 'error-invalid-department')
  assert.ok(fine(await anyone.get('config')).config.departments.some((it) => it._id === data.id && it.name === name))
})
