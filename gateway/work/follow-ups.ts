/** Follow-up calls 回访: tasks with a due time and a result, apart from the incident, which may be filed meanwhile. */
import { randomUUID } from 'node:crypto'
import { type IncidentId, id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { FollowUp, FollowUpAnswer, FollowUpDraft } from '../core/shift.ts'
import type { Commit, Store } from '../core/store.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { refusedOnRecord } from './refused.ts'

/** Two kinds, so that a start reads what is open and not the years before. */
const OPEN = 'followUp.open'
const DONE = 'followUp.done'
/** Tried in vain it is due again after this. */
const AGAIN_MS = 3_600_000
const MAX_OPEN = 2_000
/** The same call planned twice by one person within this is one: a key struck twice, a line that was slow. */
const SAME_MS = 60_000
const MAX_TRIES = 50
/** Done ones in one answer. */
const MAX_DONE = 5_000

export interface FollowUps {
  /** By due time, without those whom nobody may call now (rule 5): they are there again when the incident under duress has ended. */
  open(): readonly FollowUp[]
  /** Those done since then, the newest first; without those whom nobody may call now. */
  done(sinceMs: number): Promise<readonly FollowUp[]>
  /** NOT_FOUND, FOLLOW_UP_REFUSED. */
  plan(draft: FollowUpDraft, user: SessionUser): Promise<FollowUp>
  /** NOT_FOUND when it is done. */
  answer(followUpId: string, answer: FollowUpAnswer, user: SessionUser): Promise<FollowUp>
  start(): Promise<void>
}

type Place = Pick<FollowUp, 'incidentId' | 'subjectId' | 'phone'>

/** Somebody there may be under duress: nobody is to be called. */
export const isForced = (incident: Incident): boolean =>
  isOpen(incident) && (incident.duress || incident.alarmClass === 'duress')

export function createFollowUps(options: {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  incident(incidentId: IncidentId): Promise<Incident | undefined>
  all(): Iterable<Incident>
  changed(): void
}): FollowUps {
  const { clock, store, commit } = options
  const serial = createSerial()
  const known = new Map<string, FollowUp>()
  const audited = refusedOnRecord(options)

  const keep = async (next: FollowUp, action: string, user: SessionUser): Promise<FollowUp> => {
    const last = next.tries.at(-1)
    const done = next.state === 'done'
    const documents = [
      { kind: OPEN, key: next.id, body: done ? undefined : next },
      ...(done ? [{ kind: DONE, key: `${String(clock.now()).padStart(15, '0')}/${next.id}`, body: next }] : [])
    ]
    const audit = {
      ...{ atMs: clock.now(), who: personOf(user), action: `followUp.${action}`, object: `incident:${next.number}` },
      outcome: 'done' as const,
      detail: { id: next.id, dueAtMs: next.dueAtMs, ...(last ? { result: last.result } : {}) }
    }
    const result = await commit({ documents, audit: [audit] }, () => {
      if (done) known.delete(next.id)
      else known.set(next.id, next)
    })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    options.changed()
    return next
  }

  /** Also of another incident than the task's, at the same place or telephone. */
  const held = (): ((place: Place) => boolean) => {
    const forced = [...options.all()].filter(isForced)
    return ({ incidentId, subjectId, phone }) =>
      forced.some(
        ({ id: own, subject }) =>
          own === incidentId || subject.id === subjectId || (phone !== undefined && subject.phone === phone)
      )
  }

  return {
    open() {
      const isHeld = held()
      return [...known.values()].filter(each => !isHeld(each)).toSorted((a, b) => a.dueAtMs - b.dueAtMs)
    },
    async done(sinceMs) {
      const fromKey = String(Math.max(0, Math.floor(sinceMs))).padStart(15, '0')
      const rows = await store.documents({ kind: DONE, fromKey, limit: MAX_DONE })
      const isHeld = held()
      return rows
        .map(({ body }) => body as FollowUp)
        .filter(each => !isHeld(each))
        .reverse()
    },
    async plan({ incidentId, dueInMs, whom, note }, user) {
      const incident = await options.incident(id<IncidentId>(incidentId))
      if (!incident) throw new GatewayError('NOT_FOUND', { incident: incidentId })
      const { subject, number } = incident
      const planned = async () => {
        if (held()({ incidentId: incident.id, subjectId: subject.id, phone: subject.phone }))
          throw new GatewayError('SHIFT_REFUSED', { why: 'duress: nobody is called there while it is open' })
        if (known.size >= MAX_OPEN)
          throw new GatewayError('SHIFT_REFUSED', { why: 'too many follow-up calls are open' })
        const task: FollowUp = {
          ...{
            id: randomUUID(),
            incidentId: incident.id,
            number,
            subjectId: subject.id,
            whom: whom?.trim() || subject.name
          },
          ...(whom?.trim() || subject.nameEn === undefined ? {} : { whomEn: subject.nameEn }),
          ...(subject.phone ? { phone: subject.phone } : {}),
          ...{ note: note?.trim() ?? '', by: user.name, atMs: clock.now(), dueAtMs: clock.now() + dueInMs },
          ...{ state: 'open', tries: [] }
        }
        const same = [...known.values()].find(each => isSame(each, task))
        return same ?? keep(task, 'plan', user)
      }
      return serial.run(`plan/${number}`, () => audited(user, 'followUp.plan', `incident:${number}`, planned))
    },
    answer: (followUpId, { result, text }, user) =>
      serial.run(followUpId, async () => {
        const task = known.get(followUpId)
        if (!task) throw new GatewayError('NOT_FOUND', { followUp: followUpId })
        const tries = [...task.tries, { atMs: clock.now(), by: user.name, result, text: text.trim() }]
        const over = result !== 'noAnswer' || tries.length >= MAX_TRIES
        const dueAtMs = over ? task.dueAtMs : clock.now() + AGAIN_MS
        return keep({ ...task, tries, dueAtMs, state: over ? 'done' : 'open' }, 'answer', user)
      }),
    async start() {
      for (const { body } of await store.documents({ kind: OPEN })) known.set((body as FollowUp).id, body as FollowUp)
    }
  }
}

/** Not one that was tried meanwhile. */
const isSame = (known: FollowUp, next: FollowUp): boolean =>
  known.incidentId === next.incidentId &&
  known.whom === next.whom &&
  known.note === next.note &&
  known.by === next.by &&
  known.tries.length === 0 &&
  Math.abs(next.dueAtMs - known.dueAtMs) < SAME_MS
