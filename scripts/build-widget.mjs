/**
 * The widget: one small loader, and what it fetches when somebody comes near: the glue, the wasm that is needed until
 * one can type, and right after it the wasm of all the rest (see split-wasm.mjs).
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cargo, WASM, wasmOf, withoutPaths } from './cargo.mjs'
import { Failure } from './progress.mjs'
import { renameImports } from './rename-imports.mjs'
import { hashOf, readStamp, repo, sha, writeStamp } from './repo.mjs'
import { split } from './split-wasm.mjs'
import { constantsOf } from './wasm-constants.mjs'

const WORK = repo('.local', 'widget')
const work = (name) => `${WORK}/${name}`

/** What rustc uses without being asked; every browser since 2021 runs it. wasm-opt must be told. */
export const FEATURES = ['mutable-globals', 'sign-ext', 'nontrapping-float-to-int', 'bulk-memory', 'multivalue', 'reference-types']

/** Adds the widget's files to `made`, by their path in `dist/`. */
export async function buildWidget(progress, env, made) {
  const input = await compile(progress, env)
  const recipe = hashOf(['widget/loader', 'widget/src/view/later.css', 'widget/src/view/rich.css', 'widget/src/view/sheet.css', 'scripts/build-widget.mjs', 'scripts/rename-imports.mjs', 'scripts/split-constants.mjs', 'scripts/split-wasm.mjs', 'scripts/wasm-constants.mjs', 'package-lock.json'], sha(readFileSync(input)), env.WASM_BINDGEN_BIN)
  const fresh = readStamp('widget') === recipe && existsSync(work('loader.js'))
  if (!fresh) {
    await pack(progress, env, input)
    writeStamp('widget', recipe)
  }
  const { js, wasm, later, css, triggers } = names()
  made.set(triggers, readFileSync(work('triggers.js')))
  made.set(js, readFileSync(work('glue.js')))
  made.set(wasm, readFileSync(work('first.wasm')))
  made.set(later, readFileSync(work('later.wasm')))
  made.set(css, readFileSync(work('later.css')))
  made.set('porchlight.js', readFileSync(work('loader.js')))
  return { note: fresh ? 'unchanged: checked' : undefined }
}

/**
 * With the library's source at hand, the library is built with the widget: for size, and without a word of what
 * panics would say. In a folder of its own, because cargo would else build what it shares with the edge each time anew.
 */
async function compile(progress, env) {
  const args = ['-p', 'porchlight-widget', '--profile', 'widget', '--target', WASM]
  const plain = { ...env, ...withoutPaths() }
  if (env.RUST_SOURCE) {
    const small = {
      ...plain,
      CARGO_TARGET_DIR: join(env.CARGO_TARGET_DIR || repo('target'), 'small'),
      // Both are for nightly compilers; this lets a stable one, whose own source it is, do it.
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: `${plain.RUSTFLAGS} -Zunstable-options -Cpanic=immediate-abort -Clink-arg=--emit-relocs`,
    }
    try {
      await cargo(progress, 'build', [...args, '-Zbuild-std=core,alloc', '-Zbuild-std-features=optimize_for_size'], small)
      writeStamp('library', 'with the widget')
      return wasmOf('porchlight_widget', 'widget', small)
    } catch (error) {
      if (!(error instanceof Failure) || error.exitCode !== 1) throw error
      // Either the fault is ours, and shows below as well, or this compiler cannot, and the usual way will do.
      progress.note('building the library with it failed; building without')
    }
  }
  await cargo(progress, 'build', args, plain)
  writeStamp('library', 'as it comes')
  return wasmOf('porchlight_widget', 'widget', plain)
}

async function pack(progress, env, input) {
  rmSync(WORK, { recursive: true, force: true })
  mkdirSync(WORK, { recursive: true })
  const run = (command, args) => progress.run(command, args, { cwd: repo(), env, next: 'Read the lines above; delete .local and try again.' })

  await run(env.WASM_BINDGEN_BIN, [
    input, '--target', 'web', '--out-dir', WORK, '--out-name', 'widget', '--no-typescript',
    '--remove-producers-section',
    // The notes on constants call functions what the linker does.
    '--no-demangle',
    // The loader says where the wasm is; a default would be a second, unhashed address.
    '--omit-default-module-path',
  ])
  const features = FEATURES.map((name) => `--enable-${name}`)
  const named = renameImports(readFileSync(work('widget_bg.wasm')), readFileSync(work('widget.js'), 'utf8'))
  writeFileSync(work('whole.wasm'), named.wasm)
  await run(env.WASM_DIS_BIN, [work('whole.wasm'), '-o', work('whole.wat'), ...features])
  const parts = split(readFileSync(work('whole.wat'), 'utf8'), { constants: constantsOf(readFileSync(input)) })
  for (const part of ['first', 'later']) {
    writeFileSync(work(`${part}.wat`), parts[part])
    await run(env.WASM_OPT_BIN, [
      work(`${part}.wat`), '-o', work(`${part}.wasm`), '-Oz', '--gufa', '-Oz', '--converge',
      // Rust puts nothing into the first kilobyte, so an address plus a small offset never wraps round.
      '--low-memory-unused',
      '--strip-debug', '--strip-producers', '--strip-target-features', ...features,
    ])
  }

  // Nobody compiles on the main thread: without this export, the bundler drops that half, too.
  const glue = named.glue.replace('export { initSync, __wbg_init as default }', 'export { __wbg_init as default }')
  writeFileSync(work('widget.js'), glue + readFileSync(repo('widget/loader/later.js'), 'utf8'))
  const minify = ['--bundle', '--minify', '--target=es2020', '--charset=utf8', '--legal-comments=none', '--log-level=warning']
  await run(env.ESBUILD_BIN, [repo('widget/src/view/later.css'), '--bundle', '--minify', '--log-level=warning', `--outfile=${work('later.css')}`])
  const { later, css } = names()
  await run(env.ESBUILD_BIN, [work('widget.js'), ...minify, '--format=esm', `--define:LATER_WASM="/${later}"`, `--define:LATER_CSS="/${css}"`, `--outfile=${work('glue.js')}`])

  await run(env.ESBUILD_BIN, [repo('widget/loader/triggers.js'), ...minify, '--format=esm', `--outfile=${work('triggers.js')}`])

  const { js, wasm, triggers } = names()
  // External: `import(WIDGET_JS)` is for the browser to follow, not for the bundler.
  const constants = [`--define:WIDGET_JS="/${js}"`, `--define:WIDGET_WASM="/${wasm}"`, `--define:TRIGGERS_JS="/${triggers}"`, '--external:/w/*']
  await run(env.ESBUILD_BIN, [repo('widget/loader/loader.js'), ...minify, '--format=iife', ...constants, `--outfile=${work('loader.js')}`])
}

/** Names that change with their content, so that browsers may keep the files for ever. */
function names() {
  const hash = (file) => sha(readFileSync(work(file))).slice(0, 8)
  return {
    get js() { return `w/widget-${hash('glue.js')}.js` },
    wasm: `w/widget-${hash('first.wasm')}.wasm`,
    get triggers() { return `w/triggers-${hash('triggers.js')}.js` },
    later: `w/later-${hash('later.wasm')}.wasm`,
    css: `w/later-${hash('later.css')}.css`,
  }
}
