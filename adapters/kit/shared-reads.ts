/**
 * Reading many sockets into one buffer: for every read Node takes 64 KiB, two objects and, at the end, a share of a collection; on a busy
 * platform that is more than everything done with the bytes.
 */
import { Socket } from 'node:net'

const READ_BYTES = 65_536
const shared = Buffer.allocUnsafeSlow(READ_BYTES)

/**
 * The socket to go on with, in place of one that a server with `pauseOnConnect` has accepted. What `take` is given is overwritten by the next
 * read of any socket: who keeps something of it copies it. Events as ever, but for `data`.
 */
export function readShared(accepted: Socket, take: (chunk: Buffer) => void): Socket {
  const handle = handOver(accepted)
  if (!handle) {
    // A Node that keeps its handles otherwise: dearer, and as right.
    accepted.on('data', take)
    return accepted
  }
  const callback = (bytes: number): boolean => {
    take(shared.subarray(0, bytes))
    return true
  }
  const onread = { buffer: shared, callback }
  return new Socket({ handle, onread } as ConstructorParameters<typeof Socket>[0])
}

/** As Node itself does for a socket that is sent to another process: a server cannot be told how to read what it accepts. */
function handOver(accepted: Socket & { _handle?: object | null }): object | undefined {
  const handle = accepted._handle
  if (!handle || !('useUserBuffer' in handle)) return undefined
  accepted._handle = null
  // Counted by its server no more.
  accepted.destroy()
  return handle
}
