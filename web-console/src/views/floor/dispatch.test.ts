/** What D and ⇧P do on the floor, and what is kept when the gateway refuses. */
import { expect, it, vi } from 'vitest'
import type { IncidentAction, UnitCandidate } from '../../../../gateway/core/wire.ts'
import { steadyOrder } from '../../state/steady-order.ts'
import { incident, OTHER, user } from '../../testing/samples.ts'
import { runCommand } from './commands.ts'
import { dispatchChosen, forceOf } from './dispatch.ts'
import type { Floor } from './floor-context.tsx'
import { choosableOf, nobodyRanked, shownOf } from './panel/candidate-lists.ts'

function floorOf(change: Partial<Floor>): Floor {
  const base = { user: user(), incident: incident('i'), candidatesLoaded: true, candidates: [], chosen: [] }
  return { ...base, ...change } as unknown as Floor
}

it('the one of two that could not be sent stays chosen, and its reason is kept', async () => {
  const chooseAnew = vi.fn()
  const sent: IncidentAction[] = []
  const floor = (refused: string | undefined) =>
    floorOf({
      ...{ chooseAnew, chosen: ['near', 'hand'] },
      candidates: [{ unitId: 'near', ranked: true }, { unitId: 'hand' }] as unknown as readonly UnitCandidate[],
      act: async action => {
        sent.push(action)
        return !('unitId' in action && action.unitId === refused)
      }
    })
  expect(await dispatchChosen(floor('hand'), 'asked for by name')).toBe(false)
  expect(chooseAnew).toHaveBeenLastCalledWith(['hand'])
  expect(sent).toHaveLength(2)
  chooseAnew.mockClear()
  expect(await dispatchChosen(floor('near'), 'asked for by name')).toBe(false)
  expect(chooseAnew).not.toHaveBeenCalled()
  expect(await dispatchChosen(floor(undefined), 'asked for by name')).toBe(true)
  expect(chooseAnew).toHaveBeenLastCalledWith([])
})

it('an alarm without a place offers every free unit, fresh positions first, those by hand last; none is chosen by itself', () => {
  const free = (unitId: string, reasons: UnitCandidate['reasons'] = []) =>
    ({ unitId, name: unitId, state: 'available', ranked: false, reasons, positionAgeMs: 0 }) as unknown as UnitCandidate
  const candidates = [
    ...[free('巡防 12 车', ['alone']), free('巡防 3 车', ['stalePosition']), free('义务 2 队', ['outsideRule'])],
    ...[free('巡防 7 车', ['declined']), { ...free('巡防 1 车'), state: 'enRoute' as const }]
  ]
  const unplaced = incident('i', { position: undefined })
  const names = (of = unplaced) => choosableOf(steadyOrder([], candidates), of).map(each => each.name)
  expect(names()).toEqual(['巡防 7 车', '巡防 12 车', '巡防 3 车', '义务 2 队'])
  expect(forceOf(floorOf({ incident: unplaced, candidates }))).toMatchObject({ proposed: 4, chosen: 0 })
  const position = { lat: 27.03, lon: 119.61, datum: 'wgs84' } as const
  // With a place, too: after a restart every position is old or unknown, and somebody must be sent.
  const lost = { ...free('巡防 2 车', ['stalePosition']), positionAgeMs: Number.MAX_SAFE_INTEGER }
  const first = { ...free('巡防 9 车'), ranked: true }
  const listed = steadyOrder([], [lost, ...candidates, first])
  const placed = choosableOf(listed, incident('i', { position })).map(each => each.name)
  expect(placed).toEqual(['巡防 9 车', '巡防 7 车', '巡防 12 车', '巡防 3 车', '巡防 2 车', '义务 2 队'])
})

it('shows the first of them and whoever is chosen, with digits for nine', () => {
  const listed = Array.from({ length: 12 }, (_, n) => ({ unitId: `u${n}` }) as unknown as UnitCandidate)
  const shown = (chosen: readonly string[], most: number) =>
    shownOf(listed, chosen, most).map(each => [each.candidate.unitId, each.digit])
  expect(shown(['u0'], 1)).toEqual([['u0', 1]])
  expect(shown(['u5', 'u11'], 1)).toEqual([
    ['u0', 1],
    ['u5', 6],
    ['u11', undefined]
  ])
  expect(shown([], 9)).toHaveLength(9)
})

it('says why nobody is proposed by itself', () => {
  const old = [{ state: 'available', ranked: false, reasons: ['stalePosition'] }] as unknown as UnitCandidate[]
  const lay = [{ state: 'available', ranked: false, reasons: ['outsideRule'] }] as unknown as UnitCandidate[]
  expect([nobodyRanked(true, old), nobodyRanked(true, lay), nobodyRanked(true, [])]).toEqual([
    ...['noneRanked', 'none', 'none']
  ])
  expect([nobodyRanked(false, old), nobodyRanked(false, [])]).toEqual(['noPlace', 'noPlaceNone'])
})

it('⇧P says why where the order may not be printed', () => {
  const tell = vi.fn()
  const press = (change: Partial<Floor>) => runCommand(floorOf({ tell, ...change }), { name: 'printOrder' })
  expect(press({ incident: undefined })).toBe(false)
  expect(press({})).toBe(true)
  expect(press({ incident: incident('i', { owner: OTHER }) })).toBe(true)
  expect(tell).toHaveBeenCalledTimes(2)
})
