/** Video wall and video patrol through the real gateway: layouts over REST and the feed, a finding becomes an incident with its still. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { EvidenceItem } from '../gateway/core/incident.ts'
import type {
  PatrolPlan,
  PatrolRound,
  VideoPatrolReport,
  VideoPatrolState,
  WallLayout,
  WallState
} from '../gateway/core/wall.ts'
import { type ConsoleClient, logIn } from '../gateway/testing/console-client.ts'
import { createFakeClock } from '../gateway/testing/fake-clock.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const dir = tempDir('video-patrol')
/** 03:12 in Shanghai: the round of 03:00 is open for 48 minutes more. */
const clock = createFakeClock()
let running: RunningGateway
let operator: ConsoleClient
let leader: ConsoleClient

const isReadyOf = (cameraId: string) => (item: EvidenceItem) => item.cameraId === cameraId && item.state === 'ready'
const json = async <T>(answer: Promise<Response>): Promise<T> => {
  const response = await answer
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as T
}
const LAYOUT = { name: '城关', shared: true, grid: '4', pages: [[{ kind: 'camera', cameraId: 'c1' }, null]] }
const PLAN = {
  name: '夜间重点',
  shared: true,
  cameras: ['c1', 'c2'],
  shifts: [{ fromMin: 0, toMin: 0, persons: ['10327'] }],
  intervalMin: 60,
  minLookS: 10
}

beforeAll(async () => {
  // Three cameras: the third is a shop's, at the next corner.
  const config = { media: { basePort: 0, workers: 1, clipCameras: 3 } }
  running = await runGateway({ dir, clock, config, adapters: [createFakeProtocol().definition] })
  operator = await logIn(running.url, '10327', await running.person('10327', 'operator'), 3)
  leader = await logIn(running.url, '10008', await running.person('10008', 'leader'), 1)
  await operator.connect()
})
afterAll(() => running.stop())

it('a layout is shared with other seats, told over the feed, and wrong ones are refused with what is wrong', async () => {
  const made = await json<WallLayout>(leader.post('/api/wall/layouts', LAYOUT))
  await until('the feed tells of it', () => operator.messages.some(m => m.type === 'changed' && m.what === 'wall'))
  expect((await json<WallState>(operator.get('/api/wall'))).layouts).toEqual([made])
  expect((await operator.post('/api/wall/layouts', { ...LAYOUT, id: made.id, version: 1 })).status).toBe(403)
  const wrong = async (change: object) => (await operator.post('/api/wall/layouts', { ...LAYOUT, ...change })).status
  expect(await wrong({ grid: '49' })).toBe(400)
  expect(await wrong({ pages: Array.from({ length: 21 }, () => []) })).toBe(400)
  expect(await wrong({ pages: [Array.from({ length: 37 }, () => null)] })).toBe(400)
  expect(await wrong({ pages: [[{ kind: 'camera', cameraId: '../x y' }]] })).toBe(400)
  expect(await wrong({ more: 1 })).toBe(400)
  expect(
    (await operator.post('/api/wall/tours', { name: '老城', shared: false, cameras: ['c1'], dwellS: 4 })).status
  ).toBe(400)
  expect((await leader.post(`/api/wall/layouts/${made.id}/remove`)).status).toBe(204)
  expect((await json<WallState>(operator.get('/api/wall'))).layouts).toEqual([])
})

it('a still of a private camera needs what a look at it needs, and is on record', async () => {
  expect((await operator.post('/api/cameras/c1/still-taken', {})).status).toBe(204)
  expect((await operator.post('/api/cameras/c3/still-taken', {})).status).toBe(403)
  expect((await operator.post('/api/cameras/c3/still-taken', { reason: '居民报失' })).status).toBe(204)
  const audit = await running.gateway.store.auditTail(10)
  expect(audit.filter(e => e.action === 'cameraStill').map(e => [e.object, e.outcome, e.reason])).toEqual(
    expect.arrayContaining([
      ['camera:c1', 'done', 'public'],
      ['camera:c3', 'refused', 'CAMERA_CLOSED'],
      ['camera:c3', 'done', '居民报失']
    ])
  )
})

