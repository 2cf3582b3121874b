/** What a vehicle protocol keeps of every vehicle: its emergency bit, the confirmation that is due, and the order of its reports. */

import { id, type SourceId } from '../../gateway/core/brand.ts'
import type { GeoPoint, Position } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import type { Signal } from '../../gateway/core/signal.ts'
import { saying } from '../../gateway/core/words.ts'
import { createStrangerBudget } from './budget.ts'
import { isPersonal } from './personal-locator.ts'
import { type Confirmer, createConfirmer } from './vehicle-confirm.ts'
import {
  type Location,
  NEVER_PRESSED,
  type PressState,
  parsePressState,
  pressesOfBatch,
  type Step,
  stepLive
} from './vehicle-press.ts'

/** What differs between the protocols. */
export interface VehicleProtocol {
  /** Prefix of the source ids. */
  readonly protocol: string
  /** Ids of the messages that put the emergency out, for the terminal's answers. */
  readonly confirmations: readonly number[]
  /** Over UDP an answer to one of several messages says nothing of the others. */
  readonly resend: 'untilAnswered' | 'untilReleased'
  /** Sends them to this vehicle for its report with this serial; gives their own serials. */
  confirm(link: Link, alarmSerial: number, phone: string): readonly number[]
}

export interface VehicleSettings {
  readonly datum: GeoPoint['datum']
  readonly unverifiedPerMinute: number
  readonly stuckAfterReports: number
  readonly confirmTimeoutMs: number
  readonly lateMaxMs: number
}

/** The connection a report came by, as far as a vehicle needs it. */
export interface Link {
  readonly origin: string
  readonly address: string
  /** Sends a platform message to the vehicle that spoke last, or to this one, and gives its serial. */
  send(messageId: number, body: Buffer, phone?: string): number
}

/** A report with what the transport proves; `verified` when this connection has authenticated this phone. */
export interface Arrival {
  readonly phone: string
  readonly verified: boolean
  /** See Report. */
  readonly by: string
  readonly serial: number
  readonly link: Link
  readonly receivedMs: number
  /** The frame between its flags. */
  readonly raw: Buffer
}

export interface Vehicle {
  readonly key: string
  readonly phone: string
  readonly verified: boolean
  readonly sourceId: SourceId
  state: PressState
  link?: Link
  /** Steps that wait or are under way. */
  steps: number
  /** The last step of this vehicle: steps never overlap, also across two connections. */
  tail: Promise<unknown>
}

export interface Vehicles {
  /** A 0x0200. Resolves when everything in it is durable: only then may it be answered; undefined: at once. Rejects when it could not be stored. */
  live(arrival: Arrival, location: Location): Promise<void> | undefined
  /** A 0x0704, the same. */
  batch(arrival: Arrival, locations: readonly Location[]): Promise<void>
  /** A 0x0001 of the terminal. */
  answered(
    arrival: Arrival,
    answer: { readonly serial: number; readonly id: number; readonly result: number }
  ): Promise<void>
  /** See Adapter.confirmAlarm. */
  confirm(sourceId: SourceId): Promise<undefined | 'nothing'>
  /** The connection has ended. */
  detach(link: Link): void
  /** The adapter stops: nobody waits for a confirmation any more. */
  close(): void
}

