/** The whole of what is drawn, bounded at the density of a large city in every zoom and on the largest screen. */
import { describe, expect, it } from 'vitest'
import { type IncidentId, id } from '../../../../../gateway/core/brand.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { incident, T0, unit } from '../../../testing/samples.ts'
import { createColumns, mercator } from './columns.ts'
import type { View } from './gather.ts'
import { type Shown, sceneOf } from './scene.ts'

const CENTRE = { lat: 27.0312, lon: 119.6148, datum: 'wgs84' } as const

let state = 5
const next = () => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
  return state / 2_147_483_648 - 0.5
}
const somewhere = () => ({ ...CENTRE, lat: CENTRE.lat + next() * 0.3, lon: CENTRE.lon + next() * 0.4 })

const cameras = Array.from(
  { length: 50_000 },
  (_, n) => ({ id: `c${n}`, position: somewhere(), health: n % 10 ? 'idle' : 'offline' }) as unknown as CameraView
)
const units = (busy: number) =>
  Array.from({ length: 33_000 }, (_, n) =>
    unit(`u${n}`, { state: n < busy ? 'enRoute' : 'available', position: { point: somewhere(), atMs: T0 } })
  )
const incidents = Array.from({ length: 5_000 }, (_, n) => incident(`i${n}`, { position: somewhere() }))

function things(busy: number) {
  const of = {
    cameras: createColumns<CameraView>(each => each.position),
    units: createColumns<Unit>(each => each.position?.point),
    incidents: createColumns<Incident>(each => each.position)
  }
  of.cameras.sync(cameras)
  of.units.sync(units(busy))
  of.incidents.sync(incidents)
  return of
}

const shown = (more: Partial<Shown> = {}): Shown => ({
  cameras: new Map(),
  units: new Map(),
  incidents: [],
  pins: [],
  chosenUnitId: undefined,
  selectedId: undefined,
  sectors: true,
  openIds: new Set(['c7', 'c8']),
  wantsCamera: () => true,
  wantsUnit: () => true,
  placeOf: () => undefined,
  noteOf: () => ({ note: '', stale: false }),
  ...more
})

function viewAt(zoom: number, width: number, height: number): View {
  const scale = 512 * 2 ** zoom
  const [x, y] = mercator(CENTRE)
  return { left: x - width / 2 / scale, top: y - height / 2 / scale, scale, width, height }
}

describe('the scene', () => {
  it.each([
    [1_366, 768],
    [1_920, 1_080],
    [3_840, 2_160]
  ])(
    'draws at most 3,000 symbols at %i × %i with 50,000 cameras, 33,000 units and 5,000 incidents',
    (width, height) => {
      for (const busy of [0, 150, 33_000]) {
        const all = things(busy)
        for (let zoom = 9; zoom <= 20; zoom += 1) {
          const scene = sceneOf(shown(), viewAt(zoom, width, height), all)
          const drawn = [scene.cameras, scene.units, scene.incidents]
            .map(({ gathered }) => gathered.singles.length + gathered.clusters.length)
            .reduce((sum, each) => sum + each, 0)
          expect(drawn, `zoom ${zoom}, ${busy} busy`).toBeLessThanOrEqual(3_000)
        }
      }
    }
  )

  it('never hides a unit with an order or a camera of the open incident in a cluster', () => {
    const scene = sceneOf(shown(), viewAt(9, 1_920, 1_080), things(100))
    const ids = (part: { columns: { items: readonly { id: string }[] }; gathered: { singles: readonly number[] } }) =>
      part.gathered.singles.map(index => part.columns.items[index]?.id)
    expect(ids(scene.cameras)).toEqual(expect.arrayContaining(['c7', 'c8']))
    expect(ids(scene.units)).toEqual(expect.arrayContaining(['u0', 'u99']))
    // Of many in view only those with an order have names.
    expect(scene.units.named.length).toBe(100)
  })

  it('leaves out what its layer does not show', () => {
    const nothing = shown({ wantsCamera: () => false, wantsUnit: each => each.id === 'u5' })
    const scene = sceneOf(nothing, viewAt(9, 1_920, 1_080), things(0))
    expect(scene.cameras.gathered).toEqual({ singles: [], clusters: [] })
    expect(scene.units.gathered.singles).toEqual([5])
    expect(scene.units.named).toEqual([5])
  })

  it('writes the name of the chosen unit first, then of those sent to the open incident, then of others with an order', () => {
    const all = things(0)
    const at = (n: number, more: Partial<Unit>) =>
      unit(`n${n}`, { position: { point: { ...CENTRE, lon: CENTRE.lon + n / 10_000 }, atMs: T0 }, ...more })
    const sentTo = (incidentId: string) => ({ state: 'enRoute', incidentId: id<IncidentId>(incidentId) }) as const
    all.units.sync([at(0, {}), at(1, sentTo('other')), at(2, sentTo('open')), at(3, {}), at(4, sentTo('open'))])
    const names = (more: Partial<Shown>) => sceneOf(shown(more), viewAt(16, 1_920, 1_080), all).units.named
    expect(names({ selectedId: 'open', chosenUnitId: 'n3' })).toEqual([3, 2, 4, 1, 0])
    expect(names({})).toEqual([1, 2, 4, 0, 3])
  })

  it('adds up a second of positions to what it added up before as if it were new', () => {
    const all = things(100)
    let now = all.units.items
    const views = [10, 11.5, 13].map(zoom => viewAt(zoom, 1_920, 1_080))
    const of = ({ units: { gathered } }: ReturnType<typeof sceneOf>) => ({
      singles: gathered.singles.toSorted((a, b) => a - b),
      clusters: gathered.clusters.toSorted((a, b) => a.x - b.x)
    })
    const wantsUnit = (each: Unit) => each.state !== 'offDuty'
    for (let second = 0; second < 8; second++) {
      now = now.map((each, n) => {
        if (n % 33 !== second) return each
        // They move, take orders and come back; at the end so many are busy that none stands alone, and fewer again.
        const busy = second === 5 ? n % 2 === 0 : (n + second) % 7 === 0 && second !== 6
        const state = n % 5 === 0 ? 'offDuty' : busy ? 'enRoute' : 'available'
        return { ...each, state, position: n % 11 === 0 ? undefined : { point: somewhere(), atMs: T0 } } as Unit
      })
      all.units.sync(now)
      const anew = things(0)
      anew.units.sync(now)
      const asked = shown({ wantsUnit })
      for (const view of views) {
        const [was, wanted] = [of(sceneOf(asked, view, all)), of(sceneOf(asked, view, anew))]
        expect(was.singles, `second ${second}`).toEqual(wanted.singles)
        expect(was.clusters.map(each => each.count)).toEqual(wanted.clusters.map(each => each.count))
        const off = was.clusters.map(({ x, y }, n) =>
          Math.hypot(x - (wanted.clusters[n]?.x ?? 0), y - (wanted.clusters[n]?.y ?? 0))
        )
        expect(Math.max(0, ...off)).toBeLessThan(0.001)
      }
    }
  })
})
