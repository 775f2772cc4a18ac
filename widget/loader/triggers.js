/**
 * The widget speaks first: after so many seconds on pages of an address it opens, or shows a message beside the launcher.
 * Fetched only where the snippet has triggers. Whoever has opened the chat, or sent a message away, is left alone for as
 * long as the tab lives.
 */
const SLOT = 6
const CSS = `
.greet{position:fixed;z-index:2147483000;bottom:calc(94px + env(safe-area-inset-bottom));right:20px;max-width:min(280px,calc(100vw - 40px));display:flex;align-items:flex-start;border-radius:16px;background:#fff;color:#1c2024;font:15px/1.45 system-ui,sans-serif;box-shadow:0 1px 2px #0003,0 8px 24px #0003;animation:greet .25s}
.greet.left{right:auto;left:20px}
.greet button{font:inherit;background:none;color:inherit;text-align:start;padding:14px 0 14px 16px;padding-inline:16px 0;overflow-wrap:anywhere;unicode-bidi:plaintext;border-radius:16px}
.greet .away{flex:none;width:44px;height:44px;padding:0;text-align:center;font-size:20px;line-height:44px;color:#60646c}
@keyframes greet{from{opacity:0;transform:translateY(8px)}}
.greet.dark{background:#22262b;color:#eceef0}
.greet.dark .away{color:#b0b4ba}
@media(prefers-reduced-motion:reduce){.greet{animation:none}}
@media print{.greet{display:none}}
`

/** Watches the page. The snippet's attributes have a list of triggers: `[{url, after, do, message}]`. */
export function watch({ triggers, widget: token, scheme }, root, adopt, ask) {
  const list = listed(triggers)
  const quiet = memory(`porchlight.${token}.quiet`)
  const launcher = root.querySelector('.launcher')
  let page = location.href
  let since = Date.now()
  let shown
  const done = new Set()

  const stop = () => {
    clearInterval(timer)
    shown?.remove()
  }
  // Whoever has had the chat open needs nobody to speak first; that they close it is the first they do about it.
  const isOpen = () => launcher.getAttribute('aria-expanded') === 'true'
  let wasOpen = isOpen()
  new MutationObserver(() => {
    if (wasOpen && !isOpen()) quiet.set()
    wasOpen = isOpen()
    if (wasOpen) stop()
  }).observe(launcher, { attributes: true })
  const timer = setInterval(() => {
    if (quiet.get() || wasOpen) return stop()
    // A router changes the page without loading another.
    if (location.href !== page) {
      page = location.href
      since = Date.now()
      done.clear()
      shown?.remove()
      shown = undefined
    }
    if (document.visibilityState !== 'visible') return
    const due = list.find((trigger) => !done.has(trigger) && Date.now() - since >= (trigger.after || 0) * 1000 && isAt(trigger.url, location))
    if (!due || (shown && due.do !== 'open')) return
    done.add(due)
    if (due.do === 'open') ask('open').catch(Boolean)
    else shown = greet(due.message)
  }, 500)

  function greet(message) {
    adopt(SLOT, CSS)
    const box = element('div', 'greet')
    box.setAttribute('role', 'status')
    const side = getComputedStyle(launcher).left
    if (parseInt(side) < innerWidth / 2) box.classList.add('left')
    if (scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme:dark)').matches)) box.classList.add('dark')
    const open = element('button', '', message)
    open.onclick = () => { box.remove(); ask('open').catch(Boolean) }
    const away = element('button', 'away', '×')
    away.setAttribute('aria-label', 'Dismiss')
    away.onclick = () => { quiet.set(); stop() }
    box.append(open, away)
    root.append(box)
    return box
  }
}

function element(tag, name, text = '') {
  const made = document.createElement(tag)
  made.className = name
  made.textContent = text
  return made
}

/** Whether a page is at an address with `*` for anything: `/pricing*` is a path, `https://…` all of it. */
function isAt(pattern, { href, pathname }) {
  if (!pattern) return true
  const address = readable(pattern.startsWith('/') ? pathname : href.split('#')[0])
  const parts = readable(pattern).split('*')
  const last = parts.pop()
  if (parts.length === 0) return address === last
  // From left to right, each part at its first place: no address takes long, whoever has written it.
  if (!address.startsWith(parts[0])) return false
  let from = 0
  for (const part of parts) {
    const at = address.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return address.length - from >= last.length && address.endsWith(last)
}

/** As people write it: browsers put codes for letters beyond ASCII. */
function readable(address) {
  try {
    return decodeURI(address)
  } catch {
    return address
  }
}

/** The triggers out of the tag; what somebody has spoilt by hand is none. */
function listed(text) {
  try {
    return JSON.parse(text).filter(({ url = '', after = 0 }) => typeof url === 'string' && after >= 0)
  } catch {
    return []
  }
}

/** A word kept for as long as the tab lives, or the page where storage is forbidden. */
function memory(key) {
  let kept
  return {
    get: () => { try { return kept || sessionStorage.getItem(key) } catch { return kept } },
    set: () => { kept = '1'; try { sessionStorage.setItem(key, kept) } catch {} },
  }
}
