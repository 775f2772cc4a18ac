/**
 * Asking the APIs as their clients would. Every answer is held against the API's own description: a status or a body
 * that `openapi.json` does not know fails the test that caused it.
 */
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import WebSocket from 'ws'
import { repo } from '../../scripts/repo.mjs'

/** What the APIs say of themselves. */
export const description = JSON.parse(readFileSync(repo('dist', 'openapi.json'), 'utf8'))
const ajv = addFormats(new Ajv({ strict: false, allErrors: true }))
for (const format of ['uint8', 'uint16', 'uint32', 'int64']) ajv.addFormat(format, { type: 'number', validate: Number.isInteger })
ajv.addSchema(description, 'openapi.json')

/** An API at a base URL. `headers` go with every call. */
export function client(baseUrl, headers = {}) {
  /** `body` is sent as JSON, or as it is where it is text; the answer is `{ status, headers, body, data }`. */
  async function ask(method, path, { body, headers: more = {} } = {}) {
    const json = body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array)
    const response = await fetch(baseUrl + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers, ...more },
      body: json ? JSON.stringify(body) : body,
    })
    const text = await response.text()
    const parsed = text === '' ? undefined : JSON.parse(text)
    conforms(method, path, response, parsed)
    keepsSecrets(text, { ...headers, ...more })
    return { status: response.status, headers: response.headers, body: parsed, data: parsed?.data }
  }
  return {
    ask,
    get: (path, options) => ask('GET', path, options),
    post: (path, body, options) => ask('POST', path, { ...options, body }),
    with: (extra) => client(baseUrl, { ...headers, ...extra }),
  }
}

/** Fails where an answer tells the credential it was asked with. */
function keepsSecrets(text, headers) {
  for (const [name, value] of Object.entries(headers)) {
    const secret = /^(authorization|x-api-key)$/i.test(name) ? value.split(' ').at(-1) : ''
    if (secret.length > 16) assert.ok(!text.includes(secret), `an answer repeats the request's ${name}`)
  }
}

/** Fails where an answer is not as the description says, or may be kept or sniffed. */
export function conforms(method, path, response, body) {
  if (response.status === 204) return assert.equal(body, undefined, 'there is nothing to tell')
  assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  const kept = response.status === 200 && /^\/web-chat\/[^/]+\/config$/.test(path) ? 'public, max-age=60' : 'no-store'
  assert.equal(response.headers.get('cache-control'), kept)
  const [livechat, gateway] = [isLivechat(path), path.startsWith('/api/v2/')]
  if (livechat) assert.equal(body.success, response.status === 200)
  else if (gateway) assert.equal(body.status === 'error', response.status >= 400)
  else if (response.status >= 400) {
    assert.equal(body.statusCode, response.status)
    assert.equal(body.path, path.split('?')[0])
    for (const sentence of [body.message].flat()) assert.match(sentence, /\w+ \w+/, 'a refusal says what to do')
  }
  const plain = `${isLivechat(path) && !path.startsWith('/livechat/') ? '/livechat/default' : ''}${path.split('?')[0]}`
  const template = Object.keys(description.paths).find((template) => matches(template, plain))
  const operation = template && description.paths[template][method.toLowerCase()]
  // What is not described at all must be refused in the one shape of errors.
  const pointer = operation
    ? `#/paths/${escape(template)}/${method.toLowerCase()}/responses/${response.status}/content/application~1json/schema`
    : `#/components/schemas/${livechat ? 'LivechatRefusal' : gateway ? 'GatewayRefusal' : 'ErrorBody'}`
  if (!operation) assert.ok([404, 405].includes(response.status), `${method} ${path} is not described, and answered ${response.status}`)
  else assert.ok(operation.responses[response.status], `${method} ${template} answered ${response.status}, which is not described: ${JSON.stringify(body)}`)
  const validate = ajv.getSchema(`openapi.json${pointer}`)
  assert.ok(validate, `no schema at ${pointer}`)
  assert.ok(validate(body), `${method} ${path} ${response.status}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`)
}

/** Whether a path is of the API that has its own words for what went well and what did not. */
const isLivechat = (path) => /^\/(livechat\/|api\/v1\/|websocket)/.test(path)

function matches(template, path) {
  const [left, right] = [template.split('/'), path.split('/')]
  return left.length === right.length && left.every((part, n) => (part.startsWith('{') ? right[n] !== '' : part === right[n]))
}

const escape = (template) => encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'))

/** Checks a frame of a socket against its schema in the description. */
export function frameConforms(schema, frame) {
  const validate = ajv.getSchema(`openapi.json#/components/schemas/${schema}`)
  assert.ok(validate(frame), `${schema}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(frame)}`)
}

/** A socket whose frames can be waited for, in order. */
export async function socket(url, protocols, options = {}) {
  const { schema = 'ServerFrame', ...rest } = options
  const ws = new WebSocket(url.replace(/^http/, 'ws'), protocols, rest)
  const frames = []
  const waiting = []
  const closed = new Promise((resolve) => ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })))
  ws.on('message', (data) => {
    const text = data.toString()
    const frame = text === 'pong' ? text : JSON.parse(text)
    if (frame !== 'pong') frameConforms(schema, frame)
    frames.push(frame)
    for (const check of [...waiting]) check()
  })
  await new Promise((resolve, reject) => {
    ws.on('open', resolve)
    ws.on('unexpected-response', (_, response) => reject(Object.assign(new Error(`status ${response.statusCode}`), { status: response.statusCode })))
    ws.on('error', reject)
  })
  return {
    ws,
    frames,
    closed,
    send: (frame) => ws.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
    close: () => ws.close(),
    /** The first frame, past or to come, that satisfies `wanted`; it is taken out of `frames`. */
    next: (wanted, within = 5000) => new Promise((resolve, reject) => {
      const check = () => {
        const at = frames.findIndex(wanted)
        if (at < 0) return
        done()
        resolve(frames.splice(at, 1)[0])
      }
      const timer = setTimeout(() => { done(); reject(new Error(`no such frame within ${within} ms; had ${JSON.stringify(frames)}`)) }, within)
      const done = () => { clearTimeout(timer); waiting.splice(waiting.indexOf(check) >>> 0, 1) }
      waiting.push(check)
      check()
    }),
  }
}

/** Asks again until `found` says so, for what is told a moment later. */
export async function eventually(ask, found, within = 5000) {
  const until = Date.now() + within
  for (;;) {
    const answer = await ask()
    if (found(answer)) return answer
    if (Date.now() > until) assert.fail(`not within ${within} ms; the last answer was ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
