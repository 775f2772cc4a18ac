/** The flow that both sides run: 499 steps in one turn. */
import { randomUUID } from 'node:crypto'
import assert from 'node:assert/strict'
import { describe, newKeys } from '../../scripts/demo.mjs'
import { key } from '../support/keys.mjs'

const { organizationId } = describe('', newKeys())
const ID = randomUUID()
const KEY = key(['flows.read'])
const AT = '2026-01-01T00:00:00.000Z'
const STEPS = [
  { id: 'count', type: 'set', variable: 'i', op: 'increment' },
  { id: 'note', type: 'set', variable: 'note', value: "{{i}} of {{name|default:'many'}}" },
  { id: 'more', type: 'condition', cases: [{ when: { all: [{ variable: 'i', op: 'lt', value: 166 }, { not: { variable: 'note', op: 'contains', value: 'never' } }] }, next: 'count' }], else: 'end' },
  { id: 'end', type: 'end' },
]

/** What a side has to hold for it. */
export const FLOW_SQL = `${KEY.sql}
  INSERT INTO flows (id, organization_id, name, steps, created_at, updated_at) VALUES ('${ID}', '${organizationId}', 'Bench', '${JSON.stringify(STEPS).replaceAll("'", "''")}', '${AT}', '${AT}');`

/** Tries it out. */
export const testRun = () => ({ method: 'POST', path: `/organizations/${organizationId}/bot/flows/${ID}/test-run`, headers: { 'x-api-key': KEY.text }, body: {}, expected: 201 })

/** Fails where the two sides do not tell the same of it. */
export async function checkSameRun(clients) {
  const told = await Promise.all(clients.map(async (client) => {
    const { steps, finalVariables, status } = (await client.json(testRun())).body.data
    return { steps, finalVariables, status }
  }))
  assert.equal(told[0].steps.length, 499)
  assert.deepEqual(told[0], told[1], 'the two sides do not run the same flow')
}
