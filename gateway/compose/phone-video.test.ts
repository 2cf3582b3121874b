/** A patrol's live video: who may ask, that only a press on duty begins it, what ends it, and what is recorded and on record. */
import { beforeEach, expect, it } from 'vitest'
import { type IncidentId, id, type UnitId, type UserId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { MediaCamera, StreamHealth } from '../core/media.ts'
import type { AuditEntry, CommitResult } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleIncident } from '../testing/samples.ts'
import { createPhoneVideo, type PhoneVideoDeps, type PhoneVideoDesk } from './phone-video.ts'

const U1 = id<UnitId>('u1')
const leader: SessionUser = { userId: 'han', login: '10008', name: '韩梅', role: 'leader' }
const operator: SessionUser = { userId: 'lin', login: '10001', name: '林晓', role: 'operator' }
const rider: SessionUser = { userId: 'wu', login: '20001', name: '吴涛', role: 'patrol', unitId: U1 }
const other: SessionUser = { ...rider, userId: 'he', login: '20002', name: '何军' }

let clock: ReturnType<typeof createFakeClock>
let audit: AuditEntry[]
let known: (readonly MediaCamera[])[]
let told: unknown[]
let recorded: { camera: string; toMs: number }[]
let members: string[]
let health: StreamHealth[]
let incident: Incident
let duringCommit: () => void
let desk: PhoneVideoDesk

beforeEach(() => {
  clock = createFakeClock()
  audit = []
  known = []
  told = []
  recorded = []
  members = ['wu', 'he']
  health = []
  duringCommit = () => undefined
  incident = {
    ...sampleIncident({ state: 'enRoute' }),
    owner: { userId: id<UserId>('lin'), name: '林晓' },
    assignments: [{ unitId: U1, state: 'enRoute' }] as never
  }
  const deps = {
    ...{ clock, log: silentLog },
    async commit(change: { readonly audit?: readonly AuditEntry[] }): Promise<CommitResult> {
      audit.push(...(change.audit ?? []))
      duringCommit()
      return { ok: true, feed: [] }
    },
    hub: { broadcast: (scope: string, message: object) => told.push([scope, message]) },
    units: {
      get: (unitId: string) =>
        unitId.startsWith('u') && { id: unitId, name: '巡防 07 车', state: members.length > 0 ? 'enRoute' : 'offDuty' },
      dutyOf: () => members.length > 0 && { members: members.map(userId => ({ userId })) },
      activeOrder: (unitId: string) => (unitId === 'u1' ? { incidentId: incident.id } : undefined)
    },
    incidents: { get: (incidentId: IncidentId) => (incidentId === incident.id ? incident : undefined) },
    media: { sendTicket: () => ({ port: 1, path: '/send', ticket: 't', expiresAtMs: 0 }), health: () => health },
    cameras: { onPhones: (cameras: readonly MediaCamera[]) => known.push(cameras) },
    evidence: {
      record: (_incident: Incident, { cameraId }: { cameraId: string }, toMs: number) =>
        recorded.push({ camera: cameraId, toMs })
    }
  }
  desk = createPhoneVideo(deps as unknown as PhoneVideoDeps)
})
const actions = () => audit.map(({ who, action, outcome }) => `${who} ${action} ${outcome}`)
const live = () => {
  health = [{ cameraId: id('phone:u1'), state: 'live', lastFrameAtMs: clock.now() }]
}
const refusal = (why: string) => ({ code: 'PHONE_VIDEO_REFUSED', detail: { why } })

it('nothing is sent before the press; then it is known to the plane, looked at as a camera, recorded for its incident', async () => {
  await desk.rooms.ask('u1', {}, leader)
  expect(desk.ofUnit(U1)).toMatchObject({ state: 'asked', askedBy: '韩梅', incident: { id: incident.id } })
  expect([known, desk.camera('phone:u1')]).toEqual([[], undefined])
  expect(await desk.rooms.start(rider)).toMatchObject({ path: '/send' })
  expect(known).toMatchObject([[{ cameraId: 'phone:u1', mainUrl: 'phone://phone:u1' }]])
  expect(desk.camera('phone:u1')).toMatchObject({ name: '巡防 07 车', ownership: 'public' })
  await clock.advance(1_000)
  expect(recorded).toEqual([])
  live()
  await clock.advance(1_000)
  expect(recorded).toEqual([{ camera: 'phone:u1', toMs: clock.now() + 20_000 }])
  // The same phone after a lost line; nobody else of the team.
  expect(await desk.rooms.start(rider)).toMatchObject({ path: '/send' })
  await expect(desk.rooms.start(other)).rejects.toMatchObject(refusal('somebody else of the team sends'))
  await desk.rooms.stop(rider)
  expect([known.at(-1), desk.camera('phone:u1'), desk.all()]).toEqual([[], undefined, []])
  expect(told.slice(-2)).toEqual([
    ['unit:u1', { type: 'phoneVideo', video: null }],
    ['floor', { type: 'phoneVideos', videos: [] }]
  ])
  expect(actions()).toEqual([
    ...['10008 韩梅 phoneVideo.ask done', '20001 吴涛 phoneVideo.start done'],
    ...['20002 何军 phoneVideo.start refused', '20001 吴涛 phoneVideo.end done']
  ])
  expect(audit[0]?.detail).toEqual({ incidentId: incident.id })
})

