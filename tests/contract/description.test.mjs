/** What the APIs say of themselves: whole, in the form it claims, and served beside them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { description } from '../support/api.mjs'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))

/** Every value in a document, with where it stands. */
function* values(value, at = '#') {
  yield [at, value]
  if (value !== null && typeof value === 'object') for (const [key, inner] of Object.entries(value)) yield* values(inner, `${at}/${key}`)
}

test('the description that is served is the one the answers are held against', async () => {
  const response = await fetch(`${dev.baseUrl}/openapi.json`)
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type'), /^application\/json/)
  assert.deepEqual(await response.json(), description)
})

test('it is OpenAPI 3.1: a version, a title, paths, and an id of its own for each operation', () => {
  assert.match(description.openapi, /^3\.1\.\d+$/)
  assert.ok(description.info.title && description.info.version)
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.ok(ids.every((id) => /^[A-Za-z]\w*$/.test(id)))
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(operations.every(({ method }) => ['get', 'head', 'put', 'post', 'delete', 'patch'].includes(method)))
})

test('every reference leads somewhere, and everything kept in common is used', () => {
  const used = new Set()
  for (const [at, value] of values(description)) {
    if (typeof value?.$ref !== 'string') continue
    used.add(value.$ref)
    const target = value.$ref.split('/').slice(1).reduce((node, key) => node?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], description)
    assert.ok(value.$ref.startsWith('#/') && target !== undefined, `${at}: ${value.$ref}`)
  }
  for (const name of Object.keys(description.components.schemas)) {
    assert.ok(used.has(`#/components/schemas/${name}`) || /Frame$/.test(name), `${name} is used nowhere`)
  }
})

test('the parameters of each operation are those of its path, and its credential is known', () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const parameters = operation.parameters ?? []
    assert.deepEqual(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name), inPath, path)
    for (const parameter of parameters) {
      assert.ok(['path', 'query', 'header'].includes(parameter.in) && parameter.name && parameter.schema, path)
      if (parameter.in === 'path') assert.equal(parameter.required, true)
    }
    for (const need of operation.security) for (const name of Object.keys(need)) assert.ok(description.components.securitySchemes[name], name)
  }
})

test('each operation says what it does, what it takes and how it answers', () => {
  for (const { path, method, operation } of operations) {
    const what = `${method} ${path}`
    assert.ok(operation.summary.endsWith('.'), what)
    const statuses = Object.keys(operation.responses)
    assert.ok(statuses.some((status) => /^(101|2\d\d)$/.test(status)), what)
    for (const [status, response] of Object.entries(operation.responses)) {
      assert.ok(response.description, `${what} ${status}`)
      // These have no body, and files have one of their own kind.
      if (!['101', '204', '304', '416'].includes(status)) assert.ok(Object.values(response.content)[0].schema, `${what} ${status}`)
    }
    if (operation.requestBody) assert.ok(['400', '413', '415'].every((status) => statuses.includes(status)), what)
    if (operation.security.some((need) => Object.keys(need).length > 0)) assert.ok(statuses.includes('401'), what)
  }
})
