/** A load on one side: so many connections, each asking again as soon as it is answered, until the time is over. */
import { Agent, request } from 'node:http'

/** A client of one side. */
export function client({ name, host, port }, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })

  /** One call; `expected` is the status without which the bench means nothing. */
  const ask = ({ method = 'GET', path, headers = {}, body, expected }) => new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : JSON.stringify(body)
    const all = sent === undefined ? headers : { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }
    const call = request({ agent, host, port, method, path, headers: { origin: 'https://shop.example', ...all } }, (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (expected === undefined || response.statusCode === expected) resolve({ status: response.statusCode, headers: response.headers, text: () => Buffer.concat(chunks).toString() })
        else reject(new Error(`${name}: ${method} ${path} answered ${response.statusCode}: ${Buffer.concat(chunks).toString().slice(0, 500)}`))
      })
    })
    call.setTimeout(10_000, () => call.destroy(new Error(`${name}: ${method} ${path} was not answered within 10 s`)))
    call.on('error', reject)
    call.end(sent)
  })

  return {
    connections,
    ask,
    json: async (call) => {
      const { status, headers, text } = await ask(call)
      return { status, headers, body: JSON.parse(text()) }
    },
    close: () => agent.destroy(),
  }
}

/** Asks what `next(connection)` says, for so many seconds and at most so many times: `{ count, seconds }`. */
export async function load(client, next, { seconds, most }) {
  const began = performance.now()
  const until = began + seconds * 1000
  let begun = 0
  let count = 0
  const one = async (connection) => {
    while (performance.now() < until && begun < most) {
      begun += 1
      await client.ask(next(connection))
      count += 1
    }
  }
  await Promise.all(Array.from({ length: client.connections }, (_, connection) => one(connection)))
  return { count, seconds: (performance.now() - began) / 1000 }
}
