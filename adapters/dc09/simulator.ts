/** An alarm box that speaks SIA DC-09: TCP or UDP, plain or encrypted, either CRC form; keeps what is not acknowledged and sends it again. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import { decrypt, encrypt, parseKey } from './cipher-frame.ts'
import { type CrcForm, createDeframer, decodeFrame, encodeFrame, formatTime, parseTime, splitContent } from './frame.ts'

export interface PanelOptions {
  readonly host: string
  readonly port: number
  readonly transport?: 'tcp' | 'udp'
  /** `1234`, or with receiver and line: `F3.77/1234`. */
  readonly account: string
  /** The AES key as the panel's installer enters it; absent: nothing is encrypted. */
  readonly key?: string
  readonly crcForm?: CrcForm
  readonly linkTestMs?: number
  readonly retryMs?: number
  /** Its clock is so much ahead; a NAK sets it right. */
  readonly clockAheadMs?: number
}

export interface Panel {
  start(): void
  /** Resolves when it was acknowledged, so when it is durable; however long the gateway is away. Rejects when it was refused (DUH). */
  report(id: 'ADM-CID' | 'SIA-DCS', data: string, blocks?: string): Promise<number>
  /** The panic button of zone 1 by Contact ID. */
  press(): Promise<number>
  readonly status: {
    readonly online: boolean
    readonly buffered: number
    readonly sent: number
    readonly clockAheadMs: number
  }
  /** Pulls the cable; it comes back by itself. */
  cut(): void
  stop(): Promise<void>
}

interface Message {
  readonly id: string
  readonly data: string
  readonly blocks: string
  readonly seq: string
  settle(failure?: Error): void
}

export function createPanel(options: PanelOptions): Panel {
  const { retryMs = 2_000, linkTestMs = 60_000, crcForm = 'hex' } = options
  const [account = '', prefix = '0.0'] = options.account.split('/').reverse()
  const [receiver = '0', line = '0'] = prefix.split('.')
  const parsed = options.key === undefined ? undefined : parseKey(options.key)
  if (parsed && !parsed.ok) throw new Error(`the key of ${options.account} is no AES key`)
  const key = parsed?.value
  const queue: Message[] = []
  let seq = 0
  let sent = 0
  let online = false
  let running = false
  let clockAheadMs = options.clockAheadMs ?? 0
  let wire: { send(bytes: Buffer): void; close(): void } | undefined
  let retry: NodeJS.Timeout | undefined
  let linkTest: NodeJS.Timeout | undefined

  const bytesOf = ({ id, data, blocks, seq: number }: Message): Buffer => {
    const head = `"${key ? '*' : ''}${id}"${number}R${receiver}L${line}#${account}[`
    const content = `${data}]${blocks}_${formatTime(Date.now() + clockAheadMs)}`
    return encodeFrame(head + (key ? encrypt(content, key) : content), crcForm)
  }
  const transmit = (): void => {
    clearTimeout(retry)
    const [first] = queue
    if (!first || !running) return
    sent += 1
    wire?.send(bytesOf(first))
    retry = setTimeout(transmit, retryMs)
  }
  const done = (failure?: Error): void => {
    online = true
    queue.shift()?.settle(failure)
    transmit()
  }
  const answered = (body: Buffer): void => {
    const text = body.toString('latin1')
    if (text.startsWith('"NAK"')) {
      const ours = parseTime(splitContent(text.slice(text.indexOf('[') + 1))?.timestamp)
      if (ours !== undefined) clockAheadMs = ours - Date.now()
      transmit()
      return
    }
    const frame = decodeFrame({ body, crcForm })
    if (!frame.ok || frame.value.seq !== queue[0]?.seq || frame.value.account !== account) return
    if (frame.value.id === 'DUH') done(new Error(`the gateway does not take ${queue[0]?.id} (DUH)`))
    // Whoever does not have the key cannot make the box believe that it was heard.
    if (frame.value.id === 'ACK' && (!key || (frame.value.encrypted && decrypt(frame.value.content, key).ok))) done()
  }
  const open = (): void => {
    if (!running) return
    const deframer = createDeframer()
    const take = (chunk: Buffer) => {
      for (const cut of deframer.push(chunk)) if (cut.ok) answered(cut.value.body)
    }
    const lost = () => {
      online = false
      wire = undefined
      if (running) setTimeout(open, Math.min(retryMs, 500))
    }
    wire = options.transport === 'udp' ? openUdp(options, take) : openTcp(options, take, transmit, lost)
    if (options.transport === 'udp') transmit()
  }
  const enqueue = (id: string, data: string, blocks: string): Promise<number> =>
    new Promise((resolve, reject) => {
      seq = (seq % 9_999) + 1
      const startMs = performance.now()
      const settle = (failure?: Error) => (failure ? reject(failure) : resolve(performance.now() - startMs))
      queue.push({ id, data, blocks, seq: String(seq).padStart(4, '0'), settle })
      if (queue.length === 1) transmit()
    })
  const test = (): void => {
    // While something waits, the line is tested by it.
    if (queue.length === 0) void enqueue('NULL', '', '').catch(() => {})
  }

  return {
    start() {
      running = true
      open()
      linkTest = setInterval(test, linkTestMs)
      test()
    },
    report: (id, data, blocks = '') => enqueue(id, `#${account}|${data}`, blocks),
    press: () => enqueue('ADM-CID', `#${account}|1120 01 001`, ''),
    get status() {
      return { online, buffered: queue.length, sent, clockAheadMs }
    },
    cut() {
      wire?.close()
    },
    async stop() {
      running = false
      clearTimeout(retry)
      clearInterval(linkTest)
      wire?.close()
      for (const message of queue.splice(0)) message.settle(new Error('the box was switched off'))
    }
  }
}

function openTcp(options: PanelOptions, take: (chunk: Buffer) => void, ready: () => void, lost: () => void) {
  const socket: Socket = connect(options.port, options.host, ready)
  socket.setNoDelay(true)
  socket.on('data', take)
  socket.on('error', () => {})
  socket.on('close', lost)
  return { send: (bytes: Buffer) => void socket.write(bytes), close: () => void socket.destroy() }
}

function openUdp(options: PanelOptions, take: (chunk: Buffer) => void) {
  const socket: UdpSocket = createSocket('udp4')
  socket.on('message', take)
  socket.on('error', () => {})
  let open = true
  return {
    send: (bytes: Buffer) => void (open && socket.send(bytes, options.port, options.host, () => {})),
    close() {
      if (open) socket.close()
      open = false
    }
  }
}
