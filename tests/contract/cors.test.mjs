/** Pages of any origin may ask and may read the answers, refusals too; nothing rests on the origin. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { description } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { visitor } from '../support/people.mjs'

const dev = await deployment()
const ORIGIN = 'https://shop.example'
const list = (header) => header.split(',').map((part) => part.trim().toLowerCase())

/** Every path of the description, with something in its places. */
// Chat servers are not pages: what they call, no page may (gateway.test.mjs).
const PATHS = Object.entries(description.paths).filter(([template]) => !template.startsWith('/api/v2/')).map(([template, methods]) => ({
  path: template.replace('{token}', dev.widgetToken).replace('{orgId}', dev.organizationId).replace('{id}', randomUUID()),
  methods: Object.keys(methods).map((method) => method.toUpperCase()),
}))

function readable(response, what) {
  assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN, what)
  assert.ok(list(response.headers.get('vary')).includes('origin'), what)
  assert.equal(response.headers.get('access-control-allow-credentials'), null, what)
}

test('a preflight is answered on every path, with the methods and headers that may be used there', async () => {
  assert.ok(PATHS.length >= 12)
  for (const { path, methods } of PATHS) {
    const response = await fetch(dev.baseUrl + path, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': methods[0], 'access-control-request-headers': 'authorization, content-type' },
    })
    assert.equal(response.status, 204, path)
    assert.equal(await response.text(), '')
    readable(response, path)
    assert.deepEqual(list(response.headers.get('access-control-allow-methods')).sort(), methods.map((method) => method.toLowerCase()).sort(), path)
    assert.deepEqual(list(response.headers.get('access-control-allow-headers')), ['authorization', 'content-type', 'idempotency-key', 'x-visitor-token'])
    assert.ok(Number(response.headers.get('access-control-max-age')) > 0)
  }
})

test('answers and refusals can be read by the page that asked, with the headers it needs', async () => {
  const ada = await visitor(dev)
  const authorization = `Bearer ${ada.token}`
  const json = { authorization, 'content-type': 'application/json' }
  const asked = [
    [200, `${ada.path}/config`], [200, `${ada.path}/history`, { headers: { authorization } }],
    [201, `${ada.path}/messages`, { method: 'POST', headers: json, body: '{"text":"hello"}' }],
    [400, `${ada.path}/messages`, { method: 'POST', headers: json, body: '{}' }],
    [401, `${ada.path}/history`], [404, '/web-chat/wt_nobody_knows/config'], [404, `${ada.path}/nothing`], [404, '/nothing'],
    [405, `${ada.path}/messages`], [415, `${ada.path}/messages`, { method: 'POST', headers: { authorization }, body: '{}' }], [426, `${ada.path}/live`, { headers: { authorization } }],
    [401, `/organizations/${dev.organizationId}/conversations`], [200, `/organizations/${dev.organizationId}/conversations`, { headers: { authorization: `Bearer ${dev.apiKey}` } }],
    [404, `${ada.path}/nothing`, { method: 'OPTIONS' }],
  ]
  for (const [status, path, options = {}] of asked) {
    const response = await fetch(dev.baseUrl + path, { ...options, headers: { ...options.headers, origin: ORIGIN } })
    await response.text()
    assert.equal(response.status, status, path)
    readable(response, path)
    const exposed = list(response.headers.get('access-control-expose-headers'))
    for (const header of ['x-next-before', 'idempotent-replayed', 'retry-after', 'x-ratelimit-limit', 'x-ratelimit-remaining']) assert.ok(exposed.includes(header), header)
  }
})

test('each origin is echoed as it is, and without one none is allowed', async () => {
  const path = `${dev.baseUrl}/web-chat/${dev.widgetToken}/config`
  for (const origin of ['null', 'http://localhost:3000', 'https://xn--bcher-kva.example']) {
    const response = await fetch(path, { headers: { origin } })
    await response.text()
    assert.equal(response.headers.get('access-control-allow-origin'), origin)
  }
  const response = await fetch(path)
  await response.text()
  assert.equal(response.headers.get('access-control-allow-origin'), null)
  assert.ok(list(response.headers.get('vary')).includes('origin'))
})
