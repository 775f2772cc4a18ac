/** The widgets API, as `chat-widget.txt` and the contract have it. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { description } from '../support/api.mjs'
import { key } from '../support/keys.mjs'
import { ownDeployment } from '../support/deployment.mjs'

const KEYS = { reader: key(['chat-widget.readonly']), writer: key(['chat-widget.write']), neither: key(['conversations.read', 'conversations.write', 'admin']) }
let own, dev
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off' }, Object.values(KEYS).map(({ sql }) => sql).join('\n'))
  dev = own.dev
})
after(() => own?.remove())

const VERSION = { version: '2023-02-21' }
async function ask(method, path, { body, token = dev.apiKey, headers = VERSION, type = 'application/json' } = {}) {
  const response = await fetch(dev.baseUrl + path, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body === undefined ? {} : { 'content-type': type }), ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const answer = text === '' ? undefined : JSON.parse(text)
  if (response.status >= 400) {
    assert.equal(answer.statusCode, response.status)
    assert.match(answer.traceId, /^[0-9a-f]{32}$/)
    assert.deepEqual(Object.keys(answer).filter((name) => !['statusCode', 'message', 'error', 'traceId'].includes(name)), [])
    if (response.status === 422) assert.ok(Array.isArray(answer.message) && answer.error === 'Unprocessable Entity')
  }
  return { status: response.status, body: answer, headers: response.headers }
}
const location = () => dev.organizationId
const made = { version: 2, chatType: 'liveChat', name: 'A shop' }
const create = async (more = {}, options = {}) => {
  const { status, body } = await ask('POST', '/chat-widget/', { body: { ...made, locationId: location(), ...more }, ...options })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}
const at = (widget) => `/chat-widget/data/${widget.locationId}/${widget._id}`
const gone = (widget) => `/chat-widget/${widget.locationId}/${widget._id}`
const list = async (more = '') => (await ask('GET', `/chat-widget/list?locationId=${location()}&offset=0&limit=100${more}`)).body
/** An organization's own widgets, none of which the demo made. */
async function elsewhere(work) {
  const there = { token: dev.other.apiKey }
  return work((more) => create({ locationId: dev.other.organizationId, ...more }, there), (method, path, body) => ask(method, path, { body, ...there }))
}
const deep = (depth) => (depth === 0 ? 1 : { a: deep(depth - 1) })

test('all eight endpoints are described', () => {
  const paths = Object.entries(description.paths).filter(([path]) => path.startsWith('/chat-widget'))
  assert.equal(paths.flatMap(([, methods]) => Object.keys(methods)).length, 8)
})

test('a widget is made flat, read, and listed newest first', async () => {
  const widget = await create({ settings: { heading: 'Hi', theirs: [1, { a: null }] } })
  assert.deepEqual(Object.keys(widget).sort(), ['_id', 'chatType', 'createdAt', 'default', 'deleted', 'locationId', 'name', 'settings', 'updatedAt', 'version'])
  assert.deepEqual([widget.version, widget.chatType, widget.name, widget.locationId, widget.deleted], [2, 'liveChat', 'A shop', location(), false])
  assert.deepEqual(widget.settings, { heading: 'Hi', theirs: [1, { a: null }] })
  assert.deepEqual((await ask('GET', at(widget))).body, widget)
  const { chatWidgets, totalCount } = await list()
  assert.deepEqual(chatWidgets[0], widget)
  assert.equal(totalCount, chatWidgets.length)
  // It is the widget that visitors talk to and that the other API administers.
  const channel = await (await fetch(`${dev.baseUrl}/organizations/${location()}/web-chat/channels/${widget._id}`, { headers: { 'x-api-key': dev.apiKey } })).json()
  assert.equal((await fetch(`${dev.baseUrl}/web-chat/${channel.data.token}/config`).then((answer) => answer.json())).data.heading, 'Hi')
})

