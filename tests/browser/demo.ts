/** The demo as it is started by hand, gateway and town as processes of their own, on free ports and in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePorts } from '../../gateway/testing/ports.ts'
import { buildOnce, type GatewayProcess, spawnGateway } from '../../gateway/testing/process.ts'
import { buildConsole } from '../../scripts/lib/console-build.ts'
import { askTown, type Kind } from '../../scripts/town/control.ts'
import type { PartName } from '../../scripts/town/town.ts'

export interface DemoOptions {
  /** Empty and writable; configuration, data and evidence go below it. */
  readonly dir: string
  /** Parts of the town; all when left out. */
  readonly only?: readonly PartName[]
  /** Merged over the demo's media settings, e.g. a short pre-roll. */
  readonly media?: { readonly preRollMs?: number; readonly postRollMs?: number }
}

export interface Demo {
  /** By host name: browsers give a page of `localhost` its position and its sound without TLS. */
  readonly url: string
  /** Folder of evidence files, as the gateway writes them. */
  readonly evidenceDir: string
  /** Of a log-in of logins.txt. Throws when there is none. */
  password(login: string): string
  /** Presses the n-th device's button; resolves when the gateway has acknowledged it to the device. */
  press(kind: Kind, n: number): Promise<Record<string, unknown>>
  /** Ends the gateway as SIGTERM does and starts it again over the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const ROOT = resolve(import.meta.dirname, '../..')
const CONFIG = join(ROOT, 'config')

interface Ports {
  readonly control: number
  readonly sip: number
  readonly sips: number
  readonly mqtt: number
  readonly jt808: number
  readonly jt905: number
  readonly dc09: number
  readonly http: number
}

/** Builds the console and the gateway when their sources have changed; rejects, with nothing left running, when a part does not start. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  if (!buildConsole()) throw new Error('the console could not be built; vite says why on standard error')
  await buildOnce()
  const data = join(options.dir, 'data')
  mkdirSync(data, { recursive: true })
  const { ports, configFile, scenarioFile } = await writeFiles(options, data)
  const launch = async (): Promise<GatewayProcess> => {
    const control = `http://127.0.0.1:${ports.control}`
    const args = ['--demo', '--data', data, '--demo-control', control]
    const started = spawnGateway({ dir: options.dir, configFile, ports: { ...ports, webhook: 0, media: 0 } }, args)
    await started.ready
    return started
  }
  let gateway = await launch()
  const town = await startTown(data, scenarioFile, ports, options.only).catch(async error => {
    await gateway.kill('SIGTERM')
    throw error
  })
  return {
    url: `http://localhost:${ports.http}`,
    evidenceDir: join(data, 'evidence'),
    password: login => passwordOf(login, join(data, 'logins.txt')),
    press: (kind, n) => askTown(data, ports.control, '/press', { kind, n }),
    async restart() {
      await gateway.kill('SIGTERM')
      gateway = await launch()
    },
    async stop() {
      await end(town)
      await gateway.kill('SIGTERM')
    }
  }
}

/** The demo's own configuration and scenario with every port exchanged: the multicast, too, stays on the loopback. */
async function writeFiles(options: DemoOptions, data: string) {
  const [
    http = 0,
    mqtt = 0,
    sip = 0,
    jt808 = 0,
    jt905 = 0,
    dc09 = 0,
    media = 0,
    control = 0,
    cameraHttp = 0,
    cameraRtsp = 0,
    discovery = 0,
    exchange = 0,
    sips = 0,
    platform = 0
  ] = await freePorts(14)
  const absolute = (file: string) => resolve(CONFIG, file)
  const demo = parse(readFileSync(absolute('demo.yaml'), 'utf8'))
  const layers = Object.entries(demo.registry.layers as Record<string, string>)
  const registry = {
    file: absolute(demo.registry.file),
    streets: absolute(demo.registry.streets),
    layers: Object.fromEntries(layers.map(([name, file]) => [name, absolute(file)]))
  }
  const address = '127.0.0.1'
  const config = {
    ...demo,
    registry,
    storage: { dir: data },
    http: { address, port: http, httpsPort: 0 },
    media: { workers: 1, basePort: media, ...options.media },
    log: { level: 'warn' },
    adapters: {
      mqtt: { address, port: mqtt, tlsPort: -1 },
      sip: {
        ...{ address, port: sip, tlsPort: sips, hearPort: 0, rtpPorts: { from: 0, to: 0 } },
        trunks: [{ name: 'town', address, port: exchange, maxPlaced: 30 }],
        serviceNumbers: demo.adapters.sip.serviceNumbers
      },
      jt808: { address, port: jt808, udpPort: jt808 },
      jt905: { address, port: jt905, udpPort: jt905, trusted: [address] },
      dc09: { address, port: dc09, udpPort: dc09 },
      webhook: { address, port: 0, tlsPort: -1 },
      onvif: { interfaces: [address], discoveryPort: discovery, probeIntervalMs: 2_000, probeWindowMs: 1_000 }
    }
  }
  const scenario = parse(readFileSync(absolute('scenarios/town.yaml'), 'utf8'))
  const town = {
    ...scenario,
    registry: absolute(join('scenarios', scenario.registry)),
    streets: absolute(join('scenarios', scenario.streets)),
    loops: absolute(join('scenarios', scenario.loops)),
    ports: { control, cameraHttp, cameraRtsp, discovery, exchange, platform }
  }
  const configFile = join(options.dir, 'gateway.yaml')
  const scenarioFile = join(options.dir, 'town.yaml')
  writeFileSync(configFile, stringify(config))
  writeFileSync(scenarioFile, stringify(town))
  return { configFile, scenarioFile, ports: { http, mqtt, sip, sips, jt808, jt905, dc09, control } }
}

async function startTown(
  data: string,
  scenario: string,
  ports: Ports,
  only: readonly PartName[] | undefined
): Promise<ChildProcess> {
  const flags = {
    data,
    scenario,
    port: ports.http,
    mqtt: ports.mqtt,
    sip: ports.sip,
    sips: ports.sips,
    jt808: ports.jt808,
    jt905: ports.jt905,
    dc09: ports.dc09
  }
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
  if (only) args.push('--only', only.join(','))
  const child = spawn(process.execPath, [join(ROOT, 'scripts/simulate.ts'), 'run', ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc']
  })
  let words = ''
  child.stderr?.on('data', chunk => {
    words = (words + String(chunk)).slice(-4_000)
  })
  const { promise, resolve: ready, reject } = Promise.withResolvers<ChildProcess>()
  child.once('message', () => ready(child))
  child.once('exit', code => reject(new Error(`the town ended with ${code}: ${words}`)))
  return promise
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise(resolved => child.once('exit', resolved))
  child.kill('SIGTERM')
  await gone
}

function passwordOf(login: string, file: string): string {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find(each => each.startsWith(`${login} `))
  const password = line?.split(/\s+/)[1]
  if (!password) throw new Error(`${file} has no log-in ${login}`)
  return password
}
