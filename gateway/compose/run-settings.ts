/**
 * Settings of the incident work that are changed while the gateway runs. The configuration that the rooms are given reads them anew each time,
 * so that a change is true at once and nobody has to be told.
 */
import type { Config } from '../config.ts'
import { GatewayError } from '../core/errors.ts'
import { NATURES } from '../core/incident.ts'
import type { Clock } from '../core/ports.ts'
import type { Priority, PriorityTimers } from '../core/priority.ts'
import {
  boundsOf,
  cleaned,
  PRIORITIES,
  RULE_KEYS,
  type RunSettingsDetail,
  type RunValues,
  routeField,
  ruleCells,
  runFaults,
  TIME_KEYS,
  TIMER_KEYS,
  type TimeKey
} from '../core/run-settings.ts'
import { createSerial } from '../core/serial.ts'
import type { Store } from '../core/store.ts'
import type { Hub } from '../feed/hub.ts'
import { FLOOR } from '../feed/project.ts'
import type { RunSettingRooms } from '../http/run-setting-ports.ts'
import { createRecords } from '../registry/records.ts'

/** One record: whoever changes a time sees what else was changed since. */
const RECORD = 'incidents'
const NOTHING: RunValues = { times: {}, rule: {}, routes: {} }

export interface RunSettings {
  /** As the file has it, but for what was set here. */
  readonly config: Config
  readonly rooms: RunSettingRooms
}

export interface RunSettingsDeps {
  readonly clock: Clock
  readonly store: Pick<Store, 'documents' | 'commit'>
  /** Asked when something is changed: whoever shows them asks again. */
  hub(): Pick<Hub, 'broadcast'>
}

