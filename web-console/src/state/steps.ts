/** The steps 处置要点 of an incident: what is done (with its time), what comes now, what is open. Derived from the record alone, nothing is ticked by hand. */
import type { Incident, TimelineEntry, TimelineKind } from '../../../gateway/core/incident.ts'

export type StepKey = 'acknowledge' | 'verify' | 'dispatch' | 'accept' | 'handOver' | 'arrive' | 'report' | 'resolve'

export interface Step {
  readonly key: StepKey
  readonly state: 'done' | 'current' | 'open' | 'skipped'
  readonly atMs?: number
  /** Key of the action that does it. */
  readonly hotkey?: string
}

const HOTKEYS: Readonly<Partial<Record<StepKey, string>>> = {
  acknowledge: 'Space',
  verify: 'E',
  dispatch: 'D',
  handOver: 'H',
  resolve: 'R'
}

/** Natures that belong to another service as well: 110, 119, 120. */
const HANDED_OVER: ReadonlySet<string> = new Set(['violence', 'intrusion', 'fire', 'medical', 'traffic'])

export function stepsOf(incident: Incident, timeline: readonly TimelineEntry[]): readonly Step[] {
  const said = (kind: TimelineKind) => timeline.find(entry => entry.kind === kind)?.atMs
  const accepted = incident.assignments.map(each => each.acceptedAtMs).filter(each => each !== undefined)
  const times: readonly (readonly [StepKey, number | undefined])[] = [
    ['acknowledge', incident.acknowledgedAtMs],
    ['verify', said('natureSet') ?? (incident.nature ? incident.updatedAtMs : undefined)],
    ['dispatch', incident.dispatchedAtMs],
    ['accept', accepted.length > 0 ? Math.min(...accepted) : undefined],
    ...(HANDED_OVER.has(incident.nature ?? '') || said('handedOver') !== undefined
      ? ([['handOver', said('handedOver')]] as const)
      : []),
    ['arrive', incident.onSceneAtMs],
    ['report', said('reported')],
    ['resolve', incident.resolvedAtMs]
  ]
  const over = incident.state === 'resolved' || incident.state === 'closed'
  const current = over ? undefined : currentOf(times)
  return times.map(([key, atMs]) => {
    const hotkey = HOTKEYS[key]
    const state = atMs !== undefined ? 'done' : over ? 'skipped' : key === current ? 'current' : 'open'
    return { key, state, ...(atMs !== undefined ? { atMs } : {}), ...(hotkey ? { hotkey } : {}) }
  })
}

/** The first step without a time after the last one with a time: an earlier one left out (a unit sent before the nature is known) does not hold the rest up. */
function currentOf(times: readonly (readonly [StepKey, number | undefined])[]): StepKey | undefined {
  const last = times.findLastIndex(([key, atMs]) => atMs !== undefined && key !== 'handOver')
  return times.slice(last + 1).find(([, atMs]) => atMs === undefined)?.[0]
}

export type Advice =
  | 'duress'
  | 'twoPeople'
  | 'lockDoor'
  | 'forcedCancel'
  | 'ambulance'
  | 'fire'
  | 'unmapped'
  | 'unverified'

/** Words of caution for the operator, most serious first. */
export function adviceOf(incident: Incident, timeline: readonly TimelineEntry[]): readonly Advice[] {
  const advice: Advice[] = []
  if (incident.duress) advice.push('duress')
  if (timeline.some(entry => entry.kind === 'cancelAsked') && incident.duress) advice.push('forcedCancel')
  if (incident.nature === 'violence' || incident.nature === 'intrusion') advice.push('twoPeople', 'lockDoor')
  if (incident.nature === 'medical' || incident.alarmClass === 'medical') advice.push('ambulance')
  if (incident.nature === 'fire' || incident.alarmClass === 'fire' || incident.alarmClass === 'gas') advice.push('fire')
  if (incident.subject.kind === 'unmapped') advice.push('unmapped')
  if (incident.unverified && incident.subject.kind !== 'unmapped') advice.push('unverified')
  return advice
}
