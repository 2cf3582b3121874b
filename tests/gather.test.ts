/** Presses without bound: durable before they are acknowledged, one row a second, counted to the last one; with the real store. */
import { expect, test, vi } from 'vitest'
import type { Accepted, Signal } from '../gateway/core/signal.ts'
import { ALARM_CLASSES, pressesOf } from '../gateway/core/signal.ts'
import type { JournaledSignal, Store } from '../gateway/core/store.ts'
import { createGather, type GatherOptions } from '../gateway/intake/gather.ts'
import { openSqliteStore } from '../gateway/storage/sqlite/store.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'

async function withGather(
  run: (bench: Awaited<ReturnType<typeof open>>) => Promise<void>,
  journal?: (store: Store) => Partial<Store>,
  limits: GatherOptions['limits'] = {}
): Promise<void> {
  const bench = await open(journal, limits)
  try {
    await run(bench)
  } finally {
    await bench.store.close()
  }
}

async function open(journal: (store: Store) => Partial<Store> = () => ({}), limits: GatherOptions['limits'] = {}) {
  const store = await openSqliteStore({ dir: tempDir('gather') })
  const clock = createFakeClock()
  const worked: JournaledSignal[] = []
  const seconds: Signal[] = []
  const gather = createGather({
    ...{ clock, limits },
    journal: { append: store.append, gather: store.gather, ...journal(store) },
    held: () => {},
    work: row => worked.push(row),
    gathered: signal => seconds.push(signal)
  })
  let n = 0
  const press = (over: Partial<Signal> = {}) => {
    n += 1
    return gather.accept(sampleSignal({ eventId: `e${n}`, receivedTimeMs: clock.now(), ...over }))
  }
  const presses = (count: number, over: Partial<Signal> = {}): Promise<Accepted[]> =>
    Promise.all(Array.from({ length: count }, () => press(over)))
  return { store, clock, gather, worked, seconds, press, presses }
}

const total = (rows: readonly JournaledSignal[]): number => rows.reduce((sum, { signal }) => sum + pressesOf(signal), 0)

test('what a person or a worn contact sends is journaled press by press', () =>
  withGather(async ({ clock, worked, presses, store }) => {
    await presses(10)
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000)
      await presses(5)
    }
    expect(worked).toHaveLength(110)
    expect(worked.every(({ signal }) => signal.gathered === undefined)).toBe(true)
    expect(await store.unhandled()).toHaveLength(110)
  }))

test('beyond that one row a second counts them, durable before it is acknowledged and worked when its second is over', () =>
  withGather(async ({ clock, worked, presses, store, seconds }) => {
    const accepted = await presses(3_000, { deviceTimeMs: 5_000 })
    expect(new Set(accepted.map(({ seq }) => seq)).size).toBe(11)
    // As a kill at this line would leave it: acknowledged, not worked.
    const left = await store.unhandled()
    expect([left.length, total(left), worked.length]).toEqual([11, 3_000, 10])
    await clock.advance(400)
    await presses(500, { deviceTimeMs: 9_000 })
    await clock.advance(600)
    expect(worked).toHaveLength(11)
    expect(worked.at(-1)?.signal).toMatchObject({
      eventId: 'e11',
      gathered: { presses: 3_490, lastEventId: 'e3500', firstDeviceTimeMs: 5_000, lastDeviceTimeMs: 9_000 }
    })
    expect(await store.unhandled()).toEqual(worked)
    expect(seconds).toHaveLength(1)
  }))

test('a source that goes on costs one row a second, and one that has become slow is heard press by press again', () =>
  withGather(async ({ clock, worked, presses }) => {
    await presses(10)
    for (let second = 0; second < 50; second++) {
      await presses(50)
      await clock.advance(1_000)
    }
    expect([worked.length, total(worked)]).toEqual([60, 2_510])
    await presses(4)
    await clock.advance(1_000)
    expect(total(worked)).toBe(2_514)
    await clock.advance(10_000)
    await presses(3)
    expect(worked.slice(-3).every(({ signal }) => signal.gathered === undefined)).toBe(true)
  }))

