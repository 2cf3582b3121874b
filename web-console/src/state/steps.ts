/** The steps 处置预案 of an incident: what is done (with its time), what comes now, what was skipped and why. By the record where it can tell, else by the ticks. Pure. */
import type { Disposition, Incident, TimelineEntry, TimelineKind } from '../../../gateway/core/incident.ts'
import type { SopAuto, SopBook, SopStep } from '../../../gateway/core/sop.ts'

export interface Step {
  readonly row: SopStep
  readonly state: 'done' | 'current' | 'open' | 'skipped' | 'left'
  readonly atMs?: number
  readonly reason?: string
  /** Until when it is to be done, UTC ms. */
  readonly dueAtMs?: number
  /** From when that is counted. */
  readonly from?: 'alarm' | 'answer'
  /** Key of the action that does it. */
  readonly hotkey?: string
}

/** Time left until a step is due (negative: late by so much), or by how much it was late; undefined where nothing is to be said. */
export function lateness({ state, atMs, dueAtMs }: Step, nowMs: number): number | undefined {
  if (dueAtMs === undefined || state === 'skipped' || state === 'left') return undefined
  if (state !== 'done') return dueAtMs - nowMs
  return atMs !== undefined && atMs > dueAtMs ? dueAtMs - atMs : undefined
}

const HOTKEYS: Readonly<Partial<Record<SopAuto, string>>> = {
  acknowledge: 'Space',
  verify: 'E',
  dispatch: 'D',
  twoSent: 'D',
  handOver: 'H',
  resolve: 'R'
}

/** The sheet of duress, else of its nature, else of its class, else the one for every other kind. */
export function sheetOf(book: SopBook, { duress, nature, alarmClass }: Incident): readonly SopStep[] {
  const named = (kind: string | undefined) => book.sheets.find(sheet => sheet.kind === kind)
  if (duress) return named('duress')?.steps ?? []
  return (named(nature) ?? named(alarmClass) ?? named('default'))?.steps ?? []
}

/** When the record says that it was done. */
function recordedAt(
  auto: SopAuto,
  incident: Incident,
  said: (kind: TimelineKind) => number | undefined
): number | undefined {
  switch (auto) {
    case 'acknowledge':
      // Put back it is to be done again; once it is, the first time counts.
      return incident.state === 'new' ? undefined : incident.acknowledgedAtMs
    case 'verify':
      return said('natureSet') ?? (incident.nature ? incident.updatedAtMs : undefined)
    case 'dispatch':
      return incident.dispatchedAtMs
    case 'twoSent':
      return twoSentAtMs(incident)
    case 'accept':
      return incident.assignments.map(each => each.acceptedAtMs).find(each => each !== undefined)
    case 'handOver':
      return said('handedOver')
    case 'arrive':
      return incident.onSceneAtMs
    case 'report':
      return said('reported')
    case 'resolve':
      return incident.resolvedAtMs
  }
}

/** Steps that only come after the answer. */
const FROM_ANSWER: ReadonlySet<SopAuto> = new Set(['dispatch', 'twoSent'])

/** From when the time of such a step runs: by hand or by the record, all but the sending from the alarm. */
export const countedFrom = (auto: SopAuto | undefined): 'alarm' | 'answer' =>
  auto && FROM_ANSWER.has(auto) ? 'answer' : 'alarm'

/** Undefined while nobody has it. */
const answeredAtMs = ({ state, acknowledgedAtMs, takenAgainAtMs }: Incident): number | undefined =>
  state === 'new' ? undefined : (takenAgainAtMs ?? acknowledgedAtMs)

const CAME_TO_NOTHING: ReadonlySet<string> = new Set(['declined', 'expired', 'recalled'])

/** When the second person was sent, with one unit or with another; one who does not go counts no longer. UTC ms. */
function twoSentAtMs({ assignments }: Incident): number | undefined {
  let people = 0
  const going = assignments.filter(each => !CAME_TO_NOTHING.has(each.state))
  for (const order of going.toSorted((a, b) => a.offeredAtMs - b.offeredAtMs)) {
    people += order.members ?? 1
    if (people >= 2) return order.offeredAtMs
  }
  return undefined
}

