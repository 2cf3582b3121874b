/** Bounds and steadiness of what is drawn: 50,000 cameras and 33,000 units in every view and zoom. */
import { describe, expect, it } from 'vitest'
import { createColumns, mercator } from './columns.ts'
import { type Gathered, type GatherOptions, gather, type View } from './gather.ts'

interface Thing {
  readonly lat: number
  readonly lon: number
}

const CENTRE = { lat: 27.0312, lon: 119.6148 }
const ALL = () => true

function town(count: number): Thing[] {
  let state = 11
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648 - 0.5
  }
  return Array.from({ length: count }, () => ({ lat: CENTRE.lat + next() * 0.3, lon: CENTRE.lon + next() * 0.4 }))
}

function columnsOf(things: readonly Thing[]) {
  const columns = createColumns<Thing>(thing => ({ ...thing, datum: 'wgs84' }))
  columns.sync(things)
  return columns
}

function viewAt(zoom: number, width: number, height: number, centre: Thing = CENTRE): View {
  const scale = 512 * 2 ** zoom
  const [x, y] = mercator(centre)
  return { left: x - width / 2 / scale, top: y - height / 2 / scale, scale, width, height }
}

const LIMITS: GatherOptions = { wanted: ALL, mostSingles: 400, mostSquares: 1_200 }

describe('50,000 cameras', () => {
  const columns = columnsOf(town(50_000))

  it.each([
    [1_366, 768],
    [1_920, 1_080],
    [3_840, 2_160]
  ])('draws at most 1,400 symbols at %i × %i in every zoom, and none is lost', (width, height) => {
    for (let zoom = 9; zoom <= 20; zoom += 0.5) {
      const { singles, clusters } = gather(columns, viewAt(zoom, width, height), LIMITS)
      expect(singles.length + clusters.length, `zoom ${zoom}`).toBeLessThanOrEqual(1_400)
    }
    const whole = gather(columns, viewAt(9, width, height), LIMITS)
    expect(whole.singles.length + whole.clusters.reduce((sum, each) => sum + each.count, 0)).toBe(50_000)
  })

  it('keeps its clusters where they are on the ground while the map is moved', () => {
    const ground = (view: View) =>
      gather(columns, view, LIMITS).clusters.map(each => ({
        key: `${(view.left + each.x / view.scale).toFixed(9)} ${(view.top + each.y / view.scale).toFixed(9)} ${each.count}`,
        inner: each.x > 150 && each.x < view.width - 150 && each.y > 150 && each.y < view.height - 150
      }))
    const before = ground(viewAt(13.4, 1_920, 1_080))
    const moved = ground(viewAt(13.4, 1_920, 1_080, { lat: CENTRE.lat + 0.001, lon: CENTRE.lon + 0.0013 }))
    const there = new Set(moved.map(each => each.key))
    const inner = before.filter(each => each.inner)
    expect(inner.length).toBeGreaterThan(50)
    expect(inner.filter(each => !there.has(each.key))).toEqual([])
  })

  it('draws the same whether it was added up for this view or before, in every zoom', () => {
    const added = {}
    for (let zoom = 9; zoom <= 16; zoom += 0.25)
      for (const lat of [0, 0.004]) {
        const view = viewAt(zoom, 1_920, 1_080, { ...CENTRE, lat: CENTRE.lat + lat })
        const byKey = ({ clusters, singles }: Gathered) => ({
          clusters: clusters.map(each => `${each.x.toFixed(6)} ${each.y.toFixed(6)} ${each.count}`).sort(),
          singles: [...singles].sort()
        })
        expect(byKey(gather(columns, view, LIMITS, added)), `zoom ${zoom}`).toEqual(
          byKey(gather(columns, view, LIMITS))
        )
      }
  })

  it('is asked about all things once for a move over the town', () => {
    const added = {}
    let asked = 0
    const marked = () => {
      asked += 1
      return false
    }
    for (let step = 0; step < 20; step += 1)
      gather(
        columns,
        viewAt(11, 1_920, 1_080, { ...CENTRE, lon: CENTRE.lon + step / 1_000 }),
        { ...LIMITS, marked },
        added
      )
    expect(asked).toBe(50_000)
  })

  it('leaves alone what must be seen by itself, and counts what is marked', () => {
    const options = { ...LIMITS, alone: (index: number) => index < 3, marked: (index: number) => index % 2 === 0 }
    const { singles, clusters } = gather(columns, viewAt(9, 1_920, 1_080), options)
    expect(singles).toEqual(expect.arrayContaining([0, 1, 2]))
    const marked = clusters.reduce((sum, each) => sum + each.marked, 0)
    expect(marked).toBeGreaterThan(24_000)
    expect(marked).toBeLessThan(25_000)
  })
})

describe('few', () => {
  it('are drawn one by one, and only those in view', () => {
    const columns = columnsOf([CENTRE, { lat: 27.2, lon: 119.9 }, CENTRE])
    expect(gather(columns, viewAt(16, 800, 600), LIMITS)).toEqual({ singles: [0, 2], clusters: [] })
  })
})

describe('columns', () => {
  it('places anew only what is another object, and forgets what is gone', () => {
    let asked = 0
    const columns = createColumns<Thing>(thing => {
      asked += 1
      return thing.lat === 0 ? undefined : { ...thing, datum: 'wgs84' }
    })
    const things = town(100)
    columns.sync(things)
    columns.sync(things)
    expect(asked).toBe(100)
    columns.sync([things[0] as Thing, { lat: 0, lon: 0 }, ...things.slice(2, 50)])
    expect(asked).toBe(101)
    expect(columns.items).toHaveLength(50)
    expect(columns.x[1]).toBeNaN()
    expect(gather(columns, viewAt(9, 1_920, 1_080), LIMITS).singles).toHaveLength(49)
  })

  it('lies on the plane of the map: the corners of the world and the equator', () => {
    expect(mercator({ lat: 0, lon: -180 })).toEqual([0, 0.5])
    expect(mercator({ lat: 85.051128779807, lon: 180 })[1]).toBeCloseTo(0, 9)
  })
})
