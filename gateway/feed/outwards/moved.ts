/**
 * A vehicle that has driven on: its receivers are told of the new place, not too often. Where they believe it is in memory only, since places
 * of vehicles are kept nowhere (rule 10): after a restart they may be told once more.
 */
import { distanceM, type GeoPoint, type Position } from '../../core/geo.ts'
import type { Incident } from '../../core/incident.ts'
import type { SinkSettings } from '../../core/outwards.ts'
import type { Clock } from '../../core/ports.ts'
import type { DocumentRow } from '../../core/store.ts'
import type { CapReference } from './cap.ts'
import { type Item, receiverOf } from './item.ts'
import { nextSequence, type Thread, threadKey, threadRow } from './threads.ts'
import type { OutwardPosition } from './view.ts'

export interface MoveRule {
  /** Metres; 0: never. */
  readonly movedM: number
  /** Of one incident not more often. */
  readonly movedEveryMs: number
}

export interface Moves {
  /** What says it is stored: before that it may come to nothing, and the place is to be told with the next look. */
  told(thread: string, at: Position, nowMs: number): void
  isDue(thread: string, incident: Pick<Incident, 'position' | 'openedAtMs'>, at: Position, nowMs: number): boolean
  forget(thread: string): void
}

/** Before the first word of a place a receiver has that of the press. */
export function createMoves({ movedM, movedEveryMs }: MoveRule): Moves {
  const last = new Map<string, { readonly point: GeoPoint; readonly atMs: number }>()
  return {
    told: (thread, { point }, nowMs) => void last.set(thread, { point, atMs: nowMs }),
    isDue(thread, { position, openedAtMs }, { point }, nowMs) {
      if (movedM <= 0) return false
      const known = last.get(thread) ?? (position && { point: position, atMs: openedAtMs })
      return !known || (nowMs - known.atMs >= movedEveryMs && distanceM(known.point, point) >= movedM)
    },
    forget: thread => void last.delete(thread)
  }
}

export interface MovedDeps {
  readonly clock: Clock
  readonly moves: Moves
  readonly threads: Map<string, Thread>
  /** Threads that a step is being stored of: a place would follow its word, which may be the last one. */
  readonly underWay: ReadonlySet<string>
  sinks(): readonly SinkSettings[]
  vehicleAt(incident: Incident): OutwardPosition | undefined
  items(sink: string): readonly Item[]
  itemOf(
    sink: SinkSettings,
    incident: Incident,
    said: { readonly thread: Thread; readonly identifier: string; readonly sequence: number }
  ): Item
  put(item: Item): void
  /** Gives up those whose sink is no more. */
  orphaned(items: readonly Item[]): void
}

interface Found {
  readonly key: string
  readonly present: Position
  readonly item: Item
  /** With this message. */
  readonly thread: Thread
}

/** The rows that tell it; `durable` once they are: until then no step of the incident may be joined, which would count on from before. Undefined: nobody is to be told. */
export type Moved = (incident: Incident) => { readonly rows: readonly DocumentRow[]; durable(): void } | undefined

export function createMoved(kind: string, deps: MovedDeps): Moved {
  const { clock, moves, threads } = deps
  const nameOf = (incident: Incident, atMs: number) => `${identifierOf(incident)}.${atMs}`
  /** A receiver that has not had the last message yet is told no more places (rule 8); nor is the public. */
  const itemFor = (sink: SinkSettings, incident: Incident, present: Position): readonly Found[] => {
    const key = threadKey(incident, sink.name)
    const thread = threads.get(key)
    const nowMs = clock.now()
    if (!sink.enabled || sink.format === 'contacts' || (sink.format === 'cap' && sink.scope === 'public')) return []
    if (!thread || thread.references.length === 0 || thread.receiver !== receiverOf(sink)) return []
    if (deps.underWay.has(key) || !moves.isDue(key, incident, present, nowMs)) return []
    if (deps.items(sink.name).some(each => each.state === 'waiting' && each.incidentId === incident.id)) return []
    const said = { identifier: nameOf(incident, nowMs), sequence: nextSequence(thread, incident) }
    const item = deps.itemOf(sink, incident, { thread, ...said })
    const references = referencesWith(thread.references, { identifier: said.identifier, sentMs: item.createdAtMs })
    return [{ key, present, item, thread: { ...thread, references, sequence: said.sequence } }]
  }
  return incident => {
    const at = deps.vehicleAt(incident)
    const found = at ? deps.sinks().flatMap(sink => itemFor(sink, incident, at)) : []
    if (found.length === 0) return undefined
    return {
      rows: found.flatMap(({ key, item, thread }) => [{ kind, key: item.key, body: item }, threadRow(key, thread)]),
      durable() {
        for (const { key, present, item, thread } of found) {
          deps.put(item)
          if (!threads.has(key)) continue
          moves.told(key, present, item.createdAtMs)
          threads.set(key, thread)
        }
        deps.orphaned(found.map(({ item }) => item))
      }
    }
  }
}

/** The name of the message of a step. */
export const identifierOf = ({ id, version }: Incident): string => `${id}.${version}`

/** A receiver that missed some still finds the first and the last ones. */
const REFERENCES_MAX = 50

export function referencesWith(before: readonly CapReference[], own: CapReference): readonly CapReference[] {
  const [oldest, ...rest] = [...before, own]
  return [...(oldest ? [oldest] : []), ...rest.slice(1 - REFERENCES_MAX)]
}
