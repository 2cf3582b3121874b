/** The rounds that are open, in memory and in the store: opened when they fall due, settled when their time is over, also over a restart. */

import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import type { PatrolPlan, PatrolRound } from '../core/wall.ts'
import { newRound, settled } from './round.ts'
import { counts, roundIdOf, slotsOf, timeKey } from './slots.ts'

export interface RoundsOptions {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly timeZone: string
  plans(): readonly PatrolPlan[]
  /** UTC ms by which ages are judged: no clock that jumps ahead removes what is young. */
  keepNow(): number
}

export interface Rounds {
  /** Open rounds and those that ended in the last day, by time. */
  recent(): readonly PatrolRound[]
  get(roundId: string): PatrolRound | undefined
  keep(rounds: readonly PatrolRound[], audit: readonly AuditEntry[]): Promise<void>
  /** Opens what has fallen due and settles what is over; answers the rounds that were missed. */
  turn(): Promise<readonly PatrolRound[]>
  /** All rounds that opened in the interval. BODY_INVALID above 20,000. */
  between(fromMs: number, toMs: number): Promise<readonly PatrolRound[]>
  /** Deletes rounds beyond retention, a few hundred at a time. */
  prune(): Promise<void>
}

const KIND = 'patrol.round'
const DAY_MS = 86_400_000
/** Rounds are kept for 180 days. */
const KEPT_MS = 180 * DAY_MS
/** What passed while the gateway was down is looked up this far back. */
const LOOK_BACK_MS = DAY_MS
const PAGE = 2_000
const REPORT_MAX = 20_000
const PRUNE_AT_ONCE = 500
const WRITE_AT_ONCE = 200

const byTime = (a: PatrolRound, b: PatrolRound) => (a.id < b.id ? -1 : 1)

export async function createRounds(options: RoundsOptions): Promise<Rounds> {
  const { clock, store, timeZone } = options
  const rows = new Map<string, PatrolRound>()

  const between = async (fromMs: number, toMs: number, max: number): Promise<readonly PatrolRound[]> => {
    const found: PatrolRound[] = []
    let fromKey = timeKey(Math.max(0, fromMs))
    for (;;) {
      const page = await store.documents({ kind: KIND, fromKey, toKey: timeKey(Math.max(0, toMs)), limit: PAGE })
      for (const { body } of page) found.push(body as PatrolRound)
      if (found.length > max)
        throw new GatewayError('BODY_INVALID', { field: 'fromMs, toMs', allowed: `${max} rounds, ask for less time` })
      const last = page.at(-1)
      if (!last || page.length < PAGE) return found
      fromKey = `${last.key}!`
    }
  }
  const nowMs = clock.now()
  for (const row of await between(nowMs - 2 * DAY_MS, nowMs + DAY_MS, 100_000)) rows.set(row.id, row)

  const keep = async (changed: readonly PatrolRound[], audit: readonly AuditEntry[]): Promise<void> => {
    for (let at = 0; at === 0 || at < changed.length; at += WRITE_AT_ONCE) {
      const part = changed.slice(at, at + WRITE_AT_ONCE)
      const documents = part.map(row => ({ kind: KIND, key: row.id, body: row }))
      const result = await options.commit({ documents, audit: at === 0 ? audit : [] })
      if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
      for (const row of part) rows.set(row.id, row)
    }
  }

  /** Rounds that should be there by now and are not. */
  const due = (): readonly PatrolRound[] =>
    options.plans().flatMap(plan => {
      const fromMs = Math.max(clock.now() - LOOK_BACK_MS, plan.updatedAtMs - plan.intervalMin * 60_000 * 2)
      return slotsOf(plan, fromMs, clock.now() + 1, timeZone)
        .filter(slot => counts(slot, plan) && !rows.has(roundIdOf(plan.id, slot)))
        .map(slot => ({
          ...newRound(plan, slot),
          ...(slot.closesMs <= clock.now() ? { gatewayDown: true } : {})
        }))
    })

  return {
    recent: () => [...rows.values()].sort(byTime),
    get: roundId => rows.get(roundId),
    keep,
    async turn() {
      const opened = due()
      const open = [...rows.values()].filter(row => row.state === 'open')
      const judged = [...opened, ...open].sort(byTime).map(row => settled(row, clock.now()))
      const changed = judged.filter(row => rows.get(row.id) !== row)
      const missed = changed.filter(row => row.state === 'missed')
      const audit = missed.map(row => ({
        atMs: clock.now(),
        who: 'system',
        action: 'patrolRound.missed',
        object: `patrolRound:${row.id}`,
        outcome: 'done' as const,
        detail: { plan: row.planName, persons: row.shift.persons.join(' '), gatewayDown: row.gatewayDown ?? false }
      }))
      if (changed.length > 0) await keep(changed, audit)
      for (const row of rows.values())
        if (row.state !== 'open' && row.openMs < options.keepNow() - 2 * DAY_MS) rows.delete(row.id)
      return missed
    },
    between: (fromMs, toMs) => between(fromMs, toMs, REPORT_MAX),
    async prune() {
      const old = await store.documents({
        kind: KIND,
        toKey: timeKey(Math.max(0, options.keepNow() - KEPT_MS)),
        limit: PRUNE_AT_ONCE
      })
      if (old.length > 0)
        await options.commit({ documents: old.map(({ key }) => ({ kind: KIND, key, body: undefined })) })
    }
  }
}
