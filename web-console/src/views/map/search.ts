/** What the map's search finds in what the page knows: incidents, cameras, units and grid cells by name, initials or code. Pure. */
import type { GeoPoint } from '../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import type { GridCellRow, Unit } from '../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../gateway/core/wire.ts'
import { initialsOf } from '../../ui/initials.ts'

export const HIT_KINDS = ['incident', 'household', 'premises', 'vehicle', 'camera', 'unit', 'cell'] as const

export interface Hit {
  readonly kind: (typeof HIT_KINDS)[number]
  readonly id: string
  readonly name: string
  readonly more: string
  /** Absent: it is found, and nobody knows where it is. */
  readonly point?: GeoPoint
}

export interface Known {
  /** In words; where to, when it has moved on since its press. */
  readonly placeOf: (incident: Incident) => { readonly words: string; readonly point?: GeoPoint }
  readonly incidents: Iterable<Incident>
  readonly cameras: Iterable<CameraView>
  readonly units: Iterable<Unit>
  readonly cells: readonly GridCellRow[]
}

/** Where the arrowed hit stands now: households that arrive later come in above it. The first when none is arrowed or it is gone. */
export function chosenAt(hits: readonly Hit[], chosen: Pick<Hit, 'kind' | 'id'> | undefined): number {
  const at = hits.findIndex(({ kind, id }) => kind === chosen?.kind && id === chosen.id)
  return Math.max(0, at)
}

/** Of each kind. */
const MOST = 8

export function searchOf(text: string, { incidents, cameras, units, cells, placeOf }: Known): readonly Hit[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const latin = /^[a-z0-9]+$/.test(wanted)
  const has = (...words: readonly (string | undefined)[]) =>
    words.some(
      word =>
        word !== undefined && (word.toLowerCase().includes(wanted) || (latin && initialsOf(word).includes(wanted)))
    )
  return [
    ...first(
      incidents,
      each => has(each.number, each.subject.name, each.subject.nameEn, placeOf(each).words, each.subject.phone),
      each => incidentHit(each, placeOf(each))
    ),
    ...first(cameras, ({ id, name }) => has(id, name), cameraHit),
    ...first(units, ({ id, name }) => has(id, name), unitHit),
    ...first(cells, ({ id, name }) => has(id, name), cellHit)
  ]
}

function first<T>(items: Iterable<T>, isIt: (item: T) => boolean, hit: (item: T) => Hit): Hit[] {
  const found: Hit[] = []
  for (const item of items) {
    if (!isIt(item)) continue
    found.push(hit(item))
    if (found.length === MOST) break
  }
  return found
}

const placed = (point: GeoPoint | undefined) => (point ? { point } : {})
const incidentHit = ({ id, number, subject }: Incident, { words, point }: ReturnType<Known['placeOf']>): Hit => ({
  ...{ kind: 'incident', id, name: subject.name, more: `${number} ${words}`, ...placed(point) }
})
const cameraHit = ({ id, name, position }: CameraView): Hit => ({ kind: 'camera', id, name, more: id, point: position })
const unitHit = ({ id, name, position }: Unit): Hit => ({
  kind: 'unit',
  id,
  name,
  more: id,
  ...placed(position?.point)
})
const cellHit = ({ id, name, ring }: GridCellRow): Hit => ({ kind: 'cell', id, name, more: id, point: middleOf(ring) })

function middleOf(ring: GridCellRow['ring']): GeoPoint {
  const corners = ring.slice(0, -1)
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + corner[axis], 0) / Math.max(1, corners.length)
  return { lat: mean(1), lon: mean(0), datum: 'wgs84' }
}
