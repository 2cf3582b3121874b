/** One track as datagrams (RFC 2326 §12.39): a pair of ports, open to the camera alone, with its packets put in order. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv4, isIPv6 } from 'node:net'
import type { Clock } from '../../core/ports.ts'
import { RtspFault } from './fault.ts'
import { parseUdpTransport } from './message.ts'
import { ReorderBuffer, type ReorderFault } from './reorder.ts'
import type { TrackLine } from './track-line.ts'
import type { TrackName, TrackReception } from './track-reception.ts'

/** A keyframe comes as one burst; the system may grant less (net.core.rmem_max). */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024
const PAIR_TRIES = 30
const MIN_RTP_BYTES = 12

/** `udpForeign`: a datagram that is not the camera's. */
export type UdpFault = ReorderFault | 'udpForeign'

export interface UdpLineOptions {
  /** Our end of the RTSP connection: the interface towards the camera. */
  readonly localAddress: string
  readonly cameraAddress: string
  readonly reception: TrackReception
  readonly clock: Clock
  fault(fault: UdpFault): void
}

/** Rejects with an RtspFault where no pair of ports can be had. */
export async function openUdpLine(options: UdpLineOptions): Promise<UdpLine> {
  for (let tries = 0; tries < PAIR_TRIES; tries++) {
    const first = await bind(options.localAddress, 0)
    const { port } = first.address()
    // RTP has the even port, RTCP the odd one above it (RFC 3550 §11).
    const second = await bind(options.localAddress, port ^ 1).catch(() => undefined)
    if (second) return port % 2 === 0 ? new UdpLine(options, first, second) : new UdpLine(options, second, first)
    first.close()
  }
  throw new RtspFault('refused', 'no pair of UDP ports is free')
}

function bind(address: string, port: number): Promise<Socket> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      socket.close()
      reject(new RtspFault('refused', `no UDP port: ${error.message}`))
    }
    socket.once('error', failed)
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', failed)
      resolve(socket)
    })
  })
}

export class UdpLine implements TrackLine {
  readonly reception: TrackReception
  readonly offer: string
  readonly #options: UdpLineOptions
  readonly #rtp: Socket
  readonly #rtcp: Socket
  readonly #order: ReorderBuffer
  /** Where datagrams may come from; port 0 until it is known. */
  #source: string
  #rtpPort = 0
  #rtcpPort = 0
  #closed = false

  constructor(options: UdpLineOptions, rtp: Socket, rtcp: Socket) {
    const { reception, clock, cameraAddress } = options
    this.#options = options
    this.reception = reception
    this.#rtp = rtp
    this.#rtcp = rtcp
    this.#source = cameraAddress
    this.offer = `RTP/AVP;unicast;client_port=${rtp.address().port}-${rtcp.address().port}`
    this.#order = new ReorderBuffer(clock, {
      packet: (bytes, arrivalMs) => reception.media(bytes, 0, bytes.length, arrivalMs),
      fault: fault => options.fault(fault)
    })
    rtp.setRecvBufferSize(RECEIVE_BUFFER_BYTES)
    rtp.on('message', (bytes, from) => this.#media(bytes, from))
    rtcp.on('message', (bytes, from) => this.#control(bytes, from))
    // "Port unreachable" of the camera and the like: what counts is whether packets come.
    for (const socket of [rtp, rtcp]) socket.on('error', () => undefined)
  }

  get name(): TrackName {
    return this.reception.name
  }

  accept(transport: string | undefined): boolean {
    const answer = parseUdpTransport(transport)
    if (!answer) return false
    this.#rtpPort = answer.rtp
    this.#rtcpPort = answer.rtcp
    // Another source is believed for what it sends us; we never send there: the camera could aim us at anybody.
    const { source } = answer
    if (source !== undefined && isIPv4(source) === isIPv4(this.#source)) this.#source = source
    return true
  }

  /** A first packet out opens firewalls and address translation on the way: an RTP header without payload, an empty receiver report. */
  begin(): void {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    this.#send(this.#rtp, header, this.#rtpPort)
    this.#send(this.#rtcp, Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]), this.#rtcpPort)
  }

  sendReport(report: Buffer): void {
    this.#send(this.#rtcp, report, this.#rtcpPort)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#order.close()
    this.#rtp.close()
    this.#rtcp.close()
  }

  #media(bytes: Buffer, from: RemoteInfo): void {
    if (this.#rtpPort === 0 && from.address === this.#source) this.#rtpPort = from.port
    if (from.port !== this.#rtpPort || from.address !== this.#source) this.#options.fault('udpForeign')
    else if (bytes.length >= MIN_RTP_BYTES) this.#order.push(bytes, this.#options.clock.now())
  }

  #control(bytes: Buffer, from: RemoteInfo): void {
    if (this.#rtcpPort === 0 && from.address === this.#source) this.#rtcpPort = from.port
    if (from.port !== this.#rtcpPort || from.address !== this.#source) this.#options.fault('udpForeign')
    else this.reception.control(bytes, 0, bytes.length, this.#options.clock.now())
  }

  #send(socket: Socket, bytes: Buffer, port: number): void {
    if (this.#closed || port === 0) return
    socket.send(bytes, port, this.#options.cameraAddress, () => undefined)
  }
}
