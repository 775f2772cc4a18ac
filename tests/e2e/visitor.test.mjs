/** What a visitor can do besides talking: say who they are, change what they said, be forgotten, send files. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { randomUUID } from 'node:crypto'
import { eventually } from '../support/api.mjs'
import { browser, picture, visit } from '../support/browser.mjs'
import { ownDeployment } from '../support/deployment.mjs'
import { mailed } from '../support/mail.mjs'
import { agent } from '../support/people.mjs'
import { rows, signature, widget } from '../support/widgets.mjs'

const fields = [
  { id: 'name', label: 'Your name', type: 'text', required: true },
  { id: 'email', label: 'E-mail', type: 'email', required: true },
  { id: 'topic', label: 'What is it about?', type: 'select', options: ['An order', 'A lamp'] },
  { id: 'order', label: 'Order number', type: 'text', required: true, pattern: '[A-Z]-\\d+', showIf: { field: 'topic', is: 'An order' } },
]
const asks = widget({ heading: 'Fern & Filament', preChat: { fields } })
const strict = widget({ heading: 'Fern & Filament', identityRequired: true })
const knows = widget({ heading: 'Fern & Filament' }, { identitySecret: 'a secret that the shop keeps' })
const home = widget({ heading: 'Fern & Filament', allowedDomains: ['localhost'] })
const closed = widget({ heading: 'Fern & Filament', officeHours: { timeZone: 'UTC', days: [{ day: 'mon', from: '00:00', to: '00:01' }] } })
const own = await ownDeployment({ RATE_LIMITS: 'off' }, rows([asks, strict, knows, home, closed]))
after(() => own.remove())
const chromium = await browser()
const sam = agent(own.dev)

/** The shop's page with another widget than its own. */
async function visitShop(at, options) {
  const visited = await visit(chromium, 'about:blank', options)
  const { page } = visited
  await page.route(own.dev.demoUrl, async (route) => {
    const response = await route.fetch()
    const html = await response.text()
    await route.fulfill({ response, body: at ? html.replaceAll(own.dev.widgetToken, at.token) : html })
  })
  await page.goto(own.dev.demoUrl)
  return visited
}

const field = (chat, name) => chat.panel.getByRole('textbox', { name })
const press = (chat, name) => chat.panel.getByRole('button', { name, exact: true }).click()
const choose = async (chat, name) => {
  await press(chat, 'More')
  await chat.panel.getByRole('menuitem', { name }).click()
}
const stored = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('porchlight.')))

test('questions before the chat are checked beside their fields, and answered once', async () => {
  const { page, chat, faults, context } = await visitShop(asks)
  await chat.open()
  await chat.say('Where is my lamp?')
  await chat.panel.getByText('Before we start').waitFor()
  await field(chat, /name/).waitFor()
  await chat.panel.getByRole('combobox').selectOption('An order')
  await field(chat, /E-mail/).fill('nobody')
  await press(chat, 'Continue')
  await chat.panel.getByText('This is not an e-mail address.').waitFor()
  assert.equal(await field(chat, /name/).evaluate((input) => input.getRootNode().activeElement === input), true)
  await picture(page, 'questions')
  await field(chat, /name/).fill('Ada')
  await field(chat, /E-mail/).fill('ada@example.com')
  await field(chat, /Order/).fill('A-12')
  await press(chat, 'Continue')
  const mine = chat.message('Where is my lamp?')
  await mine.waitFor()
  await eventually(() => mine.getAttribute('data-status'), (status) => status === 'sent')
  await chat.say('And my other lamp?')
  await chat.message('And my other lamp?').waitFor()
  assert.equal(await chat.panel.getByText('Before we start').count(), 0)
  assert.deepEqual(faults, [])
  await context.close()
})

test('who would rather not answer has their words back, and nothing was asked of the server', async () => {
  const { page, chat, requests, context } = await visitShop(asks)
  await chat.open()
  await chat.say('Where is my lamp?')
  await chat.panel.getByText('Before we start').waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await chat.composer.inputValue(), 'Where is my lamp?')
  assert.deepEqual(requests.filter(({ method, path }) => method === 'POST' && path.startsWith('/web-chat/')), [])
  assert.deepEqual(await stored(page), [])
  await context.close()
})