test('what is wrong is told in this order: 401, version, 403, 422, 404', async () => {
  const nothing = `/chat-widget/data/${location()}/${randomUUID()}`
  const foreign = `/chat-widget/data/${dev.other.organizationId}/${randomUUID()}`
  assert.equal((await ask('GET', nothing, { token: '', headers: {} })).status, 401)
  assert.equal((await ask('GET', nothing, { token: 'mk_live_x.y', headers: {} })).status, 401)
  assert.equal((await ask('GET', nothing, { token: KEYS.neither.text, headers: {} })).status, 400)
  for (const version of ['v1', '2022-01-01', '']) assert.equal((await ask('GET', nothing, { headers: { version } })).status, 400, version)
  assert.equal((await ask('PUT', foreign, { body: { name: 7 } })).status, 403)
  assert.equal((await ask('PUT', nothing, { body: { name: 7 }, token: KEYS.reader.text })).status, 403)
  assert.equal((await ask('PUT', nothing, { body: { name: 7 } })).status, 422)
  assert.equal((await ask('PUT', nothing, { body: { name: 'x' } })).status, 404)
  assert.equal((await ask('GET', `/chat-widget/data/${location()}/x`)).status, 404)
  for (const version of ['v3', '2023-02-21', '2021-07-28', '2021-04-15']) assert.equal((await ask('GET', nothing, { headers: { version } })).status, 404, version)
  const { body, headers } = await ask('GET', nothing, { token: '' })
  assert.deepEqual([body.error, body.message], ['Unauthorized', 'Invalid token: access token is invalid'])
  assert.equal(headers.get('www-authenticate'), 'Bearer')
})

test('scopes say what a key may do', async () => {
  const widget = await create()
  const reads = [['GET', at(widget)], ['GET', `/chat-widget/list?locationId=${location()}&offset=0&limit=1`]]
  const writes = [['PATCH', at(widget), { name: 'x' }], ['PUT', at(widget), { name: 'x' }], ['POST', '/chat-widget/', { ...made, locationId: location() }], ['POST', '/chat-widget/clone', { locationId: location(), chatWidgetId: widget._id }], ['DELETE', gone(widget)]]
  for (const [method, path, body] of reads) {
    assert.equal((await ask(method, path, { body, token: KEYS.reader.text })).status, 200, path)
    for (const token of [KEYS.writer.text, KEYS.neither.text]) assert.equal((await ask(method, path, { body, token })).status, 403)
  }
  for (const [method, path, body] of writes) {
    for (const token of [KEYS.reader.text, KEYS.neither.text]) assert.equal((await ask(method, path, { body, token })).status, 403, path)
    assert.ok([200, 201].includes((await ask(method, path, { body, token: KEYS.writer.text })).status), path)
  }
})

test('another location’s widget is a 403 under its own path and a 404 under this one', async () => {
  const widget = await create()
  const there = { token: dev.other.apiKey }
  for (const [method, path] of [['GET', at(widget)], ['PATCH', at(widget)], ['PUT', at(widget)], ['DELETE', gone(widget)]]) {
    assert.equal((await ask(method, path, { ...there, body: method[0] === 'P' ? { name: 'x' } : undefined })).status, 403)
    assert.equal((await ask(method, path.replace(location(), dev.other.organizationId), { ...there, body: method[0] === 'P' ? { name: 'x' } : undefined })).status, 404)
  }
  assert.equal((await ask('POST', '/chat-widget/clone', { ...there, body: { locationId: dev.other.organizationId, chatWidgetId: widget._id } })).status, 404)
  assert.equal((await ask('POST', '/chat-widget/clone', { ...there, body: { locationId: location(), chatWidgetId: widget._id } })).status, 403)
  assert.equal((await ask('GET', `/chat-widget/list?locationId=${location()}&offset=0&limit=1`, there)).status, 403)
  assert.deepEqual((await ask('GET', at(widget))).body, widget)
})

