/** What people leave without a chat is read and deleted by those who answer, and mailed until it has been, within reason. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { key } from '../support/keys.mjs'
import { mailed, mails } from '../support/mail.mjs'
import { rows, widget } from '../support/widgets.mjs'

const RECIPIENT = `${randomUUID()}@shop.example`
const [mailing, silent, gone] = [widget({ heading: 'Fern & Filament', locale: 'de', offline: { recipient: RECIPIENT } }), widget(), widget({ offline: { recipient: RECIPIENT } })]
const [reader, writer] = [key(['conversations.read']), key(['conversations.write'])]
const OLD = '2026-01-01T00:00:00.000Z'

let own, dev, api, path
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off' }, [rows([mailing, silent, gone]), reader.sql, writer.sql].join('\n'))
  dev = own.dev
  api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  path = `/organizations/${dev.organizationId}/offline-messages`
})
after(() => own?.remove())

/** An id as the edge makes them, of a time. */
const uuid = (at) => {
  const hex = new Date(at).getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`
}

/** Puts messages where those are that were taken; gives their rows. */
async function leave(...messages) {
  const all = messages.map(({ at = OLD, ...message }) => ({
    id: uuid(at), organization_id: dev.organizationId, widget_id: mailing.id, name: 'Ada', email: 'ada@example.com', message: 'hello', department_id: null, page_host: null, created_at: at, mailed_at: null, tries: 0, ...message,
  }))
  const value = (it) => (it === null ? 'NULL' : typeof it === 'number' ? it : `'${it.replaceAll("'", "''")}'`)
  await own.sql(`INSERT INTO offline_messages (${Object.keys(all[0]).join(', ')}) VALUES ${all.map((row) => `(${Object.values(row).map(value).join(', ')})`).join(', ')}`)
  return all
}

test('they are listed newest first, a page at a time, and a page goes on where one before it was deleted', async () => {
  const department = randomUUID()
  const [first, second, third] = await leave(
    { at: '2026-02-01T00:00:00.000Z', message: 'one' },
    { at: '2026-02-02T00:00:00.000Z', message: 'two\n<b>"lines"</b>', department_id: department, page_host: 'shop.example', mailed_at: '2026-02-02T00:00:01.000Z', tries: 1 },
    { at: '2026-02-03T00:00:00.000Z', message: 'three', widget_id: silent.id },
  )
  const all = await api.get(path)
  assert.deepEqual(all.data.map(({ id }) => id), [third, second, first].map(({ id }) => id))
  assert.deepEqual(all.data[1], {
    id: second.id, channel: { id: mailing.id, name: 'Test & Co' }, name: 'Ada', email: 'ada@example.com', message: 'two\n<b>"lines"</b>', department, host: 'shop.example', createdAt: second.created_at, mailedAt: second.mailed_at,
  })
  assert.deepEqual([all.data[0].department, all.data[0].host, all.data[0].mailedAt], [null, null, null])
  assert.equal(all.headers.get('x-next-before'), null)

  const page = await api.get(`${path}?limit=2`)
  assert.deepEqual([page.data.length, page.headers.get('x-next-before')], [2, second.id])
  assert.equal((await api.get(`${path}?limit=3`)).headers.get('x-next-before'), null)
  const deleted = await api.ask('DELETE', `${path}/${second.id}`)
  assert.deepEqual([deleted.status, deleted.data], [200, { ok: true }])
  assert.equal((await api.ask('DELETE', `${path}/${second.id}`)).status, 404)
  const next = await api.get(`${path}?limit=2&before=${second.id}`)
  assert.deepEqual([next.data.map(({ id }) => id), next.headers.get('x-next-before')], [[first.id], null])
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'before=x', `before=${OLD}`, 'before=']) assert.equal((await api.get(`${path}?${query}`)).status, 400, query)
  for (const id of ['x', randomUUID()]) assert.equal((await api.ask('DELETE', `${path}/${id}`)).status, 404, id)
})

test('a widget that is deleted leaves what was left in it', async () => {
  const [left] = await leave({ widget_id: gone.id, tries: 1 })
  assert.equal((await api.ask('DELETE', `/organizations/${dev.organizationId}/web-chat/channels/${gone.id}`)).status, 200)
  const found = (await api.get(path)).data.find(({ id }) => id === left.id)
  assert.deepEqual(found.channel, { id: gone.id, name: 'Test & Co' })
})

