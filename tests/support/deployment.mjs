/**
 * The deployment that tests speak to: real workerd with state of its own, gone when the tests are.
 *
 * `npm test` starts one for all files and names it in PORCHLIGHT_DEV; a file run by itself starts its own, from what
 * was built last. A test that stops the server, or wants other settings, starts one with `ownDeployment`.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { promisify } from 'node:util'
import { freePort, prepare, serve } from '../../scripts/local.mjs'
import { createProgress, exitCodeOf, onSignals } from '../../scripts/progress.mjs'
import { repo } from '../../scripts/repo.mjs'

/** The secret of every deployment of the tests, so that they can sign tokens as the edge does. */
export const SECRET_KEY = 'a secret for tests alone, of enough length'

/** Where the deployment is and what is in it: what `.local/dev.json` says of one that `npm start` started. */
export async function deployment() {
  if (process.env.PORCHLIGHT_DEV) return JSON.parse(readFileSync(process.env.PORCHLIGHT_DEV, 'utf8'))
  const own = await ownDeployment()
  after(() => own.remove())
  return own.dev
}

/**
 * A deployment of one's own: `{ dev, state, log, pid(), sql(command), stop(signal), start(), remove() }`. Stopping it leaves its
 * state for the next start; `log` has what it printed, and `rows` is SQL for what it shall hold besides the demo.
 */
export async function ownDeployment(variables = { RATE_LIMITS: 'off' }, rows = '') {
  if (!existsSync(repo('edge', 'build', 'index.js'))) throw new Error('Nothing is built yet: run `npm test`, or `node scripts/build.mjs`, first.')
  const state = mkdtempSync(join(tmpdir(), 'porchlight-test-'))
  const log = []
  await prepared(state)
  if (rows !== '') await sql(state, rows)
  const at = (port) => serve({ port, state, variables: { SECRET_KEY, ...variables }, say: (line) => log.push(line) })
  let server = await patiently(async () => at(await freePort()))
  // Where it is known to be, it comes back.
  const port = Number(new URL(server.dev.baseUrl).port)
  // Who stops the tests halfway wants the server gone, too: it goes when this process exits.
  onSignals((signal) => process.exit(exitCodeOf(signal)))
  return {
    dev: { ...server.dev, pristine: pristine(state) },
    state,
    log,
    pid: () => server.pid,
    sql: (command) => sql(state, command),
    stop: (signal) => server.stop(signal),
    start: async () => { server = await patiently(() => at(port)) },
    remove: async () => {
      await server.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

/** Tries again where another server that started at the same moment took a port that was free a moment ago. */
async function patiently(start, tries = 3) {
  try {
    return await start()
  } catch (error) {
    const taken = /^Port \d+ is taken/.test(error.message) || error.output?.some((line) => line.includes('Address already in use'))
    if (tries === 1 || !taken) throw error
    return patiently(start, tries - 1)
  }
}

/**
 * Fills a state with the demo. Under `npm test` that is done once: the deployment for all files keeps a copy of what it
 * began with, and the others begin with that.
 */
async function prepared(state) {
  const shared = process.env.PORCHLIGHT_DEV ? JSON.parse(readFileSync(process.env.PORCHLIGHT_DEV, 'utf8')) : {}
  if (shared.pristine) return cpSync(shared.pristine, state, { recursive: true })
  await prepare(createProgress(1, { write() {} }), state)
  for (const name of readdirSync(state)) cpSync(join(state, name), join(pristine(state), name), { recursive: true })
}

const pristine = (state) => join(state, 'pristine')

/** Runs SQL on a deployment's D1, beside its server where that runs; the rows of the last statement. */
async function sql(state, command) {
  const args = ['d1', 'execute', 'DB', '--local', '--persist-to', state, '--yes', '--json', '--command', command]
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' }
  const { stdout } = await promisify(execFile)(repo('node_modules', '.bin', 'wrangler'), args, { cwd: repo(), env, maxBuffer: 1 << 26 })
  return JSON.parse(stdout).at(-1).results
}
