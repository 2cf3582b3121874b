/** Incidents in every state, and steps on them, for the tests of the lifecycle. */
import { type AssignmentId, id, type UnitId, type UserId } from '../core/brand.ts'
import type { Actor, Assignment, Incident, IncidentState, Owner } from '../core/incident.ts'
import { apply } from '../core/lifecycle.ts'
import type { Step } from '../core/step.ts'
import { sampleIncident } from './samples.ts'

export const NOW = 1_000_000
export const lin: Owner = { userId: id<UserId>('lin'), name: '林晓', seat: 3 }
export const han: Owner = { userId: id<UserId>('han'), name: '韩梅', seat: 4 }
export const actor: Actor = { kind: 'user', ...lin }

export const assignment = (over: Partial<Assignment> = {}): Assignment => ({
  id: id<AssignmentId>('a1'),
  incidentId: id('incident'),
  unitId: id<UnitId>('u1'),
  unitName: '巡防 07 车',
  state: 'offered',
  offeredAtMs: NOW,
  expiresAtMs: NOW + 30_000,
  offeredBy: 'operator',
  ...over
})

const ORDER_IN: Partial<Record<IncidentState, Assignment['state']>> = {
  dispatched: 'offered',
  enRoute: 'enRoute',
  onScene: 'arrived'
}

export function incidentIn(state: IncidentState, over: Partial<Incident> = {}): Incident {
  const order = ORDER_IN[state]
  return sampleIncident({
    state,
    owner: state === 'new' ? undefined : lin,
    acknowledgedAtMs: state === 'new' ? undefined : NOW,
    ...(state === 'resolved' || state === 'closed'
      ? { resolvedAtMs: NOW, disposition: 'false-misuse', facts: { ...FACTS, atMs: NOW } }
      : {}),
    assignments: order ? [assignment({ state: order })] : [],
    ...over
  })
}

export const go = (incident: Incident, step: Step, nowMs = NOW) => apply(incident, step, actor, nowMs)
export const told = (incident: Incident, step: Step, nowMs = NOW): string => {
  const outcome = go(incident, step, nowMs)
  return outcome.ok ? outcome.incident.state : outcome.code
}

export const moved = (incident: Incident, step: Step, nowMs = NOW): Incident => {
  const outcome = go(incident, step, nowMs)
  if (!outcome.ok) throw new Error(outcome.why)
  return outcome.incident
}

export const a1 = id<AssignmentId>('a1')
const MISTAKE = { code: '911', zh: '其他 · 误报 · 误触', en: 'Other · False alarm · Pressed by mistake' }
export const VIOLENCE = { code: '2', zh: '涉暴力', en: 'Violence' }
export const FIGHT = { code: '212', zh: '涉暴力 · 打架斗殴 · 持械', en: 'Violence · Fight · Armed' }
export const FACTS = { category: MISTAKE, injured: 0, dead: 0, lossYuan: 0, by: '巡防 07 车' }
