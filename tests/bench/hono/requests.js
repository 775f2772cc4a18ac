/** What requests may say. Each gives `{ data }`, or `{ error }` with a sentence. */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const isUuid = (value) => typeof value === 'string' && UUID.test(value)
const isName = (value) => typeof value === 'string' && value.length >= 1 && value.length <= 100
const isLine = (longest) => (value) => typeof value === 'string' && value.length <= longest

const MESSAGE = {
  text: (value) => typeof value === 'string' && value.trim() !== '' && value.length <= 4000,
  clientId: (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(value),
  replyTo: isUuid,
}

const SESSION = {
  visitorId: isUuid,
  mode: (value) => value === 'anonymous' || value === 'identified',
  name: isName,
  email: isLine(254),
  phone: isLine(40),
  url: isLine(500),
  referer: isLine(500),
  title: isLine(500),
  lang: isLine(20),
}

export const messageRequest = (value) => read(value, MESSAGE, 'text')
export const sessionRequest = (value) => read(value, SESSION, 'mode')

function read(value, fields, required) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { error: 'the body must be a JSON object' }
  if (value[required] === undefined) return { error: `missing field \`${required}\`` }
  for (const [name, field] of Object.entries(value)) {
    if (!Object.hasOwn(fields, name)) return { error: `unknown field \`${name}\`` }
    if (!fields[name](field)) return { error: `${name} is not what it must be` }
  }
  return { data: value }
}
