/**
 * The interpreter of flows in JavaScript, as far as the bench's flow goes: the same steps, the same values, the same trace
 * of every decision.
 */
const FUEL = 500

export function tryOut(steps, { variables: known = {}, messages = [] }) {
  const places = new Map(steps.map((step, at) => [step.id, at]))
  const after = (step) => steps[step.next === undefined ? places.get(step.id) + 1 : places.get(step.next)]
  const variables = {}
  const get = (name) => variables[name] ?? known[name]
  const trace = []
  let step = steps[0]
  let status = 'completed'
  for (let fuel = FUEL; step; fuel -= 1) {
    if (fuel === 0) {
      status = 'limit'
      break
    }
    const entry = { stepId: step.id, type: step.type }
    trace.push(entry)
    let next
    if (step.type === 'set') {
      const value = step.op === 'increment' ? number(get(step.variable) ?? 0) + number(step.value ?? 1) : typeof step.value === 'string' ? fill(step.value, get) : step.value
      if (String(value).length <= 4096 && (step.variable in variables || Object.keys(variables).length < 100)) {
        variables[step.variable] = value
        entry.variables = { [step.variable]: value }
      }
      next = after(step)
    } else if (step.type === 'condition') {
      entry.decided = []
      const found = step.cases.find(({ when }) => holds(when, get, entry.decided))
      const target = found?.next ?? step.else
      next = target === undefined ? after(step) : steps[places.get(target)]
    } else if (step.type === 'message') {
      entry.output = [fill(step.text, get)]
      next = after(step)
    } else if (step.type === 'goto') {
      next = after(step)
    }
    if (next) entry.next = next.id
    step = next
  }
  return { steps: trace.map((entry) => ({ ...entry, ms: 0 })), finalVariables: variables, status, warnings: [], left: messages.length }
}

const number = (value) => {
  const read = typeof value === 'number' ? value : Number(value)
  return Number.isFinite(read) ? read : 0
}

function holds(when, get, decided) {
  if (when.all) return when.all.every((inner) => holds(inner, get, decided))
  if (when.any) return when.any.some((inner) => holds(inner, get, decided))
  if (when.not) return !holds(when.not, get, decided)
  const held = compare(when, get(when.variable) ?? '')
  decided.push(`${when.variable} ("${get(when.variable) ?? ''}") ${when.op} ${when.value}: ${held}`)
  return held
}

const folded = (value) => String(value).trim().toLowerCase()

function compare({ op, value }, left) {
  switch (op) {
    case 'lt': return Number(left) < value
    case 'eq': return typeof value === 'number' ? Number(left) === value : folded(left) === folded(value)
    case 'contains': return folded(left).includes(folded(value))
    default: return false
  }
}

function fill(template, get) {
  return template.replace(/\{\{\s*([\w.-]+)\s*(?:\|\s*default:'([^']*)'\s*)?\}\}/g, (whole, name, usual = '') => {
    const value = get(name)
    return value === undefined || String(value).trim() === '' ? usual : String(value)
  })
}
