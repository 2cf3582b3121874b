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
    const presence = createPresence(fake.host, 45_000)
    presence.online(source, 'tcp a:1')
    presence.status(source, 'tcp a:1', 'offline')
    presence.closed(source, 'tcp a:1')
    await clock.advance(44_000)
    expect(fake.signals).toHaveLength(0)
    await clock.advance(2_000)
    expect(fake.signals).toMatchObject([{ condition: 'fault', cause: 'offline', qualifier: 'new' }])
    const restarted = createPresence(fake.host, 45_000)
    restarted.online(source, 'tcp a:2')
    await clock.advance(1)
    expect(fake.signals.at(-1)).toMatchObject({ cause: 'offline', qualifier: 'restore' })
    expect(fake.signals).toHaveLength(2)
  })

  test('a source that was here before a restart and does not come back is missed', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const before = createPresence(fake.host, 45_000)
    before.online(source, 'tcp a:1')
    before.online('mqtt:linxi/box-04' as typeof source, 'tcp a:3')
    await clock.advance(2_000)
    before.stop()
    const after = createPresence(fake.host, 45_000)
    after.online('mqtt:linxi/box-04' as typeof source, 'tcp a:4')
    await clock.advance(46_000)
    expect(fake.signals).toMatchObject([{ sourceId: source, cause: 'offline', qualifier: 'new' }])
    after.stop()
    const again = createPresence(fake.host, 45_000)
    again.online('mqtt:linxi/box-04' as typeof source, 'tcp a:4')
    await clock.advance(60_000)
    expect(fake.signals).toHaveLength(1)
    again.online(source, 'tcp a:5')
    await clock.advance(1)
    expect(fake.signals.at(-1)).toMatchObject({ sourceId: source, qualifier: 'restore' })
  })

  test('a trouble that could not be stored is told again, and so is its end', async () => {
    const clock = createFakeClock()
    const fake = createFakeHost({ clock })
    const presence = createPresence(fake.host, 45_000)
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
    const presence = createPresence(fake.host, 45_000)
    presence.online(source, 'tcp a:1')
    presence.closed(source, 'tcp a:1')
    await clock.advance(30_000)
    presence.online(source, 'tcp a:2')
    await clock.advance(60_000)
    expect(fake.signals).toHaveLength(0)
    expect(clock.pending).toBe(0)
  })
})