test('a code by mail brings the same conversation to another device', async () => {
  const email = `${randomUUID()}@example.com`
  const link = async (chat, page, name) => {
    const before = (await mailed(own.dev, email, 0)).length
    await choose(chat, 'Continue on another device')
    await field(chat, 'E-mail address').fill(email)
    await press(chat, 'Continue')
    await field(chat, 'Code').waitFor()
    const found = await mailed(own.dev, email, before + 1)
    const [mail] = found.toSorted((a, b) => b.sentAt.localeCompare(a.sentAt))
    const code = mail.text.match(/\b\d{6}\b/)[0]
    await field(chat, 'Code').fill(String((Number(code) + 1) % 1_000_000).padStart(6, '0'))
    await press(chat, 'Continue')
    await chat.panel.getByText('This code is wrong').waitFor()
    if (name) await picture(page, name)
    await field(chat, 'Code').fill(code)
    await press(chat, 'Continue')
    await chat.panel.getByText('Your e-mail is confirmed').waitFor()
    await press(chat, 'Done')
  }
  const first = await visitShop()
  await first.chat.open()
  await first.chat.say('Remember me')
  await eventually(() => first.chat.message('Remember me').getAttribute('data-status'), (status) => status === 'sent')
  await link(first.chat, first.page, 'code')
  await first.chat.message('Remember me').waitFor()
  await first.context.close()
  // The same address may be sent another code after a minute; another browser is another visitor, and may ask at once.
  const second = await visitShop()
  await second.chat.open()
  await link(second.chat, second.page)
  await second.chat.message('Remember me').waitFor()
  await second.context.close()
})

