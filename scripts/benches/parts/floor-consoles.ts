/**
 * The consoles of the bench `floor`, in a process of their own: each follows the feed and checks that no number is missing. Every tenth reads all
 * its messages whole and tells when an incident came; the others would only measure how fast 200 browsers on one machine parse JSON.
 */
import WebSocket from 'ws'
import type { ServerMessage } from '../../../gateway/core/wire.ts'

export interface ConsolesOrder {
  readonly port: number
  readonly tokens: readonly string[]
}

export interface ConsolesCount {
  readonly kind: 'count'
  readonly connected: number
  readonly messages: number
  /** Batches of positions, and positions in them. */
  readonly batches: number
  readonly positions: number
  /** Feed numbers that did not follow one another. */
  readonly faults: number
  readonly cut: number
  /** Of the reading consoles: source and ms from received to here; one for each console and incident. */
  readonly seen: readonly (readonly [source: string, latencyMs: number, atMs: number])[]
}

const READS = 10
const nowMs = () => performance.timeOrigin + performance.now()
const HEAD = /^\{"type":"msg","scope":"[^"]*","seq":(\d+),"prev":(\d+)/
const POSITIONS = '{"type":"positions"'

const total = { connected: 0, messages: 0, batches: 0, positions: 0, faults: 0, cut: 0 }
const seen: [string, number, number][] = []
/** Batches of positions to be read when somebody asks: twenty at once, each of a thousand positions, would hold up the alarms behind them. */
const unread: Buffer[] = []

function follow(port: number, token: string, reads: boolean): Promise<void> {
  const there = Promise.withResolvers<void>()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/feed`, { headers: { cookie: `pingan_session=${token}` } })
  let last: number | undefined
  socket.on('open', () => socket.send('{"type":"hello","v":1}'))
  socket.on('error', there.reject)
  socket.on('close', () => {
    total.connected -= 1
    total.cut += 1
  })
  const take = (data: Buffer): void => {
    const atMs = nowMs()
    const head = data.toString('latin1', 0, 160)
    if (head.startsWith(POSITIONS)) {
      total.batches += 1
      if (reads) unread.push(data)
      return
    }
    const numbers = HEAD.exec(head)
    if (!numbers) {
      if (!head.startsWith('{"type":"snapshot"')) return
      last = (JSON.parse(data.toString()) as Extract<ServerMessage, { type: 'snapshot' }>).seq
      total.connected += 1
      there.resolve()
      return
    }
    total.messages += 1
    if (Number(numbers[2]) !== last) total.faults += 1
    last = Number(numbers[1])
    if (reads) readWhole(data, atMs)
  }
  socket.on('message', (data: Buffer) => take(data))
  return there.promise
}

function readWhole(data: Buffer, atMs: number): void {
  const message = JSON.parse(data.toString()) as ServerMessage
  if (message.type !== 'msg' || message.body.type !== 'incident' || message.body.incident.version !== 1) return
  const { subject, openedAtMs } = message.body.incident
  seen.push([subject.name, atMs - openedAtMs, atMs])
}

async function run({ port, tokens }: ConsolesOrder): Promise<void> {
  for (let n = 0; n < tokens.length; n += 10)
    await Promise.all(tokens.slice(n, n + 10).map((token, k) => follow(port, token, (n + k) % READS === 0)))
  process.send?.({ kind: 'ready' })
  process.on('message', () => {
    for (const data of unread.splice(0))
      total.positions += (JSON.parse(data.toString()) as { units: unknown[] }).units.length
    process.send?.({ kind: 'count', ...total, seen } satisfies ConsolesCount)
  })
}

if (process.send) {
  process.once('message', order => void run(order as ConsolesOrder))
  process.on('disconnect', () => process.exit(0))
}
