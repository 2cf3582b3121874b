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
    const setLarge = () => undefined
    const digit = (menu: string | undefined, rests: boolean) =>
      runCommand(
        { candidates, incident: incident('i'), choose, setLarge, menu, digitsRest: () => rests } as unknown as Floor,
        {
          name: 'digit',
          digit: 1
        }
      )
    expect([digit('category', false), digit(undefined, true), chosen.length]).toEqual([true, true, 0])
    expect([digit(undefined, false), chosen]).toEqual([true, ['u1']])
  })
})

it('0 looks for another unit, but is no key beside the digits of a menu, nor once it is over', () => {
  const press = (change: Partial<Floor>) => {
    const opened: (string | undefined)[] = []
    const openMenu = (menu: string | undefined) => opened.push(menu)
    const floor = { incident: incident('i'), digitsRest: () => false, openMenu, ...change } as unknown as Floor
    return [runCommand(floor, { name: 'otherUnit' }), ...opened]
  }
  expect(press({})).toEqual([true, 'otherUnit'])
  expect(press({ menu: 'nature' })).toEqual([true])
  expect(press({ digitsRest: () => true })).toEqual([true])
  expect(press({ incident: incident('i', { state: 'resolved' }) })).toEqual([false])
  expect(press({ incident: undefined })).toEqual([false])
})

it('opens a menu without what was refused in another; choices that would only be refused are not offered, and it says why', () => {
  const press = (
    state: 'onScene' | 'resolved' | 'closed',
    name: 'verify' | 'handOver' | 'resolve' | 'reopen',
    menu?: string
  ) => {
    const done: unknown[] = []
    const actions = {
      forget: () => done.push('forget'),
      say: (_id: string, action: string, why: Error) => done.push(`${action}: ${why.message}`)
    }
    const openMenu = (opened: string | undefined) => done.push(opened ?? 'shut')
    const floor = { incident: incident('i', { state }), menu, openMenu, actions } as unknown as Floor
    expect(runCommand(floor, { name })).toBe(true)
    return done
  }
  expect(press('onScene', 'verify')).toEqual(['forget', 'nature'])
  expect(press('onScene', 'verify', 'resolve')).toEqual(['forget', 'nature'])
  // What was refused to this one stays to be read.
  expect(press('onScene', 'verify', 'nature')).toEqual(['shut'])
  expect(press('resolved', 'resolve')).toEqual(['forget', 'resolve'])
  expect(press('resolved', 'verify')).toEqual(['shut', 'verify: endedAlready'])
  expect(press('closed', 'handOver')).toEqual(['shut', 'handOver110: filedAlready'])
  expect(press('onScene', 'reopen')).toEqual(['shut', 'reopen: notEnded'])
  expect(press('resolved', 'reopen')).toEqual(['forget', 'reopen'])
  expect(press('closed', 'reopen')).toEqual(['shut', 'reopen: filedAlready'])
})

describe('a live picture made large', () => {
  const floor = (change: Partial<Floor>) => {
    const seen: (number | undefined)[] = []
    const said: string[] = []
    const cameras = [{ cameraId: 'c1' }]
    const own = { incident: { ...incident('i'), cameras }, setLarge: (place?: number) => seen.push(place) }
    return { seen, said, floor: { ...own, tell: (word: string) => said.push(word), ...change } as unknown as Floor }
  }

  it('is made small by its own key and by Esc, before Esc leaves the incident', () => {
    const { seen, said, floor: plain } = floor({})
    runCommand(plain, { name: 'large', place: 1 })
    runCommand({ ...plain, large: 1 }, { name: 'large', place: 1 })
    runCommand({ ...plain, large: 1 }, { name: 'escape' })
    expect(seen).toEqual([1, undefined, undefined])
    runCommand(plain, { name: 'large', place: 2 })
    expect([seen.length, said.length]).toEqual([3, 1])
  })

  it('is asked for by the digit with shift, which chooses no unit', () => {
    const shifted = { code: 'Digit2', key: '@', shiftKey: true, ctrlKey: false, altKey: false, metaKey: false }
    expect(commandOf(shifted, false)).toEqual({ name: 'large', place: 2 })
    expect(commandOf(shifted, true)).toBeUndefined()
  })
})
