/** Positions of vehicles and personal locators by MQTT: latest value only, bounded per source, nothing of it journaled (rules 8 and 10). */
import type { SourceId } from '../../gateway/core/brand.ts'
import type { Decoded } from '../../gateway/core/frames.ts'
import { isPlausible, type Position } from '../../gateway/core/geo.ts'
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { Budget } from '../kit/token-budget.ts'
import { fieldsOf, type JsonReason } from '../kit/versioned-json.ts'

export type PositionReason = JsonReason | 'noPlace' | 'positionOld' | 'positionTooLong'

const MAX_BYTES = 1_024
/** A device clock that runs further ahead of ours dates nothing. */
const AHEAD_MS = 300_000
/** As long as a position is shown at all. */
const OLD_MS = 600_000
const MAX_SPEED_KMH = 400
const MAX_ACCURACY_M = 100_000
const RATE = { perMs: 0.002, burst: 20 }

export interface Positions {
  /** Takes it, or counts why not; the sender is acknowledged in any case, since a position is not worth a second try. */
  take(sourceId: SourceId, origin: string, payload: Uint8Array): void
}

export function createPositions(host: AdapterHost): Positions {
  const budget = new Budget(host.clock)
  return {
    take(sourceId, origin, payload) {
      if (!host.known(sourceId)) return host.reject('positionUnknown', origin, sourceId)
      if (!budget.take(sourceId, RATE)) return host.reject('positionTooFast', origin, sourceId)
      const position = readPosition(payload, host.clock.now())
      if (position.ok) host.position(sourceId, position.value)
      else host.reject(position.reason, origin, position.detail)
    }
  }
}

/** One payload of schema/position.json, pure. What it says beside its place and cannot be read is left out. */
export function readPosition(payload: Uint8Array, receivedMs: number): Decoded<Position, PositionReason> {
  if (payload.length > MAX_BYTES) return { ok: false, reason: 'positionTooLong', detail: `${payload.length} bytes` }
  const parsed = fieldsOf(Buffer.from(payload).toString('utf8'))
  if (!parsed.ok) return parsed
  const { lat, lon, datum = 'wgs84', at, speedKmh, headingDeg, accuracyM } = parsed.value
  if (typeof lat !== 'number' || typeof lon !== 'number' || !isPlausible({ lat, lon }))
    return { ok: false, reason: 'noPlace', detail: `${String(lat)} ${String(lon)}`.slice(0, 60) }
  if (datum !== 'wgs84' && datum !== 'gcj02')
    return { ok: false, reason: 'noPlace', detail: `datum ${String(datum)}`.slice(0, 60) }
  const atMs = timeOf(at, receivedMs)
  if (receivedMs - atMs > OLD_MS) return { ok: false, reason: 'positionOld', detail: new Date(atMs).toISOString() }
  return {
    ok: true,
    value: {
      point: { lat, lon, datum },
      atMs,
      ...(within(speedKmh, MAX_SPEED_KMH) ? { speedKmh } : {}),
      ...(within(accuracyM, MAX_ACCURACY_M) ? { accuracyM } : {}),
      ...(within(headingDeg, 360) ? { headingDeg: headingDeg % 360 } : {})
    }
  }
}

/** What it says, but never later than now: a position of the future would stay the newest. */
function timeOf(at: unknown, receivedMs: number): number {
  const ms = typeof at === 'string' ? Date.parse(at) : at
  if (typeof ms !== 'number' || !Number.isSafeInteger(ms) || ms <= 0 || ms - receivedMs > AHEAD_MS) return receivedMs
  return Math.min(ms, receivedMs)
}

function within(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max
}
