/** What the video plane is told to keep open: the rows of now, however long an earlier pass took. */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { MediaCamera } from '../core/media.ts'
import type { Credential } from '../core/ports.ts'
import type { CameraRow } from '../core/unit.ts'
import { silentLog } from '../testing/fake-host.ts'
import { createFakeMedia } from '../testing/fake-media.ts'
import { createCameras } from './cameras.ts'

const row = (name: string): CameraRow => ({
  ...{ id: id<CameraId>(name), name, position: { lat: 27, lon: 119, datum: 'wgs84' }, ownership: 'public' },
  streams: { main: { url: `rtsp://10.0.0.1/${name}` } }
})

function setUp(credential: (key: string) => Promise<Credential | undefined>) {
  const told: string[][] = []
  const media = {
    ...createFakeMedia(),
    setCameras: (cameras: readonly MediaCamera[]) => void told.push(cameras.map(each => each.name))
  }
  const state = { rows: [row('a')] }
  const cameras = createCameras({
    ...{ rows: () => state.rows, media, preRollStream: 'main', log: silentLog, credential },
    ...{ cameraOf: () => undefined, certificateOf: () => undefined }
  })
  return { told, state, cameras }
}

it('a pass that ends late does not bring back what was removed meanwhile; what waits is one pass', async () => {
  const slow = Promise.withResolvers<undefined>()
  const { told, state, cameras } = setUp(() => slow.promise)
  const first = cameras.refresh()
  await turn()
  state.rows = []
  const later = [cameras.refresh(), cameras.refresh()]
  await turn()
  slow.resolve(undefined)
  await Promise.all([first, ...later])
  expect(told).toEqual([['a'], []])
})

it('a pass that fails is told to who asked, and does not hold the next', async () => {
  let isBroken = true
  const { told, cameras } = setUp(async () => {
    if (isBroken) throw new Error('the store is gone')
    return undefined
  })
  await expect(cameras.refresh()).rejects.toThrow('the store is gone')
  isBroken = false
  await cameras.refresh()
  expect(told).toEqual([['a']])
})
