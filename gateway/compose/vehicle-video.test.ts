/** In-car video over an incident: asked at once, again while nothing comes, its clip kept running, and ended when the clip is. */
import { expect, test } from 'vitest'
import { type CameraId, type EvidenceId, id, type SourceId } from '../core/brand.ts'
import type { CommandAnswer } from '../core/device-command.ts'
import type { EvidenceItem, Incident } from '../core/incident.ts'
import { sampleIncident } from '../testing/samples.ts'
import { CAMERA, clip, SOURCE, setUp, vehicle } from '../testing/vehicle-video.ts'

const ON = 'on jt808:013900000007/1 10.0.0.5:7613'
const OFF = 'off jt808:013900000007/1 10.0.0.5:7613'

test('asked once, again while no picture comes, kept recording, and ended after the clip', async () => {
  const { clock, asked, known, extended, video, change, live } = setUp()
  const cameras = [{ cameraId: CAMERA, name: '闽J·T0637 车内', distanceM: 0, vehicle }]
  const bare = { ...sampleIncident({ state: 'new' }), openedAtMs: clock.now(), cameras }
  const opened = change({ ...bare, evidence: [clip(bare, 'recording')] })
  expect(asked).toEqual([ON])
  expect(known).toMatchObject([[{ cameraId: CAMERA, mainUrl: 'jt1078://013900000007/1' }]])
  const stop = video.start()
  expect(asked).toEqual([ON])
  change({ ...opened, state: 'acknowledged' }, opened)
  expect(asked).toEqual([ON])
  await clock.advance(15_000)
  expect(asked).toEqual([ON, ON])
  live('live')
  await clock.advance(15_000)
  expect(asked).toEqual([ON, ON])
  expect(extended.at(-1)).toEqual(['clip-1', clock.now() + 30_000])
  live('offline')
  await clock.advance(15_000)
  expect(asked).toEqual([ON, ON, ON])
  const resolved = change({ ...opened, state: 'resolved' }, opened)
  const before = extended.length
  await clock.advance(15_000)
  expect(extended).toHaveLength(before)
  expect(asked).not.toContain(OFF)
  change({ ...resolved, evidence: [clip(bare, 'ready')] }, resolved)
  expect(asked.at(-1)).toBe(OFF)
  expect(known.at(-1)).toEqual([])
  await clock.advance(60_000)
  expect(asked.at(-1)).toBe(OFF)
  stop()
  expect(clock.pending).toBe(0)
})

test('a clip is not kept running beyond its bound, nobody else is asked, and nothing where it is switched off', async () => {
  const { clock, asked, extended, video, change } = setUp()
  const stop = video.start()
  const street = { ...sampleIncident(), cameras: [{ cameraId: id<CameraId>('c1'), name: '路口', distanceM: 9 }] }
  change(street)
  expect(asked).toEqual([])
  const old = {
    ...street,
    openedAtMs: clock.now() - 16 * 60_000,
    cameras: [{ ...street.cameras[0], vehicle }] as never
  }
  change({ ...old, evidence: [clip(old, 'recording')] })
  await clock.advance(15_000)
  expect(extended).toEqual([])
  stop()
  const off = setUp(false)
  off.change({ ...street, cameras: [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }] })
  off.video.start()()
  expect([off.asked, off.known]).toEqual([[], []])
})

test('by UDP where that is set, by TCP every second time until a picture comes', async () => {
  const { clock, asked, video, change, live } = setUp(true, 'udp')
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const opened = change({ ...sampleIncident({ state: 'new' }), openedAtMs: clock.now(), cameras, evidence: [] })
  await clock.advance(15_000)
  await clock.advance(15_000)
  expect(asked).toEqual([`${ON} udp`, ON, `${ON} udp`])
  live('live')
  await clock.advance(15_000)
  live('offline')
  await clock.advance(15_000)
  expect(asked.slice(3)).toEqual([`${ON} udp`])
  change({ ...opened, state: 'resolved' }, opened)
  expect(asked.at(-1)).toBe(OFF)
  stop()
})

