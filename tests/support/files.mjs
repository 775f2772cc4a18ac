/** Files to upload: real ones, and what only looks like one; forms around them, whole or not. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { repo } from '../../scripts/repo.mjs'

/** A small file that a browser or an encoder made. */
export const file = (name) => readFileSync(repo('shared', 'tests', 'files', name))

/** A picture of this many bytes: a real one, with a chunk that no reader knows. */
export function bigPicture(size) {
  const png = file('lamp.png')
  const filler = size - png.length - 12
  const chunk = Buffer.concat([Buffer.from([0, 0, 0, 0]), Buffer.from('poRc'), randomBytes(filler), Buffer.alloc(4)])
  chunk.writeUInt32BE(filler, 0)
  return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

const BOUNDARY = '----porchlight'
export const FORM = `multipart/form-data; boundary=${BOUNDARY}`

/** A form as bytes: `parts` are `[content-disposition's parameters, bytes]`. */
export function form(...parts) {
  const chunks = parts.flatMap(([parameters, bytes]) => [`--${BOUNDARY}\r\nContent-Disposition: form-data; ${parameters}\r\nContent-Type: image/png\r\n\r\n`, bytes, '\r\n'])
  return Buffer.concat([...chunks, `--${BOUNDARY}--\r\n`].map((chunk) => Buffer.from(chunk)))
}

/** A form with one file. */
export const formOf = (bytes, name = 'lamp.png') => form([`name="file"; filename="${name}"`, bytes])

/**
 * Sends a body chunk by chunk; `write` gets a function that sends one and waits for room. Resolves with the answer, or
 * with nothing where the connection ended without one.
 */
export function stream(url, headers, write) {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => { text += part }).on('end', () => {
        resolve({ status: response.statusCode, body: JSON.parse(text) })
        // What was not taken is not sent after all.
        sent.destroy()
      })
    })
    sent.on('error', () => resolve(undefined))
    const push = (chunk) => new Promise((room) => (sent.write(chunk) ? room() : sent.once('drain', room)))
    write(push, sent).catch(() => {})
  })
}
