/** Organizations, keys and agents; and the record of who changed what. */
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, description } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'

const SETUP_SECRET = randomBytes(32).toString('hex')
const ALL = ['conversations.read', 'conversations.write', 'chat-widget.readonly', 'chat-widget.write', 'API_CHAT', 'flows.read', 'flows.write', 'admin']

let own, dev, anyone, admin, at
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off', SETUP_SECRET })
  dev = own.dev
  anyone = client(dev.baseUrl)
  admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  at = (path) => `/organizations/${dev.organizationId}${path}`
})
after(() => own?.remove())

const withKey = (key) => client(dev.baseUrl, { 'x-api-key': key })
const once = (text = randomUUID()) => ({ headers: { 'idempotency-key': text } })
const issue = async (body = {}) => {
  const { status, data } = await admin.post(at('/keys'), { name: 'A key', scopes: ['admin'], ...body })
  assert.equal(status, 201)
  return data
}
const audit = async (query = '') => (await admin.get(at(`/audit${query}`))).data

test('a key is shown once, does what its scopes say, and is listed without its secret', async () => {
  const { key, ...details } = await issue({ name: 'Reader', scopes: ['conversations.*', 'flows.read', 'conversations.read'] })
  assert.match(key, /^mk_live_[0-9a-f]{12}\.[\w-]{32}$/)
  assert.equal(key.split('.')[0], `mk_live_${details.prefix}`)
  assert.deepEqual(details.scopes, ['conversations.read', 'conversations.write', 'flows.read'])
  assert.deepEqual([details.agent, details.expiresAt, details.lastUsedAt, details.revokedAt], [null, null, null, null])
  const listed = async () => {
    const { body } = await admin.get(at('/keys'))
    assert.ok(!JSON.stringify(body).includes(key.split('.')[1]) && !/hash/i.test(JSON.stringify(body)))
    return body.data.find(({ id }) => id === details.id)
  }
  assert.deepEqual(await listed(), details)

  const before = Date.now()
  assert.equal((await withKey(key).get(at('/conversations'))).status, 200)
  assert.equal((await withKey(key).get(at('/keys'))).status, 403)
  assert.equal((await client(dev.baseUrl, { authorization: `Bearer ${key}` }).get(at('/conversations'))).status, 200)
  const used = Date.parse((await listed()).lastUsedAt)
  assert.ok(used >= before - 1000 && used <= Date.now() + 1000)

  assert.equal((await admin.ask('DELETE', at(`/keys/${details.id}`))).status, 200)
  assert.equal((await withKey(key).get(at('/conversations'))).status, 401)
  assert.ok((await listed()).revokedAt)
  assert.equal((await admin.ask('DELETE', at(`/keys/${details.id}`))).status, 404)
  const rows = await own.sql(`SELECT * FROM api_keys WHERE id = '${details.id}'`)
  assert.ok(!JSON.stringify(rows).includes(key.split('.')[1]), 'the secret is not kept')
})

test('a key can end, and belongs to an agent of its own organization', async () => {
  const { data: agent } = await admin.post(at('/agents'), { name: 'Robin' })
  const soon = new Date(Date.now() + 1500).toISOString()
  const { key, agent: holder, expiresAt } = await issue({ agentId: agent.id, expiresAt: soon })
  assert.deepEqual([holder, expiresAt], [agent, soon])
  assert.equal((await withKey(key).get(at('/keys'))).status, 200)
  await new Promise((resolve) => setTimeout(resolve, 1700))
  assert.equal((await withKey(key).get(at('/keys'))).status, 401)

  const { data: renamed } = await admin.ask('PATCH', at(`/agents/${agent.id}`), { body: { name: 'Robin B.' } })
  assert.deepEqual(renamed, { id: agent.id, name: 'Robin B.' })
  assert.ok((await admin.get(at('/agents'))).data.some(({ name }) => name === 'Robin B.'))
  assert.equal((await admin.ask('PATCH', at(`/agents/${randomUUID()}`), { body: { name: 'x' } })).status, 404)
  assert.equal((await withKey(dev.other.apiKey).post(`/organizations/${dev.other.organizationId}/keys`, { name: 'x', scopes: ['admin'], agentId: agent.id })).status, 400)
})