test('create says of each property what is wrong', async () => {
  const wrong = async (body) => (await ask('POST', '/chat-widget/', { body: { ...made, locationId: location(), ...body } })).body.message
  assert.deepEqual((await ask('POST', '/chat-widget/', { body: { locationId: location() } })).body.message, ['version should not be empty', 'chatType should not be empty', 'name should not be empty'])
  assert.deepEqual((await ask('POST', '/chat-widget/', { body: made })).body.message, ['locationId should not be empty'])
  assert.equal((await ask('POST', '/chat-widget/', { body: { ...made, locationId: 'elsewhere' } })).status, 403)
  assert.deepEqual(await wrong({ version: '2' }), ['version must be a number'])
  assert.match((await wrong({ chatType: 'webChat' }))[0], /^chatType must be one of the following values: liveChat, waChat/)
  for (const name of ['', ' ', 'x'.repeat(201), 7, null]) assert.match((await wrong({ name }))[0], /^name /, JSON.stringify(name))
  assert.deepEqual(await wrong({ default: 'yes' }), ['default must be true or false'])
  assert.match((await wrong({ deleted: true }))[0], /^deleted must be false/)
  for (const property of ['_id', 'createdAt', 'token', 'originId']) assert.deepEqual(await wrong({ [property]: 'x' }), [`property ${property} should not exist`])
  assert.deepEqual(await wrong({ settings: { theme: { colors: { primary: 'red' } } } }), ['settings.theme.colors.primary must be a hex colour like #3b5bdb'])
  assert.deepEqual(await wrong({ settings: { theme: { primary: 7 } } }), ['settings.theme.primary must be a text'])
  assert.deepEqual(await wrong({ settings: { officeHours: { timeZone: 'UTC', days: [{ day: 'noday', from: '09:00', to: '17:00' }] } } }).then(([first]) => first.startsWith('settings.officeHours.days[0].day')), true)
  assert.deepEqual(await wrong({ settings: [] }), ['settings must be an object'])
  assert.deepEqual(await wrong({ settings: deep(8) }), ['settings must nest at most 8 deep'])
  assert.equal((await wrong({ name: 7, chatType: 7, version: null })).length, 3)
  assert.equal((await ask('POST', '/chat-widget/', { body: '{' })).status, 400)
  assert.equal((await ask('POST', '/chat-widget/', { body: '[]' })).status, 400)
  assert.equal((await ask('POST', '/chat-widget/', { body: 'x', type: 'text/plain' })).status, 415)
  assert.equal((await ask('POST', '/chat-widget/', { body: { ...made, locationId: location(), settings: { a: 'x'.repeat(65_500) } } })).status, 413)
})

test('every type is taken but the umbrella, and lists filter by them', async () => {
  await elsewhere(async (create, ask) => {
    const types = ['liveChat', 'waChat', 'emailChat', 'allInOneChat', 'voiceAiChat', 'facebookChat', 'instagramChat']
    for (const chatType of types) await create({ chatType, settings: chatType === 'allInOneChat' ? { advanceSettings: { allInOneChatTypes: ['waChat', 'liveChat'] } } : chatType === 'voiceAiChat' ? { advanceSettings: { voiceAiAgent: 'agent-7' } } : {} })
    const listed = async (more) => {
      const { status, body } = await ask('GET', `/chat-widget/list?locationId=${dev.other.organizationId}&offset=0&limit=100${more}`)
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(body.totalCount, body.chatWidgets.length)
      return body.chatWidgets.map(({ chatType }) => chatType).sort()
    }
    assert.deepEqual(await listed(''), types.toSorted())
    assert.deepEqual(await listed('&chatType=waChat'), ['waChat'])
    assert.deepEqual(await listed('&chatType=webChat'), ['emailChat', 'facebookChat', 'instagramChat', 'waChat'])
    assert.deepEqual(await listed('&excludeChatType=waChat'), types.filter((type) => type !== 'waChat').sort())
    assert.deepEqual(await listed('&chatType=webChat&excludeChatType=waChat'), ['emailChat', 'facebookChat', 'instagramChat'])
    assert.deepEqual(await listed('&chatType=allInOneChat&allInOneChatTypes=liveChat'), ['allInOneChat'])
    assert.deepEqual(await listed('&chatType=allInOneChat&allInOneChatTypes=webChat'), ['allInOneChat'])
    assert.deepEqual(await listed('&chatType=allInOneChat&allInOneChatTypes=emailChat'), [])
    // Without its type it counts for nothing, as unknown keys do.
    assert.deepEqual(await listed('&allInOneChatTypes=emailChat&creationSource=x'), types.toSorted())
    assert.deepEqual(await listed('&voiceAiAgentId=agent-7'), ['voiceAiChat'])
    assert.deepEqual(await listed(`&voiceAiAgentId=${encodeURIComponent("' OR 1=1 --")}`), [])
  })
  for (const wrong of ['chatType=x', 'excludeChatType=webChat', 'allInOneChatTypes=x', 'limit=0', 'limit=101', 'limit=x', 'offset=-1']) {
    const query = new URLSearchParams({ locationId: location(), offset: '0', limit: '10' })
    for (const [name, value] of new URLSearchParams(wrong)) query.set(name, value)
    assert.equal((await ask('GET', `/chat-widget/list?${query}`)).status, 422, wrong)
  }
  assert.deepEqual((await ask('GET', `/chat-widget/list?locationId=${location()}`)).body.message, ['offset should not be empty', 'limit should not be empty'])
  assert.deepEqual((await ask('GET', '/chat-widget/list?offset=0&limit=1')).body.message, ['locationId should not be empty'])
})

