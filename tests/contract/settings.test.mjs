/** What a widget's owner sets, and what becomes of it: for the browser, for sessions, for the tag of the page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { client, description } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'
import { agent, visitor } from '../support/people.mjs'

const dev = await deployment()
const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
const anyone = client(dev.baseUrl)
const CHANNELS = `/organizations/${dev.organizationId}/web-chat/channels`

const widget = async (settings) => {
  const { status, data } = await admin.post(CHANNELS, { name: 'A shop', settings })
  assert.equal(status, 201)
  return { ...data, config: `/web-chat/${data.token}/config`, sessions: `/web-chat/${data.token}/sessions`, at: `${CHANNELS}/${data.id}` }
}
const never = { timeZone: 'UTC', days: [] }

test('the browser learns how the widget looks and nothing else of its settings', async () => {
  const made = await widget({
    heading: 'H', subHeading: 'S', placeholder: 'P', welcome: 'W', acknowledgement: 'A', locale: 'de', theme: { scheme: 'dark', position: 'left', colors: { primary: '#123456', own: '#abcdef' } },
    launcher: { label: 'L' }, allowedDomains: ['localhost'], blockedIps: ['203.0.113.7'], identityRequired: true, identityModes: ['verify-otp'],
    preChat: { fields: [{ id: 'a', label: 'A', type: 'text' }] }, offline: { message: 'O', accept: true, form: { fields: [] }, recipient: 'owner@shop.example' },
    legal: { text: 'T', url: 'https://shop.example/terms' }, triggers: [{ do: 'open' }], apiSecret: 'hush', updatedBy: 'Sam',
  })
  const { data } = await anyone.get(made.config)
  assert.deepEqual(Object.keys(data).sort(), ['heading', 'identityRequired', 'legalText', 'legalUrl', 'locale', 'offlineMessage', 'online', 'opening', 'placeholder', 'preChat', 'size', 'subHeading', 'theme', 'uploads'])
  assert.deepEqual(data.theme, { primary: '#123456', scheme: 'dark', position: 'left' })
  assert.deepEqual([data.legalText, data.legalUrl, data.online], ['T', 'https://shop.example/terms', true])
  for (const secret of ['hush', 'Sam', '203.0.113.7', 'abcdef', 'owner@']) assert.ok(!JSON.stringify(data).includes(secret), secret)
})

test('the configuration is told again by its tag, and changes with it', async () => {
  const made = await widget({ heading: 'Before' })
  const first = await anyone.get(made.config)
  const etag = first.headers.get('etag')
  assert.match(etag, /^"[0-9a-f]{64}"$/)
  const again = async (tag) => fetch(dev.baseUrl + made.config, { headers: { 'if-none-match': tag } })
  for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await again(tag)
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('etag'), answer.headers.get('cache-control')], [304, '', etag, 'public, max-age=60'])
  }
  assert.equal((await again('"x"')).status, 200)
  await admin.ask('PATCH', made.at, { body: { settings: { heading: 'After' } } })
  const changed = await again(etag)
  assert.equal(changed.status, 200)
  assert.equal((await changed.json()).data.heading, 'After')
  await admin.ask('PATCH', made.at, { body: { enabled: false } })
  assert.equal((await again(etag)).status, 404)
  await admin.ask('PATCH', made.at, { body: { enabled: true } })
  assert.equal((await again(etag)).status, 200)
})

test('out of hours the browser knows so before anybody writes, and is asked more', async () => {
  const form = { fields: [{ id: 'email', label: 'Where do we answer?', type: 'email', required: true }] }
  const made = await widget({ officeHours: never, preChat: { fields: [{ id: 'topic', label: 'Topic', type: 'text' }] }, offline: { message: 'Nobody', form } })
  const { data, headers } = await anyone.get(made.config)
  assert.deepEqual([data.online, data.backAt, data.preChat.fields.map(({ id }) => id)], [false, undefined, ['topic', 'email']])
  assert.equal((await fetch(dev.baseUrl + made.config, { headers: { 'if-none-match': headers.get('etag') } })).status, 304)
  const refused = await anyone.post(made.sessions, { mode: 'anonymous', prechat: { topic: 'x' } })
  assert.deepEqual([refused.status, refused.body.message], [400, ['prechat.email: must be answered']])
  assert.equal((await anyone.post(made.sessions, { mode: 'anonymous', prechat: { email: 'a@b.co' } })).status, 201)

  // Tomorrow all day: the next opening is told.
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
  const tomorrow = new Date(Date.now() + 86_400_000)
  const later = await widget({ officeHours: { timeZone: 'UTC', days: [{ day: days[tomorrow.getUTCDay()], from: '00:00', to: '24:00' }] }, offline: { form } })
  assert.equal((await anyone.get(later.config)).data.backAt, `${tomorrow.toISOString().slice(0, 10)}T00:00:00.000Z`)
  const always = await widget({ officeHours: { timeZone: 'UTC', days: days.map((day) => ({ day, from: '00:00', to: '24:00' })) }, offline: { form } })
  assert.deepEqual((({ online, preChat }) => [online, preChat.fields])((await anyone.get(always.config)).data), [true, []])
})

test('consent is a question whose answer is kept with the visitor', async () => {
  const made = await widget({ legal: { text: 'I agree to the terms.', consent: true } })
  assert.deepEqual((await anyone.get(made.config)).data.preChat.fields, [{ id: 'consent', label: 'I agree to the terms.', type: 'checkbox', required: true }])
  for (const prechat of [undefined, {}, { consent: false }, { consent: 'yes' }]) assert.equal((await anyone.post(made.sessions, { mode: 'anonymous', prechat })).status, 400, JSON.stringify(prechat))
  const ada = await visitor({ ...dev, widgetToken: made.token }, { mode: 'anonymous', prechat: { consent: true } })
  await ada.say('hello')
  assert.equal((await agent(dev).find(ada.conversationId)).visitor.metadata.prechat.consent, true)
})

test('only the ways to a session that are open lead to one', async () => {
  const made = await widget({ identityModes: ['identified', 'verify-otp'] })
  const begin = (body, headers) => anyone.post(made.sessions, body, { headers })
  const refused = await begin({ mode: 'anonymous' })
  assert.equal(refused.status, 403)
  const { status, data } = await begin({ mode: 'identified', name: 'Ada' })
  assert.equal(status, 201)
  // Whoever is here stays, when the owner closes the way they came by.
  await admin.ask('PATCH', made.at, { body: { settings: { identityModes: ['verify-otp'] } } })
  assert.equal((await begin({ mode: 'identified', name: 'Eve' })).status, 403)
  const bearer = { authorization: `Bearer ${data.sessionToken}` }
  const renewed = await begin({ mode: 'identified' }, bearer)
  assert.deepEqual([renewed.status, renewed.data.visitorId], [201, data.visitorId])
  // By the way they came, and no other.
  await admin.ask('PATCH', made.at, { body: { settings: { identityModes: ['host-identified'] } } })
  assert.equal((await begin({ mode: 'anonymous' }, bearer)).status, 403)
  assert.equal((await begin({ mode: 'verify-otp', email: 'a@b.co' }, bearer)).status, 403)
  const link = (headers) => anyone.post(`${made.sessions}/link-email`, { email: 'a@b.co' }, { headers })
  assert.equal((await link(bearer)).status, 403)
  // Whoever was forgotten is a stranger.
  assert.equal((await fetch(`${dev.baseUrl}/web-chat/${made.token}/me`, { method: 'DELETE', headers: bearer })).status, 200)
  assert.equal((await begin({ mode: 'identified' }, bearer)).status, 403)
})

test('whoever has a session claims nothing where identities have to be proved', async () => {
  const made = await widget({ identityRequired: true })
  const { data } = await anyone.post(made.sessions, { mode: 'anonymous' })
  const headers = { authorization: `Bearer ${data.sessionToken}` }
  assert.equal((await anyone.post(made.sessions, { mode: 'identified', email: 'a@b.co' }, { headers })).status, 403)
  assert.equal((await anyone.post(`${made.sessions}/link-email`, { email: 'a@b.co' }, { headers })).status, 403)
})

test('a welcome and an acknowledgement are said where no flow speaks, once a conversation', async () => {
  const made = await widget({ welcome: 'Hello <b>you</b>', acknowledgement: 'We have it.' })
  assert.deepEqual((await anyone.get(made.config)).data.opening.map(({ payload }) => payload.text), ['Hello <b>you</b>'])
  const ada = await visitor({ ...dev, widgetToken: made.token })
  await ada.say('one')
  await ada.say('two')
  const said = async () => (await ada.history()).reverse().map(({ author, payload }) => `${author.kind}: ${payload.text}`)
  assert.deepEqual(await said(), ['bot: Hello <b>you</b>', 'visitor: one', 'bot: We have it.', 'visitor: two'])
  assert.equal((await agent(dev).find(ada.conversationId)).status, 'open')
  await agent(dev).api.post(`/organizations/${dev.organizationId}/conversations/${ada.conversationId}/close`)
  await ada.say('three')
  assert.deepEqual((await said()).slice(-2), ['visitor: three', 'bot: We have it.'])
})

test('the tag carries what has to be known before anything is fetched, and no more can get out of it', async () => {
  const triggers = [{ url: '/pricing*', after: 20, do: 'greet', message: 'Questions? "Ask" <us> & see' }]
  const made = await widget({ theme: { primary: '#2f5d50', position: 'left' }, launcher: { label: 'Chat "with" us' }, triggers })
  const { data: { html } } = await admin.get(`${made.at}/snippet`)
  assert.match(html, /^<script async src="[^"]+\/porchlight\.js" data-widget="[^"]+" data-color="#2f5d50" data-position="left" data-label="Chat &quot;with&quot; us" data-triggers="[^"<>]+"><\/script>$/)
  const read = html.match(/data-triggers="([^"]+)"/)[1].replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  assert.deepEqual(JSON.parse(read), triggers)
  const plain = await widget({})
  assert.match((await admin.get(`${plain.at}/snippet`)).data.html, /data-widget="[^"]+"><\/script>$/)
})

test('the settings have a published schema, and what it does not take is refused by its path', async () => {
  const schema = description.components.schemas.WidgetSettings
  assert.deepEqual(Object.keys(schema.properties).sort(), [
    'acknowledgement', 'allowedDomains', 'blockedIps', 'flowId', 'heading', 'identityModes', 'identityRequired', 'launcher', 'legal', 'locale', 'officeHours', 'offline', 'placeholder', 'preChat', 'subHeading', 'theme', 'triggers', 'uploads', 'welcome',
  ])
  for (const [settings, sentence] of [
    [{ theme: { colors: { primary: 'red' } } }, 'settings.theme.colors.primary: must be a hex colour like #3b5bdb'],
    [{ legal: { url: 'javascript:alert(1)' } }, 'settings.legal.url: must be an address like https://example.com/page'],
    [{ legal: { consent: true } }, 'settings.legal.text: must say what is agreed to'],
    [{ triggers: [{ do: 'greet' }] }, 'settings.triggers[0].message: must say something'],
    [{ identityModes: ['x'] }, 'settings.identityModes[0]: must be one of anonymous, identified, verify-otp, host-identified'],
    [{ welcome: 7 }, 'settings.welcome: must be a text'],
    [{ launcher: [] }, 'settings.launcher: must be an object'],
    [{ offline: { form: { fields: [{ id: 'consent', label: '', type: 'text' }] } } }, 'settings.offline.form.fields[0].id: must not be consent, which legal.consent asks for'],
  ]) {
    const { status, body } = await admin.post(CHANNELS, { name: 'x', settings })
    assert.deepEqual([status, body.message], [400, [sentence]], JSON.stringify(settings))
  }
})
