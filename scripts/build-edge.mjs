/** The Worker, and the description of its API that it generates itself. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cargo, WASM, wasmOf, withoutPaths } from './cargo.mjs'
import { nameByLikeness } from './order-wasm.mjs'
import { Failure } from './progress.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'

/** What workerd's engine has of WebAssembly, and the compiler uses. */
const FEATURES = ['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory', 'multivalue', 'reference-types', 'exception-handling']

/** Leaves the Worker in `edge/build/`. */
export async function buildEdge(progress, env) {
  const compiled = await compile(progress, env)
  const input = wasmOf('porchlight_edge', 'release', compiled)
  const recipe = hashOf(
    ['edge/Cargo.toml', 'scripts/build-edge.mjs', 'scripts/order-wasm.mjs', 'package-lock.json'],
    sha(readFileSync(input)), env.WASM_BINDGEN_BIN, env.WORKER_BUILD_BIN,
  )
  const outputs = ['index.js', 'index_bg.wasm'].map((name) => repo('edge', 'build', name))
  if (readStamp('edge') === recipe && outputs.every((path) => existsSync(path))) return { note: 'unchanged: checked' }

  await progress.run(env.WORKER_BUILD_BIN, ['--release'], {
    cwd: repo('edge'),
    env: compiled,
    next: 'Read the lines above; delete edge/build and try again.',
  })
  const wasm = outputs[1]
  const features = FEATURES.map((name) => `--enable-${name}`)
  const optimize = (...passes) => progress.run(env.WASM_OPT_BIN, [...features, ...passes, '--strip-producers', wasm, '-o', wasm], {
    env,
    next: 'Delete node_modules and try again.',
  })
  // worker-build leaves the names of functions in, which nobody downloads for.
  await optimize('--merge-similar-functions', '-Oz', '--strip-debug')
  writeFileSync(wasm, nameByLikeness(readFileSync(wasm)))
  await optimize('--reorder-functions-by-name', '--strip-debug')
  writeStamp('edge', recipe)
}

/**
 * Compiles it, as worker-build will ask cargo to do again, in vain; resolves to the environment that it was done in.
 * With the library's source at hand the library is built along, for size: a tenth less to load before the first answer.
 * What panics says nothing then but where it was, which is what the log shows in any case.
 */
async function compile(progress, env) {
  const build = (env) => cargo(progress, 'build', ['-p', 'porchlight-edge', '--lib', '--release', '--target', WASM], env)
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