test('of one that goes on for a minute ten seconds are a row; what ends them early is heard at once, and a pause begins anew', () =>
  withGather(async ({ clock, worked, press, presses }) => {
    const on = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        await presses(50)
        await clock.advance(1_000)
      }
    }
    await on(60)
    const minute = worked.length
    await on(60)
    expect([worked.length - minute, total(worked)]).toEqual([6, 6_000])
    await presses(20)
    await press({ alarmClass: 'duress' })
    expect(worked.slice(-2).map(({ signal }) => [signal.alarmClass, pressesOf(signal)])).toEqual([
      ['panic', 20],
      ['duress', 1]
    ])
    await clock.advance(2_000)
    const paused = worked.length
    await on(3)
    expect(worked.length - paused).toBe(3)
  }))

test('the first of another alarm, duress, a cancel and a restore wait for nothing, and are worked behind what came before them', () =>
  withGather(async ({ worked, press, presses }) => {
    await presses(40)
    await press({ alarmClass: 'duress' })
    await presses(20)
    await press({ qualifier: 'restore' })
    await press({ condition: 'cancel' })
    await press({ alarmClass: 'fire', zone: '7' })
    const rows = worked
      .slice(10)
      .map(({ signal }) => [signal.alarmClass, signal.qualifier, signal.condition, pressesOf(signal)])
    expect(rows).toEqual([
      ['panic', 'new', 'alarm', 30],
      ['duress', 'new', 'alarm', 1],
      ['panic', 'new', 'alarm', 20],
      ['panic', 'restore', 'alarm', 1],
      ['panic', 'new', 'cancel', 1],
      ['fire', 'new', 'alarm', 1]
    ])
  }))

test('another source is not touched', () =>
  withGather(async ({ worked, presses }) => {
    await Promise.all([presses(100), presses(3, { sourceId: 'mqtt:linxi/button-01' as Signal['sourceId'] })])
    expect(worked.filter(({ signal }) => signal.sourceId === 'mqtt:linxi/button-01')).toHaveLength(3)
  }))

test('a retransmission is the same press: of one journaled by itself, of one gathered, within one write and after its second', () =>
  withGather(async ({ clock, gather, worked, presses, store }) => {
    const before = await presses(110)
    const again = (n: number) => gather.accept(sampleSignal({ eventId: `e${n}`, receivedTimeMs: clock.now() }))
    const within = await Promise.all([again(5), again(5), again(11), again(50), again(50)])
    expect(within.every(({ duplicate }) => duplicate)).toBe(true)
    expect(within[0]?.seq).toBe(before[4]?.seq)
    expect(within[3]?.seq).toBe(before[49]?.seq)
    await Promise.all([presses(1, { eventId: 'twice' }), presses(1, { eventId: 'twice' })])
    await clock.advance(1_000)
    expect(total(worked)).toBe(111)
    await clock.advance(30_000)
    expect(await again(60)).toEqual({ seq: before[59]?.seq, duplicate: true })
    expect(total(await store.unhandled())).toBe(111)
  }))

test('a retransmission does not use up what may be journaled press by press', () =>
  withGather(async ({ worked, press, presses }) => {
    await press({ eventId: 'same' })
    for (let n = 0; n < 50; n++) await press({ eventId: 'same' })
    await presses(9)
    expect([worked.length, total(worked)]).toEqual([10, 10])
  }))

test('what cannot be stored is not acknowledged and not counted, what could is', () => {
  let full = false
  return withGather(
    async ({ clock, worked, presses, press }) => {
      await presses(30)
      full = true
      const refused = await Promise.allSettled([press(), press()])
      expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      full = false
      await press()
      await clock.advance(1_000)
      expect(total(worked)).toBe(31)
    },
    store => ({ gather: given => (full ? Promise.reject(new Error('disk full')) : store.gather(given)) })
  )
})

