/** Files of a visitor: chosen, pasted, dropped; shown, stopped, tried again, and found again. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/api.mjs'
import { browser, picture, visit } from '../support/browser.mjs'
import { deployment } from '../support/deployment.mjs'

const dev = await deployment()
const chromium = await browser()

/** A picture of its own size, made by the browser. */
const png = async (page, width = 640, height = 480) => Buffer.from(await page.evaluate(async ([width, height]) => {
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d').fillRect(0, 0, width, height)
  return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]
}, [width, height]))
const pdf = { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n') }
const choose = (chat, files) => chat.host.locator('input[type=file]').setInputFiles(files)
/** Files are heard of by the second part of the program, which brings its styles along. */
const whole = (page) => page.waitForFunction(() => document.querySelector('porchlight-chat').shadowRoot.adoptedStyleSheets
  .some((styles) => [...styles.cssRules].some((rule) => rule.selectorText === '.sheet')))
const sent = (row) => eventually(() => row.getAttribute('data-status'), (status) => status === 'sent')

test('files go with a caption, what cannot go is told before, and all is there after a reload', async () => {
  const { page, chat, faults, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await whole(page)
  assert.match(await chat.panel.getByRole('button', { name: /Attach a file \(up to 10 MB\)/ }).getAttribute('title'), /10 MB/)
  await choose(chat, [
    { name: 'lamp.png', mimeType: 'image/png', buffer: await png(page) }, pdf,
    { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
  ])
  await chat.panel.getByText('This type of file cannot be sent').waitFor()
  await picture(page, 'tray')
  await chat.panel.getByRole('button', { name: 'Remove drawing.svg' }).click()
  await chat.say('It came like this')
  const shot = chat.message('It came like this')
  await sent(shot)
  const card = chat.message('invoice.pdf')
  await sent(card)
  const size = () => shot.locator('img').evaluate((img) => [img.naturalWidth, img.clientWidth, img.clientHeight])
  assert.deepEqual(await eventually(size, ([natural]) => natural > 0), [640, 252, 189])
  await picture(page, 'files')
  await page.reload()
  await chat.open()
  await whole(page)
  await chat.message('invoice.pdf').waitFor()
  assert.deepEqual(await eventually(size, ([natural]) => natural > 0), [640, 252, 189])
  assert.match(await card.locator('a').getAttribute('href'), /^http/)
  assert.deepEqual(faults, [])
  await context.close()
})

test('the button opens the browser’s own dialog, by mouse and by keyboard, and the page hears of no fault', async () => {
  const { page, chat, faults, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await whole(page)
  const attach = chat.panel.getByRole('button', { name: /Attach a file/ })
  for (const act of [() => attach.click(), () => attach.press('Enter')]) {
    const dialog = page.waitForEvent('filechooser')
    await act()
    await (await dialog).setFiles([pdf])
  }
  await eventually(() => chat.panel.getByRole('button', { name: 'Remove invoice.pdf' }).count(), (count) => count === 2)
  assert.deepEqual(faults, [])
  await context.close()
})

test('files are pasted and dropped, too', async () => {
  const { page, chat, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await whole(page)
  const give = (kind, name) => chat.host.evaluate((host, [kind, name]) => {
    const data = new DataTransfer()
    data.items.add(new File(['hello'], name, { type: 'text/plain' }))
    const event = kind === 'paste'
      ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true })
    host.shadowRoot.querySelector('textarea').dispatchEvent(event)
  }, [kind, name])
  await give('paste', 'pasted.txt')
  await chat.panel.getByText('pasted.txt').waitFor()
  await give('dragover', 'dropped.txt')
  await picture(page, 'drop')
  await give('drop', 'dropped.txt')
  await chat.panel.getByText('dropped.txt').waitFor()
  await chat.panel.getByRole('button', { name: 'Send' }).click()
  await sent(chat.message('pasted.txt'))
  await sent(chat.message('dropped.txt'))
  await context.close()
})

test('what is pasted before the settings are here is shown with them', async () => {
  const { page, chat, context } = await visit(chromium, 'about:blank')
  let answer
  const held = new Promise((resolve) => { answer = resolve })
  await page.route('**/config', async (route) => {
    await held
    return route.continue()
  })
  await page.goto(dev.demoUrl)
  await chat.open()
  await whole(page)
  await choose(chat, [pdf])
  answer()
  await chat.panel.getByText('invoice.pdf').waitFor()
  await context.close()
})

test('an upload that breaks off is tried again, and one that is stopped is gone', async () => {
  const { page, chat, context } = await visit(chromium, dev.demoUrl)
  await chat.open()
  await whole(page)
  let tries = 0
  await page.route('**/upload', (route) => (tries++ === 0 ? route.abort() : route.continue()))
  await choose(chat, [pdf])
  await chat.say('My invoice')
  await chat.panel.getByText('Keep this page open until it is sent').waitFor()
  await picture(page, 'uploading')
  await sent(chat.message('My invoice'))
  assert.equal(tries, 2)
  await page.unroute('**/upload')
  await page.route('**/upload', () => {})
  await choose(chat, [pdf])
  await chat.say('Not this one')
  await chat.panel.getByRole('button', { name: 'Cancel upload' }).click()
  await chat.message('Not this one').waitFor({ state: 'detached' })
  await chat.say('But this')
  await sent(chat.message('But this'))
  await context.close()
})