export function createVehicles(host: AdapterHost, config: VehicleSettings, kind: VehicleProtocol): Vehicles {
  /** By phone: those that proved who they are, and whoever only says so. */
  const proven = new Map<string, Vehicle>()
  const unproven = new Map<string, Vehicle>()
  /** Whom a line speaks for, so that its end costs the same however many there are. */
  const lines = new Map<Link, Set<Vehicle>>()
  const budget = createStrangerBudget(config.unverifiedPerMinute)
  const confirmer: Confirmer = createConfirmer(host, config, kind)

  const prefix = `${kind.protocol}:`

  /** A reporter that proved nothing has a state of its own: it can neither release nor hide a press of the real vehicle. */
  const keyOf = (phone: string, verified: boolean) => `${prefix}${verified ? 'press' : 'unverified'}:${phone}`

  function vehicleOf(phone: string, verified: boolean): Vehicle {
    const vehicles = verified ? proven : unproven
    let vehicle = vehicles.get(phone)
    if (!vehicle) {
      const key = keyOf(phone, verified)
      const state = parsePressState(host.recall(key))
      vehicle = {
        key,
        phone,
        verified,
        sourceId: id<SourceId>(`${prefix}${phone}`),
        state,
        steps: 0,
        tail: Promise.resolve()
      }
      vehicles.set(phone, vehicle)
    }
    return vehicle
  }

  const signalOf = (vehicle: Vehicle, arrival: Arrival, location: Location): Signal =>
    pressOf(isPersonal(host, vehicle.sourceId) ? PERSON : DRIVER, vehicle, arrival, location, config)

  const forget = ({ phone, verified }: Vehicle) => void (verified ? proven : unproven).delete(phone)

  function inOrder<T>(vehicle: Vehicle, step: () => Promise<T>): Promise<T> {
    vehicle.steps += 1
    const result = vehicle.tail.then(step)
    const tail = result
      .catch(() => undefined)
      .finally(() => {
        vehicle.steps -= 1
        // Whoever is not connected and has nothing under way is forgotten here; what matters of it is remembered.
        if (vehicle.tail === tail && !vehicle.link) forget(vehicle)
      })
    vehicle.tail = tail
    return result
  }

  function setLink(vehicle: Vehicle, link: Link | undefined): void {
    if (vehicle.link === link) return
    const before = vehicle.link && lines.get(vehicle.link)
    before?.delete(vehicle)
    if (vehicle.link && before?.size === 0) lines.delete(vehicle.link)
    vehicle.link = link
    if (!link) return
    const now = lines.get(link) ?? new Set()
    lines.set(link, now.add(vehicle))
  }

  /** Phones that proved nothing and press nothing leave no trace, however many of them one connection names. */
  function keepLink(vehicle: Vehicle, arrival: Arrival): void {
    setLink(vehicle, arrival.verified || vehicle.state.pressed ? arrival.link : undefined)
  }

  /** Journal and state in one commit; the state in memory changes only when both are durable. */
  async function store(vehicle: Vehicle, signal: Signal, state: PressState): Promise<void> {
    await host.accept(signal, { key: vehicle.key, value: JSON.stringify(state) })
    vehicle.state = state
  }

  async function changed(vehicle: Vehicle, step: Step, signal: Signal, arrival: Arrival): Promise<void> {
    if (step.kind === 'press') {
      if (await withinBudget(arrival, signal))
        await store(vehicle, { ...signal, eventId: step.state.eventId }, step.state)
    } else if (step.kind === 'clear') {
      await confirmer.released(vehicle, signal)
      const eventId = vehicle.state.eventId.replace('press', 'release')
      const confirmed = vehicle.state.confirm === 'none' ? {} : { confirmed: true }
      await store(vehicle, { ...signal, qualifier: 'restore', eventId, ...confirmed }, step.state)
    } else await confirmer.stillSet(vehicle, signal, next => store(vehicle, next.signal, next.state))
  }

  /** False when the budget of unproven reports is spent; then one incident of that number, address or all of them says so once a minute. */
  async function withinBudget(arrival: Arrival, signal: Signal): Promise<boolean> {
    if (arrival.verified) return true
    const listed = host.known(signal.sourceId)
    const key = listed ? signal.sourceId : arrival.link.address
    const { within, first, whose, perMinute, windowMs } = budget.take(key, listed, arrival.receivedMs)
    if (within) return true
    host.reject('unverifiedFlood', arrival.link.origin, arrival.phone)
    if (first) {
      await host.accept({
        ...signal,
        sourceId: id<SourceId>(`${prefix}flood@${whose.startsWith(prefix) ? whose.slice(prefix.length) : whose}`),
        alarmClass: 'unmapped',
        eventId: `flood-${windowMs}`,
        ...saying({
          zh: `未核实终端的紧急报警一分钟内超过 ${perMinute} 起，其余只计数`,
          en: `More than ${perMinute} unproven emergencies a minute, the rest is counted`
        })
      })
    }
    return false
  }

  return {
    live(arrival, location) {
      const vehicle = vehicleOf(arrival.phone, arrival.verified)
      // Nearly all reports: nothing is pressed, nothing waits. Tens of thousands a second come this way.
      if (vehicle.steps === 0 && !location.emergency && !vehicle.state.pressed) {
        keepLink(vehicle, arrival)
        if (!vehicle.link) forget(vehicle)
        return undefined
      }
      return inOrder(vehicle, async () => {
        setLink(vehicle, arrival.link)
        const report = {
          emergency: location.emergency,
          by: arrival.by,
          serial: arrival.serial,
          deviceMs: location.deviceMs
        }
        const step = stepLive(vehicle.state, report, arrival.receivedMs)
        // Most reports change nothing; only what does is put into words.
        if (step.kind !== 'none' || location.emergency)
          await changed(vehicle, step, signalOf(vehicle, arrival, location), arrival)
        keepLink(vehicle, arrival)
      })
    },

    batch(arrival, locations) {
      const vehicle = vehicleOf(arrival.phone, arrival.verified)
      return inOrder(vehicle, async () => {
        setLink(vehicle, arrival.link)
        for (const old of pressesOfBatch(vehicle.state, arrival.by, locations, arrival.receivedMs)) {
          const eventId = `press-${old.atMs}-batch`
          const raise = arrival.receivedMs - old.atMs < config.lateMaxMs
          const signal: Signal = {
            ...signalOf(vehicle, arrival, old.location),
            eventId,
            qualifier: raise ? 'new' : 'status',
            ...lateBy(Math.max(0, Math.round((arrival.receivedMs - old.atMs) / 60_000)))
          }
          // What raised nothing hides nothing: a bit that is set still is a press of the next live report.
          const state: PressState =
            old.stillSet && raise
              ? { ...NEVER_PRESSED, pressed: true, by: arrival.by, eventId, serial: arrival.serial, pressMs: old.atMs }
              : vehicle.state
          if (await withinBudget(arrival, signal)) await store(vehicle, signal, state)
        }
        keepLink(vehicle, arrival)
      })
    },

    answered(arrival, answer) {
      if (!kind.confirmations.includes(answer.id)) return Promise.resolve()
      // A terminal that authenticated after its press answers for both of its states.
      return Promise.all(
        [proven, unproven]
          .map(vehicles => vehicles.get(arrival.phone))
          .filter(vehicle => vehicle !== undefined)
          .map(vehicle => inOrder(vehicle, () => confirmer.answered(vehicle, answer, arrival.link)))
      ).then(() => undefined)
    },

    async confirm(sourceId) {
      const phone = sourceId.slice(prefix.length)
      const both = [true, false].map(verified => vehicleOf(phone, verified))
      const told = await Promise.all(both.map(vehicle => confirmer.confirm(vehicle, step => inOrder(vehicle, step))))
      return told.some(each => each) ? undefined : 'nothing'
    },

    close: () => confirmer.close(),

    detach(link) {
      for (const vehicle of [...(lines.get(link) ?? [])]) {
        setLink(vehicle, undefined)
        void inOrder(vehicle, async () => undefined)
      }
    }
  }
}