test('they are read and deleted by keys that may read conversations and write in them, of this organization alone', async () => {
  const [left] = await leave({ message: 'a secret' })
  const by = (text) => client(dev.baseUrl, { 'x-api-key': text })
  const other = `/organizations/${dev.other.organizationId}/offline-messages`
  assert.equal((await by(reader.text).get(path)).status, 200)
  assert.equal((await by(reader.text).ask('DELETE', `${path}/${left.id}`)).status, 403)
  assert.equal((await by(writer.text).get(path)).status, 403)
  assert.deepEqual((await by(dev.other.apiKey).get(other)).data, [])
  assert.deepEqual((await by(dev.other.apiKey).get(`${other}?before=${uuid('2027-01-01')}`)).data, [])
  assert.equal((await by(dev.other.apiKey).ask('DELETE', `${other}/${left.id}`)).status, 404)
  assert.equal((await by(dev.other.apiKey).get(path)).status, 403)
  assert.equal((await by(writer.text).ask('DELETE', `${path}/${left.id}`)).status, 200)
})

const sweep = async () => assert.equal((await fetch(`${dev.baseUrl}/cdn-cgi/handler/scheduled?cron=17+*+*+*+*`)).status, 200)
const row = async ({ id }) => (await own.sql(`SELECT tries, mailed_at FROM offline_messages WHERE id = '${id}'`))[0]

test('the sweep mails what could not be mailed, once, and leaves alone what is new, was tried too often or is nobody’s to be mailed', async () => {
  const said = () => `said ${randomUUID()}`
  const [failed, often, quiet, young, nobody, ended] = await leave(
    { message: said(), tries: 1, page_host: 'shop.example' },
    { message: said(), tries: 6 },
    { message: said(), tries: 0 },
    { message: said(), tries: 1, at: new Date().toISOString() },
    { message: said(), tries: 1, widget_id: silent.id },
    { message: said(), tries: 5, widget_id: gone.id },
  )
  await sweep()
  assert.ok(await eventually(() => row(failed), ({ mailed_at: at }) => at !== null, 10_000))
  await eventually(() => row(ended), ({ tries }) => tries === 6, 10_000)
  await sweep()
  await eventually(() => row(nobody), ({ tries }) => tries === 3, 10_000)
  const sent = await mailed(dev, RECIPIENT)
  for (const { message } of [often, quiet, young, nobody, ended]) assert.ok(!sent.some(({ text }) => text.includes(message)))
  const [mail, ...more] = sent.filter(({ text }) => text.includes(failed.message))
  assert.deepEqual([mail.subject, more], ['Nachricht, hinterlassen bei Fern & Filament: Ada', []])
  assert.match(mail.html, /<html lang="de"/)
  const tries = await Promise.all([failed, often, quiet, young, ended].map(async (it) => (await row(it)).tries))
  assert.deepEqual(tries, [2, 6, 0, 1, 6])
})

test('what is not known to have been mailed is tried five times more, and the log says nothing of what it says', async () => {
  const [left] = await leave({ message: 'a private matter', tries: 1 })
  await own.sql("CREATE TRIGGER unnoted BEFORE UPDATE OF mailed_at ON offline_messages BEGIN SELECT RAISE(ABORT, 'no'); END")
  const sent = async () => (await mails(dev, RECIPIENT)).filter(({ text }) => text.includes('a private matter')).length
  for (let times = 1; times <= 5; times += 1) {
    await sweep()
    await eventually(() => row(left), ({ tries }) => tries === times + 1, 10_000)
    await eventually(sent, (count) => count === times, 10_000)
  }
  await own.sql('DROP TRIGGER unnoted')
  const [other] = await leave({ tries: 1 })
  await sweep()
  await eventually(() => row(other), ({ mailed_at: at }) => at !== null, 10_000)
  assert.deepEqual([await row(left), await sent()], [{ tries: 6, mailed_at: null }, 5])
  assert.ok(own.log.some((line) => line.includes(`the offline message ${left.id} was not mailed`)))
  assert.ok(!own.log.some((line) => /private|ada@/.test(line)))
})