test('a leader lets the cabin be heard: the plane first, one clip with its sound when it comes, again with sound, over with the incident', async () => {
  const { clock, asked, known, extended, video, change, sounds, sound, answers, live, lines } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), openedAtMs: clock.now(), cameras }
  const opened = change({ ...bare, evidence: [clip(bare, 'recording')] })
  expect(video.offered(opened, SOURCE)).toBe(true)
  expect(video.offered(opened, id<SourceId>('jt808:1'))).toBe(false)
  sound({ sound: 'pcma' })
  expect(sounds).toEqual([])
  answers({ result: 'refused' })
  expect(await video.hear(opened.id, SOURCE)).toEqual({ result: 'refused' })
  expect(known.slice(-2).map(([row]) => row?.audio)).toEqual([true, undefined])
  answers({ result: 'done' })
  expect(await video.hear(opened.id, SOURCE)).toEqual({ result: 'done' })
  expect([asked.at(-1), known.at(-1)?.[0]?.audio]).toEqual([`${ON} sound`, true])
  const count = asked.length
  // Not before the incident says so, not without sound, and once.
  sound({ sound: 'pcma' })
  const heard = change({ ...opened, cameras: [{ ...cameras[0], heard: true }] as never }, opened)
  expect(lines).toEqual([])
  for (let n = 0; n < 3; n++) sound({ soundUnreadable: 'G.729' })
  expect(sounds).toEqual([])
  // Told in the incident, once: whoever listens would take it for a silent cabin.
  expect(lines).toEqual([{ camera: '车内', kind: 'clip', soundCodec: 'G.729' }])
  for (let n = 0; n < 3; n++) sound({ sound: 'pcma' })
  expect(sounds).toEqual([`${opened.id} ${CAMERA}`])
  expect([asked.length, video.offered(heard, SOURCE)]).toEqual([count, false])
  const own: EvidenceItem = { ...clip(bare, 'recording'), id: id<EvidenceId>('sound-1'), heard: true }
  change({ ...heard, evidence: [...heard.evidence, own] }, heard)
  live('offline')
  await clock.advance(15_000)
  expect(asked.at(-1)).toBe(`${ON} sound`)
  expect(extended.map(([item]) => item)).toEqual(['sound-1'])
  change({ ...heard, state: 'resolved', evidence: [{ ...own, state: 'ready' }] }, heard)
  expect(asked.at(-1)).toBe(OFF)
  expect(known.at(-1)).toEqual([])
  stop()
})

test('resolved between the beginning of the clip with sound and its line in the incident, the car is not ended and asked anew', async () => {
  const { clock, asked, video, change, sound, sounds } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), openedAtMs: clock.now(), cameras }
  const opened = change({ ...bare, evidence: [clip(bare, 'recording')] })
  await video.hear(opened.id, SOURCE)
  const heard = change({ ...opened, cameras: [{ ...cameras[0], heard: true }] as never }, opened)
  sound({ sound: 'pcma' })
  expect(sounds).toHaveLength(1)
  const count = asked.length
  const resolved = change({ ...heard, state: 'resolved', evidence: [clip(bare, 'ready')] }, heard)
  expect(asked.slice(count)).toEqual([ON])
  const own: EvidenceItem = { ...clip(bare, 'recording'), id: id<EvidenceId>('sound-1'), heard: true }
  const kept = change({ ...resolved, evidence: [clip(bare, 'ready'), own] }, resolved)
  expect(asked.slice(count)).toEqual([ON])
  change({ ...kept, evidence: [clip(bare, 'ready'), { ...own, state: 'ready' }] }, kept)
  expect(asked.slice(count)).toEqual([ON, OFF])
  await clock.advance(60_000)
  expect(asked.slice(count)).toEqual([ON, OFF])
  stop()
})

test('the sound is asked for the way that the picture has come by, and the picture again as well', async () => {
  const { clock, asked, video, change, live } = setUp(true, 'udp')
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const opened = change({ ...sampleIncident({ state: 'new' }), openedAtMs: clock.now(), cameras, evidence: [] })
  // Datagrams do not get through here: its picture comes by TCP.
  await clock.advance(15_000)
  live('live')
  await clock.advance(15_000)
  await video.hear(opened.id, SOURCE)
  live('offline')
  await clock.advance(30_000)
  expect(asked).toEqual([`${ON} udp`, ON, `${ON} sound`, `${ON} sound`, `${ON} udp sound`])
  stop()
})

