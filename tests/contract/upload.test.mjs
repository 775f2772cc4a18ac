/** Files come in as they are sent, are what their bytes say, and are sent once, by whoever uploaded them. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { client, eventually } from '../support/api.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { bigPicture, file, form, FORM, formOf, sha256, stream } from '../support/files.mjs'
import { grownBy } from '../support/memory.mjs'
import { agent, visitor } from '../support/people.mjs'

const SECOND = '0190a000-0000-7000-8000-0000000000c1'
const NARROW = '0190a000-0000-7000-8000-0000000000c2'
const WIDE = '0190a000-0000-7000-8000-0000000000c4'
const CLOSED = '0190a000-0000-7000-8000-0000000000c3'
const widget = (id, token, settings) => `INSERT INTO widgets (id, organization_id, token, name, settings, created_at, updated_at)
  VALUES ('${id}', '0190a000-0000-7000-8000-000000000001', '${token}', 'Other', '${JSON.stringify(settings)}', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z');`
const ROWS = [
  widget(SECOND, 'wt_second', {}),
  widget(NARROW, 'wt_narrow', { uploads: { maxBytes: 2000, types: ['image/png'] } }),
  widget(WIDE, 'wt_widest', { uploads: { maxBytes: 100_000_000 } }),
  widget(CLOSED, 'wt_closed', { uploads: { enabled: false } }),
].join('\n')

let own, dev, sam
before(async () => {
  own = await ownDeployment({ RATE_LIMITS: 'off' }, ROWS)
  dev = own.dev
  sam = agent(dev)
})
after(() => own?.remove())

/** Uploads as a visitor. */
const upload = (person, bytes, name = 'lamp.png', more = {}) =>
  person.api.ask('POST', `${person.path}/upload`, { body: formOf(bytes, name), headers: { 'content-type': FORM, ...more } })
const raw = (person, body, type = FORM) => person.api.ask('POST', `${person.path}/upload`, { body, headers: { 'content-type': type } })
const send = (person, data, more = {}) =>
  person.api.post(`${person.path}/messages`, { attachment: { mediaAssetId: data.id, kind: data.kind }, ...more })
const onWidget = (token) => visitor({ ...dev, widgetToken: token })
const rows = () => own.sql('SELECT id, object_key, size, sent_at, filename, mime_type FROM media ORDER BY created_at')

/** A visitor in whose conversation agents can answer. */
async function known() {
  const ada = await visitor(dev)
  await ada.say('hello')
  await sam.find(ada.conversationId)
  const path = `${sam.path}/conversations/${ada.conversationId}`
  const give = (bytes, name = 'lamp.png') => sam.api.ask('POST', `${path}/upload`, { body: formOf(bytes, name), headers: { 'content-type': FORM } })
  return { ada, path, give }
}

test('an upload is answered with all that is known of the file', async () => {
  const ada = await visitor(dev)
  const { status, data } = await upload(ada, file('lamp.png'))
  assert.equal(status, 201)
  const { url, createdAt, id, ...rest } = data
  assert.match(id, /^[0-9a-f-]{36}$/)
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000)
  assert.match(url, new RegExp(`^${dev.baseUrl}/media/[0-9a-f]{32}\\?until=\\d+&signature=[\\w-]{43}$`))
  assert.deepEqual(rest, { mediaAssetId: id, mediaId: id, mimeType: 'image/png', kind: 'image', size: 111, filename: 'lamp.png', width: 7, height: 5 })
  const response = await fetch(url)
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), file('lamp.png'))
  assert.deepEqual((await rows()).find((row) => row.id === id), {
    id, object_key: new URL(url).pathname.split('/').at(-1), size: 111, sent_at: null, filename: 'lamp.png', mime_type: 'image/png',
  })
})

