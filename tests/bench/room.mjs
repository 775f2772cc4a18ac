/** A room with many sockets: what one message costs that all of them hear. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { shape, visitor } from './same.mjs'
import { PATH } from './sides.mjs'

/** The most sockets that a visitor has. */
const SOCKETS = 200
/** What the frames begin with that are counted. */
const MESSAGE = Buffer.from('{"t":"message"')
/** In milliseconds, how long they may take to hear what was said. */
const HEARD = 10_000

/**
 * Somebody new with so many sockets: `{ headers, heard, told, close }`. `heard(count)` waits until all have so many messages
 * more, `told()` is the shape of the last.
 */
export async function room({ side: { host, port, name }, everybody }) {
  const { headers, session } = await visitor(everybody)
  const room = { count: 0, frame: undefined }
  const open = async () => {
    const socket = new WebSocket(`ws://${host}:${port}${PATH}/live`, ['porchlight.v1', session.sessionToken], { origin: 'https://shop.example', perMessageDeflate: false })
    socket.on('message', (data) => {
      if (!data.subarray(0, MESSAGE.length).equals(MESSAGE)) return
      room.count += 1
      room.frame = data
    })
    await once(socket, 'open')
    return socket
  }
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, open))
  const heard = async (messages) => {
    const until = performance.now() + HEARD
    while (room.count < messages * SOCKETS) {
      if (performance.now() > until) throw new Error(`${name}: ${room.count} frames of ${messages * SOCKETS} were heard within ${HEARD} ms`)
      await new Promise(setImmediate)
    }
    assert.equal(room.count, messages * SOCKETS)
    room.count = 0
  }
  return { headers, heard, told: () => shape(JSON.parse(room.frame)), close: () => sockets.forEach((socket) => socket.terminate()) }
}
