/**
 * The watch floor at scale: 200 consoles and 5,000 patrols connected, 1,000 positions and 50 incidents a second: frame received → message at a
 * console, durable on the way; the nearest of 33,000 units; and the map in Chromium with 50,000 cameras and 33,000 units. The consoles, phones and
 * boxes run on the same machine, so their cost is in the figures. `--only floor|nearest|map` runs one part; its goals alone are judged.
 */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { ProcessSetup } from '../../gateway/testing/process.ts'
import { until } from '../../gateway/testing/wait.ts'
import { buildGateway } from '../lib/gateway-build.ts'
import { type Goal, option, percentile, report } from './kit.ts'
import type { ConsolesCount } from './parts/floor-consoles.ts'
import type { FieldDone, FieldOrder } from './parts/floor-field.ts'
import { type People, preparePeople, unitId } from './parts/floor-people.ts'
import { mapCost } from './parts/map-cost.ts'
import { nearestCost } from './parts/nearest-cost.ts'
import { cpuMs, rssMb } from './parts/proc.ts'
import { boxName } from './parts/source-names.ts'

const CONSOLES = option('consoles', 200)
const PATROLS = option('patrols', 5_000)
const SECONDS = option('seconds', 20)
const POSITIONS_PER_S = option('positions', 1_000)
const PRESSES_PER_S = option('presses', 50)
const UNITS = 33_000
const CAMERAS = 50_000
const BOXES = SECONDS * PRESSES_PER_S
/** Consoles that read every message whole (parts/floor-consoles.ts). */
const READING = Math.ceil(CONSOLES / 10)

interface Part {
  readonly figures: Readonly<Record<string, number>>
  readonly goals: Readonly<Record<string, Goal>>
}

const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

function registry(): object {
  const place = (n: number) => ({ lat: 27.027 + (n % 97) / 10_000, lon: 119.609 + (n % 89) / 6_000, datum: 'wgs84' })
  const name = (n: number) => `mqtt:linxi/${boxName(n)}`
  return {
    site: { code: 'linxi', name: '临溪县', centre: '临溪县监控中心', timeZone: 'Asia/Shanghai' },
    groups: [],
    subjects: many(BOXES, n => ({
      id: `s-${n}`,
      kind: 'premises',
      name: name(n),
      address: `街 ${n} 号`,
      position: place(n)
    })),
    sources: many(BOXES, n => ({ id: name(n), subjectId: `s-${n}`, kind: 'alarmBox' })),
    cameras: [],
    units: many(PATROLS, n => ({
      id: unitId(n),
      name: `巡防 ${n}`,
      unitClass: 'patrol',
      memberCount: 2,
      vehicle: 'foot',
      speedKmh: 5
    }))
  }
}

/** All of them come from this one machine. */
function allFromHere(setup: ProcessSetup): void {
  const config = parse(readFileSync(setup.configFile, 'utf8'))
  Object.assign(config.adapters.mqtt, { maxPerAddress: BOXES + 10 })
  Object.assign(config.http, { maxConnections: 20_000, maxConnectionsPerAddress: 20_000 })
  writeFileSync(setup.configFile, stringify(config))
}

type Child = ReturnType<typeof fork>

function told<T extends { readonly kind: string }>(child: Child, kind: T['kind']): Promise<T> {
  return new Promise((resolve, reject) => {
    const take = (message: unknown) => {
      if ((message as T).kind !== kind) return
      child.off('message', take)
      resolve(message as T)
    }
    child.on('message', take)
    child.once('exit', code => reject(new Error(`a process of the bench ended with ${code}`)))
  })
}

const start = (file: string): Child => fork(join(import.meta.dirname, 'parts', file))
const countOf = (consoles: Child): Promise<ConsolesCount> => {
  const count = told<ConsolesCount>(consoles, 'count')
  consoles.send('count')
  return count
}

