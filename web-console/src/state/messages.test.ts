/** The console foresees what the gateway decides: whom a message goes to and whose it is. */
import { expect, it } from 'vitest'
import * as core from '../../../gateway/core/unit-message.ts'
import * as own from './messages.ts'

it('asks the same as the gateway', () => {
  for (const state of ['offered', 'enRoute', 'arrived', 'cleared', 'declined', 'expired', 'recalled'] as const)
    expect(own.isUnderWay({ state }), state).toBe(core.isUnderWay({ state } as never))
  const unit = { from: { kind: 'unit', unitId: 'u1' }, to: [] } as never
  const floor = { from: { kind: 'user', userId: 'p1' }, to: [{ unitId: 'u2' }] } as never
  for (const message of [unit, floor])
    for (const unitId of ['u1', 'u2', 'p1'] as const)
      expect(own.isOfUnit(message, unitId), unitId).toBe(core.isOfUnit(message, unitId as never))
})

it('is unread until the floor has read it', () => {
  const from = { kind: 'unit', unitId: 'u1' }
  const messages = [
    { id: 'm1', from },
    { id: 'm2', from, readBy: { name: '林晓', atMs: 1 } },
    { id: 'm3', from: {} }
  ]
  expect(own.unreadOf({ messages } as never).map(each => each.id)).toEqual(['m1'])
})
