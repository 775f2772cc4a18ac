/**
 * `npm run fuzz [-- SECONDS]`: throws flows that nobody would write at the flow engine, for a minute where nothing else is
 * said, and stops at the first that breaks what fuzz/src/lib.rs asserts of all of them.
 *
 * It is libFuzzer, as `cargo fuzz run flow` has it, but asks for neither cargo-fuzz nor a nightly compiler. What it
 * learns about the engine's ways stays in .local/fuzz for the next run; fuzz/corpus is what the first begins with.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cargo } from './cargo.mjs'
import { createProgress, Failure, main } from './progress.mjs'
import { repo } from './repo.mjs'

/** Has the compiler count where a run comes by, and tell what is compared there. */
const WATCHED = ['level=4', 'inline-8bit-counters', 'pc-table', 'trace-compares'].map((what) => `-Cllvm-args=-sanitizer-coverage-${what}`)
const RUSTFLAGS = ['--cfg fuzzing', '-Cpasses=sancov-module', ...WATCHED].join(' ')

const LEARNT = repo('.local', 'fuzz', 'flow')
const FOUND = repo('.local', 'fuzz', 'found-')

await main(async () => {
  const seconds = Number(process.argv[2] ?? 60)
  if (!(seconds >= 1)) throw new Failure(`${process.argv[2]} is no number of seconds.`, 'For ten minutes: npm run fuzz -- 600')
  const progress = createProgress(2)
  const program = await progress.step('Building the fuzzer', () => build(progress))
  await progress.step(`Fuzzing for ${seconds} seconds`, async () => {
    mkdirSync(LEARNT, { recursive: true })
    const limits = [`-max_total_time=${Math.ceil(seconds)}`, '-timeout=10', '-max_len=8192']
    const files = ['-dict=fuzz/flow.dict', `-artifact_prefix=${FOUND}`, LEARNT, 'fuzz/corpus/flow']
    const next = 'The lines above have what does not hold, and the file with the input. When it is mended, that file belongs into fuzz/corpus/flow.'
    await progress.run(program, [...limits, ...files], { cwd: repo(), next })
  })
})

/** With the target named, cargo leaves what runs while building unwatched. Resolves to the program. */
async function build(progress) {
  const host = execFileSync('rustc', ['-vV'], { cwd: repo(), encoding: 'utf8' }).match(/^host: (.*)$/m)[1]
  const folder = repo('target', 'fuzz')
  await cargo(progress, 'build', ['--manifest-path', 'fuzz/Cargo.toml', '--release', '--target', host], { ...process.env, RUSTFLAGS, CARGO_TARGET_DIR: folder })
  return join(folder, host, 'release', 'flow')
}
