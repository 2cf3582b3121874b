/** A worker hears of the cameras that changed, and of no other. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { MediaCamera } from '../core/media.ts'
import { cameraChanges } from './camera-changes.ts'

const camera = (n: number, mainUrl = `rtsp://10.0.0.1/${n}`): MediaCamera => ({
  ...{ cameraId: id<CameraId>(`cam-${n}`), name: `${n}`, mainUrl, subUrl: undefined, login: undefined },
  preRollStream: 'main'
})
const list = (count: number) => Array.from({ length: count }, (_, n) => camera(n))

it('nothing, where the same is described again', () => {
  expect(cameraChanges(list(2_000), list(2_000))).toBeUndefined()
})

it('a taxi’s cabin that comes and goes among two thousand is all that is told', () => {
  const cabin = camera(9_999)
  expect(cameraChanges(list(2_000), [...list(2_000), cabin])).toEqual({ put: [cabin], gone: [] })
  expect(cameraChanges([...list(2_000), cabin], list(2_000))).toEqual({ put: [], gone: [cabin.cameraId] })
})

it('applied to what was, the changes give what is', () => {
  const some = fc.uniqueArray(fc.tuple(fc.nat(12), fc.constantFrom('rtsp://a', 'rtsp://b')), { selector: ([n]) => n })
  const rows = some.map(each => each.map(([n, url]) => camera(n, url)))
  fc.assert(
    fc.property(rows, rows, (before, after) => {
      const { put, gone } = cameraChanges(before, after) ?? { put: [], gone: [] }
      const now = new Map(before.map(row => [row.cameraId, row]))
      for (const cameraId of gone) now.delete(cameraId)
      for (const row of put) now.set(row.cameraId, row)
      expect(now).toEqual(new Map(after.map(row => [row.cameraId, row])))
      for (const row of put) expect(before).not.toContainEqual(row)
    })
  )
})
