/** Positions cross the edge once: behind the host everything is on WGS-84. */
import { expect, test } from 'vitest'
import { id, type SourceId } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { Signal } from '../core/signal.ts'
import { settle } from '../testing/fake-clock.ts'
import { silentLog, systemTestClock } from '../testing/fake-host.ts'
import { sampleSignal } from '../testing/samples.ts'
import { createHost, type HostDeps } from './adapter-host.ts'
import { createNotices } from './notices.ts'

const TAXI = id<SourceId>('jt808:013900000007')
/** The same crossing on both grids: in this region GCJ-02 lies some 450 m off. */
const ON_GCJ: GeoPoint = { lat: 27.033, lon: 119.613, datum: 'gcj02' }

function openHost(deps: Partial<HostDeps>) {
  return createHost({
    name: 'jt808',
    clock: systemTestClock,
    log: silentLog,
    accept: async () => ({ seq: 1, duplicate: false }),
    remember: async () => {},
    remembered: new Map(),
    known: () => true,
    kindOf: () => undefined,
    knowsCamera: () => true,
    credential: async () => undefined,
    sighted: () => {},
    position: () => {},
    camera: () => {},
    cameraEvent: () => {},
    reject: () => {},
    counted: () => {},
    ...deps
  })
}

test('a line that cannot listen is on the floor until it does, or the adapter starts anew', () => {
  const notices = createNotices(systemTestClock, () => {})
  const { host, restarted } = openHost({ name: 'sip', notices })
  const tcp = { protocol: 'tcp', address: '0.0.0.0', port: 5060, setting: 'adapters.sip.port' } as const
  const tls = { ...tcp, protocol: 'tls', port: 5061, setting: 'adapters.sip.tlsPort' } as const
  for (const line of [tcp, tls]) host.notListening?.(line, 'PORT_TAKEN')
  const data = { adapter: 'sip', protocol: 'TCP', port: 5060, setting: 'adapters.sip.port', error: 'PORT_TAKEN' }
  expect(notices.all()).toMatchObject([{ code: 'lineShut', level: 'warning', data }, { code: 'lineShut' }])
  host.listening({ ...tcp, protocol: 'udp' })
  expect(notices.all()).toHaveLength(2)
  host.listening(tcp)
  expect(notices.all().map(each => each.data.protocol)).toEqual(['TLS'])
  restarted()
  expect(notices.all()).toEqual([])
})

test('it is ready when every line that it has announced listens or is said not to, else at the first', async () => {
  const line = (protocol: 'udp' | 'tcp' | 'tls') =>
    ({ protocol, address: '0.0.0.0', port: 5060, setting: 'adapters.sip.port' }) as const
  const isReady = async ({ ready }: ReturnType<typeof openHost>) => {
    const state = { ready: false }
    void ready.then(() => {
      state.ready = true
    })
    await settle()
    return state.ready
  }
  const view = openHost({ name: 'sip' })
  view.host.expecting?.(3)
  view.host.listening(line('udp'))
  view.host.notListening?.(line('tls'), 'PORT_TAKEN')
  view.host.notListening?.(line('tls'), 'PORT_TAKEN')
  expect(await isReady(view)).toBe(false)
  view.host.listening(line('tcp'))
  expect(await isReady(view)).toBe(true)
  const plain = openHost({})
  expect(await isReady(plain)).toBe(false)
  plain.host.listening(line('tcp'))
  expect(await isReady(plain)).toBe(true)
})

test('a device that speaks GCJ-02 is stored and shown where it is', async () => {
  const accepted: Signal[] = []
  const positions: GeoPoint[] = []
  const { host } = openHost({
    accept: async signal => {
      accepted.push(signal)
      return { seq: 1, duplicate: false }
    },
    position: (_source, position) => positions.push(position.point)
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
