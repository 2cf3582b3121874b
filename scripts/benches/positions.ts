/**
 * JT/T 808: 50,000 positions a second over 10,000 connections, one frame a write, each answered with 0x8001; meanwhile ten alarms a second
 * from the same terminals, frame received → message at a console's WebSocket, durable on the way.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { createUsers } from '../../gateway/access/users.ts'
import { openSqliteStore } from '../../gateway/storage/sqlite/store.ts'
import { systemClock } from '../../gateway/supervise/clock.ts'
import { type ConsoleClient, logIn } from '../../gateway/testing/console-client.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway } from '../lib/gateway-build.ts'
import { option, percentile, report } from './kit.ts'
import type { PositionMessage, PositionOrder } from './parts/position-load.ts'
import { cpuMs, rssMb } from './parts/proc.ts'
import { taxiPhone } from './parts/source-names.ts'

// What is installed is measured, not the sources.
await buildGateway()
const { prepareProcess, spawnGateway } = await import('../../gateway/testing/process.ts')

const CONNECTIONS = option('connections', 10_000)
const RATE = option('rate', 50_000)
const SECONDS = option('seconds', 20)
const PRESSES = SECONDS * 10

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

function registry(): object {
  return {
    site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
    groups: [],
    subjects: many(CONNECTIONS, n => ({
      id: `taxi-${n}`,
      kind: 'vehicle',
      name: `jt808:${taxiPhone(n)}`,
      address: ''
    })),
    sources: many(CONNECTIONS, n => ({ id: `jt808:${taxiPhone(n)}`, subjectId: `taxi-${n}`, kind: 'taxi' })),
    cameras: [],
    units: []
  }
}

async function operator(dir: string): Promise<string> {
  const store = await openSqliteStore({ dir })
  const people = await createUsers(store, systemClock)
  const { password } = await people.put({ login: '10327', name: '林晓', role: 'operator' }, 'command line')
  await store.close()
  return password
}

type Done = Extract<PositionMessage, { kind: 'done' }>
type Told = { readonly [K in PositionMessage['kind']]: Extract<PositionMessage, { kind: K }> }

async function main(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'positions-'))
  const load = fork(join(import.meta.dirname, 'parts', 'position-load.ts'))
  const told = <K extends PositionMessage['kind']>(kind: K): Promise<Told[K]> =>
    new Promise((resolve, reject) => {
      const take = (message: PositionMessage) => message.kind === kind && resolve(message as Told[K])
      load.on('message', message => take(message as PositionMessage))
      load.once('exit', code => reject(new Error(`the load ended with ${code}`)))
    })
  const setup = await prepareProcess(dir, registry(), { log: { level: 'error' } })
  const config = parse(readFileSync(setup.configFile, 'utf8'))
  const limits = { maxConnections: CONNECTIONS + 100, maxConnectionsPerAddress: CONNECTIONS + 100 }
  // Photos and tracking asked of each alarm are another bench's business.
  Object.assign(config.adapters.jt808, { ...limits, photoChannels: [], trackIntervalS: 0 })
  writeFileSync(setup.configFile, stringify(config))
  const password = await operator(join(dir, 'data'))
  const gateway = spawnGateway(setup)
  try {
    await gateway.ready
    const console = await logIn(`http://127.0.0.1:${setup.ports.http}`, '10327', password, 3)
    await console.connect()
    const ready = told('ready')
    const size = { connections: CONNECTIONS, ratePerS: RATE, seconds: SECONDS, presses: PRESSES }
    load.send({ port: setup.ports.jt808, ...size } satisfies PositionOrder)
    await ready
    const pressedAt = new Map<string, number>()
    load.on('message', message => {
      const each = message as PositionMessage
      if (each.kind === 'pressed') pressedAt.set(each.source, each.atMs)
    })
    const idleMb = rssMb(gateway.pid)
    const cpuBefore = cpuMs(gateway.pid)
    const startMs = performance.now()
    const finished = told('done')
    load.send('go')
    const done = await finished
    const cpuPercent = (cpuMs(gateway.pid) - cpuBefore) / ((performance.now() - startMs) / 100)
    await until('every alarm is on the console', () => opened(console).size >= pressedAt.size, 20_000).catch(() => {})
    tellFigures(done, console, pressedAt, { cpuPercent, idleMb, busyMb: rssMb(gateway.pid) })
    console.close()
  } finally {
    load.disconnect()
    await gateway.kill('SIGTERM')
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Source → frame received → console, and when it was there. */
function opened(console: ConsoleClient): ReadonlyMap<string, { readonly latencyMs: number; readonly atMs: number }> {
  const seen = new Map<string, { latencyMs: number; atMs: number }>()
  for (const { body, atMs } of console.bodies)
    if (body.type === 'incident' && body.incident.version === 1)
      seen.set(body.incident.subject.name, { latencyMs: atMs - body.incident.openedAtMs, atMs })
  return seen
}

function tellFigures(
  done: Done,
  console: ConsoleClient,
  pressedAt: ReadonlyMap<string, number>,
  gateway: { readonly cpuPercent: number; readonly idleMb: number; readonly busyMb: number }
): void {
  const seen = opened(console)
  const alarms = [...seen.values()].map(({ latencyMs }) => latencyMs)
  const fromPress = [...pressedAt].flatMap(([source, sentMs]) => {
    const there = seen.get(source)
    return there ? [there.atMs - sentMs] : []
  })
  report({
    bench: 'positions',
    figures: {
      perS: (done.sent * 1_000) / done.tookMs,
      sent: done.sent,
      lost: done.sent - done.answered,
      refused: done.refused,
      cut: done.cut,
      lateLoad: done.late,
      answerP50Ms: percentile(done.latenciesMs, 50),
      answerP99Ms: percentile(done.latenciesMs, 99),
      alarms: pressedAt.size,
      alarmsLost: pressedAt.size - seen.size,
      alarmP50Ms: percentile(alarms, 50),
      alarmP99Ms: percentile(alarms, 99),
      alarmMaxMs: percentile(alarms, 100),
      fromPressP99Ms: percentile(fromPress, 99),
      gatewayCpuPercent: gateway.cpuPercent,
      connectedMb: gateway.idleMb,
      busyMb: gateway.busyMb
    },
    goals: {
      perS: { min: RATE * 0.98 },
      lost: { max: 0 },
      refused: { max: 0 },
      cut: { max: 0 },
      alarmsLost: { max: 0 },
      alarmP99Ms: { max: 50 }
    }
  })
}

await main()
process.exit()
