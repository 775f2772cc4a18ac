/** The mail that a deployment has sent, as its wrangler keeps it: every server has its own. */
import { eventually } from './api.mjs'

const PATH = '/cdn-cgi/explorer/api/local/email/sending'

/** All mail a deployment has sent to an address, newest first: `{ from, to, subject, text, html, sentAt }`. */
export async function mails(dev, address) {
  const found = []
  for (let cursor = ''; cursor !== undefined;) {
    const { result, result_info: info } = await json(`${dev.baseUrl}${PATH}?worker=porchlight&per_page=100${cursor}`)
    found.push(...result.filter(({ to }) => to.includes(address)))
    cursor = info?.has_more ? `&cursor=${encodeURIComponent(info.cursor)}` : undefined
  }
  return Promise.all(found.map(async ({ messageId }) => (await json(`${dev.baseUrl}${PATH}?email_id=${encodeURIComponent(messageId)}`)).result))
}

/** The mails to an address as soon as there are so many. */
export const mailed = (dev, address, count = 1) => eventually(() => mails(dev, address), (found) => found.length >= count, 10_000)

async function json(url) {
  const response = await fetch(url)
  const body = await response.json()
  if (!response.ok) throw new Error(`${url}: ${JSON.stringify(body)}`)
  return body
}
