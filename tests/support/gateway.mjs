/** Chat servers that forward their visitors, and what administrators make for them. */
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { client, conforms } from './api.mjs'

/** An account of a channel, with a server: `{ account, server, secret, chat, session }`. */
export async function gateway(dev, { channelId = dev.widgetId, callbackUrl = 'https://hooks.example.com/porchlight', key = dev.apiKey } = {}) {
  const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  const path = `/organizations/${dev.organizationId}/gateway-accounts`
  const { status, data: account } = await admin.post(path, { channelId, name: 'Forwarded' })
  assert.equal(status, 201)
  const server = `chat-${randomBytes(4).toString('hex')}.example.com`
  const { data: registered } = await admin.post(`${path}/${account.id}/servers`, { server, callbackUrl })
  return { account, server, registered, secret: registered.secret, admin, path: `${path}/${account.id}`, chat: chat(dev.baseUrl, key) }
}

/** Calls an endpoint: `chat('requestChatConfig', fields)` gives `{ status, body, headers }`, checked against the description. */
export function chat(baseUrl, key) {
  return async (name, fields, { spelling = json, headers = {}, method = 'POST', query = '' } = {}) => {
    const { body, type } = fields === undefined ? {} : spelling(fields)
    const path = `/api/v2/chat/${name}${query}`
    const response = await fetch(baseUrl + path, {
      method,
      headers: { ...(key ? { apiKey: key } : {}), ...(type ? { 'content-type': type } : {}), ...headers },
      body,
    })
    const told = await response.json()
    conforms(method, path, response, told)
    assert.equal(response.headers.get('access-control-allow-origin'), null, 'no page may ask')
    return { status: response.status, body: told, headers: response.headers }
  }
}

/** The spellings of a body. */
export const json = (fields) => ({ body: JSON.stringify(fields), type: 'application/json' })
export const urlencoded = (fields) => ({ body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' })
export const literal = (fields) => ({ body: `\n${JSON.stringify(fields, null, 2)}`, type: 'multipart/form-data' })
export const multipart = (fields) => {
  const parts = Object.entries(fields).map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
  return { body: `${parts.join('')}--b--\r\n`, type: 'multipart/form-data; boundary=b' }
}
export const SPELLINGS = { json, urlencoded, literal, multipart }

/** A session's name that nobody has. */
export const newSession = () => randomUUID()
