/** Every kind of message and question that a flow has, as a visitor meets it: by mouse, by keyboard, in every look. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { repo } from '../../scripts/repo.mjs'
import { client, eventually } from '../support/api.mjs'
import { browser, picture } from '../support/browser.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { answering, STEPS, visitWith } from '../support/kinds.mjs'
import { axeFaults, PHONE } from '../support/looks.mjs'

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', ...PHONE },
  rtl: { colorScheme: 'light', rtl: true },
}
const KEPT = 'Kept: Wren | bulb, shade | 4 | 9 | 2026-05-01 | ada@example.com |  | 3 | '
const ROOM = { name: 'room.png', mimeType: 'image/png', buffer: readFileSync(repo('shared', 'tests', 'files', 'lamp.png')) }

const own = await ownDeployment()
test.after(() => own.remove())
const chromium = await browser()
const token = await answering(own.dev, STEPS)

const asked = (chat, text) => chat.message(text).last().waitFor()
const inFocus = (chat) => chat.host.evaluate((host) => host.shadowRoot.activeElement?.getAttribute('aria-label') ?? host.shadowRoot.activeElement?.textContent)
const suits = (chat) => chat.composer.evaluate((area) => ['inputmode', 'autocomplete', 'enterkeyhint'].map((name) => area.getAttribute(name)))

for (const [name, { rtl, ...options }] of Object.entries(LOOKS)) {
  test(`${name}: all that a flow says and asks, by mouse`, async () => {
    const { page, chat, context, faults } = await visitWith(chromium, own.dev, token, options)
    const turn = () => rtl && page.evaluate(() => { document.documentElement.dir = 'rtl' })
    await turn()
    const looks = async (what, { checked = false } = {}) => {
      if (checked) assert.deepEqual(await axeFaults(page), [], what)
      const wide = await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth)
      assert.ok(wide <= 0, `${what}: the log is ${wide} px wider than it can show`)
      await picture(page, `kinds-${name}-${what}`)
    }
    const top = (place) => chat.log.evaluate((log, place) => { log.scrollTop = place }, place)
    const end = () => chat.log.evaluate((log) => { log.scrollTop = log.scrollHeight })
    await chat.open()
    await asked(chat, 'Which one do you like?')

    // What only looks like markup is words.
    const formatted = chat.message('Welcome to')
    assert.deepEqual(await formatted.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))), ['https://shop.example/lamps_and_shades', 'https://shop.example/repairs'])
    assert.deepEqual(await formatted.locator('strong, em, s, code, li, blockquote, pre').evaluateAll((all) => all.map((it) => it.tagName.toLowerCase())), ['strong', 'em', 's', 'code', 'li', 'li', 'strong', 'li', 'li', 'blockquote', 'pre'])
    await formatted.getByText('[script](javascript:alert(1)) <img src=x').waitFor()
    assert.equal(await page.evaluate(() => window.ran), undefined)
    await top(0)
    await looks('formatted', { checked: true })
    await top(420)
    await chat.log.getByRole('img', { name: 'The workshop' }).waitFor()
    await looks('picture')
    await end()

    // Cards are leafed through, and one is chosen.
    const deck = chat.log.getByRole('list', { name: 'Cards' })
    assert.deepEqual(await deck.getByRole('listitem').locator('.sr').first().textContent(), '1 of 4')
    const [back, on] = ['Previous', 'Next'].map((label) => chat.log.getByRole('button', { name: label, exact: true }))
    const ends = async () => [await back.getAttribute('aria-disabled'), await on.getAttribute('aria-disabled')]
    await eventually(ends, (now) => now.join() === 'true,false')
    await looks('cards', { checked: true })
    await on.click()
    await eventually(ends, (now) => now.join() === 'false,false')
    await on.click()
    await on.click()
    await eventually(ends, (now) => now.join() === 'false,true')
    await looks('cards-end')
    await back.click()
    await back.click()
    const ways = chat.log.getByRole('link', { name: /^Our shop/ })
    const [tab] = await Promise.all([context.waitForEvent('page'), ways.click()])
    assert.equal(tab.url(), 'https://shop.example/')
    assert.equal(await tab.evaluate(() => window.opener), null)
    await tab.close()
    await chat.press('Wren')

    await asked(chat, 'What should go with it?')
    assert.equal(await chat.log.getByRole('button', { name: 'Wren', exact: true }).getAttribute('aria-disabled'), 'true')
    await chat.log.getByText('A lamp that is gone').waitFor()
    const send = chat.log.getByRole('button', { name: 'Send', exact: true })
    assert.ok(await send.isDisabled())
    for (const label of ['Shade', 'Bulb', 'Cable, black', 'Cable, black']) await chat.log.getByRole('checkbox', { name: label }).click()
    await looks('several', { checked: true })
    await top(await chat.log.evaluate((log) => log.scrollHeight - 1180))
    await looks('files')
    await end()
    await send.click()

    await asked(chat, 'How do you like our site?')
    await chat.log.getByRole('radio', { name: '4 of 5' }).hover()
    await looks('stars', { checked: true })
    await chat.log.getByRole('radio', { name: '4 of 5' }).click()
    await asked(chat, 'tell a friend')
    await looks('marks')
    await page.reload()
    await turn()
    await chat.open()
    await chat.log.getByRole('radio', { name: '9 of 10' }).click()
    await asked(chat, 'When should it come?')
    await chat.log.getByLabel('Date').fill('2026-05-01')
    await looks('date', { checked: true })
    await send.click()
    await asked(chat, 'Where can we write to?')
    assert.deepEqual(await suits(chat), ['email', 'email', 'send'])
    await chat.say('ada@example.com')
    await asked(chat, 'And call?')
    await looks('skip')
    assert.deepEqual(await suits(chat), ['tel', 'tel', 'send'])
    await chat.press('Skip')
    await asked(chat, 'How many?')
    assert.deepEqual(await suits(chat), ['decimal', 'off', 'send'])
    await chat.say('3')
    await asked(chat, 'Your site?')
    assert.deepEqual(await suits(chat), ['url', 'url', 'send'])
    await chat.press('Skip')
    await asked(chat, 'A picture of the room')
    assert.deepEqual(await suits(chat), [null, null, null])
    await looks('file')
    const dialog = page.waitForEvent('filechooser')
    await chat.log.getByRole('button', { name: 'Attach a file' }).click()
    await (await dialog).setFiles(ROOM)
    await chat.panel.getByRole('button', { name: /^Remove room/ }).waitFor()
    await chat.composer.press('Enter')
    await chat.message(KEPT).waitFor()
    await looks('kept', { checked: true })
    assert.deepEqual(faults, [])
    await context.close()
  })
}

test('all of it by keyboard alone', async () => {
  const { page, chat, context, faults } = await visitWith(chromium, own.dev, token)
  const reach = async (label, key = 'Shift+Tab') => {
    for (let n = 0; n < 60; n += 1) {
      if (await inFocus(chat) === label) return
      await page.keyboard.press(key)
    }
    assert.fail(`${label} cannot be reached`)
  }
  const typing = () => eventually(() => inFocus(chat), (label) => label === 'Write a message…')
  await chat.launcher.focus()
  await page.keyboard.press('Enter')
  await asked(chat, 'Which one do you like?')
  await typing()
  await reach('Previous')
  await reach('Next', 'Tab')
  await page.keyboard.press('Enter')
  await reach('Wren')
  await page.keyboard.press('Enter')
  await asked(chat, 'What should go with it?')
  await typing()
  const ticks = async () => chat.host.evaluate((host) => host.shadowRoot.activeElement?.dataset.say)
  for (const label of ['Shade', 'Bulb']) {
    for (let n = 0; n < 20 && await ticks() !== label; n += 1) await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Space')
  }
  await reach('Send', 'Tab')
  await page.keyboard.press('Enter')
  await asked(chat, 'How do you like our site?')
  await typing()
  await reach('1 of 5')
  for (const [key, label] of [['ArrowLeft', '5 of 5'], ['ArrowRight', '1 of 5'], ['ArrowDown', '2 of 5'], ['End', '5 of 5'], ['ArrowUp', '4 of 5']]) {
    await page.keyboard.press(key)
    assert.equal(await inFocus(chat), label)
  }
  await picture(page, 'kinds-keyboard-stars')
  await page.keyboard.press('Space')
  await asked(chat, 'tell a friend')
  await reach('1 of 10')
  for (const key of ['End', 'ArrowLeft']) await page.keyboard.press(key)
  await page.keyboard.press('Enter')
  await asked(chat, 'When should it come?')
  await reach('Date')
  // Coming from behind, one is at the calendar; year, day and month stand before it.
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('Shift+Tab')
  await page.keyboard.type('05012026')
  await page.keyboard.press('Enter')
  await asked(chat, 'Where can we write to?')
  await typing()
  await page.keyboard.type('ada@example.com\n')
  await asked(chat, 'And call?')
  await reach('Skip')
  await page.keyboard.press('Enter')
  await asked(chat, 'How many?')
  await page.keyboard.type('3\n')
  await asked(chat, 'Your site?')
  await reach('Skip')
  await page.keyboard.press('Enter')
  await asked(chat, 'A picture of the room')
  await reach('Attach a file')
  const dialog = page.waitForEvent('filechooser')
  await page.keyboard.press('Enter')
  await (await dialog).setFiles(ROOM)
  await chat.panel.getByRole('button', { name: /^Remove room/ }).waitFor()
  await chat.composer.press('Enter')
  await chat.message(KEPT).waitFor()
  assert.deepEqual(faults, [])
  await context.close()
})

test('where files are not taken, words say so; where the page allows no foreign pictures, words stand for them', async () => {
  const steps = [
    { id: 'photo', type: 'message', image: { url: 'https://pictures.example/workshop.png', alt: 'The workshop' } },
    { id: 'room', type: 'question', text: 'A picture of the room, please', validate: 'file', saveAs: 'room', skippable: true },
    { id: 'thanks', type: 'message', text: 'Thank you' },
  ]
  const strict = await answering(own.dev, steps, { uploads: { enabled: false }, size: 'small' })
  const { page, chat, context } = await visitWith(chromium, own.dev, strict, { forcedColors: 'active' })
  await context.unroute(/^https:\/\/(pictures|files|shop)\.example\//)
  await page.route(own.dev.demoUrl, async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replaceAll(own.dev.widgetToken, strict)
    await route.fulfill({ response, headers: { ...response.headers(), 'content-security-policy': "img-src 'self'" }, body })
  })
  await page.goto(own.dev.demoUrl)
  await chat.open()
  await chat.log.locator('[data-broken]').getByText('The workshop').waitFor()
  await chat.log.getByText('Files cannot be sent in this chat.').waitFor()
  await picture(page, 'kinds-strict')
  await chat.press('Skip')
  await asked(chat, 'Thank you')
  await context.close()
})

test('controls that go away while they have the focus leave it to the composer', async () => {
  const { page, chat, context } = await visitWith(chromium, own.dev, await answering(own.dev, [
    { id: 'day', type: 'question', text: 'When?', validate: 'date', saveAs: 'day', timeout: { seconds: 5, next: 'late' } },
    { id: 'late', type: 'question', text: 'Which number then?', validate: 'number', saveAs: 'n' },
  ]))
  await chat.open()
  await chat.say('nonsense')
  await eventually(() => chat.message('When?').count(), (count) => count === 2)
  await chat.log.getByLabel('Date').focus()
  await asked(chat, 'Which number then?')
  assert.equal(await inFocus(chat), 'Write a message…')
  await page.close()
  await context.close()
})

test('an opening that only the second part can draw waits for it, while one can type', async () => {
  const { page, chat, context, faults } = await visitWith(chromium, own.dev, token)
  let arrive
  const held = new Promise((resolve) => { arrive = resolve })
  await page.route('**/w/later-*.wasm', async (route) => { await held; await route.continue() })
  await chat.open()
  await chat.composer.fill('Hello')
  await chat.host.locator('.skeleton').waitFor()
  assert.equal(await chat.log.locator('.msg').count(), 0)
  arrive()
  await asked(chat, 'Which one do you like?')
  assert.equal(await chat.composer.inputValue(), 'Hello')
  assert.deepEqual(faults, [])
  await context.close()
})

