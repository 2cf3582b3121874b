/** The incident room on a store in memory: what a press joins, what it opens, and what another writer does to it. */
import { expect, test } from 'vitest'
import { type IncidentId, id, type UserId } from '../core/brand.ts'
import type { Actor, Incident, Owner } from '../core/incident.ts'
import { isOpen, laneOf } from '../core/lifecycle.ts'
import type { Step } from '../core/step.ts'
import type { AuditEntry, Change, Commit } from '../core/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident, sampleSignal } from '../testing/samples.ts'
import { createIncidents } from './incidents.ts'
import type { Judged } from './opening.ts'

const H = 3_600_000
const lin: Owner = { userId: id<UserId>('lin'), name: '林晓', seat: 3 }
const actor: Actor = { kind: 'user', ...lin }
const { subject } = sampleIncident()
const judged = (over: Partial<Judged> = {}): Judged => {
  const signal = sampleSignal()
  const { sourceId, alarmClass } = signal
  return {
    seq: 1,
    signal,
    sourceId,
    alarmClass,
    zone: '',
    priority: 1,
    subject,
    positionSource: 'none',
    cameras: [],
    duress: false,
    ...over
  }
}

async function bench(stored: readonly Incident[] = []) {
  const clock = createFakeClock(1_000)
  const incidents = new Map(stored.map(incident => [incident.id, incident]))
  const audit: AuditEntry[] = []
  const kinds: string[] = []
  const commit: Commit = async (change: Change, done) => {
    const stale = change.incidents?.some(after => (incidents.get(after.id)?.version ?? 0) !== after.version - 1)
    if (stale) return { ok: false, conflict: 'version' }
    for (const incident of change.incidents ?? []) incidents.set(incident.id, incident)
    audit.push(...(change.audit ?? []))
    kinds.push(...(change.timeline ?? []).map(line => line.kind))
    done?.()
    return { ok: true, feed: [] }
  }
  const all = () => [...incidents.values()]
  let number = 0
  const room = createIncidents({
    clock,
    log: silentLog,
    commit,
    numbers: { next: () => `1122-${++number}` },
    project: () => [],
    store: {
      openIncidents: async () => all().filter(i => i.state !== 'closed'),
      recentIncidents: async () => all(),
      openAlarms: async () => [],
      openIncidentOf: async (of, lane) => all().find(i => isOpen(i) && i.subject.id === of && laneOf(i) === lane),
      alarm: async () => undefined,
      incident: async incidentId => incidents.get(incidentId)
    }
  })
  await room.start()
  const act = (incidentId: IncidentId, ...steps: readonly Step[]) =>
    steps.reduce<Promise<unknown>>(
      (before, step) => before.then(() => room.step(incidentId, step, actor)),
      Promise.resolve()
    )
  return { clock, room, incidents, audit, kinds, act }
}

const facts = { category: { code: '911', zh: '误触', en: 'By mistake' }, injured: 1, dead: 0, lossYuan: 0, by: '林晓' }
const END: readonly Step[] = [
  { kind: 'acknowledge', owner: lin },
  { kind: 'resolve', owner: lin, disposition: 'false-misuse', feedback: '误触', facts },
  { kind: 'close', owner: lin }
]
const at = (receivedTimeMs: number, over: Partial<Judged> = {}) =>
  judged({ signal: sampleSignal({ receivedTimeMs }), ...over })

test('a press never joins what was resolved or closed, and is linked to it for a day', async () => {
  for (const steps of [END.slice(0, 2), END]) {
    const { room, act } = await bench()
    const first = await room.raise(judged())
    await act(first.incident.id, ...steps)
    const second = await room.raise(at(1_000 + 24 * H))
    expect([second.opened, second.incident.linked]).toEqual([true, [first.incident.id]])
  }
})

test('more than a day after the closing there is no link, nor to the other lane; after a restart there is', async () => {
  const { room, act, incidents } = await bench()
  const first = await room.raise(judged())
  await act(first.incident.id, ...END)
  const trouble = await room.raise(at(2_000, { alarmClass: 'trouble', priority: 4 }))
  expect(trouble.incident.linked).toEqual([])
  const restarted = await bench([...incidents.values()])
  expect((await restarted.room.raise(at(5_000))).incident.linked).toEqual([first.incident.id])
  expect((await room.raise(at(1_001 + 24 * H))).incident.linked).toEqual([])
})

test('troubles that join say what else is wrong, each once; what was told before stays', async () => {
  const { room } = await bench()
  const tell = (atMs: number, cause: string | undefined) =>
    room.raise(
      judged({
        alarmClass: 'trouble',
        priority: 4,
        zone: cause ?? '-',
        signal: sampleSignal({ receivedTimeMs: atMs, condition: 'fault', cause })
      })
    )
  const causes = ({ incident: { cause, moreCauses } }: Awaited<ReturnType<typeof tell>>) => [cause, moreCauses]
  expect(causes(await tell(1_000, 'offline'))).toEqual(['offline', undefined])
  expect(causes(await tell(2_000, 'offline'))).toEqual(['offline', undefined])
  expect(causes(await tell(3_000, 'battery'))).toEqual(['offline', ['battery']])
  expect(causes(await tell(4_000, undefined))).toEqual(['offline', ['battery']])
  await tell(5_000, 'not-worn')
  expect(causes(await tell(6_000, 'battery'))).toEqual(['offline', ['battery', 'not-worn']])
})

test('a press of the same alarm leaves the operator’s grade alone; an alarm that joins brings its priority', async () => {
  const { room, act } = await bench()
  const water = { alarmClass: 'intrusion', priority: 2 } as const
  const { incident } = await room.raise(judged(water))
  await act(incident.id, { kind: 'acknowledge', owner: lin }, { kind: 'setPriority', owner: lin, priority: 3 })
  expect((await room.raise(judged(water))).incident.priority).toBe(3)
  expect((await room.raise(judged({ alarmClass: 'panic', priority: 1 }))).incident).toMatchObject({
    priority: 1,
    rings: 2,
    presses: 3
  })
})

