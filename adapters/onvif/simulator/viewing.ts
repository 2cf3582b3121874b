/** One track of an RTSP session that plays: a viewer of a broadcast over the RTSP connection (interleaved) or over UDP. */
import { randomInt } from 'node:crypto'
import type { Socket as DatagramSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import type { Viewer } from './broadcast.ts'
import { eachDatagram } from './packets.ts'
import { senderReport } from './sender-report.ts'

const REPORT_EVERY_MS = 5000
/** A viewer whose line holds more than this waits for a keyframe, as a camera with a full buffer does. */
const LINE_FULL_BYTES = 1_000_000

export type Transport =
  | { readonly kind: 'interleaved'; readonly socket: Socket; readonly channel: number }
  | {
      readonly kind: 'udp'
      readonly address: string
      readonly rtpPort: number
      readonly rtcpPort: number
      readonly rtp: DatagramSocket
      readonly rtcp: DatagramSocket
    }

export class Viewing implements Viewer {
  readonly ssrc = randomInt(1, 2 ** 32)
  readonly timestampBase = randomInt(2 ** 32)
  readonly channel: number
  sequence = randomInt(2 ** 16)
  waitsForKey = true
  readonly #transport: Transport
  readonly #clockOffsetMs: number
  #packets = 0
  #octets = 0
  #reportDueMs = 0

  /** `clockOffsetMs`: how wrong the clock is that its reports tell. */
  constructor(transport: Transport, clockOffsetMs: number) {
    this.#transport = transport
    this.#clockOffsetMs = clockOffsetMs
    this.channel = transport.kind === 'interleaved' ? transport.channel : 0
  }

  pictureAt(timestamp: number, wallMs: number): void {
    if (wallMs < this.#reportDueMs) return
    this.#reportDueMs = wallMs + REPORT_EVERY_MS
    const said = { wallMs: wallMs + this.#clockOffsetMs, timestamp }
    const fields = { ssrc: this.ssrc, ...said, packets: this.#packets, octets: this.#octets }
    this.#sendReport(senderReport(fields, 'pingan-sim'))
  }

  send(picture: Buffer, packets: number): boolean {
    this.#packets += packets
    this.#octets += picture.length - packets * 16
    const transport = this.#transport
    if (transport.kind === 'interleaved') {
      if (transport.socket.writable) transport.socket.write(picture)
      return transport.socket.writableLength < LINE_FULL_BYTES
    }
    eachDatagram(picture, packet => transport.rtp.send(packet, transport.rtpPort, transport.address, () => {}))
    return true
  }

  #sendReport(report: Buffer): void {
    const transport = this.#transport
    if (transport.kind === 'udp') {
      transport.rtcp.send(report, transport.rtcpPort, transport.address, () => {})
      return
    }
    const header = Buffer.from([0x24, transport.channel + 1, 0, 0])
    header.writeUInt16BE(report.length, 2)
    if (transport.socket.writable) transport.socket.write(Buffer.concat([header, report]))
  }
}
