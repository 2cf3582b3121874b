/** What of everything the map knows is drawn in a view; pure. */
import type { GeoPoint } from '../../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { isLost } from '../map-data.ts'
import type { Columns } from './columns.ts'
import { type Added, change, type Gathered, gather, type View } from './gather.ts'
import { CAMERA_LIMITS, INCIDENT_LIMITS, MOST_ALONE, MOST_NAMES, UNIT_LIMITS } from './limits.ts'
import type { PinShown, Scene } from './painter.ts'

export interface Shown {
  readonly cameras: ReadonlyMap<string, CameraView>
  readonly units: ReadonlyMap<string, Unit>
  /** Those without a pin of their own. */
  readonly incidents: Iterable<Incident>
  /** Those with one, the most wanted first. */
  readonly pins: readonly PinShown[]
  readonly sectors: boolean
  /** The unit whose card is open and the incident that is: their names are written before others. */
  readonly chosenUnitId: string | undefined
  readonly selectedId: string | undefined
  /** Cameras of the open incident. */
  readonly openIds: ReadonlySet<string>
  wantsCamera(camera: CameraView): boolean
  wantsUnit(unit: Unit): boolean
  placeOf(incident: Incident): GeoPoint | undefined
  noteOf: Scene['noteOf']
}

interface Things {
  readonly cameras: Columns<CameraView>
  readonly units: Columns<Unit>
  readonly incidents: Columns<Incident>
}

const WANTED = 1
const ALONE = 2
const MARKED = 4

/** What is asked of each of many things, answered once for as long as the same is asked of the same: a frame of a move asks it of 83,000. */
interface Answers extends Added {
  /** The collection, then what decides. */
  readonly asked: readonly unknown[]
  readonly flags: Uint8Array
  readonly turn: number
  /** How many want to be alone: too many are treated as all others. */
  aloneCount: number
}

const known = new WeakMap<Columns<unknown>, Answers>()

function answersOf<T>(columns: Columns<T>, asked: readonly unknown[], flagsOf: (item: T) => number): Answers {
  const before = known.get(columns)
  if (before && asked.every((each, n) => each === before.asked[n])) return before
  const answers = (before && patched(before, columns, asked, flagsOf)) ?? fresh(columns, asked, flagsOf)
  known.set(columns, answers)
  return answers
}

function fresh<T>(columns: Columns<T>, asked: readonly unknown[], flagsOf: (item: T) => number): Answers {
  const flags = Uint8Array.from(columns.items, flagsOf)
  let aloneCount = 0
  for (const each of flags) if (each & ALONE) aloneCount++
  return { asked, flags, turn: columns.turn, aloneCount }
}

/** A second's thousand positions among 33,000 units: what was answered of the others holds. `undefined` when it is not only that. */
function patched<T>(
  before: Answers,
  columns: Columns<T>,
  asked: readonly unknown[],
  flagsOf: (item: T) => number
): Answers | undefined {
  const { replaced, turn } = columns
  const next = turn === before.turn + 1
  if ((turn !== before.turn && !(next && replaced)) || asked.some((each, n) => n > 0 && each !== before.asked[n]))
    return
  const { flags } = before
  const answers: Answers = { ...before, asked, turn }
  const changed = (next && replaced) || []
  const flagsBefore = changed.map(({ index }) => flags[index] as number)
  for (const { index } of changed) flags[index] = flagsOf(columns.items[index] as T)
  for (const [n, { index }] of changed.entries())
    answers.aloneCount +=
      Number(((flags[index] as number) & ALONE) > 0) - Number(((flagsBefore[n] as number) & ALONE) > 0)
  answers.alone = undefined
  if (isCrowded(answers) !== isCrowded(before)) answers.squares = undefined
  const crowded = isCrowded(answers)
  for (const [n, { index, x, y }] of changed.entries()) {
    const part = (is: number, atX: number, atY: number) =>
      is & WANTED && (crowded || !(is & ALONE)) ? { index, x: atX, y: atY, marked: (is & MARKED) > 0 } : undefined
    const to = part(flags[index] as number, columns.x[index] as number, columns.y[index] as number)
    change(answers, part(flagsBefore[n] as number, x, y), to)
  }
  return answers
}

const isCrowded = ({ aloneCount }: Answers) => aloneCount > MOST_ALONE

const flag = (yes: boolean, bit: number) => (yes ? bit : 0)

/** Another second changes units alone. */
function camerasOf({ cameras, wantsCamera, openIds }: Shown, columns: Columns<CameraView>): Answers {
  return answersOf(
    columns,
    [cameras, wantsCamera, openIds],
    camera => flag(wantsCamera(camera), WANTED) | flag(openIds.has(camera.id), ALONE) | flag(isLost(camera), MARKED)
  )
}

function unitsOf({ units, wantsUnit }: Shown, columns: Columns<Unit>): Answers {
  const busy = (unit: Unit) => unit.state !== 'available' && unit.state !== 'offDuty'
  return answersOf(columns, [units, wantsUnit], unit => flag(wantsUnit(unit), WANTED) | flag(busy(unit), ALONE))
}

const askedOf = (answers: Answers) => {
  const { flags } = answers
  const crowded = isCrowded(answers)
  const has = (bit: number) => (index: number) => ((flags[index] as number) & bit) !== 0
  return { wanted: has(WANTED), alone: crowded ? () => false : has(ALONE), marked: has(MARKED) }
}

/** What is drawn of all there is; at most 3,000 symbols in every view. A map, set or question in `shown` is another object whenever anything in it is. */
export function sceneOf(shown: Shown, view: View, things: Things): Scene {
  const { cameras, units, incidents } = things
  const ofUnits = unitsOf(shown, units)
  const ofCameras = camerasOf(shown, cameras)
  const seenUnits = gather(units, view, { ...UNIT_LIMITS, ...askedOf(ofUnits) }, ofUnits)
  const seenCameras = gather(cameras, view, { ...CAMERA_LIMITS, ...askedOf(ofCameras) }, ofCameras)
  const seenIncidents: Gathered = gather(incidents, view, {
    ...INCIDENT_LIMITS,
    wanted: () => true,
    marked: index => (incidents.items[index] as Incident).priority === 1
  })
  return {
    view,
    cameras: { columns: cameras, gathered: seenCameras, sectors: shown.sectors },
    units: { columns: units, gathered: seenUnits, named: namedOf(shown, units, seenUnits.singles) },
    pins: shown.pins,
    incidents: { columns: incidents, gathered: seenIncidents },
    isOpen: cameraId => shown.openIds.has(cameraId),
    noteOf: shown.noteOf
  }
}

/** Of many units in view only those with an order and the chosen one have names. First the chosen one, then who is sent to the open incident, then who else has an order. */
function namedOf({ chosenUnitId, selectedId }: Shown, units: Columns<Unit>, singles: readonly number[]): number[] {
  const rankOf = (index: number) => {
    const { id, incidentId, state } = units.items[index] as Unit
    if (id === chosenUnitId) return 0
    if (incidentId !== undefined && incidentId === selectedId) return 1
    return state === 'available' ? 3 : 2
  }
  const ranked = singles.map(index => [rankOf(index), index] as const)
  const all = singles.length <= MOST_NAMES
  return ranked
    .filter(([rank]) => all || rank < 3)
    .sort(([a], [b]) => a - b)
    .map(([, index]) => index)
}