/** Rejects when the store cannot be read. */
export async function openRunSettings(file: Config, { clock, store, hub }: RunSettingsDeps): Promise<RunSettings> {
  let values = NOTHING
  const records = await createRecords<RunValues>({
    ...{ clock, store, kind: 'settings.run' },
    current: () => undefined,
    apply(_id, value) {
      // One kept before there were routes has none.
      values = { ...NOTHING, ...value }
    }
  })
  const serial = createSerial()
  const own = {
    times: timesOf(file),
    rule: ruleCells(file.dispatch.bySystem),
    routes: file.incidents.handOver.routes
  }
  const bounds = Object.fromEntries(TIME_KEYS.map(key => [key, boundsOf(key)])) as RunSettingsDetail['bounds']
  return {
    config: live(file, () => values),
    rooms: {
      async detail() {
        const history = await records.history(RECORD)
        return { version: records.versionOf(RECORD), values, file: own, bounds, history }
      },
      save: (draft, version, user) =>
        serial.run(RECORD, async () => {
          const faults = runFaults(draft, own)
          if (faults.length > 0) return { saved: false, faults }
          if (records.versionOf(RECORD) !== version) throw new GatewayError('CONFLICT_RETRY', { settings: RECORD })
          const next = cleaned(draft, own)
          const fields = changedKeys(values, next)
          if (fields.length === 0) return { saved: true, id: RECORD, version }
          const reason = draft.reason.trim()
          const detail = { reason, changed: told(values, next, own.times).slice(0, 1_000) }
          const words = { action: 'settings.save', object: `settings:${RECORD}`, detail }
          await records.save([{ recordId: RECORD, value: next, fields, reason }], user, words)
          hub().broadcast(FLOOR, { type: 'changed', what: 'settings' })
          return { saved: true, id: RECORD, version: records.versionOf(RECORD) }
        })
    }
  }
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

function changedKeys(before: RunValues, after: RunValues): readonly string[] {
  return [
    ...TIME_KEYS.filter(key => before.times[key] !== after.times[key]),
    ...RULE_KEYS.filter(key => !isSame(before.rule[key], after.rule[key])),
    ...NATURES.filter(nature => !isSame(before.routes[nature], after.routes[nature])).map(routeField)
  ]
}

/** `p1.acceptMs 30000>20000`, for the audit log. */
function told(before: RunValues, after: RunValues, file: Readonly<Record<TimeKey, number>>): string {
  return changedKeys(before, after)
    .map(key => {
      const cell = after.rule[key as keyof RunValues['rule']] ?? after.routes[natureOf(key)]
      if (!(key in file)) return `${key} ${cell?.join('+') ?? 'file'}`
      const at = key as TimeKey
      return `${key} ${before.times[at] ?? file[at]}>${after.times[at] ?? file[at]}`
    })
    .join(' ')
}

const natureOf = (key: string) => key.slice(key.indexOf('.') + 1) as keyof RunValues['routes']

function timesOf({ incidents, dispatch: { prefer }, outwards }: Config): Readonly<Record<TimeKey, number>> {
  const timers = PRIORITIES.flatMap(p => TIMER_KEYS.map(key => [`p${p}.${key}`, incidents.timers[p][key] ?? 0]))
  const { ownerLostMs, autoCloseMs, handOver, callout, contacts } = incidents
  const { othersAfterMs, unverifiedAfterMs } = callout
  const { ownLaterMs, urgentOwnLaterMs, neighbourLaterMs, skillLaterMs, perOrderMs } = prefer
  return {
    ...(Object.fromEntries(timers) as Record<TimeKey, number>),
    ...{ ownerLostMs, autoCloseMs, handOverTimeoutMs: handOver.timeoutMs, othersAfterMs, unverifiedAfterMs },
    ...{ contactsAfterMs: contacts.afterMs, contactsRingMs: contacts.ringMs },
    contactsAgainAfterMs: contacts.againAfterMs,
    ...{ ownLaterMs, urgentOwnLaterMs, neighbourLaterMs, skillLaterMs, perOrderMs },
    ...{ sinkRetryMs: outwards.retryMs, sinkRetryMaxMs: outwards.retryMaxMs, sinkGiveUpMs: outwards.giveUpMs }
  }
}

/** Its own properties, each read anew; what nobody sets is the object's. */
function over<T extends object>(base: T, reads: { readonly [K in keyof T]?: () => T[K] }): T {
  const read = Object.entries(reads).map(([key, get]) => [key, { get: get as () => unknown, enumerable: true }])
  return Object.defineProperties({ ...base }, Object.fromEntries(read)) as T
}

function live(file: Config, values: () => RunValues): Config {
  const { incidents, dispatch } = file
  /** Those of its properties that are times set here. */
  const timed = <T extends object>(base: T, keys: { readonly [K in keyof T]?: TimeKey }): T => {
    const reads = Object.entries(keys).map(([name, key]) => {
      const own = base[name as keyof T]
      return [name, () => values().times[key as TimeKey] ?? own]
    })
    return over(base, Object.fromEntries(reads))
  }
  const timers = Object.fromEntries(
    PRIORITIES.map(p => [p, keptWhile(values, () => timersOf(incidents.timers[p], p, values()))])
  )
  const routes = over(
    incidents.handOver.routes,
    Object.fromEntries(NATURES.map(each => [each, () => values().routes[each] ?? incidents.handOver.routes[each]]))
  )
  return {
    ...file,
    incidents: timed(
      {
        ...incidents,
        timers: over(incidents.timers, timers),
        handOver: timed({ ...incidents.handOver, routes }, { timeoutMs: 'handOverTimeoutMs' }),
        callout: timed(incidents.callout, { othersAfterMs: 'othersAfterMs', unverifiedAfterMs: 'unverifiedAfterMs' }),
        contacts: timed(incidents.contacts, {
          ...{ afterMs: 'contactsAfterMs', ringMs: 'contactsRingMs', againAfterMs: 'contactsAgainAfterMs' }
        } as const)
      },
      { ownerLostMs: 'ownerLostMs', autoCloseMs: 'autoCloseMs' }
    ),
    dispatch: {
      bySystem: over(dispatch.bySystem, rulesOf(dispatch.bySystem, values) as never),
      prefer: timed(dispatch.prefer, {
        ...{ ownLaterMs: 'ownLaterMs', neighbourLaterMs: 'neighbourLaterMs', skillLaterMs: 'skillLaterMs' },
        urgentOwnLaterMs: 'urgentOwnLaterMs',
        perOrderMs: 'perOrderMs'
      } as const)
    },
    outwards: timed(file.outwards, {
      ...{ retryMs: 'sinkRetryMs', retryMaxMs: 'sinkRetryMaxMs', giveUpMs: 'sinkGiveUpMs' }
    } as const)
  }
}

const rulesOf = (bySystem: Config['dispatch']['bySystem'], values: () => RunValues) =>
  Object.fromEntries(
    Object.entries(bySystem).map(([situation, cells]) => [
      situation,
      () =>
        Object.fromEntries(
          Object.entries(cells).map(([p, classes]) => [
            p,
            values().rule[`${situation}.${p}` as keyof RunValues['rule']] ?? classes
          ])
        )
    ])
  )

/** Made anew only when the values have changed: it is asked for each open incident each second. */
function keptWhile<T>(values: () => RunValues, make: () => T): () => T {
  let of = values()
  let made = make()
  return () => {
    if (values() !== of) [of, made] = [values(), make()]
    return made
  }
}

/** 0 means that the timer does not exist, which `PriorityTimers` says by leaving it out. */
function timersOf(file: PriorityTimers, priority: Priority, { times }: RunValues): PriorityTimers {
  const set = TIMER_KEYS.filter(key => times[`p${priority}.${key}`] !== undefined)
  if (set.length === 0) return file
  const all = { ...file, ...Object.fromEntries(set.map(key => [key, times[`p${priority}.${key}`]])) }
  return Object.fromEntries(Object.entries(all).filter(([, ms]) => (ms ?? 0) > 0)) as unknown as PriorityTimers
}
