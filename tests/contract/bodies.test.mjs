/** What is wrong with a request is refused in one shape, says what to do, and leaves nothing behind. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { test } from 'node:test'
import { client, conforms } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const LIMIT = 64 * 1024

/** Sends bytes as they are, and says how many or not; `fetch` would not. */
function raw(method, path, { headers = {}, chunks = [] }) {
  return new Promise((resolve, reject) => {
    const sent = request(dev.baseUrl + path, { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => { text += part }).on('end', () => {
        const answer = { status: response.statusCode, headers: new Headers(response.headers), body: JSON.parse(text) }
        try {
          conforms(method, path, answer, answer.body)
          resolve(answer)
        } catch (error) {
          reject(error)
        }
      })
    })
    sent.on('error', reject)
    for (const chunk of chunks) sent.write(chunk)
    sent.end()
  })
}

/** A visitor with one message, and how they try bodies on `messages`. */
async function writer() {
  const ada = await visitor(dev)
  const path = `${ada.path}/messages`
  const headers = { authorization: `Bearer ${ada.token}`, 'content-type': 'application/json' }
  const before = await ada.history('?after=0')
  return {
    ada,
    path,
    headers,
    send: (body, options) => ada.api.ask('POST', path, { body, ...options }),
    bytes: (body, more = {}) => raw('POST', path, { headers: { ...headers, ...more }, chunks: [body] }),
    unchanged: async () => assert.deepEqual(await ada.history('?after=0'), before),
  }
}

test('an unknown path is a 404, whatever the method', async () => {
  const api = client(dev.baseUrl)
  const paths = ['/nothing', '/web-chat', '/web-chat/', `/web-chat/${dev.widgetToken}`, `/web-chat/${dev.widgetToken}/history/`,
    `/web-chat/${dev.widgetToken}/nothing`, '/web-chat//history', '/WEB-CHAT/x/history', '/organizations/', `/organizations/${dev.organizationId}/nothing`,
    `/web-chat/${dev.widgetToken}/%00`, '/web-chat/%ff/nothing', `/${'a'.repeat(4000)}`]
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await api.ask(method, path)
      assert.equal(status, 404, `${method} ${path}`)
      assert.equal(body.message, 'path not found')
    }
  }
})

test('another method on a known path is a 405 that says which are taken', async () => {
  const api = client(dev.baseUrl)
  const path = `/organizations/${dev.organizationId}/conversations`
  const wrong = [
    ['GET', `/web-chat/${dev.widgetToken}/messages`, 'POST'],
    ['PUT', `/web-chat/${dev.widgetToken}/sessions`, 'POST'],
    ['DELETE', `/web-chat/${dev.widgetToken}/history`, 'GET'],
    ['PATCH', path, 'GET'],
    ['DELETE', `${path}/${randomUUID()}/messages`, 'GET, POST'],
    ['GET', `${path}/${randomUUID()}/close`, 'POST'],
    ['POST', `/organizations/${dev.organizationId}/offline-messages`, 'GET'],
    ['GET', `/organizations/${dev.organizationId}/offline-messages/${randomUUID()}`, 'DELETE'],
    ['PUT', `/organizations/${dev.organizationId}/webhooks`, 'GET, POST'],
    ['GET', `/organizations/${dev.organizationId}/deliveries/${randomUUID()}/replay`, 'POST'],
  ]
  for (const [method, path, allow] of wrong) {
    const { status, headers, body } = await api.ask(method, path)
    assert.equal(status, 405, `${method} ${path}`)
    assert.equal(headers.get('allow'), allow)
    assert.equal(body.message, `this path takes ${allow}`)
  }
})

test('a method that nobody has heard of is a 405 too, and not taken for a GET', async () => {
  const { ada } = await writer()
  for (const method of ['PURGE', 'PROPFIND']) {
    const { status, headers } = await raw(method, `${ada.path}/history`, { headers: { authorization: `Bearer ${ada.token}` } })
    assert.equal(status, 405, method)
    assert.equal(headers.get('allow'), 'GET')
  }
})

test('a body that is not said to be JSON is a 415', async () => {
  const { ada, path, unchanged } = await writer()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp', '']) {
    const headers = { authorization: `Bearer ${ada.token}`, ...(type ? { 'content-type': type } : {}) }
    const { status } = await raw('POST', path, { headers, chunks: ['{"text":"hello"}'] })
    assert.equal(status, 415, type)
  }
  await unchanged()
})

