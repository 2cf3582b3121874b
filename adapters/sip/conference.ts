/** Several telephones that hear each other, in steps of 20 ms: each hears the sum of the others; pure. */
import { alawToLinear, linearToAlaw, linearToUlaw, ulawToLinear } from '../kit/g711.ts'
import type { RtpPacket } from './rtp.ts'
import type { Law } from './sdp.ts'

const STEP_SAMPLES = 160
/** Kept of a telephone whose packets come early; more is a clock that runs away, and is cut back. */
const MAX_SAMPLES = 12 * STEP_SAMPLES
const KEPT_SAMPLES = 4 * STEP_SAMPLES
/** So much is there before a telephone is heard (again), so that one late packet is no hole. */
const FIRST_SAMPLES = 2 * STEP_SAMPLES
/** Household, operator's call, one party for each service and some units: nobody understands more at once. */
export const MAX_MEMBERS = 8
const LINEAR: Readonly<Record<Law, Int16Array>> = {
  alaw: Int16Array.from({ length: 256 }, (_, byte) => alawToLinear(byte)),
  ulaw: Int16Array.from({ length: 256 }, (_, byte) => ulawToLinear(byte))
}
const LIMIT = 32_767

interface Member {
  waiting: number[]
  flowing: boolean
  next: number | undefined
  /** What it said in this step. */
  step: readonly number[]
}

export class Conference {
  readonly #members = new Map<string, Member>()
  #sum = new Int32Array(STEP_SAMPLES)

  get size(): number {
    return this.#members.size
  }

  has(call: string): boolean {
    return this.#members.has(call)
  }

  /** False when it is full. */
  add(call: string): boolean {
    if (this.#members.has(call)) return true
    if (this.#members.size >= MAX_MEMBERS) return false
    this.#members.set(call, { waiting: [], flowing: false, next: undefined, step: [] })
    return true
  }

  remove(call: string): void {
    this.#members.delete(call)
  }

  members(): readonly string[] {
    return [...this.#members.keys()]
  }

  /** A packet of a telephone; what comes late is left out. */
  hear(call: string, { sequence, payload }: RtpPacket, law: Law): void {
    const member = this.#members.get(call)
    if (!member) return
    if (member.next !== undefined && ((sequence - member.next) & 0xffff) >= 0x8000) return
    member.next = (sequence + 1) & 0xffff
    for (const byte of payload.subarray(0, MAX_SAMPLES)) member.waiting.push(LINEAR[law][byte] ?? 0)
    if (member.waiting.length > MAX_SAMPLES) member.waiting = member.waiting.slice(-KEPT_SAMPLES)
  }

  /** 20 ms from a console; undefined is silence. */
  say(name: string, alaw: Buffer | undefined): void {
    const member = this.#members.get(name)
    for (const byte of alaw ?? []) member?.waiting.push(LINEAR.alaw[byte] ?? 0)
  }

  /** The next 20 ms of everybody. */
  turn(): void {
    this.#sum.fill(0)
    for (const member of this.#members.values()) {
      if (member.waiting.length < STEP_SAMPLES) member.flowing = false
      else if (member.waiting.length >= FIRST_SAMPLES) member.flowing = true
      member.step = member.flowing ? member.waiting.splice(0, STEP_SAMPLES) : []
      for (const [i, sample] of member.step.entries()) this.#sum[i] = (this.#sum[i] ?? 0) + sample
    }
  }

  /** What this telephone hears of the step: everybody but itself. */
  next(call: string, law: Law): Buffer {
    const own = this.#members.get(call)?.step ?? []
    const encode = law === 'alaw' ? linearToAlaw : linearToUlaw
    return Buffer.from(
      Array.from(this.#sum, (sum, i) => encode(Math.max(-LIMIT, Math.min(LIMIT, sum - (own[i] ?? 0)))))
    )
  }
}
