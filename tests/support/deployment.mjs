/**
 * The deployment that tests speak to: real workerd with state of its own, gone when the tests are.
 *
 * `npm test` starts one for all files and names it in PORCHLIGHT_DEV; a file run by itself starts its own, from what
 * was built last. A test that stops the server, or wants other settings, starts one with `ownDeployment`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { freePort, prepare, serve } from '../../scripts/local.mjs'
import { createProgress } from '../../scripts/progress.mjs'
import { repo } from '../../scripts/repo.mjs'

/** Where the deployment is and what is in it: what `.local/dev.json` says of one that `npm start` started. */
export async function deployment() {
  if (process.env.PORCHLIGHT_DEV) return JSON.parse(readFileSync(process.env.PORCHLIGHT_DEV, 'utf8'))
  const own = await ownDeployment()
  after(() => own.remove())
  return own.dev
}

/** A deployment of one's own: `{ dev, stop(signal), start(), remove() }`. Stopping it leaves its state for the next start. */
export async function ownDeployment(variables = { RATE_LIMITS: 'off' }) {
  if (!existsSync(repo('edge', 'build', 'index.js'))) throw new Error('Nothing is built yet: run `npm test`, or `node scripts/build.mjs`, first.')
  const state = mkdtempSync(join(tmpdir(), 'porchlight-test-'))
  const port = await freePort()
  const log = []
  await prepare(createProgress(1, { write() {} }), state)
  const start = () => serve({
    port,
    state,
    variables: { SECRET_KEY: 'a secret for tests alone, of enough length', ...variables },
    say: (line) => log.push(line),
  })
  let server = await start()
  return {
    dev: server.dev,
    state,
    log,
    stop: (signal) => server.stop(signal),
    start: async () => { server = await start() },
    remove: async () => {
      await server.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
