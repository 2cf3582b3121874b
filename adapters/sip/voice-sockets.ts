/** The UDP sockets of voice, one a call. */
import { createSocket, type Socket } from 'node:dgram'
import { plainLookup } from './plain-lookup.ts'

export interface SocketSetup {
  readonly address: string
  readonly family: 'udp4' | 'udp6'
  /** `from` 0: any free port. */
  readonly ports: { readonly from: number; readonly to: number }
}

export class VoiceSockets {
  readonly #setup: SocketSetup
  #next: number

  constructor(setup: SocketSetup) {
    this.#setup = setup
    this.#next = setup.ports.from
  }

  /** The next free even port of the range (RFC 3550 §11); each is tried once. */
  async open(): Promise<Socket | undefined> {
    const { from, to } = this.#setup.ports
    if (from === 0) return this.#bind(0)
    for (let tried = from; tried <= to; tried += 2) {
      const port = this.#next
      this.#next = port + 2 > to ? from : port + 2
      const socket = await this.#bind(port)
      if (socket) return socket
    }
    return undefined
  }

  #bind(port: number): Promise<Socket | undefined> {
    const { family, address } = this.#setup
    return new Promise(resolve => {
      const socket = createSocket({ type: family, lookup: plainLookup })
      socket.once('error', () => {
        socket.close()
        resolve(undefined)
      })
      socket.bind({ port, address, exclusive: true }, () => {
        socket.removeAllListeners('error')
        // An unreachable caller is no reason to stop the others.
        socket.on('error', () => {})
        resolve(socket)
      })
    })
  }
}
