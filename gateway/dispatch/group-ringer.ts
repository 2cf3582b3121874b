/** Rings the units of a group call one after the other: never with a line that an alarm's calls may need, nor at a telephone where a ring could be a sign (rules 4 and 5). */
import type { UnitId } from '../core/brand.ts'
import { isCalling } from '../core/callout.ts'
import { isTelling } from '../core/contact-round.ts'
import { GROUP_HEARD, type GroupCallHead, type GroupParty, groupSpeech, type PartyChange } from '../core/group-call.ts'
import type { Incident } from '../core/incident.ts'
import type { CallEnd, CallEvents, CallRequest, PlacedCall } from '../core/placed-call.ts'
import type { Clock } from '../core/ports.ts'

export interface GroupRingerSettings {
  readonly ringMs: number
  readonly tries: number
  readonly againAfterMs: number
  /** Lines that are left to alarms. */
  readonly keepLines: number
}

export interface GroupRingerOptions {
  readonly clock: Clock
  readonly settings: GroupRingerSettings
  readonly incidents: { all(): Iterable<Incident>; isCalling(number: string): boolean }
  phoneOf(unitId: UnitId): string | undefined
  /** It is on its way to somebody under duress: its telephone is left alone, and stops ringing. */
  hushed(unitId: UnitId): boolean
  freeLines(number: string): number | undefined
  place(request: CallRequest, events: CallEvents): PlacedCall
  /** Resolves true once it is durable, false when it cannot be or that call is over. */
  write(callId: string, unitId: UnitId, change: PartyChange): Promise<boolean>
}

export interface GroupRinger {
  /** Looks what may be rung now, and what must give its line back. */
  tick(head: GroupCallHead, parties: Iterable<GroupParty>): void
  /** It has confirmed by its phone: its telephone need not ring on. */
  confirmed(unitId: UnitId): void
  stop(): void
}

interface Live {
  readonly callId: string
  readonly number: string
  call: PlacedCall | undefined
  answered: boolean
  confirmed: boolean
  yielding: boolean
  cancelKey: () => void
  /** How it ended, until that is on record. */
  over?: PartyChange
  writing?: boolean
}

/** Calls of one group call at once, however many lines there are. */
const AT_ONCE = 10
/** Whoever answers and presses nothing is given up: it may be a machine. */
const KEY_MS = 60_000
const LINE_AGAIN_MS = 2_000

/** Neighbours or contacts of an alarm are being called: they come first. */
const alarmCalls = (incidents: Iterable<Incident>): boolean => {
  for (const { callout, contactRound } of incidents) if (isCalling(callout) || isTelling(contactRound)) return true
  return false
}