test('every type that is taken is known by its bytes, whatever it is called', async () => {
  const ada = await visitor(dev)
  for (const [name, mimeType, kind] of [
    ['lamp.jpg', 'image/jpeg', 'image'], ['lamp.gif', 'image/gif', 'image'], ['lamp.webp', 'image/webp', 'image'],
    ['film.mp4', 'video/mp4', 'video'], ['film.webm', 'video/webm', 'video'], ['voice.mp4', 'audio/mp4', 'audio'],
    ['voice.webm', 'audio/webm', 'audio'], ['silence.mp3', 'audio/mpeg', 'audio'], ['head.ogg', 'audio/ogg', 'audio'],
    ['tone.wav', 'audio/wav', 'audio'], ['page.pdf', 'application/pdf', 'document'],
  ]) {
    const { data } = await upload(ada, file(name), 'x.png')
    assert.deepEqual([data.mimeType, data.kind], [mimeType, kind], name)
    assert.ok(mimeType === 'image/png' || data.filename !== 'x.png', `${name} keeps an ending that is not its own`)
  }
  assert.equal((await upload(ada, Buffer.from('a,b\n1,2\n'), 'table.csv')).data.mimeType, 'text/csv')
  assert.equal((await upload(ada, Buffer.from('hello'), 'note.txt')).data.mimeType, 'text/plain')
  assert.equal((await upload(ada, Buffer.from('echo hello'), 'install.bat')).data.filename, 'install.bat.txt')
})

test('what no browser should run, what nobody knows and what is two things is a 415, and leaves nothing', async () => {
  const ada = await visitor(dev)
  const before = await rows()
  const gif = file('lamp.gif')
  for (const [what, bytes] of Object.entries({
    'svg named png': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    'svg behind its declaration': Buffer.from('\ufeff<?xml version="1.0"?>\n<svg/>'),
    'html': Buffer.from('<!doctype html><script>alert(1)</script>'),
    'xml': Buffer.from('<x/>'),
    'html in a gif': Buffer.concat([gif, Buffer.from('<script>alert(1)</script>')]),
    'gif that is a page': Buffer.from('GIF89a/*<html>*/=alert(1)'),
    'pdf in a gif': Buffer.concat([gif, file('page.pdf')]),
    'archive behind a pdf': Buffer.concat([file('page.pdf'), file('archive.zip')]),
    'archive': file('archive.zip'),
    'program': Buffer.from('MZ\x90\0\x03'),
    'nothing that is known': Buffer.from([0, 1, 2, 3]),
  })) {
    const { status, body } = await upload(ada, bytes)
    assert.equal(status, 415, what)
    assert.match(body.message, /taken|two things/, what)
  }
  assert.deepEqual(await rows(), before)
})

test('a widget takes only its own types and sizes, and none where it takes no files', async () => {
  const narrow = await onWidget('wt_narrow')
  assert.equal((await upload(narrow, file('lamp.png'))).status, 201)
  assert.equal((await upload(narrow, file('lamp.gif'))).status, 415)
  assert.equal((await upload(narrow, bigPicture(2000))).status, 201)
  assert.equal((await upload(narrow, bigPicture(2001))).status, 413)
  assert.equal((await upload(await onWidget('wt_closed'), file('lamp.png'))).status, 403)
  const config = async (token) => (await client(dev.baseUrl).get(`/web-chat/${token}/config`)).data.uploads
  assert.deepEqual(await config('wt_narrow'), { enabled: true, maxBytes: 2000, types: ['image/png'] })
  assert.equal((await config('wt_closed')).enabled, false)
  const usual = await config(dev.widgetToken)
  assert.deepEqual([usual.enabled, usual.maxBytes], [true, 10 * 1024 * 1024])
})

