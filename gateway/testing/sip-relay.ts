/** A UDP relay between the gateway and one peer: loses what a seed says, and counts the calls that pass. */
import { createHash } from 'node:crypto'
import { createSocket } from 'node:dgram'

export interface SipRelay {
  readonly port: number
  /** Number dialled → Call-IDs of its INVITEs, in the order in which they first came. */
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>
  readonly lost: number
  close(): Promise<void>
}

/** `loss` 0–1 of the datagrams of either way; which ones depends on the seed, the number dialled and how many of it came before, never on time. */
export async function startRelay(peerPort: number, loss = 0, seed = 1): Promise<SipRelay> {
  const socket = createSocket('udp4')
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve))
  const calls = new Map<string, Set<string>>()
  const passed = new Map<string, number>()
  let lost = 0
  let gatewayPort = 0
  const falls = (way: string): boolean => {
    const count = (passed.get(way) ?? 0) + 1
    passed.set(way, count)
    return createHash('sha256').update(`${seed} ${way} ${count}`).digest().readUInt32BE(0) / 2 ** 32 < loss
  }
  socket.on('message', (bytes, from) => {
    const text = bytes.toString('latin1')
    const number = /^To:.*sip:([^@>]+)@/im.exec(text)?.[1] ?? ''
    const callId = /^Call-ID: *(\S+)/im.exec(text)?.[1]
    if (text.startsWith('INVITE ') && callId !== undefined)
      calls.set(number, (calls.get(number) ?? new Set<string>()).add(callId))
    const fromPeer = from.port === peerPort
    if (!fromPeer) gatewayPort = from.port
    if (falls(`${number} ${fromPeer ? 'from' : 'to'}`)) lost++
    else socket.send(bytes, fromPeer ? gatewayPort : peerPort, '127.0.0.1')
  })
  return {
    port: socket.address().port,
    calls,
    get lost() {
      return lost
    },
    close: () => new Promise(resolve => socket.close(() => resolve()))
  }
}
