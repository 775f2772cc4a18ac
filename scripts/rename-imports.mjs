/**
 * wasm-bindgen names each function that crosses the border by a word and a hash, once in the wasm and once in the
 * glue. Nobody reads them there, and hashes do not compress: one or two letters do as well, and save 3 KB.
 */

/** Answers with the wasm and the glue under the short names. */
export function renameImports(wasm, glue) {
  const short = new Map()
  const out = []
  const reader = { at: 8 }
  out.push(wasm.subarray(0, 8))
  while (reader.at < wasm.length) {
    const id = wasm[reader.at++]
    const size = number(wasm, reader)
    const body = wasm.subarray(reader.at, reader.at + size)
    reader.at += size
    const written = id === 2 ? renamed(body, short) : body
    out.push(Buffer.from([id]), leb(written.length), written)
  }
  const renamedGlue = glue.replace(/\b__wb\w+/g, (long) => short.get(long) ?? long).replaceAll(MODULE, 'w')
  return { wasm: Buffer.concat(out), glue: renamedGlue }
}

const MODULE = './widget_bg.js'

/** The import section: a vector of (module, name, description). */
function renamed(body, short) {
  const reader = { at: 0 }
  const count = number(body, reader)
  const out = [leb(count)]
  for (let n = 0; n < count; n++) {
    const module = text(body, reader)
    const name = text(body, reader)
    const from = reader.at
    if (module !== MODULE || body[from] !== 0) throw new Error(`rename-imports.mjs does not know imports like ${module} ${name}`)
    reader.at++
    number(body, reader)
    if (!short.has(name)) short.set(name, `$${short.size.toString(36)}`)
    out.push(string('w'), string(short.get(name)), body.subarray(from, reader.at))
  }
  return Buffer.concat(out)
}

function number(bytes, reader) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[reader.at++]
    value |= (byte & 127) << shift
    if (byte < 128) return value
  }
}

function text(bytes, reader) {
  const size = number(bytes, reader)
  reader.at += size
  return bytes.toString('utf8', reader.at - size, reader.at)
}

function leb(value) {
  const bytes = []
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128)
  return Buffer.from([...bytes, value])
}

const string = (value) => Buffer.concat([leb(Buffer.byteLength(value)), Buffer.from(value)])
