/** Digits of a call as one stream, whichever of three ways they come, pure. */
import type { DigitWay, HeardDigit } from './ear.ts'
import { header, type SipRequest } from './frame.ts'
import type { Refusal } from './request.ts'
import { NO_JOURNAL } from './stateless.ts'

const RANK: Readonly<Record<DigitWay, number>> = { event: 0, info: 1, tone: 2 }
/** The same key by another way within this is the same press. */
const SAME_PRESS_MS = 1_500
/** `Signal=` of older equipment gives the number of the event instead of the key. */
const BY_NUMBER: Readonly<Record<string, string>> = { 10: '*', 11: '#', 12: 'A', 13: 'B', 14: 'C', 15: 'D' }

/** Telephones and exchanges may tell one press in two or three ways; from the best one on, the lesser ones are not listened to. */
export class DigitWays {
  #best: DigitWay | undefined
  #last: { readonly digit: string; readonly atMs: number } | undefined

  /** True when this is a press not told before. */
  take({ digit, way }: HeardDigit, nowMs: number): boolean {
    const best = this.#best
    if (best !== undefined && RANK[way] > RANK[best]) return false
    const better = best !== undefined && RANK[way] < RANK[best]
    const before = this.#last
    this.#best = way
    this.#last = { digit, atMs: nowMs }
    return !(better && before?.digit === digit && nowMs - before.atMs < SAME_PRESS_MS)
  }
}

/** The digit of an INFO (application/dtmf-relay, application/dtmf); `unreadable` is another kind of body, undefined no digit at all. */
export function infoDigit(raw: SipRequest): string | 'unreadable' | undefined {
  if (raw.body.length === 0) return undefined
  const type = (header(raw, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/dtmf-relay' && type !== 'application/dtmf') return 'unreadable'
  const text = raw.body.toString('latin1')
  const signal = /^\s*signal\s*=\s*(\S+)/im.exec(text)?.[1] ?? text.trim()
  const key = BY_NUMBER[signal] ?? signal.toUpperCase()
  return /^[0-9A-D*#]$/.test(key) ? key : 'unreadable'
}

const OK: Refusal = { status: 200, reason: 'OK' }
const UNREADABLE: Refusal = {
  status: 415,
  reason: 'Unsupported Media Type',
  headers: [{ name: 'accept', value: 'application/dtmf-relay, application/dtmf' }]
}

/** What to answer to an INFO: a digit that `take` could not make durable is not acknowledged (rule 1). */
export async function answerInfo(
  raw: SipRequest,
  take: (heard: HeardDigit) => Promise<boolean> | boolean
): Promise<Refusal> {
  const digit = infoDigit(raw)
  if (digit === 'unreadable') return UNREADABLE
  if (digit === undefined) return OK
  return (await take({ digit, way: 'info' })) ? OK : NO_JOURNAL
}