test('what a key is made with is checked, and a refusal makes nothing', async () => {
  const before = (await admin.get(at('/keys'))).data.length
  for (const [body, sentence] of [
    [{}, /name/], [{ name: 'x' }, /scopes/], [{ name: 'x', scopes: [] }, /scopes: must name at least one/],
    [{ name: 'x', scopes: ['root'] }, /scopes\[0\]: must be one of .*admin/], [{ name: 'x', scopes: ['*'] }, /scopes\[0\]/], [{ name: 'x', scopes: ['adm.*'] }, /scopes\[0\]/],
    [{ name: 'x', scopes: 'admin' }, /scopes: must be a list/], [{ name: ' ', scopes: ['admin'] }, /name/], [{ name: 'x', scopes: ['admin'], more: 1 }, /more/],
    [{ name: 'x', scopes: ['admin'], expiresAt: '2020-01-01T00:00:00.000Z' }, /expiresAt: must be in the future/], [{ name: 'x', scopes: ['admin'], expiresAt: 'soon' }, /expiresAt/],
    [{ name: 'x', scopes: ['admin'], agentId: randomUUID() }, /agentId/], [{ name: 'x'.repeat(300), scopes: ['admin'] }, /name/],
  ]) {
    const { status, body: answer } = await admin.post(at('/keys'), body)
    assert.equal(status, 400, JSON.stringify(body))
    assert.match([answer.message].flat().join(), sentence)
  }
  assert.equal((await admin.get(at('/keys'))).data.length, before)
  assert.equal((await admin.ask('DELETE', at('/keys/x'))).status, 404)
})

test('a creation made again under its key is answered as it was, secret and all, and done once', async () => {
  const again = once()
  const first = await admin.post(at('/keys'), { name: 'Once', scopes: ['admin'] }, again)
  const second = await admin.post(at('/keys'), { name: 'Once', scopes: ['admin'] }, again)
  assert.deepEqual(second.data, first.data)
  assert.equal(second.headers.get('idempotent-replayed'), 'true')
  assert.equal((await admin.get(at('/keys'))).data.filter(({ name }) => name === 'Once').length, 1)
  assert.equal((await admin.post(at('/keys'), { name: 'Other', scopes: ['admin'] }, again)).status, 409)
  const rows = JSON.stringify(await own.sql('SELECT * FROM answers'))
  assert.ok(!rows.includes(first.data.key.split('.')[1]), 'the answer is kept sealed')
})

test('an administrator’s key makes an organization, which is nobody else’s', async () => {
  const { status, data } = await admin.post('/organizations', { name: 'Branch', agentName: 'Kim' })
  assert.equal(status, 201)
  assert.deepEqual(Object.keys(data).sort(), ['key', 'organization'])
  assert.deepEqual([data.organization.name, data.key.agent.name, data.key.scopes], ['Branch', 'Kim', ALL])
  const branch = `/organizations/${data.organization.id}`
  const theirs = withKey(data.key.key)
  assert.deepEqual((await theirs.get(branch)).data, data.organization)
  assert.deepEqual((await theirs.get(`${branch}/agents`)).data, [data.key.agent])
  assert.equal((await admin.get(branch)).status, 403)
  assert.equal((await theirs.get(at(''))).status, 403)
  const renamed = await theirs.ask('PATCH', branch, { body: { name: 'Twig' } })
  assert.equal(renamed.data.name, 'Twig')
  const seen = (await theirs.get(`${branch}/audit`)).data
  assert.deepEqual(seen.map(({ action }) => action), ['organization.changed', 'organization.created'])
  assert.deepEqual(seen[0].changes, [{ path: 'name', before: 'Branch', after: 'Twig' }])
  assert.ok(dev.apiKey.includes(seen[1].keyPrefix), 'it is told who made it')
  assert.equal((await audit(`?target=${data.organization.id}`))[0].action, 'organization.created', 'and where they did')

  for (const [body, wanted] of [[{}, 400], [{ name: '' }, 400], [{ name: 'x', id: 'y' }, 400]]) assert.equal((await admin.post('/organizations', body)).status, wanted)
  assert.equal((await anyone.post('/organizations', { name: 'x' })).status, 401)
  const lesser = await issue({ scopes: ALL.filter((scope) => scope !== 'admin') })
  assert.equal((await withKey(lesser.key).post('/organizations', { name: 'x' })).status, 403)
})

