/** Nobody is drowned: what comes faster than people type is refused, with when to try again. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { visitor } from '../support/people.mjs'

let own
before(async () => { own = await ownDeployment({}) })
after(() => own?.remove())

test('the 21st message within ten seconds is a 429 and is not kept; retries are let through, and so is who waits', async () => {
  const [ada, bob] = [await visitor(own.dev), await visitor(own.dev)]
  const send = (body) => ada.api.post(`${ada.path}/messages`, body)
  const first = { text: 'message 0', clientId: randomUUID() }
  assert.equal((await send(first)).status, 201)
  const rest = await Promise.all(Array.from({ length: 24 }, (_, n) => send({ text: `message ${n + 1}` })))
  assert.equal(rest.filter(({ status }) => status === 201).length, 19)
  const refused = rest.filter(({ status }) => status === 429)
  assert.equal(refused.length, 5)
  for (const { headers, body } of refused) {
    const wait = Number(headers.get('retry-after'))
    assert.ok(Number.isInteger(wait) && wait >= 1 && wait <= 10, `${wait}`)
    assert.deepEqual([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')], ['20', '0'])
    assert.equal(body.message, `too many requests: try again in ${wait} s`)
  }
  const said = async () => (await ada.history('?limit=100')).filter(({ direction }) => direction === 'IN').length
  assert.equal(await said(), 20)
  // What is kept is answered again, what is asked is answered, and another visitor does not wait.
  assert.equal((await send(first)).headers.get('idempotent-replayed'), 'true')
  assert.ok((await bob.say('hello')).id)

  const late = { text: 'too soon', clientId: randomUUID() }
  const { status, headers } = await send(late)
  assert.equal(status, 429)
  await new Promise((resolve) => setTimeout(resolve, Number(headers.get('retry-after')) * 1000))
  assert.equal((await send(late)).status, 201)
  assert.equal(await said(), 21)
})

test('one address cannot begin visitors without end', async () => {
  const begin = () => client(own.dev.baseUrl).post(`/web-chat/${own.dev.widgetToken}/sessions`, { mode: 'anonymous' })
  const answers = []
  for (let n = 0; n < 65; n += 1) answers.push(await begin())
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length > 0 && answers[0].status === 201)
  assert.ok(Number(refused[0].headers.get('retry-after')) >= 1)
})