/** The first one that is open comes now, also when a later one is done: what was left out is done or skipped with its reason, never passed over. */
export function stepsOf(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  rows: readonly SopStep[]
): readonly Step[] {
  const said = (kind: TimelineKind) => timeline.find(entry => entry.kind === kind)?.atMs
  const over = incident.state === 'resolved' || incident.state === 'closed'
  const known = rows.map(row => {
    const tick = incident.sop?.ticks.find(each => each.step === row.id)
    const atMs = row.auto && recordedAt(row.auto, incident, said)
    const hotkey = row.auto && HOTKEYS[row.auto]
    const state = atMs !== undefined ? ('done' as const) : tick?.state
    return { row, state, atMs: atMs ?? tick?.atMs, reason: state === 'skipped' ? tick?.reason : undefined, hotkey }
  })
  const current = over ? undefined : known.find(({ state }) => state === undefined)
  return known.map(({ row, state, atMs, reason, hotkey }, n) => ({
    row,
    state: state ?? (over ? 'left' : known[n] === current ? 'current' : 'open'),
    ...(atMs === undefined ? {} : { atMs }),
    ...(reason === undefined ? {} : { reason }),
    ...dueOf(row, incident),
    ...(hotkey ? { hotkey } : {})
  }))
}

/** Sending a unit has its time from the answer that holds, as the target in the head and in the reports (DispatchTime): what nobody has answered is not sent late. */
function dueOf({ withinS, auto }: SopStep, incident: Incident): Pick<Step, 'dueAtMs' | 'from'> {
  if (!withinS) return {}
  const from = countedFrom(auto)
  const sinceMs = from === 'answer' ? answeredAtMs(incident) : incident.openedAtMs
  return sinceMs === undefined ? {} : { dueAtMs: sinceMs + withinS * 1_000, from }
}

/** Before a real case ends: what was neither done nor skipped with its reason. A false alarm needs nothing more. */
export function leftUndone(steps: readonly Step[], disposition: Disposition): readonly Step[] {
  if (!disposition.startsWith('real-')) return []
  return steps.filter(({ row, state }) => row.auto !== 'resolve' && (state === 'current' || state === 'open'))
}

export type Advice =
  | 'duress'
  | 'silentVehicle'
  | 'twoPeople'
  | 'lockDoor'
  | 'forcedCancel'
  | 'ambulance'
  | 'fire'
  | 'unmapped'
  | 'unverified'
  | 'unverifiedSender'

/** What a driver presses for; the rest of a taxi's reports is no secret. */
const SILENT_OF_TAXI: ReadonlySet<Incident['alarmClass']> = new Set(['panic', 'duress', 'help'])

/** A driver's silent alarm: whoever sits behind must not notice it. */
export const isSilentTaxi = ({ sourceKind, alarmClass }: Incident): boolean =>
  sourceKind === 'taxi' && SILENT_OF_TAXI.has(alarmClass)

/** Natures to which nobody is sent alone. */
const NEVER_ALONE: ReadonlySet<string> = new Set(['violence', 'intrusion'])

/** Violence is found, or must be expected: somebody spoke under duress, somebody came in and nobody knows who, or a driver pressed in silence and nobody has said yet why. */
export const isDangerous = (incident: Incident): boolean => {
  const { nature, duress, alarmClass } = incident
  const isForced = duress || alarmClass === 'duress'
  return isForced || NEVER_ALONE.has(nature ?? alarmClass) || (nature === undefined && isSilentTaxi(incident))
}

/** Words of caution for the operator, most serious first. */
export function adviceOf(incident: Incident, timeline: readonly TimelineEntry[]): readonly Advice[] {
  const advice: Advice[] = []
  if (incident.duress) advice.push('duress')
  if (timeline.some(entry => entry.kind === 'cancelAsked') && incident.duress) advice.push('forcedCancel')
  if (isSilentTaxi(incident)) advice.push('silentVehicle')
  if (isDangerous(incident)) advice.push('twoPeople')
  // Said by telephone: not where nobody may be called, nor to a car.
  if (NEVER_ALONE.has(incident.nature ?? '') && !incident.duress && incident.sourceKind !== 'taxi')
    advice.push('lockDoor')
  if (incident.nature === 'medical' || incident.alarmClass === 'medical') advice.push('ambulance')
  if (incident.nature === 'fire' || incident.alarmClass === 'fire' || incident.alarmClass === 'gas') advice.push('fire')
  if (incident.subject.kind === 'unmapped' && !incident.subject.ours) advice.push('unmapped')
  if (incident.unverified && incident.subject.kind !== 'unmapped')
    advice.push(incident.sourceKind === 'panicPhone' ? 'unverified' : 'unverifiedSender')
  return advice
}
