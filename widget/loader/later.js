/**
 * Fetches the second part of the program, which takes its place in the tables of the first, and its styles. The build
 * puts this into wasm-bindgen's glue, whose own names it uses; one copy serves every widget of the page.
 */
let later

async function fetchRest(base, done) {
  const part = () => fetch(base + LATER_WASM).then((answer) => __wbg_load(answer, { ...__wbg_get_imports(), p: wasm }))
  const styles = () => fetch(base + LATER_CSS).then((answer) => answer.text())
  try {
    const [css] = await (later ||= Promise.all([styles(), part()]))
    done(css)
  } catch {
    later = undefined
    done()
  }
}
