/** Tours by the second: on, held, shorter than before, over free tiles. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { onFreeTiles, openCameras, type Runners, type TourRun, ticked } from './tours.ts'

const run = (more: Partial<TourRun> = {}): TourRun => ({ steps: 3, dwellS: 5, held: false, ...more })
const seconds = (n: number, runs: Readonly<Record<string, TourRun>>, from: Runners = {}) =>
  Array.from({ length: n }).reduce<Runners>(runners => ticked(runners, runs, 1), from)

describe('a tour', () => {
  it('shows each picture for its seconds and begins anew after the last', () => {
    const at = (n: number) => seconds(n, { a: run() }).a
    expect(at(1)).toEqual({ step: 0, leftS: 5 })
    expect(at(5)).toEqual({ step: 0, leftS: 1 })
    expect(at(6)).toEqual({ step: 1, leftS: 5 })
    expect(at(16)?.step).toBe(0)
  })

  it('that is held keeps its picture and its seconds, and goes on with them', () => {
    const before = seconds(8, { a: run() })
    const held = seconds(30, { a: run({ held: true }) }, before)
    expect(held).toEqual(before)
    expect(seconds(3, { a: run() }, held).a).toEqual({ step: 2, leftS: 5 })
  })

  it('that became shorter or quicker goes on within its bounds; one that runs no more is forgotten', () => {
    const long = seconds(21, { a: run({ steps: 9 }), b: run() })
    expect(long.a?.step).toBe(4)
    expect(ticked(long, { a: run({ steps: 2 }) }, 1)).toEqual({ a: { step: 0, leftS: 4 } })
    expect(seconds(9, { a: run({ steps: 1 }) }).a?.step).toBe(0)
    expect(seconds(9, { a: run({ steps: 0 }) }).a?.step).toBe(0)
  })

  it('over the free tiles fills them in order, step by step, and takes no other', () => {
    const page = [null, { kind: 'camera', cameraId: 'x' } as const, null]
    const tour = onFreeTiles(page, ['a', 'b', 'c'])
    expect(tour.steps).toBe(2)
    expect([...tour.at(0)]).toEqual([
      [0, 'a'],
      [2, 'b']
    ])
    expect([...tour.at(1)]).toEqual([[0, 'c']])
    expect(onFreeTiles([page[1] ?? null], ['a']).steps).toBe(0)
  })

  it('of the alarm place goes through public cameras with a picture, else through all', () => {
    const camera = (n: number, more: Partial<CameraView> = {}): CameraView => ({
      id: id(`c${n}`),
      name: '',
      position: { lat: 27, lon: 119, datum: 'wgs84' },
      ownership: 'public',
      health: 'live',
      ...more
    })
    expect(openCameras([camera(1, { ownership: 'private' }), camera(2, { health: 'offline' }), camera(3)])).toEqual([
      'c3'
    ])
    expect(openCameras([camera(2, { health: 'offline' })])).toEqual(['c2'])
  })
})
