/** The socket as the broker sees it: cut as soon as a header announces more than a device has to say. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { createLengthGuard, type LengthGuard } from './frame.ts'

/**
 * One stream over the socket, since thousands of boxes are connected: a Transform and a Duplex.from around it cost three times as much memory a
 * connection. What came before the other side closed is still read.
 */
class GuardedConnection extends Duplex {
  readonly #socket: Socket
  readonly #guard: LengthGuard
  readonly #tooLong: () => void

  constructor(socket: Socket, maxPacketBytes: number, tooLong: () => void) {
    super({ allowHalfOpen: false })
    this.#socket = socket
    this.#guard = createLengthGuard(maxPacketBytes)
    this.#tooLong = tooLong
    socket.on('data', chunk => this.#take(chunk))
    const over = () => void this.push(null)
    // Both come once; `once` would keep a wrapper of 240 bytes for each.
    socket.on('end', over)
    socket.on('close', over)
  }

  #take(chunk: Buffer): void {
    if (this.#guard.feed(chunk)) {
      if (!this.push(chunk)) this.#socket.pause()
      return
    }
    this.#tooLong()
    this.#socket.destroy()
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  /** The broker writes a packet in pieces. */
  override _writev(chunks: { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}

export function guarded(socket: Socket, maxPacketBytes: number, tooLong: () => void): Duplex {
  return new GuardedConnection(socket, maxPacketBytes, tooLong)
}
