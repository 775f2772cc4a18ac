/**
 * `npm start`: from a fresh clone to a page with a working chat. What is there already is only checked, so a second
 * start takes seconds.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { build, BUILD_STEPS } from './build.mjs'
import { demandPort, prepare, serve } from './local.mjs'
import { ensureNode22 } from './node22.mjs'
import { installPackages, PACKAGES_STEPS } from './packages.mjs'
import { createProgress, Failure, main, onSignals } from './progress.mjs'
import { repo } from './repo.mjs'
import { toolchain, TOOLCHAIN_STEPS } from './toolchain.mjs'

await main(async () => {
  const port = Number(process.env.PORT || 8787)
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new Failure(`PORT is ${process.env.PORT}, which is not a port.`, 'Set PORT to a number from 1 to 65535.')
  }
  await ensureNode22()
  await demandPort(port)
  const progress = createProgress(PACKAGES_STEPS + TOOLCHAIN_STEPS + BUILD_STEPS + 2)
  await installPackages(progress)
  await build(progress, await toolchain(progress))

  const state = repo('.local', 'state')
  await progress.step('Preparing the local database', () => prepare(progress, state))
  ensureSecret()
  let lastLines = []
  const server = await progress.step('Starting the server', () => serve({
    port,
    state,
    variables: process.env.RATE_LIMITS === 'off' ? { RATE_LIMITS: 'off' } : {},
    say: (line) => { lastLines = [...lastLines, line].slice(-40) },
  }))
  let asked = false
  onSignals(() => {
    asked = true
    server.stop()
  })
  mkdirSync(repo('.local'), { recursive: true })
  writeFileSync(repo('.local', 'dev.json'), `${JSON.stringify(server.dev, null, 2)}\n`, { mode: 0o600 })
  progress.say(welcome(server.dev))
  await server.exit
  if (!asked) throw new Failure('The server ended.', 'Read the lines above and start again.', lastLines)
})

/** The deployment's secret, made once; `wrangler dev` reads it from this file. */
function ensureSecret() {
  const file = repo('.dev.vars')
  if (!existsSync(file)) writeFileSync(file, `SECRET_KEY=${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
}

function welcome(dev) {
  return `
Porchlight is running.

  Demo page   ${dev.demoUrl}
  API key     ${dev.apiKey}
  Description ${dev.baseUrl}/openapi.json

Next: open the demo page, press the button in its lower corner and say something. Then answer as an agent:

  curl -s -H 'X-Api-Key: ${dev.apiKey}' \\
    ${dev.baseUrl}/organizations/${dev.organizationId}/conversations
  curl -s -H 'X-Api-Key: ${dev.apiKey}' -H 'Content-Type: application/json' -d '{"text":"Hello!"}' \\
    ${dev.baseUrl}/organizations/${dev.organizationId}/conversations/ID/messages

All of this stands in .local/dev.json. Ctrl+C stops the server.
`
}
