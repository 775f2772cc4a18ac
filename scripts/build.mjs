/**
 * Makes everything that is served: `dist/` (loader, widget, pages, editors' preview, description of the API) and
 * `edge/build/` (the Worker). Cargo knows what it must compile again; what comes after cargo is
 * done again only when what cargo made has changed, so a second build takes about a second.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { buildEdge, buildOpenapi } from './build-edge.mjs'
import { buildPreview } from './build-preview.mjs'
import { buildWidget } from './build-widget.mjs'
import { ensureNode22 } from './node22.mjs'
import { installPackages, PACKAGES_STEPS } from './packages.mjs'
import { createProgress, Failure, isEntry, main } from './progress.mjs'
import { filesBelow, repo } from './repo.mjs'
import { checkSizes, SIZES_STEPS } from './sizes.mjs'
import { toolchain, TOOLCHAIN_STEPS } from './toolchain.mjs'

export const BUILD_STEPS = 5

/** `env` is what `toolchain()` returned. */
export async function build(progress, env) {
  const made = new Map()
  await progress.step('Building the widget', () => buildWidget(progress, env, made))
  await progress.step('Building the edge', () => buildEdge(progress, env))
  await progress.step('Building the flow engine for editors', () => buildPreview(progress, env, made))
  await progress.step('Describing the API', () => buildOpenapi(progress, made))
  await progress.step('Putting the pages together', () => assemble(made))
}

/**
 * Static files never run the Worker, so their headers are here and not in Rust.
 * A hashed name never changes its content; the names of the loader and the editors' preview never change, so these may
 * grow old for five minutes. All of it is fetched by pages of other origins, isolated ones included.
 */
const HEADERS = `/w/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/porchlight.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/preview.js
  Cache-Control: public, max-age=300, stale-while-revalidate=86400
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
`

/** Makes `dist/` hold exactly what was made and what lies in `www/`. */
async function assemble(made) {
  made.set('_headers', Buffer.from(HEADERS))
  for (const path of filesBelow('.', repo('www'))) {
    if (made.has(path)) throw new Failure(`www/${path} would replace a file of that name that the build makes.`, 'Give the page another name.')
    made.set(path, readFileSync(repo('www', path)))
  }
  for (const [path, bytes] of made) writeIfChanged(repo('dist', path), bytes)
  for (const path of filesBelow('.', repo('dist'))) if (!made.has(path)) rmSync(repo('dist', path))
}

/** A file that is written again, even if unchanged, makes a running wrangler load it again. */
function writeIfChanged(path, bytes) {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}

// wrangler calls this before it serves or deploys; a script that has just built and then calls wrangler says so.
if (isEntry(import.meta.url) && !process.env.PORCHLIGHT_BUILT) {
  await main(async () => {
    await ensureNode22()
    const progress = createProgress(PACKAGES_STEPS + TOOLCHAIN_STEPS + BUILD_STEPS + SIZES_STEPS)
    await installPackages(progress)
    await build(progress, await toolchain(progress))
    await checkSizes(progress)
  })
}