export function createGroupRinger(options: GroupRingerOptions): GroupRinger {
  const { clock, settings, incidents, write } = options
  const live = new Map<UnitId, Live>()
  /** When a wait is over, steady ms: a clock that is set neither ends nor lengthens it. */
  const waits = new Map<UnitId, { readonly nextAtMs: number; readonly dueMs: number }>()
  const againIn = (unitId: UnitId, ms: number): number => {
    const nextAtMs = clock.now() + ms
    waits.set(unitId, { nextAtMs, dueMs: clock.steady() + ms })
    return nextAtMs
  }
  const isDue = ({ unitId, call, confirmed }: GroupParty): boolean => {
    if (confirmed || call?.state !== 'waiting') return false
    const { nextAtMs = 0 } = call
    let wait = waits.get(unitId)
    if (wait?.nextAtMs !== nextAtMs) {
      // Written by another run: no wait is longer than this, whatever the clock was then.
      const leftMs = Math.min(Math.max(nextAtMs - clock.now(), 0), Math.max(settings.againAfterMs, LINE_AGAIN_MS))
      wait = { nextAtMs, dueMs: clock.steady() + leftMs }
      waits.set(unitId, wait)
    }
    return wait.dueMs <= clock.steady()
  }

  const keepEnd = async (unitId: UnitId, entry: Live, over: PartyChange): Promise<void> => {
    entry.over = over
    entry.writing = true
    if (await write(entry.callId, unitId, over)) live.delete(unitId)
    entry.writing = false
  }
  /** An end that could not be put down is tried again, else the unit would seem to ring for good; unless the call is over itself. */
  const tryAgain = (unitId: UnitId, entry: Live, over: PartyChange, callId: string): void => {
    if (entry.writing) return
    if (entry.callId === callId) void keepEnd(unitId, entry, over)
    else live.delete(unitId)
  }
  const hungUp = (party: GroupParty, entry: Live, end: CallEnd): void => {
    entry.cancelKey()
    const { unitId, call } = party
    const yielded = entry.yielding || end === 'noLine'
    const tries = (call?.tries ?? 0) + 1
    const again = tries < settings.tries && !entry.confirmed
    const change: PartyChange = yielded
      ? { what: 'yielded', againAtMs: againIn(unitId, LINE_AGAIN_MS) }
      : { what: 'hungUp', end, ...(again ? { againAtMs: againIn(unitId, settings.againAfterMs) } : {}) }
    void keepEnd(unitId, entry, change)
  }

  const ring = async (head: GroupCallHead, party: GroupParty, number: string): Promise<void> => {
    const entry: Live = {
      ...{
        callId: head.id,
        number,
        call: undefined,
        answered: false,
        confirmed: false,
        yielding: false,
        cancelKey: () => {}
      }
    }
    const { unitId } = party
    live.set(unitId, entry)
    // On record before it rings; what is not has not rung.
    if (!(await write(head.id, unitId, { what: 'ringing' }))) return void live.delete(unitId)
    const spared = options.hushed(unitId) || incidents.isCalling(number)
    if (entry.yielding || entry.confirmed || spared) return hungUp(party, entry, 'noLine')
    entry.call = options.place(
      { number, ringMs: settings.ringMs, speech: groupSpeech(head.kind) },
      {
        ringing: () => {},
        answered() {
          entry.answered = true
          entry.cancelKey = clock.after(KEY_MS, () => entry.call?.hangUp())
          void write(head.id, unitId, { what: 'answered' })
        },
        async digit(digit) {
          if (digit !== '1' || entry.confirmed) return
          entry.confirmed = true
          // Thanked only when it is written down; else the key may be pressed again.
          if (await write(head.id, unitId, { what: 'confirmed', by: 'telephone' })) entry.call?.say(GROUP_HEARD)
          else entry.confirmed = false
        },
        spoken() {
          if (entry.confirmed) entry.call?.hangUp()
          else void write(head.id, unitId, { what: 'heard' })
        },
        ended: end => hungUp(party, entry, end)
      }
    )
  }

  const yieldOne = (entry: Live): void => {
    entry.yielding = !entry.confirmed
    entry.call?.hangUp()
  }

  return {
    tick(head, parties) {
      const busy = alarmCalls(incidents.all())
      for (const [unitId, entry] of live) {
        if (entry.over) {
          tryAgain(unitId, entry, entry.over, head.id)
          continue
        }
        // Its own call for help has the line to itself, also from whoever has answered ours.
        if (incidents.isCalling(entry.number)) {
          yieldOne(entry)
          continue
        }
        const free = options.freeLines(entry.number) ?? 0
        // Whoever has answered hears it out, unless the alarm finds no line.
        if (!entry.answered && options.hushed(unitId)) yieldOne(entry)
        else if (entry.answered ? free === 0 && busy : busy || free < settings.keepLines) yieldOne(entry)
      }
      // Each wait is looked at, also while nobody may be rung: it is measured from when it began.
      const waiting = [...parties].filter(isDue)
      if (busy) return
      let planned = [...live.values()].filter(({ call, over }) => !call && !over).length
      const due = waiting.sort((a, b) => (a.call?.tries ?? 0) - (b.call?.tries ?? 0))
      for (const party of due) {
        if (live.size >= AT_ONCE) return
        const number = options.phoneOf(party.unitId)
        if (number === undefined || live.has(party.unitId) || options.hushed(party.unitId)) continue
        const free = options.freeLines(number)
        if (free === undefined || free - planned <= settings.keepLines) continue
        if (incidents.isCalling(number)) continue
        planned += 1
        void ring(head, party, number)
      }
    },
    confirmed(unitId) {
      const entry = live.get(unitId)
      if (!entry || entry.confirmed) return
      entry.confirmed = true
      entry.call?.hangUp()
    },
    stop() {
      waits.clear()
      for (const entry of live.values()) yieldOne(entry)
    }
  }
}
