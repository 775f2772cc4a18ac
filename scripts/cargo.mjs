/** Cargo as the build calls it. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { repo } from './repo.mjs'

export const WASM = 'wasm32-unknown-unknown'

/** On a build server, what is committed must be what is built; elsewhere cargo may update the lock. */
export const LOCKED = process.env.CI ? ['--locked'] : []

/** Resolves to what the command wrote to its standard output. */
export function cargo(progress, command, args, env) {
  const next = 'Read the first error above. `cargo check` repeats it without the rest of the build.'
  return progress.run('cargo', [command, ...LOCKED, ...args], { cwd: repo(), env, next })
}

/** Where cargo leaves the wasm of a crate's library. */
export function wasmOf(library, profile, env) {
  return join(env.CARGO_TARGET_DIR || repo('target'), WASM, profile, `${library}.wasm`)
}

/** Panics tell where the sources lie: bytes that nobody needs, and others on every machine. */
export function withoutPaths() {
  const home = process.env.CARGO_HOME || join(homedir(), '.cargo')
  const flags = [home, repo()].map((path) => `--remap-path-prefix=${path}=`)
  return { RUSTFLAGS: [process.env.RUSTFLAGS, ...flags].filter(Boolean).join(' ') }
}