it('a round is walked over REST; a finding becomes an incident at the camera with a still and is linked in the log', async () => {
  expect((await operator.post('/api/video-patrol/plans', PLAN)).status).toBe(403)
  const refused = await leader.post('/api/video-patrol/plans', { ...PLAN, cameras: ['c3'] })
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('private')])
  const plan = await json<PatrolPlan>(leader.post('/api/video-patrol/plans', PLAN))
  const { rounds } = await json<VideoPatrolState>(operator.get('/api/video-patrol'))
  expect(rounds).toMatchObject([{ planId: plan.id, state: 'open', shift: { persons: ['10327'] } }])
  const path = `/api/video-patrol/rounds/${encodeURIComponent(rounds[0]?.id ?? '')}`

  await json(operator.post(`${path}/look`, { cameraId: 'c1' }))
  expect((await operator.post(`${path}/seen`, { cameraId: 'c1' })).status).toBe(409)
  const finding = { id: 'finding-0001', cameraId: 'c1', kind: 'fire', note: '巷口有烟' }
  const found = await json<PatrolRound>(operator.post(`${path}/findings`, finding))
  const incident = [...running.gateway.incidents.all()][0]
  expect(incident).toMatchObject({
    priority: 1,
    alarmClass: 'fire',
    sourceKind: 'personReport',
    subject: { name: '杏花巷东口', description: '视频巡查发现', descriptionEn: 'Found on video patrol' },
    cameras: [{ cameraId: 'c1', distanceM: 0 }, { cameraId: 'c2' }, { cameraId: 'c3' }],
    unverified: false
  })
  expect(found.findings).toMatchObject([{ id: 'finding-0001', incidentId: incident?.id }])
  expect(running.media.orders.map(o => [o.kind, o.request.cameraId])).toContainEqual(['still', 'c1'])
  await json(operator.post(`${path}/findings`, finding))
  expect([...running.gateway.incidents.all()].map(i => i.presses)).toEqual([1])

  // What he has found himself opens no private camera to him, live, recorded or kept, without a reason; it does to everybody else.
  const itemOf = () => running.gateway.incidents.get(incident?.id ?? id(''))?.evidence.find(isReadyOf('c3'))
  await clock.advance(1_000)
  await until('something of it is kept', () => itemOf() !== undefined)
  const times = { fromMs: clock.now() - 60_000, toMs: clock.now() }
  const doors = (who: ConsoleClient, reason?: string) =>
    Promise.all(
      [
        who.post('/api/cameras/c3/ticket', { stream: 'main', reason }),
        who.post('/api/cameras/c3/still-taken', { reason }),
        who.post('/api/cameras/c3/play-ticket', { stream: 'main', ...times, reason, incidentId: incident?.id }),
        who.post(`/api/evidence/${itemOf()?.id}/ticket`, { reason })
      ].map(async answer => (await answer).status)
    )
  expect(await doors(operator)).toEqual([403, 403, 403, 403])
  expect(await doors(operator, '核对火情位置')).toEqual([200, 204, 200, 200])
  expect(await doors(leader)).toEqual([200, 204, 200, 200])
  const looks = (await running.gateway.store.auditTail(40)).filter(
    e => e.object === 'camera:c3' && e.who.startsWith('10327')
  )
  expect(looks.filter(e => e.outcome === 'refused').map(e => e.reason)).toContain('CAMERA_CLOSED')
  // Somebody else has seen it too: then it is no longer his own word alone.
  await json(leader.post(`${path}/findings`, { ...finding, id: 'finding-0003' }))
  expect(await doors(operator)).toEqual([200, 204, 200, 200])

  await json(
    operator.post(`${path}/findings`, {
      ...finding,
      id: 'finding-0002',
      cameraId: 'c2',
      kind: 'equipment',
      note: '画面模糊'
    })
  )
  expect([...running.gateway.incidents.all()].map(i => [i.alarmClass, i.priority, i.cause])).toContainEqual([
    'trouble',
    4,
    'picture'
  ])

  await clock.advance(10_000)
  await json(operator.post(`${path}/seen`, { cameraId: 'c1' }))
  expect((await operator.post(`${path}/skip`, { cameraId: 'c2', reason: '  ' })).status).toBe(400)
  const done = await json<PatrolRound>(operator.post(`${path}/skip`, { cameraId: 'c2', reason: '画面模糊' }))
  expect(done.state).toBe('done')
  const query = `fromMs=${clock.now() - 3_600_000}&toMs=${clock.now()}`
  expect((await operator.get(`/api/video-patrol/report?${query}`)).status).toBe(403)
  const report = await json<VideoPatrolReport>(leader.get(`/api/video-patrol/report?${query}`))
  expect(report.rows).toMatchObject([{ planName: '夜间重点', done: 1, findings: 3 }])
  expect(report.neverSeen).toEqual([{ planName: '夜间重点', cameraId: 'c2' }])
})

it('a round that is missed stands in the notices of the floor', async () => {
  await clock.advance(140 * 60_000)
  await until('the floor is told', () => operator.notices().some(n => n.code === 'roundMissed'))
  const { missed } = await json<VideoPatrolState>(leader.get('/api/video-patrol'))
  expect(missed.length).toBeGreaterThan(0)
})
