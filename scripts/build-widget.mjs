/** The widget: one small loader, and the glue and wasm that it fetches when somebody comes near. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cargo, WASM, wasmOf, withoutPaths } from './cargo.mjs'
import { renameImports } from './rename-imports.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'

const WORK = repo('.local', 'widget')
const work = (name) => `${WORK}/${name}`

/** What rustc uses without being asked; every browser since 2021 runs it. wasm-opt must be told. */
const FEATURES = ['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory', 'multivalue', 'reference-types']

/** Adds the widget's files to `made`, by their path in `dist/`. */
export async function buildWidget(progress, env, made) {
  await cargo(progress, 'build', ['-p', 'porchlight-widget', '--profile', 'widget', '--target', WASM], { ...env, ...withoutPaths() })
  const input = wasmOf('porchlight_widget', 'widget', env)
  const recipe = hashOf(['widget/loader', 'scripts/build-widget.mjs', 'scripts/rename-imports.mjs', 'package-lock.json'], sha(readFileSync(input)), env.WASM_BINDGEN_BIN)
  const fresh = readStamp('widget') === recipe && existsSync(work('loader.js'))
  if (!fresh) {
    await pack(progress, env, input)
    writeStamp('widget', recipe)
  }
  const { js, wasm } = names()
  made.set(js, readFileSync(work('glue.js')))
  made.set(wasm, readFileSync(work('widget_opt.wasm')))
  made.set('porchlight.js', readFileSync(work('loader.js')))
  return { note: fresh ? 'unchanged: checked' : undefined }
}

async function pack(progress, env, input) {
  rmSync(WORK, { recursive: true, force: true })
  mkdirSync(WORK, { recursive: true })
  const run = (command, args) => progress.run(command, args, { cwd: repo(), env, next: 'Read the lines above; delete .local and try again.' })

  await run(env.WASM_BINDGEN_BIN, [
    input, '--target', 'web', '--out-dir', WORK, '--out-name', 'widget', '--no-typescript',
    '--remove-name-section', '--remove-producers-section',
    // The loader says where the wasm is; a default would be a second, unhashed address.
    '--omit-default-module-path',
  ])
  await run(env.WASM_OPT_BIN, [
    work('widget_bg.wasm'), '-o', work('widget_opt.wasm'), '-Oz', '--gufa', '-Oz', '--converge',
    // Rust puts nothing into the first kilobyte, so an address plus a small offset never wraps round.
    '--low-memory-unused',
    '--strip-debug', '--strip-producers', '--strip-target-features', ...FEATURES.map((name) => `--enable-${name}`),
  ])

  const named = renameImports(readFileSync(work('widget_opt.wasm')), readFileSync(work('widget.js'), 'utf8'))
  writeFileSync(work('widget_opt.wasm'), named.wasm)
  // Nobody compiles on the main thread: without this export, the bundler drops that half, too.
  writeFileSync(work('widget.js'), named.glue.replace('export { initSync, __wbg_init as default }', 'export { __wbg_init as default }'))
  const minify = ['--bundle', '--minify', '--target=es2020', '--charset=utf8', '--legal-comments=none', '--log-level=warning']
  await run(env.ESBUILD_BIN, [work('widget.js'), ...minify, '--format=esm', `--outfile=${work('glue.js')}`])

  const { js, wasm } = names()
  // External: `import(WIDGET_JS)` is for the browser to follow, not for the bundler.
  const constants = [`--define:WIDGET_JS="/${js}"`, `--define:WIDGET_WASM="/${wasm}"`, '--external:/w/*']
  await run(env.ESBUILD_BIN, [repo('widget/loader/loader.js'), ...minify, '--format=iife', ...constants, `--outfile=${work('loader.js')}`])
}

/** Names that change with their content, so that browsers may keep the files for ever. */
function names() {
  const hash = (file) => sha(readFileSync(work(file))).slice(0, 12)
  return { js: `w/widget-${hash('glue.js')}.js`, wasm: `w/widget-${hash('widget_opt.wasm')}.wasm` }
}
