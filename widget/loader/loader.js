/**
 * The only script that every page view pays for. It paints the launcher from the snippet's own attributes and asks
 * the network for nothing; the panel (WIDGET_JS, WIDGET_WASM) comes when somebody reaches for it, or when this
 * visitor has a conversation already.
 */
import { look } from './look.js'
import { createApi } from './api.js'

/**
 * What the document itself says: an element of the page that is named `currentScript` or `body` would else answer, and
 * `src` of such an image would say where our code comes from.
 */
const page = (name) => Reflect.get(Document.prototype, name, document)

const script = page('currentScript') || document.querySelector('script[data-widget][src*="porchlight.js"]')
const { widget: token, color, position, scheme, label = 'Open chat', triggers } = script.dataset
const base = new URL(script.src).origin
const api = createApi()

// A tag manager may well include us twice.
if (token && !api.widgets.some((widget) => widget.token === token)) start()

function start() {
  const host = document.createElement('porchlight-chat')
  const root = host.attachShadow({ mode: 'open' })
  const launcher = document.createElement('button')
  const { adopt, card } = look(root, launcher, { color, position, label })
  let panel, who, arrive
  const arrived = new Promise((resolve) => (arrive = resolve))

  const load = () => {
    api.panel ||= fetchPanel(base, api)
    return api.panel.then(({ mount }) => arrive(panel ||= mount({
      root, host, launcher, adopt, token, base,
      brand: color || '', side: position || '', scheme: scheme || '',
      emit: api.emit, page,
    })) || panel)
  }

  /** Clicks that come before the panel is here are remembered: the launcher is busy until it opens. */
  const ask = async (command) => {
    launcher.setAttribute('aria-busy', 'true')
    card()
    try {
      return (await load())(command)
    } catch (error) {
      card('Chat could not load.', 'Try again', () => ask(command))
      throw error
    } finally {
      launcher.removeAttribute('aria-busy')
    }
  }
  const quietly = (promise) => promise.catch(Boolean)

  launcher.onclick = () => quietly(ask(panel ? 'toggle' : 'open'))
  for (const intent of ['pointerenter', 'focus']) {
    launcher.addEventListener(intent, () => quietly(load()), { once: true })
  }

  api.widgets.push({
    token,
    open: () => ask('open'),
    close: () => panel && panel('close'),
    toggle: () => ask('toggle'),
    // Said on every page of a site: it waits for the panel, and does not fetch it.
    identify: (given) => (who = given, arrived.then(() => who === given && panel('identify', given))),
    logout: () => (who = 0, (panel || remembers(token)) && load().then(() => panel('logout'))),
    show: () => { host.hidden = false },
    hide: () => { host.hidden = true },
  })

  attach(host, () => {
    api.emit('ready')
    // The owner wants to speak first: what sees to that is fetched where the tag says so.
    triggers && import(base + TRIGGERS_JS).then(({ watch }) => watch(script.dataset, root, adopt, ask), Boolean)
    // Somebody who has written before wants to know of answers, without opening anything.
    if (remembers(token) || location.hash.startsWith('#porchlight=')) (window.requestIdleCallback || setTimeout)(() => quietly(load()))
  })
}

/** Fetches code and wasm side by side. One instance serves every widget of the page. */
async function fetchPanel(base, api) {
  // A browser may remember that an import failed, so each try has its own address.
  const again = api.tries++ ? '?' + api.tries : ''
  const wasm = fetch(base + WIDGET_WASM + again)
  wasm.catch(Boolean)
  try {
    const glue = await import(base + WIDGET_JS + again)
    await glue.default({ module_or_path: wasm })
    return glue
  } catch (error) {
    api.panel = undefined
    throw error
  }
}

/** Puts the host into the page, as soon as there is a body, and puts it back when a router has swept it away. */
function attach(host, done) {
  const observer = new MutationObserver(() => place())
  const place = () => {
    const body = page('body')
    observer.observe(page('documentElement'), { childList: true })
    if (!body) return
    observer.observe(body, { childList: true })
    if (host.parentNode !== body) body.append(host)
    if (done) done()
    done = undefined
  }
  place()
}

function remembers(token) {
  try {
    return Object.keys(localStorage).some((key) => key.startsWith(`porchlight.${token}.`))
  } catch {
    return false // Sandboxed storage throws.
  }
}