test('a body that is no form, has no file, or two, is a 400', async () => {
  const ada = await visitor(dev)
  const png = file('lamp.png')
  const part = 'name="file"; filename="a.png"'
  for (const [what, body, type] of [
    ['JSON', '{}', 'application/json'],
    ['no boundary', formOf(png), 'multipart/form-data'],
    ['another boundary', formOf(png), 'multipart/form-data; boundary=other'],
    ['no file', form(['name="note"', 'hello'])],
    ['another field', form(['name="files"; filename="a.png"', png])],
    ['a text in its place', form(['name="file"', 'hello'])],
    ['two files', form([part, png], [part, png])],
    ['a file twice, the second without a name', form([part, png], ['name="file"', 'x'])],
    ['an empty file', form([part, ''])],
    ['no end', formOf(png).subarray(0, -10)],
    ['no headers', Buffer.from('------porchlight\r\n\r\nx\r\n------porchlight--')],
    ['headers without end', Buffer.concat([Buffer.from('------porchlight\r\nContent-Disposition: form-data; name="file"; filename="'), Buffer.alloc(60_000, 'x')])],
    ['parts without end', form(...Array.from({ length: 30 }, () => ['name="note"', 'x']))],
  ]) {
    const { status, body: refusal } = await raw(ada, body, type)
    assert.equal(status, 400, `${what}: ${JSON.stringify(refusal)}`)
  }
  const missing = await ada.api.ask('POST', `${ada.path}/upload`)
  assert.equal(missing.status, 400)
  assert.deepEqual(await own.sql(`SELECT id FROM media WHERE visitor_id = '${ada.id}'`), [])
  // Other fields beside the file are passed over.
  assert.equal((await raw(ada, form(['name="note"', 'hello'], [part, png], ['name="more"', 'x']))).status, 201)
})

test('without a credential of this widget nothing is taken', async () => {
  const ada = await visitor(dev)
  const stranger = { ...ada, api: client(dev.baseUrl) }
  assert.equal((await upload(stranger, file('lamp.png'))).status, 401)
  assert.equal((await upload({ ...ada, path: '/web-chat/wt_second' }, file('lamp.png'))).status, 401)
  assert.equal((await upload({ ...ada, path: '/web-chat/wt_nothing' }, file('lamp.png'))).status, 404)
})

test('a large file comes in whole, and one byte too many is a 413, announced or not', async () => {
  const ada = await visitor(dev)
  const limit = 10 * 1024 * 1024
  for (const size of [5 * 1024 * 1024, 5 * 1024 * 1024 + 1, limit]) {
    const bytes = bigPicture(size)
    const { status, data } = await upload(ada, bytes)
    assert.deepEqual([status, data?.size], [201, size])
    const got = Buffer.from(await (await fetch(data.url)).arrayBuffer())
    assert.deepEqual([got.length, sha256(got)], [size, sha256(bytes)])
  }
  const before = await rows()
  assert.equal((await upload(ada, bigPicture(limit + 1))).status, 413)
  const body = formOf(bigPicture(limit + 1))
  const headers = { authorization: `Bearer ${ada.token}`, 'content-type': FORM }
  const unannounced = await stream(`${dev.baseUrl}${ada.path}/upload`, { ...headers, 'transfer-encoding': 'chunked' }, async (push, sent) => {
    for (let at = 0; at < body.length; at += 65536) await push(body.subarray(at, at + 65536))
    sent.end()
  })
  assert.equal(unannounced.status, 413)
  // An archive behind more than one part is found, too.
  assert.equal((await upload(ada, Buffer.concat([bigPicture(6 * 1024 * 1024), file('archive.zip')]))).status, 415)
  assert.deepEqual(await rows(), before)
})

test('what comes of a large form is not held a second time', { skip: process.platform !== 'linux' && 'Linux alone tells the memory' }, async () => {
  const ada = await onWidget('wt_widest')
  const size = 90_000_000
  const sent = (bytes) => raw(ada, form(['name="else"', Buffer.alloc(bytes, 65)])).then(({ status }) => assert.equal(status, 400))
  await sent(1_000)
  // The server of tests passes it on once, and holds that until it needs the room.
  const grown = await grownBy(own, () => sent(size))
  assert.ok(grown < 1.5 * size, `${grown} bytes more were held`)
})

