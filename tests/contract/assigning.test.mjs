/** Who answers whom: assigning, and finding what is whose. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const sam = agent(dev)
const outsider = agent(dev, dev.other.apiKey, dev.other.organizationId)
const [me] = (await sam.api.get(`${sam.path}/agents`)).data

const assign = (id, agentId, options) => sam.api.post(`${sam.path}/conversations/${id}/assign`, { agentId }, options)
const read = async (id) => (await sam.api.get(`${sam.path}/conversations/${id}`)).data

/** A visitor whom the bot has asked for their name. */
async function asked() {
  const ada = await visitor(dev)
  await ada.say('Talk to a person')
  await sam.find(ada.conversationId)
  return { ada, id: ada.conversationId }
}

test('agents are listed to those of their organization alone', async () => {
  assert.equal(me.name, 'Sam')
  assert.deepEqual((await outsider.api.get(`${outsider.path}/agents`)).data, [])
  assert.equal((await outsider.api.get(`${sam.path}/agents`)).status, 403)
})

test('an assigned conversation has its agent, is open, and its bot is silent', async () => {
  const { ada, id } = await asked()
  const [live, inbox] = [await ada.live(), await sam.live()]
  const { status, data } = await assign(id, me.id)
  assert.deepEqual([status, data.id, data.assignee, data.status], [201, id, me, 'open'])
  assert.equal((await live.next(({ t }) => t === 'status')).status, 'open')
  assert.deepEqual((await inbox.next((frame) => frame.t === 'conversation' && frame.id === id && frame.details.assignee)).details, { assignee: me, department: null, rating: null, tags: [] })
  const said = await ada.say('Ada')
  assert.equal((await ada.history())[0].id, said.id)
  assert.deepEqual((await sam.find(id)).assignee, me)
  // It can be taken back; the bot stays silent.
  assert.equal((await assign(id, null)).data.assignee, null)
  await eventually(() => sam.find(id), ({ assignee }) => assignee === null)
  const next = await ada.say('still here')
  assert.equal((await ada.history())[0].id, next.id)
  live.close()
  inbox.close()
})

test('nobody is assigned who is not there, is of another organization, or is no id', async () => {
  const { id } = await asked()
  for (const agentId of [randomUUID(), dev.widgetId]) assert.equal((await assign(id, agentId)).status, 404, agentId)
  for (const body of [{}, { agentId: 'Sam' }, { agentId: 7 }, { agentId: me.id, note: '' }]) {
    assert.equal((await sam.api.post(`${sam.path}/conversations/${id}/assign`, body)).status, 400, JSON.stringify(body))
  }
  assert.equal((await outsider.api.post(`${outsider.path}/conversations/${id}/assign`, { agentId: null })).status, 404)
  assert.equal((await read(id)).assignee, null)
})

test('a closed conversation is given to nobody', async () => {
  const { id } = await asked()
  await sam.api.post(`${sam.path}/conversations/${id}/close`)
  assert.equal((await assign(id, me.id)).status, 409)
})

test('assigning again changes nothing, and under an Idempotency-Key is done once', async () => {
  const { id } = await asked()
  const headers = { 'idempotency-key': randomUUID() }
  const first = await assign(id, me.id, { headers })
  const { updatedAt } = await read(id)
  assert.equal((await assign(id, me.id)).data.updatedAt, updatedAt)
  await assign(id, null)
  assert.deepEqual((await assign(id, me.id, { headers })).body, first.body)
  assert.equal((await read(id)).assignee, null)
  assert.equal((await assign(id, null, { headers })).status, 409)
})

test('the list is narrowed by agent, by nobody, by channel and by several at once', async () => {
  const [mine, nobodys] = [await asked(), await asked()]
  await assign(mine.id, me.id)
  await eventually(() => sam.find(mine.id), ({ assignee }) => assignee)
  const ids = async (query) => (await sam.list(`?limit=100&${query}`)).data.map(({ id }) => id)
  const has = async (query, ...wanted) => {
    const found = await ids(query)
    return wanted.map((id) => found.includes(id))
  }
  assert.deepEqual(await has(`assignee=${me.id}`, mine.id, nobodys.id), [true, false])
  assert.deepEqual(await has('assignee=none', mine.id, nobodys.id), [false, true])
  assert.deepEqual(await has(`channel=${dev.widgetId}`, mine.id, nobodys.id), [true, true])
  assert.deepEqual(await ids(`channel=${randomUUID()}`), [])
  assert.deepEqual(await has(`assignee=${me.id}&status=open&channel=${dev.widgetId}`, mine.id, nobodys.id), [true, false])
  assert.deepEqual(await ids(`assignee=${me.id}&status=pending`), [])
  assert.deepEqual(await ids('department=sales'), [])
  for (const item of (await sam.list(`?limit=100&assignee=${me.id}`)).data) assert.deepEqual(item.assignee, me)
  for (const query of ['assignee=', 'assignee=Sam', 'channel=', 'channel=x']) assert.equal((await sam.api.get(`${sam.path}/conversations?${query}`)).status, 400, query)
})