test('a body that is not JSON, or more than JSON, is a 400', async () => {
  const { send, unchanged } = await writer()
  for (const body of ['', '{', '{"text":"a"', '{"text":"a"}}', '{"text":"a"} true', "{'text':'a'}", '{"text":"a",}', '{text:"a"}', '{"text":"\n"}', '{"text":NaN}', '\u0000']) {
    const { status } = await send(body)
    assert.equal(status, 400, JSON.stringify(body))
  }
  await unchanged()
})

test('a body that is no object is a 400, even an array whose items would fit', async () => {
  const { send, unchanged } = await writer()
  for (const body of ['null', 'true', '7', '"hello"', '[]', '["hello"]', ' ["hello"]', '[{"text":"hello"}]']) {
    const { status, body: refusal } = await send(body)
    assert.equal(status, 400, body)
    assert.match([refusal.message].flat().join(), /must be a JSON object/, body)
  }
  await unchanged()
})

test('the events take no arrays either', async () => {
  const { ada, unchanged } = await writer()
  for (const body of ['["seen",1]', '["typing",true]']) {
    assert.equal((await ada.api.ask('POST', `${ada.path}/events`, { body })).status, 400, body)
  }
  await unchanged()
})

test('wrong types, unknown, missing and repeated keys are a 400 that names the key', async () => {
  const { send, unchanged } = await writer()
  const wrong = [
    ['{"text":7}', 'text'], ['{"text":null}', 'text'], ['{"text":["a"]}', 'text'], ['{"text":{"a":1}}', 'text'],
    ['{"text":"a","clientId":7}', 'clientId'], ['{"text":"a","clientId":""}', 'clientId'], [`{"text":"a","clientId":"${'x'.repeat(129)}"}`, 'clientId'],
    ['{"text":"a","replyTo":"x"}', 'replyTo'], ['{"text":"a","replyTo":7}', 'replyTo'],
    ['{"text":"a","private":true}', 'private'], ['{"text":"a","__proto__":{}}', '__proto__'], ['{"Text":"a"}', 'Text'],
    ['{}', 'text'], ['{"clientId":"abcdefgh"}', 'text'], ['{"text":"a","text":"b"}', 'text'],
  ]
  for (const [body, key] of wrong) {
    const { status, body: refusal } = await send(body)
    assert.equal(status, 400, body)
    assert.ok([refusal.message].flat().join().includes(key), `${body}: ${refusal.message}`)
  }
  await unchanged()
})

test('events of a wrong kind, form or number are a 400', async () => {
  const { ada, unchanged } = await writer()
  const wrong = [
    {}, { type: 'dancing' }, { type: 7 }, { type: 'typing' }, { type: 'typing', on: 'yes' }, { type: 'typing', on: true, seq: 1 },
    { type: 'seen' }, { type: 'seen', seq: -1 }, { type: 'seen', seq: 1.5 }, { type: 'seen', seq: '1' }, { type: 'seen', seq: 2 ** 32 }, { type: 'seen', seq: 1e300 },
  ]
  for (const body of wrong) assert.equal((await ada.api.post(`${ada.path}/events`, body)).status, 400, JSON.stringify(body))
  await unchanged()
})

test('a body nested a thousand times deep is a 400', async () => {
  const { send, unchanged } = await writer()
  for (const text of ['['.repeat(1000) + ']'.repeat(1000), '{"a":'.repeat(1000) + '1' + '}'.repeat(1000)]) {
    assert.equal((await send(`{"text":${text}}`)).status, 400)
    assert.equal((await send(`{"x":${text},"text":"a"}`)).status, 400)
  }
  await unchanged()
})

test('a body over 64 KiB is a 413, whether it says its length or not', async () => {
  const { path, headers, bytes, unchanged } = await writer()
  const sized = (length) => `{"text":"a"${' '.repeat(length - 12)}}`
  const { status, body } = await bytes(sized(LIMIT + 1), { 'content-length': LIMIT + 1 })
  assert.equal(status, 413)
  assert.match(body.message, /at most 65536 bytes/)
  const long = { headers: { ...headers, 'transfer-encoding': 'chunked' }, chunks: Array(9).fill(' '.repeat(LIMIT / 8)) }
  assert.equal((await raw('POST', path, long)).status, 413)
  await unchanged()
  // One of exactly the limit is read.
  assert.equal((await bytes(sized(LIMIT), { 'content-length': LIMIT })).status, 201)
  assert.equal((await raw('POST', path, { headers: long.headers, chunks: [sized(LIMIT)] })).status, 201)
})

