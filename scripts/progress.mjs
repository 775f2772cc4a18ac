/**
 * Says what is being done and how far, so that nobody looks at a silent terminal for minutes.
 *
 * A `Progress` numbers the steps of one command (`[3/7] Building the edge …`), runs long child
 * processes with a sign of life, and turns a failed one into its last lines and a sentence on
 * what to do next.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { constants as osConstants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const TAIL = 40
const HEARTBEAT_MS = 30_000
const LIVE_MS = 200

/** A failure that was foreseen: its message is for people, so no stack is printed for it. */
export class Failure extends Error {
  constructor(message, next, output = [], exitCode = 1) {
    super(message)
    Object.assign(this, { next, output, exitCode })
  }
}

/** `total` is the sum of the `*_STEPS` constants of the modules that will be called. */
export function createProgress(total, out = process.stderr) {
  let done = 0
  const live = out.isTTY === true
  const say = (line) => out.write(`${line}\n`)

  return {
    say,

    /** One numbered step. What `work` returns is returned; a returned `{ note }` is printed too. */
    async step(title, work) {
      done += 1
      const started = Date.now()
      say(`[${done}/${Math.max(done, total)}] ${title} …`)
      const result = await work()
      say(`      ${result?.note ?? 'done'} in ${seconds(started)}`)
      return result
    },

    /** A line inside a step, for what takes long and happens once. */
    note: (text) => say(`      ${text}`),

    /**
     * Runs a command and resolves to its standard output.
     * `next` is the sentence that a person reads when it fails; `timeout` is in milliseconds.
     */
    run(command, args, { next = '', timeout = 0, ...options } = {}) {
      return supervise(command, args, options, { next, timeout, live, out })
    },
  }
}

function supervise(command, args, options, { next, timeout, live, out }) {
  const started = Date.now()
  const name = [command.split('/').pop(), ...args].join(' ')
  // A group of its own: stopping it stops what it started, too (cargo's compilers, npm's scripts).
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const stop = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has ended by itself meanwhile.
    }
  }
  let stopped = false
  const output = []
  const stdout = []
  let last = ''

  const watch = (stream) => {
    let rest = ''
    stream.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split(/\r\n|\r|\n/)
      rest = lines.pop()
      for (const line of lines) keep(line)
    })
    stream.on('end', () => keep(rest))
  }
  const keep = (line) => {
    if (line.trim() === '') return
    last = line.trim()
    output.push(line)
  }
  watch(child.stderr)
  watch(child.stdout)
  child.stdout.on('data', (text) => stdout.push(text))

  const paint = () => {
    const line = `      ${seconds(started)}  ${last}`
    if (live) out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`)
    else out.write(`${line.slice(0, 160)}\n`)
  }
  const beat = setInterval(paint, live ? LIVE_MS : HEARTBEAT_MS)
  const limit = timeout > 0 ? setTimeout(() => stop('SIGTERM'), timeout) : undefined
  const release = onSignals((signal) => {
    stopped = signal
    stop(signal)
  })

  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Failure(`\`${name}\` ${why}`, next, output))
    const end = () => {
      clearInterval(beat)
      clearTimeout(limit)
      release()
      if (live) out.write('\r\x1b[2K')
    }
    child.on('error', (error) => {
      end()
      fail(error.code === 'ENOENT' ? 'was not found on this machine' : `did not start: ${error.message}`)
    })
    child.on('close', (code, signal) => {
      end()
      if (stopped) reject(new Failure('Stopped.', '', [], exitCodeOf(stopped)))
      else if (code === 0) resolve(stdout.join(''))
      else fail(signal ? `was stopped (${signal}) after ${seconds(started)}` : `failed with exit code ${code}`)
    })
  })
}

/** Calls `handler` with the name of a signal that asks us to stop; returns how to leave off. */
export function onSignals(handler) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, handler)
  return () => signals.forEach((signal) => process.off(signal, handler))
}

/** The exit code that shells expect of a process that a signal ended. */
export const exitCodeOf = (signal) => 128 + osConstants.signals[signal]

export function seconds(since) {
  const s = (Date.now() - since) / 1000
  return s < 60 ? `${s < 10 ? s.toFixed(1) : Math.round(s)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`
}

/** The outermost frame of every script: prints a foreseen failure as text and exits with 1. */
export async function main(work) {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    for (const line of error.output.slice(-TAIL)) console.error(`      | ${line}`)
    console.error(`\n${error.exitCode === 1 ? 'Failed: ' : ''}${error.message}`)
    if (error.next) console.error(`Next:   ${error.next}`)
    if (error.output.length > TAIL) console.error(`Output: all ${error.output.length} lines are in ${keepOutput(error.output)}`)
    process.exitCode = error.exitCode
  }
}

/** Some tools say what is wrong first and explain themselves for pages after it. */
function keepOutput(lines) {
  const path = join(mkdtempSync(join(tmpdir(), 'porchlight-')), 'output.txt')
  writeFileSync(path, lines.join('\n'))
  return path
}

/** True when the module with this `import.meta.url` was started by itself rather than imported. */
export function isEntry(url) {
  return process.argv[1] !== undefined && url === pathToFileURL(realpathSync(process.argv[1])).href
}
