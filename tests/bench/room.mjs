/** Rooms with one socket and with many: what it costs that many hear a message, beside what the message costs itself. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { load } from './load.mjs'
import { shape, visitor } from './same.mjs'
import { PATH } from './sides.mjs'

/** The most sockets that a visitor has. */
export const SOCKETS = 200
/** What the frames begin with that are counted. */
const MESSAGE = Buffer.from('{"t":"message"')
/** In milliseconds, how long they may take to hear what was said. */
const HEARD = 10_000

/**
 * Somebody new with so many sockets: `{ headers, heard, told, close }`. `heard(count)` waits until all have so many messages
 * more, `told()` is the shape of the last.
 */
export async function room({ side: { host, port, name }, everybody }, size) {
  const { headers, session } = await visitor(everybody)
  let [count, frame] = [0]
  const open = async () => {
    const socket = new WebSocket(`ws://${host}:${port}${PATH}/live`, ['porchlight.v1', session.sessionToken], { origin: 'https://shop.example', perMessageDeflate: false })
    socket.on('message', (data) => {
      if (!data.subarray(0, MESSAGE.length).equals(MESSAGE)) return
      count += 1
      frame = data
    })
    await once(socket, 'open')
    return socket
  }
  const sockets = await Promise.all(Array.from({ length: size }, open))
  const heard = async (messages) => {
    const until = performance.now() + HEARD
    while (count < messages * size) {
      if (performance.now() > until) throw new Error(`${name}: ${count} frames of ${messages * size} were heard within ${HEARD} ms`)
      await new Promise(setImmediate)
    }
    assert.equal(count, messages * size)
    count = 0
  }
  return { headers, heard, told: () => shape(JSON.parse(frame)), close: () => sockets.forEach((socket) => socket.terminate()) }
}

/** What one more socket costs a side, in seconds and in seconds of its processor. */
export async function another({ side, few, rooms }, speak, round, told) {
  const [alone, many] = [{}, {}]
  for (const [room, cost] of [[rooms[0], alone], [rooms[1], many]]) {
    const [before, began] = [side.cpu(), performance.now()]
    const { count } = await load(few, () => speak(room), round)
    await room.heard(count)
    cost.seconds = (performance.now() - began) / 1000 / count
    // What was said is told to D1 before the other room is measured, and counted here.
    await setTimeout(told)
    cost.cpu = (side.cpu() - before) / count
  }
  return { rate: (SOCKETS - 1) / (many.seconds - alone.seconds), cpu: (many.cpu - alone.cpu) / (SOCKETS - 1) }
}
