/**
 * The two sides of the bench. Each is a workerd of its own with real local stores, spoken to directly: no
 * proxy of `wrangler dev` stands before it.
 */
import { build } from 'esbuild'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, newKeys, seedSql } from '../../scripts/demo.mjs'
import { repo } from '../../scripts/repo.mjs'
import { FLOW_SQL } from './flow.mjs'

// wrangler brings Miniflare, in the version that fits it.
const { convertV4MiniflareOptions, Miniflare } = createRequire(createRequire(import.meta.url).resolve('wrangler'))('miniflare')

/**
 * Where the stores lie: in memory, where the machine can. How long its disk takes to sync is not what is compared; on a
 * disk of one's own, 32 objects that sync for themselves wait on each other as they never do on the platform.
 */
const GROUND = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const { organizationId, widgetToken } = describe('', newKeys())
const SHARED = {
  modules: true,
  compatibilityDate: readFileSync(repo('wrangler.toml'), 'utf8').match(/compatibility_date = "(.+)"/)[1],
  d1Databases: ['DB'],
  bindings: { SECRET_KEY: 'a secret for the bench alone, of enough length', RATE_LIMITS: 'off' },
}

/** Porchlight, as it was built last. Its widget has no bot: the other side has none either. */
export async function porchlight() {
  const file = (type, name) => ({ type, path: repo('edge', 'build', name), contents: readFileSync(repo('edge', 'build', name)) })
  const side = await start('Porchlight', {
    ...SHARED,
    modulesRoot: repo('edge', 'build'),
    modules: [file('ESModule', 'index.js'), ...['index_bg.wasm', 'administration.wasm'].map((name) => file('CompiledWasm', name))],
    kvNamespaces: ['CONFIG'],
    r2Buckets: ['MEDIA'],
    durableObjects: {
      THREAD: { className: 'Thread', useSQLite: true },
      INBOX: { className: 'Inbox', useSQLite: true },
      GUARD: { className: 'Guard', useSQLite: true },
      CONNECTION: { className: 'Connection', useSQLite: true },
    },
  })
  const migrations = readdirSync(repo('edge', 'migrations')).sort().map((name) => readFileSync(repo('edge', 'migrations', name), 'utf8'))
  await side.fill([...migrations, seedSql(newKeys()), "UPDATE widgets SET settings = json_remove(settings, '$.flowId');", FLOW_SQL])
  return side
}

/** The same endpoints in Hono over D1, with the same widget. */
export async function hono(config) {
  const bundle = await build({
    entryPoints: [repo('tests', 'bench', 'hono', 'app.js')],
    bundle: true, write: false, format: 'esm', target: 'es2022', minify: true, external: ['cloudflare:workers'],
  })
  const side = await start('Hono + D1', { ...SHARED, script: bundle.outputFiles[0].text, durableObjects: { ROOM: { className: 'Room', useSQLite: true } } })
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`
  await side.fill([
    readFileSync(repo('tests', 'bench', 'hono', 'schema.sql'), 'utf8'),
    `INSERT INTO widgets (id, organization_id, token, config)
      VALUES ('0190a000-0000-7000-8000-000000000003', ${quoted(organizationId)}, ${quoted(widgetToken)}, ${quoted(JSON.stringify(config))});`,
    FLOW_SQL,
  ])
  return side
}

/** Where both serve their widget. */
export const PATH = `/web-chat/${widgetToken}`

/** Where Porchlight serves the same widget to livechat clients. */
export const LIVECHAT = `/livechat/${widgetToken}/api/v1/livechat`

async function start(name, options) {
  const state = mkdtempSync(join(GROUND, 'porchlight-bench-'))
  const before = new Set(workerds())
  const miniflare = new Miniflare(convertV4MiniflareOptions({
    ...options,
    name: 'bench',
    host: '127.0.0.1',
    resourcePersistencePath: state,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
  }))
  const stop = async () => {
    await miniflare.dispose()
    rmSync(state, { recursive: true, force: true })
  }
  try {
    await miniflare.ready
    const url = await miniflare.unsafeGetDirectURL()
    const pid = workerds().find((pid) => !before.has(pid))
    const fill = async (scripts) => {
      const db = await miniflare.getD1Database('DB')
      // What a trigger does is indented, and ends with END.
      const statements = scripts.flatMap((sql) => `${sql.replaceAll(/^--.*$/gm, '')}\n`.split(/;[ \t]*\n(?![ \t]+\S|END)/)).filter((sql) => sql.trim() !== '')
      await db.batch(statements.map((sql) => db.prepare(sql)))
    }
    return { name, host: url.hostname, port: Number(url.port), fill, stop, cpu: () => cpuSeconds(pid) }
  } catch (error) {
    await stop()
    throw error
  }
}

const stat = (pid) => {
  // The name, in parentheses, may contain anything; what follows it is plain.
  const [, name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) (.*)/s)
  return { name, fields: rest.split(' ') }
}

/** The workerd processes that this process has started. */
function workerds() {
  return readdirSync('/proc').filter((pid) => {
    try {
      const { name, fields } = stat(pid)
      return name === 'workerd' && Number(fields[1]) === process.pid
    } catch {
      return false
    }
  })
}

/** What a process has used of the processors so far, in seconds: its threads' nanoseconds, where `stat` has hundredths. */
function cpuSeconds(pid) {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
  return threads.reduce((sum, line) => sum + Number(line.split(' ')[0]), 0) / 1e9
}
