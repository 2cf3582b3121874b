/** When recordings begin, end later, begin again, and that none is lost to a store that cannot write. */
import { expect, test } from 'vitest'
import { id } from '../core/brand.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import type { ClipRequest, ClipResult } from '../core/media.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createEvidence } from './evidence.ts'

const CAMERAS = [1, 2].map(n => ({ cameraId: id<never>(`c${n}`), name: `${n}`, distanceM: n }))

function bench() {
  const clock = createFakeClock(1_000_000)
  const orders: { readonly kind: string; readonly request: ClipRequest; end(): void }[] = []
  const extended: number[] = []
  const items = new Map<string, EvidenceItem>()
  const state = { failing: false }
  const order = (kind: string) => (request: ClipRequest) =>
    new Promise<ClipResult>(resolve => {
      const { evidenceId, fromMs, toMs } = request
      const end = () =>
        resolve({ evidenceId, file: 'f', actualFromMs: fromMs, actualToMs: toMs, gapMs: 0, bytes: 1, sha256: '' })
      orders.push({ kind, request, end })
    })
  const evidence = createEvidence({
    clock,
    log: silentLog,
    media: {
      clip: order('clip'),
      still: order('still'),
      preview: order('preview'),
      extend: (_id, toMs) => extended.push(toMs)
    },
    preRollMs: 30_000,
    postRollMs: 60_000,
    async step(_incident, step) {
      if (state.failing) throw new Error('SQLITE_FULL')
      if (step.kind === 'evidence') for (const item of step.items) items.set(item.id, item)
    }
  })
  const clips = () => orders.filter(o => o.kind === 'clip')
  const open = (over: Partial<Incident> = {}): Incident => {
    const bare = sampleIncident({ openedAtMs: clock.now(), pressTimesMs: [clock.now()], cameras: CAMERAS, ...over })
    const incident = { ...bare, evidence: evidence.plan(bare) }
    evidence.begin(incident)
    return incident
  }
  const press = (incident: Incident, over: Partial<Incident> = {}) =>
    evidence.extend({ ...incident, pressTimesMs: [...incident.pressTimesMs, clock.now()], ...over })
  return { clock, evidence, orders, clips, extended, items, state, open, press }
}

test('a press while the clips run lets them end later; one after their end begins new ones at the press', async () => {
  const { clock, clips, extended, items, open, press } = bench()
  const incident = open()
  expect(clips()).toHaveLength(2)
  await clock.advance(20_000)
  press(incident)
  expect(extended).toEqual([1_080_000, 1_080_000])
  for (const clip of clips()) clip.end()
  await clock.advance(600_000)
  press(incident)
  expect(
    clips()
      .slice(2)
      .map(c => [c.request.fromMs, c.request.toMs])
  ).toEqual(CAMERAS.map(() => [clock.now() - 30_000, clock.now() + 60_000]))
  await clock.advance(1_000)
  expect([...items.values()].map(item => item.state)).toEqual(['ready', 'ready', 'recording', 'recording'])
})

test('who presses for longer than a clip may be gets the next one', async () => {
  const { clock, clips, open, press } = bench()
  const incident = open()
  for (let at = 0; at < 20; at++) {
    await clock.advance(50_000)
    press(incident)
  }
  expect(clips()).toHaveLength(4)
})

test('a camera that the incident has gained is recorded from the press on', () => {
  const { clips, open, press } = bench()
  const incident = open({ cameras: [] })
  expect(clips()).toHaveLength(0)
  press(incident, { cameras: CAMERAS })
  expect(clips()).toHaveLength(2)
})

test('incidents of one moment share a picture; one that is late is of another moment, and a new one is taken', async () => {
  const { clock, orders, open } = bench()
  const stills = () => orders.filter(o => o.kind === 'still').length
  open()
  await clock.advance(3_000)
  open()
  expect(stills()).toBe(2)
  await clock.advance(3_000)
  open()
  expect(stills()).toBe(4)
})

test('trouble records nobody', () => {
  const { orders, open, press } = bench()
  const incident = open({ alarmClass: 'trouble' })
  press(incident)
  expect([incident.evidence, orders]).toEqual([[], []])
})

test('what a full disk refused is put on record when it can be', async () => {
  const { clock, orders, items, state, open } = bench()
  state.failing = true
  open()
  for (const each of orders) each.end()
  await clock.advance(5_000)
  expect(items.size).toBe(0)
  state.failing = false
  await clock.advance(5_000)
  expect([...items.values()].map(item => item.state)).toEqual(Array.from({ length: 6 }, () => 'ready'))
  expect(clock.pending).toBe(0)
})

test('pictures that a stop has cut off are on record as missed; those that are there, and those of a trouble, are not', async () => {
  const { clock, evidence, items, open } = bench()
  const incident = open()
  await evidence.stop()
  expect([...items.values()].filter(item => item.kind !== 'clip')).toEqual([])
  const next = bench()
  const clip = incident.evidence[0] as EvidenceItem
  const there = { ...clip, id: id<EvidenceItem['id']>('still-1'), kind: 'still', state: 'ready' } as const
  next.evidence.recover({ ...incident, evidence: [...incident.evidence, there] })
  next.evidence.recover({ ...incident, id: id<never>('trouble'), alarmClass: 'trouble' })
  await next.clock.advance(1_000)
  const missed = [...next.items.values()]
  expect(missed.map(item => [item.kind, item.cameraId, item.state]).sort()).toEqual([
    ['preview', 'c1', 'failed'],
    ['preview', 'c2', 'failed'],
    ['still', 'c2', 'failed']
  ])
  expect(missed[0]?.failure).toContain('restarted')
  expect(clock.now()).toBe(incident.openedAtMs)
})

test('of cameras that a later press has brought no picture was ordered, and none is missed', async () => {
  const { clock, open, press, items } = bench()
  const bare = open({ cameras: [] })
  await clock.advance(5_000)
  press(bare, { cameras: CAMERAS })
  await clock.advance(1_000)
  const next = bench()
  next.evidence.recover({ ...bare, cameras: CAMERAS, evidence: [...items.values()] })
  await next.clock.advance(1_000)
  expect(items.size).toBe(2)
  expect([...next.items.values()].filter(item => item.kind !== 'clip')).toEqual([])
})

test('a vehicle that is heard gets a clip of its own beside the silent one; a press prolongs the one with sound; each goes on by itself after a restart', async () => {
  const { clock, evidence, clips, items, open, press } = bench()
  const incident = open({ cameras: CAMERAS.slice(0, 1) })
  await clock.advance(5_000)
  const [camera] = incident.cameras
  if (!camera) throw new Error('no camera')
  evidence.recordSound(incident, camera, clock.now() + 30_000)
  expect(clips().map(each => each.request.fromMs)).toEqual([970_000, 1_005_000])
  await clock.advance(300)
  const [own] = [...items.values()]
  expect(own).toMatchObject({ heard: true, kind: 'clip', state: 'recording', requestedToMs: 1_035_000 })
  press(incident)
  expect(clips()).toHaveLength(2)
  // Where that one has come to its bound, the press begins another, which has the sound that is still let in.
  const later = bench()
  later.press({ ...incident, cameras: [{ ...camera, heard: true }], evidence: [] })
  await later.clock.advance(300)
  expect([...later.items.values()]).toMatchObject([{ kind: 'clip', heard: true }])
  const again = bench()
  again.evidence.recover({ ...incident, evidence: [...incident.evidence, ...items.values()] })
  expect(again.clips().map(each => each.request.evidenceId)).toEqual([incident.evidence[0]?.id, own?.id])
})
