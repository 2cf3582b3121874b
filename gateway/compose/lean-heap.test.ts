/** The flag is one of V8 and may go with any version: what it is for is measured, in processes of their own. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { roomInStorms } from './lean-heap.ts'

const ARGS = ['--max-semi-space-size=2', '--input-type=module', '-e']
const LEAN = `import { keepHeapLean } from ${JSON.stringify(join(import.meta.dirname, 'lean-heap.ts'))}`

/** MB of heap at most while 60 MB live and everything in it is replaced over and over; after the first collections, which come when they come. */
function peakMb(lean: boolean): number {
  const program = `
    ${LEAN}
    if (${lean}) keepHeapLean()
    const live = Array.from({ length: 60_000 }, (_, n) => new Array(125).fill(n))
    let peak = 0
    for (let n = 0; n < 1_200_000; n++) {
      live[(n * 7_919) % live.length] = new Array(125).fill(n)
      if (n % 500 !== 0) continue
      if (n > 400_000) peak = Math.max(peak, process.memoryUsage().heapUsed)
      await new Promise(resolve => setImmediate(resolve))
    }
    console.log(peak / 1e6)`
  return Number(execFileSync(process.execPath, ['--single-threaded-gc', ...ARGS, program], { encoding: 'utf8' }))
}

it('a heap that is renewed all the time stays near what lives in it', { timeout: 120_000 }, () => {
  expect(peakMb(true)).toBeLessThan(peakMb(false) * 0.8)
})

it('the nursery is collected by the thread itself, which waits for no helper', { timeout: 120_000 }, () => {
  const program = `
    ${LEAN}
    keepHeapLean()
    console.log('from here')
    let live = []
    for (let n = 0; n < 600_000; n++) {
      live.push({ n, text: String(n) })
      if (live.length > 20_000) live = live.slice(10_000)
    }`
  const args = ['--trace-gc', '--trace-parallel-scavenge', ...ARGS, program]
  const [, said = ''] = execFileSync(process.execPath, args, { encoding: 'utf8' }).split('from here')
  const collections = said.match(/: Scavenge /g)?.length ?? 0
  expect(collections).toBeGreaterThan(10)
  expect(said.match(/ scavenge\[/g)).toHaveLength(collections)
})

it('in a storm the heap has room, and is lean again when it has been calm for half a minute', async () => {
  const clock = createFakeClock()
  const flags: string[] = []
  let backlog = 99
  const stop = roomInStorms(
    clock,
    () => backlog,
    flag => void flags.push(flag)
  )
  await clock.advance(60_000)
  expect(flags).toEqual([])
  backlog = 100
  await clock.advance(1_000)
  backlog = 0
  await clock.advance(20_000)
  backlog = 5_000
  await clock.advance(1_000)
  backlog = 0
  await clock.advance(29_750)
  expect(flags).toEqual(['--heap-growing-percent=100'])
  await clock.advance(250)
  expect(flags).toEqual(['--heap-growing-percent=100', '--heap-growing-percent=30'])
  stop()
  backlog = 5_000
  await clock.advance(1_000)
  expect(flags).toHaveLength(2)
})
