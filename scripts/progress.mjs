/**
 * Says what is being done and how far, so that nobody looks at a silent terminal for minutes.
 *
 * A `Progress` numbers the steps of one command (`[3/7] Building the edge …`), runs long child
 * processes with a sign of life, and turns a failed one into its last lines and a sentence on
 * what to do next.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const TAIL = 40
const HEARTBEAT_MS = 30_000
const LIVE_MS = 200

/** A failure that was foreseen: its message is for people, so no stack is printed for it. */
export class Failure extends Error {
  constructor(message, next, output = []) {
    super(message)
    Object.assign(this, { next, output })
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
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
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
  child.stdout.on('data', (bytes) => stdout.push(bytes.toString()))
  watch(child.stderr)
  watch(child.stdout)

  const paint = () => {
    const line = `      ${seconds(started)}  ${last}`
    if (live) out.write(`\r\x1b[2K${line.slice(0, (out.columns || 80) - 1)}`)
    else out.write(`${line.slice(0, 160)}\n`)
  }
  const beat = setInterval(paint, live ? LIVE_MS : HEARTBEAT_MS)
  const limit = timeout > 0 ? setTimeout(() => child.kill(), timeout) : undefined
  const release = passOnSignals(child)

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
      if (code === 0) resolve(stdout.join(''))
      else fail(signal ? `was stopped (${signal}) after ${seconds(started)}` : `failed with exit code ${code}`)
    })
  })
}

/**
 * Stopping us stops the child: nothing is left running behind a closed terminal. Ctrl-C in a
 * terminal reaches the child by itself; sent twice it would cut a tidy shutdown short.
 */
export function passOnSignals(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const handlers = signals.map((signal) => {
    const handler = () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal)
    process.on(signal, handler)
    return () => process.off(signal, handler)
  })
  return () => handlers.forEach((off) => off())
}

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
    console.error(`\nFailed: ${error.message}`)
    if (error.next) console.error(`Next:   ${error.next}`)
    if (error.output.length > TAIL) console.error(`Output: all ${error.output.length} lines are in ${keepOutput(error.output)}`)
    process.exitCode = 1
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
