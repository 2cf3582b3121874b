/**
 * A storm: 20,000 sources press once each within 10 s (10,000 boxes by MQTT, 4,000 taxis by JT/T 808 over TCP, 6,000 telephones by SIP over
 * UDP), each of a subject of its own, so 20,000 incidents; one console watches. What is installed is measured, without cameras (see clip-storm).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { createUsers } from '../../gateway/access/users.ts'
import { openReadOnly } from '../../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../../gateway/storage/sqlite/store.ts'
import { systemClock } from '../../gateway/supervise/clock.ts'
import { type ConsoleClient, logIn } from '../../gateway/testing/console-client.ts'
import type { ProcessSetup } from '../../gateway/testing/process.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway } from '../lib/gateway-build.ts'
import { option, percentile, report } from './kit.ts'
import { cpuMs, rssMb } from './parts/proc.ts'
import { boxName, phoneNumber, taxiPhone } from './parts/source-names.ts'
import type { StormMessage, StormOrder, StormPress } from './parts/storm-load.ts'

process.env.PINGAN_BUNDLE = '1'
await buildGateway()
const { prepareProcess, runCommand, spawnGateway } = await import('../../gateway/testing/process.ts')

const SECONDS = option('seconds', 10)
/** For a smaller storm on a smaller machine: the three kinds keep their shares. */
const SOURCES = option('sources', 20_000)
const BOXES = Math.round(SOURCES * 0.5)
const TAXIS = Math.round(SOURCES * 0.2)
const PHONES = SOURCES - BOXES - TAXIS

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

function registry(): object {
  const sources = [
    ...many(BOXES, n => ({ id: `mqtt:linxi/${boxName(n)}`, kind: 'alarmBox', subject: 'premises' })),
    ...many(PHONES, n => ({ id: `sip:${phoneNumber(n)}`, kind: 'panicPhone', subject: 'household' })),
    ...many(TAXIS, n => ({ id: `jt808:${taxiPhone(n)}`, kind: 'taxi', subject: 'vehicle' }))
  ]
  const place = (n: number) => ({ lat: 27.027 + (n % 97) / 10_000, lon: 119.609 + (n % 89) / 6_000, datum: 'wgs84' })
  return {
    site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
    groups: [],
    subjects: sources.map((s, n) => ({
      id: `s-${s.id}`,
      kind: s.subject,
      name: s.id,
      address: `街 ${n} 号`,
      position: place(n)
    })),
    sources: sources.map(s => ({ id: s.id, subjectId: `s-${s.id}`, kind: s.kind })),
    cameras: [],
    units: []
  }
}

/** Stores the boxes' log-ins and one operator; the operator's password is returned. */
async function prepareStore(dir: string, password: string): Promise<string> {
  const store = await openSqliteStore({ dir })
  const audit = { atMs: 0, who: 'bench', action: 'deviceCredential', outcome: 'done' as const }
  const keys = many(BOXES, n => `linxi/${boxName(n)}`)
  await Promise.all(
    keys.map(key => store.saveCredential({ adapter: 'mqtt', key, username: key, password }, { ...audit, object: key }))
  )
  const made = await (await createUsers(store, systemClock)).put(
    { login: '10327', name: '林晓', role: 'operator' },
    'command line'
  )
  await store.close()
  return made.password
}

/** All sources come from this one machine: no address is stranger than another here. */
function allFromHere(setup: ProcessSetup): void {
  const config = parse(readFileSync(setup.configFile, 'utf8')) as { adapters: Record<string, object> }
  Object.assign(config.adapters.mqtt ?? {}, { maxPerAddress: SOURCES })
  Object.assign(config.adapters.jt808 ?? {}, { maxConnections: SOURCES, maxConnectionsPerAddress: SOURCES })
  writeFileSync(setup.configFile, stringify(config))
}

function told(child: ChildProcess, kind: StormMessage['kind']): Promise<StormMessage> {
  return new Promise((resolve, reject) => {
    child.on('message', message => (message as StormMessage).kind === kind && resolve(message as StormMessage))
    child.once('exit', code => reject(new Error(`the sources of the storm ended with ${code}`)))
  })
}

interface Storm {
  readonly presses: readonly StormPress[]
  readonly lateMs: number
  readonly seenAt: ReadonlyMap<string, number>
  readonly double: number
  readonly feedFaults: number
  readonly idleMb: number
  readonly peakMb: number
  readonly cpuPercent: number
}

