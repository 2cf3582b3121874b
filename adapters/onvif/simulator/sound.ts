/** The sound of a camera: G.711 A-law in packets as long as a picture lasts, so that picture and sound never drift apart (RFC 3551 4.5.14). */

/** Static payload type and clock of A-law (RFC 3551 6). */
export const [PCMA, SOUND_HZ] = [8, 8000]
const INTERLEAVED_HEADER = 4
const RTP_HEADER = 12

/** Someone who hears; the same as a viewer without keyframes. */
export interface Listener {
  readonly channel: number
  readonly ssrc: number
  /** Random start of the time stamps (RFC 3550 5.1). */
  readonly timestampBase: number
  sequence: number
  send(packet: Buffer, packets: number): boolean
  pictureAt(timestamp: number, wallMs: number): void
}

/** Sends the part of the loop's sound that belongs to a picture. */
export class Sound {
  readonly listeners = new Set<Listener>()
  readonly #alaw: Buffer
  readonly #fps: number

  constructor(alaw: Buffer, fps: number) {
    this.#alaw = alaw
    this.#fps = fps
  }

  /** `ticks` pictures after `epochMs`; the sound begins with the loop and wraps with it. */
  send(epochMs: number, ticks: number): void {
    if (this.listeners.size === 0) return
    const [from, to] = [this.#sampleOf(ticks), this.#sampleOf(ticks + 1)]
    const start = from % this.#alaw.length
    const part = this.#alaw.subarray(start, start + to - from)
    // Samples since 1970: as with pictures, a pause shows in the time stamps.
    const elapsed = Math.round((epochMs * SOUND_HZ) / 1000) + from
    for (const listener of this.listeners) {
      const timestamp = (listener.timestampBase + (elapsed % 2 ** 32)) % 2 ** 32
      listener.pictureAt(timestamp, epochMs + (from * 1000) / SOUND_HZ)
      listener.send(packetOf(part, listener, timestamp), 1)
      listener.sequence = (listener.sequence + 1) & 0xffff
    }
  }

  #sampleOf(ticks: number): number {
    return Math.floor((ticks * SOUND_HZ) / this.#fps)
  }
}

function packetOf(part: Buffer, { channel, sequence, ssrc }: Listener, timestamp: number): Buffer {
  const packet = Buffer.allocUnsafe(INTERLEAVED_HEADER + RTP_HEADER + part.length)
  packet[0] = 0x24
  packet[1] = channel
  packet.writeUInt16BE(RTP_HEADER + part.length, 2)
  packet[4] = 0x80
  packet[5] = PCMA
  packet.writeUInt16BE(sequence, 6)
  packet.writeUInt32BE(timestamp >>> 0, 8)
  packet.writeUInt32BE(ssrc, 12)
  part.copy(packet, INTERLEAVED_HEADER + RTP_HEADER)
  return packet
}
