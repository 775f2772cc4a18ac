/**
 * `npm run bench`: Porchlight beside the same endpoints in Hono over D1, on this machine, as ratios. Each side has a
 * workerd of its own, and they take turns, so that whatever else the machine does falls on both. Fails where a budget
 * is exceeded. tests/bench/README.md says how to read it.
 */
import { buildEdge } from './build-edge.mjs'
import { ensureNode22 } from './node22.mjs'
import { installPackages, PACKAGES_STEPS } from './packages.mjs'
import { createProgress, Failure, main, onSignals, exitCodeOf } from './progress.mjs'
import { toolchain, TOOLCHAIN_STEPS } from './toolchain.mjs'

await main(async () => {
  await ensureNode22()
  const progress = createProgress(PACKAGES_STEPS + TOOLCHAIN_STEPS + 4)
  await installPackages(progress)
  const env = await toolchain(progress)
  await progress.step('Building the edge', () => buildEdge(progress, env))

  const { measureLists } = await import('../tests/bench/lists.mjs')
  const { measure, start, table } = await import('../tests/bench/bench.mjs')
  const bench = await progress.step('Starting both sides', start)
  const release = onSignals((signal) => bench.stop().finally(() => process.exit(exitCodeOf(signal))))
  try {
    const rows = await progress.step('Measuring, by turns', () => measure(bench, progress.note))
    const lists = await progress.step('Measuring lists among many and among few', () => measureLists(bench.sides[0].side, progress.note))
    progress.say(`\n${table(rows)}\n`)
    const over = [...rows, ...lists].filter((row) => !row.passes)
    if (over.length > 0) throw new Failure(`Over budget: ${over.map(({ name }) => name).join(', ')}.`, 'Run it again when the machine does nothing else; then look at what was changed last.')
  } finally {
    release()
    await bench.stop()
  }
})
