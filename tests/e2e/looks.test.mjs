/** How it looks: every state in light, dark, on a phone and from right to left, kept as pictures and checked by axe. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, picture, visit } from '../support/browser.mjs'
import { deployment } from '../support/deployment.mjs'
import { axeFaults, PHONE } from '../support/looks.mjs'
import { agent } from '../support/people.mjs'

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', ...PHONE },
  'phone-dark': { colorScheme: 'dark', ...PHONE },
  rtl: { colorScheme: 'light', rtl: true },
}

const dev = await deployment()
const chromium = await browser()

for (const [name, { rtl, ...options }] of Object.entries(LOOKS)) {
  test(`${name}: a conversation is readable and accessible from launcher to answer`, async () => {
    const { page, chat, context } = await visit(chromium, dev.demoUrl, options)
    if (rtl) await page.evaluate(() => { document.documentElement.dir = 'rtl' })
    await chat.launcher.waitFor()
    assert.deepEqual(await axeFaults(page), [], 'launcher')
    await picture(page, `${name}-launcher`)
    await chat.open()
    await chat.message('What can we help you with?').waitFor()
    assert.deepEqual(await axeFaults(page), [], 'opening')
    await picture(page, `${name}-opening`)
    await chat.press('Talk to a person')
    await chat.message('May I have your name first?').waitFor()
    await chat.say('Ada')
    await chat.message('Thank you, Ada').waitFor()
    const id = await page.evaluate(() => JSON.parse(localStorage[Object.keys(localStorage).find((key) => localStorage[key].includes('conversationId'))]).conversationId)
    const sam = agent(dev)
    await sam.find(id)
    await sam.answer(id, 'Hello Ada! I am Sam from the workshop. The Heron comes in ash and walnut, see https://example.com/heron')
    await sam.answer(id, 'Which one do you have in mind?')
    await chat.message('Which one do you have in mind?').waitFor()
    await chat.say('Walnut, I think.\nIt should go with averyveryverylongwordthatneverendsandmustnotbreakthepanelinanywayatall and an old table.')
    await chat.log.locator('.msg[data-status=sent]').last().waitFor()
    await sam.api.post(`${sam.path}/conversations/${id}/events`, { type: 'typing', on: true })
    await chat.host.locator('.typing').waitFor()
    assert.deepEqual(await axeFaults(page), [], 'conversation')
    await picture(page, `${name}-conversation`)
    await chat.log.locator('.msg.mine').last().getByRole('button', { name: 'Options of this message' }).press('Enter')
    await chat.panel.getByRole('menuitem', { name: 'Edit' }).waitFor()
    assert.deepEqual(await axeFaults(page), [], 'menu of a message')
    await picture(page, `${name}-message-menu`)
    await page.keyboard.press('Escape')
    await chat.host.locator('input[type=file]').setInputFiles([
      { name: 'invoice.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n') },
      { name: 'a drawing with a very long name that cannot fit on one line.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') },
    ])
    await chat.panel.getByText('This type of file cannot be sent').waitFor()
    assert.deepEqual(await axeFaults(page), [], 'files to be sent')
    await picture(page, `${name}-tray`)
    await chat.panel.getByRole('button', { name: /^Remove a drawing/ }).click()
    await chat.composer.press('Enter')
    await chat.message('invoice.pdf').waitFor()
    await chat.panel.getByRole('button', { name: 'More', exact: true }).click()
    await chat.panel.getByRole('menuitem', { name: 'Forget my data' }).waitFor()
    assert.deepEqual(await axeFaults(page), [], 'menu')
    await picture(page, `${name}-menu`)
    await chat.panel.getByRole('menuitem', { name: 'Forget my data' }).click()
    await chat.panel.getByText('Forget my data?').waitFor()
    assert.deepEqual(await axeFaults(page), [], 'sheet')
    const covered = await chat.log.locator('.file.card').last().evaluate((card) => {
      const { left, top, width, height } = card.getBoundingClientRect()
      const there = card.getRootNode().elementFromPoint(left + width / 2, top + height / 2)
      return there === null || !card.contains(there)
    })
    assert.ok(covered, 'a file shows through the sheet')
    await picture(page, `${name}-sheet`)
    await chat.panel.getByRole('button', { name: 'Cancel' }).click()
    const overflow = await chat.log.evaluate((log) => log.scrollWidth - log.clientWidth)
    assert.ok(overflow <= 0, `the log is ${overflow} px wider than it can show`)
    if (options.isMobile) {
      const box = await chat.panel.boundingBox()
      assert.deepEqual([box.x, box.y, box.width, box.height].map(Math.round), [0, 0, 390, 844])
    }
    await context.close()
  })
}
