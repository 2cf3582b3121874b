/** Lean JT/T 808 terminals in a process of their own: they log in, report at a steady rate one frame a write, count every answer, and some press. */
import { connect, type Socket } from 'node:net'
import { createDeframer, decodeFrame, encodeFrame } from '../../../adapters/jt808/frame.ts'
import { writeBcdTime } from '../../../adapters/kit/bcd.ts'
import { words } from '../../../adapters/kit/terminal-frame.ts'
import { taxiPhone } from './source-names.ts'

export interface PositionOrder {
  readonly port: number
  readonly connections: number
  readonly ratePerS: number
  readonly seconds: number
  /** The first so many terminals press, one after the other, spread over the time. */
  readonly presses: number
}

export type PositionMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'pressed'; readonly source: string; readonly atMs: number }
  | {
      readonly kind: 'done'
      readonly sent: number
      readonly answered: number
      /** Answered with a result other than "done". */
      readonly refused: number
      readonly tookMs: number
      /** Position written → answer read, of one in a hundred. */
      readonly latenciesMs: readonly number[]
      /** Reports that went out more than 100 ms after their time. */
      readonly late: number
      /** Connections that ended by themselves. */
      readonly cut: number
    }

const LOGIN_WAVE = 200
const TICK_MS = 4
const SAMPLE = 100
const ANSWERS_MS = 10_000

const nowMs = () => performance.timeOrigin + performance.now()
const tell = (message: PositionMessage) => process.send?.(message)

const count = { sent: 0, answered: 0, refused: 0, cut: 0, late: 0 }
const latenciesMs: number[] = []

class Terminal {
  readonly n: number
  readonly #phone: string
  readonly #socket: Socket
  #serial = 0
  #pressed = false
  #sample: { readonly serial: number; readonly atMs: number } | undefined
  readonly online = Promise.withResolvers<void>()

  constructor(n: number, port: number) {
    this.n = n
    this.#phone = taxiPhone(n)
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true })
    const deframer = createDeframer()
    this.#socket.on('connect', () =>
      this.#send(0x0100, Buffer.concat([words(35, 981), Buffer.alloc(32), Buffer.from([2]), Buffer.from(`T${n}`)]))
    )
    this.#socket.on('data', chunk => {
      for (const candidate of deframer.push(chunk)) {
        const frame = candidate.ok ? decodeFrame(candidate.value) : candidate
        if (frame.ok) this.#receive(frame.value.id, frame.value.body)
      }
    })
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      count.cut += 1
      this.online.reject(new Error(`terminal ${n} was cut`))
    })
  }

  press(): void {
    this.#pressed = true
    tell({ kind: 'pressed', source: `jt808:${this.#phone}`, atMs: nowMs() })
    this.report(writeBcdTime(Date.now()))
  }

  report(time: Buffer): void {
    const body = Buffer.alloc(22)
    body.writeUInt32BE(this.#pressed ? 1 : 0, 0)
    body.writeUInt32BE(3, 4)
    body.writeUInt32BE(27_031_200 + this.n, 8)
    body.writeUInt32BE(119_616_800 + (this.#serial % 1_000), 12)
    body.writeUInt16BE(300, 18)
    const serial = this.#send(0x0200, Buffer.concat([body, time]))
    count.sent += 1
    if (count.sent % SAMPLE === 0 && !this.#sample) this.#sample = { serial, atMs: performance.now() }
  }

  end(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #send(id: number, body: Buffer): number {
    this.#serial = (this.#serial + 1) & 0xffff
    this.#socket.write(encodeFrame({ id, v2019: false, phone: this.#phone, serial: this.#serial, body }))
    return this.#serial
  }

  #receive(id: number, body: Buffer): void {
    if (id === 0x8100) this.#send(0x0102, body.subarray(3))
    if (id !== 0x8001) return
    if (body.readUInt16BE(2) === 0x0102) {
      this.online.resolve()
      return
    }
    count.answered += 1
    if (body.readUInt8(4) !== 0) count.refused += 1
    if (this.#sample?.serial !== body.readUInt16BE(0)) return
    latenciesMs.push(performance.now() - this.#sample.atMs)
    this.#sample = undefined
  }
}

async function logIn({ connections, port }: PositionOrder): Promise<Terminal[]> {
  const terminals: Terminal[] = []
  while (terminals.length < connections) {
    const wave = Math.min(LOGIN_WAVE, connections - terminals.length)
    const fresh = Array.from({ length: wave }, (_, n) => new Terminal(terminals.length + n, port))
    await Promise.all(fresh.map(({ online }) => online.promise))
    terminals.push(...fresh)
  }
  return terminals
}

/** Every terminal in its turn, as many as are due; the rate is kept over the whole time, or said to be late. */
async function drive(terminals: readonly Terminal[], { ratePerS, seconds, presses }: PositionOrder): Promise<number> {
  const startMs = performance.now()
  const total = ratePerS * seconds
  let pressed = 0
  for (let sent = 0; sent < total; ) {
    const passedMs = performance.now() - startMs
    const due = Math.min(total, Math.floor((passedMs * ratePerS) / 1_000))
    const time = writeBcdTime(Date.now())
    // In slices, so that answers are read between them.
    const until = Math.min(due, sent + 500)
    for (; sent < until; sent++) {
      terminals[sent % terminals.length]?.report(time)
      if (passedMs - (sent * 1_000) / ratePerS > 100) count.late += 1
    }
    if (pressed < presses && passedMs > (pressed * seconds * 1_000) / presses) terminals[pressed++]?.press()
    await new Promise(resolve => (sent < due ? setImmediate(resolve) : setTimeout(resolve, TICK_MS)))
  }
  const tookMs = performance.now() - startMs
  const giveUpMs = performance.now() + ANSWERS_MS
  while (count.answered < count.sent && performance.now() < giveUpMs)
    await new Promise(resolve => setTimeout(resolve, 20))
  return tookMs
}

async function run(order: PositionOrder): Promise<void> {
  const terminals = await logIn(order)
  tell({ kind: 'ready' })
  await new Promise(resolve => process.once('message', resolve))
  const tookMs = await drive(terminals, order)
  tell({ kind: 'done', ...count, tookMs, latenciesMs })
  for (const terminal of terminals) terminal.end()
}

if (process.send) {
  process.once('message', order => void run(order as PositionOrder))
  process.on('disconnect', () => process.exit(0))
}
