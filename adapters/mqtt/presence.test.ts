/** Supervision of MQTT sources: absences, restarts, and a store that cannot write. */
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../../gateway/testing/fake-clock.ts'
import { createFakeHost } from '../../gateway/testing/fake-host.ts'
import { createPresence } from './presence.ts'

describe('supervision', () => {
  const source = 'mqtt:linxi/box-03' as Parameters<ReturnType<typeof createPresence>['online']>[0]

  test('45 s away is one trouble, coming back restores it, a restart repeats nothing', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const presence = createPresence(fake.host, 45_000, 20_000)
    presence.online(source, 'tcp a:1')
    presence.status(source, 'tcp a:1', 'offline')
    presence.closed(source, 'tcp a:1')
    await clock.advance(44_000)
    expect(fake.signals).toHaveLength(0)
    await clock.advance(2_000)
    expect(fake.signals).toMatchObject([{ condition: 'fault', cause: 'offline', qualifier: 'new' }])
    const restarted = createPresence(fake.host, 45_000, 20_000)
    restarted.online(source, 'tcp a:2')
    await clock.advance(1)
    expect(fake.signals.at(-1)).toMatchObject({ cause: 'offline', qualifier: 'restore' })
    expect(fake.signals).toHaveLength(2)
  })

  test('a source that was here before a restart and does not come back is missed', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const before = createPresence(fake.host, 45_000, 20_000)
    before.online(source, 'tcp a:1')
    before.online('mqtt:linxi/box-04' as typeof source, 'tcp a:3')
    await clock.advance(2_000)
    before.stop()
    const after = createPresence(fake.host, 45_000, 20_000)
    after.online('mqtt:linxi/box-04' as typeof source, 'tcp a:4')
    await clock.advance(46_000)
    expect(fake.signals).toMatchObject([{ sourceId: source, cause: 'offline', qualifier: 'new' }])
    after.stop()
    const again = createPresence(fake.host, 45_000, 20_000)
    again.online('mqtt:linxi/box-04' as typeof source, 'tcp a:4')
    await clock.advance(60_000)
    expect(fake.signals).toHaveLength(1)
    again.online(source, 'tcp a:5')
    await clock.advance(1)
    expect(fake.signals.at(-1)).toMatchObject({ sourceId: source, qualifier: 'restore' })
  })

  test('every one of as many boxes as are served is missed after a restart', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const before = createPresence(fake.host, 45_000, 20_000)
    for (let n = 0; n < 20_000; n++) before.online(`mqtt:linxi/box-${n}` as typeof source, 'tcp a:1')
    await clock.advance(2_000)
    before.stop()
    const after = createPresence(fake.host, 45_000, 20_000)
    for (let n = 1; n < 20_000; n++) after.online(`mqtt:linxi/box-${n}` as typeof source, 'tcp a:1')
    await clock.advance(46_000)
    expect(fake.signals).toMatchObject([{ sourceId: 'mqtt:linxi/box-0', cause: 'offline' }])
    after.stop()
  })

  test('a trouble that could not be stored is told again, and so is its end', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const presence = createPresence(fake.host, 45_000, 20_000)
    presence.online(source, 'tcp a:1')
    presence.closed(source, 'tcp a:1')
    fake.failing = true
    await clock.advance(60_000)
    fake.failing = false
    await clock.advance(6_000)
    expect(fake.signals).toMatchObject([{ qualifier: 'new' }])
    fake.failing = true
    presence.online(source, 'tcp a:2')
    await clock.advance(20_000)
    fake.failing = false
    await clock.advance(6_000)
    expect(fake.signals).toMatchObject([{ qualifier: 'new' }, { qualifier: 'restore' }])
    presence.stop()
    expect(clock.pending).toBe(0)
  })

  test('a short absence is nothing', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const presence = createPresence(fake.host, 45_000, 20_000)
    presence.online(source, 'tcp a:1')
    presence.closed(source, 'tcp a:1')
    await clock.advance(30_000)
    presence.online(source, 'tcp a:2')
    await clock.advance(60_000)
    expect(fake.signals).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })

  type Source = typeof source
  const boxes = (count: number) => Array.from({ length: count }, (_, n) => `mqtt:linxi/box-${n + 1}` as Source)
  const bench = () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const told = () => fake.signals.map(({ sourceId, qualifier, cause }) => `${sourceId} ${qualifier} ${cause}`)
    return { clock, fake, told, start: () => createPresence(fake.host, 45_000, 20_000) }
  }
  /** Each with an address of its own. */
  const from = (n: number) => `tcp 10.0.${n >> 8}.${n & 255}:50123`

  test('a cut that takes a crowd at once is one trouble of the line; half of them back ends it, the rest is told later', async () => {
    const { clock, start, told } = bench()
    const presence = start()
    for (const [n, each] of boxes(60).entries()) presence.online(each, from(n))
    await clock.advance(600_000)
    for (const [n, each] of boxes(40).entries()) {
      presence.closed(each, from(n))
      await clock.advance(500)
    }
    await clock.advance(600_000)
    expect(told()).toEqual(['mqtt:line new offline'])
    for (const [n, each] of boxes(19).entries()) presence.online(each, from(n))
    await clock.advance(1)
    expect(told()).toHaveLength(1)
    for (const [n, each] of boxes(39).entries()) presence.online(each, from(n))
    await clock.advance(1)
    expect(told()).toEqual(['mqtt:line new offline', 'mqtt:line restore offline'])
    await clock.advance(60_000)
    expect(told().slice(2)).toEqual(['mqtt:linxi/box-40 new offline'])
    presence.stop()
    expect(clock.pending).toBe(0)
  })

  test('all behind one address are one trouble of it; one alone is its own', async () => {
    const { clock, start, told } = bench()
    const presence = start()
    for (const each of boxes(4)) presence.online(each, 'tcp 10.9.9.9:1')
    for (const [n, each] of boxes(20).slice(4).entries()) presence.online(each, from(n))
    for (const each of boxes(4)) presence.closed(each, 'tcp 10.9.9.9:1')
    presence.closed('mqtt:linxi/box-9' as Source, from(4))
    await clock.advance(46_000)
    expect(told().sort()).toEqual(['mqtt:gateway@10.9.9.9 new offline', 'mqtt:linxi/box-9 new offline'])
    presence.stop()
  })

  test('a restart of ours is no storm: who is late after it is one trouble, an open one is not told again', async () => {
    const { clock, start, told } = bench()
    const first = start()
    for (const [n, each] of boxes(60).entries()) first.online(each, from(n))
    await clock.advance(5_000)
    first.stop()
    const second = start()
    for (const [n, each] of boxes(30).entries()) second.online(each, from(n))
    await clock.advance(300_000)
    expect(told()).toEqual(['mqtt:line new offline'])
    second.stop()
    const third = start()
    for (const [n, each] of boxes(60).entries()) third.online(each, from(n))
    await clock.advance(300_000)
    expect(told()).toEqual(['mqtt:line new offline', 'mqtt:line restore offline'])
    third.stop()
  })

  test('a common trouble that could not be stored is told again', async () => {
    const { clock, fake, start, told } = bench()
    const presence = start()
    for (const [n, each] of boxes(12).entries()) presence.online(each, from(n))
    fake.failing = true
    for (const [n, each] of boxes(12).entries()) presence.closed(each, from(n))
    await clock.advance(60_000)
    expect(told()).toEqual([])
    fake.failing = false
    await clock.advance(6_000)
    expect(told()).toEqual(['mqtt:line new offline'])
    presence.stop()
  })
})
