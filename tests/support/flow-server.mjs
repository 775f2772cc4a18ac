/** A server that flows ask: `https://flow-server.test/…` in their steps. */
import { createServer } from 'node:http'

export async function flowServer() {
  const asked = []
  const server = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    asked.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() })
    if (request.url.startsWith('/slow')) return
    if (request.url.startsWith('/moved')) return response.writeHead(302, { location: '/orders/7' }).end()
    if (request.url.startsWith('/huge')) return response.end('x'.repeat(70_000))
    if (request.url.startsWith('/gone')) return response.writeHead(410).end('{}')
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ order: { state: 'sent', items: [{ name: 'Heron' }] } }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${server.address().port}`, asked, close }
}