test('the last key that may administer an organization stays, however many are taken back at once', async () => {
  const { data } = await admin.post('/organizations', { name: 'Alone' })
  const theirs = withKey(data.key.key)
  const keys = `/organizations/${data.organization.id}/keys`
  const lesser = (await theirs.post(keys, { name: 'Lesser', scopes: ['flows.read'] })).data
  const refused = await theirs.ask('DELETE', `${keys}/${data.key.id}`)
  assert.deepEqual([refused.status, /last key/.test(refused.body.message)], [409, true])
  const others = await Promise.all([1, 2, 3].map(() => theirs.post(keys, { name: 'Another', scopes: ['admin'] })))
  const ids = [data.key.id, ...others.map(({ data: { id } }) => id)]
  const ended = await Promise.all(ids.map((id, n) => withKey([data.key, ...others.map((other) => other.data)][(n + 1) % ids.length].key).ask('DELETE', `${keys}/${id}`)))
  const living = await own.sql(`SELECT id FROM api_keys WHERE organization_id = '${data.organization.id}' AND revoked_at IS NULL AND scopes LIKE '%admin%'`)
  assert.ok(living.length >= 1, JSON.stringify(ended.map(({ status }) => status)))
  assert.ok(ended.some(({ status }) => status === 200))
  assert.ok(lesser.id)
})

test('who changed what is told: from what to what, by which key; what changed nothing is not', async () => {
  const channel = (await admin.post(at('/web-chat/channels'), { name: 'Audited', settings: { heading: 'A', theme: { primary: '#112233' } } })).data
  const path = at(`/web-chat/channels/${channel.id}`)
  await admin.ask('PATCH', path, { body: { enabled: false, settings: { heading: 'B', theme: { primary: '#445566' }, placeholder: 'x'.repeat(900) } } })
  await admin.ask('PATCH', path, { body: { settings: { theme: { primary: 'red' } } } })
  const widget = `/chat-widget/data/${dev.organizationId}/${channel.id}`
  const headers = { authorization: `Bearer ${dev.apiKey}`, version: 'v3', 'content-type': 'application/json' }
  await fetch(dev.baseUrl + widget, { method: 'PATCH', headers, body: JSON.stringify({ name: 'Again' }) })
  const { data: { secret } } = await admin.post(`${path}/identity-secret`)
  await admin.ask('DELETE', `${path}/identity-secret`)
  await admin.ask('DELETE', `${path}/identity-secret`)
  await admin.ask('DELETE', path)
  await admin.ask('DELETE', path)

  const told = await audit(`?target=${channel.id}`)
  assert.deepEqual(told.map(({ action }) => action), ['widget.deleted', 'widget.secret.revoked', 'widget.secret.rotated', 'widget.changed', 'widget.changed', 'widget.created'])
  assert.deepEqual(told[3].changes, [{ path: 'name', before: 'Audited', after: 'Again' }])
  const [enabled, heading, primary, placeholder] = told[4].changes
  assert.deepEqual([enabled, heading, primary], [
    { path: 'enabled', before: true, after: false }, { path: 'settings.heading', before: 'A', after: 'B' },
    { path: 'settings.theme.primary', before: '#112233', after: '#445566' },
  ])
  assert.deepEqual([placeholder.path, placeholder.before, placeholder.after.length], ['settings.placeholder', null, 201])
  for (const entry of told) assert.deepEqual([entry.actor, dev.apiKey.startsWith(`mk_live_${entry.keyPrefix}.`)], ['Sam', true])
  assert.ok(!JSON.stringify(told).includes(secret))

  const { data: department } = await admin.post(at('/departments'), { name: 'Returns' })
  await admin.ask('PATCH', at(`/departments/${department.id}`), { body: { name: 'Refunds' } })
  await admin.ask('DELETE', at(`/departments/${department.id}`))
  assert.deepEqual((await audit(`?target=${department.id}`)).map(({ action, changes }) => [action, changes.length]), [['department.deleted', 0], ['department.changed', 1], ['department.created', 0]])
})

