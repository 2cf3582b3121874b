/** Terminals over UDP: one line per address and port; whoever proved nothing shares the budget of its address and a bounded list. */
import type { Socket as UdpSocket } from 'node:dgram'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { createDeframer } from './terminal-frame.ts'
import { type OpenSession, UdpLine } from './terminal-line.ts'
import { Budget } from './token-budget.ts'

/** Lines that proved nothing; beyond it the longest silent one is forgotten, with nothing but its refusals and its half a message. */
const MAX_UNPROVEN = 1_000
/** A proven terminal reports every few seconds, and after a blind area in a burst. */
const PROVEN_RATE = { perMs: 0.05, burst: 200 }

export interface DatagramSettings {
  readonly maxConnections: number
  readonly idleTimeoutMs: number
  /** From one address, of whoever has not authenticated. */
  readonly datagramsPerSecond: number
  readonly maxEscaped: number
}

export interface Datagrams {
  /** Forgets whoever is silent. */
  sweep(): void
  /** Ends every line; the socket is the caller's. */
  close(): void
}

export function serveDatagrams(
  socket: UdpSocket,
  host: AdapterHost,
  settings: DatagramSettings,
  open: OpenSession
): Datagrams {
  const proven = new Map<string, UdpLine>()
  /** In order of last use. */
  const unproven = new Map<string, UdpLine>()
  const strangers = new Budget(host.clock)
  const members = new Budget(host.clock)
  const rate = { perMs: settings.datagramsPerSecond / 1_000, burst: settings.datagramsPerSecond * 2 }
  const deframer = createDeframer(settings.maxEscaped)

  /** Where the line belongs after each frame: it may have authenticated, or signed off. */
  function place(line: UdpLine): void {
    if (!line.open) return
    const [to, from] = line.session.authenticated ? [proven, unproven] : [unproven, proven]
    from.delete(line.origin)
    to.delete(line.origin)
    to.set(line.origin, line)
  }

  const forget = (line: UdpLine): void => {
    proven.delete(line.origin)
    unproven.delete(line.origin)
  }

  function lineOf(address: string, port: number): UdpLine | undefined {
    const origin = `udp ${address}:${port}`
    const known = proven.get(origin) ?? unproven.get(origin)
    if (known) return known
    if (proven.size >= settings.maxConnections) {
      host.reject('tooManyConnections', origin)
      return undefined
    }
    const oldest = unproven.size >= MAX_UNPROVEN ? unproven.values().next() : undefined
    if (oldest && !oldest.done) oldest.value.close()
    const line = new UdpLine({ address, port }, socket, host, { open, taken: place, forget })
    unproven.set(origin, line)
    return line
  }

  socket.on('message', (datagram, { address, port }) => {
    const origin = `udp ${address}:${port}`
    // RFC 768: "no reply is expected"; to send to port 0 throws.
    if (port === 0) return host.reject('badPort', origin)
    const within = proven.has(origin) ? members.take(origin, PROVEN_RATE) : strangers.take(address, rate)
    // Not answered, so an emergency comes again.
    if (!within) return host.reject('tooFast', origin)
    const receivedMs = host.clock.now()
    const candidates = [...deframer.push(datagram), ...deframer.end()]
    // What holds no frame opens no line.
    if (!candidates.some(candidate => candidate.ok)) {
      for (const candidate of candidates) if (!candidate.ok) host.reject(candidate.reason, origin)
      return
    }
    const line = lineOf(address, port)
    for (const candidate of candidates) line?.take(candidate, receivedMs)
  })

  return {
    sweep() {
      const nowMs = host.clock.steady()
      for (const line of [...proven.values(), ...unproven.values()])
        if (nowMs - line.session.lastFrameMs >= settings.idleTimeoutMs) line.close()
    },
    close() {
      for (const line of [...proven.values(), ...unproven.values()]) line.close()
    }
  }
}
