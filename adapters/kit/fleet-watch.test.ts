/** Vehicles that fall silent, by a clock that only the test moves: who is missed, who is not, and what many have in common. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { createFleetWatch, type FleetWatch } from './fleet-watch.ts'

const SILENT_MS = 180_000
const GRACE_MS = 300_000

type TestLife = { origin: string; address: string; lastFrameMs: number; parked: boolean }

function setup() {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock })
  const abort = new AbortController()
  const start = (signal = abort.signal): FleetWatch =>
    createFleetWatch(fake.host, { protocol: 'jt808', silentMs: SILENT_MS, abort: signal })
  const lives = new Map<string, TestLife>()
  const signOn = (room: FleetWatch, native: string, address = `10.0.0.${native}`) => {
    const life = { origin: `tcp ${address}:1`, address, lastFrameMs: clock.steady(), parked: false }
    lives.set(native, life)
    room.here(native, life)
    return life
  }
  /** Frames of those, every 20 s. */
  const drive = async (seconds: number, ...natives: string[]) => {
    for (let s = 0; s < seconds; s += 20) {
      await clock.advance(20_000)
      for (const native of natives) (lives.get(native) as TestLife).lastFrameMs = clock.steady()
    }
  }
  const told = () => fake.signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)
  return { clock, fake, abort, start, signOn, drive, told }
}

const names = (count: number) => Array.from({ length: count }, (_, n) => String(n + 1))

it('three heartbeats of silence are one trouble, the next word restores it, a short cut is nothing', async () => {
  const { clock, fake, start, signOn, drive, told } = setup()
  const room = start()
  for (const native of ['1', '2', '3']) signOn(room, native)
  await drive(600, '1', '2', '3')
  expect(told()).toEqual([])
  await drive(160, '2', '3')
  expect(told()).toEqual([])
  await drive(40, '2', '3')
  expect(told()).toEqual(['jt808:1 new offline'])
  expect(fake.signals[0]).toMatchObject({ alarmClass: 'trouble', condition: 'fault', sourceKind: 'taxi' })
  await drive(600, '2', '3')
  expect(told()).toHaveLength(1)
  signOn(room, '1')
  await clock.advance(1)
  expect(told()).toEqual(['jt808:1 new offline', 'jt808:1 restore offline'])
})

it.each([-3_600_000, 3_600_000])(
  'a clock that is set by %i ms misses nobody who drives, and who falls silent in time all the same',
  async byMs => {
    const { clock, start, signOn, drive, told } = setup()
    const room = start()
    for (const native of ['1', '2', '3']) signOn(room, native)
    await drive(60, '1', '2', '3')
    clock.set(byMs)
    await drive(60, '1', '2', '3')
    expect(told()).toEqual([])
    await drive(200, '2', '3')
    expect(told()).toEqual(['jt808:1 new offline'])
  }
)

it('who logs out, or parks with the engine off, is not missed; who is cut off with it on is', async () => {
  const { clock, start, signOn, told } = setup()
  const room = start()
  const [parked, cut] = [signOn(room, '1'), signOn(room, '2')]
  signOn(room, '3')
  parked.parked = true
  room.gone('1', parked)
  room.gone('2', cut)
  room.left('3')
  await clock.advance(900_000)
  expect(told()).toEqual(['jt808:2 new offline'])
})

it('a line that was taken over and closes late takes nobody away', async () => {
  const { start, signOn, drive, told } = setup()
  const room = start()
  const old = signOn(room, '1')
  signOn(room, '1', '10.0.0.77')
  room.gone('1', old)
  await drive(600, '1')
  expect(told()).toEqual([])
})

it('one silent on the line of a concentrator that lives is missed, and heard by its next frame', async () => {
  const { start, signOn, drive, told } = setup()
  const room = start()
  for (const native of ['1', '2', '3']) signOn(room, native, '10.0.0.9')
  await drive(300, '1', '2')
  expect(told()).toEqual(['jt808:3 new offline'])
  await drive(40, '1', '2', '3')
  expect(told()).toEqual(['jt808:3 new offline', 'jt808:3 restore offline'])
})

