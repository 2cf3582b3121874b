/** The wall's rules: only P1 goes up by itself, nothing pushes away what somebody watches. */
import { describe, expect, it } from 'vitest'
import { id } from '../../../../gateway/core/brand.ts'
import type { Incident } from '../../../../gateway/core/incident.ts'
import { nextPlace, type Place, waitingFor } from './placement.ts'
import { sentUnits } from './shown.tsx'

const incident = (name: string, more: Partial<Incident> = {}): Incident => ({
  id: id(name),
  number: '1122-0001',
  state: 'new',
  priority: 1,
  alarmClass: 'panic',
  sourceKind: 'panicPhone',
  subject: { id: id('s'), kind: 'household', name: '陈桂芳', address: '' },
  cameras: [{ cameraId: id('c1'), name: '路口 1', distanceM: 22 }],
  presses: 1,
  pressTimesMs: [],
  openedAtMs: 1_000,
  duress: false,
  unverified: false,
  escalation: 0,
  rings: 1,
  autoOffered: false,
  linked: [],
  assignments: [],
  evidence: [],
  version: 1,
  updatedAtMs: 1_000,
  ...more
})

const all = (...list: Incident[]) => new Map(list.map(each => [String(each.id), each]))

const next = (place: Place, incidents: ReadonlyMap<string, Incident>, watched = false) =>
  nextPlace(place, incidents, watched)

describe('the alarm place', () => {
  it('takes up the first P1 in place of the tour, never a P2', () => {
    expect(next({ kind: 'tour' }, all(incident('b', { priority: 2 })))).toEqual({ kind: 'tour' })
    const two = all(incident('late', { openedAtMs: 9_000 }), incident('first'))
    expect(next({ kind: 'tour' }, two)).toEqual({ kind: 'incident', incidentId: 'first' })
    const helped = all(incident('helped', { state: 'onScene' }), incident('waits', { openedAtMs: 9_000 }))
    expect(next({ kind: 'tour' }, helped)).toEqual({ kind: 'incident', incidentId: 'waits' })
  })

  it('is not taken from an open incident nor from a camera that somebody chose', () => {
    const shown = { kind: 'incident', incidentId: 'a' } as const
    expect(next(shown, all(incident('a', { openedAtMs: 5_000 }), incident('b')))).toBe(shown)
    const chosen = { kind: 'camera', cameraId: 'c4' } as const
    expect(next(chosen, all(incident('b')))).toBe(chosen)
  })

  it('goes to the next P1, else back to the tour, when the shown one is resolved or gone', () => {
    const shown = { kind: 'incident', incidentId: 'a' } as const
    expect(next(shown, all(incident('a', { state: 'resolved' }), incident('b')))).toEqual({
      kind: 'incident',
      incidentId: 'b'
    })
    expect(next(shown, all())).toEqual({ kind: 'tour' })
  })

  it('is not taken from a tour that somebody watches; the P1 waits and goes up when nobody does', () => {
    const two = all(incident('b', { openedAtMs: 2_000 }), incident('a'))
    expect(next({ kind: 'tour' }, two, true)).toEqual({ kind: 'tour' })
    expect(waitingFor({ kind: 'tour' }, two).map(each => each.id)).toEqual(['a', 'b'])
    expect(next({ kind: 'tour' }, two)).toEqual({ kind: 'incident', incidentId: 'a' })
  })

  it('keeps an incident without a camera in the list, where it is seen', () => {
    const blind = all(incident('a', { cameras: [] }))
    expect(next({ kind: 'tour' }, blind)).toEqual({ kind: 'tour' })
    expect(waitingFor({ kind: 'tour' }, blind)).toHaveLength(1)
  })

  it('lists who waits, P1 before P2, without the shown one and without P3', () => {
    const list = all(
      incident('p2', { priority: 2, openedAtMs: 1 }),
      incident('p3', { priority: 3 }),
      incident('a'),
      incident('b', { openedAtMs: 2_000 })
    )
    expect(waitingFor({ kind: 'incident', incidentId: 'a' }, list).map(each => each.id)).toEqual(['b', 'p2'])
  })
})

describe('units of the incident in the alarm place', () => {
  const sent = (unit: string, state: Incident['assignments'][number]['state']) =>
    ({ id: id(`${unit}-${state}`), unitId: id(unit), unitName: unit, state }) as Incident['assignments'][number]

  it('stand there once, with their newest state; who declined does not', () => {
    const assignments = [sent('car', 'cleared'), sent('foot', 'declined'), sent('car', 'enRoute')]
    expect(sentUnits({ assignments }).map(each => [each.unitName, each.state])).toEqual([['car', 'enRoute']])
  })
})
