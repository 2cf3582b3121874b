/** Parts are restarted for ever, with growing pauses that a healthy minute resets, and stop when told. */
import { expect, it } from 'vitest'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createSupervisor, type PartState } from './supervisor.ts'

function setUp(random = () => 1) {
  const clock = createFakeClock()
  const states: PartState[] = []
  const restarted: string[] = []
  const supervisor = createSupervisor({
    log: silentLog,
    clock,
    random,
    metrics: { restarted: name => restarted.push(name) },
    onState: state => states.push(state)
  })
  return { clock, states, restarted, supervisor }
}

function untilAborted(abort: AbortSignal): Promise<void> {
  return new Promise(resolve => abort.addEventListener('abort', () => resolve()))
}

it('restarts with growing pauses up to 30 s, and never gives up', async () => {
  const { clock, supervisor, restarted } = setUp()
  const starts: number[] = []
  supervisor.run('sip', async () => {
    starts.push(clock.now())
    throw new Error('no network')
  })
  await settle()
  await clock.advance(300_000)
  const pauses = starts.slice(1).map((at, i) => at - (starts[i] ?? 0))
  expect(pauses.slice(0, 9)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  expect(restarted).toHaveLength(starts.length)
  expect(supervisor.states()).toMatchObject([{ name: 'sip', state: 'restarting', error: 'no network' }])
  await supervisor.stop()
})

it('spreads restarts: the pause is at least half and at most all of its length', async () => {
  const { clock, supervisor } = setUp(() => 0)
  const starts: number[] = []
  supervisor.run('sip', async () => {
    starts.push(clock.now())
    throw new Error('x')
  })
  await settle()
  await clock.advance(251)
  expect(starts).toHaveLength(2)
  await supervisor.stop()
})

it('forgets failures after a healthy minute', async () => {
  const { clock, supervisor } = setUp()
  const starts: number[] = []
  let fail = () => {}
  supervisor.run('mqtt', (abort): Promise<void> => {
    starts.push(clock.now())
    if (starts.length <= 3) return Promise.reject(new Error('early'))
    return new Promise((_, reject) => {
      fail = () => reject(new Error('late'))
      abort.addEventListener('abort', fail)
    })
  })
  await settle()
  await clock.advance(500 + 1000 + 2000)
  expect(starts).toHaveLength(4)
  expect(supervisor.states()).toMatchObject([{ state: 'running', error: 'early', restarts: 3 }])
  await clock.advance(60_000)
  expect(supervisor.states()[0]?.error).toBeUndefined()
  fail()
  await settle()
  await clock.advance(500)
  expect(starts).toHaveLength(5)
  await supervisor.stop()
})

it('restarts a part that returns without having been told, or throws before its first await', async () => {
  const { clock, supervisor, states } = setUp()
  supervisor.run('a', async () => {})
  supervisor.run('b', () => {
    throw new Error('at once')
  })
  await settle()
  await clock.advance(0)
  const restarting = states.filter(s => s.state === 'restarting').map(s => [s.name, s.error])
  expect(Object.fromEntries(restarting)).toEqual({ a: 'ended by itself', b: 'at once' })
  await supervisor.stop()
})

it('stops running and waiting parts, leaves no timer, and starts nothing afterwards', async () => {
  const { clock, supervisor } = setUp()
  supervisor.run('runs', untilAborted)
  supervisor.run('waits', async () => {
    throw new Error('x')
  })
  await settle()
  expect(await supervisor.stop()).toEqual([])
  supervisor.run('new', async () => {
    throw new Error('must not start')
  })
  expect(supervisor.states().map(s => [s.name, s.state])).toEqual([
    ['runs', 'stopped'],
    ['waits', 'stopped']
  ])
  expect(clock.pending).toBe(0)
})

it('names a part that does not stop, after five seconds', async () => {
  const { clock, supervisor } = setUp()
  supervisor.run('deaf', () => new Promise(() => {}))
  const stopping = supervisor.stop()
  await clock.advance(5_000)
  expect(await stopping).toEqual(['deaf'])
})
