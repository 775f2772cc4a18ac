/** A flow that says and asks in every way there is, and a page with a widget that it answers in. */
import { client } from './api.mjs'
import { visit } from './browser.mjs'

/** What is formatted, and what only looks as if it were: nothing of it runs, and every word is shown. */
export const MARKDOWN = [
  'Welcome to **Fern & Filament** — lamps, *made by hand*, ~~not~~ `made to last`.',
  '',
  '- [Our catalogue](https://shop.example/lamps_and_shades)',
  '- **Repairs**, see https://shop.example/repairs.',
  '',
  '1. Choose',
  '2. Order',
  '',
  '> Light is half of a room.',
  '',
  '[script](javascript:alert(1)) <img src=x onerror="window.ran = 1"> [a [b](data:text/html,x)](//x) \\*as it is\\*',
  '```',
  '<script>window.ran = 1</script>',
  '```',
].join('\n')

const picture = (name, alt) => ({ url: `https://pictures.example/${name}.png`, alt })
const LAMPS = [['Heron', 'Ash, 62 cm high'], ['Wren', 'Oak, for a desk'], ['Swift', 'Brass, for the wall'], ['Owl', 'For those who read at night']]

export const STEPS = [
  { id: 'hi', type: 'message', markdown: true, text: MARKDOWN },
  { id: 'photo', type: 'message', text: 'This is our workshop:', image: picture('workshop', 'The workshop, with lamps on a bench') },
  { id: 'links', type: 'message', text: 'More of us:', buttons: [{ label: 'Our shop', url: 'https://shop.example/' }, { label: 'Write to us', url: 'mailto:us@shop.example' }] },
  { id: 'lamp', type: 'choice', text: 'Which one do you like?', saveAs: 'lamp', options: LAMPS.map(([label, description]) => ({ label, description, image: picture(label, `The ${label}`) })) },
  { id: 'gone', type: 'message', image: picture('gone', 'A lamp that is gone') },
  { id: 'file', type: 'message', text: 'How to care for it:', file: { url: 'https://files.example/care.pdf', name: 'Caring for your lamp.pdf' } },
  { id: 'film', type: 'message', file: { url: 'https://files.example/how.mp4', name: 'How it is made' } },
  { id: 'song', type: 'message', file: { url: 'https://files.example/song.mp3', name: 'The sound of the workshop' } },
  { id: 'card', type: 'message', cards: [{ title: 'A gift?', text: 'We wrap it in cloth.', image: picture('gift'), buttons: [{ label: 'See how', url: 'https://shop.example/gifts' }] }] },
  { id: 'extras', type: 'choice', text: 'What should go **with** it?', markdown: true, multiple: true, saveAs: 'extras', options: [{ label: 'Bulb', value: 'bulb' }, { label: 'Cable, black', value: 'cable' }, { label: 'Shade', value: 'shade' }] },
  { id: 'stars', type: 'question', text: 'How do you like our site?', validate: 'rating', saveAs: 'stars' },
  { id: 'marks', type: 'question', text: 'Would you tell a friend of us?', validate: 'rating', most: 10, skippable: true, saveAs: 'marks' },
  { id: 'day', type: 'question', text: 'When should it come?', validate: 'date', saveAs: 'day' },
  { id: 'email', type: 'question', text: 'Where can we write to?', validate: 'email', saveAs: 'email' },
  { id: 'phone', type: 'question', text: 'And call?', validate: 'phone', skippable: true, saveAs: 'phone' },
  { id: 'count', type: 'question', text: 'How many?', validate: 'number', saveAs: 'count' },
  { id: 'site', type: 'question', text: 'Your site?', validate: 'url', skippable: true, saveAs: 'site' },
  { id: 'room', type: 'question', text: 'A picture of the room, please', validate: 'file', saveAs: 'room' },
  { id: 'kept', type: 'message', text: 'Kept: {{lamp}} | {{extras}} | {{stars}} | {{marks}} | {{day}} | {{email}} | {{phone}} | {{count}} | {{site}}' },
  { id: 'end', type: 'handoff' },
]

/** A widget of the demo's organization that this flow answers in; its token. */
export async function answering(dev, steps, settings = {}) {
  const api = client(dev.baseUrl, { 'x-api-key': dev.apiKey })
  const organization = `/organizations/${dev.organizationId}`
  const made = await api.post(`${organization}/bot/flows`, { name: 'Every kind', steps })
  if (made.status !== 201) throw new Error(JSON.stringify(made.body))
  const { status, body } = await api.post(`${organization}/bot/flows/${made.data.id}/publish`)
  if (status >= 300) throw new Error(JSON.stringify(body))
  const { data } = await api.post(`${organization}/web-chat/channels`, { name: 'Fern', settings: { heading: 'Fern & Filament', subHeading: 'We usually answer in a few minutes', theme: { primary: '#2f5d50' }, flowId: made.data.id, ...settings } })
  return data.token
}

/** The demo's page with this widget, and pictures where the flow says that they lie: all but the one that is gone. */
export async function visitWith(chromium, dev, token, options = {}) {
  const visited = await visit(chromium, 'about:blank', options)
  const { page, context } = visited
  await page.route(dev.demoUrl, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replaceAll(dev.widgetToken, token) })
  })
  await context.route(/^https:\/\/(pictures|files|shop)\.example\//, async (route) => {
    const { pathname, hostname } = new URL(route.request().url())
    if (hostname === 'shop.example') return route.fulfill({ contentType: 'text/html', body: '<title>Shop</title>' })
    if (hostname !== 'pictures.example' || pathname === '/gone.png') return route.fulfill({ status: 404 })
    return route.fulfill({ contentType: 'image/svg+xml', body: drawing(pathname) })
  })
  await page.goto(dev.demoUrl)
  return visited
}

/** A picture of a lamp, of another colour for every name. */
function drawing(name) {
  const hue = [...name].reduce((sum, c) => sum + c.codePointAt(0) * 37, 0) % 360
  return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="400"><rect width="600" height="400" fill="hsl(${hue} 40% 78%)"/><path d="M300 340V200M230 340h140M220 200l40-110h80l40 110z" fill="hsl(${hue} 45% 40%)" stroke="hsl(${hue} 45% 30%)" stroke-width="14"/></svg>`
}