test('what breaks off leaves neither object nor row', async () => {
  const ada = await visitor(dev)
  const whose = () => own.sql(`SELECT id FROM media WHERE visitor_id = '${ada.id}'`)
  const body = formOf(bigPicture(8 * 1024 * 1024))
  const headers = { authorization: `Bearer ${ada.token}`, 'content-type': FORM, 'content-length': String(body.length) }
  for (const until of [100, 6 * 1024 * 1024]) {
    const answer = await stream(`${dev.baseUrl}${ada.path}/upload`, headers, async (push, sent) => {
      for (let at = 0; at < until; at += 65536) await push(body.subarray(at, Math.min(at + 65536, until)))
      setTimeout(() => sent.destroy(), 500)
    })
    assert.ok(answer === undefined || answer.status === 400)
  }
  await eventually(whose, (left) => left.length === 0, 20_000)
  assert.equal((await upload(ada, file('lamp.png'))).status, 201)
})

test('an upload under the same Idempotency-Key is one file; another file under it is a 409; neither leaves anything', async () => {
  const { ada, give, path } = await known()
  const key = { 'idempotency-key': randomUUID() }
  const whose = () => own.sql(`SELECT id FROM media WHERE visitor_id = '${ada.id}'`)
  const first = await upload(ada, file('lamp.png'), 'lamp.png', key)
  assert.equal(first.headers.get('idempotent-replayed'), null)
  const again = await upload(ada, file('lamp.png'), 'lamp.png', key)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
  assert.deepEqual({ ...again.body.data, url: '' }, { ...first.body.data, url: '' })
  assert.equal(new URL(again.data.url).pathname, new URL(first.data.url).pathname)
  assert.equal((await upload(ada, file('lamp.gif'), 'lamp.png', key)).status, 409)
  assert.equal((await upload(ada, file('lamp.png'), 'other.png', key)).status, 409)
  assert.deepEqual(await whose(), [{ id: first.data.id }])
  // Many at once are one, too, and the one that is left can be sent.
  const at_once = { 'idempotency-key': randomUUID() }
  const answers = await Promise.all(Array.from({ length: 6 }, () => upload(ada, file('lamp.jpg'), 'lamp.jpg', at_once)))
  assert.equal(new Set(answers.map(({ data }) => data.id)).size, 1)
  assert.equal((await whose()).length, 2)
  assert.equal((await fetch(answers[0].data.url)).status, 200)
  assert.equal((await send(ada, answers[0].data)).status, 201)
  // After a message has carried it, a retry of the upload still tells which file it was.
  assert.equal((await upload(ada, file('lamp.jpg'), 'lamp.jpg', at_once)).data.id, answers[0].data.id)
  const agents = await Promise.all([0, 1].map(() => sam.api.ask('POST', `${path}/upload`, { body: formOf(file('lamp.png')), headers: { 'content-type': FORM, ...key } })))
  assert.equal(agents[0].data.id, agents[1].data.id)
  assert.notEqual(agents[0].data.id, first.data.id)
  assert.notEqual((await give(file('lamp.png'))).data.id, agents[0].data.id)
})

test('a name is display text: no path, no line, nothing that turns the writing around', async () => {
  const ada = await visitor(dev)
  for (const [given, kept] of [
    ['../../etc/passwd', 'passwd.png'],
    ['C:\\\\Users\\\\ada\\\\lamp.png', 'lamp.png'],
    ['a%0D%0ASet-Cookie: b=c.png', 'a%0D%0ASet-Cookie: b=c.png'],
    ['evil\u202egnp.exe', 'evilgnp.exe.png'],
    ['say \\"hi\\".png', 'say "hi".png'],
    ['лампа 💡.png', 'лампа 💡.png'],
    ['', 'file.png'],
    [`${'x'.repeat(496)}.png`, `${'x'.repeat(116)}.png`],
  ]) {
    const { status, data } = await upload(ada, file('lamp.png'), given)
    assert.deepEqual([status, data?.filename], [201, kept], given)
    const disposition = (await fetch(data.url)).headers.get('content-disposition')
    assert.match(disposition, /^inline; filename="[ -~]*"; filename\*=UTF-8''[\w.~%-]+$/)
    assert.equal(decodeURIComponent(disposition.split("UTF-8''")[1]), kept)
  }
})

