/**
 * The flow engine for editors: `preview.js`, a module that has `lint` and `testRun` once its default export has been
 * called, and the wasm that it fetches. Nothing of ours loads it.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { compileForSize } from './build-edge.mjs'
import { FEATURES } from './build-widget.mjs'
import { wasmOf } from './cargo.mjs'
import { Failure } from './progress.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'

const WORK = repo('.local', 'preview')
const work = (name) => `${WORK}/${name}`

/** Adds the preview's files to `made`, by their path in `dist/`. */
export async function buildPreview(progress, env, made) {
  const compiled = await compileForSize(progress, env, 'porchlight-preview')
  const input = wasmOf('porchlight_preview', 'release', compiled)
  const recipe = hashOf(['scripts/build-preview.mjs', 'package-lock.json'], sha(readFileSync(input)), env.WASM_BINDGEN_BIN)
  const fresh = readStamp('preview') === recipe && existsSync(work('min.js'))
  if (!fresh) {
    await pack(progress, env, input)
    writeStamp('preview', recipe)
  }
  made.set('preview.js', readFileSync(work('min.js')))
  made.set(wasmName(), readFileSync(work('preview_bg.wasm')))
  return { note: fresh ? 'unchanged: checked' : undefined }
}

async function pack(progress, env, input) {
  rmSync(WORK, { recursive: true, force: true })
  mkdirSync(WORK, { recursive: true })
  const run = (command, args) => progress.run(command, args, { cwd: repo(), env, next: 'Read the lines above; delete .local and try again.' })
  await run(env.WASM_BINDGEN_BIN, [input, '--target', 'web', '--out-dir', WORK, '--out-name', 'preview', '--no-typescript', '--remove-producers-section'])
  await run(env.WASM_OPT_BIN, [
    work('preview_bg.wasm'), '-o', work('preview_bg.wasm'), '--gufa', '-O3', '--converge',
    '--strip-debug', '--strip-producers', '--strip-target-features', ...FEATURES.map((name) => `--enable-${name}`),
  ])
  const glue = readFileSync(work('preview.js'), 'utf8')
  if (glue.split("'preview_bg.wasm'").length !== 2) {
    throw new Failure('The glue of wasm-bindgen does not name its program once.', 'wasm-bindgen has changed: look at pack in scripts/build-preview.mjs.')
  }
  writeFileSync(work('preview.js'), glue.replace("'preview_bg.wasm'", `'/${wasmName()}'`))
  await run(env.ESBUILD_BIN, [work('preview.js'), '--minify', '--format=esm', '--target=es2020', '--charset=utf8', '--legal-comments=none', '--log-level=warning', `--outfile=${work('min.js')}`])
}

/** The name changes with the content, so that browsers may keep the file for ever. */
const wasmName = () => `w/preview-${sha(readFileSync(work('preview_bg.wasm'))).slice(0, 8)}.wasm`
