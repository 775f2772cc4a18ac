/**
 * The size gate. Bytes are a feature: what a visitor must download before anything can be typed
 * has a budget, and the build fails where it is exceeded. 1 KB is 1000 bytes here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { createProgress, Failure, isEntry, main } from './progress.mjs'
import { readStamp, repo } from './repo.mjs'

export const SIZES_STEPS = 1

const TYPE = 'until one can type, brotli'

const BUDGETS = [
  { what: 'loader, brotli', budget: 2_500, measure: () => brotli(['dist/porchlight.js']) },
  // Styles and the first language are inside the wasm and the glue. What comes when one can type already is not counted.
  { what: TYPE, budget: 40_000, measure: () => brotli(['dist/porchlight.js', ...widget()]) },
  // A place that answers visitors and agents loads this, and its start takes as long as this does.
  { what: 'edge wasm, gzip', budget: 400_000, measure: () => gzip('edge/build/index_bg.wasm') },
  // What an administrator's first call makes ready besides.
  // All that bots need is here, built for speed, and the APIs that only other vendors' clients speak; a place that answers
  // without any of them never loads it.
  { what: 'its second part, gzip', budget: 400_000, measure: () => gzip('edge/build/administration.wasm') },
  // What an editor's page loads when it tries flows out itself.
  { what: 'editors\' flow engine, brotli', budget: 140_000, measure: () => brotli(['dist/preview.js', ...preview()]) },
]

/** Prints what is used of each budget, and fails with the excess where one is exceeded. */
export function checkSizes(progress) {
  return progress.step('Weighing', async () => {
    const rows = BUDGETS.map(({ what, budget, measure }) => ({ what, budget, size: measure() }))
    for (const { what, size, budget } of rows) {
      const share = `${Math.round((size / budget) * 100)} %`
      progress.note(`${what.padEnd(30)}${group(size).padStart(9)} of ${group(budget).padStart(9)} bytes${share.padStart(7)}`)
    }
    // A library as it comes is a kilobyte larger, and nothing of ours.
    const spared = readStamp('library') === 'as it comes' ? 1_500 : 0
    const over = rows.filter(({ what, size, budget }) => size > budget + (what === TYPE ? spared : 0))
    if (over.length > 0) {
      const excess = over.map(({ what, size, budget }) => `${what}: ${group(size - budget)} bytes too many`)
      throw new Failure(`Over budget. ${excess.join('; ')}.`, 'Look at what was added last; a budget is raised only on purpose, in scripts/sizes.mjs.')
    }
    return { note: 'within budget: weighed' }
  })
}

/** The widget's hashed files. */
const widget = () => hashed(/^widget-[0-9a-f]+\.(js|wasm)$/, 2)
const preview = () => hashed(/^preview-[0-9a-f]+\.wasm$/, 1)

function hashed(pattern, count) {
  const found = existsSync(repo('dist/w')) ? readdirSync(repo('dist/w')) : []
  const names = found.filter((name) => pattern.test(name))
  if (names.length !== count) throw new Failure(`dist/w has ${names.length} files of ${pattern}, not ${count}.`, 'Run `node scripts/build.mjs` first.')
  return names.map((name) => `dist/w/${name}`)
}

/** Each file is a response of its own, so each is compressed by itself. */
function brotli(paths) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
  return paths.reduce((sum, path) => sum + brotliCompressSync(read(path), options).length, 0)
}

const gzip = (path) => gzipSync(read(path), { level: 9 }).length

function read(path) {
  if (!existsSync(repo(path))) throw new Failure(`${path} is not there.`, 'Run `node scripts/build.mjs` first.')
  return readFileSync(repo(path))
}

const group = (number) => number.toLocaleString('en-GB')

if (isEntry(import.meta.url)) await main(() => checkSizes(createProgress(SIZES_STEPS)))
