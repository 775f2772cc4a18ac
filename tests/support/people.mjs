/** The people of the tests: visitors who write, and agents who answer. */
import { randomInt, randomUUID } from 'node:crypto'
import { client, eventually, socket } from './api.mjs'

/** A visitor with a session: `{ id, token, conversationId, say, history, api, live }`. */
export async function visitor(dev, body = { mode: 'anonymous' }) {
  const path = `/web-chat/${dev.widgetToken}`
  // From an address of their own, as visitors come.
  const headers = { 'cf-connecting-ip': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}` }
  const session = (await client(dev.baseUrl).post(`${path}/sessions`, body, { headers })).data
  const api = client(dev.baseUrl, { authorization: `Bearer ${session.sessionToken}` })
  return {
    id: session.visitorId,
    token: session.sessionToken,
    conversationId: session.conversationId,
    session,
    path,
    api,
    say: async (text, more = {}) => (await api.post(`${path}/messages`, { text, clientId: randomUUID(), ...more })).data,
    history: async (query = '') => (await api.get(`${path}/history${query}`)).data,
    live: () => socket(`${dev.baseUrl}${path}/live`, ['porchlight.v1', session.sessionToken]),
  }
}

/** The demo's agent: `{ api, path, list, find, answer, live }`. */
export function agent(dev, key = dev.apiKey, organizationId = dev.organizationId) {
  const path = `/organizations/${organizationId}`
  const api = client(dev.baseUrl, { 'x-api-key': key })
  const list = async (query = '') => (await api.get(`${path}/conversations${query}`)).data
  return {
    api,
    path,
    list,
    /** The conversation of a visitor who has just written. */
    find: async (conversationId) => {
      const page = await eventually(() => list('?limit=100'), (page) => page.data.some(({ id }) => id === conversationId))
      return page.data.find(({ id }) => id === conversationId)
    },
    answer: async (conversationId, text, more = {}) =>
      (await api.post(`${path}/conversations/${conversationId}/messages`, { text, ...more })).data,
    live: () => socket(`${dev.baseUrl}${path}/live`, ['porchlight.v1'], { headers: { 'x-api-key': key }, schema: 'InboxFrame' }),
  }
}
