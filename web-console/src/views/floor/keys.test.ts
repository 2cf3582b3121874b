/** The floor's keys: which physical key means what, and that a digit of a menu is no unit. */
import { describe, expect, it } from 'vitest'
import { incident } from '../../testing/samples.ts'
import { runCommand } from './commands.ts'
import type { Floor } from './floor-context.tsx'
import { commandOf } from './keys.ts'

describe('keys', () => {
  const press = (code: string, change = {}) => ({
    code,
    key: '',
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    ...change
  })

  it('goes by the physical key, whatever the input method makes of it', () => {
    expect(commandOf(press('KeyD', { key: 'Process' }), false)).toEqual({ name: 'dispatch' })
    expect(commandOf(press('KeyD', { shiftKey: true }), false)).toEqual({ name: 'recall' })
    expect(commandOf(press('Numpad2'), false)).toEqual({ name: 'digit', digit: 2 })
    expect(commandOf(press('Space'), false)).toEqual({ name: 'acknowledgeFirst' })
  })

  it('leaves a text field alone but for F2 and Esc', () => {
    for (const code of ['Space', 'KeyD', 'KeyR', 'Digit1', 'Enter', 'ArrowDown', 'Slash'])
      expect(commandOf(press(code), true)).toBeUndefined()
    expect(commandOf(press('F2'), true)).toEqual({ name: 'acknowledgeFirst' })
    expect(commandOf(press('Escape'), true)).toEqual({ name: 'escape' })
  })

  it('leaves the browser its own chords', () => {
    expect(commandOf(press('KeyR', { ctrlKey: true }), false)).toBeUndefined()
    expect(commandOf(press('KeyD', { metaKey: true }), false)).toBeUndefined()
  })

  it('takes no digit of a menu for a unit, nor one that comes as the menu has just been shut', () => {
    const chosen: string[] = []
    const candidates = [{ unitId: 'u1', ranked: true, state: 'available' }]
    const choose = (unitId: string) => chosen.push(unitId)
    const digit = (menu: string | undefined, rests: boolean) =>
      runCommand({ candidates, incident: incident('i'), choose, menu, digitsRest: () => rests } as unknown as Floor, {
        name: 'digit',
        digit: 1
      })
    expect([digit('category', false), digit(undefined, true), chosen.length]).toEqual([true, true, 0])
    expect([digit(undefined, false), chosen]).toEqual([true, ['u1']])
  })
})
