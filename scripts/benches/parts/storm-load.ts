/**
 * Part of the sources of the storm, in a process of its own: connects them, then presses each once at a random moment (fixed seed) of the given
 * time. A press is acknowledged by PUBACK (MQTT), 0x8001 (JT/T 808) or 180 Ringing (SIP): the device knows that it is stored.
 */
import { createTaxi } from '../../../adapters/jt808/simulator.ts'
import { openLine } from '../../../adapters/sip/simulator.ts'
import type { Clock } from '../../../gateway/core/ports.ts'
import { systemClock } from '../../../gateway/supervise/clock.ts'
import { connectBox } from './lean-box.ts'
import { boxName, phoneNumber, taxiPhone } from './source-names.ts'

export interface StormOrder {
  readonly mqttPort: number
  readonly sipPort: number
  readonly jt808Port: number
  readonly password: string
  readonly boxes: number
  readonly phones: number
  readonly taxis: number
  readonly pressWithinMs: number
  /** What is not acknowledged this long after the last press is lost. */
  readonly giveUpMs: number
}

export type StormMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly presses: readonly StormPress[]; readonly lateMs: number }

export interface StormPress {
  readonly source: string
  /** Wall clock of the machine, ms with fractions. */
  readonly atMs: number
  /** Absent: never acknowledged. */
  readonly acknowledgedAtMs?: number
  /** SIP: the call was answered with voice. */
  readonly answered?: boolean
}

interface Source {
  readonly name: string
  /** Resolves when acknowledged. */
  press(): Promise<{ readonly acknowledgedAtMs?: number; readonly answered?: boolean }>
}

/** People stay on the line this long where nobody answers. */
const PATIENCE_MS = 12_000
const nowMs = () => performance.timeOrigin + performance.now()
const many = (count: number) => Array.from({ length: count }, (_, n) => n)
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function inGroups<T>(count: number, size: number, make: (n: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let n = 0; n < count; n += size) {
    made.push(...(await Promise.all(many(Math.min(size, count - n)).map(k => make(n + k)))))
  }
  return made
}

async function connectAll(order: StormOrder): Promise<Source[]> {
  const boxes = await inGroups(order.boxes, 100, n =>
    connectBox({ port: order.mqttPort, site: 'linxi', source: boxName(n), password: order.password })
  )
  // Boxes beat all the while, spread over their 30 s.
  let next = 0
  setInterval(() => {
    for (let k = 0; k < boxes.length / 300; k++) boxes[next++ % boxes.length]?.heartbeat()
  }, 100)
  const taxis = await inGroups(order.taxis, 100, async n => {
    const taxi = createTaxi({
      host: '127.0.0.1',
      port: order.jt808Port,
      phone: taxiPhone(n),
      plate: `闽J·T${n}`,
      version: 2013,
      place: () => ({ lat: 27.0312 + (n % 100) / 20_000, lon: 119.6168, speedKmh: 30, headingDeg: 0 }),
      reportMs: 30_000
    })
    taxi.start()
    while (!taxi.status.online) await pause(10)
    return taxi
  })
  const clock: Clock = { ...systemClock, now: nowMs }
  const line = await openLine({ server: { address: '127.0.0.1', port: order.sipPort }, clock })
  return [
    ...boxes.map((box, n): Source => {
      const press = () => box.press(`press-${n}`).then(() => ({ acknowledgedAtMs: nowMs() }))
      return { name: `mqtt:linxi/${boxName(n)}`, press }
    }),
    ...taxis.map((taxi, n): Source => {
      const press = () => taxi.press().then(() => ({ acknowledgedAtMs: nowMs() }))
      return { name: `jt808:${taxiPhone(n)}`, press }
    }),
    ...many(order.phones).map((n): Source => {
      const phone = line.telephone({ number: phoneNumber(n), asserted: true })
      const press = async () => {
        const { ringingAtMs, answeredAtMs, status } = await phone.press({ cancelAfterMs: PATIENCE_MS })
        return { acknowledgedAtMs: ringingAtMs ?? answeredAtMs, answered: status === 200 }
      }
      return { name: `sip:${phoneNumber(n)}`, press }
    })
  ]
}

async function run(order: StormOrder): Promise<void> {
  const sources = await connectAll(order)
  process.send?.({ kind: 'ready' } satisfies StormMessage)
  await new Promise(resolve => process.once('message', resolve))
  const random = lehmer(20_261_128)
  const startMs = nowMs()
  const due = sources
    .map(source => ({ source, dueMs: startMs + random() * order.pressWithinMs }))
    .sort((a, b) => a.dueMs - b.dueMs)
  const presses: StormPress[] = []
  const acknowledged: Promise<void>[] = []
  let lateMs = 0
  for (const { source, dueMs } of due) {
    while (nowMs() < dueMs) await pause(1)
    lateMs = Math.max(lateMs, nowMs() - dueMs)
    const press: StormPress = { source: source.name, atMs: nowMs() }
    presses.push(press)
    acknowledged.push(
      source.press().then(how => {
        Object.assign(press, how)
      })
    )
  }
  await Promise.race([Promise.all(acknowledged), pause(order.giveUpMs)])
  process.send?.({ kind: 'done', presses, lateMs } satisfies StormMessage)
}

/** Park and Miller's minimal standard generator: the same storm every time. */
function lehmer(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 0x7fff_ffff
    return state / 0x7fff_ffff
  }
}

if (process.send) {
  process.once('message', order => void run(order as StormOrder))
  process.on('disconnect', () => process.exit(0))
}