test('no cabin is heard beyond its incident: neither while its clip ends, nor in the next one of the same car, nor after an answer that came too late', async () => {
  const { asked, known, video, change, clock, answers } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), openedAtMs: clock.now(), cameras }
  const opened = change({ ...bare, evidence: [clip(bare, 'recording')] })
  await video.hear(opened.id, SOURCE)
  const heard = change({ ...opened, cameras: [{ ...cameras[0], heard: true }] as never }, opened)
  expect(known.at(-1)?.[0]?.audio).toBe(true)
  change({ ...heard, state: 'resolved' }, heard)
  expect(known.at(-1)).toMatchObject([{ cameraId: CAMERA }])
  expect(known.at(-1)?.[0]?.audio).toBeUndefined()
  const next = change({ ...bare, id: id<Incident['id']>('next'), evidence: [] })
  expect([known.at(-1)?.[0]?.audio, asked.at(-1)]).toEqual([undefined, ON])
  // Its answer comes when the incident that it was asked for is over: no incident says so.
  const late = Promise.withResolvers<CommandAnswer>()
  answers(late.promise)
  const hearing = video.hear(next.id, SOURCE)
  expect(known.at(-1)?.[0]?.audio).toBe(true)
  change({ ...next, state: 'resolved', evidence: [clip(next, 'recording')] }, next)
  late.resolve({ result: 'done' })
  expect([await hearing, known.at(-1)?.[0]?.audio]).toEqual([{ result: 'done' }, undefined])
  stop()
})

test('an order whose answer did not get into the incident is given again', async () => {
  const { asked, video, change } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const opened = change({ ...sampleIncident({ state: 'acknowledged' }), cameras, evidence: [] })
  await video.hear(opened.id, SOURCE)
  expect(video.offered(opened, SOURCE)).toBe(true)
  expect(await video.hear(opened.id, SOURCE)).toEqual({ result: 'done' })
  expect(asked).toEqual([ON, `${ON} sound`, `${ON} sound`])
  stop()
})

test('what is heard after a reopening is kept as well, beside the clip of the first time', async () => {
  const { video, change, sounds, sound } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), cameras }
  const first: EvidenceItem = { ...clip(bare, 'ready'), heard: true }
  const reopened = change({ ...bare, evidence: [first] })
  await video.hear(reopened.id, SOURCE)
  change({ ...reopened, cameras: [{ ...cameras[0], heard: true }] as never }, reopened)
  sound({ sound: 'pcma' })
  expect(sounds).toEqual([`${bare.id} ${CAMERA}`])
  stop()
})

test('what is heard is kept on after a clip that has ended, at its bound or for want of room', async () => {
  const { video, change, sounds, sound, clock } = setUp()
  const stop = video.start()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle, heard: true as const }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), cameras, openedAtMs: clock.now(), evidence: [] }
  const item = (n: number, state: EvidenceItem['state']): EvidenceItem => ({
    ...{ ...clip(bare, state), id: id<EvidenceId>(`sound-${n}`), heard: true }
  })
  change(bare)
  sound({ sound: 'pcma' })
  // It is not on record yet.
  change({ ...bare, presses: 2 })
  sound({ sound: 'pcma' })
  change({ ...bare, evidence: [item(1, 'recording')] })
  sound({ sound: 'pcma' })
  expect(sounds).toHaveLength(1)
  change({ ...bare, evidence: [item(1, 'ready')] })
  sound({ sound: 'pcma' })
  expect(sounds).toHaveLength(2)
  change({ ...bare, evidence: [item(1, 'ready'), item(2, 'failed')] })
  // A disk that is full: not a failed clip a second.
  for (let n = 0; n < 4; n++) {
    await clock.advance(60_000)
    change({ ...bare, presses: 3 + n, evidence: [item(1, 'ready'), item(2, 'failed')] })
    sound({ sound: 'pcma' })
  }
  expect(sounds).toHaveLength(2)
  await clock.advance(60_000)
  sound({ sound: 'pcma' })
  expect(sounds).toHaveLength(3)
  stop()
})

test('after a restart a cabin that was heard is asked for with its sound, and its clip is not begun twice', async () => {
  const { asked, video, change, sounds, sound, clock } = setUp()
  const cameras = [{ cameraId: CAMERA, name: '车内', distanceM: 0, vehicle, heard: true as const }]
  const bare = { ...sampleIncident({ state: 'acknowledged' }), openedAtMs: clock.now(), cameras }
  change({ ...bare, evidence: [{ ...clip(bare, 'recording'), heard: true }] })
  const stop = video.start()
  expect(asked).toEqual([`${ON} sound`])
  sound({ sound: 'aac' })
  expect(sounds).toEqual([])
  stop()
})
