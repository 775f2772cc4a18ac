/**
 * `npm run deploy`: builds, weighs, and puts the production environment of wrangler.toml on Cloudflare. The first run
 * creates what is missing: database, namespace, bucket, queues and the deployment's secrets. Every run is safe to repeat.
 *
 * Migrations run before the Worker that needs them (they only ever expand what an older Worker knows); on the very
 * first run there is no database yet, so they follow the deploy that creates it.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { build, BUILD_STEPS } from './build.mjs'
import { ensureNode22 } from './node22.mjs'
import { installPackages, PACKAGES_STEPS } from './packages.mjs'
import { createProgress, Failure, main } from './progress.mjs'
import { repo } from './repo.mjs'
import { checkSizes, SIZES_STEPS } from './sizes.mjs'
import { toolchain, TOOLCHAIN_STEPS } from './toolchain.mjs'

const DATABASE = 'porchlight'
const QUEUES = ['porchlight-jobs', 'porchlight-jobs-dead']
/** A variable that is for tests alone: with it, the Worker would refuse to start. */
const OF_TESTS = 'TEST_SERVER'
const PRODUCTION = ['--env', 'production']
const environment = { ...process.env, PORCHLIGHT_BUILT: '1', CI: 'true' }

await main(async () => {
  refuseTestServer()
  await ensureNode22()
  const progress = createProgress(PACKAGES_STEPS + TOOLCHAIN_STEPS + BUILD_STEPS + SIZES_STEPS + 5)
  await installPackages(progress)
  await build(progress, await toolchain(progress))
  await checkSizes(progress)

  const wrangler = (args, next) => progress.run(repo('node_modules', '.bin', 'wrangler'), args, { cwd: repo(), env: environment, next })
  await progress.step('Asking who you are', () => wrangler(['whoami'], 'Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN, and try again.'))
  const databases = JSON.parse(await wrangler(['d1', 'list', '--json'], 'Give your token the right to edit D1.'))
  const known = databases.some(({ name }) => name === DATABASE)
  const migrate = () => progress.step('Migrating the database', () =>
    wrangler(['d1', 'migrations', 'apply', 'DB', '--remote', ...PRODUCTION], 'Read the lines above. Nothing has been deployed that needs the failed migration.'))

  await progress.step('Making sure of the queues', async () => {
    const listed = await wrangler(['queues', 'list'], 'Give your token the right to edit queues.')
    const known = listed.split(/[^\w-]+/)
    for (const queue of QUEUES.filter((name) => !known.includes(name))) await wrangler(['queues', 'create', queue], 'Create the queue on the dashboard and try again.')
  })
  if (known) await migrate()
  await progress.step('Deploying', () => wrangler(['deploy', ...PRODUCTION], 'Read the lines above; what was deployed before goes on.'))
  if (!known) await migrate()
  let setup
  await progress.step('Making sure of the secrets', async () => {
    const secrets = JSON.parse(await wrangler(['secret', 'list', ...PRODUCTION], 'Give your token the right to edit Workers.'))
    const has = (wanted) => secrets.some(({ name }) => name === wanted)
    if (has(OF_TESTS)) throw new Failure(`The Worker has the secret ${OF_TESTS}, which is for tests alone: it refuses to start.`, `Run \`npx wrangler secret delete ${OF_TESTS} --env production\`.`)
    if (!has('SECRET_KEY')) await putSecret('SECRET_KEY', randomBytes(32).toString('hex'))
    if (!has('SETUP_SECRET')) {
      setup = randomBytes(32).toString('hex')
      await putSecret('SETUP_SECRET', setup)
    }
  })
  progress.say('\nDeployed. Changing SECRET_KEY later ends every visitor\'s session.')
  if (setup) {
    progress.say(`The first organization and its key are made with this, once; it opens nothing afterwards:

  curl -X POST https://YOUR_WORKER/organizations -H 'X-Setup-Secret: ${setup}' \\
    -H 'Content-Type: application/json' -d '{"name": "Your company", "agentName": "You"}'`)
  }
})

/** What stands in the place of other people's servers in tests has no place where people are served. */
function refuseTestServer() {
  if (readFileSync(repo('wrangler.toml'), 'utf8').includes(OF_TESTS)) {
    throw new Failure(`wrangler.toml sets ${OF_TESTS}, which is for tests alone.`, 'Take it out; tests set it themselves.')
  }
}

/** Secrets go by standard input, so that no list of processes shows them. */
function putSecret(name, value) {
  const child = spawn(repo('node_modules', '.bin', 'wrangler'), ['secret', 'put', name, ...PRODUCTION], { cwd: repo(), env: environment, stdio: ['pipe', 'inherit', 'inherit'] })
  child.stdin.end(value)
  return new Promise((resolve, reject) => {
    child.on('close', (code) => code === 0 ? resolve() : reject(new Failure(`${name} was not set.`, `Run \`npx wrangler secret put ${name} --env production\`.`)))
  })
}