test('the record is read page by page, and each organization reads its own', async () => {
  const all = await audit('?limit=100')
  const first = await admin.get(at('/audit?limit=2'))
  assert.deepEqual(first.data, all.slice(0, 2))
  assert.deepEqual(await audit(`?limit=2&before=${first.headers.get('x-next-before')}`), all.slice(2, 4))
  for (const query of ['?limit=0', '?limit=x', '?before=x']) assert.equal((await admin.get(at(`/audit${query}`))).status, 400, query)
  const others = (await withKey(dev.other.apiKey).get(`/organizations/${dev.other.organizationId}/audit`)).data
  assert.ok(others.every(({ id }) => all.every((mine) => mine.id !== id)))
})

test('several changes of one widget at once: each that was done is told of, once', async () => {
  const channel = (await admin.post(at('/web-chat/channels'), { name: 'Raced' })).data
  const answers = await Promise.all([...Array(6).keys()].map((n) => admin.ask('PATCH', at(`/web-chat/channels/${channel.id}`), { body: { name: `Raced ${n}` } })))
  const done = answers.filter(({ status }) => status === 200).length
  const told = (await audit(`?target=${channel.id}`)).filter(({ action }) => action === 'widget.changed')
  assert.equal(told.length, done)
  assert.equal(told[0].changes[0].after, (await admin.get(at(`/web-chat/channels/${channel.id}`))).data.name)
})

test('changes of several APIs in one instant: each that was answered is kept', async () => {
  const headers = { authorization: `Bearer ${dev.apiKey}`, version: 'v3', 'content-type': 'application/json' }
  for (let round = 0; round < 12; round += 1) {
    const channel = (await admin.post(at('/web-chat/channels'), { name: 'Raced' })).data
    const widget = `/chat-widget/data/${dev.organizationId}/${channel.id}`
    const patch = (body) => fetch(dev.baseUrl + widget, { method: 'PATCH', headers, body: JSON.stringify(body) })
    const answers = await Promise.all([patch({ version: 10 }), patch({ chatType: 'waChat' }), admin.ask('PATCH', at(`/web-chat/channels/${channel.id}`), { body: { enabled: false } })])
    const kept = await (await fetch(dev.baseUrl + widget, { headers })).json()
    const { enabled } = (await admin.get(at(`/web-chat/channels/${channel.id}`))).data
    const done = answers.map(({ status }) => status === 200)
    assert.deepEqual([kept.version === 10, kept.chatType === 'waChat', !enabled], done, `round ${round}`)
  }
})

test('a change that says nothing of the default leaves it where it is', async () => {
  const headers = { authorization: `Bearer ${dev.apiKey}`, version: 'v3', 'content-type': 'application/json' }
  for (let round = 0; round < 8; round += 1) {
    const { chatWidgets } = await (await fetch(`${dev.baseUrl}/chat-widget/list?locationId=${dev.organizationId}&offset=0&limit=100`, { headers })).json()
    const old = chatWidgets.find((widget) => widget.default)
    const next = chatWidgets.find((widget) => !widget.default)
    const path = (widget) => `${dev.baseUrl}/chat-widget/data/${dev.organizationId}/${widget._id}`
    const [, made] = await Promise.all([
      admin.ask('PATCH', at(`/web-chat/channels/${old._id}`), { body: { name: `Old ${round}` } }),
      fetch(path(next), { method: 'PATCH', headers, body: JSON.stringify({ default: true }) }),
    ])
    assert.equal(made.status, 200)
    assert.equal((await made.json()).default, true)
    assert.equal((await (await fetch(path(next), { headers })).json()).default, true, `round ${round}`)
  }
})

test('an entry of the record stays small, whatever was changed', async () => {
  const headers = { authorization: `Bearer ${dev.apiKey}`, version: 'v3', 'content-type': 'application/json' }
  const channel = (await admin.post(at('/web-chat/channels'), { name: 'Large' })).data
  const path = `${dev.baseUrl}/chat-widget/data/${dev.organizationId}/${channel.id}`
  for (const value of [1, 2]) {
    const members = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`a${n}`, value]))
    const { status } = await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ settings: { ['k'.repeat(50_000)]: members } }) })
    assert.equal(status, 200)
  }
  const [entry] = await audit(`?target=${channel.id}`)
  assert.equal(entry.changes.length, 50)
  assert.ok(JSON.stringify(entry).length < 40_000)
})

