/** Cameras found by what a device or a line names: the right one, and without a walk over all of them. */
import { expect, it } from 'vitest'
import { type CameraId, id } from '../core/brand.ts'
import type { CameraRow } from '../core/unit.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { checkCamera } from './camera-check.ts'
import { createCameraList } from './camera-list.ts'
import { createCells } from './grid/cells.ts'
import { createLatest } from './latest.ts'

const PLACE = { lat: 27, lon: 119, datum: 'wgs84' } as const
const row = (name: string, more: Partial<CameraRow> = {}): CameraRow => ({
  ...{ id: id<CameraId>(name), name, position: PLACE, ownership: 'public', ...more }
})

it('a device is the camera of its id, else of its endpoint, else of its address; none when nobody lists it', () => {
  const list = createCameraList([
    row('a', { onvif: { address: '10.0.0.1' } }),
    row('b', { onvif: { endpoint: 'urn:b', address: '10.0.0.1' } }),
    row('c')
  ])
  const at = (endpoint: string, address: string, cameraId?: string) =>
    list.at({ endpoint, address, cameraId: cameraId === undefined ? undefined : id(cameraId) })?.id
  expect([at('urn:b', '10.0.0.1', 'c'), at('urn:b', '10.0.0.1'), at('urn:x', '10.0.0.1'), at('urn:x', '')]).toEqual([
    ...['c', 'b', 'a', undefined]
  ])
  list.put(row('c', { onvif: { endpoint: 'urn:x' } }))
  list.remove('b')
  expect([at('urn:x', ''), at('urn:b', '10.0.0.1'), at('urn:b', '')]).toEqual(['c', 'a', undefined])
})

it('thousands of sightings are matched again without thousands of walks over the rows', () => {
  const count = 2_000
  let reads = 0
  const list = createCameraList(
    Array.from({ length: count }, (_, n) => {
      const onvif = {
        get endpoint() {
          reads += 1
          return `urn:${n}`
        }
      }
      return row(`c${n}`, { onvif })
    })
  )
  const latest = createLatest({ clock: createFakeClock(), camera: list.at, positionKeptMs: 1 })
  for (let n = 0; n < count; n += 1) latest.camera({ endpoint: `urn:${n + count / 2}`, address: '' })
  list.put(row('new', { onvif: { endpoint: `urn:${count}` } }))
  latest.rematch()
  expect(latest.cameraOf(id('new'))).toMatchObject({ endpoint: `urn:${count}` })
  expect(latest.strangers()).toHaveLength(count / 2 - 1)
  expect(reads).toBeLessThan(10 * count)
})

it('a form is checked against the others by their code and endpoint alone, not by a walk over all', () => {
  const code = '35092200001320000031'
  const list = createCameraList([row('a', { nationalCode: code, onvif: { endpoint: 'urn:a' } }), row('b')])
  const rows = {
    cells: createCells([]),
    source: () => undefined,
    cameras: {
      ...list,
      get all(): never {
        throw new Error('walked over')
      }
    }
  }
  const draft = { name: 'x', ownership: 'public', position: PLACE, sourceIds: [], nationalCode: code } as const
  const checked = checkCamera({ ...draft, endpoint: 'urn:a' }, rows)
  expect(checked.ok ? [] : checked.faults.map(({ field, code, other }) => [field, code, other])).toEqual([
    ['nationalCode', 'taken', 'a'],
    ['endpoint', 'taken', 'a']
  ])
  expect(checkCamera({ ...draft, id: 'a', endpoint: 'urn:a' }, rows).ok).toBe(true)
})
