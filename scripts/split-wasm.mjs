/**
 * Cuts one WebAssembly program in two: what is needed at once, and what may come later.
 *
 * A function whose name has a word `…_later` in it begins the second part, and with it goes whatever only such
 * functions call. Both parts share memory, tables and stack. In the first part a stub stands for each of them, which
 * calls through a table that the second part fills when it comes. In the edge a stub asks for the second part where it
 * is not there yet; in the widget, which cannot wait for it, who calls a stub before that has a fault (`App::take`
 * sees to it that nobody does). With the linker's notes, what is constant and only the second part reads goes with it.
 *
 * Works on binaryen's text, where every definition of the module begins on a line of its own, one blank in.
 */

import { dealOut, movable } from './split-constants.mjs'

const NAME = String.raw`\$(?:"(?:[^"\\]|\\.)*"|[^\s()]+)`
const DEFINED = new RegExp(String.raw`^ \((\w+) (?:"[^"]*" )*\(?(?:func |memory |table |global )?(${NAME})?`)
const USED = new RegExp(String.raw`\((?:call|return_call|ref\.func) (${NAME})`, 'g')
const SIGNATURE = /\((param|result) (?:\$\S+ )?([^)]*)\)/g
/** In names as they are written out, or as Rust mangles them: there, the number of a namesake may follow, and `0` or an upper case letter. */
const LATER = /_later(?:s[0-9a-zA-Z]*_)?(?![a-z_])/

/** What is called so often that the way from one part to the other would be felt: each has its own. All they know is in memory. */
const IN_BOTH = /^\$"<?(?:quick\[|dlmalloc\[|\[u8\]>::to_vec|(?:alloc\[\w+\]::(?:raw_vec|alloc)|compiler_builtins\[\w+\]::mem|__rustc\[\w+\]::__rdl)\b)/

/**
 * Answers with the texts of the two parts. With `onDemand`, stubs call the import `later.load` first, once. `constants` is
 * what `constantsOf` found out.
 */
export function split(text, { onDemand = false, constants } = {}) {
  const items = definitions(text)
  const functions = new Map(items.filter(({ kind }) => kind === 'func').map((item) => [item.name, item]))
  const imports = new Map(items.filter(({ kind, body }) => kind === 'import' && body.includes('(func ')).map((item) => [item.name, item]))
  const used = (body) => [...body.matchAll(USED)].map(([, name]) => name)
  const isRoot = (name) => LATER.test(name)

  // What the outside calls, directly or through the table, is of the first part; so is what that calls.
  const outside = items.filter(({ kind }) => kind === 'export' || kind === 'elem' || kind === 'start').flatMap(({ body }) => body.match(new RegExp(NAME, 'g')) ?? [])
  const first = reach(outside.filter((name) => functions.has(name) && !isRoot(name)), (name) => used(functions.get(name).body).filter((next) => functions.has(next) && !isRoot(next)))
  const second = [...functions.keys()].filter((name) => !first.has(name))

  const slots = new Map(second.map((name, slot) => [name, slot]))
  // The widget has no byte to spare for what would be there twice.
  const own = onDemand ? [...first].filter((name) => IN_BOTH.test(name)) : []
  const inSecond = [...second, ...own]
  const needed = new Set(inSecond.flatMap((name) => used(functions.get(name).body)))
  const shared = [...needed].filter((name) => first.has(name) && !own.includes(name))
  const others = items.filter(({ kind }) => kind === 'memory' || kind === 'table' || kind === 'global')
  const exported = (prefix, list) => list.map((item, n) => ({ ...item, as: `${prefix}${n.toString(36)}` }))
  const handedOver = [...exported('f', shared.map((name) => functions.get(name))), ...exported('x', others)]
  const types = items.filter(({ kind }) => kind === 'type').map(({ body }) => body)

  const data = constants ? dealOut(items.find(({ kind }) => kind === 'data').body, movable(constants, functions.keys(), first)) : undefined
  const one = items.filter(({ kind, name }) => kind !== 'func' || first.has(name)).map(({ kind, body }) => (kind === 'data' && data?.whole === body ? data.first : body))
  one.push(` (table $later ${second.length} funcref)`, ' (export "later" (table $later))')
  if (onDemand) {
    // Imports stand before everything else.
    one.unshift(' (import "later" "load" (func $load_second))')
    one.push(ASK)
  }
  for (const name of second) one.push(stub(functions.get(name), slots.get(name), onDemand))
  for (const { as, kind, name } of handedOver) one.push(` (export "${as}" (${kind} ${name}))`)

  const two = [...types]
  two.push(...[...needed].filter((name) => imports.has(name)).map((name) => imports.get(name).body))
  // What JavaScript throws is caught by one tag, wherever it is.
  two.push(...items.filter(({ kind, body }) => kind === 'import' && body.includes('(tag ')).map(({ body }) => body))
  two.push(` (import "p" "later" (table $later ${second.length} funcref))`)
  for (const item of handedOver) two.push(` (import "p" "${item.as}" (${item.kind} ${item.name} ${typeOf(item)}))`)
  two.push(` (elem $filled (table $later) (i32.const 0) func ${second.join(' ')})`)
  if (data) two.push(data.second)
  two.push(...inSecond.map((name) => functions.get(name).body))

  const module = (parts) => `(module\n${parts.join('\n')}\n)\n`
  return { first: module(one), later: module(two) }
}

function definitions(text) {
  const items = []
  for (const line of text.split('\n').slice(1)) {
    if (line.startsWith(' (')) {
      const [, kind, name] = line.match(DEFINED)
      items.push({ kind, name, lines: [line] })
    } else if (items.length > 0 && line !== ')') {
      items.at(-1).lines.push(line)
    }
  }
  return items.map(({ kind, name, lines }) => ({ kind, name, body: lines.filter((line) => !/^ ;;/.test(line)).join('\n').trimEnd() }))
}

/** Everything that can be reached from `roots`. */
function reach(roots, next) {
  const seen = new Set(roots)
  for (const name of seen) for (const other of next(name)) seen.add(other)
  return seen
}

const headOf = ({ name, body }) => body.split('\n')[0].replace(name, '')

/** What an import says of the thing. */
function typeOf(item) {
  const head = headOf(item)
  if (item.kind === 'func') return signature(item).map(([what, type]) => `(${what} ${type})`).join(' ')
  if (item.kind === 'global') return head.match(/\(global\s+((?:\(mut \w+\))|\w+)/)[1]
  return head.replace(/^ \(\w+\s+/, '').replace(/\)\s*$/, '')
}

const signature = (item) => [...headOf(item).matchAll(SIGNATURE)].map(([, what, type]) => [what, type])

/** Has the second part loaded where its first function is not there. */
const ASK = ` (func $ask_for_second
  (if (ref.is_null (table.get $later (i32.const 0))) (then (call $load_second))))`

/** Calls the second part's function with what it is called with. */
function stub(item, slot, onDemand) {
  const parts = signature(item)
  const type = parts.map(([what, value]) => `(${what} ${value})`).join(' ')
  const given = parts.filter(([what]) => what === 'param').map((_, n) => `(local.get ${n})`).join(' ')
  const ask = onDemand ? '(call $ask_for_second) ' : ''
  return ` (func ${item.name} ${type} ${ask}(call_indirect $later ${type} ${given} (i32.const ${slot})))`
}
