/** Sources on test, joined with the house: whom a test covers, that nobody there calls for help, and what is still wrong when it ends. */

import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { Signal } from '../core/signal.ts'
import type { SourceTest } from '../core/source-test.ts'
import type { SourceDetail } from '../core/sources.ts'
import type { Commit, Store } from '../core/store.ts'
import type { SourceRow } from '../core/unit.ts'
import { saying } from '../core/words.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { SourceRooms } from '../http/ports.ts'
import type { Registry } from '../registry/registry.ts'
import { createOnTest } from '../sources/on-test.ts'
import type { SourceTroubles } from '../sources/troubles.ts'

export interface SourceTestsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly registry: Registry
  readonly hub: Pick<Hub, 'broadcast'>
  readonly testMaxMs: number
  readonly incidents: {
    all(): Iterable<Incident>
    alarmsOf(incidentId: Incident['id']): readonly Alarm[]
    openOf(subjectId: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
  }
  readonly troubles: SourceTroubles
  /** The alarm line. */
  accept(signal: Signal): Promise<unknown>
}

export interface SourceTestDesk extends Pick<SourceRooms, 'tests' | 'setTest' | 'endTest' | 'lastTest'> {
  isOn(row: SourceRow): boolean
  of(sourceId: SourceId, subjectId: SubjectId, atMs: number): SourceTest | undefined
  /** True while somebody there calls for help. */
  calling(subjectId: SubjectId): boolean
  /** For the page of one source. */
  detail(sourceId: SourceId): Promise<Pick<SourceDetail, 'ofSubject' | 'testMaxMs' | 'test' | 'testResults'>>
  start(): Promise<void>
  stop(): void
}

/** Rejects when the store cannot be read. */
export async function createSourceTests(deps: SourceTestsDeps): Promise<SourceTestDesk> {
  const { clock, registry, troubles } = deps
  // Asked anew each time: a source that was given to another household must not put the former one on test.
  const rowOf = (sourceId: string) => registry.rows.source(id<SourceId>(sourceId))
  const coveredBy = ({ sourceId, subjectId }: SourceTest): readonly SourceRow[] =>
    registry.sourcesOf(subjectId).filter(row => (sourceId ?? row.id) === row.id)
  const isOn = (row: SourceRow): boolean =>
    room.of(row, clock.now()) !== undefined || (row.onTestUntilMs !== undefined && clock.now() < row.onTestUntilMs)
  const callOf = (subjectId: SubjectId) => deps.incidents.openOf(subjectId, 'alarm')
  const room = await createOnTest({
    ...deps,
    maxMs: deps.testMaxMs,
    known(sourceId) {
      const source = rowOf(sourceId)
      return source && { source, name: registry.resolve(source.id).subject.name }
    },
    calling: subjectId => callOf(subjectId)?.number,
    async left(test) {
      for (const row of coveredBy(test)) if (!isOn(row)) await tellLeft(deps, row, test)
    },
    changed: () => deps.hub.broadcast(FLOOR, { type: 'changed', what: 'sourceTests' })
  })
  return {
    isOn,
    of: (sourceId, subjectId, atMs) => room.of({ id: sourceId, subjectId }, atMs),
    calling: subjectId => callOf(subjectId) !== undefined,
    setTest: room.set,
    endTest: room.end,
    tests() {
      const active = room.active()
      const listed = registry.data.sources.filter(row => row.onTestUntilMs !== undefined && isOn(row))
      const covered = new Set([...active.flatMap(coveredBy), ...listed])
      return { nowMs: clock.now(), maxMs: deps.testMaxMs, sources: covered.size, active }
    },
    async detail(sourceId) {
      const row = rowOf(sourceId)
      const test = row && room.lately(row)
      return {
        ofSubject: row ? registry.sourcesOf(row.subjectId).length : 0,
        testMaxMs: deps.testMaxMs,
        ...(test ? { test, testResults: await room.results(test.id) } : {})
      }
    },
    async lastTest(subjectId) {
      const test = room.last(
        subjectId,
        registry.sourcesOf(subjectId).map(each => each.id)
      )
      if (!test) return undefined
      const heard = (await room.results(test.id)).some(each => each.verdict === 'test' && each.condition !== 'fault')
      return { atMs: test.startMs, heard }
    },
    async start() {
      // What was reported on test before a restart is in no incident: it is read from the test's own record.
      for (const test of room.unsettled())
        for (const result of (await room.results(test.id)).toReversed())
          troubles.heard({ ...result, receivedTimeMs: result.atMs })
      room.start()
    },
    stop: room.stop
  }
}

/** A box that was left unplugged after its test is no quiet box: its troubles become incidents now. */
async function tellLeft(deps: SourceTestsDeps, row: SourceRow, test: SourceTest): Promise<void> {
  const { clock, incidents } = deps
  const open = [...incidents.all()].filter(isOpen).flatMap(each => incidents.alarmsOf(each.id))
  for (const cause of deps.troubles.of(row.id).keys()) {
    const tamper = cause === 'tamper'
    const told = open.some(
      alarm =>
        alarm.open && alarm.sourceId === row.id && (tamper ? alarm.alarmClass === 'tamper' : alarm.zone === cause)
    )
    if (told) continue
    await deps.accept({
      ...{ sourceId: row.id, sourceKind: row.kind, qualifier: 'new', verified: true, origin: 'gateway' },
      condition: tamper ? 'tamper' : 'fault',
      alarmClass: tamper ? 'tamper' : 'trouble',
      ...(tamper ? {} : { cause }),
      eventId: `after-test:${test.id}:${cause}`.slice(0, 128),
      receivedTimeMs: clock.now(),
      ...saying({ zh: '测试结束时仍未恢复', en: 'Still there when the test ended' })
    })
  }
}
