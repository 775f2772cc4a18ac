/** Which constants go with the second part of a program (see split-wasm.mjs), and the text of both parts' share of them. */

/** A segment's own bytes are more than this many constants: they stay where they are. */
const WORTH = 12

/**
 * The places, as pairs of addresses, that the functions named `first` do not read, nor anything that is not among
 * `functions`: what the tools have renamed since the linker saw it may be anywhere.
 */
export function movable({ constants, usedBy }, functions, first) {
  const known = new Map([...functions].map((name) => [linkersName(name, usedBy), first.has(name)]))
  // Of namesakes, one in the first part keeps what all of them read.
  for (const name of first) known.set(linkersName(name, usedBy), true)
  const [read, others] = [new Set(), new Set()]
  for (const [name, symbols] of usedBy) for (const symbol of symbols) (known.get(name) === false ? others : read).add(symbol)
  for (const symbol of read) for (const next of constants[symbol].names) read.add(next)
  for (const symbol of others) for (const next of constants[symbol].names) others.add(next)
  const places = (symbols) => [...symbols].map((symbol) => constants[symbol])
  return { moved: places(others), kept: places(read) }
}

/** Without the quotes of the text format, and the number that namesakes get there. */
function linkersName(name, usedBy) {
  const plain = name.slice(1).replace(/^"(.*)"$/, '$1')
  return usedBy.has(plain) ? plain : plain.replace(/_\d+$/, '')
}

/** Deals a segment out: the text of what the first part keeps of it, and of what the second brings. */
export function dealOut(segment, { moved, kept }) {
  const [, head, address, text] = segment.match(/^ \(data (\S+) \(i32\.const (\d+)\) "(.*)"\)$/s)
  const bytes = bytesOf(text)
  const start = Number(address)
  const goes = new Uint8Array(bytes.length)
  for (const { from, to } of moved) goes.fill(1, Math.max(from - start, 0), Math.max(to - start, 0))
  for (const { from, to } of kept) goes.fill(0, Math.max(from - start, 0), Math.max(to - start, 0))
  const runs = []
  for (let at = 0; at < goes.length;) {
    let end = at
    while (end < goes.length && goes[end] === goes[at]) end += 1
    const goesOn = goes[at] === 1 && end - at >= WORTH
    if (runs.at(-1)?.goes === goesOn) runs.at(-1).end = end
    else runs.push({ goes: goesOn, at, end })
    at = end
  }
  const written = (part, name) => runs.filter((run) => run.goes === part)
    .map(({ at, end }, n) => ` (data ${name(n)} (i32.const ${start + at}) "${escaped(bytes.subarray(at, end))}")`).join('\n')
  return { whole: segment, first: written(false, (n) => `${head}_${n}`), second: written(true, (n) => `$constants_${n}`) }
}

const NAMED = { n: '\n', t: '\t', r: '\r', '"': '"', "'": "'", '\\': '\\' }

/** The bytes of a string of the text format. */
function bytesOf(text) {
  const plain = text.replace(/\\([0-9a-f]{2}|.)/gs, (_, what) => NAMED[what] ?? String.fromCharCode(parseInt(what, 16)))
  return Buffer.from(plain, 'latin1')
}

const escaped = (bytes) => [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
