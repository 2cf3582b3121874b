/** Which answers wait for others, how long, and that nothing overtakes them. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createHeldAnswers } from './held-answers.ts'

function setup() {
  const clock = createFakeClock()
  const answers = createHeldAnswers(clock)
  const open = () => {
    const writes: string[] = []
    const line = answers.open(bytes => void writes.push(bytes.toString()))
    return { writes, line, report: (name: string) => line.report(Buffer.from(name), clock.now()) }
  }
  return { clock, answers, open }
}

it('who reports at the usual pace is answered at once', async () => {
  const { clock, open } = setup()
  const { writes, report } = open()
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    report(name)
    await clock.advance(400)
  }
  expect(writes).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

it('from the second of many a second on answers go out together, none later than a second', async () => {
  const { clock, open } = setup()
  const { writes, report } = open()
  for (const name of ['a', 'b', 'c', 'd']) {
    report(name)
    await clock.advance(200)
  }
  expect(writes).toEqual(['a'])
  await clock.advance(425)
  expect(writes.slice(1)).toEqual(['bcd'])
})

it('anything else goes out behind what is held, and takes it along', () => {
  const { open } = setup()
  const { writes, line, report } = open()
  for (const name of ['a', 'b', 'c', 'd', 'e']) report(name)
  line.write(Buffer.from('!'))
  expect(writes).toEqual(['a', 'bcde!'])
})

it('what is held is bounded; a line that ends drops it, and one line does not wait for another', async () => {
  const { clock, answers, open } = setup()
  const [one, two, gone] = [open(), open(), open()]
  for (let n = 0; n < 1 + 16; n++) one.report('x')
  expect(one.writes.at(-1)).toBe('x'.repeat(16))
  for (let n = 0; n < 5; n++) gone.report('g')
  gone.line.drop()
  await clock.advance(800)
  for (let n = 0; n < 4; n++) two.report('y')
  await clock.advance(900)
  expect(two.writes).toEqual(['y'])
  await clock.advance(200)
  expect(two.writes).toEqual(['y', 'yyy'])
  expect(gone.writes).toEqual(['g'])
  answers.close()
  expect(clock.pending).toBe(0)
})

it('of many lines that are due at once each look writes to some: none waits long, and nothing else waits for all', async () => {
  const { clock, open } = setup()
  const lines = Array.from({ length: 400 }, () => open())
  for (const { report } of lines) for (let n = 0; n < 3; n++) report('x')
  const answered = () => lines.filter(({ writes }) => writes.length === 2).length
  await clock.advance(1_000)
  expect(answered()).toBeGreaterThan(0)
  expect(answered()).toBeLessThan(100)
  await clock.advance(500)
  expect(answered()).toBe(400)
})

it('on a machine so full that looks come seldom, a look writes to as many more', () => {
  let nowMs = 0
  let look = () => {}
  const every = (_ms: number, callback: () => void) => {
    look = callback
    return () => {}
  }
  const answers = createHeldAnswers({ now: () => nowMs, steady: () => nowMs, after: () => () => {}, every })
  let writes = 0
  const lines = Array.from({ length: 400 }, () => answers.open(() => void writes++))
  for (const line of lines) for (let n = 0; n < 3; n++) line.report(Buffer.from('x'), nowMs)
  expect(writes).toBe(400)
  nowMs = 1_500
  look()
  expect(writes).toBe(800)
})
