/**
 * What Rust needs to become WebAssembly, made ready: a compiler with the wasm32 library,
 * worker-build, wasm-bindgen. `node scripts/toolchain.mjs` prepares everything; what is ready
 * already is only checked, which takes less than a second.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cachePath, installOnce, recall, remember } from './cache.mjs'
import { aptInstall, has, makeDebianToolchain, WITHOUT_RUSTUP } from './debian.mjs'
import { createProgress, Failure, isEntry, main } from './progress.mjs'
import { lockedVersion, repo } from './repo.mjs'

export const TOOLCHAIN_STEPS = 4

const TARGET = 'wasm32-unknown-unknown'
const WORKER_BUILD = '0.8.7'
const DAY = 24 * 60 * 60 * 1000

/** Returns the environment to run wasm builds with. */
export async function toolchain(progress) {
  for (const command of ['rustup', 'cargo']) {
    if (!has(command)) throw new Failure(`Rust is not installed: there is no \`${command}\`.`, 'Install Rust from https://rustup.rs and open a new terminal.')
  }
  const compiler = await progress.step(`Checking Rust for ${TARGET}`, () => wasmCompiler(progress))
  const source = await progress.step('Checking Rust for the source of its library', () => librarySource(progress, compiler.env))
  const workerBuild = await progress.step(`Checking worker-build ${WORKER_BUILD}`, () =>
    cargoInstall(progress, 'worker-build', WORKER_BUILD, ['--locked']))
  // Not --locked: with the lock file that it comes with, this tool did not install where we tried.
  const bindgen = lockedVersion('wasm-bindgen', '0.2.130')
  const wasmBindgen = await progress.step(`Checking wasm-bindgen ${bindgen}`, () =>
    cargoInstall(progress, 'wasm-bindgen-cli', bindgen, []))
  return {
    ...process.env,
    ...compiler.env,
    // Stacks of the tools themselves would push what went wrong out of sight.
    RUST_BACKTRACE: '0',
    /** Empty where the library's source is not to be had: then the widget is some bytes larger. */
    RUST_SOURCE: source.path,
    WORKER_BUILD_BIN: join(workerBuild.bin, 'worker-build'),
    // worker-build would download these three; it takes what is named here instead.
    WASM_BINDGEN_BIN: join(wasmBindgen.bin, 'wasm-bindgen'),
    WASM_OPT_BIN: repo('node_modules', '.bin', 'wasm-opt'),
    WASM_DIS_BIN: repo('node_modules', '.bin', 'wasm-dis'),
    ESBUILD_BIN: repo('node_modules', '.bin', 'esbuild'),
  }
}

/** The first compiler that can build for wasm32, made able to where none is. */
async function wasmCompiler(progress) {
  const standard = { note: 'rustup’s toolchain: checked', env: {} }
  const debian = { note: 'Debian’s toolchain: checked', env: { RUSTUP_TOOLCHAIN: 'debian' } }
  if (canBuild(standard.env)) return standard
  // Asked once a day: being refused can take a minute, and the answer seldom changes.
  if (!recall('rustup-refused', DAY) && (await addTarget(progress)) && canBuild(standard.env)) return standard
  if (canBuild(debian.env)) return debian
  await makeDebianToolchain(progress)
  if (canBuild(debian.env)) return debian
  throw new Failure(`Debian’s Rust was installed but does not build for ${TARGET}.`, WITHOUT_RUSTUP)
}

async function addTarget(progress) {
  progress.note('asking rustup for it (once)')
  try {
    // Where Debian can step in, silence is not waited out; elsewhere there is nothing else to do.
    const timeout = has('apt-get') ? 60_000 : 600_000
    await progress.run('rustup', ['target', 'add', TARGET], { timeout, cwd: repo() })
    return true
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    progress.note(`rustup cannot fetch it here: ${error.output.find((line) => line.startsWith('error')) ?? error.message}`)
    remember('rustup-refused', true)
    return false
  }
}

/** Where the source of Rust's library lies, fetched where it is missing and can be had. */
async function librarySource(progress, env) {
  const environment = { ...process.env, ...env }
  const sysroot = execFileSync('rustc', ['--print', 'sysroot'], { cwd: repo(), env: environment, encoding: 'utf8' }).trim()
  const path = join(sysroot, 'lib', 'rustlib', 'src', 'rust', 'library')
  const there = () => existsSync(join(path, 'Cargo.lock'))
  const found = () => (there() ? { path, note: 'there: checked' } : { path: '', note: 'not to be had: the widget is built without' })
  // Debian's comes with its compiler, or not at all; a refusal is remembered for a day, like that of the target.
  if (there() || env.RUSTUP_TOOLCHAIN || recall('rust-src-refused', DAY)) return found()
  progress.note('asking rustup for it (once)')
  try {
    await progress.run('rustup', ['component', 'add', 'rust-src'], { timeout: 120_000, cwd: repo() })
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== 1) throw error
    remember('rust-src-refused', true)
  }
  return found()
}

/** The proof: a program is compiled and linked with it, as small as they come (0.2 s). */
function canBuild(env) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-probe-'))
  try {
    const source = join(folder, 'probe.rs')
    writeFileSync(source, '#[unsafe(no_mangle)] pub extern "C" fn probe() -> usize { vec![1_u8; 9].len() }')
    const args = ['--edition=2024', '--crate-type=cdylib', `--target=${TARGET}`, '-Cpanic=abort', '-o', join(folder, 'probe.wasm'), source]
    execFileSync('rustc', args, { cwd: repo(), env: { ...process.env, ...env }, stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Installs a published program with the machine's own Rust, outside the repository, so that
 * neither its settings nor its lock file have a say. What is compiled stays until it is installed:
 * a run that was interrupted goes on where it stopped.
 */
async function cargoInstall(progress, crate, version, flags) {
  const name = `${crate}-${version}`
  let note = 'already there: checked'
  const folder = await installOnce(name, async (target) => {
    note = undefined
    progress.note(`compiling ${name} (once, some minutes)`)
    const objects = cachePath(`${name}.objects`)
    mkdirSync(objects, { recursive: true })
    // These tools run for a second a build and are compiled by everyone: a light optimization is enough.
    const env = { ...process.env, CARGO_TARGET_DIR: objects, CARGO_PROFILE_RELEASE_OPT_LEVEL: '1' }
    delete env.RUSTUP_TOOLCHAIN
    const args = ['install', crate, '--version', version, ...flags, '--root', target]
    await progress.run('cargo', args, { cwd: target, env, next: 'Check that cargo reaches its registry, and try again.' })
    rmSync(objects, { recursive: true, force: true })
  })
  return { bin: join(folder, 'bin'), note }
}

/** A browser for the end-to-end tests; nothing else needs one. */
export async function chromium(progress) {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  const find = () => names.find(has)
  if (!find() && has('apt-get')) await aptInstall(progress, ['chromium'])
  if (find()) return execFileSync('sh', ['-c', `command -v ${find()}`], { encoding: 'utf8' }).trim()
  throw new Failure('The end-to-end tests need Chromium, and there is none.', 'Install Chromium or Google Chrome so that it is on the PATH, and try again.')
}

if (isEntry(import.meta.url)) {
  await main(() => toolchain(createProgress(TOOLCHAIN_STEPS)))
}
