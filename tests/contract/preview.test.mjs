/** The flow engine that editors load: it says of a draft what the edge says. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { client } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const bot = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
const at = `/organizations/${dev.organizationId}/bot/flows`
const preview = await loaded()

/** The module as it is served, with the wasm that it names. */
async function loaded() {
  const served = await fetch(`${dev.baseUrl}/preview.js`)
  assert.deepEqual([served.status, served.headers.get('access-control-allow-origin')], [200, '*'])
  const source = await served.text()
  const wasm = await fetch(dev.baseUrl + source.match(/\/w\/preview-[0-9a-f]{8}\.wasm/)[0])
  assert.deepEqual([wasm.status, wasm.headers.get('content-type')], [200, 'application/wasm'])
  assert.match(wasm.headers.get('cache-control'), /immutable/)
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-preview-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'preview.mjs'), source)
  const module = await import(join(folder, 'preview.mjs'))
  await module.default({ module_or_path: wasm })
  return module
}

const random = () => crypto.getRandomValues(new Uint8Array(10))
const make = async (steps) => (await bot.post(at, { name: 'A flow', steps })).data
const ORDERS = [
  { id: 'ask', type: 'question', text: 'Your order?', saveAs: 'order', validate: 'regex', pattern: '[0-9]+', error: 'Its number, please.' },
  { id: 'count', type: 'set', variable: 'tries', op: 'increment' }, { id: 'when', type: 'set', variable: 'at', op: 'now' },
  { id: 'sum', type: 'set', variable: 'sum', op: 'expression', value: '{{order}} * 1.1' },
  { id: 'look', type: 'http', url: 'https://shop.test/orders/{{order|url}}', map: { state: 'order.state' }, onError: 'sorry' },
  { id: 'is', type: 'condition', cases: [{ when: { all: [{ variable: 'state', op: 'eq', value: 'SENT' }, { variable: 'sum', op: 'gt', value: 7 }] }, next: 'sent' }], else: 'sorry' },
  { id: 'sent', type: 'message', text: 'Ünder way: {{state}} ✓ "{{at}}"', next: 'end' }, { id: 'sorry', type: 'message', text: 'Sorry, {{name|default:\'friend\'}}', next: 'wait' },
  { id: 'wait', type: 'delay', seconds: 5, next: 'ask' }, { id: 'end', type: 'end' },
]

test('a try in the preview is, byte for byte, the try at the edge', async () => {
  const flow = await make(ORDERS)
  const now = '2026-05-01T00:00:00.000Z'
  for (const script of [
    { messages: ['seven', '7'], mocks: { look: { status: 200, body: { order: { state: 'sent' } } } } }, { messages: ['6', '7'], variables: { name: 'Ada' }, mocks: { look: { status: 500 } } },
    { messages: ['7'] }, { messages: ['a', 'b', 'c'] }, { variables: { 'visitor.x': 1e21, list: ['a', 'b'] } }, {},
  ]) {
    const answer = await fetch(`${dev.baseUrl}${at}/${flow.id}/test-run`, { method: 'POST', headers: { 'x-api-key': dev.apiKey, 'content-type': 'application/json' }, body: JSON.stringify({ ...script, now }) })
    const report = preview.testRun(JSON.stringify(ORDERS), JSON.stringify(script), Date.parse(now), random())
    assert.equal(answer.status, 201)
    assert.ok((await answer.text()).startsWith(`{"data":${report},`), report)
  }
})

test('what the preview finds wrong is what publishing refuses, and a try tells', async () => {
  assert.equal(preview.lint(JSON.stringify(ORDERS)), '[]')
  for (const steps of [
    [], [{ id: 'a', type: 'message', text: '{{nmae}}' }, { id: 'b', type: 'message', text: 'Never', next: 'b' }], [{ id: 'a', type: 'goto', next: 'b' }, { id: 'a', type: 'delay', seconds: 0 }],
    [{ id: 'a', type: 'dance' }, { type: 'end' }], [{ id: 'q', type: 'question', text: '?', saveAs: 'x', validate: 'regex', pattern: '(' }],
  ]) {
    const flow = await make(steps)
    const refused = await bot.post(`${at}/${flow.id}/publish`)
    const faults = JSON.parse(preview.lint(JSON.stringify(steps)))
    assert.deepEqual([refused.status, refused.body.message], [422, faults])
    assert.deepEqual(JSON.parse(preview.testRun(JSON.stringify(steps), '{}', Date.now(), random())), (await bot.post(`${at}/${flow.id}/test-run`, {})).data)
  }
})

test('what is no draft and no script is refused, and the preview goes on', () => {
  const run = (...args) => () => preview.testRun(...args)
  assert.throws(() => preview.lint('['), /flow: must be valid JSON/)
  assert.throws(run('[', '{}', 0, random()), /flow: must be valid JSON/)
  assert.throws(run('[]', '{"messages":7}', 0, random()), /script\.messages: must be a list/)
  assert.throws(run('[]', '{}', 0, new Uint8Array(9)), /random: must be 10 bytes/)
  assert.equal(preview.lint('[]'), '["a flow needs at least one step"]')
})
