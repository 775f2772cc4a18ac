/** Files are served from addresses that end, and no browser runs anything in them. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { deployment, SECRET_KEY } from '../support/deployment.mjs'
import { file, FORM, formOf } from '../support/files.mjs'
import { visitor } from '../support/people.mjs'

const dev = await deployment()
const ada = await visitor(dev)
const uploaded = async (bytes, name) =>
  (await ada.api.ask('POST', `${ada.path}/upload`, { body: formOf(bytes, name), headers: { 'content-type': FORM } })).data
const png = file('lamp.png')
const lamp = await uploaded(png, 'lamp.png')

/** An address as the edge signs it, or as a forger might. */
function address(key, until, secret = SECRET_KEY, purpose = 'media addresses') {
  const signer = createHmac('sha256', secret).update(purpose).digest()
  return `${dev.baseUrl}/media/${key}?until=${until}&signature=${createHmac('sha256', signer).update(`${key}?${until}`).digest('base64url')}`
}

const bytes = async (response) => Buffer.from(await response.arrayBuffer())

test('a file is told as what it is, and nothing of it is run', async () => {
  const response = await fetch(lamp.url, { headers: { origin: 'https://shop.example' } })
  const headers = Object.fromEntries(response.headers)
  assert.deepEqual(await bytes(response), png)
  const expected = {
    'content-type': 'image/png', 'content-length': '111', 'x-content-type-options': 'nosniff', 'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin', 'access-control-allow-origin': 'https://shop.example', vary: 'Origin', 'accept-ranges': 'bytes',
    'content-disposition': "inline; filename=\"lamp.png\"; filename*=UTF-8''lamp.png",
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value, name)
  assert.match(headers['cache-control'], /^private, max-age=\d{2,4}, immutable$/)
  assert.ok(Number(headers['cache-control'].match(/\d+/)) <= 3600)
  assert.match(headers.etag, /^"\w+"$/)
})

test('only pictures are shown where they are; all else is kept', async () => {
  for (const [name, inline, type] of [
    ['lamp.gif', true, 'image/gif'], ['page.pdf', false, 'application/pdf'], ['film.mp4', false, 'video/mp4'], ['silence.mp3', false, 'audio/mpeg'],
  ]) {
    const { url } = await uploaded(file(name), name)
    const { headers } = await fetch(url)
    assert.deepEqual([headers.get('content-disposition').startsWith(inline ? 'inline;' : 'attachment;'), headers.get('content-type')], [true, type], name)
  }
  const { url } = await uploaded(Buffer.from('hello'), 'page.html')
  const { headers } = await fetch(url)
  assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.equal(headers.get('content-disposition'), "attachment; filename=\"page.html.txt\"; filename*=UTF-8''page.html.txt")
})

test('an address that is forged, changed or ended is a 403, whether there is a file or not', async () => {
  const url = new URL(lamp.url)
  const key = url.pathname.split('/').at(-1)
  const until = Number(url.searchParams.get('until'))
  assert.equal(lamp.url, address(key, until))
  const now = Math.floor(Date.now() / 1000)
  assert.equal((await fetch(address(key, now + 60))).status, 200)
  const signature = url.searchParams.get('signature')
  for (const wrong of [
    `${dev.baseUrl}/media/${key}`, `${dev.baseUrl}/media/${key}?until=${until}`, `${dev.baseUrl}/media/${key}?until=${until + 1}&signature=${signature}`,
    `${dev.baseUrl}/media/${key.replace(/^./, (c) => (c === '0' ? '1' : '0'))}?until=${until}&signature=${signature}`,
    `${dev.baseUrl}/media/${key}?until=${until}&signature=${signature.slice(1)}`, `${dev.baseUrl}/media/${key}?until=${until}&signature=`,
    `${dev.baseUrl}/media/${key}?until=&signature=${signature}`, `${dev.baseUrl}/media/${key}?until=-1&signature=${signature}`,
    address(key, now - 1), address(key, 0), address(key, now + 60, 'another secret of enough length, too'), address(key, now + 60, SECRET_KEY, 'visitor tokens'),
    `${dev.baseUrl}/media/x?until=1&signature=x`,
  ]) {
    const response = await fetch(wrong)
    assert.equal(response.status, 403, wrong)
    assert.equal((await response.json()).statusCode, 403)
  }
  const gone = await fetch(address('0'.repeat(32), now + 60))
  assert.deepEqual([gone.status, (await gone.json()).message], [404, 'file not found'])
  const options = await fetch(lamp.url, { method: 'OPTIONS' })
  assert.deepEqual([options.status, options.headers.get('access-control-allow-methods')], [204, 'GET, HEAD'])
  const posted = await fetch(lamp.url, { method: 'POST' })
  assert.deepEqual([posted.status, posted.headers.get('allow')], [405, 'GET, HEAD'])
})

test('a range is served as it is asked for; more than one, or one that makes no sense, is the whole', async () => {
  const range = (value, more = {}) => fetch(lamp.url, { headers: { range: value, ...more } })
  for (const [value, from, to] of [['bytes=0-0', 0, 1], ['bytes=10-19', 10, 20], ['bytes=100-', 100, 111], ['bytes=-11', 100, 111], ['bytes=0-99999999999999999999', 0, 111]]) {
    const response = await range(value)
    assert.deepEqual([response.status, response.headers.get('content-range'), response.headers.get('content-length')], [206, `bytes ${from}-${to - 1}/111`, String(to - from)], value)
    assert.deepEqual(await bytes(response), png.subarray(from, to))
  }
  for (const value of ['bytes=9-3', 'bytes=0-1,3-4', `bytes=${Array.from({ length: 200 }, (_, n) => `${n}-${n}`).join(',')}`, 'lines=0-1', 'bytes=x']) {
    const response = await range(value)
    assert.deepEqual([response.status, (await bytes(response)).length], [200, 111], value)
  }
  for (const value of ['bytes=111-', 'bytes=99999999999999999999-', 'bytes=-0']) {
    const response = await range(value)
    assert.deepEqual([response.status, response.headers.get('content-range')], [416, 'bytes */111'], value)
  }
  const { etag } = Object.fromEntries((await fetch(lamp.url)).headers)
  assert.equal((await range('bytes=0-0', { 'if-range': etag })).status, 206)
  assert.equal((await range('bytes=0-0', { 'if-range': '"other"' })).status, 200)
})

test('who has a file already is told so, and HEAD tells what GET would', async () => {
  const first = await fetch(lamp.url)
  const etag = first.headers.get('etag')
  for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const response = await fetch(lamp.url, { headers: { 'if-none-match': value } })
    assert.deepEqual([response.status, response.headers.get('etag'), await response.text()], [304, etag, ''], value)
  }
  assert.equal((await fetch(lamp.url, { headers: { 'if-none-match': '"other"' } })).status, 200)
  const head = await fetch(lamp.url, { method: 'HEAD' })
  assert.deepEqual([head.status, await head.text()], [200, ''])
  for (const name of ['content-type', 'content-length', 'etag', 'content-disposition']) assert.equal(head.headers.get(name), first.headers.get(name), name)
})
