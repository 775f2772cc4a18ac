/** The main job: open the chat on a shop's page, talk with the bot, then with a person, and lose nothing on the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { agent } from '../support/people.mjs'
import { browser, chat, picture, visit } from '../support/browser.mjs'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const chromium = await browser()

/** The id of the conversation that a page's visitor is in. */
const conversationOf = (page) => page.evaluate(() => {
  const key = Object.keys(localStorage).find((key) => localStorage[key].includes('conversationId'))
  return JSON.parse(localStorage[key]).conversationId
})

test('the launcher shows after one request, and nothing is stored or asked before the visitor acts', async () => {
  const { page, requests, chat, context } = await visit(chromium, dev.demoUrl)
  await chat.launcher.waitFor()
  const ours = () => requests.filter(({ path }) => path === '/porchlight.js' || path.startsWith('/w/') || path.startsWith('/web-chat/'))
  assert.deepEqual(ours(), [{ method: 'GET', path: '/porchlight.js' }])
  await picture(page, 'launcher')
  await chat.open()
  await chat.message('What can we help you with?').waitFor()
  assert.deepEqual(ours().filter(({ path }) => path.startsWith('/web-chat/')), [{ method: 'GET', path: `/web-chat/${dev.widgetToken}/config` }])
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0)
  assert.deepEqual(await context.cookies(), [])
  await picture(page, 'opening')
  await context.close()
})

test('a visitor talks with the bot, then with a person, and finds it all again after a reload', async () => {
  const { page, chat, faults, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await chat.press('Talk to a person')
  await chat.message('May I have your name first?').waitFor()
  await picture(page, 'bot')
  await chat.say('Ada')
  await chat.message('Thank you, Ada').waitFor()

  const sam = agent(dev)
  const id = await conversationOf(page)
  const row = await sam.find(id)
  assert.equal(row.status, 'open')
  const asked = Date.now()
  await sam.answer(id, 'Hello Ada, Sam here. How can I help?')
  await chat.message('Sam here').waitFor({ timeout: 2000 })
  assert.ok(Date.now() - asked < 2000, 'the answer took 2 s or more')
  assert.equal(await chat.message('Sam here').getAttribute('data-author'), 'agent')
  await picture(page, 'agent')

  const before = await chat.said()
  assert.deepEqual(before, [
    'Hi there 👋 Welcome to Fern & Filament.', 'What can we help you with?', 'Talk to a person', 'May I have your name first?', 'Ada',
    'Thank you, Ada. I am calling someone from the workshop.', 'Hello Ada, Sam here. How can I help?',
  ])
  await page.reload()
  await chat.open()
  await chat.message('Sam here').waitFor()
  assert.deepEqual(await chat.said(), before)
  assert.deepEqual(faults, [])
  await context.close()
})

test('two tabs see the same', async () => {
  const { page, chat: first, context } = await visit(chromium, dev.demoUrl)
  const other = await context.newPage()
  await other.goto(`${dev.baseUrl}/lamp.html`)
  const second = chat(other)
  await first.open()
  await second.open()
  await first.say('Is anybody there?')
  await second.message('Is anybody there?').waitFor()
  await second.say('Talk to a person')
  await first.message('May I have your name first?').waitFor()
  await second.message('May I have your name first?').waitFor()
  assert.deepEqual(await second.said(), await first.said())
  await page.bringToFront()
  await context.close()
})

test('what an agent does is seen: typing, seeing, an unread badge, closing', async () => {
  const { page, chat, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await chat.press('Talk to a person')
  await chat.message('May I have your name first?').waitFor()
  const sam = agent(dev)
  const id = await conversationOf(page)
  await sam.find(id)
  const events = `${sam.path}/conversations/${id}/events`
  await sam.api.post(events, { type: 'typing', on: true })
  await chat.host.locator('.typing').waitFor()
  await picture(page, 'typing')
  await sam.answer(id, 'One moment, please.')
  await chat.message('One moment, please.').waitFor()
  await chat.host.locator('.typing').waitFor({ state: 'hidden' })
  await chat.log.locator('.msg[data-author=visitor][data-status=seen]').waitFor()

  await page.keyboard.press('Escape')
  await chat.panel.waitFor({ state: 'hidden' })
  assert.equal(await chat.host.evaluate((host) => host.shadowRoot.activeElement?.className), 'launcher')
  await sam.answer(id, 'Here I am again.')
  await chat.badge.waitFor()
  assert.equal(await chat.badge.innerText(), '1')
  await picture(page, 'unread')
  await chat.open()
  await chat.message('Here I am again.').waitFor()
  await chat.badge.waitFor({ state: 'hidden' })

  await sam.api.post(`${sam.path}/conversations/${id}/close`)
  await chat.host.getByText(/closed|ended/i).first().waitFor()
  await picture(page, 'closed')
  await chat.say('One more thing')
  await chat.message('One more thing').waitFor()
  // It began another conversation.
  await eventually(async () => (await sam.list('?limit=1')).data[0].id, (newest) => newest !== id)
  await context.close()
})

test('text of a visitor is text: markup and scripts are shown, not run', async () => {
  const { page, chat, faults, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  const text = '<img src=x onerror="window.hit=1"><b>bold</b> javascript:alert(1) https://example.com/a?b=1'
  await chat.say(text)
  await chat.message('<b>bold</b>').waitFor()
  assert.equal((await chat.said()).at(-1) === text || (await chat.said()).includes(text), true)
  assert.equal(await page.evaluate(() => window.hit), undefined)
  const links = await chat.log.locator('.bubble a').evaluateAll((all) => all.map((a) => [a.href, a.rel, a.target]))
  assert.equal(links.length, 1)
  assert.equal(links[0][0], 'https://example.com/a?b=1')
  assert.match(links[0][1], /noopener/)
  assert.deepEqual(faults, [])
  await context.close()
})