test('a list goes page by page, and counts what the filter leaves', async () => {
  const before = (await list()).totalCount
  const [first, second] = [await create(), await create()]
  const page = async (offset) => (await ask('GET', `/chat-widget/list?locationId=${location()}&offset=${offset}&limit=1`)).body
  assert.deepEqual([(await page(0)).chatWidgets[0]._id, (await page(1)).chatWidgets[0]._id], [second._id, first._id])
  assert.equal((await page(0)).totalCount, before + 2)
  assert.deepEqual((await page(100_000)).chatWidgets, [])
})

test('PUT replaces the settings and leaves what else it does not name; PATCH merges, and is checked after', async () => {
  const widget = await create({ settings: { heading: 'a', theme: { primary: '#112233', colors: { headerColor: '#000' } }, theirs: 1 } })
  const patched = (await ask('PATCH', at(widget), { body: { settings: { heading: null, subHeading: 'b', theme: { colors: { headerColor: null } } }, name: 'New' } })).body
  assert.deepEqual(patched.settings, { subHeading: 'b', theme: { primary: '#112233', colors: {} }, theirs: 1 })
  assert.deepEqual([patched.name, patched.version, patched.chatType, patched.createdAt], ['New', 2, 'liveChat', widget.createdAt])
  assert.ok(patched.updatedAt >= widget.updatedAt)
  const put = (await ask('PUT', at(widget), { body: { chatType: 'emailChat', version: 3 } })).body
  assert.deepEqual([put.settings, put.name, put.chatType, put.version], [{}, 'New', 'emailChat', 3])
  for (const method of ['PUT', 'PATCH']) {
    for (const property of ['_id', 'locationId', 'deleted', 'createdAt']) assert.equal((await ask(method, at(widget), { body: { [property]: widget[property] } })).status, 422, property)
    for (const body of [{ name: null }, { chatType: 'webChat' }, { version: 'x' }, { settings: { locale: 7 } }]) assert.equal((await ask(method, at(widget), { body })).status, 422, JSON.stringify(body))
  }
  assert.deepEqual((await ask('GET', at(widget))).body, put)
})

test('there is one default: the first, or who says so last; when it goes, the oldest that remains is', async () => {
  await elsewhere(async (create, ask) => {
    const all = async () => (await ask('GET', `/chat-widget/list?locationId=${dev.other.organizationId}&offset=0&limit=100`)).body.chatWidgets
    for (const widget of await all()) assert.equal((await ask('DELETE', gone(widget))).status, 200)
    const first = await create()
    assert.equal(first.default, true)
    const [second, third] = [await create(), await create({ default: true })]
    assert.deepEqual([second.default, third.default], [false, true])
    const defaults = async () => (await all()).filter((widget) => widget.default).map(({ _id }) => _id)
    assert.deepEqual(await defaults(), [third._id])
    assert.equal((await ask('PATCH', at(third), { default: false })).status, 422)
    assert.equal((await ask('PATCH', at(second), { default: false })).status, 200)
    assert.equal((await ask('PATCH', at(second), { default: true })).body.default, true)
    assert.deepEqual(await defaults(), [second._id])
    assert.deepEqual((await ask('DELETE', gone(second))).body.success, true)
    assert.deepEqual(await defaults(), [first._id])
    for (const [method, path] of [['GET', at(second)], ['DELETE', gone(second)]]) assert.equal((await ask(method, path)).status, 404)
    // However many come at once, there is one.
    for (const widget of await all()) await ask('DELETE', gone(widget))
    await Promise.all(Array.from({ length: 12 }, (_, n) => create({ name: `At once ${n}`, ...(n % 3 === 0 ? { default: true } : {}) })))
    assert.equal((await defaults()).length, 1)
    const widgets = await all()
    await Promise.all(widgets.map((widget) => ask('PATCH', at(widget), { default: true })))
    assert.equal((await defaults()).length, 1)
    await Promise.all(widgets.slice(0, 11).map((widget) => ask('DELETE', gone(widget))))
    assert.deepEqual(await defaults(), [widgets[11]._id])
  })
})

