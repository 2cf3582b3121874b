/** The sources' page and their tests, put together: registry, sightings, signals and open troubles; what adapters tell passes through here. */
import { createSiteDays } from '../availability/site-day.ts'
import type { SourceId, SubjectId } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Alarm, Incident } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Clock, Log, Remember, Sighting } from '../core/ports.ts'
import type { Accepted, Signal } from '../core/signal.ts'
import type { Commit, Store } from '../core/store.ts'
import type { TraceFrame } from '../core/trace.ts'
import { personOf } from '../core/who.ts'
import type { Hub } from '../feed/hub.ts'
import type { SourceRooms } from '../http/ports.ts'
import type { IntakeOptions } from '../intake/intake.ts'
import type { Latest } from '../registry/latest.ts'
import type { Registry } from '../registry/registry.ts'
import { viewOf } from '../sources/frame-view.ts'
import { createHeard } from '../sources/heard.ts'
import { createStuckSenders, STUCK_SENDER } from '../sources/stuck-senders.ts'
import { createSourceTable } from '../sources/table.ts'
import { startTestCalls } from '../sources/test-calls.ts'
import { createTrace, STRANGER } from '../sources/trace.ts'
import { createSourceTroubles } from '../sources/troubles.ts'
import type { AdapterPart } from './adapter-parts.ts'
import { createSourceShelves } from './source-shelves.ts'
import { createSourceTests } from './source-tests.ts'

export interface SourceDeskDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents' | 'timeline'>
  readonly commit: Commit
  readonly registry: Registry
  readonly latest: Latest
  readonly hub: Pick<Hub, 'broadcast'>
  /** Longest test, longest shelving by hand. */
  readonly limits: { readonly testMaxMs: number; readonly shelveMaxMs: number }
  readonly timeZone: string
  /** The alarm line, for what is still wrong when a test ends. */
  accept(signal: Signal): Promise<unknown>
  parts(): readonly Pick<AdapterPart, 'name' | 'adapter'>[]
  readonly incidents: {
    all(): Iterable<Incident>
    alarmsOf(incidentId: Incident['id']): readonly Alarm[]
    openOf(subjectId: SubjectId, lane: 'alarm' | 'trouble'): Incident | undefined
  }
}

type Accept = (signal: Signal, remember?: Remember) => Promise<Accepted>

export interface SourceDesk {
  readonly rooms: SourceRooms
  readonly onTest: NonNullable<IntakeOptions['onTest']>
  readonly calling: NonNullable<IntakeOptions['calling']>
  readonly shelved: NonNullable<IntakeOptions['shelved']>
  /** Told of each second in which presses of a source were gathered into one signal. */
  gathered(signal: Signal): void
  trace(adapter: string, frame: TraceFrame): void
  sighted(sighting: Sighting): void
  /** `accept` with a note of every signal that has become durable. */
  noting(accept: Accept): Accept
  /** After the incidents have been read: which troubles were there before the restart. */
  start(): Promise<void>
  stop(): Promise<void>
}

const MINUTE_MS = 60_000
/** As long as a latest position. */
const MOVES_KEPT_MS = 10 * MINUTE_MS

