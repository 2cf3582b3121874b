/**
 * Watches and pendants 随身定位 on a protocol of vehicle terminals: what their alarm bits say beside the press (low battery, a fall, not worn) is
 * told once when it begins and once when it ends, also over restarts. Fence, consent and what is kept of places are the gateway's (compose/locators.ts).
 */
import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { GeoPoint } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { alarmRow } from './alarm-message.ts'
import type { Location } from './vehicle-press.ts'
import type { Arrival } from './vehicles.ts'

/** Words of the house's own alarm message, so that a watch means the same whatever it speaks. */
const TOLD = ['fall', 'battery', 'notWorn'] as const
type Told = (typeof TOLD)[number]

export interface PersonalSettings {
  readonly datum: GeoPoint['datum']
  readonly lateMaxMs: number
  /** Of the alarm flags; -1: the device has none. */
  readonly lowBatteryBit: number
  readonly fallBit: number
  readonly notWornBit: number
}

export interface PersonalLocators {
  /** A report: resolves when what it changed is durable, and rejects when it could not be stored; undefined: nothing changed. */
  live(arrival: Arrival, location: Location): Promise<void> | undefined
  /** Reports of a blind area: a fall in it is raised, the battery of then says nothing of now. */
  batch(arrival: Arrival, locations: readonly Location[]): Promise<void> | undefined
}

/** What is told and not over: by its event and the device's time. */
type Open = Partial<Record<Told, { readonly eventId: string; readonly atMs: number }>>

interface Person {
  readonly key: string
  readonly sourceId: SourceId
  open: Open
  steps: number
  /** Reports are worked in order, also of two lines. */
  tail: Promise<unknown>
}

/** True for what a person wears: the registry says so, no terminal does. */
export function isPersonal(host: Pick<AdapterHost, 'kindOf'>, sourceId: SourceId): boolean {
  return host.kindOf?.(sourceId) === 'oneKeyCall'
}

export function createPersonalLocators(
  host: AdapterHost,
  protocol: string,
  settings: PersonalSettings
): PersonalLocators {
  const bits: Readonly<Record<Told, number>> = {
    ...{ fall: maskOf(settings.fallBit), battery: maskOf(settings.lowBatteryBit) },
    notWorn: maskOf(settings.notWornBit)
  }
  const isSet = (what: Told, { alarmBits }: Location) => (alarmBits & bits[what]) !== 0
  /** As many as the registry has and that have proved who they are. */
  const persons = new Map<string, Person>()

  const personOf = ({ phone, verified }: Arrival): Person | undefined => {
    if (!verified) return undefined
    const known = persons.get(phone)
    if (known) return known
    const sourceId = id<SourceId>(`${protocol}:${phone}`)
    if (!isPersonal(host, sourceId)) return undefined
    const key = `${protocol}:person:${phone}`
    const person = { key, sourceId, open: readOpen(host.recall(key)), steps: 0, tail: Promise.resolve() }
    persons.set(phone, person)
    return person
  }
  const inOrder = (person: Person, step: () => Promise<void>): Promise<void> => {
    person.steps += 1
    const result = person.tail.then(step).finally(() => {
      person.steps -= 1
    })
    person.tail = result.catch(() => undefined)
    return result
  }
  const signalOf = (person: Person, what: Told, { link, receivedMs, raw }: Arrival, location: Location): Signal => ({
    ...{ sourceId: person.sourceId, sourceKind: 'oneKeyCall', ...alarmRow(what), qualifier: 'new', eventId: '' },
    ...{ deviceTimeMs: location.deviceMs, receivedTimeMs: receivedMs, verified: true, origin: link.origin },
    position: location.point ? { ...location.point, datum: settings.datum } : undefined,
    raw: raw.toString('hex', 0, 2048)
  })
  const change = async (person: Person, what: Told, arrival: Arrival, location: Location): Promise<void> => {
    const was = person.open[what]
    const atMs = location.deviceMs ?? arrival.receivedMs
    const eventId = was ? `${was.eventId}-end` : `${what}-${atMs}-${arrival.serial}`
    const open = { ...person.open, [what]: was ? undefined : { eventId, atMs } }
    const signal = signalOf(person, what, arrival, location)
    // Journal and state in one commit; the state in memory changes only when both are durable.
    await host.accept(
      { ...signal, eventId, qualifier: was ? 'restore' : 'new' },
      { key: person.key, value: JSON.stringify(open) }
    )
    person.open = open
  }
  const changesOf = (person: Person, location: Location) =>
    TOLD.filter(what => isSet(what, location) !== (person.open[what] !== undefined))

  return {
    live(arrival, location) {
      const person = personOf(arrival)
      if (!person || (person.steps === 0 && changesOf(person, location).length === 0)) return undefined
      return inOrder(person, async () => {
        for (const what of changesOf(person, location)) await change(person, what, arrival, location)
      })
    },
    batch(arrival, locations) {
      const person = personOf(arrival)
      if (!person || !locations.some(location => isSet('fall', location))) return undefined
      return inOrder(person, async () => {
        const timed = locations.map(location => ({ location, atMs: location.deviceMs ?? arrival.receivedMs }))
        timed.sort((a, b) => a.atMs - b.atMs)
        for (const [n, { location, atMs }] of timed.entries()) {
          const before = timed[n - 1]?.location
          const told = person.open.fall
          if (!isSet('fall', location) || (before && isSet('fall', before)) || (told && atMs >= told.atMs)) continue
          const raise = arrival.receivedMs - atMs < settings.lateMaxMs
          // The time alone: the same batch sent again, under another serial, is the same fall.
          await host.accept({
            ...signalOf(person, 'fall', arrival, location),
            ...{ eventId: `fall-${atMs}-batch`, qualifier: raise ? 'new' : 'status' }
          })
        }
      })
    }
  }
}

/** Bit 31 included. */
function maskOf(bit: number): number {
  return bit < 0 ? 0 : 1 << bit
}

/** Anything unreadable counts as nothing told, which can only tell once too often. */
function readOpen(text: string | undefined): Open {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Open) : {}
  } catch {
    return {}
  }
}
