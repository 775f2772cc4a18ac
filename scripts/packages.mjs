/** npm's packages, installed when the lock file says something else than what is there. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { repo, sha } from './repo.mjs'

/** Programs whose absence tells that somebody has been cleaning up. */
const PROGRAMS = ['wrangler', 'workerd', 'esbuild', 'wasm-opt'].map((name) => repo('node_modules', '.bin', name))

export const PACKAGES_STEPS = 1

/** The stamp lies inside node_modules, so that deleting that folder deletes the stamp, too. */
const STAMP = repo('node_modules', '.porchlight-lock')

export function installPackages(progress) {
  return progress.step('Installing npm packages', async () => {
    const wanted = sha(readFileSync(repo('package-lock.json')))
    const whole = PROGRAMS.every((path) => existsSync(path))
    if (whole && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return { note: 'already there: checked' }
    await progress.run('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: repo(),
      next: 'Check that npm reaches its registry, delete node_modules, and try again.',
    })
    writeFileSync(STAMP, wanted)
  })
}
