/**
 * What clients written for mosend's API call, with the fields they send and the ones they read: their SDK's
 * `webChatPublic.*` and `webChat.*`. Their package is in no registry, so its calls are made here by hand.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { deployment } from '../support/deployment.mjs'
import { mailed } from '../support/mail.mjs'

const dev = await deployment()
const path = `/web-chat/${dev.widgetToken}`
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

/** As the SDK asks: a key in a header of its own, a visitor's token as the bearer; it reads `data` of the answer. */
async function request(method, path, { token, key, body, query = {} } = {}) {
  const url = new URL(path, dev.baseUrl)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  const form = body instanceof FormData
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body && !form ? { 'content-type': 'application/json' } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(key ? { 'x-api-key': key } : {}),
    },
    body: form ? body : body && JSON.stringify(body),
  })
  const text = await response.text()
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`)
  if (response.status === 204) return undefined
  const answer = JSON.parse(text)
  assert.match(answer.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  return answer.data
}

const session = (more = {}) => request('POST', `${path}/sessions`, { body: { visitorId: randomUUID(), mode: 'anonymous', ...more } })

test('createSession takes all that the SDK sends', async () => {
  const created = await session({
    mode: 'identified', name: 'Ada', email: 'ada@example.com', phone: '+44 20 7946 0018', departmentId: '',
    url: 'https://shop.example/lamp', referer: 'https://search.example/', title: 'A lamp', lang: 'es-CO',
    utm: { source: 'news', medium: 'mail', campaign: 'autumn', term: 'lamp', content: 'top' }, attributes: { plan: 'pro' },
  })
  assert.equal(typeof created.sessionToken, 'string')
  assert.match(created.visitorId, /^[0-9a-f-]{36}$/)
  assert.equal(created.identityVerified, false)
  assert.ok(Date.parse(created.expiresAt) > Date.now())
})

test('createSession, resendOtp: a code by mail', async () => {
  const email = `otp-${randomUUID()}@example.com`
  const visitorId = randomUUID()
  const asked = await session({ visitorId, mode: 'verify-otp', email })
  assert.equal(asked.otpRequired, true)
  assert.ok(!('sessionToken' in asked))
  const [mail] = await mailed(dev, email)
  const verified = await session({ visitorId, mode: 'verify-otp', email, otp: mail.text.match(/\b\d{6}\b/)[0] })
  assert.equal(verified.identityVerified, true)
  assert.deepEqual(await request('POST', `${path}/sessions/resend-otp`, { body: { email } }), { ok: true })
})

test('linkEmail answers like createSession', async () => {
  const { sessionToken, visitorId } = await session()
  const linked = await request('POST', `${path}/sessions/link-email`, { token: sessionToken, body: { email: 'bob@example.com', name: 'Bob' } })
  assert.equal(linked.visitorId, visitorId)
  assert.equal(typeof linked.sessionToken, 'string')
  assert.equal(linked.identityVerified, false)
})

test('upload, sendMessage, history: the fields the SDK reads', async () => {
  const { sessionToken: token } = await session()
  const form = new FormData()
  form.append('file', new Blob([PNG], { type: 'image/png' }), 'dot.png')
  const uploaded = await request('POST', `${path}/upload`, { token, body: form })
  assert.deepEqual([uploaded.mediaId, uploaded.mediaAssetId, uploaded.mimeType], [uploaded.id, uploaded.id, 'image/png'])
  assert.equal((await fetch(uploaded.url)).status, 200)
  const sent = await request('POST', `${path}/messages`, {
    token,
    body: { caption: 'A dot', attachment: { mediaAssetId: uploaded.mediaAssetId, kind: 'image', filename: 'dot.png' } },
  })
  assert.deepEqual([sent.direction, sent.type], ['IN', 'image'])
  // The SDK sends the token in the query, too; it is not read there.
  const history = await request('GET', `${path}/history`, { token, query: { sessionToken: 'x', limit: 1 } })
  assert.ok(Array.isArray(history))
  assert.equal(history.length, 1)
  for (const field of ['id', 'conversationId', 'direction', 'type', 'payload', 'createdAt']) assert.ok(field in history[0], field)
})

test('webChat: channels, snippet, identity secret', async () => {
  const channels = `/organizations/${dev.organizationId}/web-chat/channels`
  const key = dev.apiKey
  const listed = await request('GET', channels, { key })
  assert.ok([listed.data ?? listed].flat().some(({ token }) => token === dev.widgetToken))
  const created = await request('POST', channels, { key, body: { name: 'A shop', allowedDomains: ['shop.example'], enabled: true } })
  for (const field of ['id', 'name', 'token', 'allowedDomains', 'enabled', 'createdAt', 'updatedAt']) assert.ok(field in created, field)
  const changed = await request('PATCH', `${channels}/${created.id}`, { key, body: { name: 'Another shop', identityRequired: true } })
  assert.deepEqual([changed.name, changed.identityRequired], ['Another shop', true])
  assert.match((await request('GET', `${channels}/${created.id}/snippet`, { key })).html, new RegExp(`data-widget="${created.token}"`))
  const secret = await request('POST', `${channels}/${created.id}/identity-secret`, { key })
  assert.equal(typeof secret.secret, 'string')
  assert.ok(Date.parse(secret.rotatedAt))
  await request('DELETE', `${channels}/${created.id}/identity-secret`, { key })
  await request('DELETE', `${channels}/${created.id}`, { key })
})
