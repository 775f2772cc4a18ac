/**
 * `npm test`: everything that must hold, on ports and state of its own, leaving nothing running. What fails stops it
 * and says so; the last lines count what was tested.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, BUILD_STEPS } from './build.mjs'
import { checkBoundaries, BOUNDARIES_STEPS } from './boundaries.mjs'
import { cargo, LOCKED } from './cargo.mjs'
import { ensureNode22 } from './node22.mjs'
import { installPackages, PACKAGES_STEPS } from './packages.mjs'
import { createProgress, Failure, main } from './progress.mjs'
import { repo } from './repo.mjs'
import { checkSizes, SIZES_STEPS } from './sizes.mjs'
import { chromium, toolchain, TOOLCHAIN_STEPS } from './toolchain.mjs'

/** The fuzzer has a workspace of its own. Here it goes without what generates inputs, in C++: half a minute to compile. */
const FUZZ = 'fuzz/Cargo.toml'
const fuzz = ['--manifest-path', FUZZ, '--no-default-features']
/** The folder of the workspace has most of what it links. */
const besides = { ...process.env, CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR || repo('target') }

await main(async () => {
  await ensureNode22()
  const progress = createProgress(PACKAGES_STEPS + TOOLCHAIN_STEPS + BUILD_STEPS + BOUNDARIES_STEPS + SIZES_STEPS + 7)
  await installPackages(progress)
  const env = await toolchain(progress)
  const browser = await progress.step('Looking for a browser', () => chromium(progress))

  await progress.step('Checking the form of the code', async () => {
    await progress.run('cargo', ['fmt', '--all', '--check'], { cwd: repo(), next: 'Run `cargo fmt --all`.' })
    await cargo(progress, 'clippy', ['--workspace', '--all-targets', '--features', 'porchlight-edge/schema', '--', '-D', 'warnings'], process.env)
    await progress.run('cargo', ['fmt', '--manifest-path', FUZZ, '--check'], { cwd: repo(), next: `Run \`cargo fmt --manifest-path ${FUZZ}\`.` })
    await cargo(progress, 'clippy', [...fuzz, '--all-targets', '--', '-D', 'warnings'], besides)
  })
  await checkBoundaries(progress)
  await progress.step('Testing the rules natively', () => tested('cargo', ['test', ...LOCKED, '--workspace', '--features', 'porchlight-edge/schema']))
  await progress.step('Testing what fuzzing has found', () => cargo(progress, 'test', fuzz, besides))
  await build(progress, env)
  await checkSizes(progress)

  const { ownDeployment } = await import('../tests/support/deployment.mjs')
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-dev-'))
  const server = await progress.step('Starting a server for the tests', () => ownDeployment())
  try {
    const dev = join(folder, 'dev.json')
    writeFileSync(dev, JSON.stringify(server.dev))
    const known = { PORCHLIGHT_DEV: dev, CHROMIUM: browser }
    await progress.step('Testing the APIs over HTTP and sockets', () => tested(process.execPath, ['--test', '--test-concurrency=2', ...files('contract')], known))
    await progress.step('Testing the widget in a browser', () => tested(process.execPath, ['--test', '--test-concurrency=1', ...files('e2e')], known))
  } finally {
    await server.remove()
    rmSync(folder, { recursive: true, force: true })
  }
  progress.say('\nAll is well.')
})

function files(kind) {
  return readdirSync(repo('tests', kind)).filter((name) => name.endsWith('.test.mjs')).map((name) => repo('tests', kind, name))
}

/** A test runner's own output is its progress, so it is shown as it comes. */
function tested(command, args, env = {}) {
  const child = spawn(command, args, { cwd: repo(), env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => code === 0
      ? resolve()
      : reject(new Failure('Some tests failed.', 'Read above which, and why. One file is run by `node --test FILE` after a build.')))
  })
}
