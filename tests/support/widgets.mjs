/** Widgets with settings of their own, beside the demo's: `ownDeployment(variables, rows(all))` begins with them. */
import { createHmac, randomUUID } from 'node:crypto'
import { describe, newKeys } from '../../scripts/demo.mjs'
import { sealed } from './tokens.mjs'

const { organizationId } = describe('', newKeys())

/** A widget of the demo's organization: `{ id, token, identitySecret, sql, of(dev) }`. */
export function widget(settings = {}, { identitySecret = null } = {}) {
  const [id, token] = [randomUUID(), `wt_${randomUUID()}`]
  const row = [id, organizationId, token, 'Test & Co', JSON.stringify(settings), '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z']
  const secret = identitySecret === null ? 'NULL' : quote(sealed(identitySecret, id))
  return {
    id,
    token,
    identitySecret,
    sql: `INSERT INTO widgets (id, organization_id, token, name, settings, created_at, updated_at, identity_secret) VALUES (${row.map(quote).join(', ')}, ${secret});`,
    /** The deployment as the tests know it, with this widget in the demo's place. */
    of: (dev) => ({ ...dev, widgetId: id, widgetToken: token }),
  }
}

export const rows = (widgets) => widgets.map(({ sql }) => sql).join('\n')

/** What a host signs an identity with. */
export const signature = (secret, text) => createHmac('sha256', secret).update(text).digest('hex')

const quote = (text) => `'${text.replaceAll("'", "''")}'`
