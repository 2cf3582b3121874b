/** Who hears one call at a console, and who speaks into it; in the voice thread only. Consoles know A-law alone, whatever the telephone speaks. */
import { ALAW_TO_ULAW, ULAW_TO_ALAW } from '../kit/g711.ts'
import { Concealment } from './concealment.ts'
import type { RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'

/** Somebody at a console. */
export interface Hearer {
  hear(alaw: Buffer): void
  /** Takes the telephone's packets as they came, in place of `hear`; there while it does. */
  readonly relay?: ((packet: RtpPacket, law: Law) => void) | undefined
  /** Nothing more comes. */
  over(why: string): void
}

const STEP_BYTES = 160
/** Kept from the beginning, so that it can be heard while the call goes on. */
const FIRST_BYTES = 80_000
/** A longer loss is heard as a shorter one: nobody waits for silence. */
const MAX_FILLED = 5
/** What a console sends too early is kept so long; more is a clock that runs away, and is cut back to half. */
const MAX_QUEUED = 10
const SILENCE = Buffer.alloc(STEP_BYTES, 0xd5)

export class Audience {
  readonly #hearers = new Set<Hearer>()
  readonly #first: Buffer[] = []
  #firstBytes = 0
  #next: number | undefined
  #said: { readonly payload: Buffer; readonly law: Law }[] = []
  readonly #concealment = new Concealment()
  #saidIn: Law = 'alaw'

  get size(): number {
    return this.#hearers.size
  }

  /** What was said from the beginning comes at once, for whoever asks for it. */
  add(hearer: Hearer, fromFirst: boolean): void {
    if (fromFirst) for (const step of this.#first) hearer.hear(step)
    this.#hearers.add(hearer)
  }

  remove(hearer: Hearer): void {
    this.#hearers.delete(hearer)
  }

  /** A packet of the telephone. What comes late is left out: it is in the recording. */
  heard(packet: RtpPacket, law: Law): void {
    const { sequence, payload } = packet
    for (const { relay } of this.#hearers) relay?.(packet, law)
    const missing = this.#next === undefined ? 0 : (sequence - this.#next) & 0xffff
    if (missing >= 0x8000) return
    this.#next = (sequence + 1) & 0xffff
    for (let n = 0; n < Math.min(missing, MAX_FILLED); n += 1) this.#pass(SILENCE)
    this.#pass(law === 'alaw' ? Buffer.from(payload) : Buffer.from(payload.map(byte => ULAW_TO_ALAW[byte] ?? 0)))
  }

  /** 20 ms in A-law that were mixed: what all consoles hear. */
  give(step: Buffer): void {
    this.#keep(step)
    for (const hearer of this.#hearers) hearer.hear(step)
  }

  #pass(step: Buffer): void {
    this.#keep(step)
    for (const hearer of this.#hearers) if (!hearer.relay) hearer.hear(step)
  }

  #keep(step: Buffer): void {
    if (this.#firstBytes >= FIRST_BYTES) return
    this.#first.push(step)
    this.#firstBytes += step.length
  }

  /** 20 ms that a console says; anything else is passed over. */
  say(payload: Buffer, law: Law = 'alaw'): void {
    if (payload.length !== STEP_BYTES) return
    this.#said.push({ payload, law })
    if (this.#said.length > MAX_QUEUED) this.#said = this.#said.slice(-MAX_QUEUED / 2)
  }

  /** The next 20 ms for the telephone; undefined is silence. What is late or lost is made up for a moment. */
  next(law: Law): Buffer | undefined {
    const step = this.#said.shift()
    if (step) this.#saidIn = step.law
    const heard = step ? this.#concealment.came(step.payload, step.law) : this.#concealment.missing()
    if (!heard || this.#saidIn === law) return heard
    const table = law === 'ulaw' ? ALAW_TO_ULAW : ULAW_TO_ALAW
    return Buffer.from(heard.map(byte => table[byte] ?? 0))
  }

  end(why: string): void {
    for (const hearer of this.#hearers) hearer.over(why)
    this.#hearers.clear()
  }
}
