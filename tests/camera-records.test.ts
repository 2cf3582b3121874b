/** Cameras as records over the API of a whole gateway: entered, true at once for map, video plane and alarms; log-ins go in and never come out. */
import { afterEach, expect, it } from 'vitest'
import { id } from '../gateway/core/brand.ts'
import type { CameraDetail, CameraDraft, CameraLine, FoundCamera } from '../gateway/core/camera-record.ts'
import type { Found } from '../gateway/core/find.ts'
import type { RecordSaved } from '../gateway/core/group-record.ts'
import type { MediaCamera } from '../gateway/core/media.ts'
import type { ImportReport } from '../gateway/core/subject-record.ts'
import { logIn } from '../gateway/testing/console-client.ts'
import { createFakeMedia } from '../gateway/testing/fake-media.ts'
import { createFakeProtocol } from '../gateway/testing/fake-protocol.ts'
import { type RunningGateway, runGateway } from '../gateway/testing/run-gateway.ts'
import { sampleSignal } from '../gateway/testing/samples.ts'
import { tempDir } from '../gateway/testing/temp-dir.ts'
import { until } from '../gateway/testing/wait.ts'

const TEST_MS = 120_000
let running: RunningGateway | undefined
afterEach(() => running?.stop())

const PASSWORD = 'door-to-the-camera'
const CORNER: CameraDraft = {
  ...{ name: '杏花巷西口', ownership: 'public', owner: '临溪县公安局', station: '城关派出所' },
  ...{ nationalCode: '35092200001320000031', position: { lat: 27.0318, lon: 119.6118, datum: 'wgs84' } },
  ...{ yawDeg: 90, fovDeg: 70, sourceIds: ['6650148'] },
  ...{ mainUrl: 'rtsp://10.0.8.31/main', login: { username: 'admin', password: PASSWORD } }
}

async function setUp(dir = tempDir('camera-records')) {
  const protocol = createFakeProtocol()
  const media = createFakeMedia()
  let told: readonly MediaCamera[] = []
  media.setCameras = cameras => {
    told = cameras
  }
  running = await runGateway({ dir, adapters: [protocol.definition], media: () => media })
  const admin = await logIn(running.url, '10001', await running.person('10001', 'administrator'))
  const save = async (draft: CameraDraft, version = 0) => {
    const answer = await admin.post('/api/camera-records', { draft, version })
    return { status: answer.status, saved: (await answer.json()) as RecordSaved }
  }
  const made = async (draft: CameraDraft) => {
    const { saved } = await save(draft)
    if (!saved.saved) throw new Error(JSON.stringify(saved.faults))
    return saved.id
  }
  const get = async <T>(path: string) => (await (await admin.get(path)).json()) as T
  const find = (text: string) => get<Found<CameraLine>>(`/api/camera-records?text=${encodeURIComponent(text)}`)
  const shown = () => running?.gateway.registry.data.cameras.map(each => each.name)
  return { dir, admin, protocol, save, made, get, find, shown, told: () => told }
}

it('is found by name, code and station, goes to the video plane and is shown first where it looks, also after a restart', {
  timeout: TEST_MS
}, async () => {
  const { dir, admin, protocol, made, get, find, shown, told } = await setUp()
  const cameraId = await made(CORNER)
  for (const text of ['xhxxk', '杏花巷西', '35092200001320000031', '城关'])
    expect((await find(text)).rows).toMatchObject([
      { id: cameraId, station: '城关派出所', sources: 1, reached: 'listed' }
    ])
  expect(told()).toMatchObject([
    { cameraId, mainUrl: CORNER.mainUrl, login: { username: 'admin', password: PASSWORD } }
  ])
  // Nothing that can be read has the password, and the log-in is on record without it.
  const detail = await get<CameraDetail>(`/api/camera-records/detail?id=${cameraId}`)
  expect(detail).toMatchObject({ hasLogin: true, version: 1, draft: { sourceIds: ['sip:6650148'] } })
  const audit = await get<readonly { action: string }[]>('/api/audit')
  expect(audit.map(each => each.action)).toEqual(expect.arrayContaining(['camera.save', 'camera.login']))
  expect(JSON.stringify([detail, audit])).not.toContain(PASSWORD)

  // Farther than both neighbours of the house, and first all the same: its record says that it looks there.
  await protocol.host().accept(sampleSignal({ sourceId: id('sip:6650148'), sourceKind: 'panicPhone' }))
  const incidents = () => [...(running?.gateway.incidents.all() ?? [])]
  await until('the alarm is an incident', () => incidents().length === 1)
  expect(incidents()[0]?.cameras[0]).toMatchObject({ cameraId, name: '杏花巷西口' })
  const gone = await admin.post('/api/camera-records/remove', { id: cameraId, version: 1 })
  expect(await gone.json()).toMatchObject({
    saved: false,
    faults: [{ code: 'calling', other: incidents()[0]?.number }]
  })

  await running?.stop()
  const again = await setUp(dir)
  expect(again.shown()).toContain('杏花巷西口')
  expect(again.told()).toMatchObject([{ cameraId, login: { password: PASSWORD } }])
  expect(shown()).toContain('杏花巷东口')
})

