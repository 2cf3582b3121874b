/** What the benches `storm` and `boxes` share: a gateway with these sources, all connected, each pressing once, and one console that watches. */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { createUsers } from '../../../gateway/access/users.ts'
import { openReadOnly } from '../../../gateway/storage/sqlite/open.ts'
import { openSqliteStore } from '../../../gateway/storage/sqlite/store.ts'
import { systemClock } from '../../../gateway/supervise/clock.ts'
import { type ConsoleClient, logIn } from '../../../gateway/testing/console-client.ts'
import type { ProcessSetup } from '../../../gateway/testing/process.ts'
import { until } from '../../../gateway/testing/wait.ts'
import { buildGateway } from '../../lib/gateway-build.ts'
import { percentile } from '../kit.ts'
import { cpuMs, rssMb } from './proc.ts'
import { boxName, phoneNumber, taxiPhone } from './source-names.ts'
import type { StormMessage, StormOrder, StormPress } from './storm-load.ts'

export interface StormSize {
  readonly boxes: number
  readonly taxis: number
  readonly phones: number
  /** They press within so many seconds. */
  readonly seconds: number
}

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

function registry({ boxes, taxis, phones }: StormSize): object {
  const sources = [
    ...many(boxes, n => ({ id: `mqtt:linxi/${boxName(n)}`, kind: 'alarmBox', subject: 'premises' })),
    ...many(phones, n => ({ id: `sip:${phoneNumber(n)}`, kind: 'panicPhone', subject: 'household' })),
    ...many(taxis, n => ({ id: `jt808:${taxiPhone(n)}`, kind: 'taxi', subject: 'vehicle' }))
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
async function prepareStore(dir: string, password: string, boxes: number): Promise<string> {
  const store = await openSqliteStore({ dir })
  const audit = { atMs: 0, who: 'bench', action: 'deviceCredential', outcome: 'done' as const }
  const keys = many(boxes, n => `linxi/${boxName(n)}`)
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
function allFromHere(setup: ProcessSetup, sources: number): void {
  const config = parse(readFileSync(setup.configFile, 'utf8')) as { adapters: Record<string, object> }
  Object.assign(config.adapters.mqtt ?? {}, { maxPerAddress: sources })
  Object.assign(config.adapters.jt808 ?? {}, { maxConnections: sources, maxConnectionsPerAddress: sources })
  writeFileSync(setup.configFile, stringify(config))
}

export function told(child: ChildProcess, kind: StormMessage['kind']): Promise<StormMessage> {
  return new Promise((resolve, reject) => {
    child.on('message', message => (message as StormMessage).kind === kind && resolve(message as StormMessage))
    child.once('exit', code => reject(new Error(`the sources of the storm ended with ${code}`)))
  })
}

export interface Storm {
  readonly stored: number
  readonly presses: readonly StormPress[]
  readonly lateMs: number
  readonly seenAt: ReadonlyMap<string, number>
  readonly double: number
  readonly feedFaults: number
  readonly idleMb: number
  readonly peakMb: number
  readonly cpuPercent: number
}

async function rage(
  setup: ProcessSetup,
  pid: number,
  size: StormSize,
  password: string,
  login: string
): Promise<Omit<Storm, 'stored'>> {
  const { http, mqtt: mqttPort, sip: sipPort, jt808: jt808Port } = setup.ports
  const order = { mqttPort, sipPort, jt808Port, password, pressWithinMs: size.seconds * 1_000, giveUpMs: 60_000 }
  const orders: StormOrder[] = [
    { ...order, boxes: size.boxes, phones: 0, taxis: 0 },
    { ...order, boxes: 0, phones: size.phones, taxis: size.taxis }
  ].filter(({ boxes, phones, taxis }) => boxes + phones + taxis > 0)
  const loads = orders.map(() => fork(join(import.meta.dirname, 'storm-load.ts')))
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
  await until(
    'every incident is on the console',
    () => opened().length >= size.boxes + size.phones + size.taxis,
    60_000
  ).catch(() => {})
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

/** Builds and runs what is installed; throws where `verify` finds a violation afterwards. */
export async function runStorm(size: StormSize): Promise<Storm> {
  await buildGateway()
  const { prepareProcess, runCommand, spawnGateway } = await import('../../../gateway/testing/process.ts')
  const dir = mkdtempSync(join(tmpdir(), 'storm-'))
  try {
    const password = randomBytes(12).toString('hex')
    const setup = await prepareProcess(dir, registry(size), { log: { level: 'error' } })
    allFromHere(setup, size.boxes + size.phones + size.taxis)
    const login = await prepareStore(join(dir, 'data'), password, size.boxes)
    const gateway = spawnGateway(setup)
    await gateway.ready
    const storm = await rage(setup, gateway.pid, size, password, login).finally(() => gateway.kill('SIGTERM'))
    const verified = await runCommand(['verify', '--config', setup.configFile])
    if (verified.code !== 0) throw new Error(`verify found violations:\n${verified.output}`)
    return { ...storm, stored: storedPresses(join(dir, 'data')) }
  } finally {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What both benches say of a storm. */
export function figuresOf(storm: Storm): Record<string, number> {
  const acknowledged = storm.presses.filter(press => press.acknowledgedAtMs !== undefined)
  const took = acknowledged.map(p => (p.acknowledgedAtMs ?? 0) - p.atMs)
  const seen = storm.presses.map(p => (storm.seenAt.get(p.source) ?? Number.NaN) - p.atMs).filter(Number.isFinite)
  return {
    presses: storm.presses.length,
    notAcknowledged: storm.presses.length - acknowledged.length,
    notStored: storm.presses.length - storm.stored,
    notOnConsole: storm.presses.length - seen.length,
    double: storm.double,
    acknowledgedP50Ms: percentile(took, 50),
    acknowledgedP99Ms: percentile(took, 99),
    acknowledgedMaxMs: percentile(took, 100),
    onConsoleP50Ms: percentile(seen, 50),
    onConsoleP99Ms: percentile(seen, 99),
    feedFaults: storm.feedFaults,
    idleMb: storm.idleMb,
    peakMb: storm.peakMb,
    gatewayCpuPercent: storm.cpuPercent,
    lateLoadMs: storm.lateMs
  }
}
