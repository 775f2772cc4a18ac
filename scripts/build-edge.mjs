/**
 * The Worker, in two parts (see split-wasm.mjs): what visitors and agents need to talk, and what bots and administrators
 * need besides, which is made ready when the first of them asks. And the description of its API that it generates itself.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cargo, WASM, wasmOf, withoutPaths } from './cargo.mjs'
import { nameByLikeness } from './order-wasm.mjs'
import { Failure } from './progress.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'
import { split } from './split-wasm.mjs'

/** What workerd's engine has of WebAssembly, and the compiler uses. */
const FEATURES = ['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory', 'multivalue', 'reference-types', 'exception-handling']

/** What wasm-bindgen calls the program, and the second part of it. */
const FIRST = 'index_bg.wasm'
const LATER = 'administration.wasm'
const built = (name) => repo('edge', 'build', name)

/** Leaves the Worker in `edge/build/`. */
export async function buildEdge(progress, env) {
  const compiled = await compileForSize(progress, env, 'porchlight-edge')
  const input = wasmOf('porchlight_edge', 'release', compiled)
  const recipe = hashOf(
    ['edge/Cargo.toml', 'scripts/build-edge.mjs', 'scripts/order-wasm.mjs', 'scripts/split-wasm.mjs', 'package-lock.json'],
    sha(readFileSync(input)), env.WASM_BINDGEN_BIN, env.WORKER_BUILD_BIN,
  )
  const outputs = ['index.js', FIRST, LATER].map(built)
  if (readStamp('edge') === recipe && outputs.every((path) => existsSync(path))) return { note: 'unchanged: checked' }

  await progress.run(env.WORKER_BUILD_BIN, ['--release'], {
    cwd: repo('edge'),
    env: compiled,
    next: 'Read the lines above; delete edge/build and try again.',
  })
  const run = (command, args) => progress.run(command, args, { env, next: 'Delete node_modules and try again.' })
  const features = FEATURES.map((name) => `--enable-${name}`)
  const whole = built('whole.wat')
  await run(env.WASM_DIS_BIN, [...features, built(FIRST), '-o', whole])
  const parts = split(readFileSync(whole, 'utf8'), { onDemand: true })
  // The second part runs flows, step by step; what makes it quicker makes it no larger once it is packed.
  for (const [name, text, how] of [[FIRST, parts.first, '-Oz'], [LATER, parts.later, '-O3']]) {
    const wasm = built(name)
    const optimize = (from, ...passes) => run(env.WASM_OPT_BIN, [...features, ...passes, '--strip-producers', '--strip-debug', from, '-o', wasm])
    writeFileSync(whole, text)
    await optimize(whole, '--merge-similar-functions', '--gufa-optimizing', how)
    writeFileSync(wasm, nameByLikeness(readFileSync(wasm)))
    await optimize(wasm, '--reorder-functions-by-name')
  }
  rmSync(whole)
  writeFileSync(built('index.js'), withParts(readFileSync(built('index.js'), 'utf8')))
  writeStamp('edge', recipe)
}

/**
 * The glue makes the program at its start, and anew after a panic; each gets its own second part, of the same memory,
 * when a stub asks for it.
 */
function withParts(glue) {
  const made = /new WebAssembly\.Instance\((\w+),(\w+)\(\)\)/g
  const places = glue.match(made)?.length
  if (places !== 2) {
    throw new Failure(`The glue of worker-build makes its program in ${places ?? 0} places, not 2.`, 'worker-build has changed: look at withParts in scripts/build-edge.mjs.')
  }
  return `import secondPart from './${LATER}'
function inParts(firstPart, imports) {
  const load = () => { new WebAssembly.Instance(secondPart, { ...imports, p: first.exports }) }
  const first = new WebAssembly.Instance(firstPart, { ...imports, later: { load } })
  return first
}
${glue.replace(made, 'inParts($1,$2())')}`
}

/**
 * Compiles a crate with all of Rust's library, the edge as worker-build will ask cargo to do again, in vain; resolves to
 * the environment that it was done in. With the library's source at hand the library is built along, for size: a tenth
 * less to load before the first answer. What panics says nothing then but where it was, which is what the log shows in
 * any case.
 */
export async function compileForSize(progress, env, crate) {
  const build = (env) => cargo(progress, 'build', ['-p', crate, '--lib', '--release', '--target', WASM], env)
  // The variable is what worker-build sets for the same compilation: with it here, cargo does it once.
  const plain = { ...env, ...withoutPaths(), WASM_BINDGEN_USE_JS_SYS: '1' }
  if (env.RUST_SOURCE) {
    const small = {
      ...plain,
      CARGO_TARGET_DIR: join(env.CARGO_TARGET_DIR || repo('target'), 'edge'),
      // All three are for nightly compilers; this lets a stable one, whose own source it is, do it.
      RUSTC_BOOTSTRAP: '1',
      CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
      CARGO_UNSTABLE_BUILD_STD_FEATURES: 'optimize_for_size',
      RUSTFLAGS: `${plain.RUSTFLAGS} -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none`,
    }
    try {
      await build(small)
      return small
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== 1) throw error
      // Either the fault is ours, and shows below as well, or this compiler cannot, and the usual way will do.
      progress.note('building the library with it failed; building without')
    }
  }
  await build(plain)
  return plain
}

/**
 * The API's types describe themselves, in a program of the machine's own kind: it is compiled with
 * the standard compiler, not with the one that is there for wasm.
 */
export async function buildOpenapi(progress, made) {
  const args = ['-p', 'porchlight-edge', '--features', 'schema', '--bin', 'openapi']
  made.set('openapi.json', Buffer.from(await cargo(progress, 'run', args, process.env)))
}
