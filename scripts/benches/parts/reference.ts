/** How fast this machine is just now, so that figures of different days can be set side by side. */
import { createHash } from 'node:crypto'

const RUNS = 7
const ROUNDS = 4000

/**
 * Processor time in ms of a fixed piece of work (JSON, a map, SHA-256: what an alarm is made of), the median of seven runs after one to
 * warm up. A figure of a bench may be compared with another day's only as far as this one is alike.
 */
export function referenceMs(): number {
  work()
  const runs = Array.from({ length: RUNS }, timed).sort((a, b) => a - b)
  return runs[(RUNS - 1) / 2] ?? Number.NaN
}

function timed(): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function work(): number {
  const open = new Map<string, unknown>()
  let length = 0
  for (let i = 0; i < ROUNDS; i++) {
    const text = JSON.stringify({
      id: `incident-${i}`,
      state: 'new',
      place: { lat: 31 + i / 1e5, lon: 121 + i / 1e5 },
      timeline: Array.from({ length: 8 }, (_, at) => ({ at, by: 'system', what: '报警', text: `第 ${at} 步` }))
    })
    open.set(createHash('sha256').update(text).digest('hex'), JSON.parse(text))
    length += text.length
  }
  return length + open.size
}
