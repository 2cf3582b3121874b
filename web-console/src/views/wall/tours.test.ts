/** Tours by the second: on, held, shorter than before, over free tiles. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { runsOf, type Scene } from './runs.ts'
import { onFreeTiles, openCameras, type Runners, type TourRun, ticked } from './tours.ts'
import { FIRST, shownOf, type Wall } from './wall-state.ts'

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

describe('what holds a tour', () => {
  const tour = (tourId: string) => ({
    ...{ id: tourId, name: tourId, shared: true, maker: { login: '1', name: '' }, version: 1, updatedAtMs: 0 },
    ...{ cameras: ['c1', 'c2'], dwellS: 5 }
  })
  const camera = (n: number): CameraView => ({
    ...{
      id: id(`c${n}`),
      name: '',
      position: { lat: 27, lon: 119, datum: 'wgs84' },
      ownership: 'public',
      health: 'live'
    }
  })
  const wall: Wall = {
    ...FIRST,
    grid: '4',
    draft: [[{ kind: 'tour', tourId: 'a' }, null, null, null]],
    freeTourId: 'a',
    pagesS: 20
  }
  const held = (change: Partial<Wall> = {}, more: Partial<Scene> = {}) => {
    const now = { ...wall, ...change }
    const cameras = new Map([1, 2].map(n => [`c${n}`, camera(n)]))
    const shown = shownOf(now, { layouts: [], cameras: [...cameras.keys()] })
    const runs = runsOf({
      wall: now,
      shown,
      place: { kind: 'tour' },
      cameras,
      tours: [tour('a')],
      busy: false,
      ...more
    })
    return Object.keys(runs).filter(key => runs[key]?.held)
  }

  it('is somebody who watches its tile, an alarm in its place, a pause, a dialog', () => {
    expect(held()).toEqual([])
    expect(held({ selected: 'place' })).toEqual(['place', 'pages'])
    expect(held({ selected: 0 })).toEqual(['pages', 'tile 0/0'])
    expect(held({ zooms: { 2: { scale: 2, x: 0, y: 0 } } })).toEqual(['free', 'pages'])
    expect(held({}, { place: { kind: 'incident', incidentId: 'i' } })).toEqual(['place'])
    expect(held({ paused: true })).toHaveLength(4)
    expect(held({}, { busy: true })).toHaveLength(4)
  })
})
