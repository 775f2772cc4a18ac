/**
 * The lines that are never crossed (see the design): what may import what, and where SQL may stand. A machine checks
 * those that a machine can.
 */
import { readFileSync } from 'node:fs'
import { cargo } from './cargo.mjs'
import { Failure } from './progress.mjs'
import { filesBelow, repo } from './repo.mjs'

export const BOUNDARIES_STEPS = 1

/** Crates that a part must not link, at any depth, with the features it is built with. */
const NOT_LINKED = [
  {
    part: 'porchlight-shared',
    features: 'serde',
    crates: ['wasm-bindgen', 'js-sys', 'web-sys', 'worker', 'getrandom', 'tokio', 'chrono'],
    why: 'shared is pure: it knows no platform',
  },
  {
    part: 'porchlight-flow',
    crates: ['wasm-bindgen', 'js-sys', 'web-sys', 'worker', 'getrandom', 'tokio', 'chrono'],
    why: 'the flow engine is pure: it knows no platform',
  },
  {
    part: 'porchlight-widget',
    crates: ['serde_json', 'serde', 'url', 'chrono', 'regex', 'regex-lite', 'serde-wasm-bindgen'],
    why: 'every byte of the widget is downloaded by a visitor',
  },
]

/** Text that must not stand in some files. */
const NOT_WRITTEN = [
  {
    what: /\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b/s,
    under: ['edge/src', 'flow/src', 'shared/src', 'widget/src'],
    except: [/^edge\/src\/store\//, /^edge\/src\/thread\/log(\.rs$|\/)/],
    why: 'SQL stands in edge/src/store and edge/src/thread/log alone',
  },
  {
    what: /\b(web_sys|js_sys|wasm_bindgen|getrandom|std::time|worker)::/,
    under: ['flow/src', 'shared/src', 'widget/src/state', 'widget/src/state.rs'],
    why: 'shared, the flow engine and the widget\'s state are pure: what they need comes in as arguments',
  },
  {
    what: /\b(WebSocket|fetch_with|XmlHttpRequest|local_storage)\b/,
    under: ['widget/src/view', 'widget/src/view.rs'],
    why: 'the view draws; net and storage do the rest',
  },
  {
    what: /\b(inner_html|outer_html|insert_adjacent_html|document\.write)\b|set_inner_html/i,
    under: ['widget/src'],
    why: 'visitors\' text reaches the DOM as text only',
  },
  {
    what: /\.kv\("CONFIG"\)/,
    under: ['edge/src'],
    except: [/^edge\/src\/store\/config\.rs$/],
    why: 'only publishing writes KV',
  },
  {
    what: /use (crate::api|super::super)::agent/,
    under: ['edge/src/api/visitor', 'edge/src/api/visitor.rs'],
    why: 'APIs never call each other',
  },
  {
    what: /use (crate::api|super::super)::visitor/,
    under: ['edge/src/api/agent', 'edge/src/api/agent.rs'],
    why: 'APIs never call each other',
  },
]

export function checkBoundaries(progress) {
  return progress.step('Checking the boundaries', async () => {
    const faults = [...NOT_WRITTEN.flatMap(written), ...(await linked(progress))]
    if (faults.length > 0) throw new Failure('A boundary was crossed.', 'Move what is named above to where it belongs.', faults)
  })
}

function written({ what, under, except = [], why }) {
  const paths = under.flatMap((path) => filesBelow(path)).filter((path) => path.endsWith('.rs') && !except.some((known) => known.test(path)))
  return paths
    .map((path) => [path, readFileSync(repo(path), 'utf8').match(what)])
    .filter(([, found]) => found)
    .map(([path, found]) => `${path}: "${found[0].slice(0, 40)}": ${why}`)
}

async function linked(progress) {
  const faults = []
  for (const { part, features, crates, why } of NOT_LINKED) {
    const args = ['--package', part, '--edges', 'normal', '--prefix', 'none', '--target', 'wasm32-unknown-unknown', ...(features ? ['--features', features] : [])]
    const names = (await cargo(progress, 'tree', args, process.env)).split('\n').map((line) => line.split(' ')[0])
    faults.push(...crates.filter((name) => names.includes(name)).map((name) => `${part} links ${name}: ${why}`))
  }
  return faults
}
