/** What is measured, and how it is told. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { checkSameRun, testRun } from './flow.mjs'
import * as livechat from './livechat.mjs'
import { client, load } from './load.mjs'
import { checkSameness, visitor } from './same.mjs'
import { another, room, SOCKETS } from './room.mjs'
import { hono, PATH, porchlight } from './sides.mjs'

const VISITORS = 32
/** How many messages everybody has before pages are read. */
const MESSAGES = 100
/** Short rounds, and many: what else the machine does then falls on both sides alike. */
const ROUNDS = 19
const WARM_UPS = 3
/** In milliseconds, how soon D1 knows all that was written. */
const TOLD = 1_200
/** A round's end, whichever comes first. */
const ROUND = { seconds: 0.4, most: 4_000 }
const TEXT = 'Hello! Is the brass desk lamp in stock, and does it come with a longer cable?'

const append = ({ headers }) => ({ method: 'POST', path: `${PATH}/messages`, headers, body: { text: TEXT, clientId: randomUUID() }, expected: 201 })
const speak = ({ headers, at }) => ({ ...append({ headers }), path: `${PATH}${at}/messages` })
const history = ({ headers }) => ({ path: `${PATH}/history?limit=50`, headers, expected: 200 })
const livechatAppend = livechat.send(TEXT)
const livechatHistory = livechat.load(50)
const config = () => ({ path: `${PATH}/config`, expected: 200 })
const begin = () => ({ method: 'POST', path: `${PATH}/sessions`, body: { mode: 'anonymous' }, expected: 201 })
const renew = ({ headers }) => ({ ...begin(), headers })

/**
 * `rate` budgets are requests per second, ours over theirs; `cpu` budgets are processor time a request. A call that is
 * `beside` another is compared with that one, on our own side; where it `leaves` something to D1, a round ends when that
 * is done, for the next one has the same process. Where it is `another` socket's cost, rooms with one and with
 * many are compared.
 */
const SCENARIOS = [
  { name: 'append, 32 visitors', call: append, rate: 1.5, goal: 1.8 },
  { name: 'append, 8 connections of one', call: append, connections: 8, alone: true },
  { name: 'history of 50, 32 visitors', call: history, rate: 2.2, goal: 3 },
  { name: 'history of 50, 8 connections of one', call: history, connections: 8, alone: true },
  { name: 'config', call: config, cpu: 1 },
  { name: 'session, renewed', call: renew, cpu: 1 },
  { name: 'session, new', call: begin },
  { name: 'flow of 499 steps', call: testRun, cpu: 0.7 },
  { name: 'one socket more of 200', call: speak, another: true, rounds: 9, cpu: 1.1 },
  { name: 'livechat append / our append', call: livechatAppend, beside: append, leaves: true, cpu: 1.1 },
  { name: 'livechat history / our history', call: livechatHistory, beside: history, cpu: 1.1 },
]

