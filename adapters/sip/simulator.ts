/** Telephones that speak real SIP and listen to real RTP, call and are rung: forty households behind one exchange, or one with a log-in. */
import { createSocket, type Socket } from 'node:dgram'
import type { Clock } from '../../gateway/core/ports.ts'
import { type SipRequest, type SipResponse, serialize } from './frame.ts'
import type { Answering } from './simulated-answer.ts'
import { createSwitchboard } from './simulated-board.ts'
import type { CallReport } from './simulated-call.ts'

export interface Address {
  readonly address: string
  readonly port: number
}

export interface LineOptions {
  readonly server: Address
  /** Default 127.0.0.1. */
  readonly localAddress?: string
  /** Default 0: any free port. */
  readonly localPort?: number
  readonly clock?: Clock
  /** What the telephone of a number does when the gateway rings it; without this nobody is there. */
  readonly answers?: (number: string) => Answering | undefined
}

export interface TelephoneOptions {
  /** The subscriber's number, e.g. `6650147`. */
  readonly number: string
  /** Name shown, may be Chinese. */
  readonly display?: string
  /** The exchange vouches for the number (P-Asserted-Identity); the gateway must list our address as a trunk. */
  readonly asserted?: boolean
  /** A telephone with its own log-in. */
  readonly login?: { readonly username: string; readonly password: string }
}

export interface PressOptions {
  /** User part of the Request-URI as dialled; default `#9`, unescaped, as the telephones send it. */
  readonly dial?: string
  /** Hang up this long after the answer; default 8 s. */
  readonly hangUpAfterMs?: number
  /** Hang up as soon as so many packets were heard, if that is earlier. */
  readonly hangUpAfterPackets?: number
  /** Keys pressed after the answer, as telephone events (RFC 4733), one every 0.5 s from 1 s on. */
  readonly digits?: string
  /** What is said from the answer on: raw A-law, 8 kHz. */
  readonly says?: Buffer
  /** A machine at the telephone: made at the answer, then given the A-law of every packet. */
  readonly machine?: (line: MachineLine) => (heard: Buffer) => void
  /** Give up this long after the first ringing tone (CANCEL). */
  readonly cancelAfterMs?: number
}

/** What a machine can do in its call. */
export interface MachineLine {
  /** Raw A-law, 8 kHz, once. */
  say(alaw: Buffer): void
  hangUp(): void
}

export interface PressResult {
  readonly callId: string
  /** The final status: 200 answered, 487 cancelled, others refused; 408 when nobody answered. */
  readonly status: number
  /** When the ringing tone came: the alarm is durable from here on. */
  readonly ringingAtMs?: number
  readonly answeredAtMs?: number
  /** Resolves when the call is over. */
  readonly ended: Promise<CallReport>
  /** Hangs up now, where nobody has. */
  hangUp(): void
}

export interface Telephone {
  press(options?: PressOptions): Promise<PressResult>
  close(): Promise<void>
}

/** One SIP socket and one RTP socket for any number of telephones and calls. */
export interface Line {
  readonly address: Address
  telephone(options: TelephoneOptions): Telephone
  close(): Promise<void>
}

/** What a call needs of its line. */
export interface Wire {
  readonly server: Address
  readonly local: Address
  readonly rtpPort: number
  readonly clock: Clock
  /** Default UDP. */
  readonly transport?: 'TLS'
  send(message: SipRequest | SipResponse): void
  /** RTP of this source port belongs to this call from now on. */
  listen(serverRtpPort: number, heard: (packet: Buffer) => void): void
  sendRtp(packet: Buffer, serverRtpPort: number): void
}

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

export const wallClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  every(ms, callback) {
    const timer = setInterval(callback, ms)
    return () => clearInterval(timer)
  }
}

/** Opens the two sockets; `close` ends every call on them. */
export async function openLine(options: LineOptions): Promise<Line> {
  const localAddress = options.localAddress ?? '127.0.0.1'
  const sip = await bind(localAddress, options.localPort ?? 0)
  // A real house of telephones has a socket for each of them.
  sip.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  const rtp = await bind(localAddress, 0)
  rtp.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
  const listeners = new Map<number, (packet: Buffer) => void>()
  const local = { address: localAddress, port: sip.address().port }
  const wire: Wire = {
    server: options.server,
    local,
    rtpPort: rtp.address().port,
    clock: options.clock ?? wallClock,
    send: message => sip.send(serialize(message), options.server.port, options.server.address),
    listen: (port, heard) => void listeners.set(port, heard),
    sendRtp: (packet, port) => rtp.send(packet, port, options.server.address)
  }
  const board = createSwitchboard(wire, options.answers)
  sip.on('message', bytes => board.receive(bytes))
  rtp.on('message', (bytes, from) => listeners.get(from.port)?.(bytes))

  const close = async () => {
    await board.close()
    await Promise.all([sip, rtp].map(socket => new Promise<void>(resolve => socket.close(() => resolve()))))
  }
  return {
    address: local,
    telephone: telephone => ({ press: (how = {}) => board.press(telephone, how), close: async () => {} }),
    close
  }
}

/** One telephone with a line of its own. */
export async function createTelephone(options: LineOptions & TelephoneOptions): Promise<Telephone> {
  const line = await openLine(options)
  return { ...line.telephone(options), close: () => line.close() }
}

export async function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ address, port }, () => resolve())
  })
  socket.removeAllListeners('error')
  socket.on('error', () => {})
  return socket
}