test('a clone has a name of its own, its origin, and is no default', async () => {
  const widget = await create({ settings: { heading: 'x' } })
  const { status, body: clone } = await ask('POST', '/chat-widget/clone', { body: { locationId: location(), chatWidgetId: widget._id } })
  assert.equal(status, 201)
  assert.deepEqual([clone.name, clone.default, clone.originId, clone.settings, clone.version], ['A shop (copy)', false, widget._id, widget.settings, widget.version])
  assert.notEqual(clone._id, widget._id)
  assert.equal((await ask('POST', '/chat-widget/clone', { body: { locationId: location(), chatWidgetId: widget._id, name: 'Mine' } })).body.name, 'Mine')
  assert.equal((await ask('POST', '/chat-widget/clone', { body: { locationId: location(), chatWidgetId: randomUUID() } })).status, 404)
  assert.equal((await ask('POST', '/chat-widget/clone', { body: { locationId: location() } })).status, 422)
  const long = await create({ name: 'x'.repeat(200) })
  const longer = (await ask('POST', '/chat-widget/clone', { body: { locationId: location(), chatWidgetId: long._id } })).body
  assert.ok(longer.name.endsWith('x (copy)') && longer.name.length === 200)
})

test('the public configuration is for everybody, in kebab-case, tagged, and has no secret; a write is seen at once', async () => {
  const widget = await create({ settings: {
    heading: 'Hello', subHeading: 'There', legalMsg: 'Terms', theme: { primary: '#123456', colors: { headerColor: '#000000' } },
    flowId: randomUUID(), allowedDomains: ['shop.example'], blockedIps: ['203.0.113.7'], apiSecret: 'hush', updatedBy: 'Sam', originId: 'x',
    preChat: { fields: [{ id: 'n', label: 'Name', type: 'text', required: true }] },
  } })
  const path = `/chat-widget/public/config/${widget._id}`
  const { status, body, headers } = await ask('GET', path, { token: '' })
  assert.equal(status, 200)
  assert.match(headers.get('cache-control'), /max-age=60/)
  assert.deepEqual(Object.keys(body).sort(), ['config', 'traceId'])
  assert.deepEqual(Object.keys(body.config).sort(), ['chat-type', 'heading', 'identity-required', 'legal-msg', 'legal-text', 'legal-url', 'locale', 'offline-message', 'opening', 'placeholder', 'pre-chat', 'size', 'sub-heading', 'theme', 'uploads'])
  assert.deepEqual([body.config.heading, body.config['sub-heading'], body.config['legal-msg'], body.config.theme.colors], ['Hello', 'There', 'Terms', { 'header-color': '#000000' }])
  for (const secret of ['hush', 'Sam', '203.0.113.7', 'shop.example', widget.settings.flowId]) assert.ok(!JSON.stringify(body).includes(secret), secret)
  const etag = headers.get('etag')
  assert.equal((await ask('GET', path, { token: '', headers: { ...VERSION, 'if-none-match': etag } })).status, 304)
  assert.equal((await ask('GET', path, { token: '' })).headers.get('etag'), etag)
  await ask('PATCH', at(widget), { body: { settings: { heading: 'Changed' } } })
  const changed = await ask('GET', path, { token: '', headers: { ...VERSION, 'if-none-match': etag } })
  assert.equal(changed.body.config.heading, 'Changed')
  assert.notEqual(changed.headers.get('etag'), etag)
  assert.equal((await ask('GET', path, { token: '', headers: {} })).status, 400)
  await ask('DELETE', gone(widget))
  assert.equal((await ask('GET', path, { token: '' })).status, 404)
  assert.equal((await ask('GET', '/chat-widget/public/config/x', { token: '' })).status, 404)
})

test('unknown paths and methods are refused in this API’s own shape', async () => {
  assert.equal((await ask('GET', '/chat-widget/nothing/here/at/all')).status, 404)
  const { status, headers } = await ask('PATCH', '/chat-widget/list')
  assert.deepEqual([status, headers.get('allow')], [405, 'GET'])
  // With and without a slash at its end, it is the same.
  assert.equal((await ask('POST', '/chat-widget', { body: { ...made, locationId: location() } })).status, 201)
})
