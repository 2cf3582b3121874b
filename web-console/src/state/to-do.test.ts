/** What waits for the leader: each kind, each incident once, and what is somebody else's is not there. */
import { expect, it } from 'vitest'
import type { Incident } from '../../../gateway/core/incident.ts'
import type { ShelfView } from '../../../gateway/core/source-shelf.ts'
import { assignment, incident, OWNER, T0 } from '../testing/samples.ts'
import { toDoOf } from './to-do.ts'

const taken = { state: 'acknowledged', owner: OWNER, acknowledgedAtMs: T0 + 5_000 } as const
const declined = (id: string, endedAtMs: number, change = {}) =>
  assignment({ ...{ id: id as never, state: 'declined', endedAtMs }, ...change })
const kinds = (...of: readonly Incident[]) => toDoOf(of, [], T0 + 900_000).map(each => each.kind)
const FACTS = {} as NonNullable<Incident['facts']>

it('an alarm that went up to the leader and has no owner', () => {
  expect(kinds(incident('a', { escalation: 2 }), incident('b', { escalation: 1 }))).toEqual(['unanswered'])
  expect(kinds(incident('a', { ...taken, escalation: 2 }))).toEqual([])
})

it('one that its owner leaves alone, until somebody does something', () => {
  expect(kinds(incident('a', { ...taken, leaderToldAtMs: T0 + 600_000 }))).toEqual(['alone'])
  expect(kinds(incident('a', { ...taken, leaderToldAtMs: T0 + 600_000, lastActionAtMs: T0 + 700_000 }))).toEqual([])
})

it('one that two units would not go to, while no other goes or has been there', () => {
  const two = [declined('1', T0 + 60_000), declined('2', T0 + 90_000, { state: 'expired' })]
  const [found] = toDoOf([incident('a', { ...taken, assignments: two })], [], T0 + 900_000)
  expect(found).toMatchObject({ kind: 'refused', sinceMs: T0 + 90_000 })
  expect(kinds(incident('a', { ...taken, assignments: two.slice(0, 1) }))).toEqual([])
  expect(kinds(incident('a', { ...taken, assignments: [...two, assignment({ state: 'enRoute' })] }))).toEqual([])
  const been = declined('3', T0 + 95_000, { state: 'cleared', arrivedAtMs: T0 + 92_000 })
  expect(kinds(incident('a', { ...taken, assignments: [...two, been] }))).toEqual([])
})

it('duress without a report from the scene: a second person must end it', () => {
  expect(kinds(incident('a', { ...taken, duress: true }))).toEqual(['duress'])
  expect(kinds(incident('a', { ...taken, duress: true, reportedAtMs: T0 + 60_000 }))).toEqual([])
})

it('what only a leader files, once it has its result; what he gave back is for its owner', () => {
  const ended = { ...taken, state: 'resolved', resolvedAtMs: T0 + 60_000, facts: FACTS } as const
  const returned = { verdict: 'returned', by: '韩梅', atMs: T0 } as const
  expect(kinds(incident('a', ended), incident('b', { ...ended, priority: 3 }))).toEqual(['review'])
  expect(kinds(incident('b', { ...ended, priority: 3, duress: true }))).toEqual(['review'])
  expect(kinds(incident('a', { ...ended, review: returned }))).toEqual([])
  expect(kinds(incident('a', { ...ended, facts: undefined } as Partial<Incident>))).toEqual([])
  expect(kinds(incident('a', { ...ended, state: 'closed' }))).toEqual([])
})

it('a shelf that ends within a quarter of an hour comes last; the most pressing first, then the oldest', () => {
  const shelf = (id: string, endMs: number) => ({ id, endMs }) as ShelfView
  const shelves = [shelf('late', T0 + 60 * 60_000), shelf('soon', T0 + 10 * 60_000), shelf('over', T0 - 1)]
  const rows = [
    incident('young', { ...taken, duress: true, acknowledgedAtMs: T0 + 9_000 }),
    incident('old', { ...taken, duress: true }),
    incident('up', { escalation: 2, openedAtMs: T0 + 20_000 })
  ]
  const said = toDoOf(rows, shelves, T0).map(each => (each.kind === 'shelf' ? each.shelf.id : each.incident.id))
  expect(said).toEqual(['up', 'old', 'young', 'soon'])
})