it('a leader asks anybody on duty, an operator only who was sent to the own incident', async () => {
  await expect(desk.rooms.ask('u2', {}, operator)).rejects.toMatchObject(
    refusal('the unit was not sent to an incident of yours')
  )
  await desk.rooms.ask('u1', { incidentId: incident.id }, operator)
  await expect(desk.rooms.ask('u1', {}, leader)).rejects.toMatchObject(refusal('it is asked already'))
  for (let n = 2; n < 10; n++) await desk.rooms.ask(`u${n}`, {}, leader)
  await expect(desk.rooms.ask('u10', {}, leader)).rejects.toMatchObject(refusal('too many phones at once'))
  await expect(desk.rooms.ask('nobody', {}, leader)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  members = []
  await expect(desk.rooms.ask('u11', {}, leader)).rejects.toMatchObject(refusal('the unit is off duty'))
  incident = { ...incident, owner: { userId: id<UserId>('zhao'), name: '赵敏' } }
  await expect(desk.rooms.ask('u1', {}, operator)).rejects.toMatchObject(
    refusal('the unit was not sent to an incident of yours')
  )
})

it('begins by nothing but an open request and duty, and not by one taken back meanwhile', async () => {
  await expect(desk.rooms.start(rider)).rejects.toMatchObject(refusal('nobody asks for it'))
  await desk.rooms.ask('u1', {}, leader)
  members = ['he']
  await expect(desk.rooms.start(rider)).rejects.toMatchObject(refusal('only whoever is on duty sends'))
  members = ['wu']
  duringCommit = () => {
    duringCommit = () => undefined
    void desk.rooms.end('u1', leader)
  }
  await expect(desk.rooms.start(rider)).rejects.toMatchObject(refusal('nobody asks for it'))
  expect([known, desk.all()]).toEqual([[], []])
})

it('a phone whose line was down goes on by itself with what its press began, and begins nothing that was asked anew', async () => {
  await desk.rooms.ask('u1', {}, leader)
  await expect(desk.rooms.again(rider)).rejects.toMatchObject(refusal('only a press begins it'))
  await desk.rooms.start(rider)
  expect(await desk.rooms.again(rider)).toMatchObject({ path: '/send' })
  await desk.rooms.end('u1', leader)
  await expect(desk.rooms.again(rider)).rejects.toMatchObject(refusal('nobody asks for it'))
  await desk.rooms.ask('u1', {}, leader)
  await expect(desk.rooms.again(rider)).rejects.toMatchObject(refusal('only a press begins it'))
  expect([desk.ofUnit(U1)?.state, known.at(-1)]).toEqual(['asked', []])
  expect(audit.at(-1)).toMatchObject({ action: 'phoneVideo.start', outcome: 'refused' })
})

it.each([
  ['notAnswered', false, async () => clock.advance(62_000)],
  [
    'offDuty',
    true,
    async () => {
      members = ['he']
      await clock.advance(1_000)
    }
  ],
  ['noPicture', true, async () => clock.advance(62_000)],
  ['floor', true, async () => desk.rooms.end('u1', operator)]
] as const)('ends: %s', async (how, started, end) => {
  await desk.rooms.ask('u1', {}, leader)
  if (started) await desk.rooms.start(rider)
  await end()
  expect(desk.all()).toEqual([])
  expect(audit.at(-1)).toMatchObject({ action: 'phoneVideo.end', detail: { how } })
  desk.stop()
  expect(clock.pending).toBe(0)
})

it('on the floor its incident’s owner or a leader ends it, nobody else', async () => {
  const why = refusal('only the owner of its incident or a leader ends it')
  await desk.rooms.ask('u1', {}, leader)
  await desk.rooms.start(rider)
  await expect(desk.rooms.end('u1', { ...operator, userId: 'zhao' })).rejects.toMatchObject(why)
  expect([desk.all().length, audit.at(-1)]).toMatchObject([1, { action: 'phoneVideo.end', outcome: 'refused' }])
  // Handed over: the one who has it now.
  incident = { ...incident, owner: { userId: id<UserId>('zhao'), name: '赵敏' } }
  await expect(desk.rooms.end('u1', operator)).rejects.toMatchObject(why)
  await desk.rooms.end('u1', { ...operator, userId: 'zhao' })
  // Without an incident: a leader’s own.
  await desk.rooms.ask('u2', {}, leader)
  await expect(desk.rooms.end('u2', operator)).rejects.toMatchObject(why)
  await desk.rooms.end('u2', leader)
  expect(desk.all()).toEqual([])
})

it('an incident that is over records nothing more; the picture goes on until somebody ends it', async () => {
  await desk.rooms.ask('u1', {}, leader)
  await desk.rooms.start(rider)
  incident = { ...incident, state: 'resolved' }
  live()
  await clock.advance(1_000)
  expect([recorded, desk.all().length]).toEqual([[], 1])
})