test('on the pages of another flow the chat opens with what that one says', async () => {
  const { dev } = own
  const api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  const organization = `/organizations/${dev.organizationId}`
  const { data: shop } = await api.post(`${organization}/web-chat/channels`, { name: 'Fern' })
  const says = async (text, triggerConfig) => {
    const { data } = await api.post(`${organization}/bot/flows`, { name: text, phoneNumberId: shop.id, triggerConfig, steps: [{ id: 'a', type: 'choice', text, options: [{ label: 'Yes' }] }, { id: 'b', type: 'message', text: `${text} Then.` }] })
    assert.equal((await api.post(`${organization}/bot/flows/${data.id}/publish`)).status, 201)
  }
  await says('Hello?')
  await says('An offer?', { urls: ['*?offer=*'] })
  const { page, chat, context, faults } = await visitWith(chromium, dev, shop.token)
  await page.route(`${dev.demoUrl}?*`, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replaceAll(dev.widgetToken, shop.token) })
  })
  await chat.open()
  await asked(chat, 'Hello?')
  await page.goto(`${dev.demoUrl}?offer=1`)
  await chat.open()
  await asked(chat, 'An offer?')
  await chat.press('Yes')
  await asked(chat, 'An offer? Then.')
  assert.equal(await chat.message('Hello?').count(), 0)
  assert.deepEqual(faults, [])
  await context.close()
})
