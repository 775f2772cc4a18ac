/**
 * Names the functions of a wasm file so that, sorted by name, each stands beside those it shares most bytes with. gzip
 * looks back 32 KB and no further: what is alike and far apart is written twice. wasm-opt does the sorting.
 */

const CODE = 10
const IMPORTS = 2
const FUNCTION = 0
const TABLE = 1
const MEMORY = 2
const GLOBAL = 3
const TAG = 4
/** How many bytes count as a likeness, and in how many functions they may stand to say anything. */
const LENGTH = 4
const COMMON = 200

/** The file again, with a name for every function. */
export function nameByLikeness(wasm) {
  const sections = [...sectionsOf(wasm)]
  const bodies = bodiesOf(wasm, sections.find(({ id }) => id === CODE))
  const imported = importedFunctions(wasm, sections.find(({ id }) => id === IMPORTS))
  const place = new Map(likeBesideLike(bodies).map((body, at) => [body, at]))
  const names = [...Array(imported).keys()].map((n) => `!${digits(n)}`)
  for (const body of bodies.keys()) names.push(digits(place.get(body)))
  return Buffer.concat([wasm.subarray(0, 8), ...sections.filter(({ name }) => name !== 'name').map(({ from, to }) => wasm.subarray(from, to)), nameSection(names)])
}

const digits = (n) => String(n).padStart(6, '0')

/** From one to the one that is most like the last two, until none is left. */
function likeBesideLike(bodies) {
  const pieces = bodies.map(piecesOf)
  const holders = new Map()
  for (const [n, own] of pieces.entries()) {
    for (const piece of own) holders.has(piece) ? holders.get(piece).push(n) : holders.set(piece, [n])
  }
  const left = new Set(bodies.keys())
  const order = []
  while (left.size > 0) {
    const likeness = new Map()
    for (const [back, last] of order.slice(-2).reverse().entries()) {
      for (const piece of pieces[last]) {
        const others = holders.get(piece)
        if (others.length >= COMMON) continue
        for (const other of others) if (left.has(other)) likeness.set(other, (likeness.get(other) ?? 0) + 1 / (1 + back))
      }
    }
    let best = left.values().next().value
    let most = 0
    for (const [n, shared] of likeness) {
      // A large function shares something with everybody.
      const worth = shared / (pieces[n].size + 40)
      if (worth > most) [best, most] = [n, worth]
    }
    order.push(best)
    left.delete(best)
  }
  return order
}

function piecesOf(body) {
  const found = new Set()
  for (let at = 0; at + LENGTH <= body.length; at += 1) found.add(body.readUInt32LE(at))
  return found
}

function* sectionsOf(wasm) {
  for (let at = 8; at < wasm.length;) {
    const from = at
    const id = wasm[at]
    const [size, start] = number(wasm, at + 1)
    at = start + size
    const [length, text] = id === 0 ? number(wasm, start) : [0, start]
    yield { id, from, start, to: at, name: id === 0 ? wasm.toString('utf8', text, text + length) : undefined }
  }
}

function bodiesOf(wasm, { start }) {
  let [count, at] = number(wasm, start)
  return Array.from({ length: count }, () => {
    const [size, from] = number(wasm, at)
    at = from + size
    return wasm.subarray(from, at)
  })
}

/** How many of the imports are functions (https://webassembly.github.io/spec/core/binary/modules.html#import-section). */
function importedFunctions(wasm, section) {
  if (!section) return 0
  let [count, at] = number(wasm, section.start)
  let functions = 0
  for (; count > 0; count -= 1) {
    for (let part = 0; part < 2; part += 1) {
      const [length, text] = number(wasm, at)
      at = text + length
    }
    const kind = wasm[at++]
    if (kind === FUNCTION) functions += 1
    if (kind === GLOBAL) at += 2
    else if (kind === TABLE || kind === MEMORY) at = afterLimits(wasm, kind === TABLE ? at + 1 : at)
    else if (kind === TAG || kind === FUNCTION) at = number(wasm, kind === TAG ? at + 1 : at)[1]
    else throw new Error(`There are no imports of kind ${kind}.`)
  }
  return functions
}

/** A least size, and perhaps a greatest. */
function afterLimits(wasm, at) {
  const [hasMost, least] = [wasm[at] & 1, number(wasm, at + 1)[1]]
  return hasMost ? number(wasm, least)[1] : least
}

/** A custom section that names functions (https://webassembly.github.io/spec/core/appendix/custom.html#name-section). */
function nameSection(names) {
  const text = (value) => [...leb(value.length), ...Buffer.from(value)]
  const list = Buffer.from([...leb(names.length), ...names.flatMap((name, n) => [...leb(n), ...text(name)])])
  const content = Buffer.concat([Buffer.from(text('name')), Buffer.from([1, ...leb(list.length)]), list])
  return Buffer.concat([Buffer.from([0, ...leb(content.length)]), content])
}

/** An unsigned LEB128 number, and where it ends. */
function number(bytes, at) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, at]
  }
}

function leb(value) {
  const bytes = []
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128)
  return [...bytes, value]
}
