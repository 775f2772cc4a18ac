/** API keys that no demo has, with the rows they are known by: `ownDeployment(variables, sql)` begins with them. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { describe, newKeys } from '../../scripts/demo.mjs'

const { organizationId } = describe('', newKeys())

/** A key of the demo's organization with these scopes: `{ text, sql }`; `more` changes its row. */
export function key(scopes, more = {}) {
  const [prefix, secret] = [randomBytes(6).toString('hex'), randomBytes(24).toString('base64url')]
  const row = {
    id: randomUUID(), organization_id: organizationId, name: 'Test', prefix,
    secret_hash: createHash('sha256').update(secret).digest('hex'), scopes: JSON.stringify(scopes), created_at: '2026-01-01T00:00:00.000Z', ...more,
  }
  const values = Object.values(row).map((value) => `'${value}'`)
  return { text: `mk_live_${prefix}.${secret}`, sql: `INSERT INTO api_keys (${Object.keys(row).join(', ')}) VALUES (${values.join(', ')});` }
}
