/**
 * A Rust that can build WebAssembly, from Debian's packages: for machines where rustup may not
 * download (build servers, closed networks).
 *
 * Debian packages a recent compiler (`rustc-web`) and the library's source (`rust-web-src`), but
 * no compiled library for wasm32. So the library is built from that source once, put where the
 * compiler looks for it, and the whole is made known to rustup under the name `debian`.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from './progress.mjs'
import { minimumRust } from './repo.mjs'

const RUSTC = '/usr/bin/rustc'
const CARGO = '/usr/bin/cargo'
const TARGET = 'wasm32-unknown-unknown'
const PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src']

/** What to say wherever neither way leads to a compiler. */
export const WITHOUT_RUSTUP = `Run \`rustup target add ${TARGET}\` by hand and read what it says.`

export async function makeDebianToolchain(progress) {
  if (!has('apt-get')) throw new Failure(`Rust cannot build for ${TARGET} here, and rustup could not fetch what is missing.`, WITHOUT_RUSTUP)
  const root = asRoot(PACKAGES)
  if (!recentEnough()) await aptInstall(progress, PACKAGES)
  if (!recentEnough()) {
    throw new Failure(`Debian's ${PACKAGES[0]} here is older than Rust ${minimumRust().join('.')}.`, WITHOUT_RUSTUP)
  }
  const built = await buildLibrary(progress)
  try {
    const libraries = join('/usr/lib/rustlib', TARGET, 'lib')
    const [sudo, ...rest] = [...root, 'sh', '-c', INSTALL, 'install', built.deps, libraries, built.linker]
    await progress.run(sudo, rest, { next: `Look at ${libraries}: it must be writable for root.` })
  } finally {
    rmSync(built.folder, { recursive: true, force: true })
  }
  await progress.run('rustup', ['toolchain', 'link', 'debian', '/usr'], { next: 'Update rustup itself and try again.' })
}

/** $1 has the new library, $2 is where the compiler looks, $3 is rustup's linker for wasm. */
const INSTALL = `set -eu
mkdir -p "$2" && rm -f "$2"/*.rlib && cp "$1"/*.rlib "$2"/
bin=$(dirname "$(dirname "$2")")/$(basename "$(dirname "$(dirname "$3")")")/bin
mkdir -p "$bin" && ln -sf "$3" "$bin/rust-lld"`

/** Builds std for wasm32, by building an empty crate with it. About 90 seconds of processor time. */
async function buildLibrary(progress) {
  progress.note(`building Rust's library for ${TARGET} (once, about two minutes)`)
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-std-'))
  mkdirSync(join(folder, 'src'))
  writeFileSync(join(folder, 'src', 'lib.rs'), '')
  writeFileSync(join(folder, 'Cargo.toml'), '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n')
  const env = {
    ...process.env,
    RUSTC,
    // -Zbuild-std is for nightly compilers; this lets a stable one, whose own source it is, do it.
    RUSTC_BOOTSTRAP: '1',
    // Without bitcode, a program that links with LTO cannot take the library in.
    RUSTFLAGS: '-Cembed-bitcode=yes',
    CARGO_TARGET_DIR: join(folder, 'target'),
  }
  const args = ['build', '--release', '-Zbuild-std=std,panic_abort', '--target', TARGET]
  await progress.run(CARGO, args, { cwd: folder, env, next: 'Delete nothing; read the lines above, and try again.' })

  const deps = join(folder, 'target', TARGET, 'release', 'deps')
  for (const name of readdirSync(deps)) if (/^libempty-.*\.rlib$/.test(name)) rmSync(join(deps, name))
  return { folder, deps, linker: rustupLinker() }
}

/** Debian's compiler comes without the wasm linker; the one of rustup's toolchain fits. */
function rustupLinker() {
  const env = { ...process.env, RUSTUP_TOOLCHAIN: '' }
  delete env.RUSTUP_TOOLCHAIN
  const ask = (...args) => execFileSync('rustc', args, { env, cwd: tmpdir(), encoding: 'utf8' })
  const host = ask('-vV').match(/^host: (.*)$/m)[1]
  return join(ask('--print', 'sysroot').trim(), 'lib', 'rustlib', host, 'bin', 'rust-lld')
}

/** Installs Debian packages, after a look at what is new: a stale list offers old compilers. */
export async function aptInstall(progress, packages) {
  const [command, ...prefix] = [...asRoot(packages), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']
  const next = `Install ${packages.join(' ')} by hand (\`apt-get install\`), and try again.`
  progress.note(`installing ${packages.join(', ')} from Debian`)
  await progress.run(command, [...prefix, 'update'], { next })
  // --no-remove: nothing of the machine's owner is thrown out to make room.
  const install = ['install', '--yes', '--no-remove', '--no-install-recommends', ...packages]
  await progress.run(command, [...prefix, ...install], { next })
}

export function has(command) {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The words before a command that needs root; none when we are root. */
function asRoot(packages) {
  if (process.getuid?.() === 0) return []
  if (has('sudo')) return ['sudo', '-n']
  throw new Failure('Debian packages are needed, and this user may not install them.', `As root: apt-get install ${packages.join(' ')}. Then try again.`)
}

function recentEnough() {
  try {
    const [, major, minor] = execFileSync(RUSTC, ['--version'], { encoding: 'utf8' }).match(/(\d+)\.(\d+)/)
    const [wantMajor, wantMinor] = minimumRust()
    const enough = Number(major) > wantMajor || (Number(major) === wantMajor && Number(minor) >= wantMinor)
    return enough && existsSync(CARGO) && existsSync('/usr/lib/rustlib/src/rust/library')
  } catch {
    return false
  }
}
