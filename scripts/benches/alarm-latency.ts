/**
 * DeliveryLatency under load: 100 alarms a second for 30 s from MQTT, SIP and JT/T 808 together, each a new incident with its recordings,
 * while 16 tiles are live. DeliveryLatency is frame received → message at a console's WebSocket, durable on the way; `fromPress…` begins
 * before the device writes its frame, so it holds the devices' own delays on the shared cores too.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import WebSocket from 'ws'
import { createUsers } from '../../gateway/access/users.ts'
import type { Ticket } from '../../gateway/core/wire.ts'
import { openSqliteStore } from '../../gateway/storage/sqlite/store.ts'
import { systemClock } from '../../gateway/supervise/clock.ts'
import { type ConsoleClient, logIn } from '../../gateway/testing/console-client.ts'
import type { ProcessSetup } from '../../gateway/testing/process.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway } from '../lib/gateway-build.ts'
import { percentile, report } from './kit.ts'
import type { LoadMessage, LoadOrder } from './parts/alarm-load.ts'
import { cpuMs } from './parts/proc.ts'
import { boxName, phoneNumber, taxiPhone } from './parts/source-names.ts'

// What is installed is measured, not the sources.
await buildGateway()
const { prepareProcess, runCommand, spawnGateway } = await import('../../gateway/testing/process.ts')

const RATE = 100
const SECONDS = 30
const TILES = 16
const CAMERAS = 18
const EACH = (RATE * SECONDS) / 3

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
const place = (n: number) => ({ lat: 27.027 + (n % 97) / 10_000, lon: 119.609 + (n % 89) / 6_000, datum: 'wgs84' })

function registry(rtspPort: number): object {
  const subject = (source: string, kind: string, n: number) => ({
    id: `s-${source}`,
    kind,
    name: source,
    address: `街 ${n} 号`,
    position: place(n)
  })
  const sources = [
    ...many(EACH, n => ({ id: `mqtt:linxi/${boxName(n)}`, kind: 'alarmBox', subject: 'premises' })),
    ...many(EACH, n => ({ id: `sip:${phoneNumber(n)}`, kind: 'panicPhone', subject: 'household' })),
    ...many(EACH, n => ({ id: `jt808:${taxiPhone(n)}`, kind: 'taxi', subject: 'vehicle' }))
  ]
  return {
    site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
    groups: [],
    subjects: sources.map((s, n) => subject(s.id, s.subject, n)),
    sources: sources.map(s => ({ id: s.id, subjectId: `s-${s.id}`, kind: s.kind })),
    cameras: many(CAMERAS, n => ({
      id: `camera-${n + 1}`,
      name: `相机 ${n + 1}`,
      position: place(n * 5),
      ownership: 'public',
      credential: 'cameras',
      streams: {
        main: { url: `rtsp://127.0.0.1:${rtspPort}/camera/${n + 1}/main` },
        sub: { url: `rtsp://127.0.0.1:${rtspPort}/camera/${n + 1}/sub` }
      }
    })),
    units: []
  }
}

/** Stores log-ins of devices and one operator; the operator's password is returned. */
async function prepareStore(dir: string, password: string): Promise<string> {
  const store = await openSqliteStore({ dir })
  const audit = (object: string) => ({
    atMs: 0,
    who: 'bench',
    action: 'deviceCredential',
    object,
    outcome: 'done' as const
  })
  const keys = many(EACH, n => `linxi/${boxName(n)}`)
  await Promise.all(
    keys.map(key => store.saveCredential({ adapter: 'mqtt', key, username: key, password }, audit(key)))
  )
  await store.saveCredential({ adapter: 'onvif', key: 'cameras', username: 'cameras', password }, audit('cameras'))
  const made = await (await createUsers(store, systemClock)).put(
    { login: '10327', name: '林晓', role: 'operator' },
    'command line'
  )
  await store.close()
  return made.password
}

/** 16 live tiles as browsers would have them; counts what arrives. */
async function openTiles(console: ConsoleClient): Promise<{ fragments: number; close(): void }> {
  const tiles = { fragments: 0, close: () => sockets.forEach(socket => void socket.terminate()) }
  const sockets: WebSocket[] = []
  for (let n = 1; n <= TILES; n++) {
    const { port, path, ticket } = (await (
      await console.post(`/api/cameras/camera-${n}/ticket`, { stream: 'sub' })
    ).json()) as Ticket
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    socket.on('error', () => {})
    socket.on('open', () => socket.send(JSON.stringify({ ticket })))
    socket.on('message', (_data, binary) => {
      if (binary) tiles.fragments += 1
    })
    sockets.push(socket)
  }
  return tiles
}

function child(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return fork(join(import.meta.dirname, 'parts', file), [...args], { env: { ...process.env, ...env } })
}

