/**
 * wrangler needs Node 22. Where the machine's Node is older, npm brings a newer one for this
 * project alone, and the running script starts again under it.
 */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { cachePath, installOnce } from './cache.mjs'
import { createProgress, exitCodeOf, Failure, onSignals } from './progress.mjs'

const WANTED = 22
const VERSION = '22.23.2'

/** Returns at once under Node 22 or newer; otherwise it never returns, its child does the work. */
export async function ensureNode22() {
  if (Number(process.versions.node.split('.')[0]) >= WANTED) return
  if (process.env.PORCHLIGHT_NODE22) {
    throw new Failure(`Node ${VERSION} was fetched, but answers as ${process.version}.`, `Delete ${cachePath(`node-${VERSION}`)} and try again.`)
  }
  const node = await fetchNode()
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, PORCHLIGHT_NODE22: '1', PATH: `${dirname(node)}:${process.env.PATH}` },
  })
  // Ctrl-C in a terminal reaches the child by itself; sent twice, it would cut a tidy shutdown short.
  onSignals((signal) => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal))
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve({ code, signal }))
  })
  process.exit(signal ? exitCodeOf(signal) : code)
}

/**
 * npm's `node` package is a script that installs one of these per-platform packages when it is
 * installed. Asking for it directly works where install scripts are switched off, too.
 */
async function fetchNode() {
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${process.platform}-${process.arch}`
  const folder = await installOnce(`node-${VERSION}`, async (target) => {
    const progress = createProgress(0)
    progress.say(`Fetching Node ${VERSION} for this project (once; this machine has ${process.version}) …`)
    const npm = ['install', '--prefix', target, '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${VERSION}`]
    const next = 'Check that npm reaches its registry, or install Node 22 yourself, and try again.'
    await progress.run('npm', npm, { next, cwd: target })
    await progress.run(binary(target, name), ['--version'], { next })
  })
  return binary(folder, name)
}

const binary = (folder, name) => join(folder, 'node_modules', name, 'bin', 'node')
