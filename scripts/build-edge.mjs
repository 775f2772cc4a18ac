/** The Worker, and the description of its API that it generates itself. */
import { existsSync, readFileSync } from 'node:fs'
import { cargo, WASM, wasmOf, withoutPaths } from './cargo.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'

/** Leaves the Worker in `edge/build/`. */
export async function buildEdge(progress, env) {
  // The variable is what worker-build sets for the same compilation: with it here, cargo does it once.
  await cargo(progress, 'build', ['-p', 'porchlight-edge', '--lib', '--release', '--target', WASM], { ...env, ...withoutPaths(), WASM_BINDGEN_USE_JS_SYS: '1' })
  const input = wasmOf('porchlight_edge', 'release', env)
  const recipe = hashOf(
    ['edge/Cargo.toml', 'scripts/build-edge.mjs', 'package-lock.json'],
    sha(readFileSync(input)), env.WASM_BINDGEN_BIN, env.WORKER_BUILD_BIN,
  )
  const outputs = ['index.js', 'index_bg.wasm'].map((name) => repo('edge', 'build', name))
  if (readStamp('edge') === recipe && outputs.every((path) => existsSync(path))) return { note: 'unchanged: checked' }

  await progress.run(env.WORKER_BUILD_BIN, ['--release'], {
    cwd: repo('edge'),
    env: { ...env, ...withoutPaths() },
    next: 'Read the lines above; delete edge/build and try again.',
  })
  // worker-build leaves the names of functions in, which nobody downloads for.
  const wasm = outputs[1]
  await progress.run(env.WASM_OPT_BIN, ['--all-features', '--strip-debug', '--strip-producers', wasm, '-o', wasm], {
    env,
    next: 'Delete node_modules and try again.',
  })
  writeStamp('edge', recipe)
}

/**
 * The API's types describe themselves, in a program of the machine's own kind: it is compiled with
 * the standard compiler, not with the one that is there for wasm.
 */
export async function buildOpenapi(progress, made) {
  const args = ['-p', 'porchlight-edge', '--features', 'schema', '--bin', 'openapi']
  made.set('openapi.json', Buffer.from(await cargo(progress, 'run', args, process.env)))
}
