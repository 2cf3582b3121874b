/** A photo that overtakes its own alarm: it waits for it, is refused only when nothing is on its way, and is never answered for unkept. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { createDeviceEvidence } from './device-evidence.ts'

const found = {
  ...({ kind: 'photo', sourceId: id<never>('jt808:013900000007'), channel: 1, mediaId: 1 } as const),
  ...{ receivedMs: 5, deviceTimeMs: undefined, bytes: Buffer.from('a picture') }
}

function withoutIncident(idle: () => Promise<unknown>) {
  const clock = createFakeClock()
  const refuse = () => Promise.reject(new Error('there is no incident'))
  const incidents = { all: () => [], get: () => undefined, alarmsOf: () => [], ofSource: () => undefined, step: refuse }
  return {
    clock,
    keep: createDeviceEvidence({ clock, log: silentLog, evidenceDir: tempDir('photos'), incidents, idle })
  }
}

test('with every alarm on record and none of this vehicle it is unwanted, and answered as that', async () => {
  expect(await withoutIncident(async () => {}).keep(found)).toBe('noIncident')
})

test('while alarms are on their way nothing is answered: it is sent again', async () => {
  const asked = Promise.withResolvers<void>()
  const { clock, keep } = withoutIncident(() => {
    asked.resolve()
    return new Promise(() => {})
  })
  const outcome = keep(found).then(
    () => 'answered',
    (error: { code?: string }) => error.code
  )
  await asked.promise
  await clock.advance(5_000)
  expect(await outcome).toBe('CONFLICT_RETRY')
})