async function floor(): Promise<Part> {
  // What is installed is measured, not the sources.
  await buildGateway()
  const { prepareProcess, runCommand, spawnGateway } = await import('../../gateway/testing/process.ts')
  const dir = mkdtempSync(join(tmpdir(), 'floor-'))
  const [consoles, field] = [start('floor-consoles.ts'), start('floor-field.ts')]
  try {
    const setup = await prepareProcess(dir, registry(), { log: { level: 'error' } })
    allFromHere(setup)
    const password = randomBytes(12).toString('hex')
    const size = { consoles: CONSOLES, patrols: PATROLS, boxes: BOXES, password }
    const people = await preparePeople(join(dir, 'data'), size)
    const gateway = spawnGateway(setup)
    await gateway.ready
    let part: Part
    try {
      part = await watch(setup, gateway.pid, people, password, consoles, field)
    } finally {
      await gateway.kill('SIGTERM')
    }
    const verified = await runCommand(['verify', '--config', setup.configFile])
    if (verified.code !== 0) throw new Error(`verify found violations:\n${verified.output}`)
    return part
  } finally {
    for (const child of [consoles, field]) if (child.connected) child.disconnect()
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function watch(
  setup: ProcessSetup,
  pid: number,
  people: People,
  password: string,
  consoles: Child,
  field: Child
): Promise<Part> {
  const { http: httpPort, mqtt: mqttPort } = setup.ports
  const fieldReady = told(field, 'ready')
  const rates = { positionsPerS: POSITIONS_PER_S, pressesPerS: PRESSES_PER_S, seconds: SECONDS }
  field.send({ httpPort, mqttPort, password, tokens: people.patrols, boxes: BOXES, ...rates } satisfies FieldOrder)
  await fieldReady
  const consolesReady = told(consoles, 'ready')
  consoles.send({ port: httpPort, tokens: people.consoles })
  await consolesReady
  const connectedMb = rssMb(pid)
  const before = await countOf(consoles)
  const cpuBefore = cpuMs(pid)
  const startMs = performance.now()
  const finished = told<FieldDone>(field, 'done')
  field.send('go')
  const done = await finished
  const cpuPercent = (cpuMs(pid) - cpuBefore) / ((performance.now() - startMs) / 100)
  const all = done.pressed.length * READING
  await until(
    'every incident on every reading console',
    async () => (await countOf(consoles)).seen.length >= all,
    30_000
  ).catch(() => undefined)
  return {
    figures: figuresOf(done, before, await countOf(consoles), { cpuPercent, connectedMb, busyMb: rssMb(pid) }),
    goals: FLOOR_GOALS
  }
}

const FLOOR_GOALS: Part['goals'] = {
  consoles: { min: CONSOLES },
  patrols: { min: PATROLS },
  positionsPerS: { min: POSITIONS_PER_S * 0.98 },
  positionsRefused: { max: 0 },
  incidents: { min: BOXES * 0.98 },
  p99Ms: { max: 50 },
  lost: { max: 0 },
  feedFaults: { max: 0 },
  batchesPerS: { max: 1.1 }
}

function figuresOf(
  done: FieldDone,
  before: ConsolesCount,
  after: ConsolesCount,
  gateway: { readonly cpuPercent: number; readonly connectedMb: number; readonly busyMb: number }
): Part['figures'] {
  const latencies = after.seen.map(([, latencyMs]) => latencyMs)
  const pressedAt = new Map(done.pressed)
  const fromPress = after.seen.flatMap(([source, , atMs]) => {
    const sentMs = pressedAt.get(source)
    return sentMs === undefined ? [] : [atMs - sentMs]
  })
  return {
    consoles: after.connected,
    patrols: done.patrols,
    positionsPerS: done.kept / SECONDS,
    positionsRefused: done.sent - done.kept,
    batchesPerS: (after.batches - before.batches) / CONSOLES / SECONDS,
    positionsOnConsolePerS: (after.positions - before.positions) / READING / SECONDS,
    incidents: done.pressed.length,
    acknowledged: done.acknowledged,
    lost: done.pressed.length * READING - after.seen.length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
    maxMs: percentile(latencies, 100),
    fromPressP99Ms: percentile(fromPress, 99),
    messagesPerS: (after.messages - before.messages) / SECONDS,
    feedFaults: after.faults,
    cut: after.cut,
    lateLoad: done.late,
    gatewayCpuPercent: gateway.cpuPercent,
    connectedMb: gateway.connectedMb,
    busyMb: gateway.busyMb
  }
}

function nearest(): Part {
  const { straight, road } = nearestCost(UNITS)
  return {
    figures: {
      nearestCpuMs: straight.cpuMs,
      nearestP50Ms: straight.p50Ms,
      nearestByRoadCpuMs: road.cpuMs,
      nearestByRoadP50Ms: road.p50Ms
    },
    goals: { nearestCpuMs: { max: 1 }, nearestByRoadCpuMs: { max: 1 } }
  }
}

async function map(): Promise<Part> {
  const { answersMs, p95Ms, symbols, frameP95Ms } = await mapCost(CAMERAS, UNITS)
  return {
    figures: {
      mapAnswers: answersMs.length,
      mapP50Ms: percentile(answersMs, 50),
      mapP95Ms: p95Ms,
      mapMaxMs: percentile(answersMs, 100),
      mapFrameP95Ms: frameP95Ms,
      mapSymbols: symbols
    },
    goals: { mapAnswers: { min: 100 }, mapP95Ms: { max: 50 }, mapSymbols: { max: 3_000 } }
  }
}

const PARTS = { floor, nearest, map }
const at = process.argv.indexOf('--only')
const names = (at === -1 ? Object.keys(PARTS) : [process.argv[at + 1]]) as readonly (keyof typeof PARTS)[]
const parts: Part[] = []
// One after the other: none is to be measured beside another.
for (const name of names) {
  const run = PARTS[name]
  if (!run) throw new Error(`--only wants one of ${Object.keys(PARTS).join(', ')}`)
  parts.push(await run())
}
report({
  bench: 'floor',
  figures: Object.assign({}, ...parts.map(part => part.figures)),
  goals: Object.assign({}, ...parts.map(part => part.goals))
})
process.exit()