test('a byte order mark or bytes that are not UTF-8 are a 400, whether the body says its length or not', async () => {
  const { path, headers, unchanged } = await writer()
  const bodies = {
    'a byte order mark': Buffer.from('\ufeff{"text":"a"}'),
    'a stray byte': Buffer.concat([Buffer.from('{"text":"a'), Buffer.from([0xff]), Buffer.from('"}')]),
    'half a character': Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xe2, 0x82]), Buffer.from('"}')]),
    'a surrogate in UTF-8': Buffer.concat([Buffer.from('{"text":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    'UTF-16': Buffer.from('{"text":"a"}', 'utf16le'),
  }
  for (const [what, body] of Object.entries(bodies)) {
    for (const length of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
      const { status } = await raw('POST', path, { headers: { ...headers, ...length }, chunks: [body] })
      assert.equal(status, 400, `${what}, ${Object.keys(length)}`)
    }
  }
  await unchanged()
})

test('an escaped surrogate without its other half is a 400; a whole pair is one character', async () => {
  const { send, ada, unchanged } = await writer()
  for (const text of ['\\ud83d', '\\ude00', '\\ude00\\ud83d', 'a\\ud83db']) assert.equal((await send(`{"text":"${text}"}`)).status, 400, text)
  await unchanged()
  assert.equal((await send('{"text":"\\ud83d\\ude00"}')).data.payload.text, '😀')
  assert.ok((await ada.history()).some(({ payload }) => payload.text === '😀'))
})

test('control characters fall out of a text, lines and tabs stay, and white space alone is no text', async () => {
  const { send, ada, unchanged } = await writer()
  for (const text of ['', ' ', '\n\t \r\n', '\u0000', ' \u0000\u0007 ', '\u00a0\u2003']) {
    const { status, body } = await send({ text })
    assert.equal(status, 400, JSON.stringify(text))
    assert.deepEqual(body.message, ['text: must not be empty'])
  }
  await unchanged()
  const { data } = await send({ text: '  a\u0000b\r\nc\td\u0007 ' })
  assert.equal(data.payload.text, 'ab\nc\td')
  assert.equal((await ada.history()).find(({ id }) => id === data.id).payload.text, 'ab\nc\td')
})

test('a text has at most 4000 characters, and an emoji is one', async () => {
  for (const character of ['a', 'é', '😀']) {
    const { send, ada, unchanged } = await writer()
    const { status, body } = await send({ text: character.repeat(4001) })
    assert.equal(status, 400, character)
    assert.deepEqual(body.message, ['text: must be at most 4000 characters'])
    await unchanged()
    assert.equal((await send({ text: character.repeat(4000) })).status, 201, character)
    assert.ok((await ada.history()).some(({ payload }) => payload.text === character.repeat(4000)))
  }
})

test("an agent's body is refused as a visitor's is, and nothing is said", async () => {
  const ada = await visitor(dev)
  await ada.say('hello')
  const sam = agent(dev)
  await sam.find(ada.conversationId)
  const before = await ada.history('?after=0')
  const path = `${sam.path}/conversations/${ada.conversationId}/messages`
  const wrong = ['', '[]', '["hello"]', '{}', '{"text":""}', '{"text":7}', '{"text":"a","private":"yes"}', '{"text":"a","author":"visitor"}', `{"text":"${'a'.repeat(4001)}"}`]
  for (const body of wrong) assert.equal((await sam.api.ask('POST', path, { body })).status, 400, body.slice(0, 40))
  assert.equal((await sam.api.ask('POST', path, { body: 'text=a', headers: { 'content-type': 'text/plain' } })).status, 415)
  assert.equal((await sam.api.ask('POST', path, { body: `{"text":"${'a'.repeat(LIMIT)}"}` })).status, 413)
  assert.deepEqual(await ada.history('?after=0'), before)
  const { data } = await sam.api.get(path)
  assert.deepEqual(data.map(({ id }) => id), before.toReversed().map(({ id }) => id))
})

test('a body of thousands of fields is refused in a sentence', async () => {
  const body = `{${Array.from({ length: 8000 }, () => '"utm":0').join(',')}}`
  const { status, body: answer } = await client(dev.baseUrl).post(`/web-chat/${dev.widgetToken}/sessions`, body)
  assert.deepEqual([status, answer.message], [400, ['the body must have at most 100 fields']])
})