test('a file is sent with a message, with words or without, and is told to everybody alike', async () => {
  const { ada } = await known()
  const [live, inbox] = [await ada.live(), await sam.live()]
  const { data } = await upload(ada, file('lamp.png'))
  const { status, data: message } = await send(ada, data, { caption: 'my lamp', attachment: { mediaAssetId: data.id, kind: 'image', filename: 'my/broken lamp' } })
  assert.equal(status, 201)
  assert.equal(message.type, 'image')
  const { url, ...attachment } = message.payload.attachment
  assert.deepEqual(attachment, { id: data.id, kind: 'image', filename: 'broken lamp.png', mimeType: 'image/png', size: 111, width: 7, height: 5 })
  assert.equal(message.payload.text, 'my lamp')
  const same = (other) => {
    assert.deepEqual(new URL(other.payload.attachment.url).pathname, new URL(url).pathname)
    assert.ok(other.payload.attachment.url.startsWith(`${dev.baseUrl}/media/`))
  }
  const told = (await live.next((frame) => frame.message?.id === message.id)).message
  same(told)
  assert.equal((await fetch(told.payload.attachment.url)).status, 200)
  const frame = await inbox.next((frame) => frame.t === 'conversation' && frame.messages.some(({ id }) => id === message.id))
  same(frame.messages.find(({ id }) => id === message.id))
  assert.deepEqual((await ada.history()).find(({ id }) => id === message.id), message)
  const path = `${sam.path}/conversations/${ada.conversationId}`
  same((await sam.api.get(`${path}/messages`)).data.find(({ id }) => id === message.id))
  const second = (await upload(ada, file('page.pdf'), 'bill.pdf')).data
  const bare = (await send(ada, second)).data
  assert.deepEqual([bare.type, bare.payload.text, bare.payload.attachment.filename], ['document', '', 'bill.pdf'])
  // The bot may have answered since: what was last said by the visitor is in the record.
  const [row] = await eventually(() => own.sql(`SELECT json FROM messages WHERE id = '${bare.id}'`), (found) => found.length === 1)
  assert.ok(!row.json.includes('signature'), 'what is stored has no signature')
  await eventually(rows, (all) => all.find(({ id }) => id === second.id).sent_at !== null)
  for (const socket of [live, inbox]) socket.close()
})

test('a conversation whose last message has a file tells where it is', async () => {
  const { ada, path, give } = await known()
  const { data } = await give(file('lamp.png'))
  const answer = (await sam.api.post(`${path}/messages`, { attachment: { mediaAssetId: data.id, kind: 'image' } })).data
  assert.match(answer.payload.attachment.url, /signature=/)
  assert.match((await sam.api.get(path)).data.lastMessage.payload.attachment.url, /signature=/)
  const listed = await eventually(() => sam.find(ada.conversationId), ({ lastMessage }) => lastMessage.id === answer.id)
  assert.equal((await fetch(listed.lastMessage.payload.attachment.url)).status, 200)
  assert.equal((await ada.history())[0].payload.attachment.id, data.id)
})

test('a message needs words or a file, and not two kinds of words', async () => {
  const ada = await visitor(dev)
  const { data } = await upload(ada, file('lamp.png'))
  const attachment = { mediaAssetId: data.id, kind: 'image' }
  for (const body of [
    {}, { caption: 'alone' }, { text: 'a', caption: 'b', attachment }, { text: '', attachment }, { caption: 'x'.repeat(1025), attachment },
    { attachment: { kind: 'image' } }, { attachment: { mediaAssetId: data.id } }, { attachment: { ...attachment, kind: 'drawing' } },
    { attachment: { ...attachment, url: 'https://example.com/' } }, { attachment: { ...attachment, mediaAssetId: 'x' } }, { attachment: [attachment] },
    { attachment: { ...attachment, kind: 'document' } }, { attachment: { ...attachment, kind: 'video' } },
  ]) {
    assert.equal((await ada.api.post(`${ada.path}/messages`, body)).status, 400, JSON.stringify(body).slice(0, 80))
  }
  assert.equal((await send(ada, data, { caption: 'x'.repeat(1024) })).status, 201)
})