/** Rejects when the store cannot be read. */
export async function createSourceDesk(deps: SourceDeskDeps): Promise<SourceDesk> {
  const { clock, log, registry, latest, incidents } = deps
  const heard = await createHeard({ ...deps, known: registry.known })
  const troubles = createSourceTroubles()
  const trace = createTrace(registry.known)
  const sinceMs = clock.now()
  const stopForgetting = clock.every(MINUTE_MS, () => trace.forgetMoves(clock.now() - MOVES_KEPT_MS))
  const tests = await createSourceTests({ ...deps, ...deps.limits, troubles })
  const shelves = await createSourceShelves({ ...deps, ...deps.limits })
  const table = createSourceTable({
    ...{ clock, registry: () => registry.data, devices: latest.devices },
    ruleOf: protocol => {
      const part = deps.parts().find(({ name }) => name === protocol)
      return part && (part.adapter.heartbeat ?? { kind: 'none' })
    },
    heard: heard.of,
    movedAtMs: sourceId => latest.positionOf(sourceId)?.atMs,
    troubles: troubles.of,
    onTest: tests.isOn,
    openTroubles: () => new Map(openTroubles(incidents).map(({ alarm, incident }) => [alarm.sourceId, incident.number]))
  })
  const raise = async (signal: Signal): Promise<void> => {
    await deps.accept(signal)
    troubles.heard(signal)
  }
  const stuck = createStuckSenders({
    ...{ clock, log, known: registry.known, accept: raise },
    hasTrouble: sourceId => troubles.of(sourceId).has(STUCK_SENDER)
  })
  const testCalls = startTestCalls({
    ...{ clock, log, days: createSiteDays(deps.timeZone), isDown: troubles.isDown },
    protocols: () =>
      deps
        .parts()
        .filter(({ adapter }) => adapter.heartbeat?.kind === 'testCall')
        .map(({ name }) => name),
    overdue(protocol, limit) {
      const late = table.page({ text: '', state: 'late', protocol, offset: 0, limit: Number.POSITIVE_INFINITY })
      // Nobody visits a stranger that rang once.
      const due = late.rows.filter(({ kind }) => kind !== undefined)
      return { count: due.length, first: due.slice(0, limit) }
    },
    isTold: sourceId => troubles.of(sourceId).size > 0,
    accept: raise
  })
  return {
    rooms: {
      page: table.page,
      async detail(sourceId) {
        const line = table.line(sourceId)
        if (!line) throw new GatewayError('NOT_FOUND', { source: sourceId.slice(0, 80) })
        return { nowMs: clock.now(), line, ...(await tests.detail(sourceId)) }
      },
      async frames(id, user) {
        // What stands in no registry was kept as a stranger of that name.
        const ring = trace.of(id) ?? trace.of(`${STRANGER}${id.slice(0, id.indexOf(':'))} ${id}`)
        const entry = { atMs: clock.now(), who: personOf(user), action: 'sourceFrames', outcome: 'done' } as const
        await deps.commit({ audit: [{ ...entry, object: `source:${id.slice(0, 200)}` }] })
        const adapter = deps.parts().find(({ name }) => name === ring?.protocol)?.adapter
        const explain = adapter?.explain && ((bytes: Uint8Array, out: boolean) => adapter.explain?.(bytes, out) ?? [])
        const frames = (ring?.frames ?? []).map(frame => viewOf(frame, explain)).reverse()
        return { nowMs: clock.now(), sinceMs, protocol: ring?.protocol ?? '', frames }
      },
      strangers: () => ({
        strangers: trace.strangers().map(({ id, protocol, name, frames }) => {
          const last = frames.at(-1)
          return { id, protocol, name, atMs: last?.atMs ?? 0, frames: frames.length, fault: last?.fault }
        })
      }),
      tests: tests.tests,
      setTest: tests.setTest,
      endTest: tests.endTest,
      lastTest: tests.lastTest,
      shelves: shelves.rooms
    },
    onTest: tests.of,
    calling: tests.calling,
    shelved: shelves.take,
    gathered: stuck.gathered,
    trace: (adapter, frame) => trace.write(adapter, frame, clock.now()),
    sighted(sighting) {
      latest.sighted(sighting)
      if (sighting.state !== 'offline') heard.note(sighting.deviceId as SourceId, sighting.atMs, sighting.supervised)
    },
    noting: accept => async (signal, remember) => {
      const accepted = await accept(signal, remember)
      troubles.heard(signal)
      // What an adapter says of a silent source is no word of the source itself.
      if (signal.cause !== 'offline') heard.note(signal.sourceId, signal.receivedTimeMs)
      return accepted
    },
    async start() {
      for (const { alarm, incident } of openTroubles(incidents)) {
        const condition = alarm.alarmClass === 'tamper' ? 'tamper' : 'fault'
        const { sourceId, alarmClass, zone, lastAtMs: receivedTimeMs } = alarm
        const lines = (await deps.store.timeline(incident.id)).filter(({ data }) => data.source === sourceId)
        const restored = lines.some(({ kind, atMs }) => kind === 'restored' && atMs >= receivedTimeMs)
        // Of a zone's trouble the alarm knows the zone, its line what is wrong there, unless it is an older line.
        const told = lines.findLast(({ data }) => data.alarmClass === alarmClass && (data.zone ?? '') === zone)?.data
          .cause
        const cause = typeof told === 'string' ? told : zone === '' ? undefined : zone
        if (restored) continue
        troubles.heard({ sourceId, condition, qualifier: 'new', cause, zone, receivedTimeMs })
        if (cause === STUCK_SENDER) stuck.had(sourceId, alarm)
      }
      await tests.start()
      shelves.start()
    },
    stop() {
      stopForgetting()
      tests.stop()
      shelves.stop()
      testCalls.stop()
      stuck.stop()
      return heard.stop()
    }
  }
}

/** Alarms of the trouble lane whose incident is open, resolved or not by the device. */
function openTroubles({ all, alarmsOf }: Pick<SourceDeskDeps['incidents'], 'all' | 'alarmsOf'>) {
  return [...all()]
    .filter(incident => isOpen(incident) && (laneOf(incident) === 'trouble' || incident.alarmClass === 'tamper'))
    .flatMap(incident =>
      alarmsOf(incident.id)
        .filter(alarm => alarm.open && (alarm.alarmClass === 'trouble' || alarm.alarmClass === 'tamper'))
        .map(alarm => ({ alarm, incident }))
    )
}
