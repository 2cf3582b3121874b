/** The desk of cameras when the store fails in the middle: what is on record already is true for everybody at once. */
import { expect, it } from 'vitest'
import type { CameraDraft } from '../core/camera-record.ts'
import type { Change, CredentialRow } from '../core/store.ts'
import type { CameraRow } from '../core/unit.ts'
import type { CameraView, SessionUser } from '../core/wire.ts'
import { EMPTY_REGISTRY } from '../registry/load.ts'
import { createRecords } from '../registry/records.ts'
import { createRegistry } from '../registry/registry.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createCameraDesk } from './camera-desk.ts'

const USER: SessionUser = { userId: 'a', login: '10001', name: '管理员', role: 'administrator' }
const CORNER: CameraDraft = {
  ...{ name: '杏花巷西口', ownership: 'public', position: { lat: 27.03, lon: 119.61, datum: 'wgs84' }, sourceIds: [] },
  ...{ mainUrl: 'rtsp://10.0.8.31/main', login: { username: 'admin', password: 'door' } }
}

async function setUp(commits: number) {
  const clock = createFakeClock()
  const registry = createRegistry(EMPTY_REGISTRY)
  const { cameras: list } = registry.rows
  let left = commits
  const changes: Change[] = []
  const logins: CredentialRow[] = []
  const commit = async (change: Change) => {
    left -= 1
    if (left < 0) throw new Error('the store is gone')
    changes.push(change)
    return { ok: true, feed: [] } as const
  }
  const cameraRecords = await createRecords<CameraRow>({
    ...{ clock, store: { documents: async () => [], commit }, kind: 'registry.camera', current: list.byId },
    apply: (cameraId, row) => (row ? list.put(row) : list.remove(cameraId))
  })
  const seen: string[][] = []
  const shown: number[] = []
  const desk = createCameraDesk({
    ...{ registry, cameraRecords, incidents: { all: () => [] } },
    cameras: {
      all: () =>
        list.all.map(({ id, name, position, ownership }) => {
          return { id, name, position, ownership, health: 'offline' } as CameraView
        }),
      refresh: async () => void seen.push(list.all.map(each => each.name))
    },
    latest: { cameraOf: () => undefined, cameraAt: () => undefined, devices: () => [], rematch: () => undefined },
    credential: Object.assign(async () => undefined, {
      save: async () => undefined,
      stored: (row: CredentialRow) => void logins.push(row)
    }),
    hub: { broadcast: (_scope, body) => void shown.push('cameras' in body ? body.cameras.length : 0) }
  })
  const again = (more: number) => {
    left = more
  }
  return { desk, seen, shown, changes, logins, again }
}

it('a camera and its log-in are stored together or not at all: whoever tries again has one camera', async () => {
  const { desk, seen, shown, changes, logins, again } = await setUp(0)
  await expect(desk.save(CORNER, 0, USER)).rejects.toThrow('the store is gone')
  expect([seen, shown, logins]).toEqual([[], [], []])
  again(1)
  const saved = await desk.save(CORNER, 0, USER)
  const key = saved.saved ? saved.id : ''
  const login = { adapter: 'onvif', key, username: 'admin', password: 'door' }
  expect([seen, shown, logins]).toEqual([[['杏花巷西口']], [1], [login]])
  expect(changes).toMatchObject([
    { credentials: [login], audit: [{ action: 'camera.save' }, { action: 'camera.login', object: `camera:${key}` }] }
  ])
  expect(JSON.stringify([changes[0]?.audit, changes[0]?.documents])).not.toContain('door')
})

it('of a list that could not be taken in as a whole the parts on record count at once', async () => {
  const { desk, seen, shown } = await setUp(2)
  await desk.save({ ...CORNER, login: undefined }, 0, USER)
  const [head, line = ''] = (await desk.export(USER)).split('\r\n')
  const again = await setUp(1)
  const lines = Array.from({ length: 300 }, () => line.replace(/^cam[^,]*/, ''))
  await expect(again.desk.import([head, ...lines, ''].join('\r\n'), 'a.csv', USER)).rejects.toThrow('the store is gone')
  expect([again.seen.map(each => each.length), again.shown]).toEqual([[250], [250]])
  expect([seen.length, shown]).toEqual([1, [1]])
})