test("somebody else's file is not there: another visitor's, another widget's, an agent's, or none", async () => {
  const { ada, path, give } = await known()
  const bob = await visitor(dev)
  const elsewhere = await onWidget('wt_second')
  const [mine, theirs] = [(await upload(ada, file('lamp.png'))).data, (await upload(elsewhere, file('lamp.png'))).data]
  const agents = (await give(file('lamp.png'))).data
  for (const [who, data] of [[bob, mine], [ada, theirs], [ada, agents], [ada, { id: randomUUID(), kind: 'image' }]]) {
    const { status, body } = await send(who, data)
    assert.deepEqual([status, body.message], [404, 'attachment not found'])
  }
  const asAgent = await sam.api.post(`${path}/messages`, { attachment: { mediaAssetId: mine.id, kind: 'image' } })
  assert.equal(asAgent.status, 404)
  const other = agent(dev, dev.other.apiKey, dev.other.organizationId)
  const body = formOf(file('lamp.png'))
  const headers = { 'content-type': FORM }
  assert.equal((await other.api.ask('POST', `${path}/upload`, { body, headers })).status, 403)
  assert.equal((await other.api.ask('POST', `${other.path}/conversations/${ada.conversationId}/upload`, { body, headers })).status, 404)
  assert.equal((await send(ada, mine)).status, 201)
})

test('a file is sent once: of two at the same moment one is a 409, and a retry is recognised', async () => {
  const ada = await visitor(dev)
  const { data } = await upload(ada, file('lamp.png'))
  const both = await Promise.all([send(ada, data, { clientId: randomUUID() }), send(ada, data, { clientId: randomUUID() })])
  assert.deepEqual(both.map(({ status }) => status).toSorted(), [201, 409])
  assert.equal((await send(ada, data)).status, 409)
  const [next, third] = [(await upload(ada, file('lamp.png'))).data, (await upload(ada, file('lamp.png'))).data]
  const clientId = randomUUID()
  const first = await send(ada, next, { caption: 'once', clientId })
  const again = await send(ada, next, { caption: 'once', clientId })
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [201, 'true'])
  assert.deepEqual(again.data, first.data)
  for (const other of [{ caption: 'twice', clientId }, { caption: 'once', clientId, attachment: { mediaAssetId: third.id, kind: 'image' } }]) {
    assert.equal((await send(ada, next, other)).status, 409)
  }
  assert.equal((await ada.api.post(`${ada.path}/messages`, { text: 'once', clientId })).status, 409)
  const carried = (await ada.history('?limit=100')).filter(({ payload }) => payload.attachment)
  assert.equal(carried.length, 2)
})

test('files that were never sent are swept after a day, and those that were are not', async () => {
  const ada = await visitor(dev)
  const [young, old, sent] = [(await upload(ada, file('lamp.png'))).data, (await upload(ada, file('lamp.png'))).data, (await upload(ada, file('lamp.png'))).data]
  await send(ada, sent)
  await eventually(rows, (all) => all.find(({ id }) => id === sent.id).sent_at !== null)
  // The record may have missed that one was sent; its Thread knows better.
  await own.sql(`UPDATE media SET created_at = '2026-01-01T00:00:00.000Z', sent_at = NULL WHERE id IN ('${old.id}', '${sent.id}')`)
  assert.equal((await fetch(`${dev.baseUrl}/cdn-cgi/handler/scheduled`)).status, 200)
  const left = await eventually(rows, (all) => !all.some(({ id }) => id === old.id))
  assert.deepEqual([young, sent].map(({ id }) => left.some((row) => row.id === id)), [true, true])
  assert.notEqual(left.find(({ id }) => id === sent.id).sent_at, null)
  assert.equal((await fetch(old.url)).status, 404)
  assert.deepEqual([(await fetch(young.url)).status, (await fetch(sent.url)).status], [200, 200])
  assert.equal((await send(ada, old)).status, 404)
  assert.equal((await send(ada, young)).status, 201)
})
