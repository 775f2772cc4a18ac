/**
 * Other people's server: a real one on this machine, which stands for every host under `.test` and for the resolver of names
 * (`TEST_SERVER`). `received` has what was posted to it; `answers(path, way)` says how it answers there: by a status, or
 * `'stall'`, `'redirect'`, `'endless'` and `'broken'` (200, and a body that does not end or breaks off), or a function of the
 * call that gives one of these.
 */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { eventually } from './api.mjs'

export async function receiver() {
  const received = []
  const ways = new Map()
  const names = new Map()
  const open = new Map()
  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url, 'http://receiver')
    if (path === '/dns-query') return response.end(answer(names, searchParams))
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const call = { path, method: request.method, headers: request.headers, text, body: JSON.parse(text) }
    received.push(call)
    // Whether it is told the same, or something else of the same session, while it has not answered yet.
    const what = `${path} ${call.body.conversationId}`
    call.alone = !open.get(what)
    open.set(what, (open.get(what) ?? 0) + 1)
    response.on('close', () => open.set(what, open.get(what) - 1))
    const way = ways.get(path)
    const status = (typeof way === 'function' ? await way(call) : way) ?? 204
    if (status === 'stall') return
    call.status = status
    if (status === 'redirect') return response.writeHead(307, { location: '/elsewhere' }).end()
    if (status === 'endless' || status === 'broken') {
      response.writeHead(200, { 'content-length': 100 }).write('so far')
      return status === 'broken' && setTimeout(() => request.socket.destroy(), 100)
    }
    response.writeHead(status).end()
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    received,
    answers: (path, way) => ways.set(path, way),
    /** Has a name lead to these addresses. */
    resolves: (name, addresses) => names.set(name, addresses),
    /** What was posted to a path of a conversation, or of all; as soon as there are so many. */
    got: (path, count, conversationId) => {
      const of = () => received.filter((call) => call.path === path && (conversationId === undefined || call.body.conversationId === conversationId))
      return eventually(of, (calls) => calls.length >= count, 15_000)
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** What a resolver answers (https://developers.cloudflare.com/1.1.1.1/encryption/dns-over-https/make-api-requests/dns-json). */
function answer(names, query) {
  const [name, type] = [query.get('name'), Number(query.get('type'))]
  if (!names.has(name)) return JSON.stringify({ Status: 3 })
  const found = names.get(name).filter((address) => address.includes(':') === (type === 28))
  return JSON.stringify({ Status: 0, Answer: found.map((data) => ({ name, type, TTL: 60, data })) })
}

/** Fails where a call is not signed by this secret, a moment ago. */
export function isSigned({ headers, text }, secret) {
  const [, time, signature] = headers['x-porchlight-signature'].match(/^t=(\d+),v1=([0-9a-f]{64})$/)
  assert.equal(signature, createHmac('sha256', secret).update(`${time}.${text}`).digest('hex'))
  assert.ok(Math.abs(Date.now() / 1000 - time) < 30, `${time} is not now`)
}
