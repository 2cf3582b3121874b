/** A simulated SIP telephone with a connection of its own: over TLS, registered at the gateway, calls and is rung by it (RFC 3261 §10, RFC 5626). */
import { randomBytes } from 'node:crypto'
import { connect, type TLSSocket } from 'node:tls'
import { formatAuthorization, parseChallenge } from '../kit/digest.ts'
import { type Header, header, parseMessage, type SipResponse, serialize } from './frame.ts'
import type { Answering } from './simulated-answer.ts'
import { createSwitchboard } from './simulated-board.ts'
import { type Address, bind, type PressOptions, type PressResult, type Wire, wallClock } from './simulator.ts'

export interface RegisteredOptions {
  readonly server: Address
  readonly number: string
  readonly display?: string
  readonly password: string
  /** PEM of the gateway's certificate, asked for at every connection; undefined: none is there yet. Another one is refused. */
  certificate(): string | undefined
  /** Default 127.0.0.1. */
  readonly localAddress?: string
  readonly expiresS?: number
  readonly answers?: (number: string) => Answering | undefined
}

export interface RegisteredTelephone {
  readonly registered: boolean
  /** Connects and registers, again for ever. */
  start(): void
  press(how?: PressOptions): Promise<PressResult>
  close(): Promise<void>
}

const AGAIN_MS = 3_000

/** Of the first whole message (RFC 3261 §18.3), or 0 while it is not whole. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return 0
  const length = /^(?:content-length|l)\s*:\s*(\d+)/im.exec(bytes.toString('latin1', 0, end))?.[1]
  const whole = end + 4 + Number(length ?? 0)
  return bytes.length < whole ? 0 : whole
}

export async function createRegistered(options: RegisteredOptions): Promise<RegisteredTelephone> {
  const { server, number, localAddress = '127.0.0.1', expiresS = 300 } = options
  const rtp = await bind(localAddress, 0)
  const listeners = new Map<number, (packet: Buffer) => void>()
  rtp.on('message', (bytes, from) => listeners.get(from.port)?.(bytes))
  let socket: TLSSocket | undefined
  let registered = false
  let closed = false
  let cancelTimer = (): void => {}
  let cseq = 0
  let proving = false
  const callId = `${randomBytes(8).toString('hex')}@${localAddress}`
  const tag = randomBytes(6).toString('hex')
  const wire: Wire = {
    server,
    // The port of the connection of now: the gateway rings through it.
    get local() {
      return { address: localAddress, port: socket?.localPort ?? 0 }
    },
    rtpPort: rtp.address().port,
    clock: wallClock,
    transport: 'TLS',
    send: message => void socket?.write(serialize(message)),
    listen: (port, heard) => void listeners.set(port, heard),
    sendRtp: (packet, port) => rtp.send(packet, port, server.address)
  }
  const board = createSwitchboard(wire, options.answers)
  const uri = `sip:${server.address}`

  const later = (ms: number, act: () => void): void => {
    cancelTimer()
    if (!closed) cancelTimer = wallClock.after(ms, act)
  }
  const register = (proof: readonly Header[] = []): void => {
    const { address, port } = wire.local
    const identity = `<sip:${number}@${server.address}>`
    wire.send({
      ...{ kind: 'request', method: 'REGISTER', uri, version: 'SIP/2.0', body: Buffer.alloc(0) },
      headers: [
        { name: 'via', value: `SIP/2.0/TLS ${address}:${port};branch=z9hG4bK${randomBytes(8).toString('hex')};rport` },
        { name: 'max-forwards', value: '70' },
        { name: 'from', value: `${identity};tag=${tag}` },
        { name: 'to', value: identity },
        { name: 'call-id', value: callId },
        { name: 'cseq', value: `${++cseq} REGISTER` },
        { name: 'contact', value: `<sip:${number}@${address}:${port};transport=tls>` },
        { name: 'expires', value: String(expiresS) },
        { name: 'user-agent', value: 'pingan-simulator' },
        ...proof
      ]
    })
  }
  const answered = (response: SipResponse): void => {
    const proved = proving
    proving = false
    if (response.status === 200) {
      registered = true
      later((expiresS * 1_000) / 2, register)
      return
    }
    const challenge = response.headers
      .filter(({ name }) => name === 'www-authenticate')
      .map(({ value }) => parseChallenge(value))
      .find(each => each !== undefined)
    registered = false
    // A proof that is refused is not tried again at once.
    if (response.status !== 401 || !challenge || proved) {
      later(AGAIN_MS, register)
      return
    }
    proving = true
    const login = { username: number, password: options.password, method: 'REGISTER', uri, count: 1 }
    const value = formatAuthorization(challenge, { ...login, cnonce: randomBytes(6).toString('hex') })
    register([{ name: 'authorization', value }])
  }
  const receive = (bytes: Buffer): void => {
    const message = parseMessage(bytes)
    const mine = message.ok && message.value.kind === 'response' && header(message.value, 'call-id') === callId
    if (mine && message.value.kind === 'response') answered(message.value)
    else board.receive(bytes)
  }
  const open = (): void => {
    const ca = options.certificate()
    if (ca === undefined) {
      later(AGAIN_MS, open)
      return
    }
    let pending: Buffer = Buffer.alloc(0)
    const to = { host: server.address, port: server.port, ca, localAddress }
    const opened = connect(to, () => {
      proving = false
      register()
    })
    socket = opened
    opened.on('error', () => {})
    opened.on('data', chunk => {
      pending = Buffer.concat([pending, chunk])
      for (let length = lengthOf(pending); length > 0; length = lengthOf(pending)) {
        receive(pending.subarray(0, length))
        pending = pending.subarray(length)
      }
    })
    opened.on('close', () => {
      if (socket !== opened) return
      registered = false
      later(AGAIN_MS, open)
    })
  }
  return {
    get registered() {
      return registered
    },
    start: open,
    press(how = {}) {
      if (!registered) throw new Error(`the telephone ${number} is not registered`)
      const { display, password } = options
      return board.press({ number, display, login: { username: number, password } }, how)
    },
    async close() {
      closed = true
      cancelTimer()
      await board.close()
      socket?.destroy()
      await new Promise<void>(done => rtp.close(() => done()))
    }
  }
}
