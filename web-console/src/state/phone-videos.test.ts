/** The order of the keys ⇧1 … ⇧4, and what a picture is called. */
import { expect, it } from 'vitest'
import type { PhoneVideo } from '../../../gateway/core/phone-video.ts'
import { incident } from '../testing/samples.ts'
import { EMPTY } from './model.ts'
import { livePictures, pictureName } from './phone-videos.ts'

const video = (unitId: string, change: Partial<PhoneVideo> = {}): PhoneVideo =>
  ({
    ...{ unitId, unitName: `巡防 ${unitId}`, cameraId: `phone:${unitId}`, state: 'live', sinceMs: 0, askedBy: '林晓' },
    incident: { id: 'a', number: '1122-0187' },
    ...change
  }) as PhoneVideo
const cameras = ['c1', 'c2', 'c3'].map(cameraId => ({ cameraId, name: cameraId, distanceM: 10 }))

it('two cameras come first, then the phones that send for this incident', () => {
  const opened = incident('a', { cameras: cameras as never })
  const other = video('u3', { incident: { id: 'b', number: '1122-0188' } as never })
  const shown = livePictures(opened, [video('u1', { state: 'asked' }), video('u2'), other])
  expect(shown.map(({ cameraId }) => cameraId)).toEqual(['c1', 'c2', 'phone:u2'])
})

it('a phone is called as its unit', () => {
  expect(pictureName({ ...EMPTY, phoneVideos: [video('u1')] }, 'phone:u1')).toBe('巡防 u1')
  expect(pictureName(EMPTY, 'phone:u1')).toBeUndefined()
})

it('a camera inside a vehicle is called as its incident calls it', () => {
  const inside = { cameraId: 'jt808:000139000637/1', name: '闽J·T0637 车内', distanceM: 0, vehicle: true }
  const incidents = new Map([['a', incident('a', { cameras: [inside] as never })]])
  expect(pictureName({ ...EMPTY, incidents }, 'jt808:000139000637/1')).toBe('闽J·T0637 车内')
})
