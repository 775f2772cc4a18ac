/** The server goes away and comes back, by force: what the visitor wrote arrives, and arrives once. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { browser, picture, visit } from '../support/browser.mjs'
import { ownDeployment } from '../support/deployment.mjs'

const own = await ownDeployment()
after(() => own.remove())
const chromium = await browser()

test('a message sent while the server is down arrives once when it is back', async () => {
  const { page, chat, context } = await visit(chromium, own.dev.demoUrl)
  await chat.open()
  await chat.press('Talk to a person')
  await chat.message('May I have your name first?').waitFor()
  await own.stop('SIGKILL')
  await chat.say('Ada')
  const mine = chat.message('Ada').first()
  await mine.waitFor()
  assert.equal(await mine.getAttribute('data-status'), 'sending')
  await chat.banner.waitFor()
  await picture(page, 'offline')
  await own.start()
  await chat.message('Thank you, Ada').waitFor({ timeout: 30_000 })
  await chat.banner.waitFor({ state: 'hidden', timeout: 30_000 })
  assert.equal((await chat.said()).filter((text) => text === 'Ada').length, 1)
  await context.close()
})

test('a message that was on its way when the page went is sent by the next page', async () => {
  const { page, chat, context } = await visit(chromium, own.dev.demoUrl)
  await chat.open()
  await chat.press('Talk to a person')
  await chat.message('May I have your name first?').waitFor()
  await page.route('**/messages', (route) => route.abort())
  await chat.say('Grace')
  await chat.message('Grace').first().waitFor()
  await page.goto('about:blank')
  await page.unroute('**/messages')
  await page.goto(`${own.dev.baseUrl}/lamp.html`)
  await chat.open()
  await chat.message('Thank you, Grace').waitFor({ timeout: 20_000 })
  assert.equal((await chat.said()).filter((text) => text === 'Grace').length, 1)
  await context.close()
})

test('a message that the edge took, but whose answer was lost, is not doubled', async () => {
  const { page, chat, context } = await visit(chromium, own.dev.demoUrl)
  await chat.open()
  await chat.press('Talk to a person')
  await chat.message('May I have your name first?').waitFor()
  let lost = 0
  await page.route('**/messages', async (route) => {
    if (lost++ > 0) return route.continue()
    await route.fetch()
    await route.abort()
  })
  await chat.say('Hedy')
  await chat.message('Thank you, Hedy').waitFor({ timeout: 20_000 })
  await chat.log.locator('.msg[data-status=sending]').waitFor({ state: 'detached' })
  assert.equal((await chat.said()).filter((text) => text === 'Hedy').length, 1)
  await context.close()
})

test('a message that is refused says so, and can be tried again', async () => {
  const { page, chat, context } = await visit(chromium, own.dev.demoUrl)
  await chat.open()
  let refused = 0
  await page.route('**/messages', (route) => refused++ === 0
    ? route.fulfill({ status: 400, headers: { 'access-control-allow-origin': '*' }, contentType: 'application/json', body: JSON.stringify({ statusCode: 400, message: ['text: must not be rude'] }) })
    : route.continue())
  await chat.say('Talk to a person')
  const failed = chat.log.locator('.msg[data-status=failed]')
  await failed.waitFor()
  await picture(page, 'failed')
  await failed.getByRole('button', { name: /retry|try again/i }).click()
  await chat.message('May I have your name first?').waitFor()
  assert.equal((await chat.said()).filter((text) => text === 'Talk to a person').length, 1)
  await context.close()
})

test('what is written before the second part of the program is here is sent when it comes', async () => {
  const { page, chat, context } = await visit(chromium, 'about:blank')
  let asked = 0
  await page.route('**/w/later-*.wasm', async (route) => {
    if (asked++ === 0) return route.abort()
    await new Promise((resolve) => setTimeout(resolve, 500))
    return route.continue()
  })
  await page.goto(own.dev.demoUrl)
  await chat.open()
  await chat.say('Talk to a person')
  assert.equal(asked, 1)
  await chat.message('May I have your name first?').waitFor({ timeout: 20_000 })
  assert.deepEqual((await chat.said()).filter((text) => text === 'Talk to a person').length, 1)
  await context.close()
})
