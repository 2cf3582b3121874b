/** A private camera is not asked for where the page knows that it is closed: each refusal is on record under somebody's name. */
import { describe, expect, it } from 'vitest'
import type { Incident } from '../../../gateway/core/incident.ts'
import { incident } from '../testing/samples.ts'
import { createDoor, openedBy } from './camera-opens.ts'
import { type ConsoleState, EMPTY } from './model.ts'

const NEAR = { cameras: [{ cameraId: 'c3' }] } as unknown as Partial<Incident>

function page(ownership: 'public' | 'private' = 'private') {
  const camera = { id: 'c3', ownership } as unknown as NonNullable<ReturnType<ConsoleState['cameras']['get']>>
  let state: ConsoleState = { ...EMPTY, cameras: new Map([['c3', camera]]) }
  return {
    get: () => state,
    opens: () => openedBy(state, 'c3'),
    has: (...incidents: Incident[]) => {
      state = { ...state, incidents: new Map(incidents.map(each => [each.id as string, each])) }
    }
  }
}

describe('what a tile asks for', () => {
  it('is not asked again when the incident that opened it has ended, nor when that is filed', () => {
    const now = page()
    now.has(incident('i-1', NEAR))
    const door = createDoor(now.get, 'c3', false)
    expect(door.asks(undefined)).toBe(true)
    for (const state of ['resolved', 'closed'] as const) {
      now.has(incident('i-1', { ...NEAR, state }))
      expect([door.asks(undefined), door.opensAnew(now.opens())]).toEqual([false, false])
    }
    expect(door.asks('看门口的人')).toBe(true)
  })

  it('is asked again when the incident is reopened or another begins, not when one of two ends', () => {
    const now = page()
    now.has(incident('i-1', NEAR), incident('i-2', NEAR))
    const door = createDoor(now.get, 'c3', true)
    expect(door.asks(undefined)).toBe(true)
    now.has(incident('i-1', { ...NEAR, state: 'closed' }), incident('i-2', NEAR))
    expect([door.asks(undefined), door.opensAnew(now.opens())]).toEqual([true, false])
    now.has(incident('i-2', { ...NEAR, state: 'closed' }))
    expect(door.asks(undefined)).toBe(false)
    now.has(incident('i-2', NEAR))
    expect([door.opensAnew(now.opens()), door.asks(undefined)]).toEqual([true, true])
  })

  it('asks for what somebody chose himself, and for every public camera', () => {
    const now = page()
    expect(createDoor(now.get, 'c3', false).asks(undefined)).toBe(true)
    expect(createDoor(now.get, 'c3', true).asks(undefined)).toBe(false)
    expect(createDoor(page('public').get, 'c3', true).asks(undefined)).toBe(true)
  })
})
