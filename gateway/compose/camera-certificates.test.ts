/** The first certificate of a camera is remembered over restarts, with an audit line, and never replaced. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { StreamHealth } from '../core/media.ts'
import type { Store } from '../core/store.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { createCameraCertificates } from './camera-certificates.ts'

const CAM = id<CameraId>('cam-1')
const clock = createFakeClock()

function media() {
  let listener: (health: StreamHealth) => void = () => undefined
  return {
    onHealth(given: typeof listener) {
      listener = given
      return () => undefined
    },
    see: (newCertificate?: string) => listener({ cameraId: CAM, state: 'live', newCertificate })
  }
}

it('remembers the first certificate seen, once, over a restart', async () => {
  const dir = tempDir('certificates')
  const store = await openSqliteStore({ dir })
  const certificates = await createCameraCertificates({ store, clock, log: silentLog })
  const camera = media()
  let changes = 0
  certificates.learn(camera, () => changes++)
  camera.see()
  for (const certificate of ['AA:BB', 'AA:BB', 'CC:DD']) camera.see(certificate)
  await until('stored', () => changes === 1)
  expect(await store.auditTail(10)).toMatchObject([
    { action: 'camera.trustCertificate', object: 'cam-1', detail: { sha256: 'AA:BB' } }
  ])
  await store.close()
  const reopened = await openSqliteStore({ dir })
  const again = await createCameraCertificates({ store: reopened, clock, log: silentLog })
  expect(again.of(CAM)).toBe('AA:BB')
  await reopened.close()
})

it('tries again with the next health where the store refuses', async () => {
  let broken = true
  const store: Pick<Store, 'documents' | 'commit'> = {
    documents: async () => [],
    async commit() {
      if (broken) throw new Error('full')
      return { ok: true, feed: [] }
    }
  }
  const certificates = await createCameraCertificates({ store, clock, log: silentLog })
  const camera = media()
  let changes = 0
  certificates.learn(camera, () => changes++)
  camera.see('AA:BB')
  await until('refused', () => certificates.of(CAM) === undefined)
  broken = false
  camera.see('AA:BB')
  await until('stored', () => changes === 1)
  expect(certificates.of(CAM)).toBe('AA:BB')
})
