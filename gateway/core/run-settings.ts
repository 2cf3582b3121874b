/** Settings of the incident work 处置参数 that the administrator changes while the gateway runs (/api/run-settings); whatever is not set here is the file's. */
import { type ClassRule, DANGERS, isTrained, SITUATIONS, type Situation } from './class-rule.ts'
import type { HandOverRoutes, Service } from './hand-over.ts'
import { NATURES, type Nature } from './incident.ts'
import type { Priority } from './priority.ts'
import type { RecordFault, RecordVersion } from './subject-record.ts'
import { UNIT_CLASSES, type UnitClass } from './unit.ts'

export const TIMER_KEYS = [
  ...(['acknowledgeTargetMs', 'escalateAllMs', 'escalateLeaderMs', 'autoOfferMs', 'dispatchTargetMs'] as const),
  ...(['acceptMs', 'noMovementMs', 'welfareCheckMs', 'ringAgainMs', 'idleLeaderMs'] as const)
] as const
export type TimerKey = (typeof TIMER_KEYS)[number]

/** Those of no priority. */
export const SINGLE_KEYS = [
  ...(['ownerLostMs', 'autoCloseMs', 'handOverTimeoutMs', 'othersAfterMs', 'unverifiedAfterMs'] as const),
  ...(['contactsAfterMs', 'contactsRingMs', 'contactsAgainAfterMs'] as const),
  ...(['ownLaterMs', 'urgentOwnLaterMs', 'neighbourLaterMs', 'skillLaterMs', 'perOrderMs'] as const),
  ...(['sinkRetryMs', 'sinkRetryMaxMs', 'sinkGiveUpMs'] as const)
] as const
export type SingleKey = (typeof SINGLE_KEYS)[number]

export const PRIORITIES: readonly Priority[] = [1, 2, 3, 4, 5]
/** `p1.acceptMs`, `autoCloseMs`: milliseconds, 0: never. */
export type TimeKey = `p${Priority}.${TimerKey}` | SingleKey
export type Times = Readonly<Partial<Record<TimeKey, number>>>

const URGENCIES = ['p1', 'p2', 'p3', 'p4'] as const
/** `fire.p1`. */
export type RuleKey = `${Situation}.${(typeof URGENCIES)[number]}`
export type RuleCells = Readonly<Partial<Record<RuleKey, readonly UnitClass[]>>>

/** Services that a nature is handed over to, in the order in which they are proposed. */
export type Routes = Readonly<Partial<Record<Nature, readonly Service[]>>>

/** What is set here; an absent one is the file's. */
export interface RunValues {
  readonly times: Times
  readonly rule: RuleCells
  readonly routes: Routes
}

export interface RunDraft extends RunValues {
  /** Why, for the audit log and the history. */
  readonly reason: string
}

export interface RunSettingsDetail {
  readonly version: number
  readonly values: RunValues
  readonly file: {
    readonly times: Readonly<Record<TimeKey, number>>
    readonly rule: Readonly<Record<RuleKey, readonly UnitClass[]>>
    readonly routes: HandOverRoutes
  }
  /** Least and most of each, ms. */
  readonly bounds: Readonly<Record<TimeKey, readonly [number, number]>>
  readonly history: readonly RecordVersion[]
}

export const RUN_LIMITS = { reasonLeast: 2, reasonMost: 200, historyShown: 20 } as const

const S = 1_000
const MIN = 60 * S
const DAY = 24 * 60 * MIN

export const TIME_KEYS: readonly TimeKey[] = [
  ...PRIORITIES.flatMap(priority => TIMER_KEYS.map(key => `p${priority}.${key}` as const)),
  ...SINGLE_KEYS
]
export const RULE_KEYS: readonly RuleKey[] = SITUATIONS.flatMap(each => URGENCIES.map(p => `${each}.${p}` as const))

const SINGLE_BOUNDS: Readonly<Record<SingleKey, readonly [number, number]>> = {
  ownerLostMs: [5 * S, 10 * MIN],
  autoCloseMs: [MIN, 30 * DAY],
  handOverTimeoutMs: [10 * S, DAY],
  othersAfterMs: [0, 10 * MIN],
  unverifiedAfterMs: [0, 10 * MIN],
  contactsAfterMs: [0, 10 * MIN],
  contactsRingMs: [5 * S, 3 * MIN],
  contactsAgainAfterMs: [S, 10 * MIN],
  ownLaterMs: [0, 10 * MIN],
  urgentOwnLaterMs: [0, MIN],
  neighbourLaterMs: [0, 10 * MIN],
  skillLaterMs: [0, 10 * MIN],
  perOrderMs: [0, 10 * MIN],
  sinkRetryMs: [S, MIN],
  sinkRetryMaxMs: [MIN, 60 * MIN],
  sinkGiveUpMs: [10 * MIN, 7 * DAY]
}

