/**
 * The field of the bench `floor`, in a process of its own: patrols on their feeds, a thousand positions a second over kept connections as phones
 * send them, and alarm boxes that press at a steady rate.
 */
import { connect, type Socket } from 'node:net'
import WebSocket from 'ws'
import { connectBox, type LeanBox } from './lean-box.ts'
import { boxName } from './source-names.ts'

export interface FieldOrder {
  readonly httpPort: number
  readonly mqttPort: number
  readonly password: string
  /** One of each patrol. */
  readonly tokens: readonly string[]
  readonly boxes: number
  readonly positionsPerS: number
  readonly pressesPerS: number
  readonly seconds: number
}

export interface FieldDone {
  readonly kind: 'done'
  readonly patrols: number
  readonly sent: number
  readonly kept: number
  readonly refused: number
  readonly pressed: readonly (readonly [source: string, atMs: number])[]
  readonly acknowledged: number
  /** Turns in which this process was more than 100 ms behind its rate. */
  readonly late: number
}

const TURN_MS = 20
const SOCKETS = 64
const nowMs = () => performance.timeOrigin + performance.now()
const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

function patrol(port: number, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/feed`, { headers: { cookie: `pingan_session=${token}` } })
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send('{"type":"hello","v":1}'))
    socket.on('error', reject)
    socket.once('message', () => resolve(socket))
  })
}

/** Requests one behind the other on connections that stay; answers are counted by their status line. */
function createPosts(port: number) {
  const count = { kept: 0, refused: 0 }
  const lines: Socket[] = Array.from({ length: SOCKETS }, () => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let rest = ''
    socket.on('data', chunk => {
      const text = rest + chunk.toString('latin1')
      for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) {
        if (status === '204') count.kept += 1
        else count.refused += 1
      }
      // One character less than a status: what is counted is not counted again.
      rest = text.slice(-11)
    })
    socket.on('error', () => {})
    return socket
  })
  let next = 0
  return {
    count,
    send(token: string, n: number) {
      const [lat, lon] = [27.02 + ((n * 37) % 2_000) / 100_000, 119.6 + ((n * 53) % 3_000) / 100_000]
      const body = `{"lat":${lat},"lon":${lon},"accuracyM":8,"headingDeg":${(n * 7) % 360},"speedKmh":12,"atMs":${Math.round(nowMs())}}`
      const head = `POST /api/patrol/position HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: pingan_session=${token}\r\nContent-Type: application/json\r\n`
      lines[next++ % SOCKETS]?.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`)
    },
    close: () => {
      for (const line of lines) line.destroy()
    }
  }
}

async function drive(order: FieldOrder, boxes: readonly LeanBox[]): Promise<Omit<FieldDone, 'kind' | 'patrols'>> {
  const posts = createPosts(order.httpPort)
  const pressed: [string, number][] = []
  const presses: Promise<void>[] = []
  const startMs = nowMs()
  let [sent, late] = [0, 0]
  for (;;) {
    const sinceMs = nowMs() - startMs
    if (sinceMs >= order.seconds * 1_000) break
    const due = Math.floor((sinceMs / 1_000) * order.positionsPerS)
    if (due - sent > order.positionsPerS / 10) late += 1
    for (; sent < due; sent++) posts.send(order.tokens[sent % order.tokens.length] ?? '', sent)
    const duePresses = Math.min(boxes.length, Math.floor((sinceMs / 1_000) * order.pressesPerS))
    while (pressed.length < duePresses) {
      const n = pressed.length
      pressed.push([`mqtt:linxi/${boxName(n)}`, nowMs()])
      presses.push((boxes[n] as LeanBox).press(`floor-${n}`))
    }
    await pause(TURN_MS)
  }
  const acknowledged = await Promise.race([
    Promise.allSettled(presses).then(results => results.filter(each => each.status === 'fulfilled').length),
    pause(20_000).then(() => 0)
  ])
  for (let waitedMs = 0; posts.count.kept + posts.count.refused < sent && waitedMs < 10_000; waitedMs += 100)
    await pause(100)
  posts.close()
  return { sent, ...posts.count, pressed, acknowledged, late }
}

async function run(order: FieldOrder): Promise<void> {
  const patrols: WebSocket[] = []
  for (let n = 0; n < order.tokens.length; n += 50)
    patrols.push(...(await Promise.all(order.tokens.slice(n, n + 50).map(token => patrol(order.httpPort, token)))))
  const boxes: LeanBox[] = []
  for (let n = 0; n < order.boxes; n++)
    boxes.push(await connectBox({ port: order.mqttPort, site: 'linxi', source: boxName(n), password: order.password }))
  process.send?.({ kind: 'ready' })
  await new Promise(resolve => process.once('message', resolve))
  const driven = await drive(order, boxes)
  const there = patrols.filter(socket => socket.readyState === WebSocket.OPEN).length
  process.send?.({ kind: 'done', patrols: there, ...driven } satisfies FieldDone)
}

if (process.send) {
  process.once('message', order => void run(order as FieldOrder))
  process.on('disconnect', () => process.exit(0))
}
