/** Sends probes by multicast on every card and by unicast over address lists, and listens for Hello and Bye. */
import { randomUUID } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock } from '../../gateway/core/ports.ts'
import { DISCOVERY_GROUP, PROBE_TYPES, probeMessage } from './discovery-frame.ts'

export type OnDatagram = (datagram: Buffer, peer: RemoteInfo) => void

export interface ProbeRound {
  readonly clock: Clock
  readonly abort: AbortSignal
  readonly port: number
  /** Own addresses whose cards send the multicast; empty: none is sent. */
  readonly interfaces: readonly string[]
  /** Addresses asked one by one. */
  readonly targets: Iterable<string>
  readonly windowMs: number
  readonly onDatagram: OnDatagram
}

/** SOAP over UDP 1.0, appendix I: a multicast is sent twice, as datagrams get lost. */
const REPEAT_AFTER_MS = 250
const BURST = 100
const BURST_EVERY_MS = 5

/** Message ids and bytes of one round's probes. */
export interface Probes {
  readonly ids: ReadonlySet<string>
  readonly datagrams: readonly Buffer[]
}

export function newProbes(): Probes {
  const probes = PROBE_TYPES.map(type => ({ id: `urn:uuid:${randomUUID()}`, type }))
  return { ids: new Set(probes.map(p => p.id)), datagrams: probes.map(p => probeMessage(p.id, p.type)) }
}

/** Sends the probes and hands in what comes back until the window is over; a card that refuses is left out. */
export async function probe(round: ProbeRound, probes: Probes): Promise<void> {
  const cards = await Promise.all(round.interfaces.map(address => openCard(address, round.onDatagram)))
  const multicast = cards.filter(socket => socket !== undefined)
  const unicast = await openCard('0.0.0.0', round.onDatagram)
  try {
    for (const again of [false, true]) {
      if (round.abort.aborted) return
      for (const socket of multicast)
        for (const datagram of probes.datagrams) send(socket, datagram, round.port, DISCOVERY_GROUP)
      if (unicast && !again) await probeTargets(unicast, round, probes)
      await pause(round, again ? round.windowMs : REPEAT_AFTER_MS)
    }
  } finally {
    for (const socket of [...multicast, unicast]) socket?.close()
  }
}

/** Paced, so that neither our socket nor a small switch drops what is sent. */
async function probeTargets(socket: Socket, round: ProbeRound, probes: Probes): Promise<void> {
  let sent = 0
  for (const address of round.targets) {
    for (const datagram of probes.datagrams) {
      send(socket, datagram, round.port, address)
      if (++sent % BURST === 0) await pause(round, BURST_EVERY_MS)
    }
    if (round.abort.aborted) return
  }
}

/** Hello and Bye come to the group. Rejects when the port cannot be had. */
export class AnnouncementListener {
  readonly #socket = createSocket({ type: 'udp4', reuseAddr: true })
  readonly #joined = new Set<string>()

  async open(port: number, onDatagram: OnDatagram): Promise<void> {
    this.#socket.on('message', onDatagram)
    // Bound to the group: a unicast probe to a device on this same machine must reach the device.
    this.#socket.bind(port, DISCOVERY_GROUP)
    await once(this.#socket, 'listening')
    this.#socket.on('error', () => {})
  }

  /** Joins the group on cards that came since. */
  join(interfaces: readonly string[]): void {
    for (const address of interfaces) {
      if (this.#joined.has(address)) continue
      try {
        this.#socket.addMembership(DISCOVERY_GROUP, address)
        this.#joined.add(address)
      } catch {
        // The card went away or does no multicast; it is tried again in the next round.
      }
    }
    // A card that went has lost its membership; it is joined anew when it is back.
    for (const address of this.#joined) if (!interfaces.includes(address)) this.#joined.delete(address)
  }

  close(): void {
    this.#socket.close()
  }
}

async function openCard(address: string, onDatagram: OnDatagram): Promise<Socket | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, address)
    await once(socket, 'listening')
    if (address !== '0.0.0.0') socket.setMulticastInterface(address)
    socket.setMulticastTTL(1)
  } catch {
    socket.close()
    return undefined
  }
  socket.on('error', () => {})
  socket.on('message', onDatagram)
  return socket
}

function send(socket: Socket, datagram: Buffer, port: number, address: string): void {
  // What cannot be sent (no route, full buffer) is a device that does not answer: nothing else follows from it.
  socket.send(datagram, port, address, () => {})
}

/** Resolves after `ms`, or at once when aborted. */
export function pause(
  { clock, abort }: { readonly clock: Clock; readonly abort: AbortSignal },
  ms: number
): Promise<void> {
  if (abort.aborted) return Promise.resolve()
  return new Promise(resolve => {
    const done = (): void => {
      cancel()
      abort.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.after(ms, done)
    abort.addEventListener('abort', done)
  })
}
