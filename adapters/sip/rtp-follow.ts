/** Numbers and times of one stream that is made of several, pure: a browser sees no break where a telephone's stream gives way to another. */
import type { RtpPacket } from './rtp.ts'

type Numbered = Pick<RtpPacket, 'sequence' | 'timestamp' | 'ssrc'>

const STEP_SAMPLES = 160
/** Further on or back than this is another stream under the same name. */
const MAX_JUMP = 100

export class RtpFollow {
  #from: Numbered | undefined
  #last = { sequence: 0, timestamp: 0 }

  /** Losses and the order of packets stay as they were: the browser conceals them better than we could. */
  next(packet: Numbered): { readonly sequence: number; readonly timestamp: number } {
    const from = this.#from
    const ahead = from ? ((packet.sequence - from.sequence + 0x8000) & 0xffff) - 0x8000 : 0
    const goesOn = from !== undefined && from.ssrc === packet.ssrc && Math.abs(ahead) <= MAX_JUMP
    const steps = goesOn ? ahead : 1
    const samples = goesOn ? packet.timestamp - from.timestamp : STEP_SAMPLES
    const now = {
      sequence: (this.#last.sequence + steps) & 0xffff,
      timestamp: (this.#last.timestamp + samples) >>> 0
    }
    // What comes late is no new beginning.
    if (!goesOn || ahead > 0) {
      this.#from = packet
      this.#last = now
    }
    return now
  }
}
