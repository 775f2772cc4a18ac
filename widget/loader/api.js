/**
 * `window.Porchlight(command, …args)`. Commands given before we came wait in the `q` of the page's own stub.
 * A page with several widgets names the one it means: `Porchlight('open', token)`; the first is meant otherwise.
 */
export function createApi() {
  // An element of the page with this id is no stub.
  const stub = window.Porchlight instanceof Function && window.Porchlight
  if (stub.widgets) return stub

  const listeners = {}
  const widgets = []
  let ready

  const api = async (command, ...args) => {
    const [name, listener] = args
    const widget = widgets.find(({ token }) => token === name) || widgets[0]
    if (command === 'on') {
      (listeners[name] ||= new Set()).add(listener)
      if (name === 'ready' && ready) listener()
    } else if (command === 'off') {
      listeners[name]?.delete(listener)
    } else if (widget && command !== 'token' && widget[command]) {
      return widget[command](name)
    } else {
      throw Error(`Porchlight cannot "${command}"`)
    }
  }
  api.widgets = widgets
  api.tries = 0
  api.emit = (name, detail) => {
    ready ||= name === 'ready'
    for (const listener of listeners[name] || []) {
      // A listener's fault is the page's, and must not become the chat's.
      try { listener(detail) } catch (error) { console.error(error) }
    }
  }

  window.Porchlight = api
  // After the caller has added its widget.
  if (stub.q) Promise.resolve().then(() => stub.q.forEach((args) => api(...args).catch(console.error)))
  return api
}
