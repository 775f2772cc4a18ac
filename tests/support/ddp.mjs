/** A client of the livechat websocket, which speaks DDP. */
import WebSocket from 'ws'

/** Connects, and says so; `frames` has all that was heard, `heard(matches)` waits for one that matches. */
export async function ddp(url, { greets = true, headers = {} } = {}) {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers })
  const frames = []
  const waiting = new Set()
  const closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })))
  socket.on('message', (data) => {
    frames.push(JSON.parse(data.toString()))
    for (const check of [...waiting]) check()
  })
  await new Promise((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('unexpected-response', (_, { statusCode }) => reject(Object.assign(new Error(`status ${statusCode}`), { status: statusCode })))
    socket.on('error', reject)
  })

  /** The first frame, from place `from` on, that matches. */
  function heard(matches, { from = 0, within = 5_000 } = {}) {
    return new Promise((resolve, reject) => {
      const check = () => {
        const frame = frames.slice(from).find(matches)
        if (frame) settle(() => resolve(frame))
      }
      const settle = (end) => {
        clearTimeout(timer)
        waiting.delete(check)
        end()
      }
      const timer = setTimeout(() => settle(() => reject(new Error(`not heard; heard ${JSON.stringify(frames.slice(from))}`))), within)
      waiting.add(check)
      check()
    })
  }

  const send = (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  let count = 0
  /** Subscribes, and gives the answer. */
  const subscribe = (name, event, token) => {
    const id = `sub-${count += 1}`
    send({ msg: 'sub', id, name, params: [event, { useCollection: false, args: [{ token, visitorToken: token }] }] })
    return heard((frame) => frame.subs?.includes(id) || (frame.msg === 'nosub' && frame.id === id))
  }
  /** Calls a method, and gives the result. */
  const call = (method, ...params) => {
    const id = `call-${count += 1}`
    send({ msg: 'method', id, method, params })
    return heard((frame) => frame.msg === 'result' && frame.id === id)
  }
  /** Waits for something to happen in a stream, and gives its arguments. */
  const changed = (collection, eventName, matches = () => true, from = 0) =>
    heard((frame) => frame.msg === 'changed' && frame.collection === collection && frame.fields.eventName === eventName && matches(...frame.fields.args), { from })
      .then(({ fields }) => fields.args)

  if (greets) {
    send({ msg: 'connect', version: '1', support: ['1', 'pre2', 'pre1'] })
    await heard(({ msg }) => msg === 'connected')
  }
  return { socket, frames, closed, heard, send, subscribe, call, changed, close: () => { socket.close(1000); return closed } }
}