it('one that was found on the network is given a record; its pictures come as soon as it has one', {
  timeout: TEST_MS
}, async () => {
  const { protocol, made, get, told } = await setUp()
  const endpoint = 'urn:uuid:0031'
  const sighting = { deviceId: endpoint, protocol: 'onvif', state: 'seen', atMs: 1, origin: 'udp 10.0.8.40' } as const
  protocol.host().sighted({ ...sighting, detail: { unauthorized: true } })
  protocol.host().camera({ endpoint, address: '10.0.8.40', main: { url: 'rtsp://10.0.8.40/1' } })
  const found = () => get<readonly FoundCamera[]>('/api/camera-records/found')
  expect(await found()).toEqual([{ endpoint, address: '10.0.8.40', wantsLogin: true }])
  const { mainUrl: _, login: __, ...bare } = CORNER
  const cameraId = await made({ ...bare, endpoint, address: '10.0.8.40' })
  expect(await found()).toEqual([])
  expect(told()).toMatchObject([{ cameraId, mainUrl: 'rtsp://10.0.8.40/1' }])
  expect(protocol.host().knowsCamera?.(endpoint, '10.0.8.40')).toBe(true)
})

it('a wrong field is named; an old form is refused; a removed one is gone everywhere; only an administrator comes here', {
  timeout: TEST_MS
}, async () => {
  const { admin, save, made, get, shown, told } = await setUp()
  const wrong = await save({
    ...{ name: ' ', ownership: 'public', nationalCode: '123', gridCellId: 'nowhere', fovDeg: 0 },
    ...{ sourceIds: ['sip:1'], mainUrl: 'rtsp://admin:secret@10.0.8.31/', subUrl: 'http://x' }
  })
  expect(wrong.saved.saved ? [] : wrong.saved.faults.map(({ field, code }) => `${field} ${code}`).sort()).toEqual(
    [
      ...['name required', 'position required', 'nationalCode code20', 'gridCellId noCell', 'fovDeg range'],
      ...['sourceIds noSource', 'mainUrl urlLogin', 'subUrl url']
    ].sort()
  )
  const cameraId = await made(CORNER)
  const { saved } = await save({ ...CORNER, name: '另一台' })
  expect(saved).toMatchObject({ saved: false, faults: [{ field: 'nationalCode', code: 'taken', other: '杏花巷西口' }] })
  const draft = { ...CORNER, id: cameraId, name: '杏花巷西口一号' }
  expect((await save(draft, 1)).saved.saved).toBe(true)
  expect((await save({ ...draft, name: '旧表' }, 1)).status).toBe(409)
  // One of the file keeps what the form does not hold.
  const file = await get<CameraDetail>('/api/camera-records/detail?id=c2')
  expect((await save({ ...file.draft, station: '城关派出所' }, 0)).saved).toMatchObject({ saved: true, version: 1 })
  expect(shown()).toContain('人民路口')
  expect((await admin.post('/api/camera-records/remove', { id: cameraId, version: 2 })).status).toBe(200)
  expect(shown()).not.toContain('杏花巷西口一号')
  expect(told()).toEqual([])
  const leader = await logIn(running?.url ?? '', '10008', (await running?.person('10008', 'leader')) ?? '', 2)
  expect((await leader.get('/api/camera-records')).status).toBe(403)
  expect((await leader.post('/api/camera-records', { draft: CORNER, version: 0 })).status).toBe(403)
})

it('a list is looked at, then taken as a whole; exported and read again it changes nothing, and has no log-in', {
  timeout: TEST_MS
}, async () => {
  const { admin, made, get, find, shown } = await setUp()
  const cameraId = await made(CORNER)
  const send = async (path: string, text: string) => {
    const answer = await fetch(`${running?.url}${path}`, {
      ...{ method: 'POST', body: text, headers: { cookie: admin.cookie, 'content-type': 'text/plain' } }
    })
    return (await answer.json()) as ImportReport
  }
  const exported = await (await admin.get('/api/camera-records/export')).text()
  expect(exported).not.toContain(PASSWORD)
  const again = await send('/api/camera-records/import', exported)
  expect(again).toMatchObject({ rows: 4, added: 0, changed: 0, same: 4, faultCount: 0 })

  const head = '名称,国标编码,性质,派出所,纬度,经度\n'
  const wrong = `${head}北门,123,公共,,27.03,119.61\n南门,,外星,,27.03,119.61\n`
  const looked = await send('/api/camera-records/import', wrong)
  expect(looked.faults.map(({ line, field, code }) => `${line} ${field} ${code}`)).toEqual([
    '2 国标编码 code20',
    '3 性质 choice'
  ])
  expect(shown()).not.toContain('北门')
  // Known by its national code; what is not in the file (its sources, its address) stays.
  const right = `${head}杏花巷西口,35092200001320000031,公共,北门派出所,27.0318,119.6118\n北门,,社会,,27.03,119.61\n`
  expect(await send('/api/camera-records/import/preview', right)).toMatchObject({ added: 1, changed: 1, faultCount: 0 })
  expect(shown()).not.toContain('北门')
  await send('/api/camera-records/import?file=a.csv', right)
  expect(shown()).toContain('北门')
  expect((await find('北门派出所')).rows).toMatchObject([{ id: cameraId, sources: 1, version: 2 }])
  const audit = await get<readonly { action: string }[]>('/api/audit')
  expect(audit.filter(each => /camera\.(import|export)/.test(each.action))).toHaveLength(2)
})
