/** Whoever is taken into a call while a mark of duress comes is heard by nobody there (rule 5). */
import { expect, it } from 'vitest'
import { id } from '../core/brand.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { CallEvents } from '../core/placed-call.ts'
import type { Adapter } from '../core/ports.ts'
import type { Step } from '../core/step.ts'
import { createFakeClock, settle } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { sampleAlarm, sampleIncident } from '../testing/samples.ts'
import { createVoiceParties } from './voice-parties.ts'

const ACTOR: Actor = { kind: 'system' }

function bench() {
  let incident = sampleIncident()
  let beside: Incident | undefined
  const rung: CallEvents[] = []
  let hungUp = 0
  const adapter = {
    name: 'sip',
    run: async () => {},
    freeLines: () => 1,
    onLine: () => 1,
    placeCall(_: unknown, events: CallEvents) {
      rung.push(events)
      const hangUp = () => {
        hungUp += 1
      }
      return { say: () => {}, hangUp }
    }
  } as unknown as Adapter
  const alarm = sampleAlarm(incident)
  const parties = createVoiceParties({
    ...{ clock: createFakeClock(), log: silentLog, parts: [{ adapter }], registry: { unit: () => undefined } },
    config: { incidents: { voiceTransfer: { police: '110', fire: '', medical: '', hotline: '' } } } as never,
    incidents: {
      get: () => incident,
      all: () => [incident],
      alarmsOf: () => [alarm],
      callsOf: () => [beside ?? incident],
      async step(_: string, step: Step, actor: Actor) {
        const outcome = apply(incident, step, actor, 1)
        if (!outcome.ok) throw new GatewayError(outcome.code, { why: outcome.why })
        incident = outcome.incident
        return incident
      },
      async refuse(_: string, __: string, ___: Actor, code, why) {
        throw new GatewayError(code, { why })
      }
    }
  })
  const ask = () => parties.add(incident.id, '110', undefined, ACTOR)
  const answer = async () => {
    rung.at(-1)?.answered()
    await settle()
  }
  return {
    ...{ ask, answer, hungUp: () => hungUp, state: () => incident.parties?.at(-1)?.state },
    mark() {
      incident = { ...incident, duress: true }
    },
    markBeside() {
      beside = sampleIncident({ id: id('beside'), duress: true })
    }
  }
}

it('110 that is asked is in the call when it answers', async () => {
  const { ask, answer, hungUp, state } = bench()
  await ask()
  await answer()
  expect([hungUp(), state()]).toEqual([0, 'joined'])
})

it.each(['mark', 'markBeside'] as const)(
  'after a %s of duress while 110 rings, its answer is heard by nobody',
  async how => {
    const { ask, answer, hungUp, state, ...marks } = bench()
    await ask()
    marks[how]()
    await answer()
    expect([hungUp(), state()]).toEqual([1, 'ringing'])
  }
)

it('nobody is asked when the duress is that of another incident of the same household', async () => {
  const { ask, markBeside } = bench()
  markBeside()
  await expect(ask()).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
})
