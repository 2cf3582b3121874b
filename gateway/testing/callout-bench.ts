/** A call-out room with a clock, an incident and a telephone line of the test's own. */
import { id, type UserId } from '../core/brand.ts'
import type { CalledNeighbour, Household } from '../core/callout.ts'
import { GatewayError } from '../core/errors.ts'
import type { Actor, Incident } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { CallEnd, CallEvents, CallRequest } from '../core/placed-call.ts'
import type { Step } from '../core/step.ts'
import type { CalloutSettings } from '../dispatch/callout-due.ts'
import { type Callouts, startCallouts } from '../dispatch/callouts.ts'
import { createFakeClock, settle } from './fake-clock.ts'
import { silentLog } from './fake-host.ts'
import { sampleIncident } from './samples.ts'

const SETTINGS: CalloutSettings = {
  ...{
    enabled: true,
    othersAfterMs: 20_000,
    unverifiedAfterMs: 20_000,
    ringMs: 30_000,
    tries: 2,
    againAfterMs: 15_000,
    enough: 3
  },
  limitMs: 600_000
}
export const OWNER = { userId: id<UserId>('10327'), name: '林晓' }
export const ACTOR: Actor = { kind: 'user', userId: OWNER.userId, name: OWNER.name }
export const households = (count: number): Household[] =>
  Array.from({ length: count }, (_, i) => ({
    subjectId: id(`home-${i + 1}`),
    name: `邻居 ${i + 1}`,
    address: `文昌街 ${i + 1} 号`,
    number: `66501${i + 10}`
  }))

interface Rung {
  readonly request: CallRequest
  readonly events: CallEvents
  readonly said: string[]
  hungUp: boolean
}

interface BenchOptions {
  readonly neighbours?: number
  readonly settings?: Partial<CalloutSettings>
  readonly lines?: number
  readonly incident?: Partial<Incident>
}

export function createCalloutBench({
  neighbours = 9,
  settings = {},
  lines = 100,
  incident: over = {}
}: BenchOptions = {}) {
  const clock = createFakeClock(100_000)
  const incidents = new Map<string, Incident>()
  const lineKinds: string[] = []
  const rung: Rung[] = []
  const state = { failing: false, open: 0, asked: 0, slowMs: 0, calling: '' }
  const first = sampleIncident({
    sourceKind: 'panicPhone',
    openedAtMs: clock.now(),
    subject: {
      id: id('home-0'),
      kind: 'household',
      name: '陈桂芳',
      address: '文昌街 34 号 2 栋',
      group: { id: id('g1'), name: '第一组', members: neighbours + 1 }
    },
    ...over
  })
  incidents.set(first.id, first)
  const slow = () => new Promise<void>(done => clock.after(state.slowMs / 2, done))
  const step = async (incidentId: string, wanted: Step, actor: Actor) => {
    // Durable a moment later, as in service; known a moment after that, when others shared the commit.
    await (state.slowMs > 0 ? slow() : Promise.resolve())
    if (state.failing) throw new GatewayError('STORE_FAILED')
    const before = incidents.get(incidentId)
    if (!before) throw new Error('no such incident')
    const outcome = apply(before, wanted, actor, clock.now())
    if (!outcome.ok) throw new GatewayError(outcome.code, { why: outcome.why })
    if (outcome.line) lineKinds.push(outcome.line.kind)
    incidents.set(incidentId, outcome.incident)
    if (state.slowMs > 0) await slow()
    return outcome.incident
  }
  const start = (): Callouts =>
    startCallouts({
      ...{ clock, log: silentLog, settings: { ...SETTINGS, ...settings } },
      incidents: {
        get: i => incidents.get(i),
        all: () => incidents.values(),
        isCalling: number => number === state.calling,
        step
      },
      households: () => households(neighbours),
      freeLines() {
        state.asked++
        return lines - state.open
      },
      place(request, events) {
        const call: Rung = { request, events, said: [], hungUp: false }
        rung.push(call)
        state.open++
        return {
          say: speech => void call.said.push(speech.pieces[0]?.name ?? ''),
          hangUp() {
            if (call.hungUp) return
            call.hungUp = true
            end(call, 'byUs')
          }
        }
      }
    })
  const end = (call: Rung, how: CallEnd) => {
    state.open--
    call.hungUp = true
    call.events.ended(how)
  }
  const room = start()
  const now = () => incidents.get(first.id) as Incident
  const callout = () => {
    const { callout: found } = now()
    if (!found) throw new Error('nobody was called out')
    return found
  }
  const neighbour = (n: number): CalledNeighbour => callout().neighbours[n - 1] as CalledNeighbour
  const states = () => callout().neighbours.map(n => n.state)
  const callTo = (n: number): Rung => {
    const found = rung.findLast(call => call.request.number === `66501${n + 9}`)
    if (!found) throw new Error(`neighbour ${n} was not rung`)
    return found
  }
  const answer = async (n: number, digit?: string) => {
    callTo(n).events.answered()
    await settle()
    if (digit) callTo(n).events.digit(digit)
    await settle()
  }
  const finish = async (n: number, how: CallEnd) => {
    end(callTo(n), how)
    await settle()
  }
  const take = (wanted: Step) => step(first.id, wanted, ACTOR)
  return {
    clock,
    room,
    start,
    rung,
    state,
    now,
    callout,
    neighbour,
    states,
    callTo,
    answer,
    finish,
    take,
    step,
    incidents,
    lineKinds,
    first
  }
}
