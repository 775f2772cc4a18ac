/**
 * A body that does not come is not waited for. Asked of workerd itself: the proxy of `wrangler dev` keeps an answer back
 * until it has sent all of the request.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { client } from '../bench/load.mjs'
import { visitor } from '../bench/same.mjs'
import { PATH, porchlight } from '../bench/sides.mjs'
import { file, FORM, formOf } from '../support/files.mjs'

test('a body that comes too slowly is a 408', async () => {
  const side = await porchlight()
  const calls = client(side, 1)
  try {
    const { headers } = await visitor(calls)
    const body = formOf(file('lamp.png'))
    const began = Date.now()
    const answer = await new Promise((resolve, reject) => {
      let text = ''
      const socket = connect(side.port, side.host)
      socket.setTimeout(40_000, () => socket.destroy(new Error('nothing was answered')))
      socket.on('data', (data) => { text += data }).on('close', () => resolve(text)).on('error', reject)
      socket.write(`POST ${PATH}/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${headers.authorization}\r\nContent-Type: ${FORM}\r\nContent-Length: ${body.length}\r\n\r\n`)
      socket.write(body.subarray(0, 40))
    })
    assert.match(answer, /^HTTP\/1\.1 408 /)
    assert.match(answer, /too slowly/)
    assert.ok(Date.now() - began > 10_000)
  } finally {
    calls.close()
    await side.stop()
  }
})
