/** How the launcher looks. Constructed sheets and elements made one by one pass the strictest policies. */
const CHAT = 'M12 3.5c-5 0-9 3.3-9 7.5 0 2.3 1.2 4.3 3.1 5.7-.1 1.2-.6 2.3-1.5 3.3-.2.3 0 .7.4.6 1.9-.2 3.5-.9 4.7-1.8.7.2 1.5.2 2.3.2 5 0 9-3.3 9-7.5S17 3.5 12 3.5Z'
const DOWN = 'm6 9.5 6 6 6-6'

const CSS = `
:host{all:initial;--brand:#2f5d50;--on:#fff}
:host([hidden]){display:none}
button{font:600 14px/1.4 system-ui,sans-serif;border:0;cursor:pointer}
.launcher{position:fixed;z-index:2147483000;bottom:calc(20px + env(safe-area-inset-bottom));right:20px;width:60px;height:60px;padding:0;border-radius:50%;background:var(--brand);color:var(--on);box-shadow:0 1px 2px #0003,0 8px 24px #0003;display:grid;place-items:center;transition:.2s;-webkit-tap-highlight-color:transparent}
.launcher:hover{translate:0 -2px}
.launcher:active{scale:.95}
:focus-visible{outline:3px solid var(--brand);outline-offset:3px;box-shadow:0 0 0 3px #fff}
svg{grid-area:1/1;width:28px;height:28px;fill:currentColor;transition:.2s}
.down{fill:none;stroke:currentColor;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
[aria-expanded=false] .down,[aria-expanded=true] .chat{opacity:0;rotate:30deg;scale:.6}
[aria-busy=true]:after{content:"";position:absolute;inset:5px;border-radius:50%;border:2px solid #0000;border-top-color:currentColor;animation:spin .8s linear infinite}
.card{position:fixed;z-index:2147483000;bottom:calc(94px + env(safe-area-inset-bottom));right:20px;padding:14px;border-radius:14px;background:#fff;color:#1c2024;font:14px/1.4 system-ui,sans-serif;box-shadow:0 1px 2px #0003,0 8px 24px #0003;display:flex;gap:14px;align-items:center}
.card button{min-height:44px;padding:0 16px;border-radius:22px;background:var(--brand);color:var(--on)}
@keyframes spin{to{rotate:1turn}}
@media(prefers-reduced-motion:reduce){*,:after{transition:none!important;animation-duration:3s!important}}
@media print{:host{display:none}}
`

/** Dresses the launcher; answers with what lays further styles and what shows a card above it. */
export function look(root, launcher, { color, position, label }) {
  const sheets = []
  /** Lays styles; a later call with the same slot replaces what lay there. */
  const adopt = (slot, css) => {
    sheets[slot] ||= new CSSStyleSheet()
    sheets[slot].replaceSync(css)
    root.adoptedStyleSheets = sheets.filter(Boolean)
  }
  adopt(0, CSS)
  if (/^#([0-9a-f]{3}){1,2}$/i.test(color)) adopt(1, `:host{--brand:${color};--on:${ink(color)}}`)
  if (position === 'left') adopt(2, '.launcher,.card{right:auto;left:20px}')

  launcher.className = 'launcher'
  launcher.part = 'launcher'
  for (const [name, value] of Object.entries({ 'aria-label': label, 'aria-haspopup': 'dialog', 'aria-expanded': 'false' })) launcher.setAttribute(name, value)
  launcher.append(icon('chat', CHAT), icon('down', DOWN))
  root.append(launcher)

  const box = document.createElement('div')
  box.className = 'card'
  box.setAttribute('role', 'alert')
  const card = (text, action, press) => {
    box.remove()
    if (!text) return
    const button = document.createElement('button')
    button.textContent = action
    button.onclick = press
    box.replaceChildren(text, button)
    root.append(box)
  }
  return { adopt, card }
}

function icon(name, path) {
  const element = (tag, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
    for (const key in attributes) made.setAttribute(key, attributes[key])
    return made
  }
  const svg = element('svg', { class: name, viewBox: '0 0 24 24', 'aria-hidden': 'true' })
  svg.append(element('path', { d: path }))
  return svg
}

/** Dark ink on light brand colours: the two contrasts of WCAG 2.2 are equal at a luminance of 0.179. */
function ink(color) {
  const hex = color.length < 5 ? color.replace(/\w/g, '$&$&') : color
  const light = (at, weight) => weight * (parseInt(hex.slice(at, at + 2), 16) / 255) ** 2.2
  return light(1, 0.2126) + light(3, 0.7152) + light(5, 0.0722) > 0.179 ? '#16191d' : '#fff'
}
