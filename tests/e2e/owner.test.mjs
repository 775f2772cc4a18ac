/** What a widget's owner sets, as the visitor meets it: hours, legal words, consent, and the widget that speaks first. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { client } from '../support/api.mjs'
import { browser, picture, visit } from '../support/browser.mjs'
import { ownDeployment } from '../support/deployment.mjs'

const own = await ownDeployment({ RATE_LIMITS: 'off' })
after(() => own.remove())
const { dev } = own
const chromium = await browser()
const admin = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
const CHANNELS = `/organizations/${dev.organizationId}/web-chat/channels`
const make = async (settings) => (await admin.post(CHANNELS, { name: 'Fern & Filament', settings: { heading: 'Fern & Filament', ...settings } })).data

/** The shop's page with the tag of another widget, at any of the site's addresses. */
async function visitShop(widget, { path = '/', ...options } = {}) {
  const visited = await visit(chromium, 'about:blank', options)
  const { html } = (await admin.get(`${CHANNELS}/${widget.id}/snippet`)).data
  await visited.page.route(`${dev.baseUrl}/**`, async (route) => {
    if (route.request().resourceType() !== 'document') return route.continue()
    const response = await route.fetch({ url: dev.demoUrl })
    const page = await response.text()
    await route.fulfill({ response, body: page.replace(/<script[^>]*porchlight\.js[^>]*><\/script>/, html) })
  })
  await visited.page.goto(dev.baseUrl + path)
  return visited
}
const greeting = (chat) => chat.host.locator('.greet')

test('what is to be read stands below the composer, from the first opening on', async () => {
  const widget = await make({ legal: { text: 'By writing you agree to our terms.', url: 'https://shop.example/terms' }, welcome: 'Hello! What are you looking for?' })
  for (const [name, options] of [['legal', {}], ['legal-dark-phone', { colorScheme: 'dark', viewport: { width: 390, height: 780 } }]]) {
    const { page, chat, faults, context } = await visitShop(widget, options)
    await chat.open()
    const link = chat.panel.getByRole('link', { name: 'By writing you agree to our terms.' })
    await link.waitFor()
    assert.deepEqual([await link.getAttribute('href'), await link.getAttribute('rel'), await link.getAttribute('target')], ['https://shop.example/terms', 'noopener noreferrer', '_blank'])
    await chat.message('What are you looking for?').waitFor()
    await picture(page, name)
    assert.deepEqual(faults, [])
    await context.close()
  }
})

test('out of hours that is told before anybody writes, and an address is asked for', async () => {
  const widget = await make({
    officeHours: { timeZone: 'UTC', days: [] }, legal: { text: 'I agree that my words are kept.', consent: true },
    offline: { message: 'The workshop is closed.', form: { fields: [{ id: 'email', label: 'Where do we answer?', type: 'email', required: true }] } },
  })
  const { page, chat, context } = await visitShop(widget)
  await chat.open()
  await chat.panel.getByText('The workshop is closed.').waitFor()
  await picture(page, 'closed')
  await chat.say('Is anybody there?')
  await chat.panel.getByRole('textbox', { name: /Where do we answer/ }).fill('ada@shop.example')
  await chat.panel.getByRole('button', { name: 'Continue' }).click()
  await chat.panel.getByText('Please fill this in.').or(chat.panel.locator('.wrong:not(:empty)')).first().waitFor()
  await chat.panel.getByRole('checkbox', { name: /I agree/ }).check()
  await picture(page, 'consent')
  await chat.panel.getByRole('button', { name: 'Continue' }).click()
  await chat.message('Is anybody there?').waitFor()
  await context.close()
})

test('the panel is as large as the owner wants, and fills a phone', async () => {
  for (const [size, viewport, wanted] of [['small', { width: 1280, height: 900 }, { width: 340, height: 520 }], ['large', { width: 1280, height: 900 }, { width: 460, height: 760 }], ['large', { width: 390, height: 780 }, { width: 390, height: 780 }]]) {
    const { page, chat, context } = await visitShop(await make({ theme: { size } }), { viewport })
    await chat.open()
    await chat.panel.locator('.head:not(.waits)').waitFor()
    await page.waitForTimeout(500)
    const { width, height } = await chat.panel.boundingBox()
    assert.deepEqual({ width: Math.round(width), height: Math.round(height) }, wanted, size)
    await context.close()
  }
})

test('what the owner changes is there when the panel opens again, without a reload', async () => {
  const widget = await make({ subHeading: 'Before' })
  const { page, chat, context } = await visitShop(widget)
  await page.clock.install()
  await page.reload()
  await chat.open()
  await chat.panel.getByText('Before').waitFor()
  await admin.ask('PATCH', `${CHANNELS}/${widget.id}`, { body: { settings: { subHeading: 'After' } } })
  await chat.panel.getByRole('button', { name: 'Close chat' }).click()
  await page.clock.fastForward(61_000)
  await chat.launcher.click()
  await chat.panel.getByText('After').waitFor()
  await context.close()
})

