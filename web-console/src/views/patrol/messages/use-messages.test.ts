/** What the phone shows as new and as waiting, from the gateway's word and from its own outbox. */
import { expect, it } from 'vitest'
import type { PatrolMessage } from '../../../../../gateway/core/message-wire.ts'
import type { PatrolTask } from '../../../../../gateway/core/wire.ts'
import { emptyOutbox, enqueue, settle } from '../outbox.ts'
import { createHeard } from '../ring.ts'
import { heldPhoto } from '../send-commands.ts'
import { seenCommand, unreadOf, waitingOf } from './use-messages.ts'

const message = (id: string, over: Partial<PatrolMessage> = {}): PatrolMessage => ({
  ...{ id, atMs: 10, own: false, name: '林晓', text: '走后门', delivered: true, read: false },
  ...over
})
const task = (...messages: readonly PatrolMessage[]) => ({ assignmentId: 'a1', messages }) as unknown as PatrolTask
const ids = (all: readonly { readonly id: string }[]) => all.map(each => each.id)
const EMPTY = emptyOutbox('phone')

it('is new until it was read, on record or by what waits, or answered', () => {
  const shown = task(
    message('m1'),
    message('m2', { read: true }),
    message('m3', { own: true }),
    message('m4', { atMs: 30 })
  )
  expect(ids(unreadOf(EMPTY, shown))).toEqual(['m1', 'm4'])
  const read = seenCommand(shown, unreadOf(EMPTY, shown), true)
  expect(read && ids(unreadOf(enqueue(EMPTY, read, 40), shown))).toEqual([])
  const answer = { kind: 'message', assignmentId: 'a1', id: 'mine', text: '好' } as const
  expect(ids(unreadOf(enqueue(EMPTY, answer, 20), shown))).toEqual(['m4'])
})

it('what was written waits with its photo until the gateway shows it, and no other order’s', () => {
  const mine = { kind: 'message', assignmentId: 'a1', id: 'mine', text: '', photo: heldPhoto('mine') } as const
  const outbox = enqueue(enqueue(EMPTY, mine, 20), { ...mine, id: 'other', assignmentId: 'a2' }, 20)
  expect(waitingOf(outbox, task())).toEqual([{ id: 'mine', atMs: 20, text: '', held: 'mine' }])
  expect(waitingOf(outbox, task(message('mine', { own: true })))).toEqual([])
})

it('that it came is told once, also when the gateway did not want to know; nobody is told of that', () => {
  const seen = { kind: 'messagesSeen', assignmentId: 'a1', messages: ['m1'], read: false } as const
  const sent = settle(enqueue(EMPTY, seen, 1), [{ seq: 1, outcome: 'refused', code: 'OFFER_GONE' }])
  expect([sent.pending, sent.refused]).toEqual([[], []])
  expect(enqueue(sent, seen, 2)).toBe(sent)
})

it('chimes once for each, not again for an older one when the newer is read, and not later for what came in silence', () => {
  const heard = createHeard()
  expect(heard([], false)).toBe(false)
  expect(heard(['m1'], false)).toBe(true)
  expect(heard(['m1', 'm2'], false)).toBe(true)
  expect(heard(['m1'], false)).toBe(false)
  expect(heard(['m1', 'm3'], true)).toBe(false)
  expect(heard(['m1', 'm3'], false)).toBe(false)
  expect(heard([], false)).toBe(false)
  expect(heard(['m1'], false)).toBe(false)
})
