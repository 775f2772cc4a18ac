/**
 * A deployment on this machine: real workerd with real local D1, KV, R2, queues and Durable Objects, by `wrangler dev`.
 * `state` is the folder that holds all it keeps; two deployments need two folders and two ports.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, newKeys, seedSql } from './demo.mjs'
import { Failure } from './progress.mjs'
import { repo, sha } from './repo.mjs'

const WRANGLER = repo('node_modules', '.bin', 'wrangler')
const START_MS = 60_000
const STOP_MS = 5_000

const environment = { ...process.env, WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' }

/** Creates the tables that are missing, and fills in the demo where it is not what it should be. */
export async function prepare(progress, state) {
  mkdirSync(state, { recursive: true })
  const where = ['DB', '--local', '--persist-to', state]
  await progress.run(WRANGLER, ['d1', 'migrations', 'apply', ...where], {
    cwd: repo(),
    env: { ...environment, CI: 'true' },
    next: `Read the lines above; to begin anew, delete ${state}.`,
  })
  const keys = keysOf(state)
  const sql = seedSql(keys)
  const stamp = join(state, 'seed.stamp')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sha(sql)) return
  const file = join(state, 'seed.sql')
  writeFileSync(file, sql)
  const next = `Read the lines above; to begin anew, delete ${state}.`
  await progress.run(WRANGLER, ['d1', 'execute', ...where, '--yes', '--file', file], { cwd: repo(), env: environment, next })
  // What was published from the rows of before is published anew.
  const token = describe('', keys).widgetToken
  await progress.run(WRANGLER, ['kv', 'key', 'delete', `widget:${token}`, '--binding', 'CONFIG', '--local', '--persist-to', state], { cwd: repo(), env: environment, next })
  writeFileSync(stamp, sha(sql))
}

/**
 * Starts serving and resolves when the first answer has come: `{ dev, stop, pid }`.
 * `variables` are the Worker's, beside those of `.dev.vars`; `say` hears every line that wrangler prints.
 */
export async function serve({ port, state, variables = {}, say = () => {} }) {
  const baseUrl = `http://localhost:${port}`
  await demandPort(port)
  // Calls that name no widget are the demo's.
  const all = { DEFAULT_WIDGET: describe('', keysOf(state)).widgetToken, ...variables }
  const vars = Object.entries(all).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  // Two servers that start at once would choose the same port for their debuggers.
  const inspector = String(await freePort())
  const args = ['dev', '--port', String(port), '--inspector-port', inspector, '--ip', '127.0.0.1', '--persist-to', state, '--show-interactive-dev-session=false', ...vars]
  // A group of its own, so that stopping it stops workerd too.
  const child = spawn(WRANGLER, args, { cwd: repo(), env: { ...environment, PORCHLIGHT_BUILT: '1' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const output = []
  let ended = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
        output.push(line)
        say(line)
      }
    })
  }
  const exit = new Promise((resolve) => child.on('close', () => { ended = true; resolve() }))
  const signal = (name) => {
    try {
      process.kill(-child.pid, name)
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  // Whatever ends this process must not leave a server behind.
  process.once('exit', () => signal('SIGKILL'))
  const stop = async (name = 'SIGTERM') => {
    signal(name)
    const timer = setTimeout(() => signal('SIGKILL'), STOP_MS)
    await exit
    clearTimeout(timer)
  }

  const until = Date.now() + START_MS
  while (!(await answers(baseUrl))) {
    if (ended || output.some((line) => /runtime failed to start|Address already in use|refusing to start/.test(line)) || Date.now() > until) {
      await stop()
      throw new Failure(`The server did not start on port ${port}.`, 'Read the lines above. If the port is taken, set PORT to another one and try again.', output)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    return { dev: await described(baseUrl, state), stop, exit, pid: child.pid }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A port that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/** Fails where somebody listens on a port already. */
export async function demandPort(port) {
  if (await listens(port)) throw new Failure(`Port ${port} is taken.`, 'Stop what listens there, or set PORT to another port, and try again.')
}

function listens(port) {
  return new Promise((resolve) => {
    const probe = connect({ port, host: '127.0.0.1' })
    probe.on('connect', () => { probe.destroy(); resolve(true) })
    probe.on('error', () => resolve(false))
  })
}

/** What there is to know of a deployment. Its identity secret is sealed by the server, and asked of it once. */
async function described(baseUrl, state) {
  const keys = keysOf(state)
  const dev = describe(baseUrl, keys)
  if (keys.identitySecret) return dev
  const response = await fetch(`${baseUrl}/organizations/${dev.organizationId}/web-chat/channels/${dev.widgetId}/identity-secret`, { method: 'POST', headers: { 'x-api-key': dev.apiKey } })
  const answer = await response.text()
  if (response.status !== 201) throw new Failure(`The server gave no identity secret: ${response.status} ${answer}`, `To begin anew, delete ${state}.`)
  const known = { ...keys, identitySecret: JSON.parse(answer).data.secret }
  writeFileSync(keysFile(state), JSON.stringify(known), { mode: 0o600 })
  return describe(baseUrl, known)
}

const keysFile = (state) => join(state, 'keys.json')

/** The demo's API keys, made once for every state. */
function keysOf(state) {
  const file = keysFile(state)
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(newKeys()), { mode: 0o600 })
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** Whether the Worker itself answers there, and not only the static files. */
async function answers(baseUrl) {
  try {
    const response = await fetch(`${baseUrl}/web-chat/`, { signal: AbortSignal.timeout(2_000) })
    return response.status === 404 && (await response.json()).statusCode === 404
  } catch {
    return false
  }
}