test('the widget greets on the pages it is to, after a while, and is silent once it was sent away', async () => {
  const widget = await make({ triggers: [{ url: '/pricing*', after: 2, do: 'greet', message: 'Questions about a price? We are here.' }] })
  const { page, chat, requests, context } = await visitShop(widget)
  await page.clock.install()
  await page.reload()
  await chat.launcher.waitFor()
  await page.clock.runFor(10_000)
  assert.equal(await greeting(chat).count(), 0, 'another page')
  await page.evaluate(() => history.pushState(null, '', '/pricing/lamps'))
  await page.clock.runFor(1_500)
  assert.equal(await greeting(chat).count(), 0, 'too soon')
  await page.clock.runFor(2_000)
  await greeting(chat).waitFor()
  await picture(page, 'greeting')
  assert.deepEqual(requests.filter(({ path }) => /web-chat|\.wasm/.test(path)), [], 'nothing is asked of the server, and no wasm is fetched')
  assert.equal(await page.evaluate(() => Object.keys(localStorage).length + Object.keys(sessionStorage).length), 0)
  await chat.host.getByRole('button', { name: 'Dismiss' }).click()
  assert.equal(await greeting(chat).count(), 0)
  await page.reload()
  await chat.launcher.waitFor()
  await page.clock.runFor(10_000)
  assert.equal(await greeting(chat).count(), 0, 'it was sent away')
  await context.close()
})

test('a greeting opens the chat when it is pressed; right-to-left, dark and on a phone it looks as it should', async () => {
  const widget = await make({ theme: { position: 'left' }, triggers: [{ after: 0, do: 'greet', message: 'هل تحتاج إلى مساعدة في اختيار المصباح؟' }] })
  const { page, chat, context } = await visitShop(widget, { colorScheme: 'dark', viewport: { width: 390, height: 780 } })
  await greeting(chat).waitFor()
  await picture(page, 'greeting-phone')
  const box = await greeting(chat).boundingBox()
  assert.ok(box.x >= 0 && box.x + box.width <= 390)
  await greeting(chat).getByRole('button').first().click()
  await chat.composer.waitFor()
  assert.equal(await greeting(chat).count(), 0)
  await context.close()
})

test('a trigger opens the panel by itself, and not again once it was closed', async () => {
  const widget = await make({ triggers: [{ after: 1, do: 'open' }] })
  const { page, chat, context } = await visitShop(widget)
  await chat.composer.waitFor()
  await chat.panel.getByRole('button', { name: 'Close chat' }).click()
  await page.reload()
  await chat.launcher.waitFor()
  await page.waitForTimeout(2_500)
  assert.equal(await chat.launcher.getAttribute('aria-expanded'), 'false')
  await context.close()
})

test('addresses are compared as people write them, at once, and a spoilt tag disturbs nobody', async () => {
  const widget = await make({ triggers: [{ url: '/*/*/*/*/buy', do: 'open' }, { url: '/größe*/x', do: 'greet', message: 'Hi' }] })
  const { page, chat, context } = await visitShop(widget, { path: `/gr%C3%B6%C3%9Fe-1/x` })
  await greeting(chat).waitFor()
  const took = await page.evaluate(async () => {
    history.pushState(null, '', '/a' + '/'.repeat(1_500))
    const began = performance.now()
    await new Promise((resolve) => setTimeout(resolve, 700))
    return performance.now() - began
  })
  assert.ok(took < 1_500, `${took}`)
  await context.close()
  for (const spoilt of ['{', 'null', '{}', '[null]', '[{"url":5}]', '7']) {
    const visited = await visit(chromium, 'about:blank')
    const errors = []
    visited.page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    await visited.page.route(dev.demoUrl, async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, body: (await response.text()).replace('data-widget=', `data-triggers='${spoilt}' data-widget=`) })
    })
    await visited.page.goto(dev.demoUrl)
    await visited.chat.launcher.waitFor()
    await visited.page.waitForTimeout(900)
    assert.deepEqual([visited.faults, errors.filter((text) => !/404/.test(text))], [[], []], spoilt)
    await visited.context.close()
  }
})

test('a page without triggers fetches nothing for them', async () => {
  const { page, chat, requests, context } = await visitShop(await make({}))
  await chat.launcher.waitFor()
  await page.waitForTimeout(300)
  assert.ok(requests.every(({ path }) => !path.includes('triggers')))
  await context.close()
})