const message = <T>(from: ChildProcess, match: (m: T) => boolean): Promise<T> =>
  new Promise((resolve, reject) => {
    const take = (m: unknown) => {
      if (!match(m as T)) return
      from.off('message', take)
      resolve(m as T)
    }
    from.on('message', take)
    from.once('exit', code => reject(new Error(`a bench process ended with ${code}`)))
  })

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'alarm-latency-'))
  const password = randomBytes(12).toString('hex')
  const cameras = child('camera-process.ts', [String(CAMERAS)], { BENCH_CAMERA_PASSWORD: password })
  const load = child('alarm-load.ts')
  try {
    const { rtspPort } = await message<{ rtspPort: number }>(cameras, m => m.rtspPort !== undefined)
    const setup = await prepareProcess(dir, registry(rtspPort), { log: { level: 'error' } })
    const login = await prepareStore(join(dir, 'data'), password)
    const gateway = spawnGateway(setup)
    await gateway.ready
    try {
      await measure(setup, gateway.pid, load, password, login)
    } finally {
      await gateway.kill('SIGTERM')
    }
    const verified = await runCommand(['verify', '--config', setup.configFile])
    if (verified.code !== 0) throw new Error(`verify found violations:\n${verified.output}`)
  } finally {
    cameras.disconnect()
    load.disconnect()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function measure(setup: ProcessSetup, pid: number, load: ChildProcess, password: string, login: string) {
  const console = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10327', login, 3)
  await console.connect()
  const tiles = await openTiles(console)
  await until('all tiles are live', () => tiles.fragments > TILES * 30, 30_000)
  const order: LoadOrder = {
    mqttPort: setup.ports.mqtt,
    sipPort: setup.ports.sip,
    jt808Port: setup.ports.jt808,
    password,
    boxes: EACH,
    phones: EACH,
    taxis: EACH,
    ratePerS: RATE
  }
  const ready = message<LoadMessage>(load, m => m.kind === 'ready')
  load.send(order)
  await ready
  const pressedAt = new Map<string, number>()
  load.on('message', m => {
    const told = m as LoadMessage
    if (told.kind === 'pressed') pressedAt.set(told.source, told.atMs)
  })
  const fragmentsBefore = tiles.fragments
  const cpuBefore = cpuMs(pid)
  const startMs = performance.now()
  const done = message<Extract<LoadMessage, { kind: 'done' }>>(load, m => m.kind === 'done')
  load.send('go')
  const { late, acknowledged } = await done
  const seconds = (performance.now() - startMs) / 1000
  const opened = () => console.bodies.filter(b => b.body.type === 'incident' && b.body.incident.version === 1)
  await until('every alarm is on the console', () => opened().length >= pressedAt.size, 20_000).catch(() => {})

  const latencies: Record<'mqtt' | 'sip' | 'jt808', number[]> = { mqtt: [], sip: [], jt808: [] }
  const fromPress: number[] = []
  const seen = new Map<string, number>()
  for (const { body, atMs } of opened()) {
    if (body.type !== 'incident') continue
    const source = body.incident.subject.name
    seen.set(source, (seen.get(source) ?? 0) + 1)
    const sentMs = pressedAt.get(source)
    if (sentMs !== undefined) fromPress.push(atMs - sentMs)
    if (sentMs !== undefined)
      latencies[source.slice(0, source.indexOf(':')) as keyof typeof latencies].push(atMs - body.incident.openedAtMs)
  }
  const all = Object.values(latencies).flat()
  tiles.close()
  console.close()
  report({
    bench: 'alarm-latency',
    figures: {
      alarms: pressedAt.size,
      alarmsPerS: pressedAt.size / seconds,
      p50Ms: percentile(all, 50),
      p99Ms: percentile(all, 99),
      maxMs: percentile(all, 100),
      fromPressP50Ms: percentile(fromPress, 50),
      fromPressP99Ms: percentile(fromPress, 99),
      mqttP99Ms: percentile(latencies.mqtt, 99),
      sipP99Ms: percentile(latencies.sip, 99),
      jt808P99Ms: percentile(latencies.jt808, 99),
      acknowledged,
      lost: [...pressedAt.keys()].filter(source => !seen.has(source)).length,
      double: [...seen.values()].filter(n => n > 1).length,
      feedFaults: console.faults.length,
      lateLoad: late,
      tileFramesPerS: (tiles.fragments - fragmentsBefore) / seconds / TILES,
      gatewayCpuPercent: (cpuMs(pid) - cpuBefore) / seconds / 10
    },
    goals: {
      alarms: { min: RATE * SECONDS },
      p99Ms: { max: 50 },
      lost: { max: 0 },
      double: { max: 0 },
      feedFaults: { max: 0 },
      tileFramesPerS: { min: 10 }
    }
  })
}

await main()
process.exit()
