/**
 * Where tools are kept: one folder a tool and version, shared by every clone of the repository.
 *
 * A folder counts only when its marker is there, and the marker is written before the folder gets
 * its name: an install that was interrupted is never mistaken for a tool, and a new version never
 * touches the old one.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const MARKER = '.complete'

export function cachePath(...parts) {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
  return join(base, 'porchlight', ...parts)
}

/** The folder of a tool; `install(folder)` is called to fill it when it is not there yet. */
export async function installOnce(name, install) {
  const final = cachePath(name)
  if (isComplete(final)) return final

  const partial = `${final}.partial-${process.pid}`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  try {
    await install(partial)
    writeFileSync(join(partial, MARKER), '')
    // Another clone may have finished first: then its folder is as good as ours.
    if (!isComplete(final)) {
      rmSync(final, { recursive: true, force: true })
      renameSync(partial, final)
    }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return final
}

export const isComplete = (folder) => existsSync(join(folder, MARKER))

/** A small note with a time, for what is slow to find out and soon out of date. */
export function remember(name, value) {
  mkdirSync(cachePath(), { recursive: true })
  writeFileSync(cachePath(name), JSON.stringify({ at: Date.now(), value }))
}

/** What was remembered, if it is younger than `maxAge` milliseconds. */
export function recall(name, maxAge) {
  try {
    const { at, value } = JSON.parse(readFileSync(cachePath(name), 'utf8'))
    return Date.now() - at < maxAge ? value : undefined
  } catch {
    return undefined
  }
}
