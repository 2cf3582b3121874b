/** What is shelved 搁置: by the system for chatter, or by hand with a reason; kept over restarts, ended by a clock that nobody can set back. */
import { randomUUID } from 'node:crypto'
import type { SourceId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Clock, Log } from '../core/ports.ts'
import { createSerial } from '../core/serial.ts'
import type { Signal } from '../core/signal.ts'
import {
  AFTER_SHELF,
  CHATTER,
  HELD_KIND,
  type HeldSignal,
  mayShelve,
  SHELF_LIMITS,
  SHELVABLE,
  type Shelf,
  type ShelfDraft,
  type ShelfView,
  type ShelvedAlarm
} from '../core/source-shelf.ts'
import type { AuditEntry, Change, Commit, DocumentRow, Store } from '../core/store.ts'
import type { SourceRow } from '../core/unit.ts'
import { personOf } from '../core/who.ts'
import type { SessionUser } from '../core/wire.ts'
import { createChatter } from './chatter.ts'
import { createForcedEnds } from './forced-ends.ts'

const KIND = 'source.shelf'
const MINUTE_MS = 60_000
/** Domain: a source that chatters is shelved for half an hour. */
export const CHATTER_SHELF_MS = 30 * MINUTE_MS
/** Long enough for what was received before an end and is worked after it. */
const KEPT_MS = 86_400_000
const PAGE = 1_000

export interface ShelvesOptions {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly maxMs: number
  known(sourceId: string): { readonly source: SourceRow; readonly name: string } | undefined
  /** Chatter is reported; called again after a restart, so it must do the same thing once. */
  begun(shelf: Shelf): Promise<void>
  /** Told after the end, again after a crash: what stood last is raised. */
  left(shelf: Shelf, held: readonly HeldSignal[]): Promise<void>
  changed(): void
}

export interface ShelfRoom {
  /** Of a registered source's report: what to write with it when it is shelved; undefined when it is to be raised. */
  take(seq: number, signal: Signal, alarm: ShelvedAlarm): Pick<Change, 'documents' | 'audit'> | undefined
  active(): readonly ShelfView[]
  /** NOT_FOUND, BODY_INVALID, SHELVE_REFUSED for a source that people call with. A second one of the same source replaces the first. */
  set(draft: ShelfDraft, user: SessionUser): Promise<Shelf>
  /** NOT_FOUND when it is over. */
  end(shelfId: string, user: SessionUser): Promise<void>
  /** Ends what ended while the gateway was down, tells what was not told. */
  start(): void
  stop(): void
}

