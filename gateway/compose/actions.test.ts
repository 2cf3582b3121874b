/** Merging: nothing urgent disappears in what nobody attends to, and what is refused leaves no trace on the other one. */
import { expect, it } from 'vitest'
import { type IncidentId, id } from '../core/brand.ts'
import { type ErrorCode, GatewayError } from '../core/errors.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { Step } from '../core/step.ts'
import type { IncidentAction, SessionUser } from '../core/wire.ts'
import { settle } from '../testing/fake-clock.ts'
import { FIGHT, han, incidentIn, NOW } from '../testing/lifecycle-samples.ts'
import { type ActionDeps, createActions } from './actions.ts'

const LIN: SessionUser = { userId: 'lin', login: '10327', name: '林晓', role: 'operator' }
const HAN: SessionUser = { ...LIN, userId: 'han', login: '10411', name: '韩梅' }
const A = id<IncidentId>('a')
const B = id<IncidentId>('b')

function floor(
  own: Partial<Incident>,
  other: Partial<Incident>,
  durable = Promise.resolve(),
  filed: typeof FIGHT | null = FIGHT
) {
  const known = new Map<string, Incident>([
    [A, incidentIn('verifying', { id: A, number: '1122-0001', ...own })],
    [B, incidentIn('verifying', { id: B, number: '1122-0002', owner: han, ...other })]
  ])
  const steps: string[] = []
  const refused: string[] = []
  const refuse = async (of: string, action: string, code: ErrorCode, why: string): Promise<never> => {
    refused.push(`${of} ${action} ${code}`)
    throw new GatewayError(code, { why })
  }
  const deps = {
    async step(incidentId: IncidentId, step: Step, actor: Actor) {
      await durable
      const before = known.get(incidentId)
      if (!before) throw new GatewayError('NOT_FOUND')
      const outcome = apply(before, step, actor, NOW)
      if (!outcome.ok) return refuse(incidentId, step.kind, outcome.code, outcome.why)
      steps.push(`${incidentId} ${step.kind}`)
      known.set(incidentId, outcome.incident)
      return outcome.incident
    },
    refuse: (incidentId: IncidentId, action: string, _: Actor, code: ErrorCode, why: string) =>
      refuse(incidentId, action, code, why),
    incident: async (incidentId: IncidentId) => known.get(incidentId),
    may: () => false,
    work: {
      categories: {
        of: () => FIGHT,
        natureOf: () => undefined,
        forDisposition: () => filed ?? undefined,
        forNature: () => FIGHT
      },
      sop: {},
      handOverTimeoutMs: 1
    },
    ...{ callouts: {}, parties: {}, offer: undefined, confirm: undefined }
  }
  const act = createActions(deps as unknown as ActionDeps)
  const by = (user: SessionUser, of: IncidentId, action: IncidentAction) =>
    act(of, action, user, 'test').then(
      done => done.state as string,
      (error: GatewayError) => String(error.detail.why)
    )
  return { by, steps, refused }
}

const MERGE: IncidentAction = { action: 'merge', into: B }
const RESOLVE: IncidentAction = { action: 'resolve', disposition: 'real-police', feedback: '处置' }

it('into one that somebody has and that is no less urgent: linked on both', async () => {
  const { by, steps } = floor({ priority: 2 }, { priority: 1 })
  expect(await by(LIN, A, MERGE)).toBe('resolved')
  expect(steps).toEqual(['b link', 'a merge'])
})

it.each<[string, Partial<Incident>, string]>([
  ['one that is less urgent', { priority: 2 }, 'the other one is less urgent: raise its priority first'],
  ['one that nobody has', { owner: undefined, state: 'new' }, 'nobody has acknowledged the other one yet'],
  ['a trouble', { alarmClass: 'trouble', priority: 1 }, 'an alarm and a trouble are not merged'],
  ['one that is over', { state: 'resolved' }, 'it is linked with another open one only']
])('never into %s', async (_, other, why) => {
  const { by, steps, refused } = floor({ priority: 1 }, { priority: 1, ...other })
  expect(await by(LIN, A, MERGE)).toBe(why)
  expect([steps, refused]).toEqual([[], ['a merge ILLEGAL_TRANSITION']])
})

it('a link may be less urgent, or nobody may have it: both go on', async () => {
  const { by, steps } = floor({ priority: 1 }, { priority: 3, owner: undefined, state: 'new' })
  expect(await by(LIN, A, { action: 'link', to: B })).toBe('verifying')
  expect(steps).toEqual(['b link', 'a link'])
})

it.each<[string, Partial<Incident>, IncidentAction, string]>([
  ['a merge by who has it not', { owner: han }, MERGE, 'a merge NOT_OWNER'],
  ['a merge under duress', { duress: true }, MERGE, 'a merge ILLEGAL_TRANSITION'],
  ['a link of a filed one', { state: 'closed' }, { action: 'link', to: B }, 'a link ILLEGAL_TRANSITION']
])('%s is refused with nothing on the other one', async (_, own, action, refusal) => {
  const { by, steps, refused } = floor({ priority: 1, ...own }, { priority: 1 })
  await by(LIN, A, action)
  expect([steps, refused]).toEqual([[], [refusal]])
})

it('one that is ended at the same moment takes none with it', async () => {
  const disk = Promise.withResolvers<void>()
  const { by, steps } = floor({ priority: 1 }, { priority: 1, state: 'onScene' }, disk.promise)
  const ending = by(HAN, B, RESOLVE)
  await settle()
  const merging = by(LIN, A, MERGE)
  await settle()
  disk.resolve()
  expect(await Promise.all([ending, merging])).toEqual(['resolved', 'it is linked with another open one only'])
  expect(steps).toEqual(['b resolve'])
})

it('two into each other at once, and one into itself: neither waits for ever', async () => {
  const { by } = floor({ priority: 1 }, { priority: 1 })
  const answers = await Promise.all([by(LIN, A, MERGE), by(HAN, B, { action: 'merge', into: A })])
  expect(answers).toEqual(['resolved', 'it is linked with another open one only'])
  expect(await by(HAN, B, MERGE)).toBe('it is linked with another open one only')
})

it.each<IncidentAction>([MERGE, { action: 'feedback', disposition: 'real-police' }])(
  '$action without a category is refused on the record',
  async action => {
    const { by, steps, refused } = floor({}, { priority: 1 }, Promise.resolve(), null)
    expect(await by(LIN, A, action)).toBe('feedback first: the category, and by whom')
    expect([steps, refused]).toEqual([[], [`a ${action.action} FEEDBACK_NEEDED`]])
  }
)
