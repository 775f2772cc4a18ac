/** How the chat is looked at: on a phone, and by axe. */
import { readFileSync } from 'node:fs'
import { repo } from '../../scripts/repo.mjs'

const AXE = readFileSync(repo('node_modules', 'axe-core', 'axe.min.js'), 'utf8')
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }

/** What axe finds wrong with the chat, and only with it. */
export async function axeFaults(page) {
  await page.evaluate(AXE)
  const found = await page.evaluate(() => axe.run('porchlight-chat', { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }))
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.flat().join(' ')).join(', ')}`)
}
