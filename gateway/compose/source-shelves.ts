/** Shelved sources, joined with the house: chatter is reported as a trouble, and what still stands at the end is raised through the alarm line. */
import { id, type SourceId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Signal } from '../core/signal.ts'
import { AFTER_SHELF, CHATTER, type HeldSignal, type Shelf } from '../core/source-shelf.ts'
import type { Commit, Store } from '../core/store.ts'
import { saying } from '../core/words.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { SourceShelfRooms } from '../http/shelf-ports.ts'
import type { Registry } from '../registry/registry.ts'
import { CHATTER_SHELF_MS, createShelves, type ShelfRoom } from '../sources/shelves.ts'

export interface SourceShelvesDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly registry: Registry
  readonly hub: Pick<Hub, 'broadcast'>
  readonly shelveMaxMs: number
  readonly incidents: { all(): Iterable<Incident>; alarmsOf(incidentId: Incident['id']): readonly Alarm[] }
  /** The alarm line. */
  accept(signal: Signal): Promise<unknown>
}

export interface SourceShelfDesk {
  readonly rooms: SourceShelfRooms
  readonly take: ShelfRoom['take']
  start(): void
  stop(): void
}

const MINUTES = CHATTER_SHELF_MS / 60_000

/** Rejects when the store cannot be read. */
export async function createSourceShelves(deps: SourceShelvesDeps): Promise<SourceShelfDesk> {
  const { clock, registry } = deps
  const known = (sourceId: string) => {
    const source = registry.rows.source(id<SourceId>(sourceId))
    return source && { source, name: registry.resolve(source.id).subject.name }
  }
  /** One trouble of the source for as long as it lasts; the same event after a restart is the same signal. */
  const report = async (shelf: Shelf, qualifier: 'new' | 'restore'): Promise<void> => {
    const row = known(shelf.sourceId)?.source
    if (!row) return
    const { alarm } = shelf
    const zone = alarm?.zone ? ` ${alarm.zone}` : ''
    await deps.accept({
      ...{ sourceId: row.id, sourceKind: row.kind, qualifier, verified: true, origin: 'gateway' },
      ...{ condition: 'fault', alarmClass: 'trouble', cause: CHATTER, receivedTimeMs: clock.now() },
      eventId: `${CHATTER}:${shelf.id}:${qualifier}`,
      ...(qualifier === 'restore'
        ? saying({ zh: `搁置结束${zone}`, en: `No longer shelved${zone}` })
        : saying({
            zh: `一分钟内反复报警、恢复${zone}，搁置 ${MINUTES} 分钟，只记录`,
            en: `Alarm and restore again and again within a minute${zone}: shelved for ${MINUTES} min, on record only`
          }))
    })
  }
  const isOpenNow = ({ sourceId, alarmClass, zone }: HeldSignal): boolean =>
    [...deps.incidents.all()]
      .filter(isOpen)
      .flatMap(each => deps.incidents.alarmsOf(each.id))
      .some(each => each.open && each.sourceId === sourceId && each.alarmClass === alarmClass && each.zone === zone)

  const room = await createShelves({
    ...{ clock, log: deps.log, store: deps.store, commit: deps.commit, maxMs: deps.shelveMaxMs, known },
    begun: shelf => report(shelf, 'new'),
    async left(shelf, held) {
      if (shelf.by === 'system') await report(shelf, 'restore')
      for (const signal of held) {
        if (signal.qualifier !== 'new' || isOpenNow(signal)) continue
        const { count: _count, atMs: _atMs, zone, cause, ...same } = signal
        const { eventId, ...words } = stillThere(shelf, signal)
        await deps.accept({
          ...{ ...same, ...words, eventId, verified: true, origin: 'gateway', receivedTimeMs: clock.now() },
          // What names no zone of its own is told apart by its cause.
          ...(cause === undefined ? {} : { cause }),
          ...(zone === cause ? {} : { zone })
        })
      }
    },
    changed: () => deps.hub.broadcast(FLOOR, { type: 'changed', what: 'sourceShelves' })
  })
  return {
    rooms: {
      list: () => ({ nowMs: clock.now(), maxMs: deps.shelveMaxMs, active: room.active() }),
      set: room.set,
      end: room.end
    },
    take: room.take,
    start: room.start,
    stop: room.stop
  }
}

function stillThere(shelf: Shelf, { alarmClass, zone }: HeldSignal) {
  return {
    eventId: `${AFTER_SHELF}${shelf.id}:${alarmClass}:${zone}`.slice(0, 128),
    ...saying({ zh: '搁置结束时仍在报警', en: 'Still there when it was no longer shelved' })
  }
}
