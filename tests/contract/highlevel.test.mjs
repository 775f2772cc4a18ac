/** HighLevel's own client, unchanged but for where it is pointed. */
import HighLevel from '@gohighlevel/api-client'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const client = new (HighLevel.HighLevel ?? HighLevel)({ privateIntegrationToken: dev.apiKey })
client.httpClient.defaults.baseURL = dev.baseUrl
const { chatWidget } = client
const locationId = dev.organizationId

test('list, get, create, update, patch, clone and delete by @gohighlevel/api-client', async () => {
  const created = await chatWidget.createChatWidget({ version: 2, chatType: 'liveChat', name: 'By their client', locationId, settings: { chatType: 'liveChat', chatIcon: 'chat', heading: 'Hi' } })
  assert.equal(created.name, 'By their client')
  const params = { locationId, id: created._id }
  assert.deepEqual(await chatWidget.getChatWidgetById(params), created)
  const listed = await chatWidget.listChatWidgets({ locationId, offset: '0', limit: '10', chatType: 'liveChat' })
  assert.ok(listed.totalCount >= 1 && listed.chatWidgets.some(({ _id }) => _id === created._id))
  assert.equal((await chatWidget.updateChatWidget(params, { name: 'Renamed Chat Widget' })).name, 'Renamed Chat Widget')
  assert.deepEqual((await chatWidget.patchChatWidget(params, { settings: { chatType: 'emailChat' } })).settings, { chatType: 'emailChat' })
  const clone = await chatWidget.cloneChatWidget({ locationId, chatWidgetId: created._id, name: 'Chat Widget 1 (copy)' })
  assert.equal(clone.originId, created._id)
  for (const id of [created._id, clone._id]) assert.equal((await chatWidget.deleteChatWidget({ locationId, id })).success, true)
  await assert.rejects(chatWidget.getChatWidgetById(params), (error) => (error.statusCode ?? error.status ?? error.response?.status) === 404)
})