test('while a disk hangs the table of senders does not grow: who is writing keeps nobody behind it, and beyond it presses go one by one', () => {
  const disk = Promise.withResolvers<void>()
  const of = (source: string): Partial<Signal> => ({ sourceId: source as Signal['sourceId'] })
  return withGather(
    async ({ clock, worked, presses }) => {
      const stuck = [presses(12, of('a'))]
      await vi.waitFor(() => expect(worked).toHaveLength(10))
      await presses(10, of('b'))
      // Behind the one that is writing b was quiet longest: c has its place, and b begins anew.
      await presses(1, of('c'))
      await presses(10, of('b'))
      expect(worked).toHaveLength(31)
      stuck.push(presses(2, of('b')))
      await Promise.resolve()
      await presses(30, of('d'))
      expect(worked).toHaveLength(61)
      disk.resolve()
      await Promise.all(stuck)
      await clock.advance(1_000)
      expect(total(worked)).toBe(65)
    },
    store => ({ gather: given => disk.promise.then(() => store.gather(given)) }),
    { sources: 2 }
  )
})

test('what waits behind the presses of a disk that hangs is bounded as they are', () => {
  const disk = Promise.withResolvers<void>()
  return withGather(
    async ({ clock, worked, press, presses }) => {
      const waiting = presses(12)
      await vi.waitFor(() => expect(worked).toHaveLength(10))
      const zones = Array.from({ length: 6 }, (_, n) => press({ alarmClass: 'intrusion', zone: `${n}` }))
      const refused = (await Promise.allSettled(zones.slice(-2))).map(({ status }) => status)
      expect(refused).toEqual(['rejected', 'rejected'])
      disk.resolve()
      await Promise.all([waiting, ...zones.slice(0, -2)])
      await clock.advance(1_000)
      expect(total(worked)).toBe(16)
    },
    store => ({ gather: given => disk.promise.then(() => store.gather(given)) }),
    { waiting: 5 }
  )
})

test('a sender that makes up zones, or words, is one row a second and class as well, and says which zones', () =>
  withGather(async ({ clock, worked, press }) => {
    const zones = (from: number, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, k) =>
          press({ alarmClass: 'intrusion', zone: `${(from + k) % 900}`, text: `say ${from + k}` })
        )
      )
    for (let second = 0; second < 10; second++) {
      await zones(second * 1_000, 1_000)
      await clock.advance(1_000)
    }
    expect(total(worked)).toBe(10_000)
    expect(worked.length).toBeLessThan(530)
    expect(worked.at(-1)?.signal.gathered?.zones).toHaveLength(32)
    // A class that was not heard of is, at once.
    await press({ alarmClass: 'duress' })
    expect(worked.at(-1)?.signal.alarmClass).toBe('duress')
  }))

test('a sender that goes through all classes, slowly enough for each, is one row a second and class as well', () =>
  withGather(async ({ clock, worked, press }) => {
    await Promise.all(Array.from({ length: 600 }, (_, n) => press({ alarmClass: 'intrusion', zone: `${n}` })))
    const before = worked.length
    // Five a second of each class are what a person presses; of all classes at once they are nobody's.
    for (let n = 0; n < 25; n++) {
      await Promise.all(ALARM_CLASSES.map(alarmClass => press({ alarmClass })))
      await clock.advance(200)
    }
    await clock.advance(1_000)
    expect(total(worked)).toBe(600 + 25 * ALARM_CLASSES.length)
    // Five seconds, and the first of each; it was twenty-five.
    expect(worked.length - before).toBeLessThanOrEqual(7 * ALARM_CLASSES.length)
  }))

test('what the adapter remembers with its presses is as durable as they are, the newest', () =>
  withGather(async ({ gather, store }) => {
    const all = Array.from({ length: 40 }, (_, n) =>
      gather.accept(sampleSignal({ eventId: `e${n}` }), { key: 'state', value: `${n}` })
    )
    await Promise.all(all)
    expect(await store.remembered()).toEqual([{ key: 'state', value: '39' }])
  }))
