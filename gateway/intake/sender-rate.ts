/** Which reports of a source are journaled one by one, and which come faster than any button is pressed: per alarm, and per source; pure over the times it is told. */
import type { Signal } from '../core/signal.ts'

interface Rate {
  readonly perS: number
  readonly atOnce: number
}

/** Of one alarm: a person, a panel that repeats, a worn contact stay below; more than 5 a second for two seconds does not. */
const OF_ALARM: Rate = { perS: 5, atOnce: 10 }
/** Rows of all alarms of a source together: a panel may have hundreds of zones, and tell of each at once. */
const OF_SOURCE: Rate = { perS: 5, atOnce: 500 }
/** Whoever was faster is slow again after ten seconds of it. */
const MAX_DEBT = 50
/** Of a source that is over its rows a class that was heard of within this is gathered: who goes through all classes would have five rows a second of each. */
const NEW_CLASS_MS = 10_000
/** Alarms of a source that are told apart; beyond them the one that was quiet longest starts anew. */
const MAX_ALARMS = 1_024

interface Bucket {
  tokens: number
  /** Absent: never heard of. */
  atMs?: number
}

export interface SenderRate {
  /** The alarm that a report is counted with; undefined: it is journaled by itself. `nowMs` by the clock that nobody sets. */
  gatheredAs(signal: Signal, nowMs: number): string | undefined
  /** What was gathered has become a row. */
  row(): void
  /** It was a retransmission and cost nothing. */
  giveBack(signal: Signal): void
}

export function createSenderRate(nowMs: number): SenderRate {
  const source: Bucket = { tokens: OF_SOURCE.atOnce, atMs: nowMs }
  const alarms = new Map<string, Bucket>()
  /** What was gathered last: a sender that does not stop says the same, and its alarm is not put into words for each press. */
  let last: { readonly signal: Signal; readonly wide: boolean; readonly alarm: string } | undefined
  const bucketOf = (alarm: string): Bucket => {
    const bucket: Bucket = alarms.get(alarm) ?? { tokens: OF_ALARM.atOnce }
    alarms.delete(alarm)
    alarms.set(alarm, bucket)
    if (alarms.size > MAX_ALARMS) alarms.delete(alarms.keys().next().value as string)
    return bucket
  }
  return {
    gatheredAs(signal, atMs) {
      fill(source, OF_SOURCE, atMs)
      // A sender that goes through zone after zone: those of one class are one alarm then, and a new class is still heard by itself.
      const wide = source.tokens < 1
      const again = last?.wide === wide && isSameAlarm(last.signal, signal, wide) ? last : undefined
      const alarm = again?.alarm ?? alarmOf(signal, wide)
      const bucket = bucketOf(alarm)
      const isNew = bucket.atMs === undefined || atMs - bucket.atMs >= NEW_CLASS_MS
      fill(bucket, OF_ALARM, atMs)
      const alone = wide ? isNew : bucket.tokens >= 1
      take(bucket)
      if (alone || wide) take(source)
      last = alone ? undefined : (again ?? { signal, wide, alarm })
      return alone ? undefined : alarm
    },
    row: () => take(source),
    giveBack(signal) {
      for (const bucket of [source, alarms.get(alarmOf(signal, false))]) if (bucket) bucket.tokens += 1
    }
  }
}

function fill(bucket: Bucket, { perS, atOnce }: Rate, atMs: number): void {
  const passedMs = Math.max(0, atMs - (bucket.atMs ?? atMs))
  bucket.atMs = atMs
  bucket.tokens = Math.min(atOnce, bucket.tokens + (passedMs * perS) / 1_000)
}

function take(bucket: Bucket): void {
  bucket.tokens = Math.max(-MAX_DEBT, bucket.tokens - 1)
}

/** With zone, words, and of stored ones whether they are of long ago: whatever makes two reports say different things. */
const SAID = ['qualifier', 'condition', 'alarmClass', 'cause', 'verified', 'digit', 'reportedBy', 'sourceKind'] as const

function alarmOf(signal: Signal, wide: boolean): string {
  const said = SAID.map(key => signal[key])
  return [...said, halfHours(signal), ...(wide ? ['', ''] : [zoneOf(signal), signal.text])].join('\n')
}

/** As alarmOf tells them apart, without a text of each. */
function isSameAlarm(one: Signal, other: Signal, wide: boolean): boolean {
  for (const key of SAID) if (one[key] !== other[key]) return false
  if (halfHours(one) !== halfHours(other)) return false
  return wide || (zoneOf(one) === zoneOf(other) && one.text === other.text)
}

function zoneOf({ alarmClass, zone }: Signal): string | undefined {
  return alarmClass === 'panic' || alarmClass === 'duress' ? undefined : zone
}

/** Half an hour makes a stored press one of then (intake.ts). */
function halfHours({ stored, deviceTimeMs, receivedTimeMs }: Signal): number | undefined {
  if (!stored || deviceTimeMs === undefined) return undefined
  return Math.min(1, Math.max(0, Math.floor((receivedTimeMs - deviceTimeMs) / 1_800_000)))
}
