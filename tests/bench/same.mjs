/** Two sides can be compared where they answer the same. */
import assert from 'node:assert/strict'
import { PATH } from './sides.mjs'

/** A session and a client's headers for it. */
export async function visitor(client) {
  const { body } = await client.json({ method: 'POST', path: `${PATH}/sessions`, body: { mode: 'anonymous' }, expected: 201 })
  return { headers: { authorization: `Bearer ${body.data.sessionToken}` }, session: body.data }
}

/** Fails where one side answers a visitor's calls in another shape or with another status than the other. */
export async function checkSameness(clients) {
  const [ours, theirs] = await Promise.all(clients.map(dialogue))
  assert.deepEqual(theirs, ours, 'the two sides do not answer the same')
}

async function dialogue(client) {
  const { headers, session } = await visitor(client)
  const answers = [shape(session)]
  const keep = ({ status, headers, body }) => {
    const exposed = ['content-type', 'cache-control', 'x-content-type-options', 'access-control-allow-origin', 'idempotent-replayed']
    // The names of media types are compared, their parameters are matters of taste.
    answers.push({ status, ...Object.fromEntries(exposed.map((name) => [name, headers[name]?.split(';')[0]])), body: shape(body) })
    return body
  }
  const post = async (body, more = headers) => keep(await client.json({ method: 'POST', path: `${PATH}/messages`, headers: more, body }))
  const first = await post({ text: 'one', clientId: 'client-a' })
  const again = await post({ text: 'one', clientId: 'client-a' })
  assert.equal(again.data.id, first.data.id)
  await post({ text: 'two', clientId: 'client-b', replyTo: first.data.id })
  keep(await client.json({ path: `${PATH}/history?limit=50`, headers }))
  const page = await client.json({ path: `${PATH}/history?limit=1`, headers })
  assert.deepEqual([page.body.data.length, page.body.data[0].payload.text], [1, 'two'])
  assert.equal(page.headers['x-next-before'], page.body.data[0].id)
  const older = await client.json({ path: `${PATH}/history?limit=5&before=${page.body.data[0].id}`, headers })
  assert.deepEqual(older.body.data.map(({ payload }) => payload.text), ['one'])
  keep(await client.json({ path: `${PATH}/config` }))
  const renewed = await client.json({ method: 'POST', path: `${PATH}/sessions`, headers, body: { mode: 'anonymous' } })
  assert.deepEqual([renewed.body.data.visitorId, renewed.body.data.conversationId], [session.visitorId, session.conversationId])

  const refused = async (ask) => {
    const { status, body } = await ask
    answers.push({ status, body: { ...body, message: typeof body.message === 'object', timestamp: '' } })
  }
  const send = (body, headers) => client.json({ method: 'POST', path: `${PATH}/messages`, headers, body })
  for (const body of [{}, { text: '' }, { text: 7 }, { text: 'x'.repeat(4001) }, { text: 'x', more: 1 }]) await refused(send(body, headers))
  await refused(send({ text: 'another', clientId: 'client-a' }, headers))
  await refused(send({ text: 'x' }, {}))
  await refused(send({ text: 'x' }, { authorization: `${headers.authorization}x` }))
  await refused(client.json({ path: `${PATH}/nothing` }))
  return answers
}

/** A value with its texts and numbers left out. */
export function shape(value) {
  if (Array.isArray(value)) return value.map(shape)
  if (value === null || typeof value !== 'object') return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]).sort())
}
