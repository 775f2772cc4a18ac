/**
 * Lists that stay as quick as they were, however much there is to list: the same page for an organization of a hundred
 * thousand widgets and for one of a hundred, on the same server.
 */
import { randomUUID } from 'node:crypto'
import { key } from '../support/keys.mjs'
import { client, load } from './load.mjs'

const MANY = 100_000
const FEW = 100
const ROUNDS = 9
const WARM_UPS = 2
const ROUND = { seconds: 0.3, most: 2_000 }
/** What many may cost, over what few cost: the rows of a page are the same, indexes are a little deeper. */
const BUDGET = 1.5

const FILTERS = [
  ['all', {}],
  ['the fourth page', { offset: 30 }],
  ['one type', { chatType: 'waChat' }],
  ['four types', { chatType: 'webChat' }],
  ['all but one type', { excludeChatType: 'liveChat' }],
  ['what is within', { chatType: 'allInOneChat', allInOneChatTypes: 'emailChat' }],
  ['a voice agent', { voiceAiAgentId: 'agent-1' }],
]

/** Fills an organization with widgets of every type, and answers with how it is asked. */
async function organization(side, count) {
  const id = randomUUID()
  const { text, sql } = key(['chat-widget.readonly'], { organization_id: id })
  await side.fill([
    `INSERT INTO organizations VALUES ('${id}', 'Lists of ${count}', '2026-01-01T00:00:00.000Z');\n${sql}\n
    INSERT INTO widgets (id, organization_id, token, name, settings, created_at, updated_at, chat_type)
      WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${count})
      SELECT printf('${id.slice(0, 24)}%012x', n), '${id}', printf('wt_${id}%d', n), printf('Widget %d', n),
        CASE n % 7 WHEN 3 THEN '{"advanceSettings":{"allInOneChatTypes":["emailChat","waChat"]}}' WHEN 4 THEN '{"voiceAiAgentId":"agent-1"}' ELSE '{}' END,
        strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + n, 'unixepoch'), '2026-01-01T00:00:00.000Z',
        CASE n % 7 WHEN 0 THEN 'liveChat' WHEN 1 THEN 'waChat' WHEN 2 THEN 'emailChat' WHEN 3 THEN 'allInOneChat' WHEN 4 THEN 'voiceAiChat' WHEN 5 THEN 'facebookChat' ELSE 'instagramChat' END
      FROM number;`,
  ])
  const headers = { authorization: `Bearer ${text}`, version: '2021-07-28' }
  return (filter) => ({ path: `/chat-widget/list?${new URLSearchParams({ locationId: id, offset: 0, limit: 10, ...filter })}`, headers, expected: 200 })
}

/** Measures both on one side; a row for each filter. */
export async function measureLists(side, note) {
  const [many, few] = [await organization(side, MANY), await organization(side, FEW)]
  const connections = client(side, 4)
  const rows = []
  try {
    for (const [name, filter] of FILTERS) {
      const counts = await Promise.all([many, few].map(async (ask) => (await connections.json(ask(filter))).body))
      if (counts.some(({ chatWidgets }) => chatWidgets.length !== 10)) throw new Error(`The page of ${name} is not full.`)
      const ratios = []
      for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
        const took = []
        for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) {
          const before = side.cpu()
          const { count } = await load(connections, () => [many, few][index](filter), ROUND)
          took[index] = (side.cpu() - before) / count
        }
        if (round >= WARM_UPS) ratios.push(took[0] / took[1])
      }
      const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]
      const row = { name, total: counts[0].totalCount, median, passes: median <= BUDGET }
      note(`10 of ${String(row.total).padStart(6)} widgets, ${name.padEnd(18)} CPU ${median.toFixed(2)} of 10 of ${FEW}; budget ≤ ${BUDGET}: ${row.passes ? 'met' : 'MISSED'}`)
      rows.push(row)
    }
  } finally {
    connections.close()
  }
  return rows
}