it('all behind one address are one trouble of the address; who stays away when half are back is its own, later', async () => {
  const { clock, fake, start, signOn, drive, told } = setup()
  const room = start()
  for (const native of ['1', '2', '3', '4']) signOn(room, native, '10.0.0.9')
  signOn(room, '8')
  await drive(900, '8')
  expect(told()).toEqual(['jt808:gateway@10.0.0.9 new offline'])
  signOn(room, '1', '10.0.0.9')
  await drive(20, '1', '8')
  expect(told()).toHaveLength(1)
  signOn(room, '2', '10.0.0.9')
  await clock.advance(1)
  expect(told().slice(1)).toEqual(['jt808:gateway@10.0.0.9 restore offline'])
  expect(fake.signals[1]?.text).toBe('此地址下的设备已恢复联系')
  await drive(160, '1', '2', '8')
  expect(told()).toHaveLength(2)
  // The two that stay away were lost at the same moment, but their address speaks: each is its own.
  await drive(60, '1', '2', '8')
  expect(told().slice(2).sort()).toEqual(['jt808:3 new offline', 'jt808:4 new offline'])
})

it('a fleet that is gone at once is one trouble of the line, though each has an address of its own', async () => {
  const { fake, start, signOn, drive, told } = setup()
  const room = start()
  for (const native of names(40)) signOn(room, native)
  await drive(120, ...names(40))
  // Reports at different seconds: some were heard later than others.
  await drive(20, ...names(20))
  await drive(900)
  expect(told()).toEqual(['jt808:line new offline'])
  expect(fake.signals[0]?.text).toContain('40')
})

it('ten lost within half a minute are one trouble of the line beside ninety that go on; nine are nine', async () => {
  for (const [lost, expected] of [
    [10, ['jt808:line new offline']],
    [9, names(9).map(native => `jt808:${native} new offline`)]
  ] as const) {
    const { start, signOn, drive, told } = setup()
    const room = start()
    for (const native of names(100)) signOn(room, native)
    await drive(900, ...names(100).slice(lost))
    expect(told().sort()).toEqual([...expected].sort())
  }
})

it('ten lost one after the other over half an hour are ten troubles', async () => {
  const { start, signOn, drive, told } = setup()
  const room = start()
  for (const native of names(50)) signOn(room, native)
  for (let lost = 1; lost <= 10; lost++) await drive(180, ...names(50).slice(lost))
  await drive(240, ...names(50).slice(10))
  expect(told().sort()).toEqual(
    names(10)
      .map(native => `jt808:${native} new offline`)
      .sort()
  )
})

it('a restart of ours is no storm: all have the grace, and who does not come back is missed', async () => {
  const { clock, abort, start, signOn, drive, told } = setup()
  const first = start()
  const lives = names(40).map(native => signOn(first, native))
  abort.abort()
  for (const [n, life] of lives.entries()) first.gone(names(40)[n] as string, life)
  await first.stop()
  await clock.advance(600_000)
  const second = start(new AbortController().signal)
  await clock.advance(GRACE_MS - 10_000)
  expect(told()).toEqual([])
  for (const native of names(40).slice(1)) signOn(second, native)
  await drive(40, ...names(40).slice(1))
  expect(told()).toEqual(['jt808:1 new offline'])
  await second.stop()
})

it('a restart in the middle of an outage tells nothing twice, and its end once', async () => {
  const { clock, abort, start, signOn, drive, told } = setup()
  const first = start()
  for (const native of names(40)) signOn(first, native)
  await drive(900)
  expect(told()).toEqual(['jt808:line new offline'])
  abort.abort()
  await first.stop()
  const second = start(new AbortController().signal)
  await clock.advance(1_800_000)
  expect(told()).toHaveLength(1)
  for (const native of names(19)) signOn(second, native)
  await clock.advance(1)
  expect(told()).toHaveLength(1)
  for (const native of names(40).slice(19)) signOn(second, native)
  await drive(900, ...names(40))
  expect(told()).toEqual(['jt808:line new offline', 'jt808:line restore offline'])
})

it('a vehicle that the administrator has dismissed is not waited for', async () => {
  const clock = createFakeClock()
  const fake = createFakeHost({ clock, known: [] })
  const { signal } = new AbortController()
  const room = createFleetWatch(fake.host, { protocol: 'jt808', silentMs: SILENT_MS, abort: signal })
  room.here('1', { origin: 'tcp 10.0.0.1:1', address: '10.0.0.1', lastFrameMs: clock.steady(), parked: false })
  await clock.advance(900_000)
  expect(fake.signals).toEqual([])
})

it('a trouble that could not be stored is told later', async () => {
  const { clock, fake, start, signOn, told } = setup()
  const room = start()
  signOn(room, '1')
  fake.failing = true
  await clock.advance(300_000)
  expect(told()).toEqual([])
  fake.failing = false
  await clock.advance(6_000)
  expect(told()).toEqual(['jt808:1 new offline'])
})
