/** Whom a group call means: all on duty, a grid cell with the cells inside it, a class, or units chosen one by one. Pure. */
import booleanPointInPolygon from '@turf/boolean-point-in-polygon'
import { GatewayError } from '../core/errors.ts'
import { GROUP_CALL_LIMITS, type GroupCallChoices, type GroupTarget } from '../core/group-call.ts'
import type { Incident } from '../core/incident.ts'
import { isOpen } from '../core/lifecycle.ts'
import { type GridCellRow, UNIT_CLASSES, type Unit } from '../core/unit.ts'

const onDuty = ({ state }: Unit): boolean => state !== 'offDuty'

/** Throws NOT_FOUND for a unit or cell that is none. */
export function membersOf(target: GroupTarget, units: readonly Unit[], cells: readonly GridCellRow[]): readonly Unit[] {
  switch (target.kind) {
    case 'onDuty':
      return units.filter(onDuty)
    case 'class':
      return units.filter(unit => onDuty(unit) && unit.unitClass === target.unitClass)
    case 'cell': {
      if (!cells.some(({ id }) => id === target.cellId)) throw new GatewayError('NOT_FOUND', { cell: target.cellId })
      const around = cellsAround(cells)
      return units.filter(unit => onDuty(unit) && around(unit.gridCellId).includes(target.cellId))
    }
    case 'units': {
      const wanted = new Set<string>(target.unitIds)
      const found = units.filter(({ id }) => wanted.delete(id))
      const [missing] = wanted
      if (missing !== undefined) throw new GatewayError('NOT_FOUND', { unit: missing })
      return found
    }
  }
}

/** Not where somebody is under duress: a team that gathers there would be a sign (rule 5). A vehicle's address is its firm's. */
function placesOf(incidents: Iterable<Incident>): GroupCallChoices['places'] {
  const places = [...incidents].filter(
    each => isOpen(each) && !each.duress && each.subject.kind !== 'vehicle' && each.subject.address !== ''
  )
  return places
    .sort((a, b) => b.openedAtMs - a.openedAtMs)
    .slice(0, GROUP_CALL_LIMITS.places)
    .map(({ id, number, subject: { name, address } }) => ({
      id,
      number,
      name: name === address ? name : `${address} ${name}`
    }))
}

export function choicesOf(
  units: readonly Unit[],
  cells: readonly GridCellRow[],
  incidents: Iterable<Incident>
): GroupCallChoices {
  const on = units.filter(onDuty)
  const around = cellsAround(cells)
  const inCell = countBy(on.flatMap(({ gridCellId }) => around(gridCellId)))
  const ofClass = countBy(on.map(({ unitClass }) => unitClass))
  return {
    places: placesOf(incidents),
    onDuty: on.length,
    cells: cells.flatMap(({ id, name }) => {
      const count = inCell.get(id)
      return count === undefined ? [] : [{ id, name, units: count }]
    }),
    classes: UNIT_CLASSES.flatMap(unitClass => {
      const count = ofClass.get(unitClass)
      return count === undefined ? [] : [{ unitClass, units: count }]
    }),
    units: units.map(({ id, name, state, phone }) => ({
      ...{ id, name, onDuty: state !== 'offDuty', phone: phone !== undefined && phone !== '' }
    }))
  }
}

function countBy(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Each cell found once: a county has 8,848 of three levels. */
function cellsAround(cells: readonly GridCellRow[]): (cellId: string | undefined) => readonly string[] {
  const byId = new Map<string, GridCellRow>(cells.map(cell => [cell.id, cell]))
  const areas = cells.filter(({ level }) => level < 3).map(cell => ({ cell, box: boxOf(cell) }))
  const found = new Map<string, readonly string[]>()
  return cellId => {
    const cell = cellId === undefined ? undefined : byId.get(cellId)
    if (!cell) return []
    const known = found.get(cell.id)
    if (known) return known
    const middle = middleOf(cell)
    const coarser = areas.filter(
      each => each.cell.level < cell.level && isIn(middle, each.box) && holds(each.cell, middle)
    )
    const all = [cell.id, ...coarser.map(each => each.cell.id)]
    found.set(cell.id, all)
    return all
  }
}

type Point = readonly [number, number]

function middleOf({ ring }: GridCellRow): Point {
  const corners = ring.slice(0, -1)
  const sum = (axis: 0 | 1) => corners.reduce((total, corner) => total + corner[axis], 0)
  return [sum(0) / corners.length, sum(1) / corners.length]
}

function boxOf({ ring }: GridCellRow): readonly [Point, Point] {
  const of = (axis: 0 | 1) => ring.map(corner => corner[axis])
  return [
    [Math.min(...of(0)), Math.min(...of(1))],
    [Math.max(...of(0)), Math.max(...of(1))]
  ]
}

const isIn = ([x, y]: Point, [low, high]: readonly [Point, Point]): boolean =>
  x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]

const holds = ({ ring }: GridCellRow, [x, y]: Point): boolean =>
  booleanPointInPolygon([x, y], { type: 'Polygon', coordinates: [ring.map(([lon, lat]) => [lon, lat])] })
