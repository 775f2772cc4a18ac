/** The livechat API beside our own: what both do is done by the same Thread, so that one in other words may cost little more. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { LIVECHAT } from './sides.mjs'

/** Somebody with a room: `{ token, rid }`. */
export async function guest(client) {
  const token = randomUUID()
  await client.ask({ method: 'POST', path: `${LIVECHAT}/visitor`, body: { visitor: { token } }, expected: 200 })
  const { body } = await client.json({ path: `${LIVECHAT}/room?token=${token}`, expected: 200 })
  return { token, rid: body.room._id }
}

export const send = (text) => ({ guest: { token, rid } }) => ({ method: 'POST', path: `${LIVECHAT}/message`, body: { token, rid, msg: text, _id: randomUUID() }, expected: 200 })
export const load = (limit) => ({ guest: { token, rid } }) => ({ path: `${LIVECHAT}/messages.history/${rid}?token=${token}&limit=${limit}`, expected: 200 })

/** Fails where a page of livechat has not as many messages as one of our own, or they say something else. */
export async function checkSamePage(client, visitor, theirs, ours) {
  const [livechat, own] = await Promise.all([theirs, ours].map(async (call) => (await client.json(call(visitor))).body))
  const said = own.data.map(({ payload }) => payload.text)
  assert.ok(said.length > 0)
  assert.deepEqual(livechat.messages.map(({ msg }) => msg), said, 'the two pages are not the same')
}
