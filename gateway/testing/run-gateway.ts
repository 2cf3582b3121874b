/** Runs a whole gateway in this process, on free ports and a temporary folder, with a small town; the same root as in service. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { stringify } from 'yaml'
import { adapters as allAdapters } from '../../adapters/index.ts'
import { loadConfig } from '../config.ts'
import type { AdapterDefinition } from '../core/adapter.ts'
import { id } from '../core/brand.ts'
import type { Clock } from '../core/ports.ts'
import type { Role } from '../core/wire.ts'
import { type Gateway, type GatewayOptions, startGateway } from '../gateway.ts'
import { systemClock } from '../supervise/clock.ts'
import { createMetrics } from '../supervise/metrics.ts'
import { silentLog } from './fake-host.ts'
import { createFakeMedia, type FakeMedia } from './fake-media.ts'
import { type MoreConfig, withOwn } from './more-config.ts'
import { quickVerify } from './quick-verify.ts'

export interface RunOptions {
  readonly dir: string
  readonly clock?: Clock
  readonly adapters?: readonly AdapterDefinition[]
  readonly registry?: object
  readonly config?: MoreConfig
  readonly media?: GatewayOptions['media']
  /** The built console. */
  readonly consoleDir?: string
  readonly maxPages?: number
}

export interface RunningGateway {
  readonly gateway: Gateway
  readonly media: FakeMedia
  readonly url: string
  /** The bound port of an adapter's or HTTP setting, e.g. `adapters.mqtt.port`. */
  port(setting: string): number
  /** Makes a person and returns the password. */
  person(login: string, role: Role, more?: { readonly unitId?: string; readonly fleetId?: string }): Promise<string>
  /** Stores a device's log-in. */
  device(adapter: string, key: string, password: string): Promise<void>
  stop(): Promise<void>
}

const at = (lat: number, lon: number) => ({ lat, lon, datum: 'wgs84' })

/** Two households of one group, a shop with a box, a taxi, three cameras, two teams. */
export const SMALL_TOWN = {
  site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
  groups: [{ id: 'g1', name: '杏花巷第一组' }],
  subjects: [
    {
      id: 'h1',
      kind: 'household',
      name: '陈桂芳',
      address: '杏花巷 16 号',
      position: at(27.032, 119.612),
      phone: '6650147',
      groupId: 'g1'
    },
    {
      id: 'h2',
      kind: 'household',
      name: '赵国强',
      address: '杏花巷 18 号',
      position: at(27.0321, 119.6121),
      phone: '6650148',
      groupId: 'g1'
    },
    { id: 'shop', kind: 'premises', name: '惠民超市', address: '建设路 208 号', position: at(27.034, 119.614) },
    { id: 'taxi', kind: 'vehicle', name: '闽J·T0637', address: '', fleetId: 'fleet-1' }
  ],
  sources: [
    { id: 'sip:6650147', subjectId: 'h1', kind: 'panicPhone' },
    { id: 'sip:6650148', subjectId: 'h2', kind: 'panicPhone' },
    { id: 'mqtt:linxi/box-03', subjectId: 'shop', kind: 'alarmBox' },
    { id: 'dc09:1021', subjectId: 'shop', kind: 'alarmBox' },
    { id: 'mqtt:linxi/button-01', subjectId: 'h1', kind: 'oneKeyCall' },
    { id: 'jt808:013900000007', subjectId: 'taxi', kind: 'taxi' }
  ],
  cameras: [
    { id: 'c1', name: '杏花巷东口', position: at(27.032, 119.6122), ownership: 'public' },
    { id: 'c2', name: '人民路口', position: at(27.033, 119.613), ownership: 'public' },
    { id: 'c3', name: '惠民超市门口', position: at(27.034, 119.614), ownership: 'private' }
  ],
  units: [
    { id: 'u1', name: '巡防 07 车', unitClass: 'patrol', memberCount: 2, vehicle: 'car', speedKmh: 36 },
    { id: 'u2', name: '骑巡 18 组', unitClass: 'patrol', memberCount: 1, vehicle: 'motorcycle', speedKmh: 28 }
  ]
}

const FREE_PORTS = {
  http: { address: '127.0.0.1', port: 0, httpsPort: 0 },
  media: { basePort: 0, workers: 1 },
  adapters: {
    mqtt: { address: '127.0.0.1', port: 0, tlsPort: -1 },
    sip: { address: '127.0.0.1', port: 0, tlsPort: -1, hearPort: 0, trunks: [{ name: 'test', address: '127.0.0.1' }] },
    jt808: { address: '127.0.0.1', port: 0, udpPort: 0 },
    jt905: { address: '127.0.0.1', port: 0, udpPort: 0 },
    dc09: { address: '127.0.0.1', port: 0, udpPort: 0 },
    webhook: { address: '127.0.0.1', port: 0, tlsPort: -1 },
    onvif: { enabled: false }
  }
}

let certificate: Promise<{ key: string; cert: string }> | undefined

export async function runGateway(options: RunOptions): Promise<RunningGateway> {
  certificate ??= generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256'
  }).then(pems => ({ key: pems.private, cert: pems.cert }))
  const registryFile = join(options.dir, 'registry.yaml')
  writeFileSync(registryFile, stringify(options.registry ?? SMALL_TOWN))
  const configFile = join(options.dir, 'gateway.yaml')
  const definitions = options.adapters ?? allAdapters
  const free: Readonly<Record<string, object>> = FREE_PORTS.adapters
  const chosen = Object.fromEntries(definitions.map(({ name }) => [name, free[name] ?? {}]))
  writeFileSync(
    configFile,
    stringify({
      ...FREE_PORTS,
      storage: { dir: join(options.dir, 'data') },
      registry: { file: registryFile },
      ...options.config,
      adapters: withOwn(chosen, options.config)
    })
  )
  const media = createFakeMedia()
  const gateway = await startGateway({
    config: loadConfig(configFile, definitions),
    adapters: definitions,
    clock: options.clock ?? systemClock,
    log: silentLog,
    metrics: createMetrics(),
    tls: await certificate,
    assetsDir: join(import.meta.dirname, '..', '..', 'adapters'),
    media: options.media ?? (() => media),
    consoleDir: options.consoleDir,
    maxPages: options.maxPages,
    // Its passwords are random; the even work of a log-in took more than what most tests ask for after it.
    verify: quickVerify
  })
  const port = (setting: string): number => {
    const endpoint = gateway.endpoints.find(e => e.setting === setting)
    if (!endpoint) throw new Error(`nothing listens for ${setting}`)
    return endpoint.port
  }
  return {
    gateway,
    media,
    url: `http://127.0.0.1:${port('http.port')}`,
    port,
    async person(login, role, more = {}) {
      const unitId = more.unitId === undefined ? undefined : id<never>(more.unitId)
      const fleetId = more.fleetId === undefined ? undefined : id<never>(more.fleetId)
      return (await gateway.access.putUser({ login, name: `名 ${login}`, role, unitId, fleetId }, 'system')).password
    },
    device: (adapter, key, password) =>
      gateway.store.saveCredential(
        { adapter, key, username: key, password },
        { atMs: 0, who: 'test', action: 'deviceCredential', object: key, outcome: 'done' }
      ),
    stop: () => gateway.stop()
  }
}