/** Rejects when the store cannot be read. */
export async function createShelves(options: ShelvesOptions): Promise<ShelfRoom> {
  const { clock, log, commit } = options
  const shelves = new Map<string, Shelf>()
  /** By source, so that a signal costs one look-up. */
  const bySource = new Map<SourceId, Set<string>>()
  const held = new Map<string, Map<string, HeldSignal>>()
  /** What stood there is being raised or has been: from then on nothing more is only put on record. */
  const closing = new Set<string>()
  const chatters = createChatter()
  const serial = createSerial()

  const learn = (shelf: Shelf): void => {
    shelves.set(shelf.id, shelf)
    bySource.set(shelf.sourceId, (bySource.get(shelf.sourceId) ?? new Set()).add(shelf.id))
  }
  const forget = (shelf: Shelf): void => {
    shelves.delete(shelf.id)
    held.delete(shelf.id)
    closing.delete(shelf.id)
    bySource.get(shelf.sourceId)?.delete(shelf.id)
  }
  const heldOf = (shelf: Shelf): readonly HeldSignal[] => [...(held.get(shelf.id)?.values() ?? [])]
  const note = (shelfId: string, key: string, signal: HeldSignal): void => {
    held.set(shelfId, (held.get(shelfId) ?? new Map()).set(key, signal))
  }
  for (const { body } of await all(options.store, KIND)) learn(body as Shelf)
  for (const { key, body } of await all(options.store, HELD_KIND)) {
    const cut = key.indexOf('/')
    note(key.slice(0, cut), key.slice(cut + 1), body as HeldSignal)
  }

  const isOver = (shelf: Shelf): boolean => shelf.endedMs !== undefined || clock.now() >= shelf.endMs
  const running = (): readonly Shelf[] =>
    [...shelves.values()].filter(shelf => !isOver(shelf)).sort((a, b) => a.endMs - b.endMs)
  const coveredBy = (sourceId: SourceId, alarm: ShelvedAlarm, atMs: number): Shelf | undefined =>
    [...(bySource.get(sourceId) ?? [])]
      .flatMap(each => shelves.get(each) ?? [])
      .find(
        shelf =>
          !shelf.settled &&
          !closing.has(shelf.id) &&
          atMs >= shelf.startMs &&
          atMs < (shelf.endedMs ?? shelf.endMs) &&
          (!shelf.alarm || keyOf(shelf.alarm) === keyOf(alarm))
      )

  const write = async (shelf: Shelf, audit: AuditEntry, more: readonly DocumentRow[] = []): Promise<void> => {
    const result = await commit({ documents: [{ kind: KIND, key: shelf.id, body: shelf }, ...more], audit: [audit] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    learn(shelf)
    options.changed()
  }
  const entry = (shelf: Shelf, who: string, action: string): AuditEntry => ({
    ...{ atMs: clock.now(), who, action, outcome: 'done', reason: shelf.reason || 'chatter' },
    object: `source:${shelf.sourceId}`,
    detail: {
      ...{ id: shelf.id, startMs: shelf.startMs, endMs: shelf.endMs },
      ...(shelf.alarm ? { alarm: keyOf(shelf.alarm) } : {}),
      held: heldOf(shelf).reduce((sum, each) => sum + each.count, 0)
    }
  })
  /** Once it is over, what still stands is raised; until that is on record it is done again. */
  const settle = async (shelf: Shelf): Promise<void> => {
    const moved: { readonly to: string; readonly key: string; readonly signal: HeldSignal }[] = []
    closing.add(shelf.id)
    const left = heldOf(shelf).filter(signal => {
      const other = coveredBy(signal.sourceId, signal, clock.now())
      if (!other) return true
      // Shelved another way, too: it goes on there.
      moved.push({ to: other.id, key: keyOf(signal), signal })
      return false
    })
    await options.left(shelf, left)
    const settled = { ...shelf, settled: true }
    // What has come there meanwhile is newer; noted once it is durable, else a second try would take it for kept.
    const newest = (each: (typeof moved)[number]): HeldSignal => {
      const known = held.get(each.to)?.get(each.key)
      return known && known.atMs >= each.signal.atMs ? known : each.signal
    }
    const rows = moved.map(each => ({ kind: HELD_KIND, key: `${each.to}/${each.key}`, body: newest(each) }))
    const result = await commit({ documents: [{ kind: KIND, key: shelf.id, body: settled }, ...rows] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    for (const each of moved) note(each.to, each.key, newest(each))
    learn(settled)
  }
  const finish = async (shelf: Shelf, who: string): Promise<void> => {
    const ended = {
      ...shelf,
      endedMs: Math.min(clock.now(), shelf.endMs),
      ...(who === 'system' ? {} : { endedBy: who })
    }
    await write(ended, entry(ended, who, 'sourceShelfEnd'))
    ends.cancel(shelf.id)
    reports.cancel(shelf.id)
    // The record says that it is over; what stands is raised now, or by the clock if that fails.
    await settle(ended).catch(error => ends.again(shelf.id, error))
  }
  const ends = createForcedEnds({
    ...{ clock, log, failed: 'the end of a shelved alarm could not be kept' },
    end: shelfId =>
      serial.run(KIND, async () => {
        const shelf = shelves.get(shelfId)
        if (!shelf || shelf.settled) return
        await (shelf.endedMs === undefined ? finish(shelf, 'system') : settle(shelf))
      })
  })
  const outdated = (): readonly DocumentRow[] => {
    const old = [...shelves.values()].filter(each => each.settled && clock.now() - (each.endedMs ?? 0) > KEPT_MS)
    return old.slice(0, 100).flatMap(shelf => {
      const keys = [...(held.get(shelf.id)?.keys() ?? [])]
      forget(shelf)
      return [
        { kind: KIND, key: shelf.id, body: undefined },
        ...keys.map(key => ({ kind: HELD_KIND, key: `${shelf.id}/${key}`, body: undefined }))
      ]
    })
  }

  /** Chatter is reported until it is over: a trouble that nobody is told of is none. */
  const reports = createForcedEnds({
    ...{ clock, log, failed: 'chatter could not be reported' },
    end: shelfId =>
      serial.run(KIND, async () => {
        const shelf = shelves.get(shelfId)
        if (shelf && !isOver(shelf)) await options.begun(shelf)
      })
  })
  const begin = (sourceId: SourceId, alarm: ShelvedAlarm): Promise<void> =>
    serial.run(KIND, async () => {
      const found = options.known(sourceId)
      const nowMs = clock.now()
      if (!found || coveredBy(sourceId, alarm, nowMs) || running().length >= SHELF_LIMITS.active) return
      const shelf: Shelf = {
        ...{ id: randomUUID(), sourceId, subjectId: found.source.subjectId, name: found.name, alarm, reason: '' },
        ...{ by: 'system', startMs: nowMs, endMs: nowMs + CHATTER_SHELF_MS }
      }
      await write(shelf, entry(shelf, 'system', 'sourceShelf'), outdated())
      ends.arm(shelf)
      reports.now(shelf.id)
    })

  const draftOf = ({ sourceId, minutes, reason }: ShelfDraft, user: SessionUser): Shelf => {
    const found = options.known(sourceId)
    if (!found) throw new GatewayError('NOT_FOUND', { source: sourceId.slice(0, 80) })
    const { source, name } = found
    if (!mayShelve(source.kind, source.alarmClass)) throw new GatewayError('SHELVE_REFUSED', { kind: source.kind })
    if (minutes * MINUTE_MS > options.maxMs)
      throw new GatewayError('BODY_INVALID', { field: 'minutes', why: `at most ${options.maxMs / MINUTE_MS}` })
    const startMs = clock.now()
    return {
      ...{ id: randomUUID(), sourceId: source.id, subjectId: source.subjectId, name, reason: reason.trim() },
      ...{ by: personOf(user), startMs, endMs: startMs + minutes * MINUTE_MS }
    }
  }

  return {
    take(seq, signal, alarm) {
      const { sourceId, sourceKind, condition, qualifier, cause, verified, receivedTimeMs: atMs } = signal
      const counts = condition === 'alarm' || condition === 'fault' || condition === 'tamper'
      if (!counts || qualifier === 'status' || !SHELVABLE.has(alarm.alarmClass)) return undefined
      if (isOurs(signal) || !mayShelve(sourceKind, undefined)) return undefined
      // Whoever cannot prove to be that source puts nothing right there.
      if (!verified && qualifier !== 'new') return undefined
      const shelf = coveredBy(sourceId, alarm, atMs)
      const key = keyOf(alarm)
      if (!shelf) {
        // Three forged reports must not silence the true ones for half an hour.
        if (verified && chatters(`${sourceId} ${key}`, signal))
          void begin(sourceId, alarm).catch(error => log.warn({ err: error, sourceId }, 'chatter could not be shelved'))
        return undefined
      }
      if (!verified && shelf.by === 'system') return undefined
      const before = held.get(shelf.id)
      // A box that invents zones is bounded: what does not fit is raised.
      if (!before?.has(key) && (before?.size ?? 0) >= SHELF_LIMITS.alarms) return undefined
      const count = (before?.get(key)?.count ?? 0) + 1
      const body: HeldSignal = { ...alarm, sourceId, sourceKind, condition, qualifier, cause, atMs, count }
      note(shelf.id, key, body)
      const line = { atMs: clock.now(), who: sourceId, action: 'signal.shelved', outcome: 'done' } as const
      return {
        documents: [{ kind: HELD_KIND, key: `${shelf.id}/${key}`, body }],
        audit: [{ ...line, object: `subject:${shelf.subjectId}`, detail: { signal: seq, shelf: shelf.id } }]
      }
    },
    active: () =>
      running().map(shelf => ({
        ...shelf,
        held: heldOf(shelf).reduce((sum, each) => sum + each.count, 0),
        standing: heldOf(shelf).some(each => each.qualifier === 'new')
      })),
    set: (draft, user) =>
      serial.run(KIND, async () => {
        const shelf = draftOf(draft, user)
        const same = running().filter(each => each.sourceId === shelf.sourceId && !each.alarm)
        if (running().length - same.length >= SHELF_LIMITS.active)
          throw new GatewayError('BODY_INVALID', { field: 'sourceId', why: 'too many are shelved; end some first' })
        await write(shelf, entry(shelf, shelf.by, 'sourceShelf'), outdated())
        ends.arm(shelf)
        // The new one first: nothing is raised in between that is to stay shelved.
        for (const each of same) await finish(each, shelf.by)
        return shelf
      }),
    end: (shelfId, user) =>
      serial.run(KIND, async () => {
        const shelf = shelves.get(shelfId)
        if (!shelf || isOver(shelf)) throw new GatewayError('NOT_FOUND', { shelf: shelfId.slice(0, 80) })
        await finish(shelf, personOf(user))
      }),
    start() {
      for (const shelf of shelves.values()) {
        if (shelf.settled) continue
        ends.arm(shelf.endedMs === undefined ? shelf : { ...shelf, endMs: 0 })
        if (shelf.by === 'system' && shelf.endedMs === undefined) reports.now(shelf.id)
      }
    },
    stop() {
      ends.stop()
      reports.stop()
    }
  }
}

/** What we say ourselves of what is shelved. */
function isOurs({ origin, cause, eventId }: Signal): boolean {
  return origin === 'gateway' && (cause === CHATTER || eventId.startsWith(AFTER_SHELF))
}

/** Zones are the device's words: cut, since they are part of a key. */
function keyOf({ alarmClass, zone }: ShelvedAlarm): string {
  return `${alarmClass}/${zone.slice(0, 80)}`
}

async function all(
  store: Pick<Store, 'documents'>,
  kind: string
): Promise<readonly { readonly key: string; readonly body: object }[]> {
  const found: { readonly key: string; readonly body: object }[] = []
  for (let fromKey = ''; ; ) {
    const rows = await store.documents({ kind, fromKey, limit: PAGE })
    found.push(...rows)
    if (rows.length < PAGE) return found
    fromKey = `${rows.at(-1)?.key}\0`
  }
}
