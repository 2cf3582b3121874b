/** DC-09 boxes behind concentrators in a process of their own: a steady rate of events, whatever the answers do; tells each answer's time. */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encrypt } from '../../../adapters/dc09/cipher-frame.ts'
import { createDeframer, encodeFrame, formatTime } from '../../../adapters/dc09/frame.ts'

export interface Dc09Order {
  readonly port: number
  readonly connections: number
  readonly accounts: number
  readonly ratePerS: number
  readonly seconds: number
  /** 32 hex digits: all of them encrypt. */
  readonly key?: string
}

export interface Dc09Done {
  readonly sent: number
  readonly acknowledged: number
  /** Frame handed to the socket → its ACK read. */
  readonly latenciesMs: readonly number[]
  /** From the first frame to the last ACK. */
  readonly tookMs: number
  /** Ticks of the load itself that came more than 50 ms late. */
  readonly late: number
}

export const accountOf = (n: number): string => (0x10_0000 + n).toString(16).toUpperCase()

/** The load has a core to share with what it measures: frames are made a second ahead. */
function frameOf(n: number, order: Dc09Order, key: KeyObject | undefined): Buffer {
  const account = accountOf(n % order.accounts)
  const turn = Math.floor(n / order.accounts)
  const seq = String((turn % 9_999) + 1).padStart(4, '0')
  const zone = String(turn % 1_000).padStart(3, '0')
  const content = `#${account}|1130 01 ${zone}]_${formatTime(Date.now())}`
  return encodeFrame(`"${key ? '*' : ''}ADM-CID"${seq}L0#${account}[${key ? encrypt(content, key) : content}`)
}

async function run(order: Dc09Order): Promise<Dc09Done> {
  const key = order.key === undefined ? undefined : createSecretKey(order.key, 'hex')
  const total = order.ratePerS * order.seconds
  const sentAt = new Map<string, number>()
  const latenciesMs: number[] = []
  const take = (socket: Socket) => {
    const deframer = createDeframer()
    socket.on('data', chunk => {
      const atMs = performance.now()
      for (const cut of deframer.push(chunk)) {
        const [, seq, account] = (cut.ok && /"(\d{4})L0#([0-9A-F]+)/.exec(cut.value.body.toString('latin1'))) || []
        const id = `${account} ${seq}`
        const startMs = sentAt.get(id)
        if (startMs === undefined) continue
        sentAt.delete(id)
        latenciesMs.push(atMs - startMs)
      }
    })
  }
  const sockets = Array.from({ length: order.connections }, () =>
    connect({ port: order.port, host: '127.0.0.1', noDelay: true })
  )
  await Promise.all(sockets.map(socket => once(socket, 'connect')))
  for (const socket of sockets) take(socket)
  const ready: Buffer[] = []
  const make = (until: number) => {
    for (let n = ready.length; n < Math.min(until, total); n++) ready.push(frameOf(n, order, key))
  }
  make(order.ratePerS)
  const startMs = performance.now()
  let sent = 0
  let late = 0
  let lastMs = startMs
  while (sent < total) {
    await new Promise(resolve => setTimeout(resolve, 1))
    const nowMs = performance.now()
    if (nowMs - lastMs > 50) late += 1
    lastMs = nowMs
    const due = Math.min(total, Math.floor(((nowMs - startMs) * order.ratePerS) / 1_000))
    for (; sent < due; sent++) {
      const bytes = ready[sent] ?? frameOf(sent, order, key)
      const account = accountOf(sent % order.accounts)
      const seq = String((Math.floor(sent / order.accounts) % 9_999) + 1).padStart(4, '0')
      sentAt.set(`${account} ${seq}`, performance.now())
      // An account keeps its connection, as behind a concentrator.
      sockets[(sent % order.accounts) % sockets.length]?.write(bytes)
    }
    make(sent + Math.ceil(order.ratePerS / 2))
  }
  const giveUpMs = performance.now() + 20_000
  while (sentAt.size > 0 && performance.now() < giveUpMs) await new Promise(resolve => setTimeout(resolve, 5))
  const tookMs = performance.now() - startMs
  for (const socket of sockets) socket.destroy()
  return { sent, acknowledged: latenciesMs.length, latenciesMs, tookMs, late }
}

if (process.send) {
  process.on('message', order => void run(order as Dc09Order).then(done => process.send?.(done)))
  process.on('disconnect', () => process.exit(0))
}