test('the link in the mail brings the conversation along, once, and does not stay in the address', async () => {
  const email = `${randomUUID()}@example.com`
  const ask = async (chat, count) => {
    await choose(chat, 'Continue on another device')
    await field(chat, 'E-mail address').fill(email)
    await press(chat, 'Continue')
    await field(chat, 'Code').waitFor()
    const found = await mailed(own.dev, email, count)
    return found.toSorted((a, b) => b.sentAt.localeCompare(a.sentAt))[0].text
  }
  const first = await visitShop(home)
  await first.chat.open()
  await first.chat.say('Take me along')
  await eventually(() => first.chat.message('Take me along').getAttribute('data-status'), (status) => status === 'sent')
  await field(first.chat, 'Code').or(first.chat.composer).first().waitFor()
  await ask(first.chat, 1).then(async (text) => {
    await field(first.chat, 'Code').fill(text.match(/\b\d{6}\b/)[0])
    await press(first.chat, 'Continue')
    await first.chat.panel.getByText('Your e-mail is confirmed').waitFor()
  })
  const second = await visitShop(home)
  await second.chat.open()
  const [link] = (await ask(second.chat, 2)).match(/http\S+#porchlight=\S+/)
  const third = await visitShop(home)
  for (const expected of [1, 0]) {
    await third.page.goto('about:blank')
    await third.page.goto(link)
    await eventually(() => third.page.evaluate(() => location.hash), (hash) => !hash.includes('porchlight'))
    // The panel opens by itself, and says so where the link was followed before.
    await third.chat.panel.waitFor()
    if (expected === 1) await third.chat.message('Take me along').waitFor()
    else await third.chat.panel.getByText(/link/i).first().waitFor()
    assert.deepEqual(third.faults, [])
  }
  for (const { context } of [first, second, third]) await context.close()
})

test('what an agent edits or takes back is so at once for the visitor', async () => {
  const { chat, context } = await visitShop()
  await chat.open()
  await chat.say('Which ones are there?')
  await eventually(() => chat.message('Which ones').getAttribute('data-status'), (status) => status === 'sent')
  const { data: [{ id }] } = await eventually(() => sam.list('?limit=1'), ({ data }) => data[0]?.lastMessage?.payload.text !== undefined)
  const [first, second] = [await sam.answer(id, 'Ash and wallnut'), await sam.answer(id, 'and oak')]
  await chat.message('and oak').waitFor()
  const messages = `${sam.path}/conversations/${id}/messages`
  await sam.api.ask('PATCH', `${messages}/${first.id}`, { body: { text: 'Ash and walnut' } })
  const edited = chat.message('Ash and walnut')
  await edited.getByText('edited').waitFor()
  assert.equal(await edited.getByRole('button', { name: 'Options of this message' }).count(), 0)
  await sam.api.ask('DELETE', `${messages}/${second.id}`)
  await chat.message('and oak').waitFor({ state: 'detached' })
  await chat.log.getByText('This message was deleted.').waitFor()
  await context.close()
})

test('where an identity is required, the first message waits for the code', async () => {
  const { chat, context } = await visitShop(strict)
  const email = `${randomUUID()}@example.com`
  await chat.open()
  await chat.say('Let me in')
  await chat.panel.getByText('Please confirm your e-mail before we talk').waitFor()
  await field(chat, 'E-mail address').fill(email)
  await press(chat, 'Continue')
  const [mail] = await mailed(own.dev, email)
  await field(chat, 'Code').fill(mail.text.match(/\b\d{6}\b/)[0])
  await press(chat, 'Continue')
  await eventually(() => chat.message('Let me in').getAttribute('data-status'), (status) => status === 'sent')
  await context.close()
})

test('the page presents its visitor, before the panel has loaded and after; who comes next finds nothing', async () => {
  const { page, chat, requests, context } = await visitShop(knows)
  const identity = (userId) => ({ userId, hash: signature(knows.identitySecret, userId), name: 'Ada', attributes: { plan: 'gold', seats: 3 } })
  await page.evaluate((who) => { window.told = window.Porchlight('identify', who) }, identity('ada'))
  assert.deepEqual(requests.filter(({ path }) => path.startsWith('/web-chat/') || path.startsWith('/w/')), [], 'it costs the page nothing')
  await chat.open()
  assert.equal(await page.evaluate(() => window.told), false, 'kept for the first act')
  await chat.say('It is me')
  await eventually(() => chat.message('It is me').getAttribute('data-status'), (status) => status === 'sent')
  assert.match(await page.evaluate(() => JSON.stringify(localStorage)), /identityVerified\\*":true/)

  const refused = await page.evaluate(() => window.Porchlight('identify', { userId: 'ada', hash: '0'.repeat(64) }).catch((error) => String(error)))
  assert.match(refused, /Error/)
  await page.evaluate((who) => window.Porchlight('identify', who), identity('grace'))
  await chat.message('It is me').waitFor({ state: 'detached' })
  await chat.say('It is somebody else')
  await eventually(() => chat.message('It is somebody else').getAttribute('data-status'), (status) => status === 'sent')
  await page.evaluate(() => window.Porchlight('logout'))
  await chat.message('It is somebody else').waitFor({ state: 'detached' })
  assert.deepEqual(await stored(page), [])
  await context.close()
})

test('an identity that is refused with the first message is told to the page’s developers, and the visitor goes on', async () => {
  const { page, chat, context } = await visitShop(knows)
  const complaints = []
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  await page.evaluate((hash) => { window.Porchlight('identify', { userId: 'grace', hash }) }, signature('another secret', 'grace'))
  await chat.open()
  await chat.say('Hello anyway')
  await eventually(() => chat.message('Hello anyway').getAttribute('data-status'), (status) => status === 'sent')
  assert.ok(complaints.some((text) => /identify.*signature/.test(text)), complaints.join())
  await context.close()
})

test('own messages are edited and deleted, by keyboard too, and the agent sees it', async () => {
  const { page, chat, faults, context } = await visitShop()
  await chat.open()
  await chat.say('Helo')
  const mine = chat.log.locator('.msg.mine').first()
  await eventually(() => mine.getAttribute('data-status'), (status) => status === 'sent')
  await mine.getByRole('button', { name: 'Options of this message' }).press('Enter')
  await chat.panel.getByRole('menuitem', { name: 'Edit' }).waitFor()
  await picture(page, 'message-menu')
  await page.keyboard.press('Enter')
  await eventually(() => chat.composer.inputValue(), (text) => text === 'Helo')
  await picture(page, 'editing')
  await page.keyboard.press('Escape')
  assert.ok(await chat.panel.isVisible())
  await chat.composer.fill('a draft')
  await mine.getByRole('button', { name: 'Options of this message' }).press('Enter')
  await page.keyboard.press('Enter')
  await eventually(() => chat.composer.inputValue(), (text) => text === 'Helo')
  await chat.say('Hello')
  await eventually(() => chat.composer.inputValue(), (text) => text === 'a draft')
  await chat.composer.fill('')
  await mine.getByText('edited').waitFor()
  assert.equal(await mine.locator('.bubble').innerText(), 'Hello')
  await mine.getByRole('button', { name: 'Options of this message' }).press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await chat.panel.getByText('Delete this message?').waitFor()
  await picture(page, 'delete')
  await press(chat, 'Delete')
  await mine.getByText('This message was deleted.').waitFor()
  await picture(page, 'deleted')
  assert.deepEqual(faults, [])
  await context.close()
})

test('the visitor takes their data with them, and is forgotten', async () => {
  const { page, chat, context } = await visitShop()
  await chat.open()
  await chat.say('Forget that I was here')
  await eventually(() => chat.message('Forget that').getAttribute('data-status'), (status) => status === 'sent')
  const id = await page.evaluate(() => JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.endsWith('.session'))]).conversationId)
  await sam.find(id)
  const download = page.waitForEvent('download')
  await choose(chat, 'Download my data')
  assert.match((await download).suggestedFilename(), /\.json$/)
  await choose(chat, 'Forget my data')
  await chat.panel.getByText('Forget my data?').waitFor()
  await picture(page, 'forget')
  await press(chat, 'Delete everything')
  await chat.panel.getByText('Everything was deleted.').waitFor()
  assert.deepEqual(await stored(page), [])
  await press(chat, 'Done')
  assert.equal(await chat.message('Forget that').count(), 0)
  await chat.say('Hello, I am new')
  await eventually(() => chat.message('Hello, I am new').getAttribute('data-status'), (status) => status === 'sent')
  await eventually(() => sam.list('?limit=100'), (page) => !page.data.some((row) => row.id === id))
  await context.close()
})

test('out of hours the header says when somebody is back', async () => {
  const { page, chat, context } = await visitShop(closed, { timezoneId: 'Asia/Tokyo', locale: 'en-GB' })
  await chat.open()
  await chat.say('Anybody?')
  await chat.panel.getByText(/We are away\. Back .*09:00/).waitFor()
  await picture(page, 'away')
  await context.close()
})
