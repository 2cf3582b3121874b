/** Positions cross the edge once: behind the host everything is on WGS-84. */
import { expect, test } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Signal } from '../core/signal.ts'
import { silentLog, systemTestClock } from '../testing/fake-host.ts'
import { sampleSignal } from '../testing/samples.ts'
import { createHost } from './adapter-host.ts'

const TAXI = id<SourceId>('jt808:013900000007')
/** The same crossing on both grids: in this region GCJ-02 lies some 450 m off. */
const ON_GCJ: GeoPoint = { lat: 27.033, lon: 119.613, datum: 'gcj02' }

test('a device that speaks GCJ-02 is stored and shown where it is', async () => {
  const accepted: Signal[] = []
  const positions: GeoPoint[] = []
  const { host } = createHost({
    name: 'jt808',
    clock: systemTestClock,
    log: silentLog,
    accept: async signal => {
      accepted.push(signal)
      return { seq: 1, duplicate: false }
    },
    remember: async () => {},
    remembered: new Map(),
    known: () => true,
    kindOf: () => undefined,
    knowsCamera: () => true,
    credential: async () => undefined,
    sighted: () => {},
    position: (_source, position) => positions.push(position.point),
    camera: () => {},
    cameraEvent: () => {},
    reject: () => {},
    counted: () => {}
  })
  await host.accept(sampleSignal({ sourceId: TAXI, position: ON_GCJ }))
  host.position(TAXI, { point: ON_GCJ, atMs: 0 })
  for (const point of [accepted[0]?.position, positions[0]]) {
    expect(point?.datum).toBe('wgs84')
    const off = point ? distanceM(point, { ...ON_GCJ, datum: 'wgs84' }) : 0
    expect(off).toBeGreaterThan(300)
    expect(off).toBeLessThan(700)
  }
  await host.accept(sampleSignal({ sourceId: TAXI, position: { ...ON_GCJ, datum: 'wgs84' } }))
  expect(accepted[1]?.position).toEqual({ ...ON_GCJ, datum: 'wgs84' })
})