test('two departments of one name at once: one is made, the others are told so', async () => {
  for (let round = 0; round < 4; round += 1) {
    const answers = await Promise.all(Array.from({ length: 6 }, () => admin.post(at('/departments'), { name: `Race ${round}` })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409])
  }
})

test('a key that ends does not stand in for the last one that lasts', async () => {
  const { data } = await admin.post('/organizations', { name: 'Brief' })
  const theirs = withKey(data.key.key)
  const keys = `/organizations/${data.organization.id}/keys`
  await theirs.post(keys, { name: 'Brief', scopes: ['admin'], expiresAt: new Date(Date.now() + 60_000).toISOString() })
  assert.equal((await theirs.ask('DELETE', `${keys}/${data.key.id}`)).status, 409)
})

test('nobody reaches another’s rows: every endpoint that takes a key, with a foreign one', async () => {
  const stranger = { 'x-api-key': dev.other.apiKey, version: 'v3' }
  const widget = (await admin.get(at('/web-chat/channels'))).data[0]
  const rows = async () => JSON.stringify(await own.sql("SELECT (SELECT json_group_array(name || settings || coalesce(deleted_at, '')) FROM widgets) AS w, (SELECT json_group_array(name || coalesce(revoked_at, '')) FROM api_keys) AS k, (SELECT count(*) FROM audit) AS a, (SELECT json_group_array(name) FROM agents) AS g"))
  const before = await rows()
  let walked = 0
  for (const [template, methods] of Object.entries(description.paths)) {
    for (const [method, { security, requestBody }] of Object.entries(methods)) {
      if (!security.some((way) => 'key' in way || 'bearer' in way) || template.endsWith('/live') || template === '/organizations') continue
      const path = template.replace(/\{(orgId|locationId)\}/, dev.organizationId).replace(/\{\w+\}/g, widget.id)
      const body = requestBody ? JSON.stringify({ locationId: dev.organizationId, chatWidgetId: widget.id, name: 'Forged', version: 1, chatType: 'liveChat' }) : undefined
      const query = template === '/chat-widget/list' ? `?locationId=${dev.organizationId}&offset=0&limit=10` : ''
      const answer = await fetch(dev.baseUrl + path + query, { method: method.toUpperCase(), headers: { ...stranger, ...(body ? { 'content-type': 'application/json' } : {}) }, body })
      assert.equal(answer.status, 403, `${method} ${template}`)
      walked += 1
    }
  }
  assert.ok(walked > 35, `${walked}`)
  assert.equal(await rows(), before)
})

test('the first organization is made by the set-up secret, once', async () => {
  const found = (secret, options = {}) => anyone.post('/organizations', { name: 'First' }, { headers: { 'x-setup-secret': secret, ...options.headers } })
  const spent = await found(SETUP_SECRET)
  assert.deepEqual([spent.status, /key of the scope admin/.test(spent.body.message)], [403, true])
  for (const wrong of ['', 'x', SETUP_SECRET.slice(1), `${SETUP_SECRET}0`]) assert.equal((await found(wrong)).status, 401)

  // As it is before anybody has come.
  const tables = ['audit', 'answers', 'flow_versions', 'widgets', 'flows', 'departments', 'api_keys', 'conversations', 'visitors', 'agents', 'organizations']
  await own.sql(tables.map((table) => `DELETE FROM ${table};`).join(' '))
  assert.equal((await found('x')).status, 401)
  const again = once()
  const answers = await Promise.all([found(SETUP_SECRET, again), ...Array.from({ length: 4 }, () => found(SETUP_SECRET))])
  assert.equal(answers.filter(({ status }) => status === 201).length, 1, JSON.stringify(answers.map(({ status }) => status)))
  assert.ok(answers.every(({ status }) => [201, 403].includes(status)))
  assert.equal((await own.sql('SELECT count(*) AS count FROM organizations'))[0].count, 1)
  const { data } = answers.find(({ status }) => status === 201)
  assert.equal((await withKey(data.key.key).get(`/organizations/${data.organization.id}`)).status, 200)
  const late = await found(SETUP_SECRET, again)
  assert.equal(late.status, answers[0].status)
  if (late.status === 201) assert.deepEqual(late.data, answers[0].data)
})
