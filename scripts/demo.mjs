/**
 * What a local deployment is filled with: the shop of the demo page, its flow, an agent with a key, and a second
 * organization to try to reach what is not one's own. Filling it again changes nothing.
 */
import { createHash, randomBytes } from 'node:crypto'

const ORGANIZATION = '0190a000-0000-7000-8000-000000000001'
const AGENT = '0190a000-0000-7000-8000-000000000002'
const WIDGET = '0190a000-0000-7000-8000-000000000003'
const FLOW = '0190a000-0000-7000-8000-000000000004'
const OTHER = '0190a000-0000-7000-8000-0000000000ff'
const TOKEN = 'wt_demo_porchlight'
const SINCE = '2026-01-01T00:00:00.000Z'

const SCOPES = ['conversations.read', 'conversations.write', 'chat-widget.readonly', 'chat-widget.write', 'API_CHAT', 'flows.read', 'flows.write', 'admin']

const STEPS = [
  { id: 'hello', type: 'message', text: 'Hi there 👋 Welcome to Fern & Filament.' },
  {
    id: 'topic', type: 'choice', text: 'What can we help you with?', saveAs: 'topic',
    options: [
      { label: 'Where is my order?', value: 'order', next: 'order' },
      { label: 'Help me choose a lamp', value: 'advice', next: 'room' },
      { label: 'Talk to a person', value: 'person', next: 'name' },
    ],
  },
  { id: 'order', type: 'message', text: 'Orders leave our workshop within two working days, and the carrier e-mails a tracking link.', next: 'name' },
  {
    id: 'room', type: 'choice', text: 'Lovely. Which room is it for?', saveAs: 'room',
    options: [{ label: 'Living room' }, { label: 'Bedroom' }, { label: 'Desk' }],
  },
  { id: 'tip', type: 'message', text: 'For a {{room}} we like warm light, around 2700 K. Someone from the workshop can show you what fits.' },
  { id: 'name', type: 'question', text: 'May I have your name first?', saveAs: 'name' },
  { id: 'thanks', type: 'message', text: 'Thank you, {{name}}. I am calling someone from the workshop.' },
  { id: 'people', type: 'handoff' },
]

const SETTINGS = {
  heading: 'Fern & Filament',
  subHeading: 'We usually answer in a few minutes',
  theme: { primary: '#2f5d50' },
  flowId: FLOW,
}

/** The keys of a fresh deployment, made anew for every machine. */
export const newKeys = () => ({ apiKey: newKey(), otherApiKey: newKey() })

const newKey = () => `mk_live_${randomBytes(6).toString('hex')}.${randomBytes(24).toString('base64url')}`

/** What `.local/dev.json` says: all that a test or a curious developer needs to begin. */
export const describe = (baseUrl, keys) => ({
  baseUrl,
  organizationId: ORGANIZATION,
  apiKey: keys.apiKey,
  widgetId: WIDGET,
  widgetToken: TOKEN,
  identitySecret: keys.identitySecret ?? null,
  demoUrl: `${baseUrl}/`,
  gateway: { apiKey: null, accountToken: null, chatServer: null },
  other: { organizationId: OTHER, apiKey: keys.otherApiKey },
})

/** The rows, as SQL for D1. */
export function seedSql(keys) {
  const steps = JSON.stringify(STEPS)
  const version = Number.parseInt(createHash('sha256').update(steps).digest('hex').slice(0, 7), 16)
  return [
    insert('organizations', { id: ORGANIZATION, name: 'Fern & Filament', created_at: SINCE }),
    insert('organizations', { id: OTHER, name: 'Somebody Else Ltd', created_at: SINCE }),
    insert('agents', { id: AGENT, organization_id: ORGANIZATION, name: 'Sam', created_at: SINCE }),
    insert('api_keys', apiKey(ORGANIZATION, AGENT, 'Demo agent', keys.apiKey)),
    insert('api_keys', apiKey(OTHER, null, 'Demo outsider', keys.otherApiKey)),
    insert('flows', { id: FLOW, organization_id: ORGANIZATION, name: 'Welcome', steps, published_version: version, version, published_at: SINCE, created_at: SINCE, updated_at: SINCE }),
    insert('flow_versions', { organization_id: ORGANIZATION, flow_id: FLOW, version, steps, published_at: SINCE }, 'flow_id, version'),
    insert('widgets', { id: WIDGET, organization_id: ORGANIZATION, token: TOKEN, name: 'Demo shop', settings: JSON.stringify(SETTINGS), created_at: SINCE, updated_at: SINCE }),
  ].join('\n')
}

function apiKey(organization, agent, name, key) {
  const [prefix, secret] = key.replace('mk_live_', '').split('.')
  return {
    id: uuidOf(prefix),
    organization_id: organization,
    agent_id: agent,
    name,
    prefix,
    secret_hash: createHash('sha256').update(secret).digest('hex'),
    scopes: JSON.stringify(SCOPES),
    created_at: SINCE,
  }
}

/** A key's row id, the same each time the same key is seeded. */
function uuidOf(prefix) {
  const hex = createHash('sha256').update(prefix).digest('hex')
  return `0190a000-0000-7000-8000-${hex.slice(0, 12)}`
}

function insert(table, row, key = 'id') {
  const columns = Object.keys(row)
  const values = columns.map((column) => quote(row[column]))
  const updates = columns.map((column) => `${column} = excluded.${column}`)
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')}) ON CONFLICT (${key}) DO UPDATE SET ${updates.join(', ')};`
}

function quote(value) {
  if (value === null) return 'NULL'
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`
}
