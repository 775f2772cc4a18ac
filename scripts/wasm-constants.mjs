/**
 * Which function reads which constants, out of the notes that the linker leaves where it is asked for them
 * (`--emit-relocs`): symbols with their places, and every place in code and data that names one.
 * The format: https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md
 */

const CODE = 10
const DATA = 11
const IMPORTS = 2
const SYMBOLS = 8
const [FUNCTION, CONSTANT, SECTION] = [0, 1, 3]
const UNDEFINED = 0x10
const EXPLICIT_NAME = 0x40
/** The kinds of notes that have a number to add, and those of them that name a place in memory. */
const ADDING = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25])
const IN_MEMORY = new Set([3, 4, 5, 11])

/**
 * Answers with what is constant, as `{ from, to, names }` with addresses and the numbers of others that stand in it, and
 * with the numbers of those that each function reads, by the function's name. Nothing where there are no notes.
 */
export function constantsOf(wasm) {
  const sections = [...sectionsOf(wasm)]
  const named = (name) => sections.find((section) => section.name === name)
  if (!named('linking') || !named('reloc.CODE')) return undefined
  const segments = segmentsOf(wasm, sections.find(({ id }) => id === DATA))
  const symbols = symbolsOf(wasm, named('linking'))
  const constants = symbols.map(({ kind, segment, offset, size }) => {
    const place = kind === CONSTANT && segment !== undefined ? segments[segment] : undefined
    return place && { from: place.address + offset, to: place.address + offset + size, at: place.at + offset, end: place.at + offset + size, names: [] }
  })
  const usedBy = new Map(symbols.filter(({ kind, name }) => kind === FUNCTION && name).map(({ name }) => [name, []]))

  const bodies = bodiesOf(wasm, sections.find(({ id }) => id === CODE), importedFunctions(wasm, sections.find(({ id }) => id === IMPORTS)), symbols)
  for (const { at, symbol } of notesOf(wasm, named('reloc.CODE'), sections)) {
    if (!constants[symbol]) continue
    const body = bodies.find(({ from, to }) => at >= from && at < to)
    for (const name of body.names) usedBy.get(name).push(symbol)
  }
  const holders = constants.filter(Boolean).toSorted((a, b) => a.at - b.at)
  for (const { at, symbol } of named('reloc.DATA') ? notesOf(wasm, named('reloc.DATA'), sections) : []) {
    if (!constants[symbol]) continue
    for (const holder of holders) if (at >= holder.at && at < holder.end) holder.names.push(symbol)
  }
  return { constants, usedBy }
}

function* sectionsOf(wasm) {
  for (const reader = { at: 8 }; reader.at < wasm.length;) {
    const id = wasm[reader.at++]
    const size = number(wasm, reader)
    const [start, end] = [reader.at, reader.at + size]
    const name = id === 0 ? text(wasm, reader) : undefined
    yield { id, name, start, from: reader.at, end }
    reader.at = end
  }
}

function symbolsOf(wasm, { from, end }) {
  const reader = { at: from }
  number(wasm, reader)
  while (reader.at < end) {
    const part = wasm[reader.at++]
    const size = number(wasm, reader)
    if (part === SYMBOLS) return Array.from({ length: number(wasm, reader) }, () => symbol(wasm, reader))
    reader.at += size
  }
  return []
}

function symbol(wasm, reader) {
  const kind = wasm[reader.at++]
  const flags = number(wasm, reader)
  const defined = !(flags & UNDEFINED)
  if (kind === CONSTANT) {
    const name = text(wasm, reader)
    return defined ? { kind, name, segment: number(wasm, reader), offset: number(wasm, reader), size: number(wasm, reader) } : { kind, name }
  }
  const index = number(wasm, reader)
  const name = kind !== SECTION && (defined || flags & EXPLICIT_NAME) ? text(wasm, reader) : undefined
  return { kind, index, name }
}

/** Where each segment lies in the file and in memory. */
function segmentsOf(wasm, { from }) {
  const reader = { at: from }
  return Array.from({ length: number(wasm, reader) }, () => {
    const [flags, opcode] = [number(wasm, reader), wasm[reader.at++]]
    if (flags !== 0 || opcode !== 0x41) throw new Error('wasm-constants.mjs knows only segments that lie at a constant address')
    const address = number(wasm, reader)
    reader.at++
    const size = number(wasm, reader)
    const at = reader.at
    reader.at += size
    return { address, at }
  })
}

/** Where each function's body lies in the file, with all its names. */
function bodiesOf(wasm, { from }, imported, symbols) {
  const names = new Map()
  for (const { kind, index, name } of symbols) if (kind === FUNCTION && name) names.set(index, [...(names.get(index) ?? []), name])
  const reader = { at: from }
  return Array.from({ length: number(wasm, reader) }, (_, n) => {
    const size = number(wasm, reader)
    const at = reader.at
    reader.at += size
    return { from: at, to: reader.at, names: names.get(imported + n) ?? [] }
  })
}

/** Every import is a function in what Rust makes of a program for wasm-bindgen, or its table or memory. */
function importedFunctions(wasm, section) {
  if (!section) return 0
  const reader = { at: section.from }
  let functions = 0
  for (let count = number(wasm, reader); count > 0; count -= 1) {
    text(wasm, reader)
    text(wasm, reader)
    if (wasm[reader.at++] !== 0) throw new Error('wasm-constants.mjs knows only imports of functions')
    number(wasm, reader)
    functions += 1
  }
  return functions
}

/** Every place that names a place in memory, with the number of the symbol that it names. */
function* notesOf(wasm, { from }, sections) {
  const reader = { at: from }
  const { start } = sections[number(wasm, reader)]
  for (let count = number(wasm, reader); count > 0; count -= 1) {
    const [kind, offset, index] = [wasm[reader.at++], number(wasm, reader), number(wasm, reader)]
    if (ADDING.has(kind)) number(wasm, reader)
    if (IN_MEMORY.has(kind)) yield { at: start + offset, symbol: index }
  }
}

/** An unsigned LEB128 number; of a signed one, as many bytes. */
function number(bytes, reader) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[reader.at++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return value
  }
}

function text(bytes, reader) {
  const size = number(bytes, reader)
  reader.at += size
  return bytes.toString('utf8', reader.at - size, reader.at)
}
