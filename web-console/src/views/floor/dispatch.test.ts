/** What D and ⇧P do on the floor, and what is kept when the gateway refuses. */
import { expect, it, vi } from 'vitest'
import type { IncidentAction, UnitCandidate } from '../../../../gateway/core/wire.ts'
import { incident, OTHER, user } from '../../testing/samples.ts'
import { runCommand } from './commands.ts'
import { dispatchChosen } from './dispatch.ts'
import type { Floor } from './floor-context.tsx'

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

it('⇧P says why where the order may not be printed', () => {
  const tell = vi.fn()
  const press = (change: Partial<Floor>) => runCommand(floorOf({ tell, ...change }), { name: 'printOrder' })
  expect(press({ incident: undefined })).toBe(false)
  expect(press({})).toBe(true)
  expect(press({ incident: incident('i', { owner: OTHER }) })).toBe(true)
  expect(tell).toHaveBeenCalledTimes(2)
})