test('what a caller asks for by key stands on the incident, each key once; duress has its own mark and shows no key', async () => {
  const { room } = await bench()
  const { incident } = await room.raise(judged())
  expect(incident.keyed).toBeUndefined()
  const key = (digit: string, over: Partial<Judged>) =>
    room.raise(judged({ ...over, signal: { ...sampleSignal(), digit } }))
  const medical = { alarmClass: 'medical', priority: 1 } as const
  await key('2', medical)
  await key('2', medical)
  await key('9', { alarmClass: 'duress', duress: true })
  const after = (await key('3', { alarmClass: 'fire' })).incident
  expect(after.keyed).toEqual([
    { digit: '2', alarmClass: 'medical' },
    { digit: '3', alarmClass: 'fire' }
  ])
  expect(after).toMatchObject({ duress: true, presses: 5 })
})

test('stored events of long ago never get louder by their number; the first press of now rings as if it opened', async () => {
  const { room } = await bench()
  const memory = { aged: true, lateByMs: H, priority: 2 } as const
  const { incident } = await room.raise(judged(memory))
  expect(incident).toMatchObject({ aged: true, lateByMs: H, priority: 2, rings: 1 })
  for (let n = 0; n < 3; n++) await room.raise(judged(memory))
  expect(room.get(incident.id)).toMatchObject({ presses: 4, priority: 2, rings: 1, aged: true })
  const live = await room.raise(judged())
  expect(live).toMatchObject({ opened: false, incident: { id: incident.id, presses: 5, priority: 1, rings: 2 } })
  expect([live.incident.aged, live.incident.lateByMs]).toEqual([undefined, undefined])
  expect((await room.raise(judged(memory))).incident).toMatchObject({ priority: 1, rings: 2, presses: 6 })
})

test('duress is priority 1 also from a source nobody knows, alone or on an incident that is open', async () => {
  const unmapped = { alarmClass: 'unmapped', priority: 3 } as const
  const first = await bench()
  expect((await first.room.raise(judged({ ...unmapped, duress: true }))).incident.priority).toBe(1)
  const second = await bench()
  await second.room.raise(judged(unmapped))
  const raised = await second.room.raise(judged({ ...unmapped, duress: true }))
  expect(raised.incident).toMatchObject({ priority: 1, duress: true, rings: 2 })
})

test('a remark that met another writer is written on what that one left', async () => {
  const { room, incidents, kinds } = await bench()
  const { incident } = await room.raise(judged())
  incidents.set(incident.id, { ...incident, version: 2, presses: 7 })
  const after = await room.remark(judged({ remark: 'restored' }))
  expect([after?.version, after?.presses, kinds.at(-1)]).toEqual([3, 7, 'restored'])
})

test('the audit says what was decided: from which priority to which, how it ended, with whose second word', async () => {
  const { room, act, audit } = await bench()
  const { incident } = await room.raise(judged({ duress: true, alarmClass: 'intrusion', priority: 1 }))
  await act(
    incident.id,
    { kind: 'acknowledge', owner: lin },
    { kind: 'setPriority', owner: lin, priority: 1 },
    { kind: 'resolve', owner: lin, disposition: 'real-police', feedback: '说了很多', facts, secondPerson: 'han' }
  )
  expect(audit.map(entry => entry.detail)).toMatchObject([{}, {}, { from: 1, to: 1 }, { secondPerson: 'han' }])
  expect(audit.at(-1)?.detail).toMatchObject({
    disposition: 'real-police',
    category: '911',
    injured: 1,
    state: 'resolved'
  })
  expect(JSON.stringify(audit)).not.toContain('说了很多')
})

test('an alarm left open on an ended incident is closed by the press that opens the next', async () => {
  const ended = sampleIncident({ state: 'resolved', subject, resolvedAtMs: 900 })
  const left = sampleAlarm(ended, { alarmClass: 'panic' })
  const clock = createFakeClock(1_000)
  const changes: Change[] = []
  const room = createIncidents({
    clock,
    log: silentLog,
    numbers: { next: () => '1122-0001' },
    project: () => [],
    async commit(change, done) {
      changes.push(change)
      done?.()
      return { ok: true, feed: [] }
    },
    store: {
      openIncidents: async () => [ended],
      recentIncidents: async () => [],
      openAlarms: async () => [left],
      openIncidentOf: async () => undefined,
      alarm: async () => left,
      incident: async () => ended
    }
  })
  await room.start()
  expect(await room.raise(judged())).toMatchObject({ opened: true, incident: { linked: [ended.id] } })
  expect(changes[0]?.alarms?.map(alarm => alarm.open)).toEqual([false, true])
})

test('what nobody could prove moves no incident; a proven press ends the doubt and wins the place', async () => {
  const { room } = await bench()
  const at = (lat: number): Partial<Judged> => ({
    position: { lat, lon: 119.6, datum: 'wgs84' },
    positionSource: 'device'
  })
  const press = (seq: number, verified: boolean, lat: number) =>
    room.raise(judged({ seq, signal: { ...sampleSignal(), verified }, ...at(lat) }))
  expect((await press(1, false, 27.09)).incident).toMatchObject({ unverified: true, position: { lat: 27.09 } })
  expect((await press(2, true, 27.03)).incident).toMatchObject({ unverified: false, position: { lat: 27.03 } })
  expect((await press(3, false, 27.5)).incident).toMatchObject({ unverified: false, position: { lat: 27.03 } })
})
