/** Paths in the repository, the versions it pins, and hashes of what is in it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
export const repo = (...parts) => join(ROOT, ...parts)

/** The version of a crate in Cargo.lock; the tools that go with a crate must match it exactly. */
export function lockedVersion(crate, fallback) {
  const lock = existsSync(repo('Cargo.lock')) ? readFileSync(repo('Cargo.lock'), 'utf8') : ''
  return lock.match(new RegExp(`name = "${crate}"\\r?\\nversion = "([^"]+)"`))?.[1] ?? fallback
}

/** The oldest Rust that the workspace says it builds with, as [major, minor]. */
export function minimumRust() {
  const found = readFileSync(repo('Cargo.toml'), 'utf8').match(/rust-version\s*=\s*"(\d+)\.(\d+)/)
  return found ? [Number(found[1]), Number(found[2])] : [1, 91]
}

/** All files below a path (or the path itself), sorted, as paths from the root of the repository. */
export function filesBelow(path, base = ROOT) {
  const full = join(base, path)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [path]
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(base, join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}

/** A hash of names and contents of files and folders, and of any further text that matters. */
export function hashOf(paths, ...texts) {
  const hash = createHash('sha256')
  for (const path of paths.flatMap((path) => filesBelow(path))) hash.update(`${path}\0`).update(readFileSync(repo(path))).update('\0')
  for (const text of texts) hash.update(`${text}\0`)
  return hash.digest('hex')
}

export const sha = (bytes) => createHash('sha256').update(bytes).digest('hex')

const STAMPS = repo('.local', 'stamps.json')

/** What was made from what, the last time: kept out of git, and safe to delete. */
export function readStamp(name) {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'))[name]
  } catch {
    return undefined
  }
}

export function writeStamp(name, value) {
  let all = {}
  try {
    all = JSON.parse(readFileSync(STAMPS, 'utf8'))
  } catch {
    // None yet, or cut short by a crash: everything is made again, which is always right.
  }
  mkdirSync(dirname(STAMPS), { recursive: true })
  writeFileSync(STAMPS, JSON.stringify({ ...all, [name]: value }, null, 2))
}