async function rage(setup: ProcessSetup, pid: number, password: string, login: string): Promise<Storm> {
  const { http, mqtt: mqttPort, sip: sipPort, jt808: jt808Port } = setup.ports
  const order = { mqttPort, sipPort, jt808Port, password, pressWithinMs: SECONDS * 1_000, giveUpMs: 60_000 }
  const orders: StormOrder[] = [
    { ...order, boxes: BOXES, phones: 0, taxis: 0 },
    { ...order, boxes: 0, phones: PHONES, taxis: TAXIS }
  ]
  const loads = orders.map(() => fork(join(import.meta.dirname, 'parts', 'storm-load.ts')))
  const ready = loads.map(load => told(load, 'ready'))
  for (const [n, load] of loads.entries()) load.send(orders[n] as StormOrder)
  await Promise.all(ready)
  const console = await logIn(`http://127.0.0.1:${http}`, '10327', login, 3)
  await console.connect()
  const idleMb = rssMb(pid)
  let peakMb = idleMb
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, rssMb(pid))
  }, 100)
  const cpuBefore = cpuMs(pid)
  const startMs = performance.now()
  const done = loads.map(load => told(load, 'done'))
  for (const load of loads) load.send('go')
  const ends = (await Promise.all(done)) as Extract<StormMessage, { kind: 'done' }>[]
  const opened = () => opensOf(console)
  await until('every incident is on the console', () => opened().length >= SOURCES, 60_000).catch(() => {})
  clearInterval(sampling)
  const cpuPercent = ((cpuMs(pid) - cpuBefore) / (performance.now() - startMs)) * 100
  const seenAt = new Map<string, number>()
  for (const { source, atMs } of opened()) if (!seenAt.has(source)) seenAt.set(source, atMs)
  const double = opened().length - seenAt.size
  console.close()
  for (const load of loads) load.disconnect()
  return {
    presses: ends.flatMap(end => end.presses),
    lateMs: Math.max(...ends.map(end => end.lateMs)),
    seenAt,
    double,
    feedFaults: console.faults.length,
    idleMb,
    peakMb,
    cpuPercent
  }
}

function opensOf(console: ConsoleClient): { readonly source: string; readonly atMs: number }[] {
  return console.bodies.flatMap(({ body, atMs }) =>
    body.type === 'incident' && body.incident.version === 1 ? [{ source: body.incident.subject.name, atMs }] : []
  )
}

function storedPresses(dir: string): number {
  const db = openReadOnly(dir)
  const { n } = db.prepare('SELECT count(*) AS n FROM signals').get() as { n: number }
  db.close()
  return n
}

const dir = mkdtempSync(join(tmpdir(), 'storm-'))
try {
  const password = randomBytes(12).toString('hex')
  const setup = await prepareProcess(dir, registry(), { log: { level: 'error' } })
  allFromHere(setup)
  const login = await prepareStore(join(dir, 'data'), password)
  const gateway = spawnGateway(setup)
  await gateway.ready
  const storm = await rage(setup, gateway.pid, password, login).finally(() => gateway.kill('SIGTERM'))
  const verified = await runCommand(['verify', '--config', setup.configFile])
  if (verified.code !== 0) throw new Error(`verify found violations:\n${verified.output}`)
  print(storm, storedPresses(join(dir, 'data')))
} finally {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}
process.exit()

function print(storm: Storm, stored: number): void {
  const acknowledged = storm.presses.filter(press => press.acknowledgedAtMs !== undefined)
  const took = (protocol: string) =>
    acknowledged.filter(p => p.source.startsWith(protocol)).map(p => (p.acknowledgedAtMs ?? 0) - p.atMs)
  const seen = storm.presses.map(p => (storm.seenAt.get(p.source) ?? Number.NaN) - p.atMs).filter(Number.isFinite)
  report({
    bench: 'storm',
    figures: {
      presses: storm.presses.length,
      notAcknowledged: storm.presses.length - acknowledged.length,
      notStored: storm.presses.length - stored,
      notOnConsole: storm.presses.length - seen.length,
      double: storm.double,
      acknowledgedP50Ms: percentile(took(''), 50),
      acknowledgedP99Ms: percentile(took(''), 99),
      acknowledgedMaxMs: percentile(took(''), 100),
      mqttP99Ms: percentile(took('mqtt'), 99),
      jt808P99Ms: percentile(took('jt808'), 99),
      sipP99Ms: percentile(took('sip'), 99),
      onConsoleP50Ms: percentile(seen, 50),
      onConsoleP99Ms: percentile(seen, 99),
      callsAnswered: storm.presses.filter(press => press.answered).length,
      feedFaults: storm.feedFaults,
      idleMb: storm.idleMb,
      peakMb: storm.peakMb,
      gatewayCpuPercent: storm.cpuPercent,
      lateLoadMs: storm.lateMs
    },
    goals: {
      presses: { min: SOURCES },
      notAcknowledged: { max: 0 },
      notStored: { max: 0 },
      notOnConsole: { max: 0 },
      double: { max: 0 },
      acknowledgedP99Ms: { max: 2_000 },
      onConsoleP99Ms: { max: 2_000 },
      peakMb: { max: 500 },
      feedFaults: { max: 0 }
    }
  })
}