/** Starts both sides and makes sure that they answer the same. */
export async function start() {
  const sides = []
  const stop = () => Promise.all(sides.splice(0).map(({ side, everybody, few, rooms = [] }) => {
    for (const room of rooms) room.close()
    everybody.close()
    few.close()
    return side.stop()
  }))
  const add = (side) => sides.push({ side, everybody: client(side, VISITORS), few: client(side, 8) })
  try {
    add(await porchlight())
    const { body } = await sides[0].everybody.json({ path: `${PATH}/config`, expected: 200 })
    add(await hono(body.data))
    await checkSameness(sides.map(({ everybody }) => everybody))
    await checkSameRun(sides.map(({ everybody }) => everybody))
    for (const side of sides) side.visitors = await people(side.everybody)
    await besidesLivechat(sides[0])
    await rooms(sides)
    return { sides, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function people(client) {
  const visitors = await Promise.all(Array.from({ length: VISITORS }, () => visitor(client)))
  for (let n = 0; n < MESSAGES; n += 1) await Promise.all(visitors.map((visitor) => client.ask(append(visitor))))
  return visitors
}

/** Opens the rooms of each side, and makes sure that they are told the same. */
async function rooms(sides) {
  for (const [n, side] of sides.entries()) {
    side.rooms = []
    for (const size of [1, SOCKETS]) {
      // The other side keeps its other messages in D1, and those of rooms in objects as ours.
      const opened = { ...await room(side, size), at: n === 0 ? '' : '/room' }
      side.rooms.push(opened)
      await side.few.ask(speak(opened))
      await opened.heard(1)
    }
  }
  const [ours, theirs] = sides.map(({ rooms }) => rooms[1].told())
  assert.deepEqual(theirs, ours, 'the two rooms are not told the same')
}

/** Makes each visitor of a side somebody in livechat, too, who has said as much there. */
async function besidesLivechat({ everybody, visitors }) {
  await Promise.all(visitors.map(async (visitor) => { visitor.guest = await livechat.guest(everybody) }))
  for (let n = 0; n < MESSAGES; n += 1) await Promise.all(visitors.map((visitor) => everybody.ask(livechatAppend(visitor))))
  await livechat.checkSamePage(everybody, visitors[0], livechatHistory, history)
}

/** Runs all scenarios, or those of a name; gives a row of the table for each. */
export async function measure({ sides }, note, named = /./) {
  const rows = []
  for (const scenario of SCENARIOS.filter(({ name }) => named.test(name))) {
    const { call, beside } = scenario
    const contenders = beside ? [[sides[0], call], [sides[0], beside]] : sides.map((side) => [side, call])
    const rounds = []
    for (let round = 0; round < WARM_UPS + (scenario.rounds ?? ROUNDS); round += 1) {
      const measured = []
      for (const index of round % 2 === 0 ? [0, 1] : [1, 0]) measured[index] = await one(...contenders[index], scenario)
      if (round >= WARM_UPS) rounds.push(measured)
    }
    const row = rowOf(scenario, rounds)
    note(line(row))
    rows.push(row)
  }
  return rows
}

async function one(contender, call, scenario) {
  if (scenario.another) return another(contender, call, ROUND, TOLD)
  const { side, everybody, few, visitors } = contender
  const before = side.cpu()
  const { count, seconds } = await load(scenario.alone ? few : everybody, (connection) => call(visitors[scenario.alone ? 0 : connection]), ROUND)
  if (scenario.leaves) await setTimeout(TOLD)
  return { rate: count / seconds, cpu: (side.cpu() - before) / count }
}

function rowOf({ name, rate, goal, cpu }, rounds) {
  const rates = spread(rounds.map(([ours, theirs]) => ours.rate / theirs.rate))
  const cpus = spread(rounds.map(([ours, theirs]) => ours.cpu / theirs.cpu))
  const passes = !(rates.median < rate) && !(cpus.median > cpu)
  return { name, rates, cpus, rate, goal, cpu, passes }
}

function spread(ratios) {
  const sorted = [...ratios].sort((a, b) => a - b)
  const at = (share) => sorted[Math.round((sorted.length - 1) * share)]
  return { median: at(0.5), low: at(0.1), high: at(0.9) }
}

const COLUMNS = [38, 21, 21, 0]
const columns = (...cells) => cells.map((cell, n) => cell.padEnd(COLUMNS[n])).join('').trimEnd()

/** The table as text. */
export function table(rows) {
  return [columns('ours / theirs: median (spread)', 'requests a second', 'CPU a request', 'budget'), ...rows.map(line)].join('\n')
}

function line({ name, rates, cpus, rate, goal, cpu, passes }) {
  const cell = ({ median, low, high }) => `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`
  const budget = rate ? `rate ≥ ${rate.toFixed(1)}, goal ${goal.toFixed(1)}` : cpu ? `CPU ≤ ${cpu.toFixed(1)}` : ''
  return columns(name, cell(rates), cell(cpus), budget && `${budget}: ${passes ? 'met' : 'MISSED'}`)
}
