/** Livechat clients, who choose their own tokens: their calls by hand, for what Rocket.Chat's own client never sends. */
import assert from 'node:assert/strict'
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { client } from './api.mjs'

/** Where a deployment's widget takes livechat calls. */
export const pathOf = (dev) => `/livechat/${dev.widgetToken}/api/v1/livechat`

/** A token as clients make them. */
export const newToken = () => randomBytes(12).toString('base64url')

/** Calls that nobody in particular makes: `{ path, get, post, put, del }`; a query is an object, and so is a body. */
export function calls(dev, headers = {}) {
  const api = client(dev.baseUrl, headers)
  const path = pathOf(dev)
  const at = (name, query) => `${path}/${name}${query === undefined ? '' : `?${new URLSearchParams(query)}`}`
  return {
    path,
    api,
    get: (name, query) => api.get(at(name, query)),
    post: (name, body, options) => api.post(at(name), body, options),
    put: (name, body) => api.ask('PUT', at(name), { body }),
    del: (name, body, query) => api.ask('DELETE', at(name, query), { body }),
  }
}

/** A visitor with a room: `{ id, token, rid, visitor, room, say, send, history, … }`, and the calls with their token put in. */
export async function guest(dev, { token = newToken(), headers = {}, ...visitor } = {}) {
  // From an address of their own, as visitors come.
  const all = calls(dev, { 'cf-connecting-ip': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`, ...headers })
  const registered = fine(await all.post('visitor', { visitor: { token, ...visitor } })).visitor
  const have = async () => fine(await all.get('room', { token })).room
  const room = await have()
  const rid = room._id
  return {
    ...all,
    id: registered._id,
    token,
    rid,
    visitor: registered,
    room,
    have,
    /** Sends a message, and gives the answer. */
    send: (msg, more = {}) => all.post('message', { token, rid, msg, ...more }),
    /** Sends a message that is taken, and gives it. */
    say: async (msg, more = {}) => fine(await all.post('message', { token, rid, msg, _id: randomUUID(), ...more })).message,
    read: (id, more = {}) => all.get(`message/${id}`, { token, rid, ...more }),
    edit: (id, msg, more = {}) => all.put(`message/${id}`, { token, rid, msg, ...more }),
    remove: (id, more = {}) => all.del(`message/${id}`, { token, rid, ...more }),
    load: (query = {}, room = rid) => all.get(`messages.history/${room}`, { token, ...query }),
    history: async (query = {}, room = rid) => fine(await all.get(`messages.history/${room}`, { token, ...query })).messages,
    close: (room = rid) => all.post('room.close', { token, rid: room }),
  }
}

/** The body of an answer that is none but well. */
export function fine({ status, body }) {
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** Fails where an answer is no refusal by this name, or by these words where it is one of its schema. */
export function refused({ status, body }, error, what = '') {
  assert.deepEqual([status, body], [400, { success: false, error }], what)
}

/** The same, for a refusal that has a code. */
export function coded({ status, body }, errorType, sentence, what = '') {
  assert.deepEqual([status, body.success, body.errorType], [400, false, errorType], `${what} ${JSON.stringify(body)}`)
  assert.ok(body.error.endsWith(` [${errorType}]`), body.error)
  if (sentence !== undefined) assert.equal(body.error, `${sentence} [${errorType}]`, what)
}

export const invalid = (answer, sentence, what) => coded(answer, 'invalid-params', sentence, what)

/** A new widget of the demo's organization, without a bot: the deployment as the tests know it, with it in the demo's place. */
export async function quiet(dev, settings = {}, more = {}) {
  const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  const channels = `/organizations/${dev.organizationId}/web-chat/channels`
  const { status, data, body } = await admin.post(channels, { name: 'Quiet', settings, ...more })
  assert.equal(status, 201, JSON.stringify(body))
  const change = (body) => admin.ask('PATCH', `${channels}/${data.id}`, { body })
  return { ...dev, widgetId: data.id, widgetToken: data.token, change }
}