/** A device clock that differs more from ours does not date a position. */
const CLOCK_TRUST_MS = 300_000

/** The place of a report for the store of latest values; undefined without a fix. */
export function positionOf(location: Location, receivedMs: number, datum: GeoPoint['datum']): Position | undefined {
  const { point, positioned, deviceMs, headingDeg, speedKmh } = location
  if (!point || !positioned) return undefined
  const trusted = deviceMs !== undefined && Math.abs(deviceMs - receivedMs) < CLOCK_TRUST_MS
  const atMs = trusted ? Math.min(deviceMs, receivedMs) : receivedMs
  return { point: { lat: point.lat, lon: point.lon, datum }, atMs, headingDeg, speedKmh }
}

/** Better than no place at all, and said so. */
const LAST_KNOWN = saying({
  zh: '终端未定位，所报为最后位置',
  en: 'The terminal has no fix: this is its last known place'
})

const lateBy = (minutes: number) => saying({ zh: `补报：${minutes} 分前`, en: `Late report: ${minutes} min ago` })

/** A driver's button is a panic; that of a watch is a person's call for help, as over every other protocol. */
const DRIVER = { sourceKind: 'taxi', alarmClass: 'panic' } as const
const PERSON = { sourceKind: 'oneKeyCall', alarmClass: 'help' } as const

/** A new press of this vehicle or person with this location; the event id is still to be given. */
function pressOf(
  whose: typeof DRIVER | typeof PERSON,
  vehicle: Vehicle,
  arrival: Arrival,
  location: Location,
  config: VehicleSettings
): Signal {
  return {
    sourceId: vehicle.sourceId,
    ...whose,
    qualifier: 'new',
    condition: 'alarm',
    eventId: '',
    deviceTimeMs: location.deviceMs,
    receivedTimeMs: arrival.receivedMs,
    position: location.point ? { ...location.point, datum: config.datum } : undefined,
    ...(location.point && !location.positioned ? LAST_KNOWN : {}),
    verified: arrival.verified,
    origin: arrival.link.origin,
    raw: arrival.raw.toString('hex', 0, 2048)
  }
}
