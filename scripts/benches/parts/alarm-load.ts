/** Devices of three protocols that press once each at a steady rate, in a process of their own; tells every press over IPC. */
import { createTaxi } from '../../../adapters/jt808/simulator.ts'
import { createBox } from '../../../adapters/mqtt/simulator.ts'
import { openLine } from '../../../adapters/sip/simulator.ts'
import { boxName, phoneNumber, taxiPhone } from './source-names.ts'

export interface LoadOrder {
  readonly mqttPort: number
  readonly sipPort: number
  readonly jt808Port: number
  readonly password: string
  readonly boxes: number
  readonly phones: number
  readonly taxis: number
  readonly ratePerS: number
}

/** `ready` when all devices are connected; `pressed` at the moment before the frame is written; `done` when all were acknowledged. */
export type LoadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pressed'; readonly source: string; readonly atMs: number }
  | { readonly kind: 'done'; readonly acknowledged: number; readonly late: number }

const nowMs = () => performance.timeOrigin + performance.now()
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))
const tell = (message: LoadMessage) => process.send?.(message)

async function run(order: LoadOrder): Promise<void> {
  const boxes = many(order.boxes, n =>
    createBox({
      url: `mqtt://127.0.0.1:${order.mqttPort}`,
      username: `linxi/${boxName(n)}`,
      password: order.password,
      site: 'linxi',
      source: boxName(n)
    })
  )
  for (let n = 0; n < boxes.length; n += 50) await Promise.all(boxes.slice(n, n + 50).map(box => box.start()))
  const line = await openLine({ server: { address: '127.0.0.1', port: order.sipPort } })
  const phones = many(order.phones, n => line.telephone({ number: phoneNumber(n), asserted: true }))
  const taxis = many(order.taxis, n =>
    createTaxi({
      host: '127.0.0.1',
      port: order.jt808Port,
      phone: taxiPhone(n),
      plate: `闽J·T${n}`,
      version: 2013,
      place: () => ({ lat: 27.0312 + (n % 100) / 20_000, lon: 119.6168, speedKmh: 30, headingDeg: 0 }),
      reportMs: 30_000
    })
  )
  for (let n = 0; n < taxis.length; n += 50) {
    for (const taxi of taxis.slice(n, n + 50)) taxi.start()
    while (!taxis.slice(0, n + 50).every(taxi => taxi.status.online))
      await new Promise(resolve => setTimeout(resolve, 20))
  }
  tell({ kind: 'ready' })
  await new Promise(resolve => process.once('message', resolve))

  const presses = interleave(order, boxes, phones, taxis)
  const startMs = nowMs()
  let late = 0
  const acknowledged: Promise<unknown>[] = []
  for (const [index, press] of presses.entries()) {
    const dueMs = startMs + (index * 1000) / order.ratePerS
    while (nowMs() < dueMs) await new Promise(resolve => setTimeout(resolve, Math.max(0, dueMs - nowMs() - 1)))
    // The load itself must keep its rate, else the figure flatters.
    if (nowMs() - dueMs > 100) late += 1
    tell({ kind: 'pressed', source: press.source, atMs: nowMs() })
    acknowledged.push(press.go())
  }
  const results = await Promise.allSettled(acknowledged)
  tell({ kind: 'done', acknowledged: results.filter(r => r.status === 'fulfilled').length, late })
}

interface Press {
  readonly source: string
  go(): Promise<unknown>
}

function interleave(
  order: LoadOrder,
  boxes: readonly ReturnType<typeof createBox>[],
  phones: readonly { press(options: object): Promise<unknown> }[],
  taxis: readonly ReturnType<typeof createTaxi>[]
): readonly Press[] {
  const presses: Press[] = []
  for (let n = 0; n < Math.max(order.boxes, order.phones, order.taxis); n++) {
    const box = boxes[n]
    const phone = phones[n]
    const taxi = taxis[n]
    if (box) presses.push({ source: `mqtt:linxi/${boxName(n)}`, go: () => box.press() })
    if (phone) presses.push({ source: `sip:${phoneNumber(n)}`, go: () => phone.press({ cancelAfterMs: 300 }) })
    if (taxi) presses.push({ source: `jt808:${taxiPhone(n)}`, go: () => taxi.press() })
  }
  return presses
}

if (process.send) {
  process.once('message', order => void run(order as LoadOrder))
  process.on('disconnect', () => process.exit(0))
}
