/** A real Chromium, and the chat in it as a visitor finds it: by its roles and names. */
import { mkdirSync } from 'node:fs'
import { after } from 'node:test'
import { chromium } from 'playwright-core'
import { repo } from '../../scripts/repo.mjs'

// Without these, Chromium asks its maker's servers for this and that at every start.
const QUIET = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // A page that a test has changed on its way counts as one from far away, and could not open sockets here.
  '--disable-features=LocalNetworkAccessChecks']

/** A browser that is closed when the file's tests are done. */
export async function browser() {
  const launched = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox', ...QUIET] : QUIET,
  })
  after(() => launched.close())
  return launched
}

/** A visitor's browser of their own: storage, tabs, and all that they asked the network for. */
export async function visit(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const requests = []
  const faults = []
  page.on('request', (request) => requests.push({ method: request.method(), path: new URL(request.url()).pathname }))
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(url)
  return { context, page, requests, faults, chat: chat(page) }
}

/** The chat on a page. */
export function chat(page) {
  const host = page.locator('porchlight-chat')
  const panel = host.getByRole('dialog')
  const log = host.getByRole('log')
  // A question may bring a field of its own.
  const composer = host.getByRole('textbox').and(host.locator('[part=input]'))
  return {
    host,
    launcher: host.locator('.launcher'),
    badge: host.locator('.badge'),
    banner: host.locator('.banner'),
    panel,
    log,
    composer,
    open: async () => {
      await host.locator('.launcher').click()
      await composer.waitFor()
    },
    say: async (text) => {
      await composer.fill(text)
      await composer.press('Enter')
    },
    press: (label) => log.getByRole('button', { name: label, exact: true }).click(),
    /** The bubble with these words. */
    message: (text) => log.locator('.msg').filter({ hasText: text }),
    /** All words of the log, message by message. */
    said: () => log.locator('.msg .bubble').allInnerTexts(),
  }
}

/** Keeps a picture of what a visitor sees now, for people to look at. */
export async function picture(page, name) {
  mkdirSync(repo('.local', 'screenshots'), { recursive: true })
  await page.screenshot({ path: repo('.local', 'screenshots', `${name}.png`) })
}