/** Narrower than the file's: on the page nobody switches off that a call for help which nobody takes goes to the others (P1, P2). */
export function boundsOf(key: TimeKey): readonly [number, number] {
  const [first = '', name] = key.split('.')
  if (name === undefined) return SINGLE_BOUNDS[first as SingleKey]
  const urgent = first === 'p1' || first === 'p2'
  switch (name as TimerKey) {
    case 'acknowledgeTargetMs':
      return [S, urgent ? 10 * MIN : DAY]
    case 'acceptMs':
      return [5 * S, 10 * MIN]
    case 'escalateAllMs':
    case 'escalateLeaderMs':
      return urgent ? [S, 10 * MIN] : [0, DAY]
    default:
      return [0, DAY]
  }
}

/** In faults and in the history. */
export const routeField = (nature: Nature) => `route.${nature}` as const

/** What is wrong with it, over what the file has; pure. */
export function runFaults(draft: RunDraft, file: RunSettingsDetail['file']): readonly RecordFault[] {
  const faults: RecordFault[] = []
  const reason = draft.reason.trim()
  if (reason.length < RUN_LIMITS.reasonLeast) faults.push({ field: 'reason', code: 'required' })
  if (reason.length > RUN_LIMITS.reasonMost)
    faults.push({ field: 'reason', code: 'tooLong', other: String(RUN_LIMITS.reasonMost) })
  for (const key of TIME_KEYS) {
    const value = draft.times[key]
    const [least, most] = boundsOf(key)
    if (value !== undefined && (!Number.isInteger(value) || value < least || value > most))
      faults.push({ field: key, code: 'range', other: `${least / S}–${most / S} s` })
  }
  const told = (key: TimeKey) => draft.times[key] ?? file.times[key]
  for (const priority of PRIORITIES) {
    const [all, leader] = [told(`p${priority}.escalateAllMs`), told(`p${priority}.escalateLeaderMs`)]
    if (all > 0 && leader > 0 && all > leader)
      faults.push({ field: `p${priority}.escalateLeaderMs`, code: 'leaderFirst' })
  }
  for (const key of RULE_KEYS) {
    const lay = draft.rule[key]?.filter(unitClass => !isTrained({ unitClass })) ?? []
    if (lay.length > 0 && DANGERS.has(key.split('.')[0] as Situation)) faults.push({ field: key, code: 'danger' })
  }
  for (const nature of NATURES) {
    const services = draft.routes[nature] ?? []
    if (new Set(services).size < services.length) faults.push({ field: routeField(nature), code: 'twice' })
  }
  return faults
}

/** Only what there is, in one order, and nothing that says what the file says anyway. */
export function cleaned(draft: RunValues, file: RunSettingsDetail['file']): RunValues {
  const times = TIME_KEYS.filter(key => draft.times[key] !== undefined && draft.times[key] !== file.times[key])
  const cells = RULE_KEYS.map(
    key => [key, draft.rule[key] && UNIT_CLASSES.filter(each => draft.rule[key]?.includes(each))] as const
  )
  const isNew = ([key, classes]: (typeof cells)[number]) =>
    classes !== undefined && classes.join() !== inOrder(file.rule[key]).join()
  const routes = NATURES.filter(nature => {
    const services = draft.routes[nature]
    return services !== undefined && services.join() !== file.routes[nature].join()
  })
  return {
    times: Object.fromEntries(times.map(key => [key, draft.times[key]])),
    rule: Object.fromEntries(cells.filter(isNew)),
    routes: Object.fromEntries(routes.map(nature => [nature, draft.routes[nature]]))
  }
}

const inOrder = (classes: readonly UnitClass[]) => UNIT_CLASSES.filter(each => classes.includes(each))

export function ruleCells(rule: ClassRule): RunSettingsDetail['file']['rule'] {
  const cells = SITUATIONS.flatMap(each => URGENCIES.map(p => [`${each}.${p}`, rule[each][p]] as const))
  return Object.fromEntries(cells) as RunSettingsDetail['file']['rule']
}
