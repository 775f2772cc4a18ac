/** How much memory a deployment takes, as Linux tells it. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** How many bytes more a deployment's servers had at most while something was done. */
export async function grownBy(own, work) {
  const servers = workerds(own.pid())
  // Sets the peak to what is taken now (proc(5)).
  for (const pid of servers) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const peak = () => servers.reduce((sum, pid) => sum + peakOf(pid), 0)
  const before = peak()
  await work()
  return peak() - before
}

const peakOf = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB/m)[1]) * 1024

/** The servers that wrangler has started, which are of its group of processes: one serves, one stands before it. */
function workerds(group) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      const [, name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\((.*)\) (.*)/s)
      return name === 'workerd' && Number(rest.split(' ')[2]) === group
    } catch {
      return false
    }
  })
}
