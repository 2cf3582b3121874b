/** WS-Discovery of the simulated cameras: answers multicast and unicast probes, says Hello and Bye; never leaves its own interface. */
import { randomUUID } from 'node:crypto'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import {
  byeMessage,
  DISCOVERY_GROUP,
  type DiscoveredDevice,
  helloMessage,
  matchesMessage,
  readDiscovery
} from '../discovery-frame.ts'

export interface ResponderOptions {
  /** Address of the one interface on which to listen and to send. */
  readonly address: string
  readonly port: number
  readonly devices: () => readonly DiscoveredDevice[]
}

const newMessageId = (): string => `urn:uuid:${randomUUID()}`

export class DiscoveryResponder {
  readonly #options: ResponderOptions
  #unicast: Socket | undefined
  #multicast: Socket | undefined

  constructor(options: ResponderOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const { address, port } = this.#options
    this.#unicast = await this.#open(address, port)
    this.#unicast.setMulticastInterface(address)
    this.#unicast.setMulticastTTL(1)
    // Bound to the group, so that unicast to other addresses of this machine is not taken away from others.
    this.#multicast = await this.#open(DISCOVERY_GROUP, port)
    this.#multicast.addMembership(DISCOVERY_GROUP, address)
    await this.#announce(helloMessage)
  }

  async stop(): Promise<void> {
    await this.#announce(byeMessage)
    this.#unicast?.close()
    this.#multicast?.close()
    this.#unicast = undefined
    this.#multicast = undefined
  }

  async #open(address: string, port: number): Promise<Socket> {
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    socket.on('message', (datagram, peer) => this.#answer(datagram, peer))
    socket.bind(port, address)
    await once(socket, 'listening')
    socket.on('error', () => {})
    return socket
  }

  #answer(datagram: Buffer, peer: RemoteInfo): void {
    const message = readDiscovery(datagram)
    if (!message.ok || message.value.kind !== 'probe') return
    const wanted = message.value.types
    if (wanted.length > 0 && !wanted.includes('NetworkVideoTransmitter') && !wanted.includes('Device')) return
    // One datagram a device, as separate devices would send.
    for (const device of this.#options.devices()) {
      const matches = matchesMessage(newMessageId(), message.value.messageId, [device])
      this.#unicast?.send(matches, peer.port, peer.address, () => {})
    }
  }

  async #announce(message: (messageId: string, device: DiscoveredDevice) => Buffer): Promise<void> {
    const socket = this.#unicast
    if (!socket) return
    const sends = this.#options.devices().map(device => {
      const datagram = message(newMessageId(), device)
      return new Promise<void>(resolve => socket.send(datagram, this.#options.port, DISCOVERY_GROUP, () => resolve()))
    })
    await Promise.all(sends)
  }
}
