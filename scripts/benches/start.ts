/** How long the gateway takes until it is ready, on an empty data folder and on one that it knows; and its size with the town running. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway } from '../lib/gateway-build.ts'
import { percentile, report } from './kit.ts'

await buildGateway()
const { freePorts } = await import('../../gateway/testing/ports.ts')
const { spawnGateway } = await import('../../gateway/testing/process.ts')

const ROOT = join(import.meta.dirname, '..', '..')
const STARTS = 5
const TOWN_MS = 60_000
const PRESSES = 60

interface Place {
  readonly dir: string
  readonly configFile: string
  readonly ports: Record<'http' | 'mqtt' | 'sip' | 'jt808' | 'jt905' | 'dc09' | 'webhook' | 'media' | 'control', number>
}

async function prepare(dir: string): Promise<Place> {
  const [http = 0, mqtt = 0, sip = 0, jt808 = 0, jt905 = 0, dc09 = 0, webhook = 0, media = 0, control = 0] =
    await freePorts(9)
  const config = (...names: string[]) => join(ROOT, 'config', ...names)
  const layers = {
    buildings: config('grid', 'buildings.geojson'),
    water: config('grid', 'water.geojson'),
    parks: config('grid', 'parks.geojson')
  }
  const configFile = join(dir, 'gateway.yaml')
  writeFileSync(
    configFile,
    stringify({
      http: { address: '127.0.0.1', port: http, httpsPort: 0 },
      media: { basePort: media },
      storage: { dir: join(dir, 'data') },
      registry: { file: config('scenarios', 'town.registry.yaml'), streets: config('grid', 'streets.geojson'), layers },
      outwards: { allow: ['127.0.0.1/32'] },
      log: { level: 'error' },
      adapters: {
        mqtt: { address: '127.0.0.1', port: mqtt, tlsPort: -1 },
        sip: {
          address: '127.0.0.1',
          port: sip,
          tlsPort: -1,
          hearPort: 0,
          trunks: [{ name: 'town', address: '127.0.0.1' }]
        },
        jt808: { address: '127.0.0.1', port: jt808, udpPort: jt808 },
        jt905: { address: '127.0.0.1', port: jt905, udpPort: jt905, trusted: ['127.0.0.1'] },
        dc09: { address: '127.0.0.1', port: dc09, udpPort: dc09 },
        webhook: { address: '127.0.0.1', port: webhook, tlsPort: -1 }
      }
    })
  )
  return { dir, configFile, ports: { http, mqtt, sip, jt808, jt905, dc09, webhook, media, control } }
}

/** From spawn to its word, ms. */
async function startOnce(place: Place): Promise<number> {
  const startMs = performance.now()
  const gateway = spawnGateway(place, ['--demo'])
  await gateway.ready
  const readyMs = performance.now() - startMs
  await gateway.kill('SIGTERM')
  return readyMs
}

function town(place: Place, ...args: string[]): ChildProcess {
  const { http, mqtt, sip, jt808, jt905, dc09, control } = place.ports
  const ports = { port: http, mqtt, sip, jt808, jt905, dc09, control }
  const options = Object.entries(ports).flatMap(([name, port]) => [`--${name}`, String(port)])
  return spawn(
    process.execPath,
    [join(ROOT, 'scripts', 'simulate.ts'), ...args, '--data', join(place.dir, 'data'), ...options],
    {
      stdio: ['ignore', 'ignore', 'inherit']
    }
  )
}

const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024

/** The main process with the whole town connected and pressing now and then. */
async function memoryWithTown(place: Place): Promise<{ readonly lastMb: number; readonly maxMb: number }> {
  const gateway = spawnGateway(place, ['--demo', '--demo-control', `http://127.0.0.1:${place.ports.control}`])
  await gateway.ready
  const devices = town(place, 'run')
  try {
    const metric = async (name: string) => {
      const text = await (await fetch(`http://127.0.0.1:${place.ports.http}/metrics`)).text()
      return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
    }
    await until('the patrols follow the feed', async () => (await metric('pingan_feed_clients')) >= 6, 60_000)
    town(place, 'press', 'storm', String(PRESSES))
    const samples: number[] = []
    const untilMs = performance.now() + TOWN_MS
    while (performance.now() < untilMs) {
      await new Promise(resolve => setTimeout(resolve, 1_000))
      samples.push(rssMb(gateway.pid))
    }
    return { lastMb: samples.at(-1) ?? Number.NaN, maxMb: Math.max(...samples) }
  } finally {
    devices.kill('SIGTERM')
    await gateway.kill('SIGTERM')
  }
}

const dir = mkdtempSync(join(tmpdir(), 'bench-start-'))
try {
  const place = await prepare(dir)
  const firstMs = await startOnce(place)
  const again: number[] = []
  for (let n = 0; n < STARTS; n++) again.push(await startOnce(place))
  const { lastMb, maxMb } = await memoryWithTown(place)
  report({
    bench: 'start',
    figures: {
      firstReadyMs: firstMs,
      readyP50Ms: percentile(again, 50),
      readyMaxMs: percentile(again, 100),
      rssWithTownMb: lastMb,
      rssMaxMb: maxMb
    },
    goals: { readyMaxMs: { max: 2_000 }, rssWithTownMb: { max: 200 }, rssMaxMb: { max: 200 } }
  })
} finally {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()
