/** A page whose HTML and storage work against the chat, by accident or on purpose: names that hide the browser's own, and junk. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, chat } from '../support/browser.mjs'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const chromium = await browser()

const EVIL = 'http://evil.invalid'

/** A page on the demo's own origin, with `html` before the snippet; `asked` is what code was requested from EVIL. */
async function hostile(html) {
  const context = await chromium.newContext({ reducedMotion: 'reduce' })
  const page = await context.newPage()
  const asked = []
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  await page.route(`${EVIL}/**`, (route) => {
    // The images themselves are the page's own affair.
    if (route.request().resourceType() !== 'image') asked.push(route.request().url())
    return route.fulfill({ status: 404, headers: { 'Access-Control-Allow-Origin': '*' } })
  })
  const snippet = `<script async src="/porchlight.js" data-widget="${dev.widgetToken}"></script>`
  const body = `<!doctype html><title>Hostile</title><body>${html}${snippet}`
  await page.route('**/hostile.html', (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.goto(new URL('/hostile.html', dev.baseUrl).href)
  return { context, page, asked, faults, chat: chat(page) }
}

const talk = async (chat, text) => {
  await chat.open()
  await chat.say(text)
  await chat.log.locator('.msg[data-author=visitor]:is([data-status=sent],[data-status=seen])').filter({ hasText: text }).waitFor({ timeout: 5_000 })
}

test('an image that is named like the running script does not say where code comes from', async () => {
  const { context, chat, asked, faults } = await hostile(`<img name="currentScript" data-widget="wt_evil" src="${EVIL}/porchlight.js">`)
  await talk(chat, 'Who is there?')
  assert.deepEqual(asked, [])
  assert.deepEqual(faults, [])
  await context.close()
})

for (const [what, html] of [
  ['a form named like our global', '<form id="Porchlight"><input name="widgets"><input name="q"></form>'],
  ['images named like the body and the root', '<img name="body"><form name="documentElement"><input name="style"></form>'],
  ['forms named like what a session tells of the page', '<form name="title"></form><form name="URL"></form><form name="referrer"></form>'],
  ['a title that throws', '<script>Object.defineProperty(document, "title", { get() { throw new Error("no") } })</script>'],
  ['a title that throws for every document', '<script>Object.defineProperty(Document.prototype, "title", { get() { throw new Error("no") } })</script>'],
]) {
  test(`${what} does not stop the chat`, async () => {
    const { context, chat, faults } = await hostile(html)
    await talk(chat, 'Hello?')
    assert.deepEqual(faults, [])
    await context.close()
  })
}

test('a stored session that makes no sense is dropped, and the chat begins anew', async () => {
  for (const token of ['a\nb', 'a.b.\u{1f4a1}', '', 'a'.repeat(5_000)]) {
    const { context, page, chat, faults } = await hostile('')
    await talk(chat, 'One')
    const key = `porchlight.${dev.widgetToken}.session`
    await page.evaluate(([key, sessionToken]) => {
      localStorage[key] = JSON.stringify({ ...JSON.parse(localStorage[key]), sessionToken })
    }, [key, token])
    await page.reload()
    await page.waitForFunction((key) => !localStorage[key], key)
    await talk(chat, 'Two')
    assert.deepEqual(faults, [])
    await context.close()
  }
})

test('a storage full of messages does not keep the visitor waiting', async () => {
  const { context, page, chat } = await hostile('')
  await page.route('**/messages', (route) => route.abort())
  await page.evaluate((prefix) => {
    for (let n = 0; n < 1_200; n++) localStorage[`${prefix}${String(n).padStart(26, '0')}`] = JSON.stringify({ text: `${n}`, at: 1_800_000_000 })
  }, `porchlight.${dev.widgetToken}.out.`)
  await page.reload()
  await chat.host.locator('.panel').waitFor({ state: 'attached' })
  const asked = Date.now()
  await chat.open()
  assert.ok(Date.now() - asked < 2_000, `it took ${Date.now() - asked} ms`)
  const shown = await chat.log.locator('.msg[data-author=visitor]').count()
  assert.ok(shown > 0 && shown <= 100, `${shown} messages`)
  await context.close()
})
