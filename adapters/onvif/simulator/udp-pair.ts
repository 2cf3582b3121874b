/** An even RTP port and the odd RTCP port above it (RFC 3550 11). */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

export interface UdpPair {
  readonly rtp: Socket
  readonly rtcp: Socket
}

const ATTEMPTS = 50

/** Lets the system choose the even port; tries again while its neighbour is taken. Throws after 50 attempts. */
export async function openUdpPair(address: string): Promise<UdpPair> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const rtp = await bound(0, address)
    const port = rtp?.address().port ?? 1
    const rtcp = port % 2 === 0 ? await bound(port + 1, address) : undefined
    if (rtp && rtcp) return { rtp, rtcp }
    rtp?.close()
  }
  throw new Error(`no free pair of UDP ports on ${address}`)
}

async function bound(port: number, address: string): Promise<Socket | undefined> {
  const socket = createSocket('udp4')
  try {
    socket.bind(port, address)
    await once(socket, 'listening')
  } catch {
    socket.close()
    return undefined
  }
  socket.on('error', () => {})
  return socket
}
