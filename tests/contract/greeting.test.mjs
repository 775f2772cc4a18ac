/** The bot's first words, to somebody who has said who they are. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ownDeployment } from '../support/deployment.mjs'
import { visitor } from '../support/people.mjs'

const steps = JSON.stringify([{ id: 'hi', type: 'message', text: "Hi {{name|default:'you'}}" }])
const own = await ownDeployment({ RATE_LIMITS: 'off' }, `UPDATE flow_versions SET steps = '${steps.replaceAll("'", "''")}'`)
after(() => own.remove())

test('the greeting knows the name that a session was begun with', async () => {
  const greeting = async (body) => (await (await visitor(own.dev, body)).history())[0].payload.text
  assert.equal(await greeting({ mode: 'identified', name: 'Ada' }), 'Hi Ada')
  assert.equal(await greeting({ mode: 'anonymous' }), 'Hi you')
})
