/**
 * Fetches the second part of the program, which takes its place in the tables of the first. The build puts this into
 * wasm-bindgen's glue, whose own names it uses; one copy serves every widget of the page.
 */
let later

async function fetchRest(base, done) {
  try {
    await (later ||= fetch(base + LATER_WASM).then((answer) => __wbg_load(answer, { ...__wbg_get_imports(), p: wasm })))
    done(true)
  } catch {
    later = undefined
    done(false)
  }
}
