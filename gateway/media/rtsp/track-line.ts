/** How the packets of one track reach us: inside the RTSP connection, or as datagrams (udp-line.ts). */
import type { RtspConnection } from './connection.ts'
import { parseInterleaved } from './message.ts'
import type { TrackName, TrackReception } from './track-reception.ts'

export type TransportName = 'tcp' | 'udp'

/** From the offer in SETUP to the end of the session. */
export interface TrackLine {
  readonly name: TrackName
  readonly reception: TrackReception
  /** Value of the Transport header (RFC 2326 §12.39). */
  readonly offer: string
  /** The camera's answer; false when it does not fit the offer. */
  accept(transport: string | undefined): boolean
  /** Everything is set up and PLAY comes next. */
  begin(): void
  sendReport(report: Buffer): void
  close(): void
}

/** `first` is the channel asked for; the camera may choose others. */
export class InterleavedLine implements TrackLine {
  readonly reception: TrackReception
  readonly offer: string
  rtp = -1
  rtcp = -1
  readonly #connection: RtspConnection

  constructor(connection: RtspConnection, reception: TrackReception, first: number) {
    this.#connection = connection
    this.reception = reception
    this.offer = `RTP/AVP/TCP;unicast;interleaved=${first}-${first + 1}`
  }

  get name(): TrackName {
    return this.reception.name
  }

  accept(transport: string | undefined): boolean {
    const channels = parseInterleaved(transport)
    this.rtp = channels?.rtp ?? -1
    this.rtcp = channels?.rtcp ?? -1
    return channels !== undefined
  }

  begin(): void {
    // The way is open already.
  }

  sendReport(report: Buffer): void {
    if (this.rtcp !== this.rtp) this.#connection.sendFrame(this.rtcp, report)
  }

  close(): void {
    // Ends with the connection.
  }
}
