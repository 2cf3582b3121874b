/** The UDP socket: datagrams in within their budget, answers out, nothing left open after the end. */
import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { GatewayError } from '../../gateway/core/errors.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Budget } from '../kit/token-budget.ts'
import type { SipConfig, Trunk } from './config.ts'
import { addressFor, originOf, type Peer, peerOf } from './peer.ts'
import { trunkOf } from './trunks.ts'

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024

/** What a transport does with a whole message. */
export type Receive = (bytes: Buffer, peer: Peer, trunk: Trunk | undefined) => Promise<void>

export class Datagrams {
  readonly #socket: Socket
  readonly #family: 'udp4' | 'udp6'
  readonly #host: AdapterHost
  #underWay = 0
  #whenEmpty: () => void = () => {}

  private constructor(socket: Socket, family: 'udp4' | 'udp6', host: AdapterHost) {
    this.#socket = socket
    this.#family = family
    this.#host = host
  }

  /** PORT_TAKEN when somebody else has it. */
  static async open(host: AdapterHost, config: Pick<SipConfig, 'address' | 'port'>): Promise<Datagrams> {
    const family = isIP(config.address) === 6 ? 'udp6' : 'udp4'
    const socket = createSocket(family)
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind({ port: config.port, address: config.address, exclusive: true }, resolve)
      })
    } catch (error) {
      socket.close()
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!taken) throw error
      throw new GatewayError('PORT_TAKEN', { port: config.port, setting: 'adapters.sip.port' }, { cause: error })
    }
    socket.removeAllListeners('error')
    // A burst of thousands of calls waits in the kernel; smaller systems give what they allow.
    socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
    return new Datagrams(socket, family, host)
  }

  get port(): number {
    return this.#socket.address().port
  }

  /** `failed`: the socket does not work any more and everything must be started again. */
  listen(config: SipConfig, budget: Budget, receive: Receive, failed: (error: Error) => void): void {
    this.#socket.once('error', failed)
    this.#socket.on('message', (bytes, from) => {
      const peer = peerOf(from.address, from.port)
      const trunk = trunkOf(config.trunks, peer)
      const perS = trunk ? config.budgets.trunkDatagramsPerS : config.budgets.unknownDatagramsPerS
      if (!budget.take(peer.address, { perMs: perS / 1_000, burst: 2 * perS }))
        return this.#host.reject('tooFast', originOf(peer))
      void receive(bytes, peer, trunk)
    })
  }

  send(bytes: Buffer, to: Peer): void {
    this.#underWay++
    this.#socket.send(bytes, to.port, addressFor(this.#family, to.address), error => {
      if (error) this.#host.reject('notSent', originOf(to), error.message)
      if (--this.#underWay === 0) this.#whenEmpty()
    })
  }

  deafen(): void {
    this.#socket.removeAllListeners('message')
  }

  /** Counts what is on its way out, so that the last BYE leaves before the socket closes. */
  async close(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#whenEmpty = resolve
      if (this.#underWay === 0) resolve()
    })
    await new Promise<void>(resolve => this.#socket.close(() => resolve()))
  }
}
