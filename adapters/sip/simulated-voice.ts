/** What a simulated telephone says: raw A-law as RTP, 20 ms a packet, from the answer on (RFC 3550, RFC 3551). */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../gateway/core/ports.ts'

const STEP_MS = 20
const STEP_BYTES = 160
const PCMA = 8

/** Sends `alaw` once and is silent then; what comes back stops it. */
export function say(alaw: Buffer, clock: Clock, send: (packet: Buffer) => void): () => void {
  const random = randomBytes(10)
  const startedMs = clock.steady()
  let step = 0
  const stop = clock.every(STEP_MS / 2, () => {
    const due = Math.floor((clock.steady() - startedMs) / STEP_MS)
    for (; step <= due && step * STEP_BYTES < alaw.length; step += 1) {
      const head = Buffer.alloc(12)
      head.writeUInt16BE(0x8000 | (step === 0 ? 0x80 : 0) | PCMA, 0)
      head.writeUInt16BE((random.readUInt16BE(0) + step) & 0xffff, 2)
      head.writeUInt32BE((random.readUInt32BE(2) + step * STEP_BYTES) >>> 0, 4)
      random.copy(head, 8, 6, 10)
      send(Buffer.concat([head, alaw.subarray(step * STEP_BYTES, (step + 1) * STEP_BYTES)]))
    }
  })
  return stop
}
